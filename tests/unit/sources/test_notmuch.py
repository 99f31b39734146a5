"""Tests of notmuch, partly with the real program if it is installed."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from briefreader.errors import ReadingError
from briefreader.sources.config import Source
from briefreader.sources.items import State
from briefreader.sources.notmuch import notmuch_items, write_topics

if TYPE_CHECKING:
    from pathlib import Path

NEWS = Source("News", "notmuch", "tag:news and not tag:spam")


@pytest.fixture
def mail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Maildir with a notmuch database of three messages, two of them tagged as news."""
    if shutil.which("notmuch") is None:
        pytest.skip("needs notmuch")
    folder = tmp_path / "mail"
    for name in ("cur", "new", "tmp"):
        (folder / name).mkdir(parents=True)
    config = tmp_path / "notmuch-config"
    config.write_text(f"[database]\npath={folder}\n[user]\nname=Ana\nprimary_email=ana@oak.example\n[new]\ntags=\n")
    monkeypatch.setenv("NOTMUCH_CONFIG", str(config))
    for name in ("one", "two", "three"):
        text = f"From: a@oak.example\nSubject: {name}\nMessage-ID: <{name}@oak.example>\n\nText.\n"
        (folder / "cur" / f"{name}:2,S").write_text(text)
    notmuch("new", "--quiet")
    notmuch("tag", "+news", "--", "subject:one or subject:two")
    return folder


def notmuch(*words: str) -> str:
    return subprocess.run(["notmuch", *words], check=True, capture_output=True, text=True).stdout


def tags(name: str) -> list[str]:
    return notmuch("search", "--output=tags", f"id:{name}@oak.example").split()


@pytest.mark.long
def test_messages_of_the_query_are_delivered_once(mail: Path) -> None:
    found = list(notmuch_items(NEWS, State(), {}))
    assert sorted(item.key for item in found) == ["one", "two"]
    assert b"Subject: " in found[0].open().read()
    assert not list(notmuch_items(NEWS, State(), {item.key: "" for item in found}))


@pytest.mark.long
def test_topics_become_tags_and_no_other_tag_changes(mail: Path) -> None:
    notmuch("tag", "+topic/old", "--", "id:one@oak.example")
    assert write_topics("*", {"<one@oak.example>": ["pricing", "open source"], "<three@oak.example>": []}) == 1
    assert tags("one") == ["news", "topic/open", "source", "topic/pricing"]
    assert write_topics("*", {"<one@oak.example>": ["pricing", "open source"]}) == 0
    write_topics("*", {"<one@oak.example>": []})
    assert tags("one") == ["news"]


@pytest.mark.long
def test_invalid_notmuch_query_is_an_error(mail: Path) -> None:
    with pytest.raises(ReadingError, match="notmuch"):
        list(notmuch_items(Source("Bad", "notmuch", "date:nonsense.."), State(), {})) or pytest.fail("no error")


def test_missing_notmuch_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ReadingError, match="not installed"):
        list(notmuch_items(NEWS, State(), {}))
