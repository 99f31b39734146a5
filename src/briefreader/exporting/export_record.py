"""The record of an exported note, which is the base of its next merge."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from briefreader.exporting.merge import Base

if TYPE_CHECKING:
    from collections.abc import Collection

    from briefreader.exporting.header import Value


@dataclass(frozen=True, slots=True)
class Record:
    """The last export of a note.

    Args:
        path: path of the file within the folder.
        profile: name of the export profile.
        file: hash of the file as written.
        ours: hash of the note without the user's edits.
        base: what the next merge compares with.
        made_of: hash of the input; if it is unchanged, the note needn't be rendered.
        name: name that the note was created with.
        pull: number of the batch in which ``pull`` last imported the user's edits; 0 for none.
        pulled: the parts of the base before that batch, restored if the batch is undone.
    """

    path: str
    profile: str = ""
    file: str = ""
    ours: str = ""
    base: Base = field(default_factory=Base)
    made_of: str = ""
    name: str = ""
    pull: int = 0
    pulled: Base = field(default_factory=Base)

    @classmethod
    def load(cls, text: str, undone: Collection[int] = ()) -> Record | None:
        """Return a record from JSON; None if it is invalid.

        If the batch of its last pull is in ``undone``, the earlier base is restored. Without a record no edits are
        lost: then hashes in the file show what the user edited, or everything counts as edited.
        """
        try:
            data = json.loads(text)
            record = cls(
                data["path"], data["profile"], data["file"], data["ours"], _base(data["base"]),
                data["made_of"], data.get("name", ""), data.get("pull", 0), _base(data.get("pulled", {})),
            )  # fmt: skip
        except (ValueError, KeyError, TypeError, AttributeError):
            return None
        if record.pull in undone:
            before = Base(
                {**record.base.properties, **record.pulled.properties}, {**record.base.blocks, **record.pulled.blocks}
            )
            return replace(record, base=before, ours="", made_of="")
        return record

    def dump(self) -> str:
        """Return the record as JSON."""
        data: dict[str, Any] = {
            "path": self.path, "profile": self.profile, "file": self.file, "ours": self.ours,
            "made_of": self.made_of, "base": {"properties": self.base.properties, "blocks": self.base.blocks},
        }  # fmt: skip
        if self.name:
            data["name"] = self.name
        if self.pull:
            data |= {"pull": self.pull}
            data |= {"pulled": {"properties": self.pulled.properties, "blocks": self.pulled.blocks}}
        return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _base(data: dict[str, Any]) -> Base:
    properties: dict[str, Value] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in data.get("properties", {}).items()
    }
    return Base(properties, data.get("blocks", {}))
