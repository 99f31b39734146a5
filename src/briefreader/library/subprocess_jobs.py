"""Long verbs in a process of their own: parsing and scoring here would hold up the thread that answers keys."""

from __future__ import annotations

import pickle
import threading
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, Literal

from briefreader import paths
from briefreader.errors import LibraryError
from briefreader.library.tagging import Tagging

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from briefreader.library.base import Progress
    from briefreader.tagging.tagger import Sensitivity

Verb = Literal["add", "tag", "follow"]


@dataclass(frozen=True, slots=True)
class Request:
    """A verb and its arguments, and what makes the library there the same as the one here."""

    verb: Verb
    given: tuple[Any, ...]
    folder: Path
    taxonomy: Path | None
    sensitivity: Sensitivity
    corrected: frozenset[str]


def send(what: object, to: IO[bytes]) -> None:
    """Hand something to the other process."""
    pickle.dump(what, to)
    to.flush()


def received(stream: IO[bytes]) -> Any:
    """What the other process handed over."""
    return pickle.load(stream)  # noqa: S301 - a pipe between two processes of ours, which nobody else writes to


class Apart(Tagging):
    """Verbs that run elsewhere."""

    _left = False

    def leave(self) -> None:
        """Wait for nothing that is under way: queries end, and other processes finish what they write by themselves."""
        self._left = True
        self.db.interrupt()

    def apart(
        self,
        verb: Verb,
        *given: Any,
        progress: Callable[[Progress], None] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Iterator[Any]:
        """What ``add``, ``tag`` or ``follow`` yields, run in a process of its own on this library.

        What is being written when it is cancelled is finished first.

        Raises:
            LibraryError: the process ended before it was done; and whatever the verb raises.
        """
        import logging
        import subprocess
        import tempfile

        corrected = frozenset(self.corrected)
        request = Request(verb, given, self.folder, self._taxonomy_path, self.sensitivity, corrected)
        with tempfile.TemporaryFile() as said:
            command, environment = paths.own_module("briefreader.library.job_worker")
            child = subprocess.Popen(
                command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said
            )
            assert child.stdin is not None
            assert child.stdout is not None
            try:
                yield from _records(request, child.stdin, child.stdout, progress, cancelled, lambda: self._left)
            except (EOFError, OSError):
                said.seek(0)
                whole = said.read().decode(errors="replace").strip()
                logging.getLogger(__name__).error("%s ended: %s", verb, whole)
                why = whole.splitlines()[-1] if whole else "something killed it"
                raise LibraryError(
                    f"{verb} ended before it was done: {why}",
                    where=str(self.folder),
                    hint="run it again: what was done is kept",
                ) from None
            finally:
                child.stdin.close()
                child.stdout.close()
                threading.Thread(target=child.wait, daemon=True).start()  # one that was left has something to finish
        if verb == "follow" and not cancelled():
            self.corrected -= corrected


def _records(
    request: Request,
    there: IO[bytes],
    back: IO[bytes],
    progress: Callable[[Progress], None] | None,
    cancelled: Callable[[], bool],
    left: Callable[[], bool],
) -> Iterator[Any]:
    """Send a request, yield what comes back; EOFError where the other end fell silent."""
    send(request, there)
    while not left():
        kind, value = received(back)
        if cancelled() and not there.closed:
            there.close()
        if kind == "record":
            yield value
        elif kind == "progress" and progress:
            progress(value)
        elif kind == "failed":
            raise value
        elif kind == "done":
            return
