"""Decisions by an AI assistant, stored in batches under the assistant's name.

Used by ``mcp --allow-decide``. The decisions of a session are one batch. A new batch starts after a long pause, or if
the user changed one of the same briefings. An assistant's verdict never replaces one of the user's.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from briefreader.display import one_line
from briefreader.errors import UsageError
from briefreader.storage import briefings, decisions, journal

if TYPE_CHECKING:
    from collections.abc import Callable

    from briefreader.library.batches import Batches
    from briefreader.library.current_taxonomy import CurrentTaxonomy
    from briefreader.library.decisions import Decisions
    from briefreader.model import Batch, Verdict
    from briefreader.storage.database import Connection, Database

IDLE_SECONDS = 15 * 60
"""Idle time after which the next decision starts a new batch."""
MAX_NAME = 40  # characters


class Assistant:
    """The decisions of one session of an assistant.

    Args:
        db: the library's database.
        batches: writes batches.
        taxonomy: the current topics.
        user: stores the user's decisions; it undoes batches and lists the topics to relearn.
        name: the assistant's name, shown in history.
        clock: returns monotonic seconds, to measure idle time.
    """

    def __init__(
        self,
        db: Database,
        batches: Batches,
        taxonomy: CurrentTaxonomy,
        user: Decisions,
        name: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._db = db
        self._batches = batches
        self._taxonomy = taxonomy
        self._user = user
        self._name = one_line(name, MAX_NAME) or "assistant"
        self._clock = clock
        self._last = 0.0
        self._batch = 0
        self._own: dict[tuple[tuple[int, int], str], Verdict | None] = {}

    def decide(self, target: str, topic: str, verdict: Verdict | None) -> Batch:
        """Accept or reject a topic of a briefing or insight; None withdraws a verdict of this session.

        Raises:
            NotFoundError: the target or topic doesn't exist.
            UsageError: there is already a verdict that was not given in this session.
        """
        topic = self._taxonomy.load().topic(topic).id
        with self._db.reading() as con:
            place = briefings.target(con, target)
            self._check_own(con, place, target, topic)
            resume = self._batch if self._clock() - self._last < IDLE_SECONDS else 0
            if resume and not journal.is_resumable(con, resume, place[0]):
                resume = 0
        with self._batches.step(f"by {self._name}", resume=resume) as step:
            if decisions.decide(step.con, step.number, place, topic, verdict):
                self._own[place, topic] = verdict
                self._user.topics_to_relearn.add(topic)
            count = journal.change_count(step.con, step.number)
            step.summary = f"{count:,} decision{'s' * (count != 1)} by {self._name}"
        if step.batch.number:
            self._batch, self._last = step.batch.number, self._clock()
        return step.batch

    def undo(self) -> Batch:
        """Undo the latest batch of this session.

        Raises:
            UsageError: there is no decision to undo, or the latest batch is already undone.
            UndoConflictError: later batches changed the same items.
        """
        if not self._batch:
            raise UsageError("no decision to undo in this session")
        undone = self._user.undo(self._batch)
        self._batch = 0
        return undone

    def _check_own(self, con: Connection, place: tuple[int, int], target: str, topic: str) -> None:
        """Raise UsageError if there is a verdict that was not given in this session."""
        held = decisions.verdicts_for(con, place).get(topic)
        if held is not None and self._own.get((place, topic)) != held:
            raise UsageError(f"{topic} is already {held} for {target}", hint="only the user can change that")
