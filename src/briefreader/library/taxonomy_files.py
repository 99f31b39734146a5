"""Taxonomies in other formats: TSV for spreadsheets, SKOS (Turtle, JSON-LD) for vocabulary tools."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

from briefreader import paths
from briefreader.errors import MissingExtraError, TaxonomyError, UsageError
from briefreader.taxonomy import ID_FORM, LIST_KEYS, TOPIC_KEYS, Taxonomy, Topic, id_of, is_id

if TYPE_CHECKING:
    from pathlib import Path

FORMATS = ("yaml", "tsv", "ttl", "jsonld")
_SUFFIXES = {".yaml": "yaml", ".yml": "yaml", ".tsv": "tsv", ".ttl": "ttl", ".jsonld": "jsonld", ".json": "jsonld"}
_DOMAIN, _ALIASES = "domain:", "aliases:"  # in the column ``id``: rows whose label has the words of a group
_BASE = "urn:briefreader:topic:"
_OWN = "urn:briefreader:"
_RDF = {"ttl": "turtle", "jsonld": "json-ld"}


def format_of(path: Path, given: str = "") -> str:
    """Return the given format, or by default that of the file's extension.

    Raises:
        UsageError: the format or extension is unknown.
    """
    found = given or _SUFFIXES.get(path.suffix.lower(), "")
    if found not in FORMATS:
        raise UsageError("unknown taxonomy format", where=str(path), hint=f"formats: {', '.join(FORMATS)}")
    return found


def load(path: Path, format: str = "") -> Taxonomy:
    """Load a taxonomy from a file in any of the formats, or a shipped one by its name.

    Raises:
        TaxonomyError: the file has errors; the first one is reported.
        MissingExtraError: the format is SKOS, and rdflib is not installed.
        UsageError: the format is unknown.
    """
    path = paths.taxonomy_called(path)
    format = format_of(path, format)
    if format == "yaml":
        return Taxonomy.load(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise TaxonomyError(f"cannot read the taxonomy: {reason}", where=str(path)) from error
    taxonomy = _from_tsv(text, path) if format == "tsv" else _from_skos(text, format, path)
    if not taxonomy.topics:
        raise TaxonomyError("no topics found", where=str(path))
    return taxonomy.checked()


def dump(taxonomy: Taxonomy, format: str) -> str:
    """Return the taxonomy in one of the formats."""
    if format == "yaml":
        return taxonomy.to_yaml()
    return _to_tsv(taxonomy) if format == "tsv" else _to_skos(taxonomy, format)


def _to_tsv(taxonomy: Taxonomy) -> str:
    out = io.StringIO()
    import csv

    writer = csv.writer(out, dialect="excel-tab", lineterminator="\n")
    writer.writerow(TOPIC_KEYS)
    for topic in taxonomy.topics:
        values = (getattr(topic, column) for column in TOPIC_KEYS)
        writer.writerow([_cell(value) if isinstance(value, tuple) else value for value in values])
    for name, groups in _groups(taxonomy):
        writer.writerows((name, _cell(group)) for group in groups)
    return out.getvalue()


def _from_tsv(text: str, path: Path) -> Taxonomy:
    import csv

    rows = csv.DictReader(io.StringIO(text), dialect="excel-tab")
    unknown = set(rows.fieldnames or ()) - set(TOPIC_KEYS)
    if unknown or "label" not in (rows.fieldnames or ()):
        named = f"unknown columns: {', '.join(sorted(map(str, unknown)))}" if unknown else "missing column: label"
        raise TaxonomyError(named, where=f"{path}:1", hint=f"columns: {', '.join(TOPIC_KEYS)}")
    topics: list[Topic] = []
    groups: dict[str, list[tuple[str, ...]]] = {_DOMAIN: [], _ALIASES: []}
    for row in rows:
        if (name := row.get("id") or "") in groups:
            groups[name].append(_list(row["label"] or ""))
            continue
        values: dict[str, Any] = {"line": rows.line_num}
        for column, cell in row.items():
            if column in TOPIC_KEYS and cell:
                values[column] = _list(cell) if column in LIST_KEYS else " ".join(cell.split())
        if not values.get("label"):
            raise TaxonomyError("a topic needs a label", where=f"{path}:{rows.line_num}")
        values.setdefault("id", id_of(values["label"]) or "topic")
        if not is_id(values["id"]):
            raise TaxonomyError(f"`{values['id']}` is not a valid ID", where=f"{path}:{rows.line_num}", hint=ID_FORM)
        topics.append(Topic(**values))
    return _with_groups(topics, groups, path)


def _groups(taxonomy: Taxonomy) -> list[tuple[str, list[tuple[str, ...]]]]:
    """Return the domain and the aliases as lists of groups of words."""
    return [(_DOMAIN, [taxonomy.domain] if taxonomy.domain else []), (_ALIASES, list(taxonomy.aliases))]


def _with_groups(topics: list[Topic], groups: dict[str, list[tuple[str, ...]]], path: Path) -> Taxonomy:
    """Return a taxonomy from the topics and groups of a file."""
    aliases = tuple(group for group in groups[_ALIASES] if len(group) > 1)
    domain = tuple(dict.fromkeys(word for group in groups[_DOMAIN] for word in group))
    return Taxonomy(tuple(topics), aliases, str(path), domain)


def _cell(values: tuple[str, ...]) -> str:
    """Join values for one cell; ``|`` within a value is escaped."""
    return " | ".join(value.replace("|", r"\|") for value in values)


def _list(cell: str) -> tuple[str, ...]:
    parts = (" ".join(part.replace(r"\|", "|").split()) for part in re.split(r"(?<!\\)\|", cell))
    return tuple(dict.fromkeys(part for part in parts if part))


def _rdflib() -> Any:
    try:
        import rdflib
    except ImportError as error:
        raise MissingExtraError("SKOS", "skos") from error
    return rdflib


def _to_skos(taxonomy: Taxonomy, format: str) -> str:
    rdf = _rdflib()
    skos, own = rdf.namespace.SKOS, rdf.Namespace(_OWN)
    graph = rdf.Graph()
    graph.bind("skos", skos)
    graph.bind("briefreader", own)
    scheme = rdf.URIRef(f"{_OWN}taxonomy")
    graph.add((scheme, rdf.RDF.type, skos.ConceptScheme))
    for name, groups in _groups(taxonomy):
        for group in groups:
            graph.add((scheme, own[name.rstrip(":")], rdf.Literal(_cell(group))))
    for topic in taxonomy.topics:
        concept = rdf.URIRef(_BASE + topic.id)
        graph.add((concept, rdf.RDF.type, skos.Concept))
        graph.add((concept, skos.inScheme, scheme))
        graph.add((concept, skos.notation, rdf.Literal(topic.id)))
        if topic.broader:
            graph.add((concept, skos.broader, rdf.URIRef(_BASE + topic.broader)))
        for name, property in _properties(skos, own).items():
            value = getattr(topic, name)
            for each in value if isinstance(value, tuple) else (value,) if value else ():
                graph.add((concept, property, rdf.Literal(each)))
    return str(graph.serialize(format=_RDF[format]))


def _properties(skos: Any, own: Any) -> dict[str, Any]:
    """Return the RDF property of each text field of a topic: one of SKOS, or else one of briefreader."""
    return {
        "label": skos.prefLabel,
        "description": skos.definition,
        "alt": skos.altLabel,
        "keywords": skos.hiddenLabel,
        "hints": own.hints,
        "include": skos.scopeNote,
        "exclude": own.exclude,
        "examples": skos.example,
        "was": own.was,
    }


def _from_skos(text: str, format: str, path: Path) -> Taxonomy:
    """Return a taxonomy of the concepts; links to broader concepts that the file doesn't define are left out."""
    rdf = _rdflib()
    skos, own = rdf.namespace.SKOS, rdf.Namespace(_OWN)
    if format == "jsonld" and re.search(r'"@(context|import)"\s*:\s*\[?\s*"', text):
        raise TaxonomyError("remote contexts are not fetched", where=str(path), hint="inline the context")
    graph = rdf.Graph()
    try:
        graph.parse(data=text, format=_RDF[format])
    except Exception as error:  # rdflib's parsers raise arbitrary exceptions
        name = {"ttl": "Turtle", "jsonld": "JSON-LD"}[format]
        raise TaxonomyError(f"cannot parse the file as {name}: {str(error)[:200]}", where=str(path)) from error
    concepts = sorted(graph.subjects(rdf.RDF.type, skos.Concept))
    ids = {concept: _concept_id(graph, skos, concept) for concept in concepts}
    topics = []
    for concept in concepts:
        values: dict[str, Any] = {}
        for name, property in _properties(skos, own).items():
            found = tuple(
                " ".join(str(value).split()) for value in sorted(graph.objects(concept, property), key=_english)
            )
            values[name] = found if name in LIST_KEYS else found[0] if found else ""
        broader = next((ids[b] for b in sorted(graph.objects(concept, skos.broader)) if b in ids), "")
        values["label"] = values["label"] or ids[concept]
        topics.append(Topic(id=ids[concept], broader=broader, **values))
    groups = {
        name: [_list(str(value)) for value in sorted(graph.objects(None, own[name.rstrip(":")]))]
        for name in (_DOMAIN, _ALIASES)
    }
    return _with_groups(topics, groups, path)


def _english(literal: Any) -> tuple[bool, str]:
    return getattr(literal, "language", None) not in (None, "en"), str(literal)


def _concept_id(graph: Any, skos: Any, concept: Any) -> str:
    notation = next((str(value) for value in sorted(graph.objects(concept, skos.notation))), "")
    tail = re.split(r"[/#:]", str(concept).rstrip("/#"))[-1]
    return notation if is_id(notation) else id_of(notation or tail) or "topic"
