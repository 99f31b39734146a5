"""Pull: import the user's edits of exported notes as verdicts and notes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from briefreader import paths
from briefreader.errors import BriefreaderError
from briefreader.exporting import pull as reading
from briefreader.exporting.export_record import Record
from briefreader.exporting.folder import Folder, Found
from briefreader.exporting.profiles import PROFILES
from briefreader.library.export_run import folder_key
from briefreader.model import Batch, Problem, Verdict
from briefreader.storage import decisions, exports

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from briefreader.library.batches import Batches
    from briefreader.library.current_taxonomy import CurrentTaxonomy
    from briefreader.storage.database import Connection, Database

VERB = "pull"


@dataclass(frozen=True, slots=True)
class PulledChange:
    """A change imported from the file ``path``: a verdict on ``topic``, or the user's note on a briefing or insight."""

    target: str
    what: Literal["accepted", "rejected", "note"]
    topic: str
    path: str


@dataclass(frozen=True, slots=True)
class Pulled:
    """The result of a pull: ``batch`` is None if nothing changed. A file with a problem doesn't affect the others."""

    batch: Batch | None
    changes: tuple[PulledChange, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Edited:
    """An edited file: the file, the record of its export, and the edits."""

    found: Found
    record: Record
    edits: reading.Edits


@dataclass(frozen=True, slots=True)
class _Import:
    """The changes of an edited file: the briefing's row key, its notes by insight number, and all changes."""

    edited: _Edited
    key: int
    notes: tuple[tuple[int, str], ...]
    changes: tuple[PulledChange, ...]


def pull(
    db: Database, batches: Batches, taxonomy: CurrentTaxonomy, folder_path: Path, *, dry_run: bool = False
) -> Pulled:
    """Import the user's edits of the notes in a folder, and return the result; see ``Library.pull``."""
    folder = Folder(paths.from_user(folder_path))
    if not folder.root.is_dir():
        raise BriefreaderError("no such folder", where=str(folder_path))
    name = folder_key(folder)
    with db.reading() as con:
        undone = exports.undone(con, VERB)
        known = {target: Record.load(text, undone) for target, text in exports.records(con, name).items()}
    records = {target: record for target, record in known.items() if record}
    problems: list[Problem] = []
    edited = list(_edited(taxonomy.load().ids, folder, records, problems))
    if dry_run:
        with db.reading() as con:
            imports = _imports_of(con, edited, problems)
        batches.last = batch = None
    else:
        with batches.step(VERB) as step:
            imports = _imports_of(step.con, edited, problems)
            exports.save(step.con, name, [_write(step.con, step.number, each) for each in imports])
            changed = _counted(sum(len(each.changes) for each in imports), "change")
            step.summary = f"{changed} in {_counted(len(imports), 'note')} of {folder.root.name}"
        batch = batches.last
    return Pulled(batch, tuple(change for each in imports for change in each.changes), tuple(problems))


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _edited(
    topics: Sequence[str], folder: Folder, records: dict[str, Record], problems: list[Problem]
) -> Iterator[_Edited]:
    """Yield the edited files; add a problem for each file that can't be imported.

    If a file was copied, the one at the path of the last export is used.
    """
    notes = list(folder.notes(folder.files()))
    notes.sort(key=lambda found: (found.id in records and records[found.id].path != found.path, found.path))
    seen: set[str] = set()
    for found in notes:
        record = records.get(found.id)
        # only notes of briefings are imported: not those of topics (``topic:…``), briefs, and digests
        if found.id in seen or ":" in found.id or found.id == "digest":
            continue
        seen.add(found.id)
        if record is None:
            problems.append(
                Problem(found.path, "was not exported by this library", hint="export into this folder first")
            )
            continue
        if found.digest == record.file == record.ours:
            continue
        try:
            text = (folder.read(found.path) or b"").decode("utf-8")
            edits = reading.edits(text, PROFILES[record.profile], record.base, topics, found.id)
        except (BriefreaderError, UnicodeDecodeError) as error:
            problems.append(Problem(found.path, str(error)))
            continue
        if edits is None:
            problems.append(Problem(found.path, "its properties cannot be read", hint="check its first lines"))
        elif edits:
            yield _Edited(found, record, edits)


def _imports_of(con: Connection, edited: list[_Edited], problems: list[Problem]) -> list[_Import]:
    """Return the changes that edits make to the library; nothing is written."""
    keys = exports.keys_of(con, [e.found.id for e in edited])
    imports: list[_Import] = []
    for e in edited:
        key = keys.get(e.found.id)
        if key is None:
            problems.append(Problem(e.found.path, f"no such briefing in the library: {e.found.id}"))
            continue
        notes = tuple((n, text) for n, text in e.edits.notes if _should_import(con, key, n, text, e, problems))
        if changes := (*_verdicts(con, key, e), *_notes(con, key, notes, e)):
            imports.append(_Import(e, key, notes, changes))
    return imports


def _verdicts(con: Connection, key: int, e: _Edited) -> Iterator[PulledChange]:
    """Yield the verdicts of a file that differ from those in the library."""
    current = decisions.verdicts_for(con, (key, 0))
    verdicts: list[tuple[str, Verdict]] = [(topic, "accepted") for topic in e.edits.accepted]
    verdicts += [(topic, "rejected") for topic in e.edits.rejected]
    for topic, verdict in verdicts:
        if current.get(topic) != verdict:
            yield PulledChange(e.found.id, verdict, topic, e.found.path)


def _notes(con: Connection, key: int, notes: tuple[tuple[int, str], ...], e: _Edited) -> Iterator[PulledChange]:
    """Yield the notes of a file that differ from those in the library."""
    for number, text in notes:
        if decisions.note_of(con, (key, number)) != text:
            target = f"{e.found.id}.{number}" if number else e.found.id
            yield PulledChange(target, "note", "", e.found.path)


def _write(con: Connection, batch: int, imported: _Import) -> tuple[str, str]:
    """Store the changes of a file; return its note ID and the updated record of its export."""
    for change in imported.changes:
        if change.what != "note":
            decisions.decide(con, batch, (imported.key, 0), change.topic, change.what)
    for number, text in imported.notes:
        decisions.note(con, batch, (imported.key, number), text)
    e = imported.edited
    section = e.edits.section if imported.notes == e.edits.notes else ""
    edits = replace(e.edits, notes=imported.notes, section=section)
    record = reading.record_after_pull(e.record, PROFILES[e.record.profile], edits, batch)
    return e.found.id, record.dump()


def _should_import(con: Connection, key: int, number: int, text: str, e: _Edited, problems: list[Problem]) -> bool:
    """Return whether a note's text in the file should replace the library's; add a problem if both changed."""
    base = e.record.base.blocks.get(reading.block_id(number), "")
    verdict = reading.note_verdict(text, decisions.note_of(con, (key, number)), base)
    if verdict == "conflict":
        problems.append(
            Problem(
                e.found.path,
                "the note was changed in the file and in the library",
                hint="merge the library's text into the file (export shows it), then pull again",
            )
        )
    return verdict == "take"
