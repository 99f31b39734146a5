"""The ``mcp`` command."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from briefreader.cli.command import command

if TYPE_CHECKING:
    from briefreader.cli.session import Session


@command("mcp")
@click.option("--allow-decide", is_flag=True, help="Allow the assistant to accept and reject topics (undoable).")
def mcp(session: Session, allow_decide: bool) -> None:
    """Serve the library to an AI assistant over the Model Context Protocol (stdio).

    Makes no network connections, and is read-only without --allow-decide. The assistant's client starts this command:
    see docs/assistants.md.
    """
    from briefreader.cli.mcp.server import Server
    from briefreader.cli.mcp.tools import Toolbox

    with session.library(readonly=not allow_decide) as library:
        Server(Toolbox(library, allow_decide=allow_decide)).serve(sys.stdin.buffer, sys.stdout.buffer)
