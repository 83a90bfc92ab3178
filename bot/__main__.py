"""The `artel` command. The only module that reads the environment; it also turns every failure into one sentence."""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import os
import signal
import sys
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import typer
from dotenv import dotenv_values

from bot import log
from bot.settings import Settings, SettingsError, read
from bot.supervisor import EX_CONFIG

T = TypeVar("T")

app = typer.Typer(
    help="Artel: a Discord server's own art studio.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.command()
def up() -> None:
    """Start everything: worker, bot and (without DISCORD_TOKEN) the playground. Ctrl-C stops it."""
    from bot.cli.up import up as run_all

    settings = _settings()
    _run(run_all(settings, os.environ))


@app.command()
def bot() -> None:
    """Run the bot alone, against Discord or a running playground."""
    from bot.cli.botting import run_bot

    settings = _settings()
    _log(settings)
    faulthandler.register(signal.SIGUSR1)  # kill -USR1 writes where every thread is: for a bot that seems to hang
    pulse = os.environ.get("ARTEL_PULSE")
    _run(run_bot(settings, Path(pulse) if pulse else None))


@app.command()
def worker() -> None:
    """Run the worker alone; its settings are the variables ARTEL_WORKER_…"""
    settings = _settings()
    os.environ.setdefault("ARTEL_WORKER_DATA", str(settings.data / "worker"))
    _become("gan", "serve")


@app.command()
def playground(
    port: Annotated[int | None, typer.Option(help="TCP port on 127.0.0.1; 0 takes a free one.")] = None,
) -> None:
    """Run the playground alone: a Discord of its own in the browser."""
    settings = _settings()
    chosen = settings.playground.port if port is None else port
    _become("playground", "--port", str(chosen), "--data", str(settings.data / "playground"))


@app.command()
def doctor() -> None:
    """Look at everything Artel stands on, and say what to do. Ends with 1 when something must be mended."""
    from rich.console import Console

    from bot.doctor import examine, show

    settings = _settings()
    log.configure("console", "error")
    if not show(asyncio.run(examine(settings, os.environ)), Console(soft_wrap=True)):
        raise typer.Exit(1)


@app.command()
def hashes(files: Annotated[list[Path], typer.Argument(help="Pictures that are to be blocked.")]) -> None:
    """Print the lines by which ARTEL_BLOCKED_HASHES knows these pictures again, saved anew or resized."""
    from bot.cli.hashing import show

    log.configure("console", "error")
    _run(show(_settings(), files))


@app.command()
def requests(
    limit: Annotated[int | None, typer.Option(help="Only so many, the newest first.", min=1)] = None,
    server: Annotated[int | None, typer.Option(help="Only those of the server with this id.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """List every request: who, what, when, state, timings, model, outputs."""
    from bot.cli.looking import show_requests

    _run(show_requests(_settings(), server=server, limit=limit, as_json=as_json))


@app.command()
def limits(
    what: Annotated[str | None, typer.Argument(help="renders, trainings, training_minutes or disk_mib.")] = None,
    amount: Annotated[float | None, typer.Argument(help="The new limit.")] = None,
    member: Annotated[int | None, typer.Option(help="For the member with this id; 0 for each.", min=0)] = None,
    server: Annotated[int | None, typer.Option(help="For the server with this id; 0 for each.", min=0)] = None,
    usual: Annotated[
        bool, typer.Option("--usual", help="End the exception: what the settings say holds again.")
    ] = False,
) -> None:
    """Show what may be used, or set a limit for one member, one server, or (with neither) everyone together."""
    from bot.cli.limiting import set_limit, show_limits
    from bot.records.limits import Scope

    if what is None:
        _run(show_limits(_settings()))
        return
    if (amount is None) != usual or (member is not None and server is not None):
        raise typer.BadParameter("Give an amount or --usual, and --member or --server or neither.")
    scope = Scope.member if member is not None else Scope.server if server is not None else Scope.all
    log.configure("console", "error")
    typer.echo(_run(set_limit(_settings(), what, amount, scope, member or server or 0)))


@app.command()
def rebuild(
    output_id: Annotated[int, typer.Argument(help="The number of a picture, as in its file's name.")],
    to: Annotated[Path | None, typer.Option(help="File to write; artel-<id>.png if not given.")] = None,
) -> None:
    """Make a posted picture again from its row, byte for byte. Ends with 1 when that cannot be."""
    from bot.cli.looking import rebuild as make_again

    log.configure("console", "error")
    _run(make_again(_settings(), output_id, to))


@app.command()
def evaluate(
    model: Annotated[str, typer.Argument(help="A model's id, as in its file's name, or a model file.")],
    against: Annotated[
        Path | None, typer.Option(help="Folder of pictures to judge by; if not given, the works it learned from.")
    ] = None,
    count: Annotated[int, typer.Option(help="Pictures drawn for the measurement.", min=3)] = 256,
    as_json: Annotated[bool, typer.Option("--json", help="The figures as JSON.")] = False,
) -> None:
    """Measure a model: how good, how varied and how new its pictures are."""
    os.environ.setdefault("ARTEL_WORKER_DATA", str(_settings().data / "worker"))
    options = [
        "--count",
        str(count),
        *(("--against", str(against)) if against else ()),
        *(("--json",) if as_json else ()),
    ]
    _become("gan", "evaluate", model, *options)


@app.command()
def runs(
    ids: Annotated[
        list[str] | None, typer.Argument(help="Trainings to compare: ids, their beginnings, or titles.")
    ] = None,
    family: Annotated[str | None, typer.Option(help="Only those of this family.")] = None,
    limit: Annotated[int, typer.Option(help="Only so many, the newest first.", min=1)] = 30,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, the curves in it.")] = False,
) -> None:
    """List the trainings of this machine's worker, or compare some: settings, figures, curves."""
    os.environ.setdefault("ARTEL_WORKER_DATA", str(_settings().data / "worker"))
    options = [*(("--family", family) if family else ()), *(("--json",) if as_json else ()), "--limit", str(limit)]
    _become("gan", "runs", *options, *(ids or ()))


@app.command("import")
def import_model(
    file: Annotated[Path, typer.Argument(help="A model of Artel's, as a .safetensors file.")],
    check: Annotated[bool, typer.Option("--check", help="Only check it.")] = False,
) -> None:
    """Check a model file from elsewhere, in a confined process, and take it in for all servers."""
    os.environ.setdefault("ARTEL_WORKER_DATA", str(_settings().data / "worker"))
    _become("gan", "import", str(file), *(("--check",) if check else ()))


@app.command()
def evolution(
    training: Annotated[str, typer.Argument(help="A training: its id, the beginning of it, or its title.")],
    to: Annotated[Path | None, typer.Argument(help="File to write: .webp, .gif or .mp4.")] = None,
) -> None:
    """Make one animation of all the samples of a training, from its first step to its last."""
    os.environ.setdefault("ARTEL_WORKER_DATA", str(_settings().data / "worker"))
    _become("gan", "evolution", training, *((str(to),) if to else ()))


@app.command()
def backup(to: Annotated[Path | None, typer.Argument(help="File to write, .tar.gz.")] = None) -> None:
    """Save the database, models, pictures and folders in one file, also while everything runs."""
    from bot.cli.backing_up import back_up

    settings = _settings()
    with _sentences():
        written = back_up(settings, to)
        typer.echo(
            f"Saved to {written} ({written.stat().st_size / 1024**2:.1f} MiB). Back with: artel restore {written}"
        )
    if not settings.database_url.startswith("sqlite"):
        typer.echo("The database is Postgres and not in this file: save it with pg_dump.")


@app.command()
def restore(source: Annotated[Path, typer.Argument(help="A file that `artel backup` wrote.")]) -> None:
    """Put a backup in the place of the data folder; what stood there is kept beside it."""
    from bot.cli.backing_up import restore as put_back

    settings = _settings()
    with _sentences():
        before = put_back(settings, source)
        typer.echo(f"{settings.data} is as it was. " + (f"What stood there before is in {before}." if before else ""))


def main() -> None:
    """Entry point of the `artel` script and of `python -m bot`."""
    app()


def _settings() -> Settings:
    """Settings from `.env` in the working folder and the environment, which wins; children get to see both."""
    try:
        for name, value in dotenv_values(Path(".env")).items():
            if value:
                os.environ.setdefault(name, value)
        return read(os.environ)
    except SettingsError as error:
        _end(str(error))


def _log(settings: Settings) -> None:
    held = (settings.discord.token, settings.worker.token, settings.web.client_secret)
    secrets = [one.get_secret_value() for one in held if one is not None]
    log.configure(settings.log.format, settings.log.level, secrets=secrets)


def _run(story: Coroutine[Any, Any, T]) -> T | None:
    with contextlib.suppress(KeyboardInterrupt), _sentences():
        return asyncio.run(story)
    return None


@contextlib.contextmanager
def _sentences() -> Iterator[None]:
    """Turn what can go wrong for reasons outside of the program into the sentence that helps."""
    from bot.cli.botting import DatabaseTrouble
    from bot.cli.lock import AlreadyRunning
    from bot.errors import Refused, Retry
    from bot.records import UnsafeSqlite
    from bot.supervisor import StartFailed

    try:
        yield
    except (AlreadyRunning, StartFailed, SettingsError, UnsafeSqlite) as error:
        _end(str(error))
    except (Refused, Retry, DatabaseTrouble) as error:
        _end(str(error), status=1)
    except OSError as error:
        if error.filename is None:
            raise
        _end(f"{error.filename}: {error.strerror}. Make it writable, or name another data folder with ARTEL_DATA.")


def _become(module: str, *arguments: str) -> NoReturn:
    """Let this process become another program of ours, so that signals reach it directly."""
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", module, *arguments])


def _end(sentence: str, status: int = EX_CONFIG) -> NoReturn:
    """Say what is wrong and what to do; the usual status tells a supervisor that starting again would not help."""
    typer.echo(f"artel: {sentence}", err=True)
    raise typer.Exit(status)


if __name__ == "__main__":
    main()
