"""The command line 命令行: ``python -m portal COMMAND``.

Exit 0: done, perhaps with warnings. Exit 1: the input or the installation has problems, all of them
listed, nothing half done. Exit 2: usage.
"""

import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn

import click
from sqlalchemy.exc import DatabaseError, DataError, IntegrityError

from demo import build as demonstration
from disclosure.catalogue import COUNTY_PREFIX
from disclosure.log.verifying.program import run_verifier
from portal import commands, searching, serving
from portal.config import Settings
from portal.data.regions import is_code
from portal.kernel.clock import SystemClock
from portal.kernel.errors import DomainError, Refused, SeveralRefused
from portal.kernel.language import N_, translate
from portal.kernel.period import PeriodError, parse_period
from portal.kernel.permissions import Role


def command_locale(environ: dict[str, str] | os._Environ[str]) -> str:
    """Return the language of messages: Chinese where the machine's locale is, else English."""
    language = environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG") or ""
    return "zh_Hans" if language.startswith("zh") else "en"


def say(message: str, **params: object) -> None:
    """Print a sentence in the operator's language."""
    click.echo(translate(command_locale(os.environ), message, **params))


def show_progress(done: int, total: int) -> None:
    """Count along on standard error, where a person watches."""
    if sys.stderr.isatty():
        click.echo(f"\r{done}/{total}", nl=done == total, err=True)


def show_count(done: int) -> None:
    """Count along on standard error where the end is not known."""
    if sys.stderr.isatty():
        click.echo(f"\r{done}", nl=False, err=True)


DATABASE_FAILED = N_(
    "The database cannot be used (%(kind)s). See that it is running, that it has room and that "
    "'python -m portal init' has been run, then try again. Nothing was changed."
)


def refusals(command: Callable[..., None]) -> Callable[..., None]:
    """Turn a refusal into a sentence for each thing wrong, on standard error, and exit status 1."""

    @wraps(command)
    def guarded(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except SeveralRefused as error:
            _fail(*error.each)
        except DomainError as error:
            _fail(error)
        except (IntegrityError, DataError):
            raise  # a fault of ours, not of the installation
        except DatabaseError as error:
            # Its own text may hold a value that was being stored.
            _fail(Refused(DATABASE_FAILED, kind=type(error.orig).__name__))

    return guarded


def _fail(*errors: DomainError) -> NoReturn:
    locale = command_locale(os.environ)
    for error in errors:
        click.echo(translate(locale, error.message, **error.params), err=True)
    sys.exit(1)


def settings() -> Settings:
    """Read the settings from the environment."""
    return Settings.from_env(os.environ)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """The transparency portal for social assistance."""


@main.command()
@click.option(
    "--recovery-out", type=click.Path(path_type=Path), help="Write the recovery key here, once."
)
@refusals
def init(recovery_out: Path | None) -> None:
    """Create or migrate the database and make the keys. Safe to repeat."""
    _warn(commands.initialise(settings(), recovery_out=recovery_out))


def _warn(refusal: DomainError | None) -> None:
    """Say what does not keep the command from going on."""
    if refusal is not None:
        locale = command_locale(os.environ)
        click.echo(translate(locale, refusal.message, **refusal.params), err=True)


DEMO_SIZE = click.IntRange(65, 200_000)


@main.command()
@click.option("--households", type=DEMO_SIZE, default=3000, show_default=True)
@click.option("--if-empty", is_flag=True, help="Do nothing where there is data already.")
@refusals
def demo(households: int, if_empty: bool) -> None:
    """Load the demonstration into an empty installation."""
    _load_demonstration(settings(), households, if_empty=if_empty)


def _load_demonstration(configured: Settings, households: int, *, if_empty: bool) -> None:
    demonstration.load_demonstration(
        configured, households=households, if_empty=if_empty, say=say, report=show_progress
    )
    searching.update_index(configured, commands.open_sessions(configured))


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=int, default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
@click.option(
    "--demo-households",
    type=DEMO_SIZE,
    help="First do 'init' and 'demo --if-empty' with so many households.",
)
@refusals
def serve(host: str, port: int, workers: int, demo_households: int | None) -> None:
    """Run the production server: web workers, and one worker for jobs and the sweep."""
    configured = settings()
    if demo_households is not None:
        _warn(commands.initialise(configured, recovery_out=None))
        _load_demonstration(configured, demo_households, if_empty=True)

    def introduce() -> None:
        if configured.demo:
            demonstration.introduce(configured, say)

    serving.serve(configured, host=host, port=port, workers=workers, say=say, introduce=introduce)


@main.group()
def regions() -> None:
    """Administrative divisions."""


@regions.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@refusals
def regions_load(file: Path) -> None:
    """Load ``code,name,level,parent``. Safe to repeat."""
    click.echo(commands.load_divisions(settings(), file))


@main.group()
def units() -> None:
    """Units that publish, answer and supervise."""


@units.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@refusals
def units_load(file: Path) -> None:
    """Load ``id,name,kind,region,phone,address,supervised_by``. Safe to repeat."""
    click.echo(commands.load_unit_file(settings(), file))


@main.group()
def users() -> None:
    """Accounts of staff."""


@users.command("add")
@click.argument("login")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--unit", required=True)
@click.option("--name", default="")
@refusals
def users_add(login: str, role: str, unit: str, name: str) -> None:
    """Create an account and print its one-time password."""
    click.echo(commands.add_account(settings(), login, role=Role(role), unit=unit, name=name))


def _kind(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    # Which programmes counties have added stands in the database; the command looks there.
    if value in commands.KIND_NAMES or value.startswith(COUNTY_PREFIX):
        return value
    raise click.BadParameter(f"{value!r} is not one of {', '.join(commands.KIND_NAMES)}.")


def _period(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    try:
        return parse_period(value).text
    except PeriodError as error:
        raise click.BadParameter(
            translate(command_locale(os.environ), error.message, **error.params)
        ) from error


def _code(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    if not is_code(value):
        raise click.BadParameter(translate(command_locale(os.environ), N_("A code has 12 digits.")))
    return value


@main.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--kind",
    required=True,
    callback=_kind,
    metavar="KIND",
    help=f"{', '.join(commands.KIND_NAMES)}, or a county's own programme (p-…).",
)
@click.option(
    "--region",
    required=True,
    callback=_code,
    help="12-digit code of the township (funds: the county).",
)
@click.option(
    "--period",
    required=True,
    callback=_period,
    help="2026-10, 2026-Q3, 2026 or 2026-11-16/2026-11-22.",
)
@click.option("--check", is_flag=True, help="Only check; change nothing.")
@click.option("--publish", is_flag=True, help="Approve as the command-line operator.")
@click.option("--skip-bad-rows", is_flag=True, help="Leave out rows with errors.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@refusals
def import_file(file: Path, as_json: bool, **options: Any) -> None:
    """Read a spreadsheet (.xlsx, .xls, .ods, .csv), check it, and store or publish it."""
    report = commands.import_spreadsheet(settings(), file, commands.ImportOptions(**options))
    locale = command_locale(os.environ)
    # JSON is UTF-8 whatever the terminal speaks.
    click.echo(report.as_json(locale).encode() if as_json else report.as_text(locale))
    if report.failed:
        sys.exit(1)


@main.command()
@click.argument("notice")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True)
@click.option("--size", type=click.Choice(["a3", "a4"]), default="a3", show_default=True)
@refusals
def poster(notice: str, output: Path, size: str) -> None:
    """Write the notice-board poster, with the board's masks."""
    commands.write_poster(settings(), notice, output, size=size)


@main.command()
@click.argument("query")
@refusals
def search(query: str) -> None:
    """Search as residents do: places, notices and policies, never a person."""
    configured = settings()
    sessions = commands.open_sessions(configured)
    locale = command_locale(os.environ)
    for line in searching.search_lines(configured, sessions, query, locale=locale):
        click.echo(line)


@main.command()
@refusals
def reindex() -> None:
    """Make the search index anew from nothing; the old one answers until it is whole."""
    configured = settings()
    sessions = commands.open_sessions(configured)
    count = searching.rebuild_index(configured, sessions, report=show_count)
    say(N_("The search index has %(count)s entries."), count=count)


@main.command()
@click.argument("target", metavar="DIR_OR_URL")
@click.option(
    "--state",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("verify-state.json"),
    show_default=True,
    help="The file that remembers the last checkpoint.",
)
@click.option("--accept-key", metavar="KEY", help="The log's key, as somebody you trust said it.")
def verify(target: str, state: Path, accept_key: str | None) -> None:
    """Check from outside that a portal shows what its public log holds."""
    arguments = [target, "--state", str(state)]
    arguments += ["--accept-key", accept_key] if accept_key else []
    sys.exit(run_verifier(arguments, now=SystemClock().now()))


@main.group()
def log() -> None:
    """The public log: its key, and what to do when something was lost."""


@log.command("rotate-key")
@refusals
def log_rotate_key() -> None:
    """Let a new key follow the log's key; the old one signs that it does."""
    say(N_("The log's new key: %(key)s"), key=commands.rotate_log_key(settings()))


STATEMENT = click.option("--statement", required=True, help="What happened; the public reads it.")


@log.command("replace-key")
@STATEMENT
@refusals
def log_replace_key(statement: str) -> None:
    """Let a new key follow one that was lost, with a public statement."""
    say(N_("The log's new key: %(key)s"), key=commands.replace_log_key(settings(), statement))


@log.command("resume")
@STATEMENT
@click.option("--new-key", is_flag=True, help="The key was lost too: let a fresh one follow.")
@refusals
def log_resume(statement: str, *, new_key: bool) -> None:
    """Go on with a restored older database, with a public statement."""
    commands.resume_log(settings(), statement, new_key=new_key)


@main.command()
@refusals
def sweep() -> None:
    """Do everything that time does. Safe to repeat, and to run twice at once."""
    commands.sweep_once(settings())
