"""The app: themes, keys, the open library, and commands that work everywhere."""

from __future__ import annotations

import asyncio
import datetime
import gc
import signal
import sys
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, work
from textual.app import App
from textual.geometry import Region

from briefreader import paths
from briefreader.config import Settings
from briefreader.display import clean, one_line
from briefreader.errors import BriefreaderError
from briefreader.tui import preload
from briefreader.tui.commands import COMMANDS, Command, Scope
from briefreader.tui.key_queue import KeyQueue
from briefreader.tui.keys import Keymap, bindings
from briefreader.tui.listings import newest
from briefreader.tui.screens.main import MainScreen
from briefreader.tui.session import Session
from briefreader.tui.terminal import outlive_terminal, stop_input
from briefreader.tui.themes import THEMES, fallback, sixteen_color_variant
from briefreader.tui.workers import describe_error, set_up_log

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from textual.actions import ActionParseResult
    from textual.binding import BindingType
    from textual.command import Provider
    from textual.dom import DOMNode
    from textual.driver import Driver
    from textual.notifications import SeverityLevel
    from textual.screen import Screen

    from briefreader.library import Library
    from briefreader.tui.messages import StatusChanged


def _palette() -> type[Provider]:
    from briefreader.tui.palette import Commands

    return Commands


class BriefreaderApp(App[None], inherit_bindings=False):
    """The app, opened with one library.

    Args:
        library: the library to show.
        settings: the user's settings.
        problems: messages about invalid settings, to be shown at the start.
        remember: whether the session (query, pane, theme …) is restored, and saved on quitting.
        demo: whether ``library`` is the temporary demo library; a message then offers the tour.
        today: the current date; tests set it.
    """

    TITLE = "briefreader"
    CSS_PATH = "screens/main.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings("app")
    SCOPES: ClassVar[tuple[str, ...]] = ("app",)
    COMMANDS: ClassVar[set[Any]] = {_palette}
    COMMAND_PALETTE_BINDING = "ctrl+p"
    NOTIFICATION_TIMEOUT = 8

    def __init__(
        self,
        library: Library,
        *,
        settings: Settings | None = None,
        problems: Sequence[str] = (),
        remember: bool = True,
        demo: bool = False,
        today: datetime.date | None = None,
    ) -> None:
        self.settings = settings or Settings()
        self.keymap = Keymap(self.settings.keys)
        super().__init__()
        self.library = library
        self.today = today or datetime.datetime.now().astimezone().date()
        self._problems = [*problems, *self.keymap.problems]
        self._demo = demo
        self._terminal: Driver | None = None
        self._own_library: Library | None = None  # the demo library, if opened from the welcome list
        self.keys = KeyQueue(self, super().on_event)
        self._state = paths.state_dir() if remember else None
        session = Session.load(self._state, library.folder) if self._state else Session()
        self._session = session
        self.exported_to = session.exported_to
        for theme in THEMES:
            self.register_theme(sixteen_color_variant(theme) if self.console.color_system == "standard" else theme)
        wanted = self.settings.app.theme or session.theme or THEMES[0].name
        # Assigning the theme would call its watcher, which parses all style sheets a second time.
        self.set_reactive(App.theme, wanted if wanted in self.available_themes else THEMES[0].name)
        self.stylesheet.set_variables(self.get_css_variables())
        self.watch_ansi_theme_dark(self.ansi_theme_dark)
        self.watch_ansi_theme_light(self.ansi_theme_light)
        if wanted not in self.available_themes:
            self._problems.append(f"theme: no theme called {one_line(wanted, 40)!r}")
        self.animation_level = "full" if self.settings.app.animations else "none"
        self.set_keymap(dict(self.keymap.changed.items()))

    def run(self, *args: Any, **options: Any) -> None:
        """Run the app until the user quits; unexpected errors of background tasks are logged."""
        set_up_log(paths.state_dir())
        super().run(*args, **options)

    def _build_driver(self, *args: Any, **options: Any) -> Driver:
        self._terminal = super()._build_driver(*args, **options)
        outlive_terminal(self._terminal)
        return self._terminal

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return values of the style variables that the current theme doesn't set."""
        return fallback(self.current_theme)

    def get_default_screen(self) -> Screen[Any]:
        """Create the main screen."""
        session = self._session
        # With these rows, which load in 2 ms, the first paint is complete. A query would take longer.
        first = newest(self.library, session.briefing) if not session.query else None
        return MainScreen(self.library, session, first)

    def on_mount(self) -> None:
        """Start timers and background tasks, and report invalid settings."""
        self.set_timer(preload.PRELOAD_DELAY, self._preload)
        self.call_after_refresh(self._enable_collection)
        if not self.is_headless:
            self._quit_with_the_terminal()
        if self._demo:
            self.call_after_refresh(self._greet)
        for problem in self._problems:
            self.call_after_refresh(partial(self.notify, problem, severity="warning", timeout=20))

    @work(group="preload", exit_on_error=False)
    async def _preload(self) -> None:
        await asyncio.to_thread(preload.import_modules, preload.DIALOGS)
        preload.exempt_from_collection(self)

    def _enable_collection(self) -> None:
        preload.exempt_from_collection(self)
        gc.enable()  # cli/app.py disabled it until the first paint

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Move the terminal's cursor to the focused widget, and stop its blinking without animations."""
        if self.animation_level == "none" and hasattr(event.widget, "cursor_blink"):
            event.widget.cursor_blink = False
        self.call_after_refresh(self._place_cursor)

    def _place_cursor(self) -> None:
        """Move the terminal's cursor to the focused widget, where screen readers read."""
        at = getattr(self.focused, "cursor_screen_offset", self.cursor_position)
        if at != self.cursor_position and self.focused is not None:
            self.cursor_position = at
            self.focused.refresh(Region(0, 0, 1, 1))  # Textual moves the cursor when it draws

    def on_unmount(self) -> None:
        """Close the demo library, if it was opened from the welcome list; closing deletes it."""
        if self._own_library is not None:
            self._own_library.close()

    def _quit_with_the_terminal(self) -> None:
        """Quit on SIGHUP and SIGTERM, and when the terminal is closed."""
        for name in ("SIGHUP", "SIGTERM"):
            with suppress(AttributeError, NotImplementedError):  # not supported on Windows
                asyncio.get_running_loop().add_signal_handler(
                    getattr(signal, name), lambda: self.call_later(self.action_quit)
                )
        if sys.stdin.isatty():
            # Without a controlling terminal no signal is sent, and Textual would read end-of-file forever.
            self.set_interval(2, self._check_the_terminal)

    async def _check_the_terminal(self) -> None:
        if not sys.stdin.isatty():
            await self.action_quit()

    # Messages

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """Show a notification, as plain text unless ``markup`` is set."""
        super().notify(clean(message), title=title, severity=severity, timeout=timeout, markup=markup)

    def on_status_changed(self, event: StatusChanged) -> None:
        """Show a status message as a notification, on screens without a status line."""
        severities: dict[str, SeverityLevel] = {"warning": "warning", "error": "error"}
        self.notify(event.text, severity=severities.get(event.kind, "information"))

    def key_of(self, command_id: str) -> str:
        """Return the first key of a command, for display."""
        return self.keymap.shown(COMMANDS[command_id], 1)

    # Keys and commands

    async def on_event(self, event: events.Event) -> None:
        """Add keys and pasted text to the ``KeyQueue``; handle other events at once.

        Input fields draw pasted text, so unsafe characters are replaced first.
        """
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            await super().on_event(event)
            return
        if isinstance(event, events.Paste):
            event.text = clean(event.text)
        self.keys.add(event)

    def scopes_of(self, screen: Screen[Any]) -> tuple[Scope, ...]:
        """Return the scopes that receive keys on a screen, innermost first."""
        node: DOMNode | None = screen.focused or screen
        found: list[Scope] = []
        while node is not None:
            found += [scope for scope in getattr(node, "SCOPES", ()) if scope not in found]
            if node.is_modal:
                break
            node = node.parent
        if "app" not in found:
            found.append("app")
        return tuple(found)

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Run an action, and advance the tour if its current step asks for this action."""
        ran = await super().run_action(action, default_namespace, namespaces)
        if ran and isinstance(action, str) and (main := self.main_screen) is not None and main.is_mounted:
            main.tour.advance(action.partition("(")[0].rpartition(".")[2])
        return ran

    async def run_command(self, command: Command) -> None:
        """Run a command on the focused widget, its screen or the app."""
        node: DOMNode | None = self.screen.focused or self.screen
        while node is not None:
            if command.scope in getattr(node, "SCOPES", ()):
                await self.run_action(command.action, node)
                return
            node = node.parent

    async def action_run(self, command_id: str) -> None:
        """Run a command by its ID."""
        await self.run_command(COMMANDS[command_id])

    def action_help(self) -> None:
        """Show the keys for this screen."""
        from briefreader.tui.screens.help import help_page

        self.push_screen(help_page(self.scopes_of(self.screen), self.keymap, min(self.size.width, 104) - 12))

    def action_tour(self) -> None:
        """Start or end the one-minute tour."""
        from briefreader.tui.screens.dialog import TextPage

        if isinstance(self.screen, TextPage):
            self.pop_screen()
        if self.screen is (main := self.main_screen):
            if main.has_class("-empty"):
                main.show_status("The tour needs something to read: open the demo, or add briefings", "warning")
            elif main.tour.toggle():
                main.show_pane("briefings")
        else:
            self.notify("The tour runs on the main screen; close this one first")

    def action_palette(self) -> None:
        """Find a command by name."""
        self.action_command_palette()

    def action_theme(self) -> None:
        """Change the theme."""
        from briefreader.tui.screens.theming import ThemeDialog

        own = [theme.name for theme in THEMES]
        self.push_screen(ThemeDialog([*own, *sorted(set(self.available_themes) - set(own))], self.theme))

    def action_interrupt(self) -> None:
        """Copy the mouse selection; without one, say which key quits."""
        if text := self.screen.get_selected_text():
            from briefreader.tui import external_tools

            self.notify(external_tools.copy(self, text))
        else:
            self.notify(f"Nothing selected to copy · {self.key_of('app.quit')} quits")

    async def action_quit(self) -> None:
        """Save the session and quit."""
        self.keys.close()
        if (main := self.main_screen) is not None:
            await main.changes.finished()
            session, place = main.session(), main.reader.focused_position
            state = self._state if self._own_library is None else None
            await asyncio.to_thread(self._keep, session, place, state)
        self.library.detach()
        await asyncio.to_thread(stop_input, self._terminal)
        self.exit()

    def _keep(self, session: Session, place: tuple[str, int] | None, state: Path | None) -> None:
        if place is not None:
            with suppress(BriefreaderError):  # quit even if saving fails
                self.library.set_position(*place)
        if state is not None:
            session.save(state, self.library.folder)

    @property
    def main_screen(self) -> MainScreen | None:
        """The topmost main screen, or None; a demo opened from the welcome list has its own."""
        return next((screen for screen in reversed(self.screen_stack) if isinstance(screen, MainScreen)), None)

    def _greet(self) -> None:
        if (main := self.main_screen) is not None:
            tour, keys = self.key_of("app.tour"), self.key_of("app.help")
            main.show_status(f"Demo: nothing is saved · {tour} starts a one-minute tour, {keys} lists the keys")

    @work(exclusive=True, group="demo", exit_on_error=False)
    async def open_demo(self) -> None:
        """Open the sample briefings in a temporary library."""
        from briefreader.library import Library

        if (main := self.main_screen) is None:
            return
        main.top.busy("opening the demo")
        try:
            library = await asyncio.to_thread(Library.demo)
        except Exception as error:
            main.show_status(describe_error(error), "error")
            return
        finally:
            main.top.busy("")
        self._own_library = library
        self.library = library
        # Textual can't replace the default screen, because it was never pushed.
        await self.push_screen(MainScreen(library, Session()))
        self._greet()


def key_rows(own: dict[str, str]) -> list[tuple[str, str, str]]:
    """Return every command as ``(id, keys, label)``; ``own`` has the settings in ``[keys]``."""
    keymap = Keymap(own)
    return [(command.id, keymap.shown(command), command.label) for command in COMMANDS.values()]


def key_problems(own: dict[str, str]) -> list[str]:
    """Return messages about invalid or conflicting settings in ``[keys]``."""
    return Keymap(own).problems
