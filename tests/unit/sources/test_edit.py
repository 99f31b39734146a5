"""Tests of adding and removing sources; the rest of the file is unchanged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefreader.errors import ConfigError, NotFoundError
from briefreader.sources.config import parse
from briefreader.sources.edit import appended, block, without

MINE = """# feeds I read daily
[[source]]
name = "Kelp"          # the best one
kind = "feed"
address = "https://kelp.example/feed"

# mail
[[source]]
name = "Mail"
kind = "maildir"
address = "/mail"
# the end
"""


def test_appended_block_is_read_back_and_the_rest_unchanged() -> None:
    made = appended(MINE, [block({"name": 'A "b" \\ ü', "kind": "folder", "address": "/x", "previous_names": ["b"]})])
    assert made.startswith(MINE)
    sources, problems = parse(made.encode())
    assert not problems
    assert (sources[-1].name, sources[-1].previous_names) == ('A "b" \\ ü', ("b",))


def test_removed_block_keeps_all_comments() -> None:
    made = without(MINE, "kelp")
    assert [source.name for source in parse(made.encode())[0]] == ["Mail"]
    assert all(comment in made for comment in ("# feeds I read daily", "# mail", "# the end"))
    assert "best" not in made


def test_taken_name_is_refused() -> None:
    with pytest.raises(ConfigError, match="also the name"):
        appended(MINE, [block({"name": "mail", "kind": "folder", "address": "/y"})])


def test_unknown_name_is_refused() -> None:
    with pytest.raises(NotFoundError):
        without(MINE, "Wrack")


NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp", "Cf", "Co", "Cn"]), min_size=1, max_size=30)


@given(NAMES.map(str.strip).filter(lambda name: name and name.casefold() not in ("kelp", "mail")))
def test_append_then_remove_restores_the_sources(name: str) -> None:
    made = appended(MINE, [block({"name": name, "kind": "folder", "address": "/z"})])
    sources = parse(made.encode())[0]
    assert without(made, sources[-1].name).rstrip("\n") == MINE.rstrip("\n")
