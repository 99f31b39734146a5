"""Tests of delivering new mails and files of folders."""

from pathlib import Path

import pytest

from briefreader.errors import ReadingError
from briefreader.sources.config import Kind, Source
from briefreader.sources.folders import folder_items, maildir_items, mbox_items, message_key
from briefreader.sources.items import State

MESSAGE = b"From: a@oak.example\nSubject: One\n\nText.\n"


def source(kind: Kind, path: Path) -> Source:
    return Source("s", kind, str(path))


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    for name in ("cur", "new", "tmp"):
        (tmp_path / "mail" / name).mkdir(parents=True)
    (tmp_path / "mail" / "new" / "1700.M1.host").write_bytes(MESSAGE)
    (tmp_path / "mail" / "cur" / "1600.M1.host:2,S").write_bytes(MESSAGE)
    return tmp_path / "mail"


def test_maildir_delivers_only_new_messages(maildir: Path) -> None:
    found = list(maildir_items(source("maildir", maildir), State(), {}))
    assert [item.key for item in found] == ["1600.M1.host", "1700.M1.host"]
    seen = {item.key: "" for item in found}
    (maildir / "new" / "1700.M1.host").rename(maildir / "cur" / "1700.M1.host:2,FS")
    (maildir / "new" / "1800.M1.host").write_bytes(MESSAGE)
    assert [item.key for item in maildir_items(source("maildir", maildir), State(), seen)] == ["1800.M1.host"]


def test_message_renamed_while_reading_is_found(maildir: Path) -> None:
    found = list(maildir_items(source("maildir", maildir), State(), {}))
    (maildir / "new" / "1700.M1.host").rename(maildir / "cur" / "1700.M1.host:2,S")
    with found[1].open() as stream:
        assert stream.read() == MESSAGE


def test_message_deleted_while_reading_is_its_own_error(maildir: Path) -> None:
    found = list(maildir_items(source("maildir", maildir), State(), {}))
    (maildir / "new" / "1700.M1.host").unlink()
    with pytest.raises(FileNotFoundError):
        found[1].open()


@pytest.mark.parametrize("name", ["1.M2.h:2,RS", "1.M2.h!2,S", "1.M2.h;2,", "1.M2.h"])
def test_message_key_has_no_flags(name: str) -> None:
    assert message_key(name) == "1.M2.h"


def test_mbox_delivers_appended_messages(tmp_path: Path) -> None:
    path, state = tmp_path / "box", State()
    first, second = b"From a\n" + MESSAGE + b"\n", b"From b\n" + MESSAGE + b"\n"
    path.write_bytes(first)
    assert [item.open().read() for item in mbox_items(source("mbox", path), state, {})] == [first]
    assert not list(mbox_items(source("mbox", path), state, {}))
    path.write_bytes(first + second)
    state = State.from_json(state.to_json())
    assert [item.open().read() for item in mbox_items(source("mbox", path), state, {})] == [second]


def test_rewritten_mbox_is_read_from_its_start(tmp_path: Path) -> None:
    path, state = tmp_path / "box", State()
    path.write_bytes(b"From a\n" + MESSAGE + b"\n")
    list(mbox_items(source("mbox", path), state, {}))
    rewritten = b"From b\n" + MESSAGE.replace(b"One", b"Two") + b"\n" + b"From c\n" + MESSAGE
    path.write_bytes(rewritten)
    assert [item.open().read() for item in mbox_items(source("mbox", path), state, {})] == [rewritten]


def test_folder_delivers_new_and_changed_files(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("one")
    (tmp_path / "b.md").write_text("two")

    def files(root: Path) -> list[Path]:
        return sorted(root.iterdir())

    found = list(folder_items(source("folder", tmp_path), State(), {}, lambda root: iter(files(root))))
    seen = {item.key: item.stamp for item in found}
    assert list(seen) == ["a.md", "b.md"]
    (tmp_path / "b.md").write_text("two, longer")
    (tmp_path / "c.md").write_text("three")
    again = folder_items(source("folder", tmp_path), State(), seen, lambda root: iter(files(root)))
    assert [item.key for item in again] == ["b.md", "c.md"]


def test_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ReadingError, match="folder not found"):
        list(folder_items(source("folder", tmp_path / "gone"), State(), {}, lambda root: iter(())))
    with pytest.raises(ReadingError, match="not a Maildir"):
        list(maildir_items(source("maildir", tmp_path), State(), {}))


def test_state_backs_off_and_recovers() -> None:
    state = State()
    waits = []
    for _ in range(12):
        state.failed("no answer", 3600, 1000.0)
        waits.append(state.retry_at - 1000.0)
    assert waits[:3] == [3600, 7200, 14_400]
    assert max(waits) == 86_400
    state.succeeded(2000.0)
    assert state.is_due(3600, 5601.0)
    assert not state.is_due(3600, 5599.0)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"errors": "three", "position": 4, "unknown": 1}', "null"])
def test_unreadable_state_is_ignored(text: str) -> None:
    assert State.from_json(text) == State()
