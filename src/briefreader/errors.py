"""User-facing errors, each with a command's exit code.

An error says what failed, where, and how to fix it. Any other exception is a bug in the program.
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
    """Base of user-facing errors: ``message``, where it happened, and a ``hint``."""

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
    """Recreate an error sent from another process, whatever its class's constructor takes."""
    error = kind.__new__(kind)
    BriefreaderError.__init__(error, message, where=where, hint=hint)
    return error


class UsageError(BriefreaderError):
    """Invalid usage: unknown topic, ambiguous ID, invalid option."""

    exit_code = USAGE


class NotFoundError(UsageError):
    """There is no such briefing, insight, topic or batch."""


class ReadingError(BriefreaderError):
    """A source can't be read as a briefing; other sources are unaffected."""


class MissingExtraError(ReadingError):
    """A format or feature needs an optional dependency."""

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(f"{feature} needs an extra that is not installed", hint=f"pip install 'briefreader[{extra}]'")


class NoLibraryError(BriefreaderError):
    """The command needs a library and there is none."""

    exit_code = NO_LIBRARY


class LibraryError(BriefreaderError):
    """The library can't be opened, read or written: damaged, read-only, full, or of a newer version."""


class DamagedError(LibraryError):
    """The library's data were changed on disk."""


class LockedError(BriefreaderError):
    """Another process holds the bulk lock, or the writer is busy beyond the time-out."""

    exit_code = LOCKED


class TaxonomyError(BriefreaderError):
    """The taxonomy file has errors."""

    exit_code = BAD_TAXONOMY


class ConfigError(BriefreaderError):
    """config.toml can't be used."""

    exit_code = USAGE


class UndoConflictError(BriefreaderError):
    """A batch can't be undone because later batches changed the same items."""
