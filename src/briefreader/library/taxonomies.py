"""Edit the library's taxonomy, together with verdicts and scores, and preview changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from briefreader import paths
from briefreader.errors import TaxonomyError, UsageError
from briefreader.library import taxonomy_files, taxonomy_journal, taxonomy_text
from briefreader.library.current_taxonomy import move_topics
from briefreader.library.model_store import SAMPLE_CHARACTERS
from briefreader.library.progress import Progress, not_cancelled
from briefreader.storage import suggestions
from briefreader.taxonomy import ID_FORM, Taxonomy, Topic, id_of, is_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from briefreader.library.batches import Batches
    from briefreader.library.current_taxonomy import CurrentTaxonomy
    from briefreader.library.progress import CancelCheck, Report
    from briefreader.library.tagging import Tagging
    from briefreader.model import Batch
    from briefreader.storage.database import Database
    from briefreader.tagging.phrase_use import PhraseUse

CHECKED_CHARACTERS = 4_000_000  # maximum length of the text in which phrases are counted


@dataclass(frozen=True, slots=True)
class Retagged:
    """A briefing that another taxonomy would tag differently: the topics it would gain and lose."""

    id: str
    title: str
    gained: tuple[str, ...]
    lost: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """A briefing that would get a new topic, with the passages that support it: start, end and text of each."""

    id: str
    title: str
    score: float
    passages: tuple[tuple[int, int, str], ...]


class Taxonomies:
    """Edits the library's taxonomy.yaml, each change as one batch.

    ``undo`` restores the file, unless it has been edited since.
    """

    def __init__(self, db: Database, batches: Batches, taxonomy: CurrentTaxonomy, tagging: Tagging) -> None:
        self._db = db
        self._batches = batches
        self._taxonomy = taxonomy
        self._tagging = tagging

    def new_topic(self, label: str, *, id: str = "", description: str = "", phrases: Sequence[str] = ()) -> Topic:
        """Return a new ``Topic`` without adding it to the file; the default ID is made from the label.

        Raises:
            UsageError: the name is empty or taken, or the ID is invalid.
        """
        label = " ".join(label.split())
        if not label:
            raise UsageError("a topic needs a name")
        taxonomy = self._taxonomy.load()
        id = id or id_of(label) or f"topic-{len(taxonomy.topics) + 1}"
        if not is_id(id):
            raise UsageError(f"{id!r} is not a valid ID", hint=ID_FORM)
        if id in taxonomy.ids or label.casefold() in {t.label.casefold() for t in taxonomy.topics}:
            raise UsageError(f"a topic {label!r} already exists")
        keywords = tuple(dict.fromkeys(text for p in phrases if (text := " ".join(p.split()))))
        return Topic(id, label, " ".join(description.split()), keywords=keywords)

    def add_topic(self, label: str, *, id: str = "", description: str = "", phrases: Sequence[str] = ()) -> str:
        """Add a topic to the taxonomy file and return its ID; the default ID is made from the label."""
        topic = self.new_topic(label, id=id, description=description, phrases=phrases)
        self._change("add topic", topic.id, {}, [topic])
        return topic.id

    def preview(
        self, topic: Topic, *, progress: Report | None = None, cancelled: CancelCheck = not_cancelled
    ) -> Iterator[Preview]:
        """Yield a ``Preview`` for each briefing that would get a new topic. Stores nothing.

        The model is fitted to this topic only, since other topics don't affect its scores.
        """
        from briefreader.tagging import Tagger

        before = self._taxonomy.load()
        with self._db.reading() as con:
            documents = suggestions.sample(con, SAMPLE_CHARACTERS)
        tagger = Tagger.fitted(replace(before, topics=(topic,)), documents)
        keys = self._tagging.keys("")
        done = 0
        for slice_ in self._tagging.texts(keys, cancelled):
            taggings = tagger.tag([(text.title, text.body) for text in slice_])
            done += len(slice_)
            if progress:
                progress(Progress(done, len(keys), topic.label))
            for text, tagging in zip(slice_, taggings, strict=True):
                if topic.id in tagging.tags:
                    spans = tagger.passages_about(text.title, text.body, topic.id)
                    passages = tuple((start, end, text.body[start:end]) for start, end in spans)
                    yield Preview(text.id, text.title, tagging.scores[topic.id], passages)

    def phrase_use(self, path: Path) -> dict[tuple[str, str], PhraseUse]:
        """Return how many briefings with each phrase of a taxonomy file have the phrase's topic, and how many don't.

        The result is by (topic ID, phrase). A sample of briefings is read, of at most ``CHECKED_CHARACTERS``.
        """
        from briefreader.tagging import Tagger
        from briefreader.tagging.phrase_use import phrase_use

        with self._db.reading() as con:
            sample = suggestions.sample_with_topics(con, CHECKED_CHARACTERS)
        return phrase_use(Tagger(Taxonomy.load(path), ()).prior, sample)

    def rename_topic(self, old: str, new: str, label: str = "") -> Batch:
        """Change a topic's ID, and its label if given. Decisions and scores follow; ``was`` keeps the old ID.

        Raises:
            NotFoundError: there is no topic ``old``.
            UsageError: ``new`` is not a valid ID, or taken.
        """
        topic = self._taxonomy.load().topic(old)
        if not is_id(new):
            near = f"; for example {found}" if (found := id_of(new)) else ""
            raise UsageError(f"{new!r} is not a valid ID", hint=f"{ID_FORM}{near}")
        if new != topic.id and new in self._taxonomy.load().ids:
            raise UsageError(f"a topic {new!r} already exists", hint="to merge the two: briefreader taxonomy merge")
        was = tuple(old for old in dict.fromkeys((*topic.was, topic.id)) if old != new)
        new_label = label or topic.label
        moved = {topic.id: new} if new != topic.id else {}
        wanted = {topic.id: replace(topic, id=new, label=new_label, was=was)}
        return self._change("rename topic", f"{topic.id}: {new_label}", wanted, moved=moved)

    def merge_topics(self, old: str, into: str) -> Batch:
        """Move the phrases, hints, previous IDs, decisions and scores of a topic to topic ``into``; delete it.

        Its description, examples and excluded phrases are dropped.
        """
        taxonomy = self._taxonomy.load()
        gone, kept = taxonomy.topic(old), taxonomy.topic(into)
        if gone.id == kept.id:
            raise UsageError(f"{old} and {into} are the same topic")
        phrases = dict.fromkeys((*kept.keywords, *(p for p in gone.phrases if p not in kept.phrases)))
        was = dict.fromkeys((*kept.was, gone.id, *gone.was))
        broader = gone.broader if kept.broader == gone.id else kept.broader
        hints = tuple(dict.fromkeys((*kept.hints, *gone.hints)))
        merged = replace(kept, keywords=tuple(phrases), hints=hints, was=tuple(was), broader=broader)
        below = {t.id: replace(t, broader=kept.id) for t in taxonomy.topics if t.broader == gone.id and t is not kept}
        changed = {**below, gone.id: None, kept.id: merged}
        return self._change("merge topics", "", changed, moved={gone.id: kept.id})

    def delete_topic(self, id: str) -> Topic:
        """Delete a topic and return it. Decisions on it are kept, and apply again if the ID is added again."""
        topic = self._taxonomy.load().topic(id)
        self._change("delete topic", topic.id, {topic.id: None})
        return topic

    def news(self) -> list[Topic]:
        """Return the topics of ``ai-briefings`` whose IDs are neither current nor previous IDs in the taxonomy."""
        known = {old for topic in self._taxonomy.load().topics for old in (topic.id, *topic.was)}
        shipped = Taxonomy.load(paths.shipped_taxonomy())
        return [topic for topic in shipped.topics if topic.id not in known]

    def update(self, ids: Sequence[str] | None = None) -> list[Topic]:
        """Add topics of ``ai-briefings`` by ID (default: all that the taxonomy lacks), and return the added ones."""
        chosen = [topic for topic in self.news() if ids is None or topic.id in ids]
        known = {*self._taxonomy.load().ids, *(topic.id for topic in chosen)}
        added = [replace(t, broader=t.broader if t.broader in known else "") for t in chosen]
        if added:
            self._change("update taxonomy", f"{len(added)} topic{'s' * (len(added) != 1)}", {}, added)
        return added

    def diff(self, path: Path, format: str = "") -> Iterator[Retagged]:
        """Yield a ``Retagged`` for each briefing whose topics another taxonomy file would change.

        ``format`` is one of ``taxonomy_files.FORMATS``; by default that of the file's extension.
        """
        other = taxonomy_files.load(path, format)
        if other.digest != self._taxonomy.load().digest:
            yield from self._retagged(other, self._tagging.keys(""), not_cancelled)

    def exclude_phrase(self, topic: str, phrase: str) -> Batch:
        """Add a phrase to the ``exclude`` list of a topic."""
        changed = self._excluding(topic, phrase)
        return self._change("exclude phrase", f"{changed.label}: {changed.exclude[-1]}", {changed.id: changed})

    def preview_exclusion(
        self, topic: str, phrase: str, *, cancelled: CancelCheck = not_cancelled
    ) -> Iterator[Retagged]:
        """Yield a ``Retagged`` for each briefing whose topics change if a topic excludes a phrase. Stores nothing."""
        changed = self._excluding(topic, phrase)
        before = self._taxonomy.load()
        topics = tuple(changed if known.id == changed.id else known for known in before.topics)
        yield from self._retagged(replace(before, topics=topics), self._tagging.keys(f"topic:{changed.id}"), cancelled)

    def _excluding(self, topic: str, phrase: str) -> Topic:
        """Return a topic that also excludes a phrase."""
        known = self._taxonomy.load().topic(topic)
        phrase = " ".join(phrase.split())
        if not phrase or phrase in known.exclude:
            raise UsageError("no phrase given" if not phrase else f"{known.label} already excludes {phrase!r}")
        return replace(known, exclude=(*known.exclude, phrase))

    def _retagged(self, other: Taxonomy, keys: Sequence[int], cancelled: CancelCheck) -> Iterator[Retagged]:
        """Yield the briefings among ``keys`` that would get other topics with another taxonomy."""
        from briefreader.tagging import Tagger

        with self._db.reading() as con:
            documents, labels = suggestions.sample(con, SAMPLE_CHARACTERS), suggestions.labels(con)
        tagger = Tagger.fitted(other, documents).learn(labels)
        renames = {old: topic.id for topic in other.topics for old in topic.was}
        for slice_ in self._tagging.texts(keys, cancelled):
            taggings = tagger.tag([(text.title, text.body) for text in slice_])
            with self._db.reading() as con:
                stored = [suggestions.scores_for(con, (text.key, 0)) for text in slice_]
            for text, tagging, scores in zip(slice_, taggings, stored, strict=True):
                now = {renames.get(s.topic, s.topic) for s in scores if s.earned not in ("", "source")}
                then = set(tagging.tags)
                if now != then:
                    yield Retagged(text.id, text.title, tuple(sorted(then - now)), tuple(sorted(now - then)))

    def _change(
        self,
        verb: str,
        summary: str,
        changed: Mapping[str, Topic | None],
        added: Sequence[Topic] = (),
        *,
        moved: Mapping[str, str] | None = None,
    ) -> Batch:
        """Change topics in the file, and move the verdicts and scores of ``moved`` ones, as one batch."""
        path = self._taxonomy.path
        if path.parent != self._db.folder or path.name != paths.TAXONOMY:
            raise TaxonomyError(
                "only the library's own taxonomy can be changed", where=str(path), hint="open this file in an editor"
            )
        with self._batches.step(verb) as step, taxonomy_journal.recorded(step.con, step.number, path):
            taxonomy_text.change(path, changed, added)
            step.summary = move_topics(step, moved) if moved else summary
        self._taxonomy.reload()
        return step.batch
