"""Tests of the app's error log."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from briefreader import display
from briefreader.tui import workers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    yield
    workers.log.handlers, workers.log.propagate = [], True


def fault() -> Exception:
    try:
        raise ValueError("in \x1b]52;c;ZXZpbA==\x07 a document")
    except ValueError as error:
        return error


def test_logged_error_has_no_control_characters(tmp_path: Path) -> None:
    workers.set_up_log(tmp_path / "state")
    assert not (tmp_path / "state").exists()
    assert "details are in the log" in workers.describe_error(fault())
    text = (tmp_path / "state" / "briefreader.log").read_text()
    assert "Traceback" in text and "52;c;ZXZpbA==" in text
    assert text == display.clean(text)


def test_large_log_is_restarted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "MAX_LOG_BYTES", 2000)
    workers.set_up_log(tmp_path)
    for _ in range(50):
        workers.describe_error(fault())
    assert 0 < (tmp_path / "briefreader.log").stat().st_size < 4000


def test_unwritable_log_is_ignored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    workers.set_up_log(tmp_path / "file")
    workers.describe_error(fault())
    logging.getLogger("briefreader.tui").error("again")
    assert capsys.readouterr() == ("", "")
