"""Generate docs/cli.md, the man page and completion scripts: ``python docs/manual.py FOLDER``.

A test checks that the files are up to date.
"""

from __future__ import annotations

import inspect
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from briefreader import __version__, errors
from briefreader.cli.command import QUERIES
from briefreader.cli.completion import script
from briefreader.cli.main import BROKEN_PIPE, root

if TYPE_CHECKING:
    from collections.abc import Iterator

COMPLETIONS = {"bash": "briefreader.bash", "zsh": "_briefreader", "fish": "briefreader.fish"}
"""Completion script by shell."""
EXIT_CODES = {
    errors.OK: "success",
    errors.FAILURE: "failure",
    errors.USAGE: "usage error, such as an unknown option, ID or topic, or invalid settings",
    errors.PARTIAL: "partial failure: for example, some files, sources or notes failed",
    errors.WOULD_CHANGE: "`export --check` found that something would change",
    errors.NO_LIBRARY: "no library found",
    errors.LOCKED: "another bulk command is running on the library",
    errors.BAD_TAXONOMY: "the taxonomy file has errors or can't be read",
    errors.INTERRUPTED: "interrupted by Ctrl-C",
    BROKEN_PIPE: "the output pipe was closed",
}

ABOUT = """\
Results go to stdout, messages and progress to stderr. On a terminal, lists have colour and columns; in a pipe, their
columns are separated by tabs. `--json` prints one document, `--jsonl` prints one record per line. Both contain
`schema_version`, and a record for each file or source that failed.

QUERY uses the query language of the app (search.md), and can be several arguments: `briefreader list topic:moe
-is:read`. ID is the ID of a briefing (`7f3a`) or an insight (`7f3a.2`); a unique prefix of a briefing's ID is
enough. The options of `briefreader` itself can be given before or after the command, except `--demo`, `--bulk-tag` and
`--version`.

A command that can be undone prints the number of its change, for `briefreader undo`. `mark`, `edit` and `tag +TOPIC`
don't tolerate typos in QUERY: they change only briefings that contain its words."""


ENVIRONMENT = {
    "BRIEFREADER_LIBRARY": "library folder; overrides the setting `library`, overridden by `--library`",
    "BRIEFREADER_CONFIG": "settings file; overridden by `--config`",
    "VISUAL, EDITOR": "editor for notes and files, unless the setting `editor` is set; VISUAL takes precedence",
    "PAGER": "pager for long output of `show` and `read` (default: less); empty for none",
    "NO_COLOR": "disables colour in commands and in the app",
    "FORCE_COLOR, CLICOLOR_FORCE": "enable colour in commands, also in a pipe, unless NO_COLOR is set",
    "HTTP_PROXY, HTTPS_PROXY, NO_PROXY": "proxies for `fetch` and `add URL`, and hosts to reach without a proxy",
    "XDG_DATA_HOME, XDG_CONFIG_HOME, XDG_STATE_HOME, XDG_CACHE_HOME": "on Linux, parents of the default folders",
    "COLUMNS": "line width of listings, instead of the terminal's width",
}

FILES = {
    "~/.local/share/briefreader": "the library, with its taxonomy.yaml, sources.toml and backups (on Linux)",
    "~/.config/briefreader/config.toml": "the settings (on Linux); `briefreader config show` prints their values",
}

EXAMPLES = {
    "briefreader --demo": "try the app on sample briefings, in a temporary library",
    "briefreader add ~/Briefings newsletter.eml": "add the files of a folder, and one mail",
    "briefreader tag --untagged": "tag all untagged briefings",
    "briefreader search 'outcome pricing' source:margin": "search the insights of one source",
    "briefreader explain 7f3a pricing": "show why a briefing has a topic or doesn't have it",
    "briefreader export --to ~/vault/Briefings topic:pricing": "export notes; later exports keep your edits",
}


class CommandEntry(NamedTuple):
    """A command in the manual; ``options`` are pairs of usage and description."""

    name: str
    usage: str
    help: str
    options: list[tuple[str, str]]


def entries() -> Iterator[CommandEntry]:
    """Yield the program itself, then its commands in order; a group is replaced by its commands."""
    yield _entry("briefreader", root)
    yield from _of_group("briefreader", root)


def _of_group(path: str, group: click.Group) -> Iterator[CommandEntry]:
    ctx = click.Context(group)
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from _of_group(f"{path} {name}", command)
        else:
            yield _entry(f"{path} {name}", command)


def _entry(path: str, command: click.Command) -> CommandEntry:
    arguments = [_argument(param) for param in command.params if isinstance(param, click.Argument)]
    options = [
        (_option(param), param.help or "")
        for param in command.params
        if isinstance(param, click.Option) and not param.hidden
    ]
    if isinstance(command, click.Group):
        arguments = ["[COMMAND]"]
    usage = " ".join([path, *([command.options_metavar or ""] if options else []), *arguments])
    return CommandEntry(path, usage, inspect.cleandoc(command.help or ""), options)


def _argument(param: click.Argument) -> str:
    if param.metavar:
        return param.metavar
    name = (param.name or "").upper()
    name = name if param.required else f"[{name}]"
    return f"{name}..." if param.nargs == -1 else name


def _option(param: click.Option) -> str:
    names = ", ".join(param.opts) + "".join(f" / {name}" for name in param.secondary_opts)
    if param.is_flag or param.count:
        return names
    choices = getattr(param.type, "choices", None)
    value = param.metavar or ("|".join(map(str, choices)) if choices else param.type.name.upper())
    return f"{names} {value}"


def markdown() -> str:
    """Return the text of docs/cli.md."""
    parts = ["# Commands", "<!-- generated by `make docs` -->", ABOUT]
    for entry in entries():
        parts += [f"## {entry.name}", f"    {entry.usage}", entry.help]
        if entry.options:
            rows = [f"| `{_cell(name)}` | {_cell(text)} |" for name, text in entry.options]
            parts.append("\n".join(["| option | |", "|---|---|", *rows]))
    codes = [f"| {code} | {meaning} |" for code, meaning in EXIT_CODES.items()]
    parts += ["## Exit codes", "\n".join(["| code | meaning |", "|---|---|", *codes])]
    return "\n\n".join(parts) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def man() -> str:
    """Return the man page as troff."""
    lines = [
        f'.TH BRIEFREADER 1 "" "briefreader {__version__}" "User Commands"',
        ".SH NAME",
        r"briefreader \- a terminal reader for briefings",
    ]
    for entry in entries():
        top = entry.name == "briefreader"
        lines += [".SH SYNOPSIS"] if top else [f'.SS "{_troff(entry.name)}"']
        lines += [f".B {_troff(entry.usage)}"] + ([".SH DESCRIPTION"] if top else [".PP"])
        lines += _paragraphs(entry.help)
        if top:
            lines += [".PP", *_paragraphs(ABOUT.replace("(search.md)", "(see QUERY)")), ".SH OPTIONS"]
        for name, text in entry.options:
            lines += [".TP", f".B {_troff(name)}", _troff(text)]
        if top:
            lines.append(".SH COMMANDS")
    codes = {str(code): meaning for code, meaning in EXIT_CODES.items()}
    sections = {"QUERY": dict(QUERIES), "EXIT STATUS": codes, "ENVIRONMENT": ENVIRONMENT, "FILES": FILES}
    for title, terms in {**sections, "EXAMPLES": EXAMPLES}.items():
        lines.append(f".SH {title}")
        for term, meaning in terms.items():
            lines += [".TP", f".B {_troff(term)}", _troff(meaning)]
    return "\n".join(lines) + "\n"


def _paragraphs(text: str) -> list[str]:
    lines: list[str] = []
    for paragraph in re.split(r"\n{2,}", text):
        lines += [*([".PP"] if lines else []), *map(_troff, paragraph.splitlines())]
    return lines


def _troff(text: str) -> str:
    escaped = text.replace("\\", r"\e").replace("-", r"\-").replace('"', r"\(dq").replace("`", "")
    escaped = re.sub(r"[^\x00-\x7f]", lambda found: rf"\[u{ord(found[0]):04X}]", escaped)
    return rf"\&{escaped}" if escaped.startswith((".", "'")) else escaped


def main(folder: Path) -> None:
    """Write docs/cli.md, the man page and the completion scripts into ``folder``."""
    (folder / "completions").mkdir(parents=True, exist_ok=True)
    for shell, name in COMPLETIONS.items():
        (folder / "completions" / name).write_text(script(shell), encoding="utf-8")
    (folder / "cli.md").write_text(markdown(), encoding="utf-8")
    (folder / "briefreader.1").write_text(man(), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
