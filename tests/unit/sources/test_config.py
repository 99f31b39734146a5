"""Tests of reading sources.toml, and of its error messages."""

import pytest

from briefreader.sources.config import Rule, Source, parse, seconds

FULL = """# my sources
[[source]]
name = "The Kelp Report"
kind = "feed"
address = "https://kelp.example/feed"
every = "2h"
full = true
rules = [{ subject = "*webinar*", do = "skip" }, { author = "Ana ?ee*", subject = "[Weekly]*", do = "read" }]
previous_names = ["Kelp"]

[[source]]
name = "Mail"
kind = "maildir"
address = "~/Mail/news"
since = "60d"
"""


def test_parse_reads_every_key() -> None:
    sources, problems = parse(FULL.encode())
    assert not problems
    kelp, mail = sources
    assert (kelp.name, kelp.kind, kelp.address, kelp.line) == (
        "The Kelp Report",
        "feed",
        "https://kelp.example/feed",
        2,
    )
    assert (kelp.interval, kelp.full, kelp.since) == (7200, True, None)
    assert kelp.rules[1] == Rule("read", (("subject", "[Weekly]*"), ("author", "Ana ?ee*")))
    assert (mail.interval, mail.since, mail.line) == (900, 60 * 86_400, 11)


@pytest.mark.parametrize(("kind", "since"), [("folder", None), ("mbox", 30 * 86_400)])
def test_default_of_since_is_30_days_for_mail_only(kind: str, since: int | None) -> None:
    (source,), _ = parse(f'[[source]]\nname = "a"\nkind = "{kind}"\naddress = "/a"\n'.encode())
    assert source.since == since


@pytest.mark.parametrize(
    ("line", "at", "message"),
    [
        ('colour = "red"', 4, "unknown key colour"),
        ('adress = "x"', 4, "unknown key adress"),
        ('every = "soon"', 4, "every must be a duration such as 30m"),
        ("every = 5", 4, "every must be a duration"),
        ("full = 1", 4, "full must be true or false"),
        ('previous_names = "Kelp"', 4, "previous_names must be a list of strings"),
        ('rules = [{ subject = "x" }]', 4, "do must be"),
        ('rules = [{ subject = "x", do = "explode" }]', 4, "do must be"),
        ('rules = [{ subject = "x", do = "tag:" }]', 4, "do must be"),
        ('topics = "pricing"', 4, "topics must be a list of strings"),
        ('rules = [{ do = "skip" }]', 4, "a rule needs a field"),
        ('rules = [{ body = "x", do = "skip" }]', 4, "unknown field in a rule: body"),
        ('password = "secret"', 4, "password"),
        ("write = true", 4, "write is only allowed for notmuch"),
        ('since = "30d"', 4, "since is only allowed for mail"),
    ],
)
def test_bad_value_is_reported_with_its_line(line: str, at: int, message: str) -> None:
    text = f'[[source]]\nname = "a"\nkind = "feed"\n{line}\naddress = "https://a.example/"\n'
    good = '[[source]]\nname = "b"\nkind = "folder"\naddress = "/b"\n'
    sources, problems = parse((text + good).encode())
    assert [source.name for source in sources] == ["b"]
    assert [(problem.line, problem.message.startswith(message)) for problem in problems][:1] == [(at, True)], problems


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("feed", "kelp.example/feed"), ("feed", "file:///etc/passwd"), ("feed", "https://me:pw@a.example/"),
        ("feed", "https://[::1"), ("imap", "imap://ana@mail.example/INBOX"), ("imap", "imaps://mail.example/INBOX"),
        ("imap", "imaps://ana:pw@mail.example/INBOX"), ("imap", "imaps://ana@mail.example"),
    ],
)  # fmt: skip
def test_address_of_the_wrong_form_is_refused(kind: str, address: str) -> None:
    sources, problems = parse(f'[[source]]\nname = "a"\nkind = "{kind}"\naddress = "{address}"\n'.encode())
    assert not sources
    assert [problem.line for problem in problems] == [4]


@pytest.mark.parametrize("twice", ['name = "KELP"', 'name = "x"\nprevious_names = ["the kelp report"]'])
def test_second_source_of_a_name_is_left_out(twice: str) -> None:
    text = FULL + f'\n[[source]]\n{twice}\nkind = "folder"\naddress = "/c"\n'
    sources, problems = parse(text.encode())
    assert [source.name for source in sources] == ["The Kelp Report", "Mail"]
    assert "line 2" in problems[0].message


def test_second_source_of_an_address_is_left_out() -> None:
    text = FULL + '\n[[source]]\nname = "again"\nkind = "feed"\naddress = "https://kelp.example/feed"\n'
    sources, problems = parse(text.encode())
    assert len(sources) == 2
    assert "already listed as The Kelp Report" in problems[0].message


@pytest.mark.parametrize("data", [b"[[source]\n", b"name = ", b"\xff\xfe", b"source = 3\n", b'[source]\nname = "a"\n'])
def test_other_toml_file_is_a_problem(data: bytes) -> None:
    sources, problems = parse(data)
    assert not sources
    assert problems


@pytest.mark.parametrize(("text", "found"), [("90s", 90), ("15m", 900), ("2w", 1_209_600), ("m", None), ("-1h", None)])
def test_seconds_reads_a_duration(text: str, found: int | None) -> None:
    assert seconds(text) == found


def decided(source: Source, subject: str, author: str = "") -> str:
    rule = source.rule_for(subject=subject, author=author, list_id="")
    return rule.action if rule else ""


def test_first_matching_rule_decides() -> None:
    kelp = parse(FULL.encode())[0][0]
    assert decided(kelp, "Our WEBINAR on kelp") == "skip"
    assert decided(kelp, "[Weekly] news", "Ana Lee, Kelp") == "read"
    assert decided(kelp, "Weekly", "Ana Lee") == ""


def test_keep_exempts_from_later_rules() -> None:
    rules = 'rules = [{ subject = "*price*", do = "keep" }, { subject = "*", do = "skip" }]'
    source = parse(f'[[source]]\nname = "a"\nkind = "folder"\naddress = "/a"\n{rules}\n'.encode())[0][0]
    assert (decided(source, "A price cut"), decided(source, "A recipe")) == ("keep", "skip")


def test_topics_of_source_and_rule_are_read() -> None:
    keys = 'topics = ["pricing"]\nrules = [{ subject = "*agent*", do = "tag:agents" }]'
    source = parse(f'[[source]]\nname = "a"\nkind = "folder"\naddress = "/a"\n{keys}\n'.encode())[0][0]
    assert (source.topics, [rule.topic for rule in source.rules]) == (("pricing",), ["agents"])
