"""Items delivered by a source, and the state stored between fetches."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_BACKOFF = 86_400  # maximum seconds between attempts of a failing source, unless its server asks for more


@dataclass(frozen=True, slots=True)
class Item:
    """A document of a source, or a file with several (a feed or an mbox).

    ``key`` identifies it within the source: a message's file name without flags, a UID, a path, or the hash of the
    downloaded feed. ``path`` is the file or URL it came from, and ``open`` opens it as a binary stream. ``format`` is
    "" if it must be detected. ``stamp`` changes with the content of a file in a watched folder; it is "" for others.
    """

    key: str
    path: str
    open: Callable[[], BinaryIO]
    format: str = ""
    stamp: str = ""


@dataclass(slots=True)
class State:
    """The state of a source; times are seconds since 1970, 0 for never.

    ``errors`` counts the failures since the last success. ``disabled`` and ``last_error`` are messages or "".
    ``moved_to`` is the target of a permanent redirect. ``position`` is what the source's kind needs to find new items:
    validators, UIDs, the size of an mbox.
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
        """Return whether the source should be checked now; a disabled one never is.

        It is due ``interval`` seconds after the last check, or later after an error.
        """
        return not self.disabled and now >= self.retry_at and now >= self.last_check + interval

    def succeeded(self, now: float) -> None:
        """Record a successful check."""
        self.last_check = self.last_success = now
        self.errors, self.last_error, self.retry_at = 0, "", 0.0

    def failed(self, message: str, interval: int, now: float, retry_after: float = 0.0) -> None:
        """Record an error and set the time of the next attempt.

        The wait doubles with each error in a row, up to a day; it is at least ``retry_after`` seconds.
        """
        self.last_check, self.last_error = now, message
        self.errors += 1
        wait = min(interval * 2.0 ** min(self.errors - 1, 16), MAX_BACKOFF)
        self.retry_at = now + max(wait, retry_after)

    def to_json(self) -> str:
        """Return the state as JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> State:
        """Parse a state. Invalid values are replaced by defaults, which at worst causes one full check."""
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
