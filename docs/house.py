"""docs/house.svg, made from the code: ``python docs/house.py docs/house.svg``.

Floors are those of the import contract in pyproject.toml; what a room says of itself is its docstring's first line, and
what it uses is what it imports.
"""

from __future__ import annotations

import ast
import sys
import textwrap
import tomllib
from html import escape
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "briefreader"
WIDTH, GAP, LINE, CHARACTERS = 1180, 10, 15, 6.4  # pixels; a character of the small type is about so wide
STYLE = """text { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: 11px; fill: #57606a }
.name { font-size: 14px; font-weight: bold; fill: #0969da } .room { fill: #f6f8fa; stroke: #d0d7de }
.uses { fill: #1a7f37 }
@media (prefers-color-scheme: dark) { text { fill: #8b949e } .name { fill: #58a6ff } .uses { fill: #3fb950 }
.room { fill: #161b22; stroke: #30363d } }"""


def floors() -> list[list[str]]:
    """Rooms from the top floor down."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    return [[room.strip() for room in floor.split("|")] for floor in layers]


def files(room: str) -> list[Path]:
    """A room's modules: a folder's, or the one of that name."""
    folder = SOURCE / room
    return sorted(folder.rglob("*.py")) if folder.is_dir() else [SOURCE / f"{room}.py"]


def about(room: str) -> str:
    """The first sentence that a room says of itself."""
    docstring = ast.get_docstring(ast.parse(files(room)[0].read_text("utf-8"))) or ""
    return docstring.split("\n\n")[0].replace("\n", " ").replace("``", "")


def imported(path: Path) -> set[str]:
    """Names right under ``briefreader`` that a module imports."""
    found: set[str] = set()
    package = ["briefreader", *path.relative_to(SOURCE).parts[:-1]]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = [*base, *(node.module.split(".") if node.module else [])]
            if module[:1] == ["briefreader"]:
                found |= {module[1]} if len(module) > 1 else {alias.name for alias in node.names}
    return found


def uses(room: str, rooms: set[str]) -> list[str]:
    """The other rooms that a room imports from."""
    return sorted(set().union(*map(imported, files(room))) & rooms - {room})


def box(x: int, y: int, width: int, height: int, room: str, lines: list[tuple[str, str]]) -> str:
    """One room: its name, then lines of (class, text)."""
    rows = [
        f'<text class="{kind}" x="{x + 9}" y="{y + 38 + i * LINE}">{escape(t)}</text>'
        for i, (kind, t) in enumerate(lines)
    ]
    frame = f'<rect class="room" x="{x}" y="{y}" width="{width}" height="{height}" rx="5"/>'
    return "\n".join([frame, f'<text class="name" x="{x + 9}" y="{y + 20}">{escape(room)}</text>', *rows])


def picture() -> str:
    """The whole house."""
    house, rooms = floors(), {room for floor in floors() for room in floor}
    y, boxes = GAP, []
    for floor in house:
        width = (WIDTH - GAP * (len(floor) + 1)) // len(floor)
        fit = int((width - 18) / CHARACTERS)
        filled = []
        for room in floor:
            told = [("", line) for line in textwrap.wrap(about(room), fit)]
            used = uses(room, rooms)
            filled.append(told + [("uses", line) for line in textwrap.wrap("→ " + " ".join(used), fit) if used])
        height = 32 + LINE * max(map(len, filled))
        for number, (room, lines) in enumerate(zip(floor, filled, strict=True)):
            boxes.append(box(GAP + number * (width + GAP), y, width, height, room, lines))
        y += height + GAP
    size = f'viewBox="0 0 {WIDTH} {y}" width="{WIDTH}" height="{y}"'
    return "\n".join(
        [f'<svg xmlns="http://www.w3.org/2000/svg" {size}>', f"<style>{STYLE}</style>", *boxes, "</svg>\n"]
    )


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(picture(), encoding="utf-8")
