"""Process keys one at a time, each after the previous one has taken effect.

Textual sends a key to the widget that has the focus when the key is read. Keys that arrive fast (over SSH, or from
``tmux send-keys``) could reach the wrong widget: the ``t`` of ``/topic`` would open the tag editor if the filter line
didn't have the focus yet. Here a key waits until the previous command is done, so fast keys have the same effect as
slow ones. Text typed into a field doesn't wait for data to load.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Any

from textual import events

from briefreader.tui.keys import Chords
from briefreader.tui.workers import BACKGROUND_GROUPS, LIST_GROUPS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence

    from textual.app import App
    from textual.dom import DOMNode
    from textual.worker import Worker

    Typed = events.Key | events.Paste

_QUIET_TURNS = 3  # idle turns of the event loop after which a key counts as handled
_FAST_TURNS = 200  # turns of the event loop without a pause; later ones are ``_PAUSE_SECONDS`` apart
_PAUSE_SECONDS = 0.002


# Commands whose keys may be held down: they wait for the list and its rows, but not for the selected briefing.
SELECTING = frozenset({"main.mark", "main.next_briefing", "main.previous_briefing"})


class KeyQueue:
    """A queue of keys and pasted text; ``send`` passes one event to Textual."""

    def __init__(self, app: App[Any], send: Callable[[Typed], Awaitable[None]]) -> None:
        self._app = app
        self._send = send
        self._waiting: deque[Typed] = deque()
        self._chords = Chords(lambda: list(app.screen.active_bindings))
        self._sending: asyncio.Task[None] | None = None
        self._closed = False

    def add(self, event: Typed) -> None:
        """Append an event."""
        if not self._closed:
            self._waiting.append(event)
            if self.idle:
                self._sending = asyncio.create_task(self._send_all(), name="keys")

    def close(self) -> None:
        """Drop all queued events, before the app quits."""
        self._closed = True
        self._waiting.clear()

    @property
    def idle(self) -> bool:
        """Whether every event has been sent and handled."""
        return self._sending is None or self._sending.done()

    async def _send_all(self) -> None:
        """Send the queued events one by one, each after the previous one."""
        while self._waiting:
            for event in self._with_chords(self._waiting.popleft()):
                await self._wait_for_workers(event)
                if self._closed:
                    return
                target = self._target
                await self._send(event)
                await self._wait_until_handled(target)

    @property
    def _target(self) -> DOMNode:
        return self._app.focused or self._app.screen

    def _is_text(self, event: Typed) -> bool:
        """Whether the focused widget takes the event as text input."""
        if isinstance(event, events.Paste):
            return True
        focused = self._app.focused
        return focused is not None and focused.check_consume_key(event.key, event.character)

    def _with_chords(self, event: Typed) -> Sequence[Typed]:
        """Return the events to send on for an event.

        The first key of a chord gives none. The second gives the chord, or both keys if they are no chord.
        """
        if isinstance(event, events.Paste) or self._is_text(event):
            return [event]
        keys = self._chords.feed(event.key)
        if keys == [event.key]:
            return [event]
        return [events.Key(key, key if len(key) == 1 else None) for key in keys]

    async def _wait_for_workers(self, event: Typed) -> None:
        """Wait for work that a key depends on, such as loading the list."""
        while not self._is_text(event) and self._must_wait(event):
            await asyncio.sleep(_PAUSE_SECONDS)
            await self._wait_until_handled(self._target)

    def _must_wait(self, event: Typed) -> bool:
        """Whether work is running on the active screen that the key must wait for."""
        running = {worker.group for worker in self._app.workers if not worker.is_finished and self._is_on_top(worker)}
        running -= BACKGROUND_GROUPS
        if not running or not isinstance(event, events.Key):
            return bool(running)
        active = self._app.screen.active_bindings.get(event.key)
        command = (active.binding.id or "") if active is not None else ""
        if command in SELECTING:
            return bool(running & (LIST_GROUPS | {"rows"}))
        focus = getattr(self._app.focused, "id", "")
        if command.startswith("list.") and focus == "library":
            return "command" in running  # the library pane doesn't depend on the list of briefings
        moves = command.startswith("list.") and command != "list.choose"
        needed = LIST_GROUPS | {"briefing", "insights"} if focus == "insights" else LIST_GROUPS
        return bool(running & needed if moves else running)

    def _is_on_top(self, worker: Worker[Any]) -> bool:
        return worker.node is self._app or (worker.node.is_attached and worker.node.screen is self._app.screen)

    async def _wait_until_handled(self, target: DOMNode) -> None:
        """Wait until a key sent to ``target`` and its messages are handled."""
        quiet = turns = 0
        while quiet < _QUIET_TURNS:
            turns += 1
            await asyncio.sleep(0 if turns < _FAST_TURNS else _PAUSE_SECONDS)
            busy = any(node.message_queue_size for node in (*self._path(target), *self._path(self._target)))
            quiet = 0 if busy else quiet + 1

    def _path(self, node: DOMNode | None) -> Iterator[DOMNode]:
        """Yield the nodes from a widget up to the app; none for a removed widget."""
        while node is not None and (node.is_attached or node is self._app):
            yield node
            node = node.parent
