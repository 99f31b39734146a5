"""What a format's reader understood of one document, before it is cleaned and its insights are found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from briefreader.model import Origin

if TYPE_CHECKING:
    from collections.abc import Sequence

    from briefreader.model import Cut, Original, Problem, Sponsor
    from briefreader.reading.html_to_markdown import Rendered

Form = Literal["markdown", "flat", "plain"]


@dataclass(slots=True)
class Draft:
    """One document as a reader of its format left it.

    ``form`` says what ``body`` is: Markdown; Markdown whose lines may have been joined or wrapped ("flat"); or plain
    text, which stays as typed. ``abstract`` is the document's own. ``blocks`` says how the blocks of an HTML mail
    looked. ``stated`` holds insights that were given apart from the body, as (title, text).
    """

    original: Original
    body: str = ""
    title: str = ""
    source: str = ""
    author: str = ""
    published: str = ""
    url: str = ""
    language: str = ""
    abstract: str = ""
    form: Form = "markdown"
    blocks: Sequence[Rendered] = ()
    stated: Sequence[tuple[str, str]] = ()
    sponsors: Sequence[Sponsor] = ()
    tags: Sequence[str] = ()
    cuts: list[Cut] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    origin: Origin = field(default=Origin())  # readers of mail and feeds fill it, ``finish`` completes it
