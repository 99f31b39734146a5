"""Pulling: what the reader changed in exported notes becomes verdicts and notes of the library."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from briefreader.errors import BriefreaderError
from briefreader.exporting import pull as reading
from briefreader.exporting.folder import Folder, Found
from briefreader.exporting.memory import Record
from briefreader.exporting.profiles import PROFILES
from briefreader.library.export_run import folder_key
from briefreader.model import Batch, Problem, Verdict
from briefreader.storage import decisions, exports

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from briefreader.library.browsing import Browsing
    from briefreader.storage.database import Connection

VERB = "pull"


@dataclass(frozen=True, slots=True)
class PulledChange:
    """One thing that a note changed in the library: a verdict on ``topic``, or the note on ``target``."""

    target: str
    what: Literal["accepted", "rejected", "note"]
    topic: str
    path: str


@dataclass(frozen=True, slots=True)
class Pulled:
    """What pulling did: ``batch`` is None where nothing changed; problems cost their own note only."""

    batch: Batch | None
    changes: tuple[PulledChange, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Edited:
    """A note with edits: its file, its record, what the reader did."""

    found: Found
    record: Record
    edits: reading.Edits


def pull(library: Browsing, folder_path: Path, *, dry_run: bool = False) -> Pulled:
    """See ``Exporting.pull``."""
    folder = Folder(folder_path.expanduser())
    if not folder.root.is_dir():
        raise BriefreaderError("there is no such folder", where=str(folder_path))
    name = folder_key(folder)
    with library.db.reading() as con:
        undone = exports.undone(con, VERB)
        known = {target: Record.load(text, undone) for target, text in exports.bases(con, name).items()}
    records = {target: record for target, record in known.items() if record}
    problems: list[Problem] = []
    edited = list(_edited(library, folder, records, problems))
    with library.db.rehearsing() if dry_run else nullcontext(), library._step(VERB) as step:
        changes, taken = _apply(step.con, step.number, edited, problems)
        exports.save(step.con, name, taken)
        step.summary = f"{_counted(len(changes), 'change')} in {_counted(len(taken), 'note')} of {folder.root.name}"
    if dry_run:
        library.last_batch = None
    batch = None if dry_run or not step.batch.number else step.batch
    return Pulled(batch, tuple(changes), tuple(problems))


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _edited(
    library: Browsing, folder: Folder, records: dict[str, Record], problems: list[Problem]
) -> Iterator[_Edited]:
    """The notes that the reader edited, the file at its last place first where a note was copied."""
    topics = library.taxonomy.ids
    notes = list(folder.notes(folder.files()))
    notes.sort(key=lambda found: (found.id in records and records[found.id].path != found.path, found.path))
    seen: set[str] = set()
    for found in notes:
        record = records.get(found.id)
        if found.id in seen or ":" in found.id or found.id == "digest":
            continue
        seen.add(found.id)
        if record is None:
            problems.append(Problem(found.path, "was not exported by this library", hint="export to this folder first"))
            continue
        if found.digest == record.file == record.ours:
            continue
        try:
            text = (folder.read(found.path) or b"").decode("utf-8")
            edits = reading.edits(text, PROFILES[record.profile], record.base, topics)
        except (BriefreaderError, UnicodeDecodeError) as error:
            problems.append(Problem(found.path, str(error)))
            continue
        if edits is None:
            problems.append(Problem(found.path, "its properties cannot be read", hint="see its first lines"))
        elif edits:
            yield _Edited(found, record, edits)


def _apply(
    con: Connection, batch: int, edited: list[_Edited], problems: list[Problem]
) -> tuple[list[PulledChange], list[tuple[str, str]]]:
    """Put edits into the library; what changed, and the records of the notes it came from."""
    keys = exports.keys_of(con, [e.found.id for e in edited])
    changes: list[PulledChange] = []
    records: list[tuple[str, str]] = []
    for e in edited:
        key = keys.get(e.found.id)
        if key is None:
            problems.append(Problem(e.found.path, f"the library has no briefing {e.found.id} any more"))
            continue
        notes = tuple((n, text) for n, text in e.edits.notes if _take_note(con, key, n, text, e, problems))
        made = list(_decide(con, batch, key, e))
        for number, text in notes:
            if decisions.note(con, batch, (key, number), text):
                target = f"{e.found.id}.{number}" if number else e.found.id
                made.append(PulledChange(target, "note", "", e.found.path))
        if made:
            changes += made
            profile = PROFILES[e.record.profile]
            record = reading.after(e.record, profile, replace(e.edits, notes=notes), batch)
            records.append((e.found.id, record.dump()))
    return changes, records


def _decide(con: Connection, batch: int, key: int, e: _Edited) -> Iterator[PulledChange]:
    verdicts: list[tuple[str, Verdict]] = [(topic, "accepted") for topic in e.edits.accepted]
    verdicts += [(topic, "rejected") for topic in e.edits.rejected]
    for topic, verdict in verdicts:
        if decisions.decide(con, batch, (key, 0), topic, verdict):
            yield PulledChange(e.found.id, verdict, topic, e.found.path)


def _take_note(con: Connection, key: int, number: int, text: str, e: _Edited, problems: list[Problem]) -> bool:
    """Whether a note's words in the file are to be the library's."""
    base = e.record.base.blocks.get(reading.block_id(number), "")
    verdict = reading.note_verdict(text, decisions.note_of(con, (key, number)), base)
    if verdict == "conflict":
        problems.append(
            Problem(
                e.found.path,
                "the note was changed here and in the library",
                hint="take the library's words into the file as well (export shows them), then pull again",
            )
        )
    return verdict == "take"
