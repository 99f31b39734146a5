"""The library: all groups of verbs in one class."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Self

from briefreader.errors import TaxonomyError
from briefreader.library import copies, revisions
from briefreader.library.adding import Adding
from briefreader.library.browsing import Browsing
from briefreader.library.deciding import Deciding
from briefreader.library.exporting import Exporting
from briefreader.library.maintenance import Keeping
from briefreader.library.source_list import SourceList
from briefreader.library.subprocess_jobs import Apart
from briefreader.library.taxonomies import Taxonomies
from briefreader.model import Problem
from briefreader.storage import briefings, identity, journal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from briefreader.library.copies import Suspect
    from briefreader.library.fetching import Fetching, FetchOptions, SourceResult
    from briefreader.library.revisions import Diff
    from briefreader.library.source_checks import Health, Trial
    from briefreader.sources.config import Source
    from briefreader.sources.items import State
    from briefreader.storage.database import Connection
    from briefreader.storage.identity import Copy


class Library(Adding, Exporting, Taxonomies, Apart, Browsing, Deciding, Keeping):
    """A reader's briefings with topics, notes and history; see the groups of verbs for what it can do."""

    _thrown_away = False

    @classmethod
    def demo(cls) -> Self:
        """A library with the shipped sample briefings, tagged; closing it throws it away."""
        from briefreader.library.demo import prepare

        library = cls(prepare(cls))
        library._thrown_away = True
        return library

    def check(self, *, deep: bool = False, rebuild: bool = False) -> list[Problem]:
        """Look for damage in the library, its taxonomy and its model; ``rebuild`` makes what is derived again.

        Returns:
            what was found; empty where all is well.
        """
        found = super().check(deep=deep, rebuild=rebuild)
        try:
            return found + self._check_model(rebuild=rebuild)
        except TaxonomyError as error:
            return [*found, Problem(error.where, error.message, hint=error.hint)]

    @property
    def sources(self) -> SourceList:
        """The list of sources, sources.toml."""
        return SourceList(self.folder)

    def fetch(self, options: FetchOptions) -> Iterator[SourceResult]:
        """Fetch what is new in the sources; see :meth:`Fetching.fetch`."""
        return self._fetching.fetch(options)

    def source_states(self) -> dict[str, State]:
        """Return what is remembered of each source: last check, errors, whether it is disabled."""
        return self._fetching.states()

    def source_health(self) -> list[Health]:
        """Return each source with its state and what its briefings tell of it."""
        from briefreader.library.source_checks import SourceChecks

        return SourceChecks(self.db, self.sources).health()

    def try_source(self, name: str, ask_password: Callable[[Source], str] | None = None) -> Trial:
        """Connect to a source once and return what it holds; nothing is stored."""
        from briefreader.library.source_checks import SourceChecks

        return SourceChecks(self.db, self.sources).trial(name, ask_password)

    def write_source_topics(self, source: Source) -> int:
        """Write the topics of a notmuch source's briefings back as tags; return how many messages changed."""
        from briefreader.library.source_checks import write_topics

        return write_topics(self.db, source, lambda query: {row.id: row.topics for row in self.list(query, limit=None)})

    @property
    def _fetching(self) -> Fetching:
        from briefreader.library.fetching import Fetching

        return Fetching(self.db, self.sources, bulk=self._bulk, index_new=self._index_new)

    def diff(self, id: str, old: int | None = None, new: int | None = None) -> Diff | None:
        """Compare two texts of a briefing (numbers from 1), by default the last two; None where it has only one."""
        with self.db.reading() as con:
            return revisions.diff(con, briefings.resolve(con, id)[0], old, new)

    def aliases(self, id: str) -> list[Copy]:
        """The copies that were recognised as a briefing, the oldest first."""
        with self.db.reading() as con:
            return identity.copies(con, briefings.resolve(con, id)[0])

    def split(self, id: str, alias: str, *, dry_run: bool = False) -> str:
        """Make a copy, named by the beginning of its digest, a briefing again; returns its id.

        Raises:
            NotFoundError: there is no such copy, or its bytes were not kept.
            UsageError: it is the only copy.
        """
        with self.db.reading() as con:
            key, name = briefings.resolve(con, id)
            copy = copies.find(con, key, alias)
        if dry_run:
            with self.db.writing(keep=False) as con:
                return copies.split(con, journal.begin(con, "split"), key, copy)
        with self._step("split") as step:
            made = copies.split(step.con, step.number, key, copy)
            step.summary = f"{made} from {name}"
        return made

    def merged(self) -> list[list[Suspect]]:
        """What 0.1 took for a copy of a briefing with another Message-ID, a list for each briefing."""
        with self.db.reading() as con:
            return list(copies.suspects(con))

    def restore_merged(self, groups: list[list[Suspect]]) -> dict[str, str]:
        """Make wrongly merged copies briefings again, as one batch; returns the new ids by digest."""
        made: dict[str, str] = {}

        def change(con: Connection, batch: int, group: list[Suspect]) -> bool:
            made.update((suspect.copy.digest, id) for suspect, id in copies.restore(con, batch, group) if id)
            return True

        wrong = [group for group in groups if any(suspect.fate != "same" for suspect in group)]
        self._apply_in_batches("restore merged", wrong, change, lambda con, done: f"{len(made):,} restored")
        return made

    def close(self) -> None:
        """Close the library; a write under way in another thread is waited for."""
        super().close()
        if self._thrown_away:
            shutil.rmtree(self.folder, ignore_errors=True)
