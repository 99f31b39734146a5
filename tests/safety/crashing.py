"""Kill commands at each of their writes, or fill the disk there.

    python tests/safety/crashing.py [COMMAND…] [--mode killed|torn|full] [--every N]

A point is a write, rename, truncation, link or removal of a file in the library or in exported notes, by the command or
a process that it starts. In mode ``killed``, the command is killed at this point; in mode ``torn``, after half of the
write; in mode ``full``, the disk is full from this point on, which the command must report. Then the same command runs
again without interference. After that, ``check --deep`` must find nothing, and the dump of the library and the notes
must be the same as after a single run.
"""

from __future__ import annotations

import argparse
import ctypes
import errno
import io
import json
import lzma
import mmap
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from briefreader.errors import BriefreaderError, LibraryError, UsageError
from briefreader.library import Library
from briefreader.library.fetching import FetchOptions
from briefreader.library.item_storage import SourceResult
from briefreader.storage.database import FILE

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent
OFF, MODES = 0, {"killed": 1, "torn": 2, "full": 3}
TOLD = 3  # exit status of a child whose command reported the error
DOCUMENTS = {
    "kelp.md": "# Kelp\n\n## Key takeaways\n\n- **Prices**: A tonne of kelp costs less per token than last year.\n"
    "- **A router**: The mixture of experts router on the buoy counts fish by the hour.\n",
    "boats.txt": "A late boat is still a boat; no router hurries it.\n",
}
_ITEM = (
    "<item><guid>{0}</guid><title>Tide {0}</title><description>The router saw tide {0} come in.</description></item>"
)
FEED = f"<rss version='2.0'><channel><title>Tides</title>{''.join(map(_ITEM.format, range(4)))}</channel></rss>"
_MAIL = """From ana Mon Jan  5 10:00:00 2026
From: ana@oak.example
Subject: Reef {0}
Date: Mon, 0{0} Jan 2026 10:00:00 +0000
Message-ID: <{0}@oak.example>

The kelp of reef {0} costs {0} dollars a tonne this year.
"""
MBOX = "\n".join(map(_MAIL.format, range(1, 4)))
_SECONDS = re.compile(r"\b1\d{9}\.\d+")
_TIME = re.compile(r"20\d\d-\d\d-\d\dT[\d:]+Z")
COMMANDS: dict[str, Callable[[Path, Path], None]] = {}


class Plan(ctypes.Structure):
    """The instructions for crashing.c, in memory shared by all processes of a run."""

    _fields_ = (
        ("count", ctypes.c_long),
        ("fatal", ctypes.c_long),
        ("mode", ctypes.c_long),
        ("folder", ctypes.c_char * 4096),
    )


def command(function: Callable[[Path, Path], None]) -> Callable[[Path, Path], None]:
    COMMANDS[function.__name__] = function
    return function


@command
def add(work: Path, documents: Path) -> None:
    with Library(work / "library") as library:
        list(library.add([documents]))


@command
def tag(work: Path, documents: Path) -> None:
    with Library(work / "library") as library:
        list(library.tag(everything=True))


@command
def accept(work: Path, documents: Path) -> None:
    with Library(work / "library") as library:
        library.decide([row.id for row in sorted(library.list(), key=lambda r: r.id)], "pricing", "accepted")


@command
def export(work: Path, documents: Path) -> None:
    with Library(work / "library") as library:
        assert {e.status for e in library.export(work / "notes")} <= {"written", "unchanged"}


@command
def undo(work: Path, documents: Path) -> None:
    with Library(work / "library") as library:
        try:
            library.undo(library.history(1)[0].number)
        except UsageError as error:
            if "already undone" not in error.message:
                raise


@command
def fetch(work: Path, documents: Path) -> None:
    """Fetch from a feed, an mbox and a folder."""
    with Library(work / "library") as library:
        results = list(library.fetch(FetchOptions(everything=True, tag=False)))
    assert len(results) == 3
    assert not any(isinstance(result, SourceResult) and result.status == "failed" for result in results), results


class Feed(BaseHTTPRequestHandler):
    """Answer with a feed of four items, or with 304 if it is unchanged."""

    def do_GET(self) -> None:
        known = self.headers["If-None-Match"] == '"1"'
        body = b"" if known else FEED.encode()
        self.send_response(304 if known else 200)
        self.send_header("ETag", '"1"')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing."""


def list_sources(base: Path) -> None:
    """Serve a feed on this machine; add it, an mbox and a folder as sources."""
    os.environ["ALLOW_LOOPBACK"] = "1"
    server = ThreadingHTTPServer(("127.0.0.1", 0), Feed)
    Thread(target=server.serve_forever, daemon=True).start()
    (base / "box.mbox").write_text(MBOX)
    with Library(base / "prepared" / "library") as library:
        for address in (f"http://127.0.0.1:{server.server_port}/", base / "box.mbox", base / "documents"):
            mail = {"since": "5200w"} if str(address).endswith(".mbox") else {}
            library.sources.add(str(address), name=Path(str(address)).name or "Feed", **mail)


@command
def migrate(work: Path, documents: Path) -> None:
    """Open a library of version 0.1, which migrates it."""
    with Library(work / "library") as library:
        library.list()


@command
def restore(work: Path, documents: Path) -> None:
    dumped = io.StringIO()
    with Library(documents.parent / "prepared" / "library", readonly=True) as library:
        library.dump(dumped)
    dumped.seek(0)
    with Library(work / "restored") as library:
        try:
            library.restore(dumped)
        except LibraryError as error:
            if "library is not empty" not in error.message:
                raise


def prepare(base: Path, name: str) -> None:
    """Prepare documents and, except for ``add``, a library of them."""
    (base / "documents").mkdir()
    for file, text in DOCUMENTS.items():
        (base / "documents" / file).write_text(text, encoding="utf-8")
    (base / "prepared").mkdir()

    def fill() -> None:
        if name == "migrate":
            (base / "prepared" / "library").mkdir()
            packed = (HERE.parent / "data" / "library-0.1" / "library.db.xz").read_bytes()
            (base / "prepared" / "library" / FILE).write_bytes(lzma.decompress(packed))
            return
        with Library(base / "prepared" / "library") as library:
            list(library.add([base / "documents"]))
            library.note(library.list()[0].id, "mine")

    if name == "fetch":
        list_sources(base)
    else:
        assert name == "add" or child(fill) == 0


def state(work: Path) -> str:
    """Return all libraries and notes as text, without timestamps."""
    stream = io.StringIO()
    for path in sorted(work.glob("*/library.db")):
        with Library(path.parent) as library:
            found = library.check(deep=True)
            assert not found, found
            library.dump(stream)
            assert library.search("router") or library.search("kelp"), "the search index is behind"
    for note in sorted(work.glob("notes/**/[!.]*")):  # hidden files are temporary ones of the interrupted run
        stream.write(f"{note.relative_to(work)}\n{note.read_text(encoding='utf-8')}")
    return _SECONDS.sub("0", _TIME.sub("T", stream.getvalue()))


def says_no_room(error: BaseException) -> bool:
    if isinstance(error, OSError):
        return error.errno == errno.ENOSPC
    words = ("disk is full", "disk I/O error", "free some space", "free space", os.strerror(errno.ENOSPC))
    return isinstance(error, BriefreaderError) and error.exit_code == 1 and any(word in str(error) for word in words)


def child(work: Callable[[], None]) -> int:
    """Run in a fork with its own process group; return the exit status, negative for a signal."""
    pid = os.fork()
    if pid == 0:
        os.setpgid(0, 0)
        status = 0
        try:
            work()
        except BaseException as error:
            status = TOLD if says_no_room(error) else 1
            if status != TOLD:
                sys.stderr.write(f"{type(error).__name__}: {error}\n")
        os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def crash(name: str, base: Path, mode: str, every: int, plan: Plan) -> dict[str, object]:
    """Interrupt a command at every ``every``-th point; return a summary."""
    run, documents, work = COMMANDS[name], base / "documents", base / "work"
    prepare(base, name)
    begun = time.monotonic()

    def once(fatal: int) -> int:
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(base / "prepared", work)
        plan.count, plan.fatal, plan.mode, plan.folder = 0, fatal, MODES[mode], os.fsencode(work)
        status = child(lambda: run(work, documents))
        plan.mode = OFF
        return status

    def finish() -> str:
        """Return the state after another run, "" if that run failed."""

        def compare() -> None:
            run(work, documents)
            (base / "state").write_text(state(work), encoding="utf-8")

        return "" if child(compare) else (base / "state").read_text(encoding="utf-8")

    assert once(0) == 0, "the command fails by itself"
    expected, points = finish(), plan.count
    assert expected, "the command can't be run twice"
    ended, differ = 0, []
    for point in range(1, points + 1, every):
        status = once(point)
        ended += status == (TOLD if mode == "full" else -signal.SIGKILL)
        if status not in (0, TOLD if mode == "full" else -signal.SIGKILL) or finish() != expected:
            differ.append(point)
    seconds = round(time.monotonic() - begun)
    return {"command": name, "mode": mode, "points": points, "ended": ended, "differ": differ, "seconds": seconds}


def shim(folder: Path) -> Path:
    """Compile crashing.c and return its path."""
    built = folder / "crashing.so"
    command = [shutil.which("cc") or "cc", "-shared", "-fPIC", "-O1", "-o", built, HERE / "crashing.c", "-ldl"]
    subprocess.run(command, check=True)
    return built


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("commands", nargs="*", metavar="COMMAND", help=f"of {', '.join(COMMANDS)} (all)")
    parser.add_argument("--mode", action="append", choices=list(MODES), help="(all)")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="try each N-th point only")
    given = parser.parse_args()
    if "CRASHING" not in os.environ:
        with tempfile.TemporaryDirectory() as folder:
            plan = Path(folder, "plan")
            plan.write_bytes(bytes(ctypes.sizeof(Plan)))
            loaded = {**os.environ, "LD_PRELOAD": str(shim(Path(folder))), "CRASHING": str(plan)}
            return subprocess.run([sys.executable, *sys.argv], env=loaded, check=False).returncode
    with Path(os.environ["CRASHING"]).open("r+b") as file, mmap.mmap(file.fileno(), 0) as shared:
        plan = Plan.from_buffer(shared)
        found = []
        for name in given.commands or COMMANDS:
            for mode in given.mode or MODES:
                with tempfile.TemporaryDirectory() as folder:
                    found.append(crash(name, Path(folder).resolve(), mode, given.every, plan))
                    print(json.dumps(found[-1]), flush=True)
        del plan
    tried, differ = sum(int(str(f["ended"])) for f in found), [f for f in found if f["differ"]]
    print(f"{tried:,} points ended a run; {len(differ)} commands differ", file=sys.stderr)
    return int(bool(differ))


if __name__ == "__main__":
    raise SystemExit(main())
