"""The ``config show`` and ``config edit`` commands."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

from briefreader import errors, paths
from briefreader.cli.command import LazyGroup, command
from briefreader.cli.editor import edit_file

if TYPE_CHECKING:
    from pathlib import Path

    from briefreader.cli.output import Output
    from briefreader.cli.session import Session
    from briefreader.config import ConfigProblem

config = LazyGroup(
    "config", import_paths={"show": "config:show", "edit": "config:edit"}, help="Show or edit the settings."
)


def _print(out: Output, name: str, value: Any) -> None:
    """Print a setting as a line of TOML.

    An unset value becomes a comment, since TOML has no null.
    """
    if value is None:
        out.line((f"# {name} is unset", "dim"))
    else:
        out.line(f"{name} = ", (json.dumps(value, ensure_ascii=False), "cyan"))


@command("show")
def show(session: Session) -> int:
    """Print all settings with their values, in the format of config.toml."""
    from briefreader.cli.app import problems_of_keys
    from briefreader.config import ConfigProblem, check

    path = paths.config_file(session.config)
    settings, problems = check(path)
    problems += [ConfigProblem(0, text) for text in problems_of_keys(settings.keys)]
    values = dataclasses.asdict(settings)
    out = session.out
    out.record(
        {"path": str(path), "settings": values, "problems": [dataclasses.asdict(problem) for problem in problems]}
    )
    out.line((f"# {path}" + ("" if path.exists() else " (not found; defaults)"), "dim"))
    tables = {name: value for name, value in values.items() if isinstance(value, dict)}
    for name, value in values.items():
        if name not in tables:
            _print(out, name, value)
    for table, items in tables.items():
        out.line()
        out.line((f"[{table}]", "bold"))
        for name, value in items.items():
            _print(out, json.dumps(name) if table == "keys" else name, value)
    return _report(out, path, problems)


def _report(out: Output, path: Path, problems: list[ConfigProblem]) -> int:
    """Report the errors of config.toml on stderr; return the exit code."""
    for problem in problems:
        out.problem(problem.message, where=f"{path}:{problem.line}" if problem.line else str(path), hint=problem.hint)
    return errors.ConfigError.exit_code if problems else errors.OK


_NEW_FILE = """\
# Settings of briefreader: see docs/configuration.md. `briefreader config show` prints all settings with their values.
"""


@command("edit")
def edit(session: Session) -> int:
    """Open config.toml in your editor, and check it when the editor closes."""
    from briefreader.config import check

    path = paths.config_file(session.config)
    if session.dry_run:
        session.out.info(f"would edit {path} · dry run, nothing written")
        return errors.OK
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_NEW_FILE, encoding="utf-8")
    settings, _ = check(path)
    edit_file(path, settings.editor)
    _, problems = check(path)
    return _report(session.out, path, problems)
