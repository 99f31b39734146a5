"""``taxonomy``: check, show and change the topics; decisions follow a renamed or merged topic."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from briefreader import errors
from briefreader.cli.command import LazyGroup, command

if TYPE_CHECKING:
    from briefreader.cli.session import Session
    from briefreader.taxonomy import Taxonomy, TaxonomyProblem, Topic

taxonomy = LazyGroup(
    "taxonomy",
    homes={name: f"taxonomy:{name}" for name in ("check", "show")},
    help="The topics: check, show and change them.",
)


@command("check")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE]...")
def check(session: Session, files: tuple[Path, ...]) -> int:
    """Check taxonomy files, by default the one in use; each problem with its line and column."""
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
                topics = len(Taxonomy.load(file).topics)
                out.line(f"{file}: ", ("good", "green"), f", {topics} topics, {len(problems)} warnings")
    return errors.BAD_TAXONOMY if wrong else errors.OK


def _print_problem(session: Session, file: Path, problem: TaxonomyProblem) -> None:
    style = "red" if problem.severity == "error" else "yellow"
    place = f"{file}:{problem.line}:{problem.column}: "
    hint = f" ({problem.hint})" if problem.hint else ""
    session.out.line(place, (f"{problem.severity}: ", style), f"{problem.message}{hint}")


@command("show")
@click.argument("ids", nargs=-1, metavar="[TOPIC]...")
def show(session: Session, ids: tuple[str, ...]) -> None:
    """Show the topics as a tree, or all that the file says of some."""
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
        _print_tree(session, topics, "", 0)


def _print_tree(session: Session, topics: Taxonomy, parent: str, depth: int) -> None:
    known = set(topics.ids)
    for topic in topics.topics:
        if topic.broader == parent or (not parent and topic.broader not in known):
            head = "  " * depth + topic.id
            session.out.line((f"{head:<28}", "green"), f"{topic.label}  ", (topic.description, "dim"))
            if topic.id != parent:
                _print_tree(session, topics, topic.id, depth + 1)


def _print_topic(session: Session, topic: Topic) -> None:
    session.out.line((topic.id, "bold green"), f"  {topic.label}")
    for name, value in asdict(topic).items():
        if value and name not in ("id", "label", "line"):
            said = ", ".join(value) if isinstance(value, tuple) else str(value)
            session.out.line("  ", (f"{name}: ", "dim"), said)
