"""Terminal output: colour choice, encoding, and styled lines of Markdown."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING, Literal, TextIO

if TYPE_CHECKING:
    from rich.text import Text

    from briefreader.markdown_layout import Line

Color = Literal["auto", "always", "never"]
STYLES = {
    "h1": "bold underline", "h2": "bold cyan", "h3": "bold", "strong": "bold", "em": "italic", "s": "strike",
    "code": "magenta", "link": "underline", "mark": "yellow", "rule": "dim", "muted": "dim",
}  # fmt: skip
"""Rich style of each role in a layout of Markdown."""


def color_choice(option: Color | None, setting: Color) -> Color:
    """Return when to colour the output.

    It is the first that is set: ``--color``, NO_COLOR, FORCE_COLOR or CLICOLOR_FORCE, the setting.
    """
    if option in ("always", "never"):
        return option
    if os.environ.get("NO_COLOR"):
        return "never"
    if any(os.environ.get(name, "0") not in ("", "0") for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return "always"
    return option or setting


def laid_out(line: Line, *, links: bool) -> Text:
    """Return a styled line of Markdown.

    With ``links``, links become OSC 8 hyperlinks.
    """
    from rich.style import Style
    from rich.text import Text

    from briefreader.exporting.markdown import safe_url

    made = Text()
    for run in line.runs:
        style = Style.parse(" ".join(STYLES.get(role, "") for role in run.style.split()))
        if links and run.url and (url := safe_url(run.url)):
            style += Style(link=url)
        made.append(run.text, style)
    return made


def replace_unencodable() -> None:
    """Make stdout and stderr write "?" for characters that their encoding lacks."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and not writes_utf8(stream):
            stream.reconfigure(errors="replace")


def writes_utf8(stream: TextIO) -> bool:
    """Return whether a stream can encode every character."""
    return (getattr(stream, "encoding", None) or "utf-8").lower().replace("-", "") == "utf8"
