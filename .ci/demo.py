"""Open the demo in a terminal of a size, search, leave: ``demo.py 80x24``. Fails if the app does not paint or end."""

from __future__ import annotations

import os
import pty
import re
import select
import struct
import sys
import termios
import time
from fcntl import ioctl

ESCAPES = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[P_^X][^\x1b]*\x1b\\|[()].|.)")
PATIENCE = 90.0  # seconds


def until(terminal: int, words: bytes) -> None:
    """Read until ``words`` have been painted."""
    seen, end = b"", time.monotonic() + PATIENCE
    while words not in ESCAPES.sub(b"", seen):
        if not select.select([terminal], [], [], max(end - time.monotonic(), 0))[0]:
            sys.exit(f"{words!r} was never painted")
        seen += os.read(terminal, 1 << 16)


def main(size: str) -> int:
    """Open the demo, search, quit; return the exit code."""
    columns, rows = map(int, size.split("x"))
    process, terminal = pty.fork()
    if process == 0:
        ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        os.execvp("briefreader", ["briefreader", "--demo"])  # noqa: S606 - no shell is wanted
    until(terminal, b"27 unread")
    os.write(terminal, b"i")
    until(terminal, b"newest")
    os.write(terminal, b"mixtur of expert")
    until(terminal, b" hits")
    os.write(terminal, b"\x11")  # Ctrl+Q
    while select.select([terminal], [], [], PATIENCE)[0]:
        try:
            if not os.read(terminal, 1 << 16):
                break
        except OSError:  # the other end is closed
            break
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
