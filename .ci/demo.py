"""Open the demo in a terminal of the given size, search, and quit: ``demo.py 80x24``. Fails if the app hangs."""

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
TIMEOUT_SECONDS = 90.0


def until(terminal: int, words: bytes) -> None:
    """Read from the terminal until ``words`` appear."""
    seen, end = b"", time.monotonic() + TIMEOUT_SECONDS
    while words not in ESCAPES.sub(b"", seen):
        if not select.select([terminal], [], [], max(end - time.monotonic(), 0))[0]:
            sys.exit(f"{words!r} did not appear")
        seen += os.read(terminal, 1 << 16)


def main(size: str) -> int:
    """Open the demo, search, quit; return the exit code."""
    columns, rows = map(int, size.split("x"))
    process, terminal = pty.fork()
    if process == 0:
        ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        os.execvp("briefreader", ["briefreader", "--demo"])  # noqa: S606 - the arguments are constants
    until(terminal, b" unread")
    os.write(terminal, b"i")
    until(terminal, b"newest")
    os.write(terminal, b"mixtur of expert")
    until(terminal, b" hits")
    os.write(terminal, b"\x11")  # Ctrl+Q
    while select.select([terminal], [], [], TIMEOUT_SECONDS)[0]:
        try:
            if not os.read(terminal, 1 << 16):
                break
        except OSError:  # the app has ended
            break
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
