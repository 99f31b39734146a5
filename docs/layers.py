"""Generate docs/layers.svg from the code: ``python docs/layers.py docs/layers.svg``.

The layers are those of the import contract in pyproject.toml. Each package is shown with the first paragraph of its
docstring and the packages that it imports.
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
WIDTH, GAP, LINE, CHARACTERS = 1180, 10, 15, 6.4  # pixels; CHARACTERS is the width of a small character
STYLE = """text { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: 11px; fill: #57606a }
.name { font-size: 14px; font-weight: bold; fill: #0969da } .package { fill: #f6f8fa; stroke: #d0d7de }
.uses { fill: #1a7f37 }
@media (prefers-color-scheme: dark) { text { fill: #8b949e } .name { fill: #58a6ff } .uses { fill: #3fb950 }
.package { fill: #161b22; stroke: #30363d } }"""


def layers() -> list[list[str]]:
    """Return the packages of each layer, from the top down."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    contract_layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    return [[package.strip() for package in layer.split("|")] for layer in contract_layers]


def files(package: str) -> list[Path]:
    """Return the modules of a package, or the single file of a module."""
    folder = SOURCE / package
    return sorted(folder.rglob("*.py")) if folder.is_dir() else [SOURCE / f"{package}.py"]


def about(package: str) -> str:
    """Return the first paragraph of a package's docstring."""
    docstring = ast.get_docstring(ast.parse(files(package)[0].read_text("utf-8"))) or ""
    return docstring.split("\n\n")[0].replace("\n", " ").replace("``", "")


def imported(path: Path) -> set[str]:
    """Return the top-level packages and modules of ``briefreader`` that a module imports."""
    found: set[str] = set()
    package = ["briefreader", *path.relative_to(SOURCE).parts[:-1]]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = [*base, *(node.module.split(".") if node.module else [])]
            if module[:1] == ["briefreader"]:
                found |= {module[1]} if len(module) > 1 else {alias.name for alias in node.names}
    return found


def uses(package: str, packages: set[str]) -> list[str]:
    """Return the other packages that a package imports from."""
    return sorted(set().union(*map(imported, files(package))) & packages - {package})


def box(x: int, y: int, width: int, height: int, package: str, lines: list[tuple[str, str]]) -> str:
    """Return the SVG of a package: its name, then lines of (CSS class, text)."""
    rows = [
        f'<text class="{kind}" x="{x + 9}" y="{y + 38 + i * LINE}">{escape(t)}</text>'
        for i, (kind, t) in enumerate(lines)
    ]
    frame = f'<rect class="package" x="{x}" y="{y}" width="{width}" height="{height}" rx="5"/>'
    return "\n".join([frame, f'<text class="name" x="{x + 9}" y="{y + 20}">{escape(package)}</text>', *rows])


def picture() -> str:
    """Return the SVG of all layers."""
    stack, packages = layers(), {package for layer in layers() for package in layer}
    y, boxes = GAP, []
    for layer in stack:
        width = (WIDTH - GAP * (len(layer) + 1)) // len(layer)
        fit = int((width - 18) / CHARACTERS)
        filled = []
        for package in layer:
            about_lines = [("", line) for line in textwrap.wrap(about(package), fit)]
            used = uses(package, packages)
            filled.append(about_lines + [("uses", line) for line in textwrap.wrap("→ " + " ".join(used), fit) if used])
        height = 32 + LINE * max(map(len, filled))
        for number, (package, lines) in enumerate(zip(layer, filled, strict=True)):
            boxes.append(box(GAP + number * (width + GAP), y, width, height, package, lines))
        y += height + GAP
    size = f'viewBox="0 0 {WIDTH} {y}" width="{WIDTH}" height="{y}"'
    return "\n".join(
        [f'<svg xmlns="http://www.w3.org/2000/svg" {size}>', f"<style>{STYLE}</style>", *boxes, "</svg>\n"]
    )


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(picture(), encoding="utf-8")
