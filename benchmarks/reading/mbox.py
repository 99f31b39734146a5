"""A large mbox: peak memory and speed of reading it through, the file made by repeating a small one."""

from __future__ import annotations

import resource
import tempfile
import time
from pathlib import Path

from briefreader.model import Briefing
from briefreader.reading import read

SIZE = 1_000_000_000


def run(data: Path, verbose: bool = False) -> None:
    """Print messages, problems, MB/s and peak memory for each mbox of ``data`` repeated to 1 GB."""
    for small in sorted(data.rglob("*.mbox")):
        with tempfile.TemporaryDirectory() as folder:
            large = Path(folder) / "large.mbox"
            part = small.read_bytes().rstrip(b"\n") + b"\n\n"
            with large.open("wb") as stream:
                for _ in range(max(SIZE // len(part), 1)):
                    stream.write(part)
            base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            begin = time.process_time()
            messages = problems = 0
            for made in read(large):
                messages += isinstance(made, Briefing)
                problems += not isinstance(made, Briefing)
            spent = time.process_time() - begin
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            size = large.stat().st_size
            print(
                f"{small.name}: {size / 1e6:.0f} MB, {messages} messages, {problems} problems, "
                f"{size / spent / 1e6:.1f} MB/s"
            )
            print(f"peak memory {peak / 1024:.0f} MB (before: {base / 1024:.0f})   target < 300")
