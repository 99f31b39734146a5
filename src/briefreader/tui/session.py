"""What is kept from one start of the app to the next: place, pane, query, theme. Losing it loses no decision."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from briefreader.paths import atomic_write

if TYPE_CHECKING:
    from pathlib import Path

_FILE = "session.json"
MAX_SESSIONS = 50  # libraries remembered


@dataclass
class Session:
    """Where one was in a library."""

    query: str = ""
    briefing: str = ""
    pane: str = "briefings"
    theme: str = ""
    exported_to: str = ""
    density: str = ""  # of the lists: "one-line", "two-line", or "" for what there is room for
    reader_share: int = 0  # percent of the window's width, 0 for what suits the window

    @classmethod
    def load(cls, folder: Path, library: Path) -> Session:
        """The session of a library; a fresh one where nothing usable is kept."""
        kept = _read(folder / _FILE).get(str(library), {})
        if not isinstance(kept, dict):
            return cls()
        fields = {name: kept[name] for name, unset in asdict(cls()).items() if isinstance(kept.get(name), type(unset))}
        return cls(**fields)

    def save(self, folder: Path, library: Path) -> None:
        """Keep it; a folder that cannot be written is no reason to fail."""
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
