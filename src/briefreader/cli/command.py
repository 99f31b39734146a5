"""Click classes and decorators that declare the commands.

``@command`` declares a command whose function gets the session as its first argument. ``LazyGroup`` imports a command's
module only when the command is needed.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from briefreader.cli.argv import sort_words
from briefreader.cli.session import Session
from briefreader.errors import UsageError
from briefreader.query import KEYS
from briefreader.text import nearest

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

Function = Callable[..., Any]


def _into_session(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    if value and param.name:
        setattr(ctx.ensure_object(Session), param.name, value)


def _global(*names: str, **attrs: Any) -> click.Option:
    return click.Option(names, expose_value=False, callback=_into_session, **attrs)


GLOBAL_OPTIONS = (
    _global(
        "--library",
        "library_dir",
        metavar="DIR",
        type=click.Path(path_type=Path),
        help="Library folder. Default: $BRIEFREADER_LIBRARY, the setting `library`, or (on Linux) "
        "~/.local/share/briefreader.",
    ),
    _global(
        "--config",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="Settings file. Default: $BRIEFREADER_CONFIG, or (on Linux) ~/.config/briefreader/config.toml.",
    ),
    _global(
        "--taxonomy",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="Taxonomy file, or ai-industry (shipped). Default: the setting `taxonomy`, or the library's own.",
    ),
    _global("--json", is_flag=True, help="Print one JSON document on stdout."),
    _global("--jsonl", is_flag=True, help="Print one JSON record per line on stdout."),
    _global("-q", "--quiet", is_flag=True, help="Print only results and errors."),
    _global("-v", "--verbose", count=True, help="Print more messages."),
    _global("--dry-run", is_flag=True, help="Print what would be done, without doing it."),
    _global("--yes", is_flag=True, help="Answer yes to all prompts."),
    _global("--no-input", is_flag=True, help="Fail instead of prompting."),
    _global(
        "--color",
        type=click.Choice(["auto", "always", "never"]),
        help="When to colour the output. Default: the setting `color`.",
    ),
    _global("--debug", is_flag=True, help="Show a traceback on internal errors."),
)


def arity(params: list[click.Parameter]) -> dict[str, int]:
    """Return the number of values that follow each option."""
    counts: dict[str, int] = {}
    for param in params:
        if isinstance(param, click.Option):
            values = 0 if param.is_flag or param.count else param.nargs
            counts |= dict.fromkeys([*param.opts, *param.secondary_opts], values)
    return counts


class GlobalOptionsMixin(click.Command):
    """A command that also accepts the global options after its name.

    Its help doesn't list them.
    """

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Return the command's own parameters, then the global options."""
        own = super().get_params(ctx)
        taken = {opt for param in own for opt in param.opts}
        return own + [option for option in GLOBAL_OPTIONS if not taken.intersection(option.opts)]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the command's own options."""
        options = [param for param in super().get_params(ctx) if isinstance(param, click.Option)]
        with formatter.section("Options"):
            formatter.write_dl([row for option in options if (row := option.get_help_record(ctx)) is not None])


class Command(GlobalOptionsMixin):
    """A command that accepts the global options.

    If ``signed``, it also accepts words that start with a dash.
    """

    signed = False
    """Whether ``-word`` is an argument (such as a negated word of a query) instead of options."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments.

        If ``signed``, separate words that start with a dash from options first.
        """
        if self.signed:
            args = self.sort(args, arity(self.get_params(ctx)))
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete options.

        A word such as ``-topic:moe``, which isn't an option, is completed as an argument.
        """
        found = super().shell_complete(ctx, incomplete)
        if self.signed and not found and incomplete.startswith("-"):
            words = next(param for param in self.params if isinstance(param, click.Argument) and param.nargs == -1)
            found = words.shell_complete(ctx, incomplete)
        return found

    def sort(self, args: list[str], counts: Mapping[str, int]) -> list[str]:
        """Return the options, ``--``, then all other words in their order."""
        options, words, rest = sort_words(args, counts)
        return [*options, "--", *words, *rest]


_CHOOSE = {  # what the values of these keys choose
    "is": "state, kind or novelty",
    "in": "where the words occur",
    "has": "what the briefing has",
    "sort": "order of the results",
}
QUERIES = [
    ("words", "all of these words, in any order; typos are OK, except in mark, edit and tag +TOPIC"),
    ('"a phrase"', "this exact phrase"),
    ("-word -topic:moe", "without this word or topic"),
    *((f"{key}:", f"{_CHOOSE[key]}: {meaning}" if key in _CHOOSE else meaning) for key, meaning in KEYS.items()),
]
"""The parts of a query and their meanings in the manual; ``--help`` words the first for its command."""


class QueryCommand(Command):
    """A command whose arguments are the words of a query."""

    signed = True
    words = "all of these words, in any order; typos are OK"
    """The meaning of plain words in QUERY, as shown by ``--help``."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the parts of a query after the options."""
        with formatter.section("QUERY (all parts must match)"):
            formatter.write_dl([("words", self.words), *QUERIES[1:]])


def command(name: str, cls: type[Command] = Command, **attrs: Any) -> Callable[[Function], Command]:
    """Declare a command; its function takes the ``Session`` first.

    The function may return an exit code.
    """

    def declare(function: Function) -> Command:
        @wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            context = click.get_current_context()
            session = context.ensure_object(Session)
            session.command = context.command_path.partition(" ")[2]
            return function(session, *args, **kwargs)

        made = click.command(name, cls=cls, **attrs)(call)
        assert isinstance(made, Command)
        return made

    return declare


def sensitivity_option(function: Function) -> Function:
    """Add ``--sensitivity``, which overrides the setting ``tagging.sensitivity``."""
    levels = click.Choice(["sparing", "usual", "generous"])
    meaning = "How readily topics are assigned. Default: the setting `tagging.sensitivity`."
    return click.option("--sensitivity", type=levels, help=meaning)(function)


def pager_option(function: Function) -> Function:
    """Add ``--pager/--no-pager``, passed as ``pager``."""
    return click.option(
        "--pager/--no-pager", default=True, help="Show long output in $PAGER on a terminal. Default: yes."
    )(function)


def batch_option(meaning: str) -> Callable[[Function], Function]:
    """Add ``--batch FILE``, where ``-`` is stdin, with ``meaning`` as its help."""
    return click.option("--batch", type=click.File(encoding="utf-8"), metavar="FILE", help=meaning)


def limit_option(default: int | None, of: str) -> Callable[[Function], Function]:
    """Add ``-n N``, the maximum number of results; ``of`` is their name in the help."""
    meaning = f"Maximum number of {of}. Default: {default or 'all'}."
    return click.option("-n", "--limit", type=click.IntRange(min=1), default=default, metavar="N", help=meaning)


class LazyGroup(GlobalOptionsMixin, click.Group):
    """A group that imports the modules of its commands only when they are needed.

    Args:
        import_paths: ``module:attribute`` of each command, by name.
        hidden_names: commands that ``--help`` and completion leave out.
        names_elsewhere: names that other programs use, with the command to suggest for each.
    """

    def __init__(
        self,
        *args: Any,
        import_paths: Mapping[str, str],
        hidden_names: frozenset[str] = frozenset(),
        names_elsewhere: Mapping[str, str] | None = None,
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        self.import_paths = import_paths
        self.hidden_names = hidden_names
        self.names_elsewhere = names_elsewhere or {}

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the group's own options, then its commands."""
        super().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each command with the first sentence of its help."""
        commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl([(name, _first_sentence(command.help or "")) for name, command in commands if command])

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands that are not hidden."""
        return [name for name in self.import_paths if name not in self.hidden_names]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command; None if there is none of this name."""
        home = self.import_paths.get(cmd_name)
        if home is None:
            return None
        module, _, attribute = home.partition(":")
        found = getattr(import_module(f"briefreader.cli.{module}"), attribute)
        assert isinstance(found, click.Command)
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the first argument names.

        Raises:
            UsageError: there is none; the hint suggests a similar one.
        """
        if args[0] not in self.import_paths and not args[0].startswith("-") and not ctx.resilient_parsing:
            other = self.names_elsewhere.get(args[0])
            near = [other] if other else nearest(args[0], self.list_commands(ctx))
            hint = f"did you mean {near[0]}?" if near else f"to list commands: {ctx.command_path} --help"
            if "add" in self.import_paths and Path(args[0]).exists():
                hint = f"to add that file or folder: {ctx.command_path} add {shlex.quote(args[0])}"
            raise UsageError(f"no such command: {args[0]!r}", hint=hint)
        return super().resolve_command(ctx, args)


def _first_sentence(text: str) -> str:
    """Return the first sentence of a command's help.

    Click would cut it at the end of the line.
    """
    paragraph = " ".join(text.strip().partition("\n\n")[0].split())
    return paragraph.partition(". ")[0].removesuffix(".") + "."
