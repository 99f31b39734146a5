"""Read, check and write taxonomies as YAML.

A taxonomy may come from an untrusted source, so it is parsed by ``yamlnodes``, which limits depth and rejects YAML
anchors, aliases and tags (``&x``, ``*x``, ``!x``); its size is limited too.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from briefreader.errors import NotFoundError, TaxonomyError
from briefreader.records import dataclass
from briefreader.text import STOP_WORDS, fold, nearest, parts, stem
from briefreader.yamlnodes import Mapping, Node, Scalar, Sequence, YamlProblem, parse, written

if TYPE_CHECKING:
    from collections.abc import Mapping as Map

    PhraseUses = Map[tuple[str, str], tuple[int, int]]  # see Taxonomy.check

MAX_BYTES = 4_000_000
# A phrase is too common if at least MIN_WITHOUT texts contain it without having its topic, and these are more than
# MAX_RATIO times as many as the texts that have both.
MIN_WITHOUT, MAX_RATIO = 8, 2
MAX_SUGGESTIONS = 20  # maximum number of problems per file whose hint suggests a similar ID, since searching is slow
_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")
ID_FORM = "use a-z, 0-9, - and _ (not first), at most 100 characters"
_TOP_KEYS = ("version", "domain", "topics", "aliases")
TOPIC_KEYS = tuple("id label description alt keywords hints include exclude broader examples was".split())
LIST_KEYS = frozenset({"alt", "keywords", "hints", "exclude", "examples", "was"})


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic, with the keys of docs/taxonomy.md; ``line`` is the line of its entry."""

    id: str
    label: str
    description: str = ""
    alt: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    include: str = ""
    exclude: tuple[str, ...] = ()
    broader: str = ""
    examples: tuple[str, ...] = ()
    was: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    line: int = field(default=0, compare=False)

    @property
    def phrases(self) -> tuple[str, ...]:
        """The phrases that indicate the topic in a text: label, other names, keywords."""
        return (self.label, *self.alt, *self.keywords)


@dataclass(frozen=True, slots=True)
class TaxonomyProblem:
    """An error or warning about a taxonomy file; line and column are 1-based."""

    line: int
    column: int
    severity: Literal["error", "warning"]
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """Topics in the order of the file, groups of synonyms (``aliases``), and words of the subject area (``domain``)."""

    topics: tuple[Topic, ...]
    aliases: tuple[tuple[str, ...], ...] = ()
    path: str = field(default="", compare=False)
    domain: tuple[str, ...] = ()
    ids: tuple[str, ...] = field(init=False, compare=False, repr=False)
    """The IDs of the topics, in order."""
    _places: dict[str, int] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        places = {old: place for place, topic in reversed([*enumerate(self.topics)]) for old in topic.was}
        places |= {topic.id: place for place, topic in reversed([*enumerate(self.topics)])}
        object.__setattr__(self, "ids", tuple(topic.id for topic in self.topics))
        object.__setattr__(self, "_places", places)

    @property
    def digest(self) -> str:
        """A hash of the content; comments, layout and line numbers don't change it."""
        content = [[getattr(t, key) for key in TOPIC_KEYS] for t in self.topics]
        return hashlib.sha256(json.dumps([content, self.aliases, self.domain]).encode()).hexdigest()[:16]

    def topic(self, id: str) -> Topic:
        """Return the topic that has this ID, or had it before (``was``).

        Raises:
            NotFoundError: there is no such topic; the hint suggests a similar ID.
        """
        if (place := self._places.get(id)) is not None:
            return self.topics[place]
        near = nearest(id, self.ids)
        raise NotFoundError(
            f"no such topic: {id!r}",
            hint=f"did you mean {near[0]}?" if near else "to list topics: briefreader taxonomy show",
        )

    def narrower(self, id: str) -> set[str]:
        """Return the ID of a topic, and the IDs of all narrower topics."""
        below: dict[str, list[str]] = {}
        for topic in self.topics:
            below.setdefault(topic.broader, []).append(topic.id)
        found, waiting = {id}, [id]
        while waiting:
            new = [each for each in below.get(waiting.pop(), ()) if each not in found]
            found.update(new)
            waiting += new
        return found

    @classmethod
    def load(cls, path: str | Path) -> Taxonomy:
        """Return the taxonomy in a YAML file.

        Raises:
            TaxonomyError: the file can't be read or has errors; the first one is reported as file:line:column.
        """
        taxonomy, problems = _read(Path(path))
        _raise_first(problems, str(path), ": briefreader taxonomy check shows all")
        return taxonomy

    def checked(self) -> Taxonomy:
        """Return this taxonomy; raise TaxonomyError if an ID or label is used twice, or a reference is invalid."""
        reader = _Reader(self.path)
        reader.compare(self, {})
        _raise_first(reader.problems, self.path)
        return self

    @classmethod
    def check(cls, path: str | Path, use: PhraseUses | None = None) -> list[TaxonomyProblem]:
        """Return the errors and warnings about a YAML file by line; raise TaxonomyError if it can't be read.

        Also reports phrases that are too common, if ``use`` gives, for (topic, phrase), how many texts with the phrase
        have the topic, and how many don't.
        """
        return _read(Path(path), use)[1]

    def to_json(self) -> dict[str, Any]:
        """Return the taxonomy as JSON values, which load faster than YAML."""
        topics = [{key: getattr(topic, key) for key in (*TOPIC_KEYS, "line")} for topic in self.topics]
        return {"path": self.path, "topics": topics, "aliases": self.aliases, "domain": self.domain}

    @classmethod
    def from_json(cls, value: Map[str, Any]) -> Taxonomy:
        """Return the taxonomy that ``to_json`` converted to ``value``.

        Raises:
            ValueError, KeyError, TypeError, AttributeError: ``value`` is invalid.
        """
        topics: list[dict[str, Any]] = [
            {k: tuple(v) if k in LIST_KEYS else v for k, v in topic.items()} for topic in value["topics"]
        ]
        aliases = tuple(tuple(group) for group in value["aliases"])
        domain = tuple(value.get("domain", ()))
        return cls(tuple(Topic(**topic) for topic in topics), aliases, str(value["path"]), domain)

    def dump(self, path: str | Path) -> None:
        """Write the taxonomy to a YAML file; comments of the file it was read from are lost."""
        Path(path).write_text(self.to_yaml(), encoding="utf-8")

    def to_yaml(self) -> str:
        """Return the taxonomy as YAML; keys without a value are left out."""
        lines = ["version: 1", *([f"domain: {written(self.domain)}"] if self.domain else [])]
        lines.append("topics:" if self.topics else "topics: []")
        for topic in self.topics:
            mark = "  - "
            for key in TOPIC_KEYS:
                value = getattr(topic, key)
                if value or key in ("id", "label"):
                    lines.append(f"{mark}{key}: {written(value)}")
                    mark = "    "
        if self.aliases:
            lines.append("aliases:")
            lines += [f"  - {written(group)}" for group in self.aliases]
        return "\n".join(lines) + "\n"


def is_id(text: str) -> bool:
    """Whether this is a valid topic ID."""
    return _ID.fullmatch(text) is not None


def id_of(label: str) -> str:
    """Return an ID made from a label, without accents and of at most 60 characters.

    Returns "" if no ASCII letter or digit is left.
    """
    return re.sub(r"[^a-z0-9]+", "-", fold(label)).strip("-")[:60].rstrip("-")


def _raise_first(problems: list[TaxonomyProblem], path: str, how: str = "") -> None:
    """Raise the first error, if there is one; ``how`` says how to list the others."""
    if errors := [p for p in problems if p.severity == "error"]:
        first = errors[0]
        more = f" (and {len(errors) - 1} more{how})" if len(errors) > 1 else ""
        where = f"{path}:{first.line}:{first.column}" if first.line else path
        raise TaxonomyError(first.message + more, where=where, hint=first.hint)


def _read(path: Path, use: PhraseUses | None = None) -> tuple[Taxonomy, list[TaxonomyProblem]]:
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise TaxonomyError(f"cannot read the taxonomy: {error.strerror}", where=str(path)) from error
    if len(data) > MAX_BYTES:
        raise TaxonomyError(f"a taxonomy may have at most {MAX_BYTES // 1_000_000} MB", where=str(path))
    reader = _Reader(str(path))
    try:
        node = parse(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        reader.problem(line, 1, "error", "not UTF-8", "save the file as UTF-8")
        return Taxonomy((), path=str(path)), reader.problems
    except YamlProblem as error:
        reader.problem(error.line, error.column, "error", error.message, error.hint)
        return Taxonomy((), path=str(path)), reader.problems
    taxonomy = reader.taxonomy(node)
    reader.compare(taxonomy, use or {})
    reader.problems.sort(key=lambda p: (p.line, p.column))
    return taxonomy, reader.problems


class _Reader:
    """Converts YAML nodes to topics and collects problems; invalid parts are left out."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.problems: list[TaxonomyProblem] = []
        self.suggested = 0  # number of problems for which a similar ID was searched
        self.places: dict[tuple[str, str, str], Node] = {}  # topic ID, key, text → position

    def problem(
        self, line: int, column: int, severity: Literal["error", "warning"], message: str, hint: str = ""
    ) -> None:
        self.problems.append(TaxonomyProblem(line, column, severity, message, hint))

    def error(self, node: Node, message: str, hint: str = "") -> None:
        self.problem(node.line, node.column, "error", message, hint)

    def warn(self, node: Node, message: str, hint: str = "") -> None:
        self.problem(node.line, node.column, "warning", message, hint)

    def taxonomy(self, node: Node | None) -> Taxonomy:
        if not isinstance(node, Mapping):
            where = node or Scalar(1, 1, "")
            self.error(where, "a taxonomy begins with `topics:`", "see docs/taxonomy.md for an example")
            return Taxonomy((), path=self.path)
        self.known_keys(node, _TOP_KEYS)
        entries = node.values.get("topics")
        if not isinstance(entries, Sequence):
            self.error(entries or node, "`topics` must be a list", "write `- id: …` for each topic below `topics:`")
            return Taxonomy((), path=self.path)
        topics = [t for t in (self.topic(entry) for entry in entries.items) if t is not None]
        groups = node.values.get("aliases")
        aliases: list[tuple[str, ...]] = []
        if isinstance(groups, Sequence):
            aliases = [group for group in (self.strings(item) for item in groups.items) if len(group) > 1]
        elif groups is not None and not _is_empty(groups):
            self.error(groups, "`aliases` must be a list of lists", "write `- [MoE, mixture of experts]`")
        domain = self.strings(node.values["domain"]) if "domain" in node.values else ()
        return Taxonomy(tuple(topics), tuple(aliases), self.path, domain)

    def known_keys(self, node: Mapping, known: tuple[str, ...]) -> None:
        for key, place in node.keys.items():
            if key not in known:
                near = nearest(key, known, 0.5)
                hint = f"did you mean `{near[0]}`?" if near else f"known keys: {', '.join(known)}"
                self.error(place, f"unknown key `{key}`", hint)

    def topic(self, node: Node) -> Topic | None:
        if not isinstance(node, Mapping):
            self.error(node, "a topic must have keys", "begin it with `- id: …`")
            return None
        self.known_keys(node, TOPIC_KEYS)
        id = self.string(node.values.get("id"))
        label = self.string(node.values.get("label"))
        if not id:
            self.error(node.values.get("id", node), "a topic needs an `id`", ID_FORM)
            return None
        if not is_id(id):
            self.error(node.values["id"], f"`{id}` is not a valid ID", ID_FORM)
            return None
        if not label:
            self.error(node.values.get("label", node), f"topic `{id}` needs a `label`")
        self.places[id, "id", id] = node.values["id"]
        lists: dict[str, tuple[str, ...]] = {}
        for key in LIST_KEYS & node.values.keys():
            lists[key] = self.strings(node.values[key])
            for item in _items(node.values[key]):
                if isinstance(item, Scalar):
                    self.places.setdefault((id, key, item.text.strip()), item)
        for key in ("description", "include", "broader"):
            if key in node.values:
                self.places[id, key, self.string(node.values[key])] = node.values[key]
        return Topic(
            id,
            label or id,
            description=self.string(node.values.get("description")),
            include=self.string(node.values.get("include")),
            broader=self.string(node.values.get("broader")),
            line=node.line,
            **lists,
        )

    def string(self, node: Node | None) -> str:
        if node is None:
            return ""
        if not isinstance(node, Scalar):
            self.error(node, "expected text, not a list or keys")
            return ""
        return " ".join(node.text.split())

    def strings(self, node: Node) -> tuple[str, ...]:
        if _is_empty(node):
            return ()
        return tuple(dict.fromkeys(s for s in (self.string(item) for item in _items(node)) if s))

    def place(self, topic: Topic, key: str, text: str) -> Node:
        """Return the position of a text in the file, or that of its topic."""
        return self.places.get((topic.id, key, text), Scalar(topic.line, 1, ""))

    def compare(self, taxonomy: Taxonomy, use: PhraseUses) -> None:
        """Report duplicate names, unknown or circular references, and phrases that are shared or too common."""
        names: dict[str, Topic] = {}
        for topic in taxonomy.topics:
            place = self.place(topic, "id", topic.id)
            for name in dict.fromkeys((topic.id, topic.label.casefold())):
                if name in names:
                    other = f"the other is in line {names[name].line}" if names[name].line else ""
                    self.error(place, f"two topics are called `{name}`", other)
                names[name] = topic
        ids = set(taxonomy.ids)
        in_cycle = _topics_in_cycles({topic.id: topic.broader for topic in taxonomy.topics})
        for topic in taxonomy.topics:
            self.check_ids(topic, ids, in_cycle)
        self.check_keywords(taxonomy, use)

    def check_ids(self, topic: Topic, ids: set[str], in_cycle: set[str]) -> None:
        place = self.place(topic, "broader", topic.broader)
        if topic.broader and topic.broader not in ids:
            self.suggested += 1
            near = nearest(topic.broader, ids) if self.suggested <= MAX_SUGGESTIONS else []
            self.error(place, f"no such topic: `{topic.broader}`", f"did you mean `{near[0]}`?" if near else "")
        elif topic.id in in_cycle:
            message = f"`{topic.id}` is both broader and narrower than `{topic.broader}`"
            self.error(place, message, "remove one `broader`")
        for old in topic.was:
            if old in ids:
                self.error(self.place(topic, "was", old), f"`{old}` is still a topic", "remove it from `was`")

    def check_keywords(self, taxonomy: Taxonomy, use: PhraseUses) -> None:
        owner: dict[tuple[str, ...], Topic] = {}
        for topic in taxonomy.topics:
            for key in ("alt", "keywords"):
                for phrase in getattr(topic, key):
                    stems = tuple(map(stem, parts(phrase)))
                    place = self.place(topic, key, phrase)
                    other = owner.setdefault(stems, topic)
                    if stems and other is not topic:
                        self.warn(place, f"`{phrase}` is also a phrase of `{other.id}`", "it counts for both topics")
                    if stems and all(s in STOP_WORDS for s in stems) and not phrase.isupper():
                        self.warn(place, f"`{phrase}` is a stop word, which says nothing about a topic", "remove it")
                    given, without = use.get((topic.id, phrase), (0, 0))
                    if without >= MIN_WITHOUT and without > MAX_RATIO * given:
                        message = f"`{phrase}` is in {without:,} briefings without {topic.id}, and in {given:,} with it"
                        self.warn(place, message, "use a longer phrase, or make it a hint")


def _topics_in_cycles(above: dict[str, str]) -> set[str]:
    """Return the topics in cycles; ``above`` maps each topic to its broader topic."""
    found, seen = set[str](), set[str]()
    for id in tuple(above):
        path, at = [], id
        while at in above and at not in seen:
            seen.add(at)
            path.append(at)
            at = above[at]
        if at in path:
            found.update(path[path.index(at) :])
    return found


def _items(node: Node) -> list[Node]:
    return node.items if isinstance(node, Sequence) else [node]


def _is_empty(node: Node) -> bool:
    return isinstance(node, Scalar) and node.text in ("", "~", "null") and not node.quoted
