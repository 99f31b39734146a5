"""Convert data tables to Markdown; layout tables are recognised and left to the caller."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

WHITE_SPACE = re.compile(r"[ \t\r\n\f\xa0]+")
MAX_CELLS = 4000  # a table with more cells counts as a layout table
_SEPARATED = frozenset("br p div li ul ol dd dt hr h1 h2 h3 h4 h5 h6 td th".split())


def data_rows(table: _Element) -> list[list[str]]:
    """Return the cells of a data table by row; [] for a layout table.

    A data table has header cells or a border, at least two rows and columns, and short cells. It contains no images and
    no tables.
    """
    if (table.get("role") or "").lower() in ("presentation", "none"):
        return []
    headed = table.find(".//th") is not None
    if not headed and (table.get("border") or "0") in ("0", ""):
        return []
    if table.find(".//table") is not None or table.find(".//img") is not None:
        return []
    rows: list[list[str]] = []
    cells = 0
    for row in table.iter("tr"):
        texts = [_cell(cell) for cell in row if cell.tag in ("td", "th")]
        cells += len(texts)
        if cells > MAX_CELLS:
            return []
        if any(texts):
            rows.append(texts)
    if len(rows) < 2 or max(map(len, rows)) < 2 or any(len(t) > 200 for row in rows for t in row):
        return []
    return rows


def _cell(cell: _Element) -> str:
    """Return the words of a cell, with spaces between its lines and blocks."""
    from lxml import etree

    parts: list[str] = []
    for event, element in etree.iterwalk(cell, events=("start", "end")):
        separator = " " if element.tag in _SEPARATED else ""
        if event == "start":
            parts += [separator, element.text or ""]
        elif element is not cell:
            parts += [separator, element.tail or ""]
    return WHITE_SPACE.sub(" ", "".join(parts)).strip()


def markdown_table(rows: list[list[str]]) -> str:
    """Return rows of plain cells as a Markdown table; the first row is the header, shorter rows are padded."""
    width = max(map(len, rows))
    lines = [
        "| " + " | ".join(t.replace("\\", "\\\\").replace("|", "\\|") for t in row + [""] * (width - len(row))) + " |"
        for row in rows
    ]
    lines.insert(1, "|" + " --- |" * width)
    return "\n".join(lines)
