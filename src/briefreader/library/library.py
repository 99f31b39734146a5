"""The library: all groups of verbs in one class."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Self

from briefreader.errors import TaxonomyError
from briefreader.library.adding import Adding
from briefreader.library.browsing import Browsing
from briefreader.library.deciding import Deciding
from briefreader.library.exporting import Exporting
from briefreader.library.maintenance import Keeping
from briefreader.library.source_list import SourceList
from briefreader.library.subprocess_jobs import Apart
from briefreader.library.taxonomies import Taxonomies
from briefreader.model import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from briefreader.library.fetching import Fetching, FetchOptions, SourceResult
    from briefreader.sources.items import State


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

    @property
    def _fetching(self) -> Fetching:
        from briefreader.library.fetching import Fetching

        return Fetching(
            self.db, self.sources, bulk=self._bulk, index_new=self._index_new, topic_finder=self._topic_finder
        )

    def close(self) -> None:
        """Close the library; a write under way in another thread is waited for."""
        super().close()
        if self._thrown_away:
            shutil.rmtree(self.folder, ignore_errors=True)
