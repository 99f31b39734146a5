"""Score texts by topics, explain scores, and learn from decisions."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from briefreader.library import jobs, suggestion_rows
from briefreader.library.model_store import SAMPLE_CHARACTERS
from briefreader.library.progress import CancelCheck, Progress, not_cancelled
from briefreader.model import AssignedBy, TopicScore
from briefreader.storage import briefings, decisions, suggestions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from briefreader.library.batches import Batches, Bulk
    from briefreader.library.current_taxonomy import CurrentTaxonomy
    from briefreader.library.model_store import ModelStore
    from briefreader.library.progress import Report
    from briefreader.query import Query
    from briefreader.storage.database import Database
    from briefreader.storage.suggestions import Row, Text
    from briefreader.tagging import Explanation, Tagger
    from briefreader.tagging.evaluation import Evaluation
    from briefreader.tagging.tagger import InsightText

    Scored = tuple[list[Text], list[list[Row]]]

SLICE = 1_000  # maximum number of texts scored per transaction
SLICE_CHARACTERS = 1_000_000  # a slice ends once its texts have this many characters in total
MAX_FOLLOWED = 1_000  # maximum number of briefings rescored after a correction


@dataclass(frozen=True, slots=True)
class Tagged:
    """A tagged briefing, with its assigned and suggested topics, best first."""

    id: str
    title: str
    topics: tuple[TopicScore, ...]
    suggested: tuple[TopicScore, ...] = ()


@dataclass(frozen=True, slots=True)
class TopicState:
    """The state of a topic of a briefing or insight.

    ``earned`` says why the topic was assigned: based on the whole text (``document``), one passage (``passage``), or
    the settings of a source (``source``); "" if it wasn't assigned. ``verdict`` is the user's, or "". ``share`` is the
    share of a briefing's words in passages about the topic.
    """

    topic: str
    score: float
    earned: AssignedBy
    verdict: str
    suggested: bool
    share: float = 0.0

    @property
    def given(self) -> bool:
        """Whether the topic applies: accepted, or assigned and not rejected."""
        return self.verdict == "accepted" or (bool(self.earned) and self.verdict != "rejected")


class Tagging:
    """Scores texts, stores and explains the scores, and learns from decisions.

    Args:
        db: the library's database.
        batches: writes batches.
        taxonomy: the current topics.
        models: the model.
        keys: returns the row keys of the briefings that match a query.
        to_relearn: topics with decisions that ``follow`` hasn't learned from yet.
    """

    def __init__(
        self,
        db: Database,
        batches: Batches,
        taxonomy: CurrentTaxonomy,
        models: ModelStore,
        keys: Callable[[Query | str], list[int]],
        to_relearn: set[str],
    ) -> None:
        self._db = db
        self._batches = batches
        self._taxonomy = taxonomy
        self._models = models
        self.keys = keys
        self._to_relearn = to_relearn

    def tag(
        self,
        query: Query | str | None = None,
        *,
        everything: bool = False,
        threshold: float | None = None,
        jobs: int = 1,
        dry_run: bool = False,
        progress: Report | None = None,
        cancelled: CancelCheck = not_cancelled,
    ) -> Iterator[Tagged]:
        """Score briefings and their insights, store topics as one batch, and yield a ``Tagged`` per briefing.

        Args:
            query: which briefings to score; by default all. Those scored with the current model are skipped.
            everything: refit the model to the library and rescore what that changes.
            threshold: minimum probability of a briefing's topic, instead of the model's.
            jobs: number of worker processes.
            dry_run: write nothing; report what a run would do.
            progress: called after each slice.
            cancelled: called between slices.

        Raises:
            LockedError: another bulk command is running.
        """
        tagger = self._models.fitted(refit=everything, keep=not dry_run)
        if threshold is not None:
            tagger = tagger.with_sensitivity(threshold)
        keys = self._stale(tagger, None if query is None or everything else self.keys(query))
        if dry_run:
            for text, rows in itertools.chain.from_iterable(self._scored(tagger, keys, jobs, cancelled)):
                yield _tagged(text, rows)
            return
        with self._batches.bulk("tag", str(query or "") or ("all" if everything else "untagged briefings")) as bulk:
            yield from self._stored(bulk, tagger, keys, jobs, progress, cancelled)

    def tag_into(
        self, bulk: Bulk, *, progress: Report | None = None, cancelled: CancelCheck = not_cancelled
    ) -> Iterator[Tagged]:
        """Tag briefings that aren't scored with the current model, as part of another command's batch."""
        tagger = self._models.fitted(refit=False, keep=True)
        yield from self._stored(bulk, tagger, self._stale(tagger), 1, progress, cancelled)

    def _stale(self, tagger: Tagger, chosen: Sequence[int] | None = None) -> list[int]:
        with self._db.reading() as con:
            return suggestions.stale(con, tagger.fingerprint, chosen)

    def _stored(
        self,
        bulk: Bulk,
        tagger: Tagger,
        keys: Sequence[int],
        workers: int,
        progress: Report | None,
        cancelled: CancelCheck,
    ) -> Iterator[Tagged]:
        """Score briefings, store the scores in one transaction per slice, and yield the tagged briefings."""
        done = 0
        for slice_ in self._scored(tagger, keys, workers, cancelled):
            with self._db.writing() as con:
                for text, rows in slice_:
                    suggestions.save(con, bulk.number, tagger.fingerprint, text, rows)
            for text, rows in slice_:
                yield _tagged(text, rows)
            done += len(slice_)
            if progress:
                progress(Progress(done, len(keys), slice_[-1][0].title))

    def topics(self, target: str) -> list[TopicState]:
        """Return the stored topics as ``TopicState`` objects: assigned, then suggested, then rejected ones."""
        with self._db.reading() as con:
            at = briefings.target(con, target)
            scores, verdicts = {s.topic: s for s in suggestions.scores_for(con, at)}, decisions.verdicts_for(con, at)
        states = []
        known = self._taxonomy.ids()
        for topic in dict.fromkeys([*scores, *verdicts]):
            if known is not None and topic not in known:
                continue
            score = scores.get(topic, TopicScore(topic, 0.0))
            verdict = verdicts.get(topic, "")
            states.append(
                TopicState(topic, score.score, score.earned, verdict, not verdict and not score.earned, score.share)
            )
        return sorted(states, key=lambda s: (_rank(s), -s.score, s.topic))

    def explain(self, target: str, topic: str | None = None) -> list[Explanation]:
        """Return an ``Explanation`` of the score of a topic (default: of each topic), highest score first.

        Scores are explained by the model that computed the stored ones, if it still exists, else by the current one.
        """
        with self._db.reading() as con:
            key, number = briefings.target(con, target)
            text = next(suggestions.texts(con, [key]))
            stored = {s.topic: s for s in suggestions.scores_for(con, (key, number))}
            model = suggestions.model_of(con, key)
        taxonomy = self._taxonomy.load()
        wanted = taxonomy.ids if topic is None else (taxonomy.topic(topic).id,)
        current = self._models.tagger()
        earlier = self._models.scored_with(model)
        now = current.fingerprint
        insight = _insight(text, number) if number else None
        found = []
        for each in wanted:
            tagger = earlier if each in earlier.taxonomy.ids else current
            explanation = tagger.explain(text.title, text.body, each, insight=insight)
            if model and model != now:
                score = stored[each].score if each in stored else None
                explanation = explanation.compared(score, "model" if model[:8] == now[:8] else "taxonomy")
            if each in stored and stored[each].earned == "source":
                explanation = replace(explanation, earned="source", outdated=False, stored=None, changed="")
            found.append(explanation)
        return sorted(found, key=lambda e: -e.score)

    def scored_text(self, target: str) -> tuple[str, str]:
        """Return the title and text of a briefing that were scored; for an insight, its heading and passage."""
        with self._db.reading() as con:
            key, number = briefings.target(con, target)
            text = next(suggestions.texts(con, [key]))
        return _insight(text, number)[:2] if number else (text.title, text.body)

    def review(self, limit: int = 50) -> list[tuple[str, str, float]]:
        """Return scores of briefings without a decision, least certain first, as (ID, topic, score)."""
        with self._db.reading() as con:
            found = suggestions.undecided(con, self._models.tagger().thresholds.document, limit)
        known = self._taxonomy.load().ids
        return [(id, score.topic, score.score) for id, score in found if score.topic in known]

    def learn(self, topic: str | None = None, target: str = "") -> list[TopicScore]:
        """Learn a topic (default: all) from the decisions; return the new scores of the briefing ``target``.

        The scores are in descending order; without ``target``, the list is empty. Stored topics don't change until the
        next ``tag`` or ``follow``.
        """
        with self._db.reading() as con:
            labels = suggestions.labels(con)
            text = next(suggestions.texts(con, [briefings.target(con, target)[0]])) if target else None
        tagger = self._models.tagger()
        tagger.learn(labels, None if topic is None else [self._taxonomy.load().topic(topic).id])
        if text is None:
            return []
        (tagging,) = tagger.tag([(text.title, text.body)])
        listed = sorted(tagging.scores, key=lambda t: -tagging.scores[t])
        return [TopicScore(t, tagging.scores[t], tagging.earned.get(t, ""), tagging.shares.get(t, 0.0)) for t in listed]

    def follow(self, *, cancelled: CancelCheck = not_cancelled) -> list[Tagged]:
        """Learn from decisions made since the last call; retag the briefings they affect, and return these.

        Rescores the ``MAX_FOLLOWED`` briefings whose scores of these topics are nearest to the threshold; ``tag``
        updates the rest. Decisions are kept.
        """
        from briefreader.tagging import Tagger

        topics = sorted(self._to_relearn & set(self._taxonomy.load().ids))
        with self._db.reading() as con:
            labels = suggestions.labels(con)
        learnt = (self._models.saved() or Tagger(self._taxonomy.load())).learn(labels, topics)
        learnt.save(self._models.folder)
        tagger = self._models.use(learnt)
        with self._db.reading() as con:
            keys = suggestions.nearest_to_score(con, topics, tagger.thresholds.document, MAX_FOLLOWED)
        changed: list[tuple[Text, list[Row]]] = []
        for text, rows in itertools.chain.from_iterable(self._scored(tagger, keys, 1, cancelled)):
            with self._db.reading() as con:
                scores = suggestions.scores_for(con, (text.key, 0))
                settled = {s.topic for s in scores if s.earned == "source"}
                settled |= decisions.verdicts_for(con, (text.key, 0)).keys()
            before = {s.topic for s in scores if s.earned}
            now = {topic for number, topic, _, earned, _ in rows if number == 0 and earned}
            if (before ^ now) - settled:
                changed.append((text, rows))
        if cancelled():
            return []
        self._to_relearn.difference_update(topics)
        self._batches.last = None
        if not changed:
            return []
        with self._batches.step("retag") as step:
            for text, rows in changed:
                suggestions.save(step.con, step.number, tagger.fingerprint, text, rows)
            count = f"{len(changed):,} other briefing{'s' * (len(changed) != 1)}"
            step.summary = f"{', '.join(topics)}: {count} updated after your corrections"
        return [_tagged(text, rows) for text, rows in changed]

    def top_terms(self, topic: str) -> tuple[list[str], list[str], list[str]]:
        """Return three lists of terms: a topic's strongest, and those learned for and against it."""
        return self._models.tagger().top_terms(topic)

    def evaluate(self, gold: Path | None = None) -> Evaluation:
        """Return precision, recall, F1 and average precision by topic as an ``Evaluation``.

        The model is evaluated on the labelled texts in the file ``gold``, or on the decisions by cross-validation.
        """
        from briefreader.tagging import evaluation
        from briefreader.tagging.gold import read

        if gold is not None:
            return evaluation.against(self._models.tagger(), read(gold, self._taxonomy.load()))
        with self._db.reading() as con:
            labels = suggestions.labels(con)
        return evaluation.cross_validated(self._models.tagger(), labels)

    def discover(self, limit: int = 10) -> str:
        """Return suggested topics for the briefings without a topic, as YAML; "" if there are too few."""
        from briefreader.tagging.discovery import discover

        with self._db.reading() as con:
            sample = suggestions.sample_with_topics(con, SAMPLE_CHARACTERS)
        without = [document for document, topics in sample if not topics]
        others = [document for document, topics in sample if topics]
        return discover(without, others, self._taxonomy.load(), limit)

    def _scored(
        self, tagger: Tagger, keys: Sequence[int], workers: int, cancelled: CancelCheck
    ) -> Iterator[list[tuple[Text, list[Row]]]]:
        """Yield slices of texts with their rows, computed by this process or by several workers."""
        slices = self.texts(keys, cancelled)
        if workers == 1:
            scored: Iterator[Scored] = ((slice_, suggestion_rows.rows(tagger, slice_)) for slice_ in slices)
        else:
            model = (str(self._models.folder), tagger.thresholds)
            scored = jobs.parallel(suggestion_rows.rows_by_path, slices, workers, *model)
        for slice_, rows in scored:
            yield list(zip(slice_, rows, strict=True))

    def texts(self, keys: Sequence[int], cancelled: CancelCheck) -> Iterator[list[Text]]:
        """Yield the texts of briefings in slices, each loaded in its own transaction."""
        place = 0
        while place < len(keys) and not cancelled():
            slice_: list[Text] = []
            size = 0
            with self._db.reading() as con:
                for text in suggestions.texts(con, keys[place : place + SLICE]):
                    slice_.append(text)
                    size += len(text.body)
                    if size >= SLICE_CHARACTERS:
                        break
            place += SLICE if size < SLICE_CHARACTERS else keys.index(slice_[-1].key, place) - place + 1
            if slice_:
                yield slice_


def _insight(text: Text, number: int) -> InsightText:
    from briefreader.tagging.tagger import InsightText

    return next(InsightText(*insight[1:]) for insight in text.insights if insight[0] == number)


def _rank(state: TopicState) -> int:
    if state.verdict == "rejected":
        return 2
    return int(state.suggested)


def _tagged(text: Text, rows: Sequence[Row]) -> Tagged:
    scores = [TopicScore(t, score, _earned(earned), share) for number, t, score, earned, share in rows if number == 0]
    return Tagged(text.id, text.title, tuple(s for s in scores if s.earned), tuple(s for s in scores if not s.earned))


def _earned(value: str) -> AssignedBy:
    return "document" if value == "document" else "passage" if value == "passage" else ""
