"""The ``read`` command: print what is extracted from files."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from briefreader import errors
from briefreader.cli import markdown, records
from briefreader.cli.command import command, pager_option
from briefreader.cli.param_types import SourcePath
from briefreader.model import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from briefreader.cli.session import Session
    from briefreader.model import Briefing


@command("read")
@click.argument("paths", nargs=-1, required=True, type=SourcePath(), metavar="PATH...|-")
@pager_option
def read(session: Session, paths: tuple[str, ...], pager: bool) -> int:
    """Print what is extracted from each file: metadata, key insights and text.

    PATH is a file or a folder. The library is not used.
    """
    out = session.out
    good = bad = 0
    with out.paged(wanted=pager), out.records("read") as write:
        for path, item in _read_all(paths):
            if isinstance(item, Problem):
                bad += not item.skipped
                write(records.of_problem(item))
                if item.skipped:
                    out.info(f"skipped {item.path}: {item.message}")
                else:
                    out.problem(item.message, where=item.where or item.path, hint=item.hint)
                continue
            good += 1
            write(records.of_briefing(item, path=item.original.path or path, id=good), str(good))
            if out.form == "human":
                out.markdown(markdown.of_briefing(item))
            for problem in item.problems:
                out.detail((f"{path}: {problem.message}", "yellow"))
    return errors.OK if not bad else errors.PARTIAL if good else errors.FAILURE


def _read_all(paths: tuple[str, ...]) -> Iterator[tuple[str, Briefing | Problem]]:
    from briefreader.reading import read as read_source

    for path in paths:
        source = sys.stdin.buffer if path == "-" else path
        for item in read_source(source):
            yield path, item
