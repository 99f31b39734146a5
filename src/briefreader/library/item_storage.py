"""Store a source's items: parse them, apply its rules, and detect duplicates."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Literal

from briefreader.errors import ReadingError
from briefreader.library.deduplication import Added, Found, NewBriefing, preview
from briefreader.library.full_text import with_page
from briefreader.library.ingest import read_document, slices, store_some
from briefreader.model import Original, Problem
from briefreader.sources.config import MAIL_KINDS
from briefreader.storage import briefings, decisions, suggestions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from briefreader.sources.config import Rule, Source
    from briefreader.sources.items import Item
    from briefreader.storage.database import Connection, Database

HEADER_BYTES = 65_536  # bytes of a mail read for its date
Status = Literal["ok", "unchanged", "failed", "disabled", "not due", "offline"]


@dataclass(slots=True)
class SourceResult:
    """The result of fetching from one source: number of documents by outcome, bytes received, and seconds."""

    source: str
    status: Status = "ok"
    message: str = ""
    new: int = 0
    revised: int = 0
    unchanged: int = 0
    skipped: int = 0
    failed: int = 0
    bytes: int = 0
    seconds: float = 0.0
    added: list[Added] = field(default_factory=list)  # the result of each document


class ItemStorage:
    """Stores the items of one source.

    ``delivered`` collects key and stamp of items that need not be delivered again. ``too_old`` counts the mails that
    were skipped as older than ``oldest``.

    Args:
        db: the library's database.
        source: the source, with its rules.
        result: where outcomes are counted.
        known: stamps of the items delivered before, by key.
        batch: number of the batch.
        dry_run: only count the items.
        oldest: time before which mails are skipped, in seconds since 1970; 0 for no limit.
        report: called with the result of each document.
    """

    def __init__(
        self,
        db: Database,
        source: Source,
        result: SourceResult,
        known: Mapping[str, str],
        *,
        batch: int,
        dry_run: bool,
        oldest: float,
        report: Callable[[Added], None],
    ) -> None:
        self._db = db
        self._source = source
        self._result = result
        self._known = known
        self._batch = batch
        self._dry_run = dry_run
        self._oldest = oldest
        self._report = report
        self.delivered: list[tuple[str, str]] = []
        self.too_old = 0

    def store(self, item: Item) -> None:
        """Store the documents of an item; if one can't be read from disk, the next fetch delivers the item again."""
        unreadable = 0
        for slice_ in slices(self._documents(item)):
            while slice_:
                for added in self._previewed(slice_) if self._dry_run else self._stored(slice_):
                    _count(self._result, added)
                    self._report(added)
                    unreadable += added.status == "failed" and "cannot be read" in added.message
        if not unreadable:
            self.delivered.append((item.key, item.stamp))

    def _documents(self, item: Item) -> Iterator[Found]:
        """Yield the documents of an item that aren't skipped; those whose bytes are known aren't parsed."""
        from briefreader.reading import originals

        try:
            stream = item.open()
        except OSError as error:
            yield Problem(item.path, f"cannot be read: {error.strerror or error}")
            return
        with stream:
            for original in originals(stream, name=item.path, format=item.format):
                if isinstance(original, Problem):
                    yield original
                elif self._oldest and self._source.kind in MAIL_KINDS and is_older(original, self._oldest):
                    self._result.skipped += 1
                    self.too_old += 1
                else:
                    for found in read_document(self._db, original, self._source.name):
                        yield from self._filter_by_rules(found) if isinstance(found, NewBriefing) else (found,)

    def _filter_by_rules(self, found: NewBriefing) -> Iterator[NewBriefing]:
        """Yield a document unless a rule skips it, with the text of its page if the source has ``full = true``.

        The hashes of skipped documents, and of those with the text of their page, are stored, so that the next fetch
        ignores them.
        """
        rule = _rule_for(self._source, found)
        skips = rule is not None and rule.action == "skip"
        key = f"{'skipped' if skips else 'page'}:{found.digest}"
        if (skips or self._source.full) and key in self._known:
            self._result.unchanged += 1
        elif skips:
            self._result.skipped += 1
            self.delivered.append((key, ""))
        elif self._source.full:
            try:
                yield with_page(self._source, found)
                self.delivered.append((key, ""))
            except ReadingError as error:
                self._result.message = f"some pages could not be fetched; the last error: {error}"
                yield found
        else:
            yield found

    def _stored(self, pending: list[Found]) -> list[Added]:
        return store_some(self._db, self._batch, pending, revive=False, afterwards=self._apply_rules)

    def _previewed(self, pending: list[Found]) -> list[Added]:
        """Return the results that storing these documents would have; nothing is written."""
        done: list[Added] = []
        with self._db.reading() as con:
            while pending:
                document = pending.pop(0)
                added = preview(con, document, revive=False)
                if added is None and isinstance(document, NewBriefing):
                    added = Added(document.path, "added", title=document.briefing.title)
                done += [added] if added else []
        return done

    def _apply_rules(self, con: Connection, new: Found, added: Added) -> None:
        """Assign the topics of the source and its rule to a new briefing; mark it as read if the rule says so."""
        if added.status != "added" or not isinstance(new, NewBriefing):
            return
        rule, (key, _) = _rule_for(self._source, new), briefings.resolve(con, added.id)
        if rule and rule.action == "read":
            decisions.mark(con, self._batch, key, read=True, starred=None)
        topics = {*self._source.topics, *([rule.topic] if rule and rule.topic else ())}
        suggestions.assign_by_source(con, self._batch, key, topics)


def _rule_for(source: Source, new: NewBriefing) -> Rule | None:
    briefing = new.briefing
    return source.rule_for(subject=briefing.title, author=briefing.author, list_id=briefing.origin.publisher)


def _count(result: SourceResult, added: Added) -> None:
    result.added.append(added)
    match added.status:
        case "added":
            result.new += 1
        case "revision":
            result.revised += 1
        case "failed":
            result.failed += 1
        case "skipped":
            result.skipped += 1
        case _:
            result.unchanged += 1


def is_older(original: Original, oldest: float) -> bool:
    """Return whether a mail's Date header is before ``oldest`` (seconds since 1970); False without a date."""
    if original.format != "eml":
        return False
    try:
        header = BytesHeaderParser().parsebytes(original.data[:HEADER_BYTES]).get("Date", "")
        return parsedate_to_datetime(str(header)).timestamp() < oldest
    except (ValueError, OverflowError, IndexError, TypeError, LookupError):
        return False
