"""A document as parsed by a format's reader, before it is cleaned and its insights are found."""

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
    """A parsed document.

    ``form`` describes ``body``: Markdown; Markdown whose lines may have been joined or wrapped ("flat"); or plain text,
    kept as typed. ``abstract`` is the document's own. ``published`` is in ISO 8601. ``blocks`` are those of an HTML
    mail, with their appearance. ``stated`` are insights given separately from the body, as (title, text).
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
    origin: Origin = field(default=Origin())  # set by the readers of mail and feeds, completed by ``finish``
