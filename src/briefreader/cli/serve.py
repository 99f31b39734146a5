"""The ``serve`` command: the app in a browser on this machine."""

from __future__ import annotations

import inspect
import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from briefreader.cli.command import command
from briefreader.errors import MissingExtraError

if TYPE_CHECKING:
    from briefreader.cli.session import Session

LOOPBACK = "127.0.0.1"


@command("serve")
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8000, metavar="N", help="Port to listen on. Default: 8000."
)
@click.option("--demo", is_flag=True, help="Serve the sample briefings, in a temporary library.")
@click.option("--many", is_flag=True, help="Allow several sessions; print a new URL after each one is opened.")
def serve(session: Session, port: int, demo: bool, many: bool) -> None:
    """Serve the app to a browser on this machine, until you press Ctrl-C.

    Listens on 127.0.0.1 only. Open the printed URL within ten minutes. It works once: you can reload the page, but not
    open the URL again.

    Needs the extra web (see README.md).
    """
    try:
        import textual_serve.server

        from briefreader.cli.web_access import Access
        from briefreader.cli.web_server import GuardedServer
    except ImportError as error:
        raise MissingExtraError("serve", "web") from error
    words = app_command(session, demo=demo)
    command = subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)
    access = Access(LOOPBACK, port, many=many)

    def announce(address: str) -> None:
        session.out.info("Open in a browser on this machine (works once); press Ctrl-C to stop:")
        session.out.record({"address": address})
        session.out.line(address)
        session.out.flush()

    with tempfile.TemporaryDirectory(prefix="briefreader-") as folder:
        packed = Path(inspect.getfile(textual_serve.server)).parent / "templates"
        templates = offline_templates(packed, Path(folder))
        GuardedServer(command, access, announce, title="briefreader", templates_path=templates).serve()


def offline_templates(packed: Path, folder: Path) -> Path:
    """Copy the server's templates without links to fonts on other hosts."""
    for template in packed.glob("*.html"):
        text = re.sub(r'<link\b[^>]*\bhref="https?://[^>]*>', "", template.read_text(encoding="utf-8"))
        (folder / template.name).write_text(text, encoding="utf-8")
    return folder


def app_command(session: Session, *, demo: bool) -> list[str]:
    """Return the command line that starts the app with the same global options."""
    words = [sys.executable, "-P", "-m", "briefreader", "--library", str(session.folder.absolute())]
    if session.config:
        words += ["--config", str(session.config.absolute())]
    if session.taxonomy:
        words += ["--taxonomy", str(session.taxonomy_file.absolute())]
    return [*words, "--demo"] if demo else words
