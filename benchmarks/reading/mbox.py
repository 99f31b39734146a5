"""Measure speed and peak memory with an mbox of 1 GB, which repeats a small one."""

from __future__ import annotations

import resource
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from briefreader.library import Library
from briefreader.reading import read

if TYPE_CHECKING:
    from collections.abc import Iterable

SIZE = 1_000_000_000


def run(data: Path, verbose: bool = False) -> None:
    """Print results, speed and peak memory for each mbox in ``data``.

    The mbox is first added to a new library, in which repeated messages are duplicates. Then all messages are read.
    """
    for small in sorted(data.rglob("*.mbox")):
        with tempfile.TemporaryDirectory() as folder:
            large = Path(folder) / "large.mbox"
            part = small.read_bytes().rstrip(b"\n") + b"\n\n"
            with large.open("wb") as stream:
                for _ in range(max(SIZE // len(part), 1)):
                    stream.write(part)
            print(f"{small.name} repeated to {large.stat().st_size / 1e6:.0f} MB; peak memory before: {_peak()}")
            with Library(Path(folder) / "library") as library:
                _timed("added", large, (added.status for added in library.add([large])))
            _timed("read", large, (type(made).__name__ for made in read(large)))


def _timed(verb: str, path: Path, outcomes: Iterable[str]) -> None:
    begin = time.process_time()
    counts = Counter(outcomes)
    spent = time.process_time() - begin
    outcome_counts = ", ".join(f"{count:,} {outcome}" for outcome, count in counts.most_common())
    speed = f"{path.stat().st_size / spent / 1e6:.1f} MB/s (CPU)"
    print(f"{verb}: {outcome_counts}; {speed}; peak memory {_peak()}   target < 300 MB", flush=True)


def _peak() -> str:
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"
