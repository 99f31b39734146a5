"""Measure how fast HTML newsletters are read, and how fast they are added."""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING

from briefreader.library import Library
from briefreader.reading import read

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 7


def run(data: Path, verbose: bool = False) -> None:
    """Print the MB of HTML per second of CPU time: of the first round and the median.

    Each body of ``newsletters/bodies.jsonl`` becomes a mail. With ``verbose``, the speed of each round is printed.
    """
    lines = (data / "newsletters" / "bodies.jsonl").read_text(encoding="utf-8").splitlines()
    bodies = [json.loads(line)["html"] for line in lines]
    size = sum(len(body.encode()) for body in bodies)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        mails = folder / "mails"
        mails.mkdir()
        for number, body in enumerate(bodies):
            (mails / f"{number:03}.eml").write_bytes(_mail(number, body))
        print(f"{len(bodies)} mails, {size / 1e6:.1f} MB of HTML")
        _print_speed("reading", size, [_spent(lambda: len(list(read(mails)))) for _ in range(ROUNDS)], verbose)
        stored = []
        for number in range(ROUNDS):
            with Library(folder / str(number)) as library:
                list(library.add([_first(folder)]))  # don't measure what is loaded only once
                stored.append(_spent(lambda library=library: len(list(library.add([mails])))))
        _print_speed("adding to a library", size, stored, verbose)


def _mail(number: int, body: str) -> bytes:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["Message-ID"] = f"Letter {number}", "letters@example.org", f"<{number}@example>"
    mail.set_content(body, subtype="html", cte="8bit")
    return mail.as_bytes()


def _first(folder: Path) -> Path:
    path = folder / "first.txt"
    path.write_text("A first letter\n\nThe ferry is late again.\n", encoding="utf-8")
    return path


def _spent(work: Callable[[], int]) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin


def _print_speed(what: str, size: int, spent: list[float], verbose: bool) -> None:
    speeds = [size / each / 1e6 for each in spent]
    print(f"{what}: first {speeds[0]:.2f} MB/s (CPU), median {statistics.median(speeds):.2f}   target >= 3")
    if verbose:
        print("  " + " ".join(f"{each:.2f}" for each in speeds))
