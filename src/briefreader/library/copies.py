"""The copies of a briefing: listed, split off as briefings of their own, and looked through for wrong merges of 0.1.

Serves ``aliases``, ``split`` and ``check --merged``. A copy is read again from its stored bytes; 0.1 kept those only
where a longer copy took a briefing's place, of others the file at the recorded path may still be the same.
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

Fate = Literal["stored", "file", "same", "lost"]


def find(con: Connection, key: int, alias: str) -> Copy:
    """The copy of a briefing whose digest begins so.

    Raises:
        NotFoundError: none does.
        UsageError: several do, or it is the only copy.
    """
    copies = identity.copies(con, key)
    name = briefings.name(con, key)
    found = [copy for copy in copies if alias and copy.digest.startswith(alias.strip().lower())]
    if not found:
        raise NotFoundError(f"briefing {name} has no alias {alias!r}", hint=f"briefreader aliases {name} lists them")
    if len(found) > 1:
        raise UsageError(f"the alias {alias!r} is ambiguous", hint="give more of it")
    if len(copies) == 1:
        raise UsageError(f"nothing to split: {alias} is the only copy of {name}")
    return found[0]


def split(con: Connection, batch: int, key: int, copy: Copy) -> str:
    """Make a copy a briefing of its own; returns its id. Where it is the one shown, the text before it comes back.

    Raises:
        NotFoundError: its bytes, or of the one shown those of every other copy, are not there any more.
    """
    own = _read(con, copy)
    if own is None:
        raise NotFoundError(f"the bytes of {copy.path} were not kept", hint="add the file again")
    if copy.current:
        _show_another(con, batch, key, copy)
    revisions.drop(con, batch, key, copy.digest)
    made = briefings.insert(con, own.briefing, own.prints, now())
    journal.record(con, batch, "briefing", str(made), None, {})
    identity.move_alias(con, batch, copy.digest, made)
    return briefings.name(con, made)


def _show_another(con: Connection, batch: int, key: int, shown: Copy) -> None:
    """Give a briefing the text of another of its copies: of the latest before, else of the first."""
    digests = [revision.digest for revision in reversed(revisions.texts(con, key)[:-1])]
    others = [copy for copy in identity.copies(con, key) if copy.digest != shown.digest]
    others.sort(key=lambda copy: digests.index(copy.digest) if copy.digest in digests else len(digests))
    for other in others:
        found = _read(con, other)
        if found:
            exchange(con, batch, key, found.briefing, found.prints)
            revisions.drop(con, batch, key, other.digest)
            return
    raise NotFoundError("the bytes of the other copies were not kept", hint="add one of their files again")


def _read(con: Connection, copy: Copy) -> NewBriefing | None:
    """A copy as it reads today, from its stored bytes or its file; None where neither is there."""
    original = identity.stored(con, copy.digest) or _from_file(copy)
    return _as_read(original, copy.digest) if original else None


def _as_read(original: Original, digest: str) -> NewBriefing | None:
    from briefreader.reading import read_original

    for found in read_original(original):
        made = new_briefing(found)
        if isinstance(made, NewBriefing) and made.digest == digest:
            return made
    return None


def _from_file(copy: Copy) -> Original | None:
    """The bytes at a copy's path, if they are still those; a message of an mbox is found in it."""
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
    """A copy that 0.1 may have taken for a briefing wrongly: its Message-ID is another.

    ``fate``: it can be restored from the ``stored`` bytes or its ``file``; is the ``same`` by the present rules; or is
    ``lost``.
    """

    key: int
    id: str
    title: str
    copy: Copy
    fate: Fate


def suspects(con: Connection) -> Iterator[list[Suspect]]:
    """What 0.1 merged under another Message-ID, a list for each briefing; reads the documents, writes nothing."""
    groups = defaultdict(list)
    for key, digest in identity.merged_by_old_rules(con):
        groups[key].append(digest)
    for key, digests in groups.items():
        copies = {copy.digest: copy for copy in identity.copies(con, key)}
        yield [_suspect(con, key, copies[digest]) for digest in digests]


def _suspect(con: Connection, key: int, copy: Copy) -> Suspect:
    found = _read(con, copy)
    if found is None:
        fate: Fate = "lost"
    elif same_document(con, key, found.briefing, found.prints):
        fate = "same"
    else:
        fate = "stored" if copy.kept else "file"
    title = found.briefing.title if found else ""
    return Suspect(key, briefings.name(con, key), title, copy, fate)


def restore(con: Connection, batch: int, group: Sequence[Suspect]) -> list[tuple[Suspect, str]]:
    """Make the wrongly merged copies of one briefing briefings again; returns each with its id, "" for a lost one.

    The briefing gets the text of its first copy back, whose notes and decisions it holds. A lost copy is forgotten, so
    that adding its mail again makes a briefing of it.
    """
    key = group[0].key
    apart = [s.copy for s in group if s.fate in ("stored", "file")]
    first = next((copy for copy in apart if copy.digest.startswith(group[0].id)), None)
    read = {copy.digest: _read(con, copy) for copy in apart}
    if first and (own := read[first.digest]):
        shown = next(copy for copy in identity.copies(con, key) if copy.current)
        exchange(con, batch, key, own.briefing, own.prints)
        apart = [shown, *(copy for copy in apart if copy is not first)]
        read[shown.digest] = _read(con, shown)
    lost = [s.copy for s in group if s.fate == "lost"]
    for copy in (*apart, *lost):
        identity.move_alias(con, batch, copy.digest, None)
    ids = {copy.digest: store_item(con, batch, made).id for copy in apart if (made := read[copy.digest])}
    if first:  # the one that was shown is the one that is apart now
        ids[first.digest] = ids.get(shown.digest, "")
    return [(s, ids.get(s.copy.digest, "")) for s in group]


class Copies:
    """The copies of the library's briefings, and their earlier texts."""

    def __init__(self, db: Database, batches: Batches) -> None:
        self._db = db
        self._batches = batches

    def diff(self, id: str, old: int | None = None, new: int | None = None) -> Diff | None:
        """Compare two texts of a briefing (numbers from 1), by default the last two; None where it has only one."""
        with self._db.reading() as con:
            return texts.diff(con, briefings.resolve(con, id)[0], old, new)

    def aliases(self, id: str) -> list[Copy]:
        """Return the copies that were recognised as a briefing, the oldest first."""
        with self._db.reading() as con:
            return identity.copies(con, briefings.resolve(con, id)[0])

    def folder_of(self, id: str) -> str:
        """Return the name of the folder that a briefing came from, "" if it came from none."""
        copies = self.aliases(id)
        found = copies[0].path if copies else ""
        return "" if "://" in found else Path(found).parent.name

    def split(self, id: str, alias: str, *, dry_run: bool = False) -> str:
        """Make a copy, named by the beginning of its digest, a briefing again; returns its id.

        Raises:
            NotFoundError: there is no such copy, or its bytes were not kept.
            UsageError: it is the only copy.
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
        """Return what 0.1 took for a copy of a briefing with another Message-ID, a list for each briefing."""
        with self._db.reading() as con:
            return list(suspects(con))

    def restore_merged(self, groups: list[list[Suspect]]) -> dict[str, str]:
        """Make wrongly merged copies briefings again, as one batch; returns the new ids by digest."""
        made: dict[str, str] = {}

        def change(con: Connection, batch: int, group: list[Suspect]) -> bool:
            made.update((suspect.copy.digest, id) for suspect, id in restore(con, batch, group) if id)
            return True

        wrong = [group for group in groups if any(suspect.fate != "same" for suspect in group)]
        self._batches.apply("restore merged", wrong, change, lambda con, done: f"{len(made):,} restored")
        return made
