"""What a source delivers, and what is remembered of it between two fetches."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_BACKOFF = 86_400  # seconds; a source that keeps failing is tried once a day


@dataclass(frozen=True, slots=True)
class Item:
    """A document of a source, or a file of several.

    ``key`` is its identity within the source (a message's file name without flags, a UID, a path) and ``stamp`` what
    changes with its content; ``format`` is "" where it has to be found out from the bytes.
    """

    key: str
    path: str
    open: Callable[[], BinaryIO]
    format: str = ""
    stamp: str = ""


@dataclass(slots=True)
class State:
    """What is remembered of a source; times are seconds since 1970, 0 for never.

    ``position`` holds what its kind needs to find only what is new: validators, UIDs, the size of an mbox.
    """

    last_check: float = 0.0
    last_success: float = 0.0
    errors: int = 0
    last_error: str = ""
    retry_at: float = 0.0
    disabled: str = ""
    moved_to: str = ""
    position: dict[str, str | int] = field(default_factory=dict)

    def is_due(self, interval: int, now: float) -> bool:
        """Return whether the source should be checked, ``interval`` seconds after the last time."""
        return not self.disabled and now >= self.retry_at and now >= self.last_check + interval

    def succeeded(self, now: float) -> None:
        """Note a check without an error."""
        self.last_check = self.last_success = now
        self.errors, self.last_error, self.retry_at = 0, "", 0.0

    def failed(self, message: str, interval: int, now: float, retry_after: float = 0.0) -> None:
        """Note an error; the next check waits twice as long after each, or as long as the server asked for."""
        self.last_check, self.last_error = now, message
        self.errors += 1
        wait = min(interval * 2.0 ** min(self.errors - 1, 16), MAX_BACKOFF)
        self.retry_at = now + max(wait, retry_after)

    def to_json(self) -> str:
        """Return the state as JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> State:
        """Return the state in ``text``; what is not understood is forgotten, which costs one full check."""
        try:
            values: Any = json.loads(text)
        except ValueError:
            return cls()
        default = cls()
        if not isinstance(values, dict):
            return default
        known = {
            item.name: values[item.name]
            for item in fields(cls)
            if item.name in values and _same_kind(values[item.name], getattr(default, item.name))
        }
        return cls(**known)


def _same_kind(value: object, default: object) -> bool:
    if isinstance(default, float):
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, type(default))
