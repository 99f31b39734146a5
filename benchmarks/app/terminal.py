"""Run a program in a pseudo-terminal: send keys, wait for output, measure times.

Times are those of ``time.perf_counter``, in seconds.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import termios
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LIMIT = 60.0  # timeout in seconds
_ESCAPES = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[P_^X][^\x1b]*\x1b\\|[()].|.)")


class Terminal:
    """A running command.

    ``began`` is the time at which it was started, ``moment`` that of the latest output.
    """

    def __init__(self, command: Sequence[str], size: tuple[int, int] = (120, 40), home: Path | None = None) -> None:
        self.began = time.perf_counter()
        self.pid, self._file = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
            os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
            if home is not None:
                os.environ.update(HOME=str(home), XDG_STATE_HOME=str(home), XDG_CONFIG_HOME=str(home))
            os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program has bytecode files
            os.execvp(command[0], list(command))
        self._seen = b""  # output since the last key
        self.moment = self.began

    @property
    def text(self) -> str:
        """The output since the last key, without escape sequences."""
        return _ESCAPES.sub(b"", self._seen).decode(errors="replace")

    @property
    def count(self) -> int:
        """The number of bytes of output since the last key."""
        return len(self._seen)

    def send(self, keys: str) -> float:
        """Press keys; return the time."""
        self._seen = b""
        moment = time.perf_counter()
        os.write(self._file, keys.encode())
        return moment

    def _read(self, seconds: float) -> bool:
        if not select.select([self._file], [], [], max(seconds, 0))[0]:
            return False
        self._seen += os.read(self._file, 1 << 16)
        self.moment = time.perf_counter()
        return True

    def until(self, *wanted: str) -> float:
        """Wait for output of one of these texts since the last key; return its time."""
        end = time.perf_counter() + LIMIT
        while not any(text in self.text for text in wanted):
            if not self._read(end - time.perf_counter()):
                raise TimeoutError(f"none of {wanted} was shown; last output: {self.text[-300:]!r}")
        return self.moment

    def listen(self, seconds: float) -> None:
        """Read all output for ``seconds``."""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            self._read(left)

    def settle(self, seconds: float = 0.3) -> None:
        """Wait until there is no output for ``seconds``, at most ten times as long."""
        end = time.perf_counter() + 10 * seconds
        while time.perf_counter() < end and self._read(seconds):
            pass

    def memory(self) -> float:
        """Return the program's resident memory in MB."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1024

    def work(self) -> float:
        """Return the CPU time that the program has used, in seconds."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def leave(self, keys: str) -> float:
        """Press keys and wait until the program ends; return the seconds that it took."""
        left = self.send(keys)
        try:
            while time.perf_counter() - left < LIMIT:
                if self._read(0.5) and not self._seen:
                    break
                self._seen = b""
        except OSError:  # the program has ended
            pass
        os.waitpid(self.pid, 0)
        os.close(self._file)
        return time.perf_counter() - left
