"""The ``completion`` command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from briefreader.cli.command import command

if TYPE_CHECKING:
    from briefreader.cli.session import Session


@command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(session: Session, shell: str) -> None:
    """Print the completion script for a shell.

    bash: add this line to ~/.bashrc: eval "$(briefreader completion bash)"

    zsh: add this line to ~/.zshrc: eval "$(briefreader completion zsh)"

    fish: run this once: briefreader completion fish > ~/.config/fish/completions/briefreader.fish
    """
    session.out.text(script(shell))


def script(shell: str) -> str:
    """Return the completion script for bash, zsh or fish."""
    from click.shell_completion import get_completion_class

    from briefreader.cli.main import COMPLETE, root

    kind = get_completion_class(shell)
    assert kind is not None
    made = kind(root, {}, "briefreader", COMPLETE)
    return f"{(made.source_template % made.source_vars()).strip()}\n"
