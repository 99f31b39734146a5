"""The ``taxonomy`` commands: check, show and edit topics."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from briefreader import display, errors, markdown
from briefreader.cli.command import LazyGroup, command, limit_option
from briefreader.cli.param_types import TopicId

if TYPE_CHECKING:
    from briefreader.cli.session import Session
    from briefreader.taxonomy import Taxonomy, TaxonomyProblem, Topic

_FORMATS = ["yaml", "tsv", "ttl", "jsonld"]
_COMMANDS = {
    "check": "check",
    "show": "show",
    "diff": "diff",
    "add": "add",
    "rename": "rename",
    "merge": "merge",
    "delete": "delete",
    "update": "update",
    "discover": "discover",
    "import": "import_",
    "export": "export",
}

taxonomy = LazyGroup(
    "taxonomy",
    import_paths={name: f"taxonomy:{function}" for name, function in _COMMANDS.items()},
    names_elsewhere={"remove": "delete", "list": "show"},
    help="Check, show and edit the taxonomy.",
)


@command("check")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE]...")
def check(session: Session, files: tuple[Path, ...]) -> int:
    """Check taxonomy files and report problems with their line and column.

    Without FILE, checks the current taxonomy. If a file has no errors and there is a library, also warns of phrases
    that are common in briefings without their topic.
    """
    from briefreader.taxonomy import Taxonomy

    out = session.out
    wrong = False
    with out.records("taxonomy check") as write:
        for file in files or (session.taxonomy_file,):
            problems = Taxonomy.check(file)
            bad = [problem for problem in problems if problem.severity == "error"]
            wrong = wrong or bool(bad)
            for problem in problems:
                write({"path": str(file), **asdict(problem)})
                _print_problem(session, file, problem)
            if not bad:
                common = _common_phrases(session, file)
                for problem in common:
                    write({"path": str(file), **asdict(problem)})
                    _print_problem(session, file, problem)
                problems += common
                topics = len(Taxonomy.load(file).topics)
                counts = f", {topics} topic{'s' * (topics != 1)}, {len(problems)} warning{'s' * (len(problems) != 1)}"
                out.line(f"{file}: ", ("good", "green"), counts)
    return errors.BAD_TAXONOMY if wrong else errors.OK


def _common_phrases(session: Session, file: Path) -> list[TaxonomyProblem]:
    """Return warnings about phrases that are common in the library.

    Without a library, there are none.
    """
    from briefreader.taxonomy import Taxonomy

    try:
        with session.library(readonly=True) as library:
            use = library.phrase_use(file)
    except errors.NoLibraryError:
        return []
    except errors.LibraryError as error:  # such as one of an older version; the file itself can still be checked
        session.out.problem(error.message, where=error.where, hint=error.hint, style="yellow")
        return []
    known = Taxonomy.check(file)
    return [problem for problem in Taxonomy.check(file, use) if problem not in known]


def _print_problem(session: Session, file: Path, problem: TaxonomyProblem) -> None:
    style = "red" if problem.severity == "error" else "yellow"
    place = f"{file}:{problem.line}:{problem.column}: "
    hint = f" ({problem.hint})" if problem.hint else ""
    session.out.line(place, (f"{problem.severity}: ", style), f"{problem.message}{hint}")


@command("show")
@click.argument("ids", nargs=-1, type=TopicId(), metavar="[TOPIC]...")
def show(session: Session, ids: tuple[str, ...]) -> None:
    """Show the topics as a tree, or the details of the given ones."""
    from briefreader.taxonomy import Taxonomy

    out = session.out
    topics = Taxonomy.load(session.taxonomy_file)
    chosen = [topics.topic(id) for id in ids] or list(topics.topics)
    with out.records("taxonomy show") as write:
        for topic in chosen:
            write(asdict(topic), topic.id)
    if ids:
        for topic in chosen:
            _print_topic(session, topic)
    else:
        _print_tree(session, topics)


def _print_tree(session: Session, topics: Taxonomy) -> None:
    below: dict[str, list[Topic]] = defaultdict(list)
    for topic in reversed(topics.topics):
        below[topic.broader].append(topic)
    waiting = [(topic, 0) for topic in below[""]]
    while waiting:
        topic, depth = waiting.pop()
        _print_line(session, "  " * depth + topic.id, topic)
        waiting += [(narrower, depth + 1) for narrower in below[topic.id]]


def _print_line(session: Session, head: str, topic: Topic) -> None:
    room = session.out.width - max(len(head), 28) - len(topic.label) - 2
    described = session.out.shortened(topic.description, max(room, 1))
    session.out.cells((f"{head:<28}", "green"), f"{topic.label}  ", (described, "dim"))


def _print_topic(session: Session, topic: Topic) -> None:
    session.out.line((topic.id, "bold green"), f"  {topic.label}")
    for name, value in asdict(topic).items():
        if value and name not in ("id", "label", "line"):
            text = ", ".join(value) if isinstance(value, tuple) else str(value)
            session.out.line("  ", (f"{name}: ", "dim"), text)


@command("diff")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--format", "form", type=click.Choice(_FORMATS), help="Format of FILE. Default: taken from its extension."
)
def diff(session: Session, file: Path, form: str | None) -> None:
    """Show how another taxonomy, in FILE, would change each briefing's topics.

    FILE may be in any format that `import` accepts, or ai-industry (shipped).
    """
    changed = 0
    with session.library() as library, session.out.records("taxonomy diff") as write:
        for each in library.taxonomy_diff(file, form or ""):
            changed += 1
            write({"id": each.id, "title": each.title, "gained": each.gained, "lost": each.lost}, each.id)
            gained = "".join(f" +{topic}" for topic in each.gained)
            lost = "".join(f" -{topic}" for topic in each.lost)
            session.out.cells((f"{each.id:<8}", "cyan"), each.title, (gained, "green"), (lost, "red"))
    session.out.info(f"{changed:,} briefing{'s' * (changed != 1)} would change")


@command("add")
@click.argument("topic", metavar="ID|NAME")
@click.option("--label", default="", help="Label of the topic. Default: NAME, or the ID with spaces.")
@click.option("--description", default="", help="One or two sentences on what it covers.")
@click.option("--phrase", "phrases", multiple=True, metavar="P", help="Phrase that indicates the topic; repeatable.")
def add(session: Session, topic: str, label: str, description: str, phrases: tuple[str, ...]) -> None:
    """Add a topic, by ID or by name ("Data centers" gets the ID data-centers).

    With --dry-run, shows which briefings would get it and why.
    """
    from briefreader.taxonomy import is_id

    id, name = (topic, topic.replace("-", " ").replace("_", " ").capitalize()) if is_id(topic) else ("", topic)
    label = label or name
    with session.library() as library, session.out.records("taxonomy add") as write:
        new = library.new_topic(label, id=id, description=description, phrases=phrases)
        if not session.dry_run:
            library.add_topic(label, id=id, description=description, phrases=phrases)
            write({"topic": new.id, "label": new.label}, new.id)
            session.report(library.last_batch, f"added {new.id}; assign it with: briefreader tag --all")
            return
        count = 0
        for found in library.preview_topic(new):
            count += 1
            passages = [{"start": start, "end": end, "text": text} for start, end, text in found.passages]
            write({"topic": new.id, "id": found.id, "title": found.title, "score": found.score, "passages": passages})
            session.out.paragraph([(f"{found.id:<8}", "cyan")], found.title, (f"  {found.score:.2f}", "dim"))
            for _, _, text in found.passages:
                session.out.paragraph([" " * 10], (display.one_line(markdown.plain(text), 200), "dim"))
        session.out.info(f"{new.id}: {count} briefing{'s' * (count != 1)} · dry run, nothing written")


@command("rename")
@click.argument("old", type=TopicId())
@click.argument("new")
@click.option("--label", default="", help="New label of the topic.")
def rename(session: Session, old: str, new: str, label: str) -> None:
    """Change a topic's ID.

    Your decisions, its scores and the comments in the file are kept.
    """
    with session.library() as library:
        session.out.record({"old": library.taxonomy.topic(old).id, "new": new})
        session.change(lambda: library.rename_topic(old, new, label))


@command("merge")
@click.argument("old", type=TopicId())
@click.argument("into", type=TopicId())
def merge(session: Session, old: str, into: str) -> None:
    """Merge topic OLD into INTO, and delete OLD.

    INTO gets the label, other names, keywords and hints of OLD, and your decisions on OLD.
    """
    with session.library() as library:
        session.out.record({"old": library.taxonomy.topic(old).id, "into": library.taxonomy.topic(into).id})
        session.change(lambda: library.merge_topics(old, into))


@command("delete")
@click.argument("topic", type=TopicId())
def delete(session: Session, topic: str) -> None:
    """Delete a topic, after confirmation.

    Your decisions on it are kept, and apply if you add a topic with the same ID.
    """
    with session.library() as library:
        found = library.taxonomy.topic(topic)
        session.out.record({"topic": found.id, "label": found.label})
        session.confirm(f"Delete the topic {found.label} ({found.id})?")
        if session.dry_run:
            session.out.info("dry run, nothing written")
        else:
            library.delete_topic(found.id)
            session.report(library.last_batch, f"{found.id} deleted; your decisions are kept")


@command("update")
@click.argument("ids", nargs=-1, metavar="[TOPIC]...")
def update(session: Session, ids: tuple[str, ...]) -> None:
    """Add the topics of ai-briefings (shipped) that your taxonomy lacks.

    Adds the given ones, or (after confirmation) all. With --dry-run, lists them.
    """
    with session.library() as library, session.out.records("taxonomy update") as write:
        news = {topic.id: topic for topic in library.taxonomy_news()}
        if unknown := [id for id in ids if id not in news]:
            raise errors.NotFoundError(
                f"no new topic {unknown[0]}", hint="to list new topics: briefreader taxonomy update --dry-run"
            )
        chosen = [news[id] for id in ids] or list(news.values())
        for topic in chosen:
            write(asdict(topic), topic.id)
            _print_line(session, topic.id, topic)
        if not chosen:
            session.out.info("your taxonomy has all topics of ai-briefings")
        elif not session.dry_run:
            topics = f"{len(chosen)} topic{'s' * (len(chosen) != 1)}"
            if not ids:
                session.confirm(f"Add {topics} to your taxonomy?")
            library.update_taxonomy([topic.id for topic in chosen])
            session.report(library.last_batch, f"{topics} added to {library.taxonomy_path}")


@command("discover")
@limit_option(10, "topics")
def discover(session: Session, limit: int) -> None:
    """Suggest topics for the briefings that have none.

    Prints YAML to paste into the taxonomy.
    """
    with session.library() as library:
        offered = library.discover(limit)
    session.out.record({"yaml": offered})
    if session.out.form == "human" and offered:
        session.out.text(offered)
    if not offered:
        session.out.info("too few briefings without a topic to suggest one")


@command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--format", "form", type=click.Choice(_FORMATS), help="Format of FILE. Default: taken from its extension."
)
@click.option("--to", type=click.Path(path_type=Path), metavar="FILE", help="File to write. Default: stdout.")
def import_(session: Session, file: Path, form: str | None, to: Path | None) -> None:
    """Convert a taxonomy from TSV or SKOS (Turtle or JSON-LD) to YAML.

    The library's own taxonomy is not changed.
    """
    from briefreader.library.taxonomy_files import load

    found = load(file, form or "")
    _deliver(session, found.to_yaml(), to)


@command("export")
@click.option("--format", "form", type=click.Choice(_FORMATS), default="yaml", help="Format to write. Default: yaml.")
@click.option("--to", type=click.Path(path_type=Path), metavar="FILE", help="File to write. Default: stdout.")
def export(session: Session, form: str, to: Path | None) -> None:
    """Print the taxonomy as YAML, TSV for spreadsheets, or SKOS for vocabulary tools.

    SKOS (ttl and jsonld) needs the extra skos (see README.md).
    """
    from briefreader.library.taxonomy_files import dump
    from briefreader.taxonomy import Taxonomy

    _deliver(session, dump(Taxonomy.load(session.taxonomy_file), form), to)


def _deliver(session: Session, text: str, to: Path | None) -> None:
    """Write a taxonomy to stdout or a file; an existing file is overwritten only with ``--yes``."""
    if to is None:
        session.out.data(display.clean(text).encode())  # files are UTF-8, whatever the terminal's encoding
    elif to.exists() and not session.yes:
        raise errors.UsageError("the file already exists", where=str(to), hint="use --yes to overwrite it")
    elif session.dry_run:
        session.out.info("dry run, nothing written")
    else:
        to.write_text(text, encoding="utf-8")
        session.out.info(f"written to {to}")
