"""Parse config.toml into settings, and report its errors with their lines.

Every setting is declared once, in ``Settings`` or the class of its section. Checks, messages and the JSON Schema are
derived from these declarations, and a test compares docs/configuration.md with them.
"""

from __future__ import annotations

import os
import re
import shlex
from dataclasses import field, fields
from typing import TYPE_CHECKING, Any, Literal, get_args, get_type_hints

from briefreader.errors import UsageError
from briefreader.records import dataclass
from briefreader.text import nearest

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 256 * 1024  # maximum size of a settings file
SET_EDITOR = "set EDITOR, or `editor` in config.toml"


def _setting(default: Any, doc: str, *, low: float | None = None, high: float | None = None) -> Any:
    return field(default=default, metadata={"doc": doc, "low": low, "high": high})


@dataclass(frozen=True, slots=True)
class TaggingSettings:
    """How topics are assigned."""

    threshold: float | None = _setting(
        None,
        "Probability at or above which `tag` assigns a topic to a briefing; unset for the tagger's default.",
        low=0.0,
        high=1.0,
    )
    sensitivity: Literal["sparing", "usual", "generous"] = _setting(
        "usual", "How readily topics are assigned to briefings and insights."
    )
    jobs: int = _setting(1, "Number of worker processes of `tag`.", low=1, high=256)


@dataclass(frozen=True, slots=True)
class ExportSettings:
    """How notes are exported."""

    to: str = _setting("", "Default folder of `export` and `pull`; empty for none.")
    profile: Literal["obsidian", "logseq", "hugo", "plain"] = _setting("obsidian", "App that will read the notes.")
    template: str = _setting("", "Path of a Jinja2 template for notes; empty for the profile's own.")
    name: str = _setting(
        "", "Name pattern for new notes, such as `{published} {title}`; empty for the profile's default."
    )
    full_text: bool = _setting(False, "Whether notes include the full text of a briefing.")


PROFILES: tuple[str, ...] = get_args(get_type_hints(ExportSettings)["profile"])


@dataclass(frozen=True, slots=True)
class AppSettings:
    """How the app looks and behaves."""

    theme: str = _setting("", "Theme name; empty for the default.")
    animations: bool = _setting(False, "Whether scrolling is animated, which sends far more data over SSH.")
    mouse: bool = _setting(
        True, "Whether the app handles the mouse; if not, the terminal does, for example to select text."
    )
    width: int = _setting(84, "Maximum line width in the reader, in columns.", low=40, high=200)


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """Whether and how often the app fetches in the background."""

    every: str = _setting("", "How often the app fetches new items in the background, such as 30m; empty for never.")


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of config.toml, with their defaults."""

    library: str = _setting(
        "", "Library folder; empty for the default; overridden by --library and BRIEFREADER_LIBRARY."
    )
    taxonomy: str = _setting(
        "",
        "Taxonomy file, or `ai-industry` (shipped); empty for the library's own; overridden by --taxonomy.",
    )
    editor: str = _setting("", "Editor for notes and files; empty for $VISUAL, $EDITOR or vi, in this order.")
    color: Literal["auto", "always", "never"] = _setting("auto", "When to colour the output of commands.")
    tagging: TaggingSettings = field(default_factory=TaggingSettings)
    export: ExportSettings = field(default_factory=ExportSettings)
    app: AppSettings = field(default_factory=AppSettings)
    fetch: FetchSettings = field(default_factory=FetchSettings)
    keys: dict[str, str] = field(
        default_factory=dict, metadata={"doc": "Keys of the app, by the command IDs that `briefreader keys` lists."}
    )


def editor_command(setting: str = "") -> list[str]:
    """Return the command line of the user's editor.

    It is ``setting``, else $VISUAL, $EDITOR or vi (on Windows, Notepad), split into words.

    Raises:
        UsageError: the command has an unclosed quotation mark.
    """
    windows = os.name == "nt"
    chosen = setting or os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    try:
        return shlex.split(chosen, posix=not windows) or ["notepad" if windows else "vi"]
    except ValueError as error:
        raise UsageError(f"cannot start the editor {chosen}: {error}", hint=SET_EDITOR) from None


SECTIONS: dict[str, type[Any]] = {
    "tagging": TaggingSettings,
    "export": ExportSettings,
    "app": AppSettings,
    "fetch": FetchSettings,
}


@dataclass(frozen=True, slots=True)
class ConfigProblem:
    """An error in a settings file.

    ``line`` is 1-based, 0 if unknown. ``setting`` is its name, such as ``tagging.jobs``; "" for an error of the file.
    """

    line: int
    message: str
    hint: str = ""
    setting: str = ""


def check(path: Path) -> tuple[Settings, list[ConfigProblem]]:
    """Return the settings in a file, and its errors.

    An invalid setting keeps its default, and so do all settings if the file can't be parsed. A missing file has no
    errors.
    """
    try:
        data = path.read_bytes()[: MAX_BYTES + 1]
    except FileNotFoundError:
        return Settings(), []
    except OSError as error:
        return Settings(), [ConfigProblem(0, error.strerror or str(error))]
    if len(data) > MAX_BYTES:
        return Settings(), [ConfigProblem(0, "too large for a settings file", f"keep it under {MAX_BYTES // 1024} KB")]
    return parse(data)


def parse(data: bytes) -> tuple[Settings, list[ConfigProblem]]:
    """Return the settings in the bytes of a file, and its errors; see :func:`check`."""
    import tomllib

    try:
        text = data.decode("utf-8-sig")
        table = tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        return Settings(), [ConfigProblem(line, "not UTF-8", "save the file as UTF-8")]
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else 0
        message = re.sub(r"\s*\(at .*\)$", "", str(error)).lower()
        return Settings(), [ConfigProblem(line, message, "the file is TOML: key = value, strings in quotes")]
    problems: list[ConfigProblem] = []
    values = _values(Settings, table, "", text, problems)
    return Settings(**values), sorted(problems, key=lambda problem: problem.line)


def _values(
    kind: type[Any], table: dict[str, Any], section: str, text: str, problems: list[ConfigProblem]
) -> dict[str, Any]:
    """Return the valid values of a table for a dataclass; report the others."""
    known = {item.name: item for item in fields(kind)}
    hints = get_type_hints(kind)
    values: dict[str, Any] = {}
    for key, value in table.items():
        line = _line_of(text, section, key)
        named = f"{section}.{key}" if section else key
        if key not in known:
            near = nearest(key, known)
            hint = f"did you mean {near[0]}?" if near else ""
            problems.append(ConfigProblem(line, f"unknown setting {named}", hint, named))
        elif key in SECTIONS:
            if isinstance(value, dict):
                values[key] = SECTIONS[key](**_values(SECTIONS[key], value, key, text, problems))
            else:
                problems.append(ConfigProblem(line, f"{key} is a section", f"write [{key}] on a line of its own", key))
        else:
            wrong = _mismatch(value, hints[key], known[key].metadata)
            if wrong:
                problems.append(ConfigProblem(line, f"{named} {wrong}, not {value!r}", setting=named))
            else:
                values[key] = value
    return values


def _mismatch(value: Any, hint: Any, limits: Any) -> str:
    """Return why ``value`` isn't of type ``hint`` or within ``limits``; "" if it is valid."""
    if choices := [choice for choice in get_args(hint) if isinstance(choice, str)]:
        return "" if value in choices else f"must be one of {', '.join(choices)}"
    if hint == dict[str, str]:
        fits = isinstance(value, dict) and all(isinstance(item, str) for item in value.values())
        return "" if fits else "must contain only strings in quotes"
    if hint is bool:
        return "" if isinstance(value, bool) else "must be true or false"
    if hint is str:
        return "" if isinstance(value, str) else "must be a string in quotes"
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or (hint is int and not isinstance(value, int)):
        return "must be an integer" if hint is int else "must be a number"
    low, high = limits["low"], limits["high"]
    return "" if low <= value <= high else f"must be between {low} and {high}"


def _line_of(text: str, section: str, key: str) -> int:
    """Return the line that sets ``key`` of ``section``, 1-based; 0 if it isn't found."""
    current = ""
    name = rf"""(?:{re.escape(key)}|"{re.escape(key)}"|'{re.escape(key)}')"""
    for number, line in enumerate(text.split("\n"), start=1):
        if header := re.match(r"\s*\[\s*([^\]]+?)\s*\]", line):
            current = header[1].strip("\"'")
            if not section and current == key:
                return number
        elif current == section:
            if re.match(rf"\s*{name}\s*[=.]", line):
                return number
        elif not current and re.match(rf"\s*{re.escape(section)}\s*(?:=|\.\s*{name}\s*=)", line):
            return number
    return 0
