"""Notes into a folder: found again by id, merged with the reader's edits, written only where bytes change."""

from __future__ import annotations

import difflib
import json
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from ..errors import BriefreaderError
from . import conflicts, names
from .folder import ExportStopped, Folder, Found, digest
from .merge import Base, Merged, Note, fresh, merge

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from .header import Value
    from .profiles import Profile

Status = Literal["written", "unchanged", "merged", "conflict", "skipped", "failed"]
CHANGES: frozenset[Status] = frozenset({"written", "merged", "conflict"})
_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Exported:
    """What became of one note. ``diff`` is filled on request, ``text`` where the output is a stream."""

    id: str
    path: str
    status: Status
    message: str = ""
    diff: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """A note as it was last exported: where, by which profile, digests of the file and of what we had, the base.

    ``pulled`` is what the base was before batch ``pull`` took the reader's edits in: the base again if that is undone.
    """

    path: str
    profile: str = ""
    file: str = ""
    ours: str = ""
    base: Base = field(default_factory=Base)
    pull: int = 0
    pulled: Base = field(default_factory=Base)

    @classmethod
    def load(cls, text: str, undone: Collection[int] = ()) -> Record:
        """The record from its JSON, as it stands after undoing the given batches."""
        data = json.loads(text)
        record = cls(
            data["path"], data["profile"], data["file"], data["ours"], _base(data["base"]),
            data.get("pull", 0), _base(data.get("pulled", {})),
        )  # fmt: skip
        if record.pull in undone:
            before = Base(
                {**record.base.properties, **record.pulled.properties}, {**record.base.blocks, **record.pulled.blocks}
            )
            return replace(record, base=before, ours="")
        return record

    def dump(self) -> str:
        """The record as JSON."""
        data: dict[str, Any] = {
            "path": self.path, "profile": self.profile, "file": self.file, "ours": self.ours,
            "base": {"properties": self.base.properties, "blocks": self.base.blocks},
        }  # fmt: skip
        if self.pull:
            data |= {"pull": self.pull}
            data |= {"pulled": {"properties": self.pulled.properties, "blocks": self.pulled.blocks}}
        return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _base(data: dict[str, Any]) -> Base:
    properties: dict[str, Value] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in data.get("properties", {}).items()
    }
    return Base(properties, data.get("blocks", {}))


class Vault:
    """A folder being exported to, with one profile.

    ``records`` are those of the last export, by note id, as JSON. What is to be remembered of this one gathers in
    ``fresh_records``; whoever keeps them takes them from there. With ``dry_run`` nothing is written.
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
    ) -> None:
        self.folder = folder
        self.profile = profile
        self.fresh_records: dict[str, str] = {}
        self._records = records
        self._undone = undone
        self._dry_run = dry_run
        self._diff = diff
        files = list(folder.files())
        self._taken = {names.key(file.removesuffix(".md")) for file in files if "/" not in file}
        self._found: dict[str, list[Found]] = defaultdict(list)
        for found in folder.notes(files):
            self._found[found.id].append(found)

    def record(self, note_id: str) -> Record | None:
        """What is remembered of a note."""
        text = self._records.get(note_id)
        return Record.load(text, self._undone) if text else None

    def path_of(self, note_id: str) -> str:
        """Where a note is in the folder, "" where it is not."""
        found = self._found.get(note_id)
        return found[0].path if found else ""

    def put(self, note: Note, path: str = "") -> Exported:
        """Write or merge one note; ``path`` names a file that is not to be looked for by its id.

        Raises:
            ExportStopped: no note can be written any more.
        """
        record = self.record(note.id)
        found = self._choose(note.id, record, path)
        try:
            if found is None:
                return self._new(note, path)
            return self._update(note, found, record)
        except ExportStopped:
            raise
        except BriefreaderError as error:
            hint = f" ({error.hint})" if error.hint else ""
            return Exported(note.id, found.path if found else path or note.name, "failed", f"{error.message}{hint}")

    def _choose(self, note_id: str, record: Record | None, path: str) -> Found | None:
        """The note's file: where it was last, if it is still there; copies that the reader made are theirs."""
        found = [f for f in self._found.get(note_id, ()) if not path or f.path == path]
        return next((f for f in found if record and f.path == record.path), found[0] if found else None)

    def _new(self, note: Note, path: str) -> Exported:
        name = path.removesuffix(".md") if path else names.unique(note.name, note.id, self._taken)
        path = path if path else f"{name}.md"
        text = fresh(note, self.profile.header, self.profile.lead)
        data = text.encode()
        if path and self.folder.read(path) is not None:
            return Exported(note.id, path, "skipped", "a file of this name was not written by briefreader")
        if not self._dry_run:
            self.folder.write(path, data, old=None)
        self._taken.add(names.key(name))
        self._found[note.id].append(Found(note.id, path, digest(data)))
        self._remember(note, path, digest(data), digest(data), None)
        return Exported(note.id, path, "written", diff=self._difference(path, "", text))

    def _update(self, note: Note, found: Found, record: Record | None) -> Exported:
        ours = digest(fresh(note, self.profile.header, self.profile.lead).encode())
        if record and (record.file, record.ours, record.path) == (found.digest, ours, found.path):
            return Exported(note.id, found.path, "unchanged")
        if record and record.profile != self.profile.name:
            raise BriefreaderError(
                f"was exported with profile {record.profile}", hint="export to another folder or with that profile"
            )
        old = self.folder.read(found.path) or b""
        try:
            whole = old.decode("utf-8")
        except UnicodeDecodeError as error:
            raise BriefreaderError("is not UTF-8 any more, and is left alone") from error
        theirs = whole.removeprefix(_BOM)
        try:
            merged = merge(note, record.base if record else None, theirs, self.profile.header, self.profile.lead)
        except ValueError as error:
            raise BriefreaderError("has properties of another profile, and is left alone") from error
        return self._settle(note, found, record, old, whole[: len(whole) - len(theirs)], merged, ours)

    def _settle(
        self, note: Note, found: Found, record: Record | None, old: bytes, mark: str, merged: Merged, ours: str
    ) -> Exported:
        """Write what the merge gave, the conflict file first: a run that is cut short finds the same conflict again."""
        data = (mark + merged.text).encode()
        message = ""
        if merged.conflict:
            message = "changed on both sides"
            if not self._dry_run:
                message += f": see {conflicts.write(self.folder, found.path, merged, self.profile.header)}"
        if data != old and not self._dry_run:
            self.folder.write(found.path, data, old=old)
        self._remember(note, found.path, digest(data), ours, record)
        status: Status = "conflict" if merged.conflict else "merged" if data != old else "unchanged"
        return Exported(note.id, found.path, status, message, self._difference(found.path, old.decode(), data.decode()))

    def _remember(self, note: Note, path: str, file: str, ours: str, record: Record | None) -> None:
        base = Base.of(note)
        made = Record(path, self.profile.name, file, ours, base)
        if record and record.pull and record.pull not in self._undone:
            # what was pulled stays undoable as long as it is what the note holds
            kept = Base(
                {
                    k: v
                    for k, v in record.pulled.properties.items()
                    if base.properties.get(k) == record.base.properties.get(k)
                },
                {k: v for k, v in record.pulled.blocks.items() if base.blocks.get(k) == record.base.blocks.get(k)},
            )
            made = replace(made, pull=record.pull, pulled=kept)
        if not self._dry_run:
            self.fresh_records[note.id] = made.dump()

    def _difference(self, path: str, old: str, new: str) -> str:
        if not self._diff or old == new:
            return ""
        before, after = (text.splitlines(keepends=True) for text in (old, new))
        rows = difflib.unified_diff(before, after, path if old else "/dev/null", path)
        return "".join(row if row.endswith("\n") else f"{row}\n\\ No newline at end of file\n" for row in rows)
