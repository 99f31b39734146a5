"""Start the app from the command line, and the ``keys`` command."""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING

from briefreader import config, errors, paths
from briefreader.cli.command import command
from briefreader.cli.output import Column
from briefreader.errors import TaxonomyError

if TYPE_CHECKING:
    from briefreader.cli.session import Session
    from briefreader.library import Library


def open_app(session: Session, *, demo: bool = False) -> int:
    """Open the app on the library, or on the demo; return the exit code.

    The app starts even if config.toml or taxonomy.yaml has errors, and reports them.
    """
    file = paths.config_file(session.config)
    session.settings, found = config.check(file)
    problems = [f"{file}:{problem.line}: {problem.message}. {problem.hint}".rstrip(". ") for problem in found]
    if session.config and not file.exists():
        problems.append(f"{file}: no such file; the default settings are used")
    library = _library(session, problems, demo)
    if library.readonly:
        problems.append(f"{library.folder}: this library is read-only · check its permissions")
    os.environ.setdefault("TEXTUAL_FPS", "240")  # a key waits 2 ms for the next frame on average; at 60, 8 ms
    gc.disable()  # until the first paint: a collection would find no garbage, but take a tenth of the start-up time
    from briefreader.tui.app import BriefreaderApp

    with library:
        app = BriefreaderApp(library, settings=session.settings, problems=problems, remember=not demo, demo=demo)
        app.run(mouse=session.settings.app.mouse)
        return app.return_code or errors.OK


def _library(session: Session, problems: list[str], demo: bool) -> Library:
    """Open the library, or the demo; if its taxonomy has errors, use the shipped one."""
    from briefreader.library import Library

    if demo:
        session.out.info("opening the demo: sample briefings in a temporary library")
        return Library.demo()
    library = session.library(create=True)
    try:
        _ = library.taxonomy
    except TaxonomyError as error:
        problems.append(f"{error} · using the shipped taxonomy until this is corrected")
        library.close()
        library = Library(session.folder, taxonomy=paths.shipped_taxonomy())
    return library


def problems_of_keys(keys: dict[str, str]) -> list[str]:
    """Return the errors in the setting ``keys``; [] if there are none.

    Imports the app's modules only if keys are remapped.
    """
    if not keys:
        return []
    from briefreader.tui.app import key_problems

    return key_problems(keys)


@command("keys")
def keys(session: Session) -> None:
    """List the app's commands with their keys, and with their IDs for config.toml."""
    from briefreader.tui.app import key_rows

    columns = (Column(24), Column(22, "bold"), Column(0))
    with session.out.records("keys") as write:
        for name, shown, label in key_rows(session.settings.keys):
            write({"id": name, "keys": shown, "label": label}, name)
            session.out.row(columns, (name, shown, label))
    for problem in problems_of_keys(session.settings.keys):
        session.out.problem(problem, where=str(paths.config_file(session.config)))
