"""The library: every verb once, for the command line, the app and Python alike."""

from __future__ import annotations

import shutil
from collections import deque
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, Literal, ParamSpec, Self, TypeVar

from briefreader import paths
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
from briefreader.library.progress import CancelCheck, not_cancelled
from briefreader.library.search_index import SearchIndex
from briefreader.library.stories import Stories
from briefreader.library.story_index import StoryIndex
from briefreader.library.tagging import Tagging
from briefreader.library.taxonomies import Taxonomies
from briefreader.query import quote
from briefreader.storage.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from types import TracebackType

    from briefreader.library.assistant import Assistant
    from briefreader.library.fetching import Fetching, FetchOptions
    from briefreader.library.item_storage import SourceResult
    from briefreader.library.progress import Report
    from briefreader.library.quotes import Quotation
    from briefreader.library.source_checks import Health, Trial
    from briefreader.library.source_list import SourceList
    from briefreader.library.tagging import Tagged
    from briefreader.model import Batch
    from briefreader.sources.config import Source
    from briefreader.sources.items import State
    from briefreader.tagging.tagger import Sensitivity
    from briefreader.taxonomy import Taxonomy

P = ParamSpec("P")
R = TypeVar("R")
C = TypeVar("C")
Verb = Literal["add", "tag", "follow", "fetch", "preview_topic"]
list_ = list  # inside the class, ``list`` is a verb


def forward(
    part: Callable[[Library], C], method: Callable[Concatenate[C, P], R]
) -> Callable[Concatenate[Library, P], R]:
    """Make a method of the library that is one of its part's, with its arguments and its documentation."""

    @wraps(method)
    def call(self: Library, /, *args: P.args, **kwargs: P.kwargs) -> R:
        return method(part(self), *args, **kwargs)

    return call


class Library:
    """A reader's briefings with topics, notes and history. Thread-safe: any thread may read, writers take turns.

    It is composed of parts, and each verb below is one of a part's: see there, or ``help(Library.add)``, for what it
    does.

    Args:
        folder: the library's folder; by default ``BRIEFREADER_LIBRARY`` or the user's data folder.
        taxonomy: a taxonomy file to use instead of the library's own copy.
        create: make the library if there is none (else NoLibraryError).
        readonly: never write, not even to migrate.
    """

    def __init__(
        self, folder: Path | None = None, *, taxonomy: Path | None = None, create: bool = True, readonly: bool = False
    ) -> None:
        self.folder = paths.library_dir(folder)
        self.db = Database(self.folder, readonly=readonly, create=create)
        self.batches = Batches(self.db)
        self._temporary = False
        self._taxonomy = CurrentTaxonomy(self.db, self.batches, taxonomy)
        meaning = MeaningSearch(self.db)
        self._index = SearchIndex(self.db, self._taxonomy, meaning)
        self._story_index = StoryIndex(self.db)
        self._jobs = Jobs()
        self._models = ModelStore(self.db, self._taxonomy, self._jobs)
        self._search = InsightSearch(self.db, self._taxonomy, self._index, self._story_index, meaning)
        matches = BriefingMatches(self._taxonomy, self._index, self._search)
        self._browsing = Browsing(self.db, self._taxonomy, matches, self._story_index)
        self._stories = Stories(self.db, self.batches, self._taxonomy, self._story_index, self._search)
        self._alerts = Alerts(self.db, self.batches, self._taxonomy, self._browsing, self._stories)
        self._news = News(self.db, self._taxonomy, self._story_index, self._stories)
        self._ingest = Ingest(self.db, self.batches, self._taxonomy, self._index, self._story_index)
        self._copies = Copies(self.db, self.batches)
        self._decisions = Decisions(self.db, self.batches, self._taxonomy)
        relearn = self._decisions.topics_to_relearn
        self._tagging = Tagging(self.db, self.batches, self._taxonomy, self._models, self._browsing.keys, relearn)
        self._taxonomies = Taxonomies(self.db, self.batches, self._taxonomy, self._tagging)
        self._exports = Exports(self.db, self.batches, self._taxonomy, self._browsing, self._news)
        self._maintenance = Maintenance(self.db, self._taxonomy, self._index, self._story_index, self._models)

    @classmethod
    def demo(cls) -> Self:
        """A library with the shipped sample briefings, tagged; closing it throws it away."""
        from briefreader.library.demo import prepare

        library = cls(prepare(cls))
        library._temporary = True
        return library

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the library; a write under way in another thread is waited for."""
        self.db.close()
        if self._temporary:
            shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def readonly(self) -> bool:
        """Whether this library can only be read: so opened, or its folder can't be written."""
        return self.db.readonly

    @property
    def last_batch(self) -> Batch | None:
        """What the last verb wrote; None where it changed nothing."""
        return self.batches.last

    # Briefings in and out
    add = forward(lambda self: self._ingest, Ingest.add)
    remove = forward(lambda self: self._ingest, Ingest.remove)
    reread = forward(lambda self: self._ingest, Ingest.reread)
    decide_block = forward(lambda self: self._ingest, Ingest.decide_block)

    diff = forward(lambda self: self._copies, Copies.diff)
    aliases = forward(lambda self: self._copies, Copies.aliases)
    folder_of = forward(lambda self: self._copies, Copies.folder_of)
    split = forward(lambda self: self._copies, Copies.split)
    merged = forward(lambda self: self._copies, Copies.merged)
    restore_merged = forward(lambda self: self._copies, Copies.restore_merged)

    @property
    def sources(self) -> SourceList:
        """The list of sources, sources.toml."""
        from briefreader.library.source_list import SourceList

        return SourceList(self.folder, lambda name: self.taxonomy.topic(name).id)

    def fetch(
        self, options: FetchOptions, *, progress: Report | None = None, cancelled: CancelCheck = not_cancelled
    ) -> Iterator[SourceResult | Tagged]:
        """Fetch and tag what is new in the sources; see :meth:`Fetching.fetch`."""
        return self._fetching.fetch(options, progress=progress, cancelled=cancelled)

    def source_states(self) -> dict[str, State]:
        """Return what is remembered of each source: last check, errors, whether it is disabled."""
        return self._fetching.states()

    def source_health(self) -> list_[Health]:
        """Return each source with its state and what its briefings tell of it."""
        from briefreader.library.source_checks import SourceChecks

        return SourceChecks(self.db, self.sources).health()

    def try_source(self, name: str, ask_password: Callable[[Source], str] | None = None) -> Trial:
        """Connect to a source once and return what it holds; nothing is stored."""
        from briefreader.library.source_checks import SourceChecks

        return SourceChecks(self.db, self.sources).trial(name, ask_password)

    def unsubscribe_links(self, source: str) -> list_[tuple[str, str]]:
        """Return publisher and address of each place where a source's mails say that one can unsubscribe."""
        from briefreader.library.source_checks import unsubscribe_links

        return unsubscribe_links(self.db, source)

    @property
    def _fetching(self) -> Fetching:
        from briefreader.library.fetching import Fetching
        from briefreader.library.source_checks import write_topics

        def write_back(source: Source) -> int:
            rows = self.list(f"source:{quote(source.name)}", limit=None)
            return write_topics(self.db, source, {row.id: row.topics for row in rows})

        parts = self._index, self._story_index, self._tagging
        return Fetching(self.db, self.batches, self.sources, *parts, write_back)

    # Reading and searching
    keys = forward(lambda self: self._browsing, Browsing.keys)
    count = forward(lambda self: self._browsing, Browsing.count)
    rows = forward(lambda self: self._browsing, Browsing.rows)
    abstracts = forward(lambda self: self._browsing, Browsing.abstracts)
    list = forward(lambda self: self._browsing, Browsing.list)
    resolve = forward(lambda self: self._browsing, Browsing.resolve)
    key_of = forward(lambda self: self._browsing, Browsing.key_of)
    briefing = forward(lambda self: self._browsing, Browsing.briefing)
    original = forward(lambda self: self._browsing, Browsing.original)
    insights = forward(lambda self: self._browsing, Browsing.insights)
    insight = forward(lambda self: self._browsing, Browsing.insight)
    facets = forward(lambda self: self._browsing, Browsing.facets)
    stats = forward(lambda self: self._browsing, Browsing.stats)
    search = forward(lambda self: self._search, InsightSearch.search)
    remarks = forward(lambda self: self._search, InsightSearch.remarks)
    meaning_hint = forward(lambda self: self._search, InsightSearch.meaning_hint)
    warm = forward(lambda self: self._index, SearchIndex.warm)
    merge_index = forward(lambda self: self._index, SearchIndex.merge)
    rebuild_index = forward(lambda self: self._index, SearchIndex.rebuild)

    def verify_quote(self, text: str) -> Quotation | None:
        """Find a quotation word for word, or the nearest passage; see :meth:`Quotes.verify`."""
        from briefreader.library.quotes import Quotes

        return Quotes(self.db).verify(text)

    @property
    def searchable(self) -> bool:
        """Whether the search index is loaded, by ``warm`` or a first search."""
        return self._index.loaded

    # Across briefings
    stories = forward(lambda self: self._stories, Stories.stories)
    story = forward(lambda self: self._stories, Stories.story)
    explain_story = forward(lambda self: self._stories, Stories.explain_story)
    split_story = forward(lambda self: self._stories, Stories.split_story)
    merge_stories = forward(lambda self: self._stories, Stories.merge_stories)
    changed = forward(lambda self: self._news, News.changed)
    brief = forward(lambda self: self._news, News.brief)
    topic_drift = forward(lambda self: self._news, News.topic_drift)
    alerts = forward(lambda self: self._alerts, Alerts.alerts)
    alert = forward(lambda self: self._alerts, Alerts.alert)
    add_alert = forward(lambda self: self._alerts, Alerts.add_alert)
    drop_alert = forward(lambda self: self._alerts, Alerts.drop_alert)
    replay_alert = forward(lambda self: self._alerts, Alerts.replay)
    fire_alerts = forward(lambda self: self._alerts, Alerts.fire_alerts)

    # Topics
    tagger = forward(lambda self: self._models, ModelStore.tagger)
    tag = forward(lambda self: self._tagging, Tagging.tag)
    tagging_cost = forward(lambda self: self._tagging, Tagging.cost)
    topics = forward(lambda self: self._tagging, Tagging.topics)
    explain = forward(lambda self: self._tagging, Tagging.explain)
    scored_text = forward(lambda self: self._tagging, Tagging.scored_text)
    review = forward(lambda self: self._tagging, Tagging.review)
    learn = forward(lambda self: self._tagging, Tagging.learn)
    follow = forward(lambda self: self._tagging, Tagging.follow)
    top_terms = forward(lambda self: self._tagging, Tagging.top_terms)
    evaluate = forward(lambda self: self._tagging, Tagging.evaluate)
    discover = forward(lambda self: self._tagging, Tagging.discover)

    @property
    def sensitivity(self) -> Sensitivity:
        """How readily topics are assigned; set it before the first topic is asked for."""
        return self._models.sensitivity

    @sensitivity.setter
    def sensitivity(self, value: Sensitivity) -> None:
        self._models.sensitivity = value

    @property
    def topics_to_relearn(self) -> set[str]:
        """Topics decided on that ``follow`` has not learnt from yet."""
        return self._decisions.topics_to_relearn

    # Decisions
    decide = forward(lambda self: self._decisions, Decisions.decide)
    decide_many = forward(lambda self: self._decisions, Decisions.decide_many)
    mark = forward(lambda self: self._decisions, Decisions.mark)
    note = forward(lambda self: self._decisions, Decisions.note)
    note_of = forward(lambda self: self._decisions, Decisions.note_of)
    edit = forward(lambda self: self._decisions, Decisions.edit)
    own_insight = forward(lambda self: self._decisions, Decisions.own_insight)
    dismiss = forward(lambda self: self._decisions, Decisions.dismiss)
    position = forward(lambda self: self._decisions, Decisions.position)
    set_position = forward(lambda self: self._decisions, Decisions.set_position)
    undo = forward(lambda self: self._decisions, Decisions.undo)
    redo = forward(lambda self: self._decisions, Decisions.redo)
    history = forward(lambda self: self._decisions, Decisions.history)
    saved = forward(lambda self: self._decisions, Decisions.saved)
    save_search = forward(lambda self: self._decisions, Decisions.save_search)
    rename_search = forward(lambda self: self._decisions, Decisions.rename_search)
    drop_search = forward(lambda self: self._decisions, Decisions.drop_search)

    def assistant(self, name: str) -> Assistant:
        """Return the decisions of an assistant that calls itself ``name``."""
        from briefreader.library.assistant import Assistant

        return Assistant(self.db, self.batches, self._taxonomy, self._decisions, name)

    # The taxonomy
    reload_taxonomy = forward(lambda self: self._taxonomy, CurrentTaxonomy.reload)
    new_topic = forward(lambda self: self._taxonomies, Taxonomies.new_topic)
    add_topic = forward(lambda self: self._taxonomies, Taxonomies.add_topic)
    phrase_use = forward(lambda self: self._taxonomies, Taxonomies.phrase_use)
    preview_topic = forward(lambda self: self._taxonomies, Taxonomies.preview)
    exclude_phrase = forward(lambda self: self._taxonomies, Taxonomies.exclude_phrase)
    preview_exclusion = forward(lambda self: self._taxonomies, Taxonomies.preview_exclusion)
    rename_topic = forward(lambda self: self._taxonomies, Taxonomies.rename_topic)
    merge_topics = forward(lambda self: self._taxonomies, Taxonomies.merge_topics)
    delete_topic = forward(lambda self: self._taxonomies, Taxonomies.delete_topic)
    taxonomy_news = forward(lambda self: self._taxonomies, Taxonomies.news)
    update_taxonomy = forward(lambda self: self._taxonomies, Taxonomies.update)
    taxonomy_diff = forward(lambda self: self._taxonomies, Taxonomies.diff)

    @property
    def taxonomy_path(self) -> Path:
        """The taxonomy file in use."""
        return self._taxonomy.path

    @property
    def taxonomy(self) -> Taxonomy:
        """The topics in use; TaxonomyError where the file can't be used."""
        return self._taxonomy.load()

    # Notes and safety
    export = forward(lambda self: self._exports, Exports.export)
    pull = forward(lambda self: self._exports, Exports.pull)
    quote = forward(lambda self: self._exports, Exports.quote)
    dump = forward(lambda self: self._maintenance, Maintenance.dump)
    restore = forward(lambda self: self._maintenance, Maintenance.restore)
    backup = forward(lambda self: self._maintenance, Maintenance.backup)
    check = forward(lambda self: self._maintenance, Maintenance.check)

    # Long verbs in a process of their own

    def detach(self) -> None:
        """Wait for nothing that is under way: queries end, and other processes finish what they write by themselves."""
        self._jobs.detach()
        self.db.interrupt()

    def run_in_subprocess(
        self, verb: Verb, *given: Any, progress: Report | None = None, cancelled: CancelCheck = not_cancelled
    ) -> Iterator[Any]:
        """Yield what a verb yields, run in a process of its own on this library.

        Raises:
            LibraryError: the process ended before it was done; and whatever the verb raises.
        """
        relearn = frozenset(self.topics_to_relearn)
        request = Request(verb, given, self.folder, self._taxonomy.given, self.sensitivity, relearn)
        yield from self._jobs.run(verb, f"{__name__}:run", request, progress=progress, cancelled=cancelled)
        if verb == "follow" and not cancelled():
            self.topics_to_relearn.difference_update(relearn)


@dataclass(frozen=True, slots=True)
class Request:
    """A verb and its arguments, and what makes the library in another process the same as the one here."""

    verb: Verb
    given: tuple[Any, ...]
    folder: Path
    taxonomy: Path | None
    sensitivity: Sensitivity
    topics_to_relearn: frozenset[str]


def run(request: Request, *, progress: Report, cancelled: CancelCheck) -> Iterator[Any]:
    """Run a verb in this process, as another one asked for it."""
    options: dict[str, Any] = {"cancelled": cancelled}
    if request.verb != "follow":
        options["progress"] = progress
    with Library(request.folder, taxonomy=request.taxonomy, create=False) as library:
        library.sensitivity = request.sensitivity
        library.topics_to_relearn.update(request.topics_to_relearn)
        yield from getattr(library, request.verb)(*request.given, **options)
        if request.verb in ("add", "fetch"):
            deque(library.fire_alerts(), maxlen=0)
