"""The state of the app that is kept between starts."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from briefreader.atomic import atomic_write

if TYPE_CHECKING:
    from pathlib import Path

_FILE = "session.json"
MAX_SESSIONS = 50  # number of libraries whose sessions are kept


@dataclass
class Session:
    """The state of the app for one library."""

    query: str = ""
    briefing: str = ""  # the selected briefing's ID
    pane: str = "briefings"
    theme: str = ""
    exported_to: str = ""  # the folder of the last export
    density: str = ""  # "one-line", "two-line", or "" for automatic
    reader_share: int = 0  # percent of the window's width, 0 for automatic

    @classmethod
    def load(cls, folder: Path, library: Path) -> Session:
        """Load the session of a library; missing and invalid values get their defaults."""
        kept = _read(folder / _FILE).get(str(library), {})
        if not isinstance(kept, dict):
            return cls()
        fields = {name: kept[name] for name, unset in asdict(cls()).items() if isinstance(kept.get(name), type(unset))}
        return cls(**fields)

    def save(self, folder: Path, library: Path) -> None:
        """Save the session; do nothing if the folder isn't writable."""
        every = _read(folder / _FILE)
        every.pop(str(library), None)
        every[str(library)] = asdict(self)
        recent = dict(list(every.items())[-MAX_SESSIONS:])
        try:
            folder.mkdir(parents=True, exist_ok=True)
            atomic_write(folder / _FILE, json.dumps(recent, indent=1).encode())
        except OSError:
            return


def _read(path: Path) -> dict[str, object]:
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}
