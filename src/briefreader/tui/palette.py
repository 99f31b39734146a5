"""The command palette: find the commands of the current screen by name."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from briefreader.tui.commands import commands_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from briefreader.tui.app import BriefreaderApp
    from briefreader.tui.commands import Command


class Commands(Provider):
    """A provider of commands, found by label, help and ID."""

    @property
    def _briefreader(self) -> BriefreaderApp:
        return cast("BriefreaderApp", self.app)

    def _commands(self) -> Iterator[Command]:
        app = self._briefreader
        for scope in app.scopes_of(self.screen):
            yield from commands_of(scope)

    async def discover(self) -> Hits:
        """Yield all commands of the screen, those in the hint line first."""
        for command in sorted(self._commands(), key=lambda command: (command.footer or 100, command.scope == "list")):
            yield DiscoveryHit(self._shown(command), partial(self._run, command), text=command.label, help=command.help)

    async def search(self, query: str) -> Hits:
        """Yield the commands that match the input."""
        matcher = self.matcher(query)
        for command in self._commands():
            score = max(
                matcher.match(command.label), 0.7 * matcher.match(command.help), 0.5 * matcher.match(command.id)
            )
            if score > 0:
                run = partial(self._run, command)
                yield Hit(score, self._shown(command), run, text=command.label, help=command.help)

    def _shown(self, command: Command) -> Content:
        return Content.assemble(command.label, "  ", (self._briefreader.keymap.shown(command), "$muted"))

    async def _run(self, command: Command) -> None:
        await self._briefreader.run_command(command)
