from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from briefreader.cli.serve import offline_templates

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_without_the_extra_it_says_what_to_install(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "textual_serve.server", None)
    ran = cli("serve")
    assert ran.code == 1
    assert "pip install 'briefreader[web]'" in ran.err


def test_it_listens_on_loopback_only_and_serves_this_library(
    cli: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[Any] = []

    class Server:
        def __init__(self, command: str, **options: Any) -> None:
            served.append((command, options))

        def serve(self) -> None:
            served.append("serving")

    module = type(sys)("textual_serve.server")
    monkeypatch.setattr(module, "Server", Server, raising=False)
    monkeypatch.setitem(sys.modules, "textual_serve", type(sys)("textual_serve"))
    monkeypatch.setitem(sys.modules, "textual_serve.server", module)
    assert cli("serve", "--port", "9000", "--library", tmp_path / "a b").code == 0
    [(command, options), after] = served
    assert after == "serving"
    assert (options["host"], options["port"]) == ("127.0.0.1", 9000)
    assert command.endswith(f"--library '{tmp_path / 'a b'}'")


def test_the_page_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    packed, made = tmp_path / "packed", tmp_path / "made"
    packed.mkdir()
    made.mkdir()
    (packed / "index.html").write_text(
        '<link rel="a" href="{{ own }}"/><link\n rel="b"\n href="https://fonts.example/x"\n/><p>Text</p>'
    )
    offline_templates(packed, made)
    assert (made / "index.html").read_text() == '<link rel="a" href="{{ own }}"/><p>Text</p>'
