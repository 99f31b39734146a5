"""Parse sources.toml, the list of sources and their rules.

An invalid source is reported with its line and skipped.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import dataclass, field
from fnmatch import translate
from typing import TYPE_CHECKING, Any, Literal, get_args
from urllib.parse import urlsplit

from briefreader.display import one_line
from briefreader.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

FILE_NAME = "sources.toml"  # in the library's folder
MAX_BYTES = 1_000_000
Kind = Literal["feed", "maildir", "mbox", "folder", "notmuch", "imap"]
KINDS: tuple[Kind, ...] = get_args(Kind)
DEFAULT_INTERVAL = {"feed": "1h"}  # default of `every`; for the other kinds it is OTHER_INTERVAL
OTHER_INTERVAL = "15m"
DEFAULT_SINCE = "30d"  # default of `since`, which only the kinds in MAIL_KINDS have
MAIL_KINDS = frozenset({"maildir", "mbox", "notmuch", "imap"})
KEYS = frozenset("name kind address every full topics since rules previous_names write password".split())
FIELDS = ("subject", "author", "list_id")
ACTIONS = ("skip", "keep", "read", "tag:TOPIC")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_TAG = "tag:"
_TAGGING = re.compile(r"tag:[^\s:]+")
_HEADER = re.compile(r"\s*\[\[\s*source\s*\]\]")


@dataclass(frozen=True, slots=True)
class Rule:
    """An action for items whose fields match all ``patterns``, pairs of field and wildcard pattern."""

    action: str  # skip, keep, read, or tag: followed by a topic
    patterns: tuple[tuple[str, str], ...]

    @property
    def topic(self) -> str:
        """The topic to assign; "" if the action is another one."""
        return self.action.removeprefix(_TAG) if self.action.startswith(_TAG) else ""

    def matches(self, values: Mapping[str, str]) -> bool:
        """Return whether every pattern matches its field; ``*`` and ``?`` are wildcards, case is ignored."""
        return all(_glob(pattern, values.get(name, "")) for name, pattern in self.patterns)

    def __str__(self) -> str:
        return f"{', '.join(f'{name} {pattern}' for name, pattern in self.patterns)}: {self.action}"


@dataclass(frozen=True, slots=True)
class Source:
    """A ``[[source]]`` table of the file.

    ``interval`` (the key ``every``) and ``since`` are in seconds; ``since`` is None if there is no limit. ``line`` is
    that of the table's header.
    """

    name: str
    kind: Kind
    address: str
    interval: int = 3600
    full: bool = False  # store the text of the pages that a feed links to
    topics: tuple[str, ...] = ()  # assigned to each briefing of the source
    since: int | None = None
    rules: tuple[Rule, ...] = ()
    previous_names: tuple[str, ...] = ()
    write: bool = False  # write topics to notmuch as tags
    password_command: str = ""
    line: int = 0

    def rule_for(self, **values: str) -> Rule | None:
        """Return the first rule that matches an item's fields, or None."""
        return next((rule for rule in self.rules if rule.matches(values)), None)


@dataclass(frozen=True, slots=True)
class SourceProblem:
    """An error in the file; ``line`` is 1-based, 0 for the whole file. ``fatal`` if no source could be read."""

    line: int
    message: str
    hint: str = ""
    fatal: bool = False

    def __str__(self) -> str:
        return self.message + (f" ({self.hint})" if self.hint else "")


def load(path: Path) -> tuple[list[Source], list[SourceProblem]]:
    """Return the valid sources in ``path``, and the errors by line; two empty lists if there is no file.

    Raises:
        ConfigError: the file can't be read, is larger than ``MAX_BYTES``, or isn't valid TOML.
    """
    try:
        data = path.read_bytes()[: MAX_BYTES + 1]
    except FileNotFoundError:
        return [], []
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror or error}", where=str(path)) from error
    if len(data) > MAX_BYTES:
        raise ConfigError("is too large for a list of sources", where=str(path), hint="the maximum is 1 MB")
    sources, problems = parse(data)
    for problem in problems:
        if problem.fatal:
            where = f"{path}:{problem.line}" if problem.line else str(path)
            raise ConfigError(problem.message, where=where, hint=problem.hint)
    return sources, problems


def parse(data: bytes) -> tuple[list[Source], list[SourceProblem]]:
    """Return the valid sources in a file's bytes, and the errors by line; after a fatal error there are no sources."""
    try:
        text = data.decode("utf-8-sig")
        table = tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        return [], [SourceProblem(line, "not UTF-8", "TOML files must be UTF-8: change the encoding", fatal=True)]
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = re.search(r"at line (\d+)", str(error))
        message = re.sub(r"\s*\(at .*\)$", "", str(error)).lower()
        line, hint = int(found[1]) if found else 0, "TOML: key = value, with strings in quotes"
        return [], [SourceProblem(line, message, hint, fatal=True)]
    problems = [
        SourceProblem(
            _line_of(text.split("\n"), key), f"unknown key {one_line(key, 40)}", "each source starts with [[source]]"
        )
        for key in table
        if key != "source"
    ]
    entries = table.get("source", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        message, hint = "source must be a list of tables", "each starts with [[source]]"
        return [], [*problems, SourceProblem(0, message, hint, fatal=True)]
    sources: list[Source] = []
    for entry, (start, lines) in zip(entries, _blocks(text), strict=False):
        reader = _Reader(entry, start, lines)
        source = reader.source()
        if source and not reader.problems:
            _check_unique(source, sources, reader)
        if source and not reader.problems:
            sources.append(source)
        problems += reader.problems
    return sources, sorted(problems, key=lambda problem: problem.line)


def seconds(text: str) -> int | None:
    """Convert a duration such as ``90s``, ``15m``, ``1h``, ``30d`` or ``2w`` to seconds; return None if invalid."""
    found = re.fullmatch(r"(\d{1,6})([smhdw])", text.strip())
    return int(found[1]) * _UNITS[found[2]] if found else None


def _glob(pattern: str, value: str) -> bool:
    # subjects contain brackets ("[Weekly] …"), so only * and ? are wildcards
    escaped = pattern.replace("[", "[[]")
    return re.fullmatch(translate(escaped), value, re.IGNORECASE | re.DOTALL) is not None


def _blocks(text: str) -> list[tuple[int, list[str]]]:
    """Return the line number (1-based) and the lines of each ``[[source]]`` table."""
    lines = text.split("\n")
    starts = [number for number, line in enumerate(lines) if _HEADER.match(line)]
    ends = [*starts[1:], len(lines)]
    return [(start + 1, lines[start:end]) for start, end in zip(starts, ends, strict=False)]


def _line_of(lines: list[str], key: str, start: int = 1) -> int:
    pattern = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[=.\]]|\s*\[+\s*{re.escape(key)}\s*[\].]")
    return next((start + i for i, line in enumerate(lines) if pattern.match(line)), start)


def _check_unique(source: Source, others: list[Source], reader: _Reader) -> None:
    """Report a name or address that another source has."""
    for other in others:
        if (other.kind, other.address) == (source.kind, source.address):
            reader.problem("address", f"{source.address} is already listed as {other.name}")
    names = {name.casefold(): other for other in others for name in (other.name, *other.previous_names)}
    for name in (source.name, *source.previous_names):
        if taken := names.get(name.casefold()):
            reader.problem("name", f"{name} is also the name of the source in line {taken.line}", "choose another name")


@dataclass
class _Reader:
    """Checks one ``[[source]]`` table and collects its errors."""

    table: dict[str, Any]
    start: int
    lines: list[str]
    problems: list[SourceProblem] = field(default_factory=list)

    def problem(self, key: str, message: str, hint: str = "") -> None:
        line = _line_of(self.lines, key, self.start)
        self.problems.append(SourceProblem(line, one_line(message, 200), hint))

    def source(self) -> Source | None:
        """Return the source if all its keys are valid, else None."""
        for key in sorted(self.table.keys() - KEYS):
            near = difflib.get_close_matches(key, KEYS, n=1)
            self.problem(key, f"unknown key {key}", f"did you mean {near[0]}?" if near else "")
        kind = self._kind()
        if kind is None:
            return None
        name, address = self._text("name"), self._text("address")
        if address and (wrong := _ADDRESS_CHECKS.get(kind, _any_address)(address)):
            self.problem("address", wrong)
        source = Source(
            name=one_line(name, 200),
            kind=kind,
            address=address,
            interval=self._duration("every", DEFAULT_INTERVAL.get(kind, OTHER_INTERVAL)) or 60,
            full=self._flag("full", kind == "feed", "feeds"),
            topics=self._names("topics"),
            since=self._since(kind),
            rules=self._rules(),
            previous_names=self._names("previous_names"),
            write=self._flag("write", kind == "notmuch", "notmuch"),
            password_command=self._password(kind),
            line=self.start,
        )
        return None if self.problems else source

    def _kind(self) -> Kind | None:
        found = self.table.get("kind")
        for kind in KINDS:
            if kind == found:
                return kind
        start, end = ("kind is missing: it", "") if found is None else ("kind", f", not {found!r}")
        self.problem("kind", f"{start} must be one of {', '.join(KINDS)}{end}")
        return None

    def _text(self, key: str) -> str:
        value = self.table.get(key)
        if isinstance(value, str) and value.strip():
            return value.strip()
        self.problem(key, f"{key} is missing" if value is None else f"{key} must be a string in quotes")
        return ""

    def _flag(self, key: str, fits: bool, kinds: str) -> bool:
        value = self.table.get(key, False)
        if not isinstance(value, bool):
            self.problem(key, f"{key} must be true or false")
        elif value and not fits:
            self.problem(key, f"{key} is only allowed for {kinds}")
        return value is True

    def _names(self, key: str) -> tuple[str, ...]:
        value = self.table.get(key, [])
        if isinstance(value, list) and all(isinstance(item, str) and item.strip() for item in value):
            return tuple(item.strip() for item in value)
        self.problem(key, f"{key} must be a list of strings", f'{key} = ["a", "b"]')
        return ()

    def _duration(self, key: str, default: str) -> int | None:
        value = self.table.get(key, default)
        if value == "" and key == "since":
            return None
        found = seconds(value) if isinstance(value, str) else None
        if found is None:
            self.problem(key, f"{key} must be a duration such as 30m, 1h or 7d, not {value!r}")
        return found

    def _since(self, kind: Kind) -> int | None:
        if kind in MAIL_KINDS:
            return self._duration("since", DEFAULT_SINCE)
        if "since" in self.table:
            self.problem("since", "since is only allowed for mail")
        return None

    def _password(self, kind: Kind) -> str:
        value = self.table.get("password")
        if value is None:
            return ""
        if kind != "imap":
            self.problem("password", "password is only allowed for imap")
        command = value.get("command") if isinstance(value, dict) and len(value) == 1 else None
        if isinstance(command, str) and command.strip():
            return command.strip()
        self.problem("password", "password must be a command that prints it", 'password = {command = "pass show mail"}')
        return ""

    def _rules(self) -> tuple[Rule, ...]:
        value = self.table.get("rules", [])
        if not isinstance(value, list) or not all(isinstance(rule, dict) for rule in value):
            self.problem("rules", "rules must be a list of tables", 'rules = [{subject = "*webinar*", do = "skip"}]')
            return ()
        return tuple(rule for entry in value if (rule := self._rule(entry)))

    def _rule(self, entry: dict[str, Any]) -> Rule | None:
        action = entry.get("do")
        patterns = tuple((name, entry[name]) for name in FIELDS if name in entry)
        unknown = entry.keys() - {"do", *FIELDS}
        if unknown:
            self.problem("rules", f"unknown field in a rule: {min(unknown)}", f"fields: {', '.join(FIELDS)}")
        elif action not in ACTIONS[:-1] and not (isinstance(action, str) and _TAGGING.fullmatch(action)):
            self.problem("rules", f"do must be one of {', '.join(ACTIONS)}, not {action!r}")
        elif not patterns or not all(isinstance(pattern, str) for _, pattern in patterns):
            self.problem("rules", "a rule needs a field to match", f"fields: {', '.join(FIELDS)}")
        else:
            return Rule(action, patterns)
        return None


def _any_address(address: str) -> str:
    return "" if "\n" not in address and "\0" not in address else "address must be one line"


def _feed_address(address: str) -> str:
    try:
        parts = urlsplit(address)
        port_is_valid = parts.port is None or parts.port > 0
    except ValueError:
        return f"{address} is not a URL"
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_valid:
        return f"{address} is not an http or https URL"
    return "a feed's address must not contain a user name or password" if parts.username is not None else ""


def _imap_address(address: str) -> str:
    try:
        parts = urlsplit(address)
        complete = bool(parts.hostname and parts.username and parts.path.strip("/")) and (parts.port or 993) > 0
    except ValueError:
        return f"{address} is not a URL"
    if parts.scheme != "imaps" or not complete:
        return "an IMAP address has the form imaps://user@host/FOLDER"
    return "an IMAP address must not contain a password" if parts.password is not None else ""


_ADDRESS_CHECKS: dict[Kind, Callable[[str], str]] = {"feed": _feed_address, "imap": _imap_address}
