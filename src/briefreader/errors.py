"""Every error a user can meet, each with the exit code it ends a command with.

An error says what went wrong, where, and what to do about it. Anything that is not a
``BriefreaderError`` is a fault of the program.
"""

from __future__ import annotations

OK = 0
FAILURE = 1
USAGE = 2
PARTIAL = 3
WOULD_CHANGE = 4
NO_LIBRARY = 10
LOCKED = 11
BAD_TAXONOMY = 12
INTERRUPTED = 130


class BriefreaderError(Exception):
    """Base of all errors shown to a user: ``message``, where it happened, and a ``hint`` what to do."""

    exit_code = FAILURE

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint

    def __reduce__(self) -> tuple[object, ...]:
        return _again, (type(self), self.message, self.where, self.hint)

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f" ({self.hint})" if self.hint else ""
        return f"{place}{self.message}{advice}"


def _again(kind: type[BriefreaderError], message: str, where: str, hint: str) -> BriefreaderError:
    """An error that was sent from one process to another, whatever its class is made with."""
    error = kind.__new__(kind)
    BriefreaderError.__init__(error, message, where=where, hint=hint)
    return error


class UsageError(BriefreaderError):
    """The command's words are off: unknown topic, ambiguous id, impossible option."""

    exit_code = USAGE


class NotFoundError(UsageError):
    """No briefing, insight, topic or batch answers to the given name."""


class ReadingError(BriefreaderError):
    """A source cannot be read as a briefing; costs that source only."""


class MissingExtraError(ReadingError):
    """A format or feature needs an optional dependency."""

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(
            f"{feature} needs an extra that is not installed",
            hint=f"pip install 'briefreader[{extra}]'",
        )


class NoLibraryError(BriefreaderError):
    """The command needs a library and there is none."""

    exit_code = NO_LIBRARY


class LibraryError(BriefreaderError):
    """The library cannot be opened, read or written: damaged, read-only, full, or of a newer version."""


class DamagedError(LibraryError):
    """The library holds what was never written into it: the disk has changed it."""


class LockedError(BriefreaderError):
    """Another process holds the bulk lock, or the writer's turn did not come within the time-out."""

    exit_code = LOCKED


class TaxonomyError(BriefreaderError):
    """The taxonomy file cannot be used as it is."""

    exit_code = BAD_TAXONOMY


class ConfigError(BriefreaderError):
    """config.toml cannot be used as it is."""

    exit_code = USAGE


class UndoConflictError(BriefreaderError):
    """A batch cannot be undone because later batches changed the same items."""
