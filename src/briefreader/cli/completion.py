"""``completion``: what a shell needs to complete commands, options, ids, topics and queries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from briefreader.cli.command import command

if TYPE_CHECKING:
    from briefreader.cli.session import Session


@command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(session: Session, shell: str) -> None:
    """Print the completion script of a shell; sourced by it, briefreader completes as you type.

    bash: eval "$(briefreader completion bash)" in ~/.bashrc. zsh: the same in ~/.zshrc.
    fish: briefreader completion fish > ~/.config/fish/completions/briefreader.fish
    """
    from click.shell_completion import get_completion_class

    from briefreader.cli.main import COMPLETE, root

    kind = get_completion_class(shell)
    assert kind is not None
    session.out.text(kind(root, {}, "briefreader", COMPLETE).source())
