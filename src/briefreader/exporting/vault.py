"""Export notes into a folder, merging them with the user's edits.

Notes are found by their ID, and only changed notes are written.
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from briefreader.errors import BriefreaderError
from briefreader.exporting import conflicts, names
from briefreader.exporting.export_record import Record
from briefreader.exporting.folder import ExportStopped, Folder, Found, content_hash
from briefreader.exporting.merge import Base, Merged, Note, fresh, merge

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from briefreader.exporting.profiles import Profile

Status = Literal["written", "unchanged", "merged", "renamed", "conflict", "skipped", "failed"]
"""The outcome of exporting one note: "skipped" if a file of the user has its name."""
CHANGES: frozenset[Status] = frozenset({"written", "merged", "renamed", "conflict"})
"""The outcomes for which ``export --check`` exits with 4, if no note failed or was skipped."""
_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Exported:
    """The result of exporting one note.

    ``diff`` is a unified diff, if requested. ``text`` is the output itself, if it goes to stdout.
    """

    id: str
    path: str
    status: Status
    message: str = ""
    diff: str = ""
    text: str = ""


class Vault:
    """An export into a folder, with one profile.

    The caller must store ``fresh_records``, the records of this export.

    Args:
        folder: the folder to export to.
        profile: the conventions of the app.
        records: the records of the last export, as JSON by note ID.
        undone: numbers of the batches of ``pull`` that have been undone.
        dry_run: don't write anything.
        diff: add a diff to each result.
        rename: rename notes by the current pattern, unless the user renamed them.
    """

    def __init__(
        self,
        folder: Folder,
        profile: Profile,
        records: Mapping[str, str],
        *,
        undone: Collection[int] = (),
        dry_run: bool = False,
        diff: bool = False,
        rename: bool = False,
    ) -> None:
        self.folder = folder
        self.profile = profile
        self.fresh_records: dict[str, str] = {}
        self._records = records
        self._undone = undone
        self._dry_run = dry_run
        self._diff = diff
        self._rename = rename
        files = list(folder.files())
        self._taken = {names.key(file.removesuffix(".md")) for file in files if "/" not in file}
        self._found: dict[str, list[Found]] = defaultdict(list)
        for found in folder.notes(files):
            self._found[found.id].append(found)

    def record(self, note_id: str) -> Record | None:
        """Return the record of a note's last export; None if there is none."""
        return Record.load(self._records.get(note_id, ""), self._undone)

    def path_of(self, note_id: str) -> str:
        """Return the path of a note within the folder; "" if it has no file."""
        found = self._found.get(note_id)
        return found[0].path if found else ""

    def same(self, note_id: str, made_of: str) -> Exported | None:
        """Return the result for a note whose input and file are unchanged; None if the note must be rendered."""
        record = self.record(note_id)
        if self._rename or record is None or record.made_of != made_of or record.profile != self.profile.name:
            return None
        found = self._choose(note_id, record, "")
        if found is None or (found.path, found.digest) != (record.path, record.file):
            return None
        return Exported(note_id, found.path, "unchanged")

    def put(self, note: Note, path: str = "", made_of: str = "") -> Exported:
        """Write a note, or merge it into its file, and return the result, which may be a failure.

        Without ``path``, the file is found by the note's ID. ``made_of`` is the hash of the input (see ``Record``).

        Raises:
            ExportStopped: neither this note nor any other can be written.
        """
        record = self.record(note.id)
        found = self._choose(note.id, record, path)
        try:
            if found is None:
                return self._new(note, path, made_of)
            return self._update(note, found, record, made_of)
        except ExportStopped:
            raise
        except BriefreaderError as error:
            hint = f" ({error.hint})" if error.hint else ""
            return Exported(note.id, found.path if found else path or note.name, "failed", f"{error.message}{hint}")

    def _choose(self, note_id: str, record: Record | None, path: str) -> Found | None:
        """Return the file of a note: at its last path, else the first found; None if there is none.

        With ``path``, only that file is considered. Other files with the note's ID are copies by the user.
        """
        found = [f for f in self._found.get(note_id, ()) if not path or f.path == path]
        return next((f for f in found if record and f.path == record.path), found[0] if found else None)

    def _new(self, note: Note, path: str, made_of: str) -> Exported:
        name = path.removesuffix(".md") if path else names.unique(note.name, note.id, self._taken)
        path = path or f"{name}.md"
        made = fresh(note, self.profile)
        data = made.text.encode()
        if self.folder.read(path) is not None:
            return Exported(note.id, path, "skipped", "a file of this name exists and was not written by briefreader")
        if not self._dry_run:
            self.folder.write(path, data, old=None)
        self._taken.add(names.key(name))
        self._found[note.id].append(Found(note.id, path, content_hash(data)))
        self._remember(
            note,
            Record(path, self.profile.name, content_hash(data), content_hash(data), made.base, made_of, note.name),
            None,
        )
        return Exported(note.id, path, "written", diff=self._difference(path, "", made.text))

    def _update(self, note: Note, found: Found, record: Record | None, made_of: str) -> Exported:
        ours = fresh(note, self.profile)
        if record and record.profile != self.profile.name:
            raise BriefreaderError(
                f"exported with profile {record.profile}",
                hint=f"export to another folder, or with --profile {record.profile}",
            )
        old = self.folder.read(found.path) or b""
        try:
            whole = old.decode("utf-8")
        except UnicodeDecodeError as error:
            raise BriefreaderError("not UTF-8") from error
        theirs = whole.removeprefix(_BOM)
        try:
            as_written = record and found.digest == record.file == record.ours
            merged = ours if as_written else merge(note, record.base if record else None, theirs, self.profile)
        except ValueError as error:
            raise BriefreaderError("its properties are not in the format of this profile") from error
        data = (whole[: len(whole) - len(theirs)] + merged.text).encode()
        name = record.name if record else ""
        made = Record(
            found.path,
            self.profile.name,
            content_hash(data),
            content_hash(ours.text.encode()),
            merged.base,
            made_of,
            name,
        )
        result = self._write(note, found, old, data, merged)
        if self._rename and (path := self._new_path(note, found, name)):
            if not self._dry_run:
                self.folder.rename(found.path, path)
            made = replace(made, path=path, name=note.name)
            status: Status = "renamed" if result.status == "unchanged" else result.status
            result = replace(
                result, path=path, status=status, message=f"renamed from {found.path} {result.message}".rstrip()
            )
        self._remember(note, made, record)
        return result

    def _new_path(self, note: Note, found: Found, name: str) -> str:
        """Return the path for a note by the current name pattern.

        Returns "" if the user renamed it, or if the path is the same.
        """
        folder, _, file = found.path.rpartition("/")
        current = file.removesuffix(".md")
        given = name or note.title_name
        if current == note.name or not (current == given or current.startswith(f"{given} {note.id}")):
            return ""
        new = names.unique(note.name, note.id, self._taken)
        self._taken.add(names.key(new))
        return f"{folder}/{new}.md" if folder else f"{new}.md"

    def _write(self, note: Note, found: Found, old: bytes, data: bytes, merged: Merged) -> Exported:
        """Write the conflict file, then the merged note.

        In this order, the next export finds the conflict again after an interruption.
        """
        message = ""
        if merged.conflict:
            message = "changed on both sides"
            if not self._dry_run:
                message += f": see {conflicts.write(self.folder, found.path, merged, self.profile.header)}"
        if data != old and not self._dry_run:
            self.folder.write(found.path, data, old=old)
        status: Status = "conflict" if merged.conflict else "merged" if data != old else "unchanged"
        return Exported(note.id, found.path, status, message, self._difference(found.path, old.decode(), data.decode()))

    def _remember(self, note: Note, made: Record, former: Record | None) -> None:
        """Add the record of an exported note to ``fresh_records``.

        The record keeps what is needed to undo the last pull, for the parts that this export left unchanged.
        """
        if former and former.pull and former.pull not in self._undone:
            was, now, before = former.base, made.base, former.pulled
            kept = Base(
                {k: v for k, v in before.properties.items() if now.properties.get(k) == was.properties.get(k)},
                {k: v for k, v in before.blocks.items() if now.blocks.get(k) == was.blocks.get(k)},
            )
            made = replace(made, pull=former.pull, pulled=kept)
        if not self._dry_run and (former is None or made != former):
            self.fresh_records[note.id] = made.dump()

    def _difference(self, path: str, old: str, new: str) -> str:
        if not self._diff or old == new:
            return ""
        before, after = (text.splitlines(keepends=True) for text in (old, new))
        rows = difflib.unified_diff(before, after, path if old else "/dev/null", path)
        return "".join(row if row.endswith("\n") else f"{row}\n\\ No newline at end of file\n" for row in rows)
