"""Runs a command again and again, killed at each of its writes; prints what came of it as JSON.

    LD_PRELOAD=crashing.so python crashing.py COMMAND FOLDER EVERY TORN

Each run is a forked child in a copy of the same library. After the kill the same command runs once more, unharmed, and
the library must then be what one run would have left: its dump is compared, and ``check --deep`` must find nothing.
"""

from __future__ import annotations

import ctypes
import io
import json
import os
import re
import shutil
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from briefreader.errors import UsageError
from briefreader.library import Library
from briefreader.storage import schema

if TYPE_CHECKING:
    from collections.abc import Callable

_TIME = re.compile(r"20\d\d-\d\d-\d\dT[\d:]+Z")
COMMANDS: dict[str, Callable[[Path, Path], None]] = {}


def command(function: Callable[[Path, Path], None]) -> Callable[[Path, Path], None]:
    COMMANDS[function.__name__] = function
    return function


@command
def add(folder: Path, documents: Path) -> None:
    with Library(folder) as library:
        list(library.add([documents]))


@command
def tag(folder: Path, documents: Path) -> None:
    with Library(folder) as library:
        list(library.tag(everything=True))


@command
def accept(folder: Path, documents: Path) -> None:
    with Library(folder) as library:
        library.decide([row.id for row in sorted(library.list(), key=lambda r: r.id)], "pricing", "accepted")


@command
def undo(folder: Path, documents: Path) -> None:
    with Library(folder) as library:
        try:
            library.undo(library.history(1)[0].number)
        except UsageError as error:
            assert "undone already" in error.message, error


@command
def migrate(folder: Path, documents: Path) -> None:
    def second(con: schema.sqlite3.Connection) -> None:
        con.execute("ALTER TABLE note ADD COLUMN colour TEXT NOT NULL DEFAULT ''")
        con.execute("UPDATE note SET colour = 'red'")

    schema.MIGRATIONS = (schema.MIGRATIONS[0], second)
    schema.VERSION = 2
    with Library(folder) as library:
        library.list()


def state(folder: Path) -> str:
    """The whole library as text, journal and all, but for the moments at which things were done."""
    stream = io.StringIO()
    with Library(folder) as library:
        found = library.check(deep=True)
        assert not found, found
        library.dump(stream)
        assert library.search("router") or not library.list(), "the search index is behind"
    return _TIME.sub("T", stream.getvalue())


def child(work: Callable[[], None]) -> int:
    """Run in a fork; the exit status, negative for a signal."""
    pid = os.fork()
    if pid == 0:
        try:
            work()
        except BaseException as error:
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def main(name: str, base: Path, every: int, torn: bool) -> None:
    run, documents, prepared = COMMANDS[name], base / "documents", base / "library"
    crash = ctypes.CDLL(None)
    work = base / "work"

    def fresh() -> Path:
        shutil.rmtree(work, ignore_errors=True)
        if prepared.exists():
            shutil.copytree(prepared, work)
        return work

    def once(fatal: int) -> int:
        def armed() -> None:
            crash.crash_arm(os.fsencode(work), fatal, int(torn))
            run(work, documents)
            crash.crash_arm(b"", 0, 0)

        return child(armed)

    def compare() -> None:
        run(work, documents)
        (base / "state").write_text(state(work), encoding="utf-8")

    fresh()
    assert child(compare) == 0, "the uninterrupted run failed"
    expected = (base / "state").read_text(encoding="utf-8")
    point, killed, differ = 1, 0, []
    while True:
        fresh()
        status = once(point)
        if status == 0:
            break
        if status != -signal.SIGKILL or child(compare) != 0:
            differ.append(point)
        elif (base / "state").read_text(encoding="utf-8") != expected:
            differ.append(point)
            (base / f"differs-{point}").write_text((base / "state").read_text(encoding="utf-8"), encoding="utf-8")
        killed += 1
        point += every
    (base / "expected").write_text(expected, encoding="utf-8")
    print(json.dumps({"command": name, "torn": torn, "points": point, "killed": killed, "differ": differ}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "torn")
