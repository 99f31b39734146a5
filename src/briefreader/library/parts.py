"""The parts of a library, each imported and created on first use.

Importing all of them would slow down every command, and most commands need only a few.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from briefreader.library.alerts import Alerts
    from briefreader.library.batches import Batches
    from briefreader.library.briefing_matches import BriefingMatches
    from briefreader.library.browsing import Browsing
    from briefreader.library.copies import Copies
    from briefreader.library.current_taxonomy import CurrentTaxonomy
    from briefreader.library.decisions import Decisions
    from briefreader.library.exports import Exports
    from briefreader.library.ingest import Ingest
    from briefreader.library.insight_search import InsightSearch
    from briefreader.library.jobs import Jobs
    from briefreader.library.maintenance import Maintenance
    from briefreader.library.meaning_search import MeaningSearch
    from briefreader.library.model_store import ModelStore
    from briefreader.library.news import News
    from briefreader.library.search_index import SearchIndex
    from briefreader.library.stories import Stories
    from briefreader.library.story_index import StoryIndex
    from briefreader.library.tagging import Tagging
    from briefreader.library.taxonomies import Taxonomies
    from briefreader.storage.database import Database
    from briefreader.tagging.tagger import Sensitivity

C = TypeVar("C")


class part(Generic[C]):
    """A property that is computed only once. Thread-safe."""

    def __init__(self, make: Callable[[Parts], C]) -> None:
        self._make = make

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, parts: Parts, owner: type) -> C:
        with parts.lock:  # reentrant, since creating a part can create others
            if self._name not in vars(parts):
                vars(parts)[self._name] = self._make(parts)  # later accesses find this attribute first
            made: C = vars(parts)[self._name]
            return made


class Parts:
    """Creates each part of a library on first use, together with the parts that it depends on."""

    def __init__(self, db: Database, taxonomy_file: Path | None) -> None:
        self.lock = threading.RLock()
        self.sensitivity: Sensitivity = "usual"
        self.taxonomy_file = taxonomy_file
        self._db = db

    @part
    def batches(self) -> Batches:
        from briefreader.library.batches import Batches

        return Batches(self._db)

    @part
    def taxonomy(self) -> CurrentTaxonomy:
        from briefreader.library.current_taxonomy import CurrentTaxonomy

        return CurrentTaxonomy(self._db, lambda: self.batches, self.taxonomy_file)

    @part
    def meaning(self) -> MeaningSearch:
        from briefreader.library.meaning_search import MeaningSearch

        return MeaningSearch(self._db)

    @part
    def index(self) -> SearchIndex:
        from briefreader.library.search_index import SearchIndex

        return SearchIndex(self._db, self.taxonomy, self.meaning)

    @part
    def story_index(self) -> StoryIndex:
        from briefreader.library.story_index import StoryIndex

        return StoryIndex(self._db)

    @part
    def jobs(self) -> Jobs:
        from briefreader.library.jobs import Jobs

        return Jobs()

    @part
    def models(self) -> ModelStore:
        from briefreader.library.model_store import ModelStore

        return ModelStore(self._db, self.taxonomy, self.jobs, lambda: self.sensitivity)

    @part
    def search(self) -> InsightSearch:
        from briefreader.library.insight_search import InsightSearch

        return InsightSearch(self._db, self.taxonomy, self.index, self.story_index, self.meaning)

    @part
    def matches(self) -> BriefingMatches:
        from briefreader.library.briefing_matches import BriefingMatches

        return BriefingMatches(self.taxonomy, self.index, self.search)

    @part
    def browsing(self) -> Browsing:
        from briefreader.library.browsing import Browsing

        return Browsing(self._db, self.taxonomy, lambda: self.matches, lambda: self.story_index)

    @part
    def stories(self) -> Stories:
        from briefreader.library.stories import Stories

        return Stories(self._db, self.batches, self.taxonomy, self.story_index, self.search)

    @part
    def alerts(self) -> Alerts:
        from briefreader.library.alerts import Alerts

        return Alerts(self._db, self.batches, self.taxonomy, self.browsing, self.stories)

    @part
    def news(self) -> News:
        from briefreader.library.news import News

        return News(self._db, self.taxonomy, self.story_index, self.stories)

    @part
    def ingest(self) -> Ingest:
        from briefreader.library.ingest import Ingest

        return Ingest(self._db, self.batches, self.index, self.story_index)

    @part
    def copies(self) -> Copies:
        from briefreader.library.copies import Copies

        return Copies(self._db, self.batches)

    @part
    def decisions(self) -> Decisions:
        from briefreader.library.decisions import Decisions

        return Decisions(self._db, self.batches, self.taxonomy)

    @part
    def tagging(self) -> Tagging:
        from briefreader.library.tagging import Tagging

        relearn = self.decisions.topics_to_relearn
        return Tagging(self._db, self.batches, self.taxonomy, self.models, self.browsing.keys, relearn)

    @part
    def taxonomies(self) -> Taxonomies:
        from briefreader.library.taxonomies import Taxonomies

        return Taxonomies(self._db, self.batches, self.taxonomy, self.tagging)

    @part
    def exports(self) -> Exports:
        from briefreader.library.exports import Exports

        return Exports(self._db, self.batches, self.taxonomy, self.browsing, self.news)

    @part
    def maintenance(self) -> Maintenance:
        from briefreader.library.maintenance import Maintenance

        return Maintenance(self._db, self.taxonomy, self.index, self.story_index, self.models)
