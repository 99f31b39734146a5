"""User-facing errors, each with the exit code of the command line.

An error says what failed, where, and how to fix it. Any other exception is a bug in the program.
"""

from __future__ import annotations

# exit codes, as described in docs/cli.md
OK = 0
FAILURE = 1
USAGE = 2
PARTIAL = 3  # some items failed, the rest was done
WOULD_CHANGE = 4  # `export --check` found that something would change
NO_LIBRARY = 10
LOCKED = 11
BAD_TAXONOMY = 12
INTERRUPTED = 130


class BriefreaderError(Exception):
    """Base class of user-facing errors.

    ``message`` says what failed; ``where`` is a path, ``path:line`` or the name of a source; ``hint`` is a command or a
    setting that helps. The command line exits with ``exit_code``.
    """

    exit_code = FAILURE

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint

    def __reduce__(self) -> tuple[object, ...]:
        return _unpickle, (type(self), self.message, self.where, self.hint)

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f" ({self.hint})" if self.hint else ""
        return f"{place}{self.message}{advice}"


def _unpickle(kind: type[BriefreaderError], message: str, where: str, hint: str) -> BriefreaderError:
    """Recreate an error that another process raised.

    The constructor is not called, since subclasses take different arguments.
    """
    error = kind.__new__(kind)
    BriefreaderError.__init__(error, message, where=where, hint=hint)
    return error


class UsageError(BriefreaderError):
    """Invalid usage: unknown topic, ambiguous ID, invalid option."""

    exit_code = USAGE


class NotFoundError(UsageError):
    """There is no briefing, insight, topic, batch, source, story, alert or saved search of this name."""


class ReadingError(BriefreaderError):
    """A document can't be read; other documents are unaffected."""


class MissingExtraError(ReadingError):
    """A format or feature needs an optional dependency."""

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(f"{feature} needs the extra {extra}, which is not installed", hint=install_hint(extra))


def install_hint(extra: str) -> str:
    """Return how to install an extra, with the command that README.md gives."""
    return f"to install it, in a clone of the repository: pipx install --force '.[{extra}]'"


class NoLibraryError(BriefreaderError):
    """The command needs a library and there is none."""

    exit_code = NO_LIBRARY


class LibraryError(BriefreaderError):
    """The library can't be opened, read or written.

    For example, it is damaged or read-only, the disk is full, or a newer version of briefreader wrote it.
    """


class DamagedError(LibraryError):
    """The library is damaged: SQLite reports it, or stored data can't be decoded."""


class LockedError(BriefreaderError):
    """Another process is running a bulk command, or has been writing for too long."""

    exit_code = LOCKED


class TaxonomyError(BriefreaderError):
    """The taxonomy file has errors."""

    exit_code = BAD_TAXONOMY


class ConfigError(BriefreaderError):
    """The settings (config.toml) or the list of sources (sources.toml) are invalid."""

    exit_code = USAGE


class UndoConflictError(BriefreaderError):
    """A batch can't be undone or redone, since the same items or the taxonomy file were changed later."""
