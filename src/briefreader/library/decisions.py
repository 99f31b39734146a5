"""The user's decisions: topics, marks, notes and corrections; undo and redo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from briefreader.display import one_line
from briefreader.errors import NotFoundError, UsageError
from briefreader.library import taxonomy_journal
from briefreader.model import Batch, Insight, Verdict
from briefreader.paths import TAXONOMY
from briefreader.storage import briefings, bulk_lock, decisions, journal, undo

if TYPE_CHECKING:
    from collections.abc import Sequence

    from briefreader.library.batches import Batches
    from briefreader.library.current_taxonomy import CurrentTaxonomy
    from briefreader.storage.database import Connection, Database

_VERBS = {"accepted": "accept", "rejected": "reject", None: "undecide"}
_TITLE_WORDS = 12


class Decisions:
    """Stores the user's decisions, each change as one batch, and undoes and redoes batches.

    ``topics_to_relearn`` are the topics with decisions that the tagger hasn't been trained on yet.
    """

    def __init__(self, db: Database, batches: Batches, taxonomy: CurrentTaxonomy) -> None:
        self.topics_to_relearn: set[str] = set()
        self._db = db
        self._batches = batches
        self._taxonomy = taxonomy

    def decide(self, targets: Sequence[str], topic: str, verdict: Verdict | None) -> Batch:
        """Accept or reject a topic for each target; a ``verdict`` of ``None`` withdraws the decision.

        Raises:
            NotFoundError: a target or topic is unknown; nothing is changed.
        """
        return self.decide_many([(target, topic, verdict) for target in targets])

    def decide_many(self, changes: Sequence[tuple[str, str, Verdict | None]]) -> Batch:
        """Make several decisions ``(target, topic, verdict)`` as one batch; see :meth:`decide`."""
        now = {topic: self._taxonomy.load().topic(topic).id for topic in {topic for _, topic, _ in changes}}
        verbs = {_VERBS[verdict] for _, _, verdict in changes}
        with self._db.reading() as con:
            places = {name: briefings.target(con, name) for name in {name for name, _, _ in changes}}
        topics: set[str] = set()

        def change(con: Connection, batch: int, one: tuple[str, str, Verdict | None]) -> bool:
            name, topic, verdict = one
            changed = decisions.decide(con, batch, places[name], now[topic], verdict)
            topics.update({now[topic]} if changed else ())
            return changed

        def summary(con: Connection, changed: list[tuple[str, str, Verdict | None]]) -> str:
            return f"{', '.join(sorted(topics))}: {_what(con, list({name: None for name, _, _ in changed}))}"

        batch = self._batches.apply(verbs.pop() if len(verbs) == 1 else "tag by hand", changes, change, summary)
        self.topics_to_relearn |= topics
        return batch

    def mark(self, ids: Sequence[str], *, read: bool | None = None, starred: bool | None = None) -> Batch:
        """Mark briefings as read or unread, starred or not; ``None`` leaves a mark unchanged."""
        words = [
            w
            for w, on in (("read", read), ("unread", read is False), ("star", starred), ("unstar", starred is False))
            if on
        ]
        with self._db.reading() as con:
            found = [(briefings.resolve(con, name)[0], name) for name in ids]
        return self._batches.apply(
            ", ".join(words) or "mark",
            found,
            lambda con, batch, one: decisions.mark(con, batch, one[0], read=read, starred=starred),
            lambda con, changed: (
                f"{len(changed):,} briefings" if len(changed) > 1 else _what(con, [name for _, name in changed])
            ),
        )

    def note(self, target: str, text: str) -> Batch:
        """Write or replace the note on a briefing or insight; empty text deletes it."""
        with self._batches.step("note") as step:
            decisions.note(step.con, step.number, briefings.target(step.con, target), text.strip())
            step.summary = _what(step.con, [target])
        return step.batch

    def note_of(self, target: str) -> str:
        """Return the note on a briefing or insight, or ""."""
        with self._db.reading() as con:
            return decisions.note_of(con, briefings.target(con, target))

    def edit(
        self, ids: str | Sequence[str], *, title: str | None = None, source: str | None = None,
        author: str | None = None, published: str | None = None,
    ) -> Batch:  # fmt: skip
        """Correct the metadata of briefings; ``reread`` keeps the corrections. ``published`` is an ISO date, or ""."""
        given = {"title": title, "source": source, "author": author, "published": published}
        changes = {name: " ".join(value.split()) for name, value in given.items() if value is not None}
        if changes.get("title") == "":
            raise UsageError("a title can't be empty")
        if published and briefings.sort_date(changes["published"], "") == "":
            raise UsageError(f"{published!r} is not a date", hint="write it as 2026-02-20")
        with self._db.reading() as con:
            found = [briefings.resolve(con, id) for id in ([ids] if isinstance(ids, str) else ids)]
        return self._batches.apply(
            "edit",
            found,
            lambda con, batch, one: decisions.edit(con, batch, one[0], changes),
            lambda con, changed: f"{', '.join(changes)}: {_what(con, [id for _, id in changed])}",
        )

    def own_insight(self, id: str, start: int, end: int, title: str = "") -> Batch:
        """Add ``body[start:end]`` as an insight; the default title is its first words."""
        from briefreader.markdown import prose  # importing it compiles patterns, which is slow

        with self._batches.step("mark passage") as step:
            key, name = briefings.resolve(step.con, id)
            body = briefings.load(step.con, key).body
            passage = body[start:end] if 0 <= start < end <= len(body) else ""
            if not passage.strip():
                raise UsageError(f"no text at {start}–{end} of {name}")
            start += len(passage) - len(passage.lstrip())
            end -= len(passage) - len(passage.rstrip())
            text = prose(body[start:end]) or body[start:end]
            headline = " ".join(title.split()) or _first_words(text)
            number = decisions.own_insight(step.con, step.number, key, Insight(0, headline, text, start, end, "own"))
            step.summary = f"{name}.{number}: {one_line(headline, 60)}"
        return step.batch

    def dismiss(self, insight_id: str) -> Batch:
        """Hide an insight that isn't useful; its decisions are kept."""
        with self._batches.step("dismiss") as step:
            target = briefings.target(step.con, insight_id)
            if not target[1]:
                raise UsageError(
                    f"{insight_id} is a briefing, not an insight", hint="enter an insight's ID, such as 7f3a.2"
                )
            decisions.dismiss(step.con, step.number, target)
            step.summary = insight_id
        return step.batch

    def position(self, id: str) -> int:
        """Return a briefing's reading position, an offset into its body; 0 at the start."""
        with self._db.reading() as con:
            return decisions.position(con, briefings.resolve(con, id)[0])

    def set_position(self, id: str, offset: int) -> None:
        """Save a briefing's reading position, without a history entry."""
        with self._db.writing() as con:
            decisions.set_position(con, briefings.resolve(con, id)[0], max(offset, 0))

    def undo(self, batch: int | None = None, *, dry_run: bool = False) -> Batch:
        """Undo the latest batch, or the given one; with ``dry_run``, only return it.

        Raises:
            UndoConflictError: later batches changed the same items; or the batch changed the taxonomy file, which was
                edited since; or it followed a rename that is still in the file.
        """
        with self._db.writing(keep=not dry_run) as con:
            if not bulk_lock.held(self._db.folder):
                journal.end_interrupted(con)
            undone = journal.get(con, undo.undo(con, batch))
            self._write_taxonomy_back(con, undone.number, "before", dry_run=dry_run)
            if undone.verb == "taxonomy":
                self._taxonomy.check_undone(con)
        return undone if dry_run else self._batches.ended(undone)

    def redo(self, *, dry_run: bool = False) -> Batch:
        """Redo the last undone batch, unless something has changed since; with ``dry_run``, only return it."""
        with self._db.writing(keep=not dry_run) as con:
            redone = journal.get(con, undo.redo(con))
            self._write_taxonomy_back(con, redone.number, "after", dry_run=dry_run)
        return redone if dry_run else self._batches.ended(redone)

    def _write_taxonomy_back(
        self, con: Connection, batch: int, side: Literal["before", "after"], *, dry_run: bool
    ) -> None:
        """Restore the taxonomy file as it was before or after a batch, if the batch changed it."""
        if taxonomy_journal.write_back(con, batch, side, self._db.folder / TAXONOMY, dry_run=dry_run) and not dry_run:
            self._taxonomy.forget()

    def history(self, limit: int = 50) -> list[Batch]:
        """Return the latest batches, newest first."""
        with self._db.reading() as con:
            return journal.history(con, limit)

    def saved(self) -> list[tuple[str, str]]:
        """Return the saved searches as pairs of name and query, in the order in which they were saved."""
        with self._db.reading() as con:
            return decisions.saved(con)

    def save_search(self, name: str, query: str) -> Batch:
        """Save a query under a name; an earlier query of this name is replaced."""
        name = " ".join(name.split())
        if not name:
            raise UsageError("a saved search needs a name")
        with self._batches.step("save search") as step:
            decisions.save_search(step.con, step.number, name, query)
            step.summary = one_line(f"{name}: {query}", 80)
        return step.batch

    def rename_search(self, name: str, to: str) -> Batch:
        """Rename a saved search, keeping its position.

        Raises:
            NotFoundError: no search is saved as ``name``.
            UsageError: the new name is empty or taken.
        """
        to = " ".join(to.split())
        if not to:
            raise UsageError("a saved search needs a name")
        with self._batches.step("rename search") as step:
            if to in dict(decisions.saved(step.con)):
                raise UsageError(f"a saved search already has the name {to!r}")
            if not decisions.rename_search(step.con, step.number, name, to):
                raise NotFoundError(f"no such saved search: {name!r}", hint="to list searches: briefreader saved list")
            step.summary = one_line(f"{name} → {to}", 80)
        return step.batch

    def drop_search(self, name: str) -> Batch:
        """Delete a saved search."""
        with self._batches.step("drop search") as step:
            if not decisions.drop_search(step.con, step.number, name):
                raise NotFoundError(f"no such saved search: {name!r}", hint="to list searches: briefreader saved list")
            step.summary = one_line(name, 80)
        return step.batch


def _first_words(text: str) -> str:
    words = one_line(text).lstrip("-•– ").split()
    return " ".join(words[:_TITLE_WORDS]) + (" …" if len(words) > _TITLE_WORDS else "")


def _what(con: Connection, names: Sequence[str]) -> str:
    """Describe targets for history: a single one by its title, several by their number."""
    if len(names) != 1:
        insights = sum("." in name for name in names)
        counts = ((len(names) - insights, "briefing"), (insights, "insight"))
        words = [f"{n:,} {what}{'s' * (n != 1)}" for n, what in counts if n]
        return " and ".join(words) or "nothing changed"
    key, _ = briefings.target(con, names[0])
    return one_line(f"{names[0]} {briefings.title(con, key)}", 80)
