"""Duplicates of a briefing: list them, split them off, and find those that version 0.1 merged wrongly.

Used by ``aliases``, ``diff``, ``split`` and ``check --merged``. A duplicate is parsed from its stored original. For
most duplicates, version 0.1 stored none; then the file at the recorded path is used, if it is unchanged.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from briefreader.errors import NotFoundError, UsageError
from briefreader.library import revisions as texts
from briefreader.library.deduplication import NewBriefing, new_briefing, store_item
from briefreader.library.recognition import same_document
from briefreader.library.revisions import exchange
from briefreader.model import Original
from briefreader.storage import briefings, identity, journal, revisions
from briefreader.storage.database import now

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from briefreader.library.batches import Batches
    from briefreader.library.revisions import Diff
    from briefreader.storage.database import Connection, Database
    from briefreader.storage.identity import Copy

SuspectStatus = Literal["stored", "file", "same", "lost"]


def find(con: Connection, key: int, alias: str) -> Copy:
    """Return a document of a briefing by a prefix of its hash.

    Raises:
        NotFoundError: no hash has this prefix.
        UsageError: several hashes have it, or the briefing has only one document.
    """
    copies = identity.copies(con, key)
    name = briefings.name(con, key)
    found = [copy for copy in copies if alias and copy.digest.startswith(alias.strip().lower())]
    if not found:
        raise NotFoundError(
            f"briefing {name} has no alias {alias!r}", hint=f"to list aliases: briefreader aliases {name}"
        )
    if len(found) > 1:
        raise UsageError(f"the alias {alias!r} is ambiguous", hint="enter more characters of it")
    if len(copies) == 1:
        raise UsageError(f"nothing to split: {alias} is the only document of {name}")
    return found[0]


def split(con: Connection, batch: int, key: int, copy: Copy) -> str:
    """Turn a document of a briefing into a separate briefing and return its ID.

    If the briefing showed this document's text, it then shows its previous revision, or another document.

    Raises:
        NotFoundError: the document, or one to show instead, can't be read: its original isn't stored, and its file is
            missing or changed.
    """
    own = _read(con, copy)
    if own is None:
        raise NotFoundError(f"the original of {copy.path} was not stored", hint="add the file again")
    if copy.current:
        _show_another(con, batch, key, copy)
    revisions.drop(con, batch, key, copy.digest)
    made = briefings.insert(con, own.briefing, own.fingerprint, now())
    journal.record(con, batch, "briefing", str(made), None, {})
    identity.move_alias(con, batch, copy.digest, made)
    return briefings.name(con, made)


def _show_another(con: Connection, batch: int, key: int, shown: Copy) -> None:
    """Replace a briefing's text with its latest earlier revision, else its first other document that can be read."""
    digests = [revision.digest for revision in reversed(revisions.texts(con, key)[:-1])]
    others = [copy for copy in identity.copies(con, key) if copy.digest != shown.digest]
    others.sort(key=lambda copy: digests.index(copy.digest) if copy.digest in digests else len(digests))
    for other in others:
        found = _read(con, other)
        if found:
            exchange(con, batch, key, found.briefing, found.fingerprint)
            revisions.drop(con, batch, key, other.digest)
            return
    raise NotFoundError("the originals of its other documents were not stored", hint="add one of their files again")


def _read(con: Connection, copy: Copy) -> NewBriefing | None:
    """Parse a document from its stored original or its file; return None if neither is available."""
    original = identity.stored(con, copy.digest) or _from_file(copy)
    return _parse(original, copy.digest) if original else None


def _parse(original: Original, digest: str) -> NewBriefing | None:
    """Parse an original; return the briefing whose bytes have this hash, or None."""
    from briefreader.reading import read_original

    for found in read_original(original):
        made = new_briefing(found)
        if isinstance(made, NewBriefing) and made.digest == digest:
            return made
    return None


def _from_file(copy: Copy) -> Original | None:
    """Read a document from its recorded path, which may be that of an mbox; return None if it isn't there unchanged."""
    from briefreader.reading import originals

    path = Path(copy.path.partition("#")[0] if not Path(copy.path).exists() else copy.path)
    if not path.is_file():
        return None
    for found in originals(path):
        if isinstance(found, Original) and sha256(found.data).hexdigest() == copy.digest:
            return found
    return None


@dataclass(frozen=True, slots=True)
class Suspect:
    """A duplicate that version 0.1 may have merged wrongly, because its Message-ID differs from the briefing's.

    ``status`` is ``same`` if it is a duplicate by the current rules too, ``stored`` or ``file`` if it can be restored
    from the stored original or from its file, and ``lost`` if neither exists.
    """

    key: int
    id: str
    title: str
    copy: Copy
    status: SuspectStatus


def suspects(con: Connection) -> Iterator[list[Suspect]]:
    """Yield the suspects of each briefing. Their documents are read; nothing is written."""
    groups = defaultdict(list)
    for key, digest in identity.merged_by_old_rules(con):
        groups[key].append(digest)
    for key, digests in groups.items():
        copies = {copy.digest: copy for copy in identity.copies(con, key)}
        yield [_suspect(con, key, copies[digest]) for digest in digests]


def _suspect(con: Connection, key: int, copy: Copy) -> Suspect:
    """Parse a duplicate that version 0.1 merged, and find out whether the current rules merge it too."""
    found = _read(con, copy)
    if found is None:
        status: SuspectStatus = "lost"
    elif same_document(con, key, found.briefing, found.fingerprint):
        status = "same"
    else:
        status = "stored" if copy.kept else "file"
    title = found.briefing.title if found else ""
    return Suspect(key, briefings.name(con, key), title, copy, status)


def restore(con: Connection, batch: int, group: Sequence[Suspect]) -> list[tuple[Suspect, str]]:
    """Turn wrongly merged duplicates of a briefing back into briefings.

    If the briefing's first document is among them, the briefing shows it again and keeps its notes and decisions; the
    document shown until then becomes a separate briefing. Lost duplicates are deleted, so that adding their mails again
    creates briefings.

    Returns:
        Each suspect with the ID of its new briefing, or "".
    """
    key = group[0].key
    restorable = [s.copy for s in group if s.status in ("stored", "file")]
    read = {copy.digest: _read(con, copy) for copy in restorable}
    first = next((copy for copy in restorable if copy.digest.startswith(group[0].id) and read[copy.digest]), None)
    if first and (own := read[first.digest]):
        shown = next(copy for copy in identity.copies(con, key) if copy.current)
        exchange(con, batch, key, own.briefing, own.fingerprint)
        restorable = [shown, *(copy for copy in restorable if copy is not first)]
        read[shown.digest] = _read(con, shown)
    lost = [s.copy for s in group if s.status == "lost"]
    for copy in (*restorable, *lost):
        identity.move_alias(con, batch, copy.digest, None)
    ids = {copy.digest: store_item(con, batch, made).id for copy in restorable if (made := read[copy.digest])}
    if first:  # the document that was shown is now a separate briefing
        ids[first.digest] = ids.get(shown.digest, "")
    return [(s, ids.get(s.copy.digest, "")) for s in group]


class Copies:
    """Lists, compares and splits the duplicates and revisions of briefings."""

    def __init__(self, db: Database, batches: Batches) -> None:
        self._db = db
        self._batches = batches

    def diff(self, id: str, old: int | None = None, new: int | None = None) -> Diff | None:
        """Return the changed sentences between two revisions (default: the last two); None if there is only one.

        Revisions are numbered from 1. If ``old`` or ``new`` is given, a ``Diff`` is always returned.

        Raises:
            UsageError: there is no revision with such a number.
        """
        with self._db.reading() as con:
            return texts.diff(con, briefings.resolve(con, id)[0], old, new)

    def aliases(self, id: str) -> list[Copy]:
        """Return the documents that were added as this briefing, also duplicates and revisions, oldest first."""
        with self._db.reading() as con:
            return identity.copies(con, briefings.resolve(con, id)[0])

    def folder_of(self, id: str) -> str:
        """Return the name of the folder that a briefing's file was added from; "" if it has none, as for a URL."""
        copies = self.aliases(id)
        found = copies[0].path if copies else ""
        return "" if "://" in found else Path(found).parent.name

    def split(self, id: str, alias: str, *, dry_run: bool = False) -> str:
        """Turn one of a briefing's ``aliases``, given a prefix of its hash, into a briefing; return the new ID.

        Raises:
            NotFoundError: there is no such duplicate, or its bytes aren't stored.
            UsageError: it is the only document.
        """
        with self._db.reading() as con:
            key, name = briefings.resolve(con, id)
            copy = find(con, key, alias)
        if dry_run:
            with self._db.writing(keep=False) as con:
                return split(con, journal.begin(con, "split"), key, copy)
        with self._batches.step("split") as step:
            made = split(step.con, step.number, key, copy)
            step.summary = f"{made} from {name}"
        return made

    def merged(self) -> list[list[Suspect]]:
        """Return the mails that version 0.1 merged although their Message-IDs differ, grouped by briefing."""
        with self._db.reading() as con:
            return list(suspects(con))

    def restore_merged(self, groups: list[list[Suspect]]) -> dict[str, str]:
        """Turn mails that ``merged`` returned into briefings, as one batch; return the new IDs by the mails' hashes."""
        made: dict[str, str] = {}

        def change(con: Connection, batch: int, group: list[Suspect]) -> bool:
            made.update((suspect.copy.digest, id) for suspect, id in restore(con, batch, group) if id)
            return True

        wrong = [group for group in groups if any(suspect.status != "same" for suspect in group)]
        self._batches.apply("restore merged", wrong, change, lambda con, done: f"{len(made):,} restored")
        return made
