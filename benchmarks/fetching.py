"""Measure how long a fetch takes if some feeds are slow, or if nothing is new.

    python benchmarks/fetching.py [--feeds 200] [--slow 20] [--delay 5] [--messages 50000]

The feeds have generated text and are served on this machine. Of the first ``--slow`` feeds, every second one answers
with an error, and the others after ``--delay`` seconds. The second part checks a Maildir of old messages. Each part
runs in its own process, since its peak memory is measured. Times are wall-clock times; bytes are those of response
bodies.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import resource
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

from briefreader.library import Library
from briefreader.library.fetching import FetchOptions

if TYPE_CHECKING:
    from collections.abc import Callable

WORDS = "kelp tide reef wrack foam gull shoal ebb spray brine dune cove harbour buoy anchor mast".split()
ITEMS = 10  # per feed


class Feeds(ThreadingHTTPServer):
    """A server of feeds at ``/0``, ``/1`` …, of which some are slow or fail."""

    request_queue_size = 256

    def __init__(self, slow: int, delay: float) -> None:
        """Listen on a free port of all addresses, since each feed has its own address."""
        super().__init__(("0.0.0.0", 0), _Answer)
        self.slow, self.delay, self.sent = slow, delay, 0


class _Answer(BaseHTTPRequestHandler):
    server: Feeds

    def do_GET(self) -> None:
        number = int(self.path[1:])
        if number < self.server.slow and number % 2:
            self.send_error(500)
            return
        if number < self.server.slow:
            time.sleep(self.server.delay)
        known = self.headers["If-None-Match"] == f'"{number}"'
        body = b"" if known else feed(number)
        self.send_response(304 if known else 200)
        self.send_header("ETag", f'"{number}"')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.server.sent += len(body)

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing."""


def text(rng: random.Random, words: int) -> str:
    """Return generated text of ``words`` words."""
    return " ".join(f"{rng.choice(WORDS)}{rng.randrange(999)}" for _ in range(words)) + "."


def feed(number: int) -> bytes:
    """Return an RSS feed of ten items."""
    rng = random.Random(number)
    items = "".join(
        f"<item><guid>{number}-{n}</guid><title>Report {number} {n}</title>"
        f"<link>http://f{number}.example/{n}</link><description>{text(rng, 60)}</description></item>"
        for n in range(ITEMS)
    )
    return f"<rss version='2.0'><channel><title>Feed {number}</title>{items}</channel></rss>".encode()


def feeds(count: int, slow: int, delay: float) -> None:
    """Fetch ``count`` feeds twice; print times and bytes."""
    with Feeds(slow, delay) as server, tempfile.TemporaryDirectory() as folder, Library(Path(folder)) as library:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        # each feed has its own host, as on the web; all addresses in 127.0.0.0/8 are this machine
        port = server.server_port
        addresses = [f"http://127.0.{n // 250}.{n % 250 + 1}:{port}/{n}" for n in range(count)]
        library.sources.path.write_text(
            "\n".join(f'[[source]]\nname = "f{n}"\nkind = "feed"\naddress = "{a}"' for n, a in enumerate(addresses))
        )
        for label in ("first", "again, nothing new"):
            sent, began = server.sent, time.perf_counter()
            results = list(library.fetch(FetchOptions(everything=True, tag=False)))
            seconds = time.perf_counter() - began
            failed = sum(result.status == "failed" for result in results)
            new = sum(result.new for result in results)
            each = (server.sent - sent) / count
            print(
                f"{count} feeds, {slow // 2} slow by {delay:g} s, {slow // 2} broken; {label}:"
                f" {seconds:.1f} s, {new:,} new, {failed} failed, {each:,.0f} bytes per feed"
            )
        server.shutdown()


def maildir(messages: int) -> None:
    """Check a Maildir with ``messages`` old messages; print time and memory."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "mail"
        for name in ("cur", "new", "tmp"):
            (root / name).mkdir(parents=True)
        for number in range(messages):
            (root / "cur" / f"{1_700_000_000 + number}.M{number}.host:2,S").touch()
        with Library(Path(folder) / "library") as library:
            library.sources.add(str(root), name="Mail")
            from briefreader.sources.items import State
            from briefreader.storage import source_states

            state = State()
            state.succeeded(1.0)
            keys = ((f"{1_700_000_000 + number}.M{number}.host", "") for number in range(messages))
            with library.db.writing() as con:
                source_states.save(con, "Mail", state.to_json(), keys)
            began = time.perf_counter()
            [result] = library.fetch(FetchOptions(everything=True, tag=False))
            seconds = time.perf_counter() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"Maildir of {messages:,}, nothing new: {seconds:.2f} s, {memory:.0f} MB, {result.new} new")


def alone(work: Callable[..., None], *arguments: float) -> None:
    """Run a part of the benchmark in its own process."""
    process = multiprocessing.get_context("spawn").Process(target=work, args=arguments)
    process.start()
    process.join()


def main() -> None:
    """Run the benchmark with the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--feeds", type=int, default=200)
    parser.add_argument("--slow", type=int, default=20)
    parser.add_argument("--delay", type=float, default=5.0)
    parser.add_argument("--messages", type=int, default=50_000)
    options = parser.parse_args()
    alone(feeds, options.feeds, options.slow, options.delay)
    alone(maildir, options.messages)


if __name__ == "__main__":
    main()
