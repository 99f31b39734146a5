from __future__ import annotations

import socket
import sys
from typing import TYPE_CHECKING, Any

from briefreader.cli.serve import app_command, offline_templates
from briefreader.cli.session import Session

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_serve_without_extra_says_what_to_install(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("textual_serve.server", "briefreader.cli.web_server"):
        monkeypatch.setitem(sys.modules, module, None)
    ran = cli("serve")
    assert ran.code == 1
    assert "serve needs the extra web" in ran.err and "pipx install --force '.[web]'" in ran.err


def test_serve_on_a_port_in_use_fails(cli: Any, tmp_path: Path, loopback: None) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        ran = cli("serve", "--port", other.getsockname()[1])
    assert ran.code == 1
    assert "address already in use" in ran.err
    assert not ran.out


def test_app_command_keeps_paths_with_spaces_whole(tmp_path: Path) -> None:
    session = Session(library_dir=tmp_path / "a b", taxonomy=tmp_path / "t.yaml")
    words = app_command(session, demo=True)
    assert words[words.index("--library") + 1] == str(tmp_path / "a b")
    assert words[words.index("--taxonomy") + 1] == str(tmp_path / "t.yaml")
    assert words[-1] == "--demo"


def test_page_loads_nothing_from_other_hosts(tmp_path: Path) -> None:
    packed, made = tmp_path / "packed", tmp_path / "made"
    packed.mkdir()
    made.mkdir()
    (packed / "index.html").write_text(
        '<link rel="a" href="{{ own }}"/><link\n rel="b"\n href="https://fonts.example/x"\n/><p>Text</p>'
    )
    offline_templates(packed, made)
    assert (made / "index.html").read_text() == '<link rel="a" href="{{ own }}"/><p>Text</p>'
