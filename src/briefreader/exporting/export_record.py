"""What is remembered of each exported note: the base of its next merge, and how to tell that nothing changed."""

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
    """A note as it was last exported: where, by which profile, digests of the file and of what we had, the base.

    ``made_of`` is the digest of what the note was made of: the same again needs no making.
    ``name`` is the name that it was given when it was new.
    ``pulled`` is what the base was before batch ``pull`` took the reader's edits in: the base again if that is undone.
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
        """The record from its JSON, as it stands after undoing the given batches; None where it cannot be read.

        Without a record, nothing is lost: the markers in the file tell what the reader edited.
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
        """The record as JSON."""
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
