"""Measure the search and compare it with other programs (peers).

    python -m benchmarks.search --data DIR --size 100000

DIR has ``insights-100000.jsonl.xz`` and ``queries.jsonl``. Times are wall-clock times, unless they are marked as CPU.
Each query is answered by all peers, one after the other, so other load on the machine affects all; the ratios are more
reliable than the times.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
import time
from collections import defaultdict
from pathlib import Path
from statistics import mean, median, quantiles
from typing import TYPE_CHECKING

from briefreader.library import Library

from . import data, peers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.search.data import Question, Record


def main() -> None:
    """Run the benchmark with the options of the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--size", type=int, default=10_000, help="number of insights")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="measure quality with every Nth query only")
    parser.add_argument("--typed", type=int, default=65, help="number of queries that are typed letter by letter")
    parser.add_argument("--whole", type=int, default=39, help="number of queries that all peers answer")
    parser.add_argument("--taxonomy", type=Path, help="file with the aliases (default: the shipped taxonomy)")
    parser.add_argument("--without", nargs="*", default=[], help="peers to leave out: fts5 extract fzf tantivy")
    parser.add_argument("--keep", type=Path, help="folder in which to keep all data for later runs")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="briefreader-") as folder:
        kept = given.keep or Path(folder)
        kept.mkdir(parents=True, exist_ok=True)
        measure(kept, given)


def measure(folder: Path, given: argparse.Namespace) -> None:
    """Build the index, measure the search, and print the figures."""
    insights, questions = data.prepared(given.data, given.size, folder)
    asked = questions[:: given.every]
    before = memory()
    if not (folder / "library").exists():
        with Library(folder / "library", taxonomy=given.taxonomy) as library:
            fill(library, insights)
            build(library)
    library = Library(folder / "library", taxonomy=given.taxonomy)
    resting = memory()
    started, used = time.perf_counter(), time.process_time()
    library.warm()
    print(f"start: {time.perf_counter() - started:.2f} s ({time.process_time() - used:.2f} s CPU)")
    ours = peers.Ours(library)
    quality(ask([ours], asked)[ours.name], asked)
    print(f"memory of the index after {len(asked):,} queries: {memory() - resting:.0f} MB ({before:.0f} MB at start)")
    competitors = [ours, *others(folder, insights, frozenset(given.without))]
    few = questions[:: max(len(questions) // given.whole, 1)]
    compare(ask(competitors, few), few)
    typed = questions[:: max(len(questions) // given.typed, 1)]
    type_out([c for c in competitors if not c.whole_only], typed)
    gaps(library, typed)
    add_twelve(library)
    library.close()


def others(folder: Path, insights: list[Record], without: frozenset[str]) -> Iterator[peers.Peer]:
    """Yield the peers that are installed and not left out."""
    if "fts5" not in without:
        con = peers.Fts5.build(folder / "fts5.db", insights)
        yield peers.Fts5(con, "AND")
        yield peers.Fts5(con, "OR")
    if "tantivy" not in without:
        if peers.Tantivy.installed():
            yield peers.Tantivy(folder / "tantivy", insights)
        else:
            print("tantivy is not installed (pip install tantivy): left out")
    if "extract" not in without:
        yield peers.Extract(insights)
    if "fzf" not in without:
        if peers.Fzf.installed():
            yield peers.Fzf(folder / "lines.txt", insights)
        else:
            print("fzf is not installed: left out")


def fill(library: Library, insights: list[Record]) -> None:
    """Insert the insights into the library, a hundred per briefing."""
    with library.db.writing() as con:
        for first in range(0, len(insights), 100):
            part = insights[first : first + 100]
            day = max(r.date for r in part)
            key = first // 100 + 1
            con.execute(
                "INSERT INTO briefing (key, id, title, source, author, published, url, format, language, words, added,"
                " date, digest) VALUES (?, ?, 'Briefing', ?, '', ?, '', 'txt', 'en', 0, ?, ?, ?)",
                (key, f"{key:x}", part[0].source, day, day, day, str(key)),
            )
            con.executemany(
                'INSERT INTO insight (key, briefing_key, number, title, text, start, "end", kind)'
                " VALUES (?, ?, ?, ?, ?, 0, 0, 'item')",
                ((r.id + 1, key, r.id % 100 + 1, r.title, r.text) for r in part),
            )


def build(library: Library) -> None:
    """Index the library; print time and size."""
    started, used = time.perf_counter(), time.process_time()
    library.rebuild_index()
    wall, cpu = time.perf_counter() - started, time.process_time() - used
    with library.db.reading() as con:
        size = con.execute(
            "SELECT sum(pgsize) FROM dbstat WHERE name IN ('term', 'post', 'abbreviation') AND aggregate = 1"
        )
        print(f"build: {wall:.1f} s ({cpu:.1f} s CPU), {size.fetchone()[0] / 1e6:.1f} MB on disk")


def add_twelve(library: Library) -> None:
    """Print how long the search index takes to include twelve more insights.

    At the end, the added insights are hidden.
    """
    times = []
    with library.db.reading() as con:
        (size,) = con.execute("SELECT max(key) FROM insight").fetchone()
        (number,) = con.execute("SELECT max(number) FROM insight WHERE briefing_key = 1").fetchone()
    for i in range(0, 84, 12):
        with library.db.writing() as con:
            con.executemany(
                'INSERT INTO insight (key, briefing_key, number, title, text, start, "end", kind)'
                " VALUES (?, 1, ?, ?, ?, 0, 0, 'item')",
                (
                    (size + n, number + n, f"Late insight {n}", "What came later is found as well. " * 8)
                    for n in range(i + 1, i + 13)
                ),
            )
        started = time.perf_counter()
        library.warm()
        times.append(1000 * (time.perf_counter() - started))
    with library.db.writing() as con:
        con.execute("UPDATE insight SET hidden = 1 WHERE key > ?", (size,))
    print(f"after adding 12 insights: {median(times):.1f} ms more at the next search")


def ask(competitors: list[peers.Peer], asked: list[Question]) -> dict[str, list[tuple[float, list[int]]]]:
    """Let each peer answer each query; return milliseconds and IDs by peer."""
    results: dict[str, list[tuple[float, list[int]]]] = defaultdict(list)
    for question in asked:
        for peer in competitors:
            started = time.perf_counter()
            found = peer.search(question.text)
            results[peer.name].append((1000 * (time.perf_counter() - started), found))
    return results


def quality(results: list[tuple[float, list[int]]], asked: list[Question]) -> None:
    """Print how often one of the first hits is an answer (R@1, R@10)."""
    by_kind: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for (_, found), question in zip(results, asked, strict=True):
        first, ten = bool(found) and found[0] in question.answers, not question.answers.isdisjoint(found[:10])
        by_kind[question.kind].append((first, ten))
    print(f"\n{'kind':<14}{'R@1':>7}{'R@10':>7}{'n':>6}")
    for kind, seen in by_kind.items():
        print(f"{kind:<14}{100 * mean(a for a, _ in seen):7.1f}{100 * mean(b for _, b in seen):7.1f}{len(seen):6}")
    at_1 = mean(mean(a for a, _ in seen) for seen in by_kind.values())
    at_10 = mean(mean(b for _, b in seen) for seen in by_kind.values())
    print(f"{'mean':<14}{100 * at_1:7.2f}{100 * at_10:7.2f}{len(asked):6}\n")


def compare(results: dict[str, list[tuple[float, list[int]]]], asked: list[Question]) -> None:
    """Print the figures of briefreader and its peers.

    A ratio of ``1 : 2`` means that the peer takes twice as long as briefreader.
    """
    ours = median(ms for ms, _ in results["briefreader"])
    heading = f"{len(asked)} whole queries"
    print(f"{heading:<28}{'R@1':>6}{'R@10':>6}{'median ms':>11}{'p95 ms':>9}{'ratio':>12}")
    for name, rows in results.items():
        first = mean(bool(f) and f[0] in q.answers for (_, f), q in zip(rows, asked, strict=True))
        ten = mean(not q.answers.isdisjoint(f) for (_, f), q in zip(rows, asked, strict=True))
        times = [ms for ms, _ in rows]
        ratio = f"1 : {median(times) / ours:.1f}"
        print(f"{name:<28}{100 * first:6.0f}{100 * ten:6.0f}{median(times):11.2f}{p95(times):9.2f}{ratio:>12}")
    print()


def type_out(competitors: list[peers.Peer], asked: list[Question]) -> None:
    """Type queries letter by letter; print the times of the first ten hits.

    The peers return IDs only; briefreader returns rows with topics and the spans to highlight.
    """
    times: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for question in asked:
        for end in range(1, len(question.text) + 1):
            for peer in competitors:
                started, used = time.perf_counter(), time.thread_time()
                peer.search(question.text[:end])
                wall, cpu = time.perf_counter() - started, time.thread_time() - used
                times[peer.name].append((1000 * wall, 1000 * cpu))
    ours = p95([wall for wall, _ in times["briefreader"]])
    keys = len(times["briefreader"])
    print(f"{f'{keys:,} keystrokes':<28}{'median ms':>11}{'p95 ms':>9}{'p95 CPU':>9}{'ratio of p95':>16}")
    for name, each in times.items():
        wall, cpu = [w for w, _ in each], [c for _, c in each]
        ratio = f"1 : {p95(wall) / ours:.1f}"
        print(f"{name:<28}{median(wall):11.2f}{p95(wall):9.2f}{p95(cpu):9.2f}{ratio:>16}")
    print()


def gaps(library: Library, asked: list[Question]) -> None:
    """Print how long a search delays another thread, such as that of the UI.

    The thread sleeps for a millisecond, again and again.
    """
    for label, busy in (("when idle", False), ("while typing", True)):
        done = threading.Event()

        def typing(done: threading.Event = done, busy: bool = busy) -> None:
            for question in asked[::3]:
                for end in range(1, len(question.text) + 1):
                    if busy:
                        library.search(question.text[:end], limit=50)
                    else:
                        time.sleep(0.002)
            done.set()

        thread = threading.Thread(target=typing)
        seen: list[float] = []
        thread.start()
        while not done.is_set():
            started = time.perf_counter()
            time.sleep(0.001)
            seen.append(1000 * (time.perf_counter() - started) - 1)
        thread.join()
        print(f"delay of another thread {label}: p99 {quantiles(seen, n=100)[98]:.1f} ms, longest {max(seen):.1f} ms")


def p95(times: list[float]) -> float:
    """Return the 95th percentile."""
    return sorted(times)[int(len(times) * 0.95)]


def memory() -> float:
    """Return the resident memory of this process in MB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


if __name__ == "__main__":
    sys.exit(main())
