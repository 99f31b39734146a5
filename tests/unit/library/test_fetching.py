"""Tests of fetching: new items are stored once, a failing source affects no other."""

from __future__ import annotations

import io
import random
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from briefreader.errors import LockedError
from briefreader.library import Library
from briefreader.library.fetching import FetchOptions
from briefreader.library.item_storage import SourceResult

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


NOW = FetchOptions(everything=True, tag=False)


class FeedServer(ThreadingHTTPServer):
    """A server with answers by path (status, headers, body), which compares ETags."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _FeedAnswer)
        self.address = f"http://127.0.0.1:{self.server_port}"
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.sent = 0

    def feed(self, path: str, items: list[tuple[str, str, str]], etag: str = "") -> None:
        """Set an RSS feed of (guid, title, text)."""
        entries = "".join(
            f"<item><guid isPermaLink='false'>{guid}</guid><title>{title}</title>"
            f"<link>{self.address}{path}/{title.replace(' ', '-')}</link><description>{text}</description></item>"
            for guid, title, text in items
        )
        head = f"<title>{path[1:]}</title><link>{self.address}{path}</link>"
        body = f"<rss version='2.0'><channel>{head}{entries}</channel></rss>"
        self.answers[path] = (200, {"ETag": etag} if etag else {}, body.encode())


class _FeedAnswer(BaseHTTPRequestHandler):
    server: FeedServer

    def do_GET(self) -> None:
        status, headers, body = self.server.answers.get(self.path, (404, {}, b""))
        if headers.get("ETag") and headers["ETag"] == self.headers["If-None-Match"]:
            status, body = 304, b""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.server.sent += len(body)

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing."""


@pytest.fixture
def server(loopback: None) -> Iterator[FeedServer]:
    with FeedServer() as site:
        thread = Thread(target=site.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield site
        site.shutdown()
        thread.join()


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "library") as made:
        yield made


def fetched(library: Library, options: FetchOptions = NOW) -> dict[str, SourceResult]:
    return {result.source: result for result in library.fetch(options) if isinstance(result, SourceResult)}


def text(number: int, words: int = 40) -> str:
    made = random.Random(number)
    return (
        " ".join(
            made.choice("kelp tide reef wrack foam gull shoal ebb spray brine dune cove".split())
            + str(made.randrange(99))
            for _ in range(words)
        )
        + "."
    )


def test_fetch_without_new_items_stores_nothing(library: Library, server: FeedServer) -> None:
    server.feed("/kelp", [("1", "One", text(1)), ("2", "Two", text(2))], etag='"a"')
    library.sources.add(f"{server.address}/kelp", name="Kelp")
    assert fetched(library)["Kelp"].new == 2
    sent = server.sent
    again = fetched(library)["Kelp"]
    assert (again.status, again.new, server.sent - sent) == ("unchanged", 0, 0)
    assert {row.source for row in library.list()} == {"Kelp"}


def test_fetch_without_sources_tags_nothing(library: Library) -> None:
    list(library.add([io.BytesIO(b"# Ferries\n\nAgents call tools before each crossing.\n")]))
    before = [batch.number for batch in library.history(5)]
    assert list(library.fetch(FetchOptions(everything=True))) == []
    assert [batch.number for batch in library.history(5)] == before


def test_failing_feed_does_not_affect_others(library: Library, server: FeedServer) -> None:
    server.feed("/good", [("1", "One", text(1))])
    server.answers["/page"] = (200, {}, b"<!doctype html><p>moved</p>")
    server.answers["/gone"] = (410, {}, b"")
    server.answers["/busy"] = (429, {"Retry-After": "7200"}, b"")
    server.answers["/cut"] = (200, {"Content-Length": "900"}, b"<rss><channel>")
    for name in ("good", "page", "gone", "busy", "cut", "none"):
        library.sources.add(f"{server.address}/{name}", name=name)
    results = fetched(library)
    assert {name: result.status for name, result in results.items()} == {
        "good": "ok", "page": "failed", "gone": "failed", "busy": "failed", "cut": "failed", "none": "failed",
    }  # fmt: skip
    states = library.source_states()
    assert states["busy"].retry_at - states["busy"].last_check == pytest.approx(7200, abs=1)
    assert fetched(library)["gone"].status == "disabled"
    assert fetched(library, FetchOptions(tag=False))["busy"].status == "not due"


def test_permanent_redirect_is_remembered(library: Library, server: FeedServer) -> None:
    server.answers["/old"] = (301, {"Location": "/new"}, b"")
    server.feed("/new", [("1", "One", text(1))])
    library.sources.add(f"{server.address}/old", name="Kelp")
    fetched(library)
    del server.answers["/old"]
    server.feed("/new", [("1", "One", text(1)), ("2", "Two", text(2))])
    assert fetched(library)["Kelp"].new == 1


def test_edited_item_is_a_revision(library: Library, server: FeedServer) -> None:
    library.sources.add(f"{server.address}/kelp", name="Kelp")
    server.feed("/kelp", [("1", "Prices", f"It costs five dollars. {text(1)}")])
    fetched(library)
    server.feed("/kelp", [("1", "Prices", f"It costs four dollars. {text(1)}")])
    assert fetched(library)["Kelp"].revised == 1
    [row] = library.list()
    assert "four dollars" in library.briefing(row.id).body


def test_removed_briefing_does_not_come_back(library: Library, server: FeedServer) -> None:
    library.sources.add(f"{server.address}/kelp", name="Kelp")
    server.feed("/kelp", [("1", "One", text(1)), ("2", "Two", text(2))])
    fetched(library)
    library.remove([next(row.id for row in library.list() if row.title == "One")])
    server.feed("/kelp", [("1", "One", text(1)), ("2", "Two", text(2)), ("3", "Three", text(3))])
    assert fetched(library)["Kelp"].new == 1
    assert sorted(row.title for row in library.list()) == ["Three", "Two"]


def test_undone_fetch_is_not_fetched_again(library: Library, server: FeedServer) -> None:
    library.sources.add(f"{server.address}/kelp", name="Kelp")
    server.feed("/kelp", [("1", "One", text(1))])
    fetched(library)
    library.undo()
    assert not library.list()
    server.feed("/kelp", [("1", "One", text(1)), ("2", "Two", text(2))])
    fetched(library)
    assert [row.title for row in library.list()] == ["Two"]


def test_rules_skip_and_mark_read(library: Library, server: FeedServer) -> None:
    server.feed("/kelp", [("1", "A webinar", text(1)), ("2", "Chatter", text(2)), ("3", "News", text(3))])
    rules = '[{ subject = "*WEBINAR*", do = "skip" }, { subject = "chatter", do = "read" }]'
    library.sources.path.write_text(
        f'[[source]]\nname = "Kelp"\nkind = "feed"\naddress = "{server.address}/kelp"\nrules = {rules}\n'
    )
    result = fetched(library)["Kelp"]
    assert (result.new, result.skipped) == (2, 1)
    assert {row.title: row.read for row in library.list()} == {"Chatter": True, "News": False}
    server.feed("/kelp", [("1", "A webinar", text(1)), ("4", "More", text(4))])
    result = fetched(library)["Kelp"]
    assert (result.new, result.skipped, result.unchanged) == (1, 0, 1)


def test_dry_run_stores_nothing(library: Library, server: FeedServer) -> None:
    library.sources.add(f"{server.address}/kelp", name="Kelp")
    server.feed("/kelp", [("1", "One", text(1))])
    assert fetched(library, FetchOptions(dry_run=True, tag=False))["Kelp"].new == 1
    assert not library.list()
    assert fetched(library)["Kelp"].new == 1


def test_renamed_source_keeps_its_state(library: Library, server: FeedServer) -> None:
    server.feed("/kelp", [("1", "One", text(1))], etag='"a"')
    library.sources.add(f"{server.address}/kelp", name="Kelp")
    fetched(library)
    path = library.sources.path
    path.write_text(path.read_text().replace('name = "Kelp"', 'name = "Wrack"\nprevious_names = ["Kelp"]'))
    sent = server.sent
    assert (fetched(library)["Wrack"].status, server.sent - sent) == ("unchanged", 0)


def test_mail_before_since_is_skipped_on_the_first_run_only(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    for name in ("cur", "new", "tmp"):
        (folder / name).mkdir(parents=True)

    def deliver(name: str, date: str) -> None:
        head = f"From: a@oak.example\nSubject: {name}\nDate: {date}\nMessage-ID: <{name}@oak.example>"
        (folder / "new" / name).write_text(f"{head}\n\n{text(len(name))}\n")

    deliver("old", "Sat, 04 Jan 2020 10:00:00 +0000")
    deliver("later", "Fri, 03 Jan 2098 10:00:00 +0000")
    library.sources.add(str(folder), name="Mail")
    result = fetched(library)["Mail"]
    assert (result.status, result.new, result.skipped) == ("ok", 1, 1)
    assert result.message.startswith("skipped 1 mail older than 30 days; to add them: briefreader add ")
    deliver("archived", "Sun, 05 Jan 2020 10:00:00 +0000")
    result = fetched(library)["Mail"]
    assert (result.new, result.skipped) == (1, 0)


def test_unsubscribe_link_is_of_the_latest_mail(library: Library, tmp_path: Path) -> None:
    box = tmp_path / "box.mbox"
    box.write_text(
        "\n".join(
            f"From ana Mon Jan  5 10:00:00 2026\nFrom: {name} <{name}@{name}.example>\nSubject: Issue {n}\n"
            f"Date: Mon, 0{n} Jan 2026 10:00:00 +0000\nMessage-ID: <{n}@{name}.example>\n"
            f"List-Unsubscribe: <mailto:leave@{name}.example>,\n <https://{name}.example/leave?{n}>\n\n{text(n)}\n"
            for n, name in ((1, "oak"), (2, "oak"), (3, "elm"))
        )
    )
    library.sources.add(str(box), name="Mail", since="5200w")
    fetched(library)
    assert library.unsubscribe_links("Mail") == [
        ("elm.example", "https://elm.example/leave?3"), ("elm.example", "mailto:leave@elm.example"),
        ("oak.example", "https://oak.example/leave?2"), ("oak.example", "mailto:leave@oak.example"),
    ]  # fmt: skip


JSON_FEED = """{"version": "https://jsonfeed.org/version/1.1", "title": "Kelp", "items": [
{"id": "1", "title": "One", "url": "https://kelp.example/1", "content_text": "The tide of the first came in early."},
{"id": "2", "title": "Two", "content_html": "<p>The tide of the second came in late.</p>"}]}"""


def test_json_feed_is_fetched(library: Library, server: FeedServer) -> None:
    server.answers["/feed.json"] = (200, {"Content-Type": "application/feed+json"}, JSON_FEED.encode())
    library.sources.add(f"{server.address}/feed.json", name="Kelp")
    assert fetched(library)["Kelp"].new == 2
    assert {row.title for row in library.list("source:Kelp")} == {"One", "Two"}
    server.answers["/feed.json"] = (200, {}, JSON_FEED.replace("late", "later").encode())
    assert (fetched(library)["Kelp"].revised, len(library.list())) == (1, 2)


def test_fetch_waits_for_a_locked_library_until_its_timeout(library: Library, server: FeedServer) -> None:
    library.sources.add(f"{server.address}/kelp", name="Kelp")
    with Library(library.folder) as other:
        running = other.fetch(FetchOptions(everything=True, tag=False))
        next(running)
        with pytest.raises(LockedError):
            list(library.fetch(FetchOptions(wait=0.05, tag=False)))
        running.close()  # type: ignore[attr-defined]  # a generator, declared as an iterator


def with_topics(library: Library, server: FeedServer, *, rule: bool = False) -> None:
    """A source with the topic pricing, two items, and a rule that adds agents to one."""
    server.feed("/kelp", [("1", "Kelp agents", text(1)), ("2", "Tides", text(2))])
    source = library.sources.add(f"{server.address}/kelp", name="Kelp", topics=["pricing"])
    rules = 'rules = [{ subject = "*agents*", do = "tag:agents" }]'
    path = library.sources.path
    path.write_text(path.read_text() + rules + "\n" if rule else path.read_text())
    assert source.topics == ("pricing",)


def topics_by_title(library: Library) -> dict[str, tuple[str, ...]]:
    return {row.title: tuple(sorted(row.topics)) for row in library.list()}


def test_topics_of_source_and_rule_are_assigned(library: Library, server: FeedServer) -> None:
    with_topics(library, server, rule=True)
    fetched(library)
    assert topics_by_title(library) == {"Kelp agents": ("agents", "pricing"), "Tides": ("pricing",)}
    assert library.count("topic:pricing") == 2
    assert library.stats().decisions == 0


def test_topic_by_source_survives_retagging_and_dump(library: Library, server: FeedServer, tmp_path: Path) -> None:
    with_topics(library, server)
    fetched(library)
    assert library.count("is:untagged") == 2
    list(library.tag())
    assert (library.count("is:untagged"), library.count("topic:pricing")) == (0, 2)
    id = library.list()[0].id
    assert library.explain(id, "pricing")[0].earned == "source"
    with Library(tmp_path / "copy") as copy:
        dumped = io.StringIO()
        library.dump(dumped)
        copy.restore(io.StringIO(dumped.getvalue()))
        list(copy.tag(everything=True))
        assert copy.count("topic:pricing") == 2


def test_rejection_takes_precedence_over_a_topic_by_source(library: Library, server: FeedServer) -> None:
    with_topics(library, server)
    fetched(library)
    id = library.list()[0].id
    library.decide([id], "pricing", "rejected")
    list(library.tag())
    assert library.count("topic:pricing") == 1
    library.undo()
    library.undo()
    assert library.count("topic:pricing") == 2


def test_topic_by_source_is_never_training_data(library: Library, server: FeedServer) -> None:
    with_topics(library, server)
    fetched(library)
    assert library.stats().decisions == 0
    assert "pricing" not in {topic for _, topic, _ in library.review()}


def test_source_of_an_unknown_topic_is_left_out(library: Library, server: FeedServer) -> None:
    with_topics(library, server)
    path = library.sources.path
    path.write_text(path.read_text().replace("pricing", "prcing"))
    sources, [problem] = library.sources.load()
    assert not sources
    assert (problem.line, problem.hint) == (3, "did you mean pricing?")


def test_fetch_and_its_tags_are_one_batch(library: Library, server: FeedServer) -> None:
    with_topics(library, server)
    assert len(list(library.fetch(FetchOptions(everything=True)))) == 3
    assert [batch.verb for batch in library.history()] == ["fetch"]
    library.undo()
    assert not library.list()
    library.redo()
    assert library.count("-is:untagged topic:pricing") == 2


def test_fetch_killed_before_tagging_is_completed(library: Library, server: FeedServer) -> None:
    with_topics(library, server)
    running = library.fetch(FetchOptions(everything=True))
    next(running)
    running.close()  # type: ignore[attr-defined]  # a generator, declared as an iterator
    assert library.count("is:untagged") == 2
    list(library.fetch(FetchOptions(everything=True)))
    assert library.count("is:untagged") == 0


MONTH = 30


def _snapshots(seed: int, path: str) -> list[list[tuple[str, str, str]]]:
    """Items of a feed by day: added, edited, with other GUIDs, reordered, removed."""
    made = random.Random(seed)
    items: list[tuple[str, str, str]] = []
    days = []
    for day in range(MONTH):
        for number in range(made.randrange(3)):
            name = f"{path[1:]} {day} {number}"
            items.insert(0, (f"{name}@1", f"Report {name}", text(hash((seed, day, number)))))
        if items and made.random() < 0.3:  # an edit
            place = made.randrange(min(len(items), 5))
            guid, title, words = items[place]
            items[place] = (guid, title, f"{words} Corrected on day {day}.")
        if items and made.random() < 0.2:  # the same item under another guid
            place = made.randrange(min(len(items), 5))
            guid, title, words = items[place]
            items[place] = (guid + "x", title, words)
        shown = items[:10]
        if made.random() < 0.2:
            made.shuffle(shown)
        days.append(list(shown))
    return days


def test_month_of_six_feeds_has_each_item_once(library: Library, server: FeedServer) -> None:
    paths = [f"/f{n}" for n in range(6)]
    months = {path: _snapshots(n, path) for n, path in enumerate(paths)}
    rng = random.Random(7)
    for path in paths:
        library.sources.add(server.address + path, name=path[1:])
    expected: set[str] = set()
    for day in range(MONTH):
        for path in paths:
            items = months[path][day]
            kind = rng.random() if day < MONTH - 1 else 1.0
            if kind < 0.08:
                server.answers[path] = (503, {}, b"")
            elif kind < 0.16:
                server.answers[path] = (200, {"Content-Length": "90000"}, b"<rss><channel>")
            else:
                server.feed(path, items, etag=f'"{day}"' if kind < 0.5 else "")
                expected |= {title for _, title, _ in items}
        running = library.fetch(NOW)
        for _ in range(rng.randrange(7) if rng.random() < 0.3 else 7):  # some runs are cut short
            next(running, None)
        running.close()  # type: ignore[attr-defined]  # a generator, declared as an iterator
    fetched(library)
    # items removed from the feed while it failed were never delivered
    last = {title for path in paths for _, title, _ in months[path][-1]}
    titles = [row.title for row in library.list(limit=None)]
    assert len(titles) == len(set(titles))
    assert last <= set(titles) <= expected


def test_source_of_every_kind_has_items_or_an_error(library: Library, tmp_path: Path) -> None:
    for kind, address in (
        ("maildir", tmp_path / "none"), ("mbox", tmp_path / "none.mbox"), ("folder", tmp_path / "nowhere"),
        ("imap", "imaps://ana@127.0.0.1:9/INBOX"),
    ):  # fmt: skip
        library.sources.add(str(address), name=kind, kind=kind)  # type: ignore[arg-type]
    results: dict[str, Any] = fetched(library)
    assert {name: result.status for name, result in results.items()} == dict.fromkeys(results, "failed")
    assert "password" in results["imap"].message


def test_full_source_stores_the_page_of_an_item_once(library: Library, server: FeedServer) -> None:
    server.feed("/kelp", [("1", "One", "A teaser."), ("2", "Two", "Its page is gone.")])
    paragraphs = "".join(f"<p>{text(number)}</p>" for number in range(6))
    server.answers["/kelp/One"] = (
        200,
        {"Content-Type": "text/html"},
        f"<html><body><article><h1>Page</h1>{paragraphs}</article></body></html>".encode(),
    )
    library.sources.add(f"{server.address}/kelp", name="Kelp", full=True)
    result = fetched(library)["Kelp"]
    assert (result.new, "could not be fetched" in result.message) == (2, True)
    found = {row.title: library.briefing(row.id) for row in library.list()}
    assert found["One"].words > 200
    assert found["Two"].body.strip() == "Its page is gone."
    server.feed("/kelp", [("3", "Three", text(3)), ("1", "One", "A teaser.")])
    result = fetched(library)["Kelp"]
    assert (result.new, result.revised, result.unchanged) == (1, 0, 1)


def test_trial_shows_items_and_rules_and_stores_nothing(library: Library, server: FeedServer) -> None:
    server.feed("/kelp", [(str(n), f"Webinar {n}" if n % 2 else f"News {n}", text(n)) for n in range(8)])
    library.sources.add(f"{server.address}/kelp", name="Kelp")
    assert len(library.try_source("kelp").newest) == 5
    assert not library.list()
    fetched(library)
    path = library.sources.path
    path.write_text(
        path.read_text() + 'rules = [{ subject = "webinar*", do = "skip" }, { subject = "*", do = "read" }]\n'
    )
    trial = library.try_source("Kelp")
    assert (trial.items, trial.tried, [count for _, count in trial.rules]) == (8, 8, [4, 4])
    assert len(library.list()) == 8


def test_health_counts_the_items_of_a_source(library: Library, server: FeedServer) -> None:
    server.feed("/kelp", [("1", "One", text(1)), ("2", "Two", text(2))])
    library.sources.add(f"{server.address}/kelp", name="Kelp")
    library.sources.add(f"{server.address}/none", name="None")
    fetched(library)
    library.mark([library.list()[0].id], read=True)
    kelp, none = library.source_health()
    assert (kelp.activity.briefings, kelp.activity.per_week, kelp.activity.read) == (2, 0.5, 0.5)
    assert kelp.state.last_success
    assert (none.state.errors, "404" in none.state.last_error) == (1, True)
