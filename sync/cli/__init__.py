"""The command line: the group, one file a command, and what every command needs."""

import pkgutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

if TYPE_CHECKING:
    from datetime import datetime

    from sync.render import Sheet
    from sync.session import Session

Command = TypeVar("Command", bound=Callable[..., Any])


class Files(click.Group):
    """A group whose commands are the files beside this one, each read only when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the files."""
        return sorted(module.name for module in pkgutil.iter_modules(__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The `command` of a file."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = import_module(f"sync.cli.{cmd_name}").command
        return command


@click.group(cls=Files, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="revops-sync")
def cli() -> None:
    """Plan and apply for CRM data: HubSpot and Salesforce hygiene that shows every change before it writes one.

    Only `apply` and `run` write to a CRM, and only a plan that somebody, or the team's policy, approved.
    stdout is data, stderr is talk.

    Exit codes: 0 clean or done, 1 findings at or above --fail-on, 2 usage, settings or credentials, 3 some changes
    failed, 4 refused by a guard, or a journal that does not hold, 5 outcomes unknown or stopped and resumable, 10
    there are changes (plan --detailed-exitcode).
    """


def main() -> None:
    """Run a command; every error this tool raises on purpose ends in its own exit code and a line on stderr."""
    from connectors.errors import RevopsError

    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    try:
        # Outside its own mode click hands an exit code back instead of raising it.
        code = cli.main(prog_name="revops-sync", standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        say("stopped")
        sys.exit(5)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except RevopsError as error:
        say(f"error: {error}")
        sys.exit(error.exit_code)
    except Exception as error:  # noqa: BLE001 - the last line: a fault of ours, told without the values it met
        say(f"error: a fault of revops-sync itself: {type(error).__name__} {_place(error)}")
        sys.exit(5)


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"at {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""


def formatted(command: Command) -> Command:
    """The `--format` option."""
    from_render = ("table", "json", "jsonl", "csv", "md")
    help_ = "How to show the result; table for people, the others for programs."
    option = click.option("--format", "format_", type=click.Choice(from_render), default="table", help=help_)
    return option(command)


def reported(command: Command) -> Command:
    """The `--format` option of a command whose result other programs collect."""
    from_render = ("table", "json", "jsonl", "csv", "md", "sarif", "junit")
    help_ = "How to show the result; table for people, sarif and junit for pipelines, the others for programs."
    option = click.option("--format", "format_", type=click.Choice(from_render), default="table", help=help_)
    return option(command)


def dated(command: Command) -> Command:
    """The options of a command that can look at the past, as one argument `when`: a moment, and whether as seen."""

    @wraps(command)
    def given(*args: object, as_of: "datetime | None", seen: bool, **more: object) -> object:
        return command(*args, when=(_day_end(as_of), seen), **more)

    moment = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"])
    told = "Look at this day's end, or at a moment (UTC), as far as is known now; nothing is kept."
    as_seen = click.option("--seen", is_flag=True, help="With --as-of: as the pulls had shown it then.")
    return cast("Command", click.option("--as-of", type=moment, help=told)(as_seen(given)))


def _day_end(value: "datetime | None") -> "datetime | None":
    """A day means its end: what happened on it has happened."""
    from datetime import UTC, timedelta

    if value is None:
        return None
    midnight = (value.hour, value.minute, value.second) == (0, 0, 0)
    return (value + timedelta(days=1, milliseconds=-1) if midnight else value).replace(tzinfo=UTC)


def display(sheet: "Sheet", format_: str) -> None:
    """Data, to stdout."""
    from sync.render import render

    click.echo(render(sheet, format_))


def say(text: str) -> None:
    """Talk, to stderr, above a progress bar where there is one."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


@contextmanager
def opened(environ: Mapping[str, str] | None = None, halt: Callable[[], bool] = lambda: False) -> Iterator["Session"]:
    """A session for this process's environment, or another, closed at the end."""
    from sync.session import Session
    from sync.settings import load

    session = Session(load(environ), halt=halt)
    try:
        yield session
    finally:
        session.close()


@contextmanager
def interruptible() -> Iterator[Callable[[], bool]]:
    """Ctrl-C or a termination asks for a stop after the batch under way; a second one ends the process at once."""
    import signal

    asked: list[int] = []

    def ask(number: int, _: object) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)
        say("stopping after this batch; once more to stop at once")

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int | None], None]]:
    """A progress bar on a terminal, silence elsewhere: call it with how many are done and of how many."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
