"""Check that only ``sources/`` opens outgoing connections."""

import ast
from pathlib import Path

import briefreader

PACKAGE = Path(briefreader.__file__).parent
CONNECTING = {"urllib.request", "http.client", "imaplib", "smtplib", "poplib", "ftplib", "requests"}
SERVERS = {"cli/serve.py"}  # listens on loopback


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_only_sources_imports_network_modules() -> None:
    found = {
        path.relative_to(PACKAGE).as_posix(): sorted(imported(path) & CONNECTING)
        for path in PACKAGE.rglob("*.py")
        if imported(path) & CONNECTING
    }
    elsewhere = {name for name in found if not name.startswith("sources/")} - SERVERS
    assert "sources/http.py" in found
    assert not elsewhere, {name: found[name] for name in elsewhere}
