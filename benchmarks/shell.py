"""Measure the CPU time of the commands ``search``, ``list`` and ``show``.

    python benchmarks/shell.py [--briefings 100]

The library is generated; each briefing has 100 insights. Times are user and system time, the best of five runs. They
are also compared with ``python -c 'import click, sqlite3'``, the minimum of any Python command with a database.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

BARE = ["-c", "import click, sqlite3"]
RUNS = 5
WORDS = (
    "agents tokens pricing model benchmark release context window inference latency training data chips "
    "licence weights memory search price cost open startup market review policy safety compute cloud team"
).split()


def briefing(rng: random.Random, number: int) -> str:
    """Return a generated digest of 100 entries."""
    entries = (f"- **{' '.join(rng.sample(WORDS, 3))}:** {' '.join(rng.choices(WORDS, k=18))}." for _ in range(100))
    return f"---\ndate: 2025-01-{number % 28 + 1:02}\n---\n# Digest {number}\n\n## Key takeaways\n\n" + "\n".join(
        entries
    )


def cpu(arguments: list[str], environment: dict[str, str]) -> float:
    """Return the CPU time of Python with these arguments, the best of five (s)."""
    best = float("inf")
    for _ in range(RUNS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, *arguments], env=environment, stdout=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        best = min(best, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return best


def main() -> None:
    """Generate a library and print a line for each command."""
    parser = argparse.ArgumentParser(prog="python benchmarks/shell.py", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--briefings", type=int, default=100)
    given = parser.parse_args()
    rng = random.Random(7)
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "BRIEFREADER_LIBRARY": f"{folder}/library", "XDG_CONFIG_HOME": folder}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed package has bytecode files
        environment["PYTHONPYCACHEPREFIX"] = f"{folder}/compiled"
        notes = Path(folder, "notes")
        notes.mkdir()
        for number in range(given.briefings):
            (notes / f"{number}.md").write_text(briefing(rng, number), encoding="utf-8")
        run = ["-m", "briefreader"]
        subprocess.run(
            [sys.executable, *run, "add", str(notes)], env=environment, stdout=subprocess.DEVNULL, check=True
        )
        listed = subprocess.check_output(
            [sys.executable, *run, "list", "-n", "1", "--jsonl"], env=environment, text=True
        )
        bare = cpu(BARE, environment)
        print(f"python {' '.join(BARE)}: {bare * 1000:.0f} ms; {given.briefings * 100:,} insights")
        for words in (["search", "token pricing"], ["list"], ["show", json.loads(listed)["id"]]):
            seconds = cpu([*run, *words], environment)
            print(f"{words[0]:8} {seconds * 1000:4.0f} ms  {seconds / bare:.1f}x")


if __name__ == "__main__":
    main()
