"""The library: all operations, for the command line, the app and Python."""

from __future__ import annotations

import shutil
from collections import deque
from typing import TYPE_CHECKING, Any, Generic, Literal, ParamSpec, Self, TypeVar, overload

from briefreader import paths
from briefreader.library.parts import Parts
from briefreader.library.progress import CancelCheck, not_cancelled
from briefreader.query import quote
from briefreader.records import dataclass
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
Verb = Literal[
    "add", "tag", "follow", "fetch", "preview_topic", "preview_exclusion", "taxonomy_diff", "evaluate", "phrase_use"
]
_VALUES = ("evaluate", "phrase_use")  # verbs that return a value
list_ = list  # inside the class, ``list`` is a method


class forward(Generic[P, R]):
    """A method of the library that a part implements; the part is imported on first use."""

    def __init__(self, method: Callable[[Library], Callable[P, R]]) -> None:
        self._method = method

    @overload
    def __get__(self, library: None, owner: type) -> Self: ...
    @overload
    def __get__(self, library: Library, owner: type) -> Callable[P, R]: ...
    def __get__(self, library: Library | None, owner: type) -> Self | Callable[P, R]:
        return self if library is None else self._method(library)

    def __call__(self, library: Library, /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call the method as ``Library.add(library, …)``."""
        return self._method(library)(*args, **kwargs)


class Library:
    """A library of briefings with their topics, notes and history. Several threads can use it.

    It is composed of parts, whose methods it exposes; ``help(library.add)`` shows a method's documentation.

    Args:
        folder: the library's folder; by default ``BRIEFREADER_LIBRARY`` or the user's data folder.
        taxonomy: a taxonomy file to use instead of the library's own copy.
        create: create the library if it doesn't exist. If False, or with ``readonly``, NoLibraryError is raised.
        readonly: never write, not even to migrate.
    """

    def __init__(
        self, folder: Path | None = None, *, taxonomy: Path | None = None, create: bool = True, readonly: bool = False
    ) -> None:
        self.folder = paths.library_dir(folder)
        self.db = Database(self.folder, readonly=readonly, create=create)
        self._parts = Parts(self.db, taxonomy)
        self._temporary = False

    @classmethod
    def demo(cls) -> Self:
        """Return a temporary library with the sample briefings, tagged. Closing it deletes it."""
        from briefreader.library.demo import prepare

        library = cls(prepare(cls))
        library._temporary = True
        return library

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the library, after waiting for writes in other threads."""
        self.db.close()
        if self._temporary:
            shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def readonly(self) -> bool:
        """Whether the library was opened as read-only, or its database or folder isn't writable."""
        return self.db.readonly

    @property
    def last_batch(self) -> Batch | None:
        """The batch of this object's last operation; None if it changed nothing, or if there was none."""
        return self._parts.batches.last

    # Adding and removing
    add = forward(lambda self: self._parts.ingest.add)
    remove = forward(lambda self: self._parts.ingest.remove)
    reread = forward(lambda self: self._parts.ingest.reread)
    decide_block = forward(lambda self: self._parts.ingest.decide_block)

    # Duplicates and revisions
    diff = forward(lambda self: self._parts.copies.diff)
    aliases = forward(lambda self: self._parts.copies.aliases)
    folder_of = forward(lambda self: self._parts.copies.folder_of)
    split = forward(lambda self: self._parts.copies.split)
    merged = forward(lambda self: self._parts.copies.merged)
    restore_merged = forward(lambda self: self._parts.copies.restore_merged)

    # Sources
    @property
    def sources(self) -> SourceList:
        """The editor of ``sources.toml``: ``load()`` returns the valid sources, and the errors of the others."""
        from briefreader.library.source_list import SourceList

        return SourceList(self.folder, lambda name: self.taxonomy.topic(name).id)

    def fetch(
        self, options: FetchOptions, *, progress: Report | None = None, cancelled: CancelCheck = not_cancelled
    ) -> Iterator[SourceResult | Tagged]:
        """Fetch and tag new briefings; yield a ``SourceResult`` per source, then a ``Tagged`` per briefing.

        ``options`` is a ``briefreader.library.fetching.FetchOptions``. If writing topics to notmuch fails, another
        ``SourceResult`` with the error follows.

        Raises:
            ConfigError: sources.toml can't be read.
            NotFoundError: a name in ``options.names`` is unknown.
            LockedError: another bulk command is still running after ``options.wait`` seconds.
        """
        return self._fetching.fetch(options, progress=progress, cancelled=cancelled)

    def source_states(self) -> dict[str, State]:
        """Return the ``State`` of each source that has been checked, by name: last check, errors, disabled or not."""
        return self._fetching.states()

    def source_health(self) -> list_[Health]:
        """Return a ``Health`` per source: its state, briefings per week, and the shares read and starred."""
        from briefreader.library.source_checks import SourceChecks

        return SourceChecks(self.db, self.sources).health()

    def try_source(self, name: str, ask_password: Callable[[Source], str] | None = None) -> Trial:
        """Connect to a source and return its newest briefings as a ``Trial``, without storing anything.

        Raises:
            NotFoundError: there is no such source.
            ReadingError: the source can't be reached, or isn't of the stated kind.
        """
        from briefreader.library.source_checks import SourceChecks

        return SourceChecks(self.db, self.sources).trial(name, ask_password)

    def unsubscribe_links(self, source: str) -> list_[tuple[str, str]]:
        """Return (publisher, URL) of the unsubscribe links in the latest mail of each publisher of a source."""
        from briefreader.library.source_checks import unsubscribe_links

        return unsubscribe_links(self.db, source)

    @property
    def _fetching(self) -> Fetching:
        from briefreader.library.fetching import Fetching
        from briefreader.library.source_checks import write_topics

        def write_back(source: Source) -> int:
            rows = self.list(f"source:{quote(source.name)}", limit=None)
            return write_topics(self.db, source, {row.id: row.topics for row in rows})

        parts = self._parts.index, self._parts.story_index, self._parts.tagging
        return Fetching(self.db, self._parts.batches, self.sources, *parts, write_back)

    # Reading and searching
    keys = forward(lambda self: self._parts.browsing.keys)
    count = forward(lambda self: self._parts.browsing.count)
    rows = forward(lambda self: self._parts.browsing.rows)
    abstracts = forward(lambda self: self._parts.browsing.abstracts)
    list = forward(lambda self: self._parts.browsing.list)
    resolve = forward(lambda self: self._parts.browsing.resolve)
    key_of = forward(lambda self: self._parts.browsing.key_of)
    briefing = forward(lambda self: self._parts.browsing.briefing)
    original = forward(lambda self: self._parts.browsing.original)
    insights = forward(lambda self: self._parts.browsing.insights)
    insight = forward(lambda self: self._parts.browsing.insight)
    facets = forward(lambda self: self._parts.browsing.facets)
    stats = forward(lambda self: self._parts.browsing.stats)
    search = forward(lambda self: self._parts.search.search)
    remarks = forward(lambda self: self._parts.browsing.remarks)
    meaning_hint = forward(lambda self: self._parts.search.meaning_hint)
    warm = forward(lambda self: self._parts.index.warm)
    merge_index = forward(lambda self: self._parts.index.merge)
    rebuild_index = forward(lambda self: self._parts.index.rebuild)

    def verify_quote(self, text: str) -> Quotation | None:
        """Return where a quotation or the most similar passage is, as a ``Quotation``; None if nothing is similar.

        Raises:
            UsageError: the text is too short to be distinctive, or too long.
        """
        from briefreader.library.quotes import Quotes

        return Quotes(self.db).verify(text)

    @property
    def searchable(self) -> bool:
        """Whether the search index is loaded; ``warm`` and the first search load it."""
        return self._parts.index.loaded

    # Stories, briefs and alerts
    stories = forward(lambda self: self._parts.stories.stories)
    story = forward(lambda self: self._parts.stories.story)
    reports = forward(lambda self: self._parts.stories.reports)
    explain_story = forward(lambda self: self._parts.stories.explain_story)
    split_story = forward(lambda self: self._parts.stories.split_story)
    merge_stories = forward(lambda self: self._parts.stories.merge_stories)
    changed = forward(lambda self: self._parts.news.changed)
    brief = forward(lambda self: self._parts.news.brief)
    topic_drift = forward(lambda self: self._parts.news.topic_drift)
    alerts = forward(lambda self: self._parts.alerts.alerts)
    alert = forward(lambda self: self._parts.alerts.alert)
    add_alert = forward(lambda self: self._parts.alerts.add_alert)
    drop_alert = forward(lambda self: self._parts.alerts.drop_alert)
    replay_alert = forward(lambda self: self._parts.alerts.replay)
    fire_alerts = forward(lambda self: self._parts.alerts.fire_alerts)

    # Topics
    tagger = forward(lambda self: self._parts.models.tagger)
    tag = forward(lambda self: self._parts.tagging.tag)
    topics = forward(lambda self: self._parts.tagging.topics)
    explain = forward(lambda self: self._parts.tagging.explain)
    scored_text = forward(lambda self: self._parts.tagging.scored_text)
    review = forward(lambda self: self._parts.tagging.review)
    learn = forward(lambda self: self._parts.tagging.learn)
    follow = forward(lambda self: self._parts.tagging.follow)
    top_terms = forward(lambda self: self._parts.tagging.top_terms)
    evaluate = forward(lambda self: self._parts.tagging.evaluate)
    discover = forward(lambda self: self._parts.tagging.discover)

    @property
    def sensitivity(self) -> Sensitivity:
        """How readily topics are assigned: ``sparing``, ``usual`` or ``generous``. Set it before using topics."""
        return self._parts.sensitivity

    @sensitivity.setter
    def sensitivity(self, value: Sensitivity) -> None:
        self._parts.sensitivity = value

    @property
    def topics_to_relearn(self) -> set[str]:
        """Topics with decisions that the tagger hasn't learned from yet; ``follow`` learns from them."""
        return self._parts.decisions.topics_to_relearn

    # Decisions
    decide = forward(lambda self: self._parts.decisions.decide)
    decide_many = forward(lambda self: self._parts.decisions.decide_many)
    mark = forward(lambda self: self._parts.decisions.mark)
    note = forward(lambda self: self._parts.decisions.note)
    note_of = forward(lambda self: self._parts.decisions.note_of)
    edit = forward(lambda self: self._parts.decisions.edit)
    own_insight = forward(lambda self: self._parts.decisions.own_insight)
    dismiss = forward(lambda self: self._parts.decisions.dismiss)
    position = forward(lambda self: self._parts.decisions.position)
    set_position = forward(lambda self: self._parts.decisions.set_position)
    undo = forward(lambda self: self._parts.decisions.undo)
    redo = forward(lambda self: self._parts.decisions.redo)
    history = forward(lambda self: self._parts.decisions.history)
    saved = forward(lambda self: self._parts.decisions.saved)
    save_search = forward(lambda self: self._parts.decisions.save_search)
    rename_search = forward(lambda self: self._parts.decisions.rename_search)
    drop_search = forward(lambda self: self._parts.decisions.drop_search)

    def assistant(self, name: str) -> Assistant:
        """Return an ``Assistant``, which makes and undoes decisions in the name of an AI assistant."""
        from briefreader.library.assistant import Assistant

        return Assistant(self.db, self._parts.batches, self._parts.taxonomy, self._parts.decisions, name)

    # Taxonomy
    reload_taxonomy = forward(lambda self: self._parts.taxonomy.reload)
    new_topic = forward(lambda self: self._parts.taxonomies.new_topic)
    add_topic = forward(lambda self: self._parts.taxonomies.add_topic)
    phrase_use = forward(lambda self: self._parts.taxonomies.phrase_use)
    preview_topic = forward(lambda self: self._parts.taxonomies.preview)
    exclude_phrase = forward(lambda self: self._parts.taxonomies.exclude_phrase)
    preview_exclusion = forward(lambda self: self._parts.taxonomies.preview_exclusion)
    rename_topic = forward(lambda self: self._parts.taxonomies.rename_topic)
    merge_topics = forward(lambda self: self._parts.taxonomies.merge_topics)
    delete_topic = forward(lambda self: self._parts.taxonomies.delete_topic)
    taxonomy_news = forward(lambda self: self._parts.taxonomies.news)
    update_taxonomy = forward(lambda self: self._parts.taxonomies.update)
    taxonomy_diff = forward(lambda self: self._parts.taxonomies.diff)

    @property
    def taxonomy_path(self) -> Path:
        """The taxonomy file in use."""
        return self._parts.taxonomy.path

    @property
    def taxonomy(self) -> Taxonomy:
        """The current ``Taxonomy``; raises TaxonomyError if the file has errors."""
        return self._parts.taxonomy.load()

    # Export
    export = forward(lambda self: self._parts.exports.export)
    pull = forward(lambda self: self._parts.exports.pull)
    quote = forward(lambda self: self._parts.exports.quote)
    # Backup and repair
    dump = forward(lambda self: self._parts.maintenance.dump)
    restore = forward(lambda self: self._parts.maintenance.restore)
    backup = forward(lambda self: self._parts.maintenance.backup)
    check = forward(lambda self: self._parts.maintenance.check)

    # Long operations in separate processes

    def detach(self) -> None:
        """Interrupt running queries and subprocess calls, before the program exits.

        Queries raise LibraryError. Iterators of ``run_in_subprocess`` end; each subprocess completes its current write.
        """
        self._parts.jobs.detach()
        self.db.interrupt()

    def run_in_subprocess(
        self, verb: Verb, *given: Any, progress: Report | None = None, cancelled: CancelCheck = not_cancelled
    ) -> Iterator[Any]:
        """Run a long method, such as ``add`` or ``evaluate``, in a separate process; yield what it yields or returns.

        Raises:
            LibraryError: the process ended unexpectedly.
            BriefreaderError: the method raised it.
        """
        relearn = frozenset(self.topics_to_relearn)
        request = Request(verb, given, self.folder, self._parts.taxonomy_file, self.sensitivity, relearn)
        yield from self._parts.jobs.run(verb, f"{__name__}:run", request, progress=progress, cancelled=cancelled)
        if verb == "follow" and not cancelled():
            self.topics_to_relearn.difference_update(relearn)


@dataclass(frozen=True, slots=True)
class Request:
    """A method call, with the settings that another process needs to open the same library."""

    verb: Verb
    given: tuple[Any, ...]
    folder: Path
    taxonomy: Path | None
    sensitivity: Sensitivity
    topics_to_relearn: frozenset[str]


def run(request: Request, *, progress: Report, cancelled: CancelCheck) -> Iterator[Any]:
    """Run a method for another process, and yield what it yields or returns; fire alerts if it added or tagged."""
    options: dict[str, Any] = {"cancelled": cancelled, "progress": progress}
    if request.verb in ("follow", "preview_exclusion"):
        del options["progress"]
    elif request.verb in (*_VALUES, "taxonomy_diff"):
        options.clear()
    with Library(request.folder, taxonomy=request.taxonomy, create=False) as library:
        library.sensitivity = request.sensitivity
        library.topics_to_relearn.update(request.topics_to_relearn)
        found = getattr(library, request.verb)(*request.given, **options)
        yield from (found,) if request.verb in _VALUES else found
        if request.verb in ("add", "fetch", "tag"):
            deque(library.fire_alerts(), maxlen=0)
