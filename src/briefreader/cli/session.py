"""What a command works with: its global options, settings, output and library."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import click

from briefreader import paths
from briefreader.cli.output import Format, Output
from briefreader.cli.terminal import Color, color_choice
from briefreader.errors import BriefreaderError, ConfigError, NoLibraryError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from briefreader.config import ConfigProblem, Settings
    from briefreader.library import Library
    from briefreader.model import Batch
    from briefreader.tagging import Tagger
    from briefreader.tagging.tagger import Sensitivity


@dataclass
class Session:
    """The global options of one run, and what depends on them.

    Click sets the options, whether they are given before or after the command.
    """

    library_dir: Path | None = None
    config: Path | None = None
    taxonomy: Path | None = None
    json: bool = False
    jsonl: bool = False
    nul: bool = False
    quiet: bool = False
    verbose: int = 0
    dry_run: bool = False
    yes: bool = False
    no_input: bool = False
    color: Color | None = None
    debug: bool = False
    command: str = ""  # name of the running command, such as "sources add"

    @cached_property
    def out(self) -> Output:
        """The command's output."""
        form: Format = "nul" if self.nul else "jsonl" if self.jsonl else "json" if self.json else "human"
        setting = "auto" if self.color else self._checked_settings[0].color  # with --color the settings needn't be read
        color = color_choice(self.color, setting)
        return Output(form, color, quiet=self.quiet, verbose=self.verbose)

    @cached_property
    def _checked_settings(self) -> tuple[Settings, list[ConfigProblem]]:
        from briefreader.config import check

        return check(paths.config_file(self.config))

    @cached_property
    def settings(self) -> Settings:
        """The settings in config.toml; an invalid one is reported and keeps its default.

        Raises:
            ConfigError: the file can't be read, doesn't exist although ``--config`` names it, or has an invalid
                ``library`` or ``taxonomy``.
        """
        settings, problems = self._checked_settings
        file = paths.config_file(self.config)
        if self.config and not file.exists():
            hint = f"to create it: briefreader --config {self.config} config edit"
            raise ConfigError("no such file", where=str(file), hint=hint)
        for problem in problems:
            where = f"{file}:{problem.line}" if problem.line else str(file)
            if problem.setting in ("", "library", "taxonomy"):  # a default would open another library
                raise ConfigError(problem.message, where=where, hint=problem.hint)
            self.out.problem(problem.message, where=where, hint=problem.hint, style="yellow")
        return settings

    @property
    def folder(self) -> Path:
        """The library's folder.

        It is ``--library``, ``BRIEFREADER_LIBRARY``, the setting or the default.
        """
        return paths.library_dir(self.library_dir or os.environ.get("BRIEFREADER_LIBRARY") or self.settings.library)

    def confirm(self, question: str) -> None:
        """Ask for confirmation before a destructive operation, unless ``--yes`` or ``--dry-run`` is set.

        Raises:
            UsageError: stdin is not a terminal, or ``--no-input`` is set.
            BriefreaderError: the answer was no.
        """
        if self.yes or self.dry_run:
            return
        if self.no_input or not sys.stdin.isatty():
            reason = "--no-input is set" if self.no_input else "stdin is not a terminal"
            raise UsageError(f"{question} Cannot prompt: {reason}", hint="use --yes to confirm")
        if not click.confirm(question, err=True):
            raise BriefreaderError("nothing was changed")

    @property
    def taxonomy_file(self) -> Path:
        """The taxonomy file.

        It is ``--taxonomy``, the setting, the library's own or the shipped one.
        """
        if chosen := self._chosen_taxonomy:
            return chosen
        own = self.folder / paths.TAXONOMY
        return own if own.exists() else paths.shipped_taxonomy()

    def tagger(self, sensitivity: Sensitivity | None = None) -> Tagger:
        """Return a tagger of ``taxonomy_file``, without the model of a library."""
        from briefreader.tagging import Tagger
        from briefreader.taxonomy import Taxonomy

        return Tagger(Taxonomy.load(self.taxonomy_file)).with_sensitivity(
            sensitivity=sensitivity or self.settings.tagging.sensitivity
        )

    def library(self, *, create: bool = False, folder: Path | None = None, readonly: bool = False) -> Library:
        """Open the library (or the one in ``folder``); the caller closes it.

        With ``create``, a missing library is created; in a dry run, an empty temporary one is returned instead.

        Raises:
            NoLibraryError: there is no library, and ``create`` is false.
        """
        from briefreader.library import Library

        try:
            place, taxonomy = folder or self.folder, self._chosen_taxonomy
            library = Library(place, taxonomy=taxonomy, create=create and not self.dry_run, readonly=readonly)
        except NoLibraryError:
            if not create:
                raise
            import shutil
            import tempfile

            scratch = click.get_current_context().with_resource(tempfile.TemporaryDirectory())
            if (sources := self.folder / "sources.toml").exists():  # sources can be listed before a library exists
                shutil.copy(sources, scratch)
            library = Library(Path(scratch), taxonomy=self._chosen_taxonomy)
        library.sensitivity = self.settings.tagging.sensitivity
        return library

    @property
    def _chosen_taxonomy(self) -> Path | None:
        setting = self.settings.taxonomy
        chosen = self.taxonomy or (paths.from_user(setting) if setting else None)
        return paths.taxonomy_called(chosen) if chosen else None

    def change(self, make: Callable[[], Batch | None]) -> None:
        """Make a change and report it; in a dry run, only report that nothing was written."""
        if self.dry_run:
            self.out.info("dry run, nothing written")
        else:
            self.report(make())

    def report(self, batch: Batch | None, message: str = "") -> None:
        """Print what a batch did (or ``message``), and how to undo it; "nothing changed" without a batch."""
        if batch is None or not batch.number:
            self.out.info(message or "nothing changed")
        else:
            undo = (f"briefreader undo {batch.number}", "cyan")
            self.out.info(f"{message or f'{batch.verb}: {batch.summary}'} · undo with: ", undo)


def words_of(query: tuple[str, ...]) -> str:
    """Join the words of a query, which the shell has split."""
    return " ".join(query)
