"""Entry point: run a command, turn exceptions into messages and exit codes."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import click

from briefreader import __version__, errors
from briefreader.atomic import is_temporary
from briefreader.cli.argv import normalise
from briefreader.cli.command import GLOBAL_OPTIONS, LazyGroup, arity
from briefreader.cli.session import Session
from briefreader.cli.terminal import replace_unencodable

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

COMPLETE = "_BRIEFREADER_COMPLETE"  # environment variable set by a shell's completion script
BROKEN_PIPE = 141  # 128 + SIGPIPE

COMMANDS = {
    "add": "add:add",
    "remove": "add:remove",
    "reread": "add:reread",
    "list": "list:list_",
    "search": "list:search",
    "show": "show:show",
    "stories": "stories:stories",
    "changed": "changed:changed",
    "brief": "brief:brief",
    "alerts": "alerts:alerts",
    "mark": "accept:mark",
    "note": "accept:note",
    "edit": "accept:edit",
    "saved": "accept:saved",
    "tag": "tag:tag",
    "bulk-tag": "tag:bulk_tag",
    "explain": "explain:explain",
    "accept": "accept:accept",
    "reject": "accept:reject",
    "review": "explain:review",
    "eval": "eval:eval_",
    "taxonomy": "taxonomy:taxonomy",
    "export": "export:export",
    "pull": "export:pull",
    "fetch": "fetch:fetch",
    "sources": "sources:sources",
    "history": "history:history",
    "undo": "history:undo",
    "redo": "history:redo",
    "diff": "copies:diff",
    "aliases": "copies:aliases",
    "split": "copies:split",
    "dump": "maintenance:dump",
    "restore": "maintenance:restore",
    "backup": "maintenance:backup",
    "check": "maintenance:check",
    "stats": "show:stats",
    "read": "read:read",
    "suggest": "suggest:suggest",
    "serve": "serve:serve",
    "mcp": "mcp.command:mcp",
    "config": "config:config",
    "keys": "app:keys",
    "completion": "completion:completion",
}
HIDDEN = frozenset({"bulk-tag"})
NAMES_ELSEWHERE = {  # names that other programs use, and the command to suggest for each
    "delete": "remove",
    "rm": "remove",
    "ls": "list",
    "find": "search",
    "open": "show",
    "star": "mark --star",
    "unstar": "mark --unstar",
    "import": "add",
    "topics": "taxonomy show",
    "sync": "fetch",
    "refresh": "fetch",
}


class Root(LazyGroup):
    """The ``briefreader`` command; without arguments it opens the app."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the usage line."""
        formatter.write_usage(ctx.command_path, "[OPTIONS] [COMMAND] [ARGS]... | --bulk-tag [PATH]...")

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete paths after ``--bulk-tag``, otherwise commands."""
        if ctx.params.get("bulk_tag") and not incomplete.startswith("-"):
            from briefreader.cli.param_types import SourcePath

            return SourcePath().shell_complete(ctx, self.params[0], incomplete)
        return super().shell_complete(ctx, incomplete)


@click.group(
    cls=Root,
    import_paths=COMMANDS,
    hidden_names=HIDDEN,
    names_elsewhere=NAMES_ELSEWHERE,
    params=[*GLOBAL_OPTIONS],
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--demo", is_flag=True, help="Open the app on sample briefings, in a temporary library.")
@click.option(
    "--bulk-tag", is_flag=True, help="Add the given paths, tag all untagged briefings, and print their topics."
)
@click.version_option(__version__, message="briefreader %(version)s")
@click.pass_context
def root(ctx: click.Context, demo: bool, bulk_tag: bool) -> int:
    """A terminal reader for briefings: newsletters, podcast summaries, digests and essays.

    Lists key insights, assigns topics and says why, tolerates typos in searches, and writes Markdown notes. Without a
    command, opens the app on your library.
    """
    if ctx.invoked_subcommand is not None:
        if demo:
            raise errors.UsageError(
                "--demo opens the app and takes no command", hint="to open the demo: briefreader --demo"
            )
        return errors.OK
    # a --bulk-tag was already replaced by ``normalise``
    in_browser = "TEXTUAL_DRIVER" in os.environ  # started by `serve`
    if not in_browser and not (sys.stdin.isatty() and sys.stdout.isatty()):
        click.echo(ctx.get_help(), err=True)
        return errors.USAGE
    from briefreader.cli.app import open_app

    return open_app(ctx.obj, demo=demo)


def run(argv: list[str]) -> int:
    """Run one command; return its exit code."""
    replace_unencodable()
    if argv in (["--version"], ["-V"]):
        Session(color="never").out.text(f"briefreader {__version__}")
        return errors.OK
    session = Session(debug="--debug" in argv)
    if asked := os.environ.get(COMPLETE):
        return _complete(session, asked)
    try:
        words = normalise(argv, COMMANDS, arity(root.params))
        code = _invoke(words, session)
        session.out.flush()
    except BrokenPipeError:
        return _closed_pipe()
    except (KeyboardInterrupt, click.Abort):
        session.out.problem("interrupted", style="yellow")
        session.out.failure(session.command, "interrupted", "", errors.INTERRUPTED)
        return errors.INTERRUPTED
    except Exception as error:
        session.json = session.json or "--json" in argv
        session.command = session.command or next((word for word in argv if word in COMMANDS), "")
        return _failed(error, session)
    return code if isinstance(code, int) else errors.OK


def _complete(session: Session, asked: str) -> int:
    """Answer a shell's completion request, without printing messages."""
    try:
        from click.shell_completion import shell_complete

        from briefreader.cli.param_types import register_bash_completion

        register_bash_completion()
        return shell_complete(root, {"obj": session}, "briefreader", COMPLETE, asked)
    except KeyboardInterrupt:
        return errors.INTERRUPTED


def _invoke(words: list[str], session: Session) -> object:
    """Run the command without click's ``main``, which would exit with 1 if the output pipe is closed.

    Returns:
        What the command returned (an exit code or None), or click's exit code.
    """
    try:
        with root.make_context("briefreader", words, obj=session) as context:
            return root.invoke(context)
    except click.exceptions.Exit as ended:
        return ended.exit_code


def _failed(error: Exception, session: Session) -> int:
    """Report an error and return the exit code.

    With ``--debug``, raises an internal error again.
    """
    out = session.out
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message(), err=True)
        return errors.USAGE
    message, where, hint, code = _described(error)
    out.failure(session.command, f"{where}: {message}" if where else message, hint, code)
    if session.debug and not isinstance(error, errors.BriefreaderError | click.ClickException):
        raise error
    out.problem(message, where=where, hint=hint)
    return code


def _described(error: Exception) -> tuple[str, str, str, int]:
    """Return an error's message, place, hint and exit code.

    The place is the file, line or source that the error concerns.
    """
    if isinstance(error, errors.BriefreaderError):
        return error.message, error.where, error.hint, error.exit_code
    if isinstance(error, click.ClickException):
        context: Any = getattr(error, "ctx", None)
        message = " ".join(error.format_message().split())
        message = message.replace("integer range", "integer").replace("float range", "number")  # click's type names
        hint = f"see {context.command_path} --help" if context else ""
        return message, "", hint, errors.USAGE if isinstance(error, click.UsageError) else errors.FAILURE
    if isinstance(error, OSError):
        place = str(os.fspath(error.filename)) if error.filename is not None else ""
        folder, name = os.path.split(place)
        if is_temporary(name):
            return f"cannot be written: {error.strerror}", folder, "", errors.FAILURE
        return error.strerror or str(error), place, "", errors.FAILURE
    message = f"the program failed: {type(error).__name__}: {error}"
    return message, "", "this is a bug in briefreader; run with --debug for a traceback", errors.FAILURE


def _closed_pipe() -> int:
    """Exit silently on a closed pipe, without flushing stdout."""
    devnull = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(devnull, sys.stdout.fileno())
    except (OSError, ValueError):  # stdout isn't a file, as in tests
        pass
    finally:
        os.close(devnull)
    return BROKEN_PIPE
