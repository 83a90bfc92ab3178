"""Everything the person who runs Artel may set: small frozen sections by topic, each field with unit, default, reason.

Nothing here reads the environment by itself: `bot.__main__` calls `read` once and hands the result down. The file
`.env.example` is written by `python -m bot.settings`, and a test holds the two together.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo

from bot.gatekeeping import Gate as Gate
from bot.limits import Intake as Intake
from bot.limits import Limits as Limits
from bot.limits import PositiveFloat, PositiveInt, Section, env
from bot.marking import Marking as Marking

PLAYGROUND_TOKEN = "playground"
"""What the playground takes for a bot token; it is no secret, since the playground listens on loopback alone."""

WORKER_PORT = 8790
"""Where a worker listens unless told otherwise."""


class SettingsError(Exception):
    """A setting cannot be used; the text names it and says what it should be."""


class Discord(Section):
    """Discord"""

    token: SecretStr | None = env(
        "DISCORD_TOKEN",
        None,
        "The bot's token, from the Bot page of https://discord.com/developers/applications. Unset: Artel brings up the "
        "playground, a Discord of its own in the browser, so that nothing is needed to try it.",
    )
    process_name: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,32}$")] = env(
        "ARTEL_PROCESS_NAME",
        "bot-0",
        "Name of this bot process. After a restart it takes up what a process of the same name had begun, so with "
        "several processes give each its own, and keep it.",
    )


class Storage(Section):
    """Where things are kept"""

    data: Path = env(
        "ARTEL_DATA",
        Path("data"),
        "Folder for the database, pictures, models, logs and the folders to learn from. In the working folder by "
        "default, so that one `rm -r data` forgets everything.",
    )
    database: Annotated[str, Field(pattern=r"^(sqlite(\+aiosqlite)?:///.+|postgresql(\+\w+)?://.+)$")] | None = env(
        "DATABASE_URL",
        None,
        "SQLAlchemy URL of the database. Unset: SQLite in the data folder, which serves one bot process well. Several "
        "processes need Postgres: postgresql+asyncpg://user:password@host/artel",
    )


class WorkerLink(Section):
    """The worker, which makes and trains"""

    url: str | None = env(
        "WORKER_URL",
        None,
        "Address of a worker that runs elsewhere, such as http://gpu-box:8790. Unset: `artel up` starts one here, and "
        "all other commands find it by the data folder, or on port 8790 of this machine.",
    )
    token: SecretStr | None = env(
        "WORKER_TOKEN",
        None,
        "The worker's bearer token. Unset: read from the file `worker/token` in the data folder, where a worker of "
        "this machine writes it.",
    )
    render_seconds: PositiveFloat = env(
        "ARTEL_RENDER_SECONDS",
        20.0,
        "Seconds to wait for pictures before saying that it failed. A cold model on a busy machine needs a few.",
    )
    call_seconds: PositiveFloat = env(
        "ARTEL_CALL_SECONDS",
        10.0,
        "Seconds to wait for any other answer of the worker; these are quick, so longer means that it hangs.",
    )


class Playground(Section):
    """The playground"""

    url: str | None = env(
        "PLAYGROUND_URL",
        None,
        "Address of a running playground that `artel bot` connects to when there is no token. Unset: the port below on "
        "this machine.",
    )
    port: Annotated[int, Field(ge=1, le=65535)] = env(
        "ARTEL_PORT", 8765, "TCP port of the page on 127.0.0.1. `artel up` takes another one when it is in use."
    )
    browser: bool = env(
        "ARTEL_BROWSER", True, "Whether `artel up` opens the page in a browser, where there is a display."
    )


class Web(Section):
    """The web gallery"""

    enabled: bool = env("ARTEL_WEB", True, "Whether the bot serves the gallery, pages with all that was made.")
    host: str = env(
        "ARTEL_WEB_HOST",
        "127.0.0.1",
        "Address to listen on. Only this machine by default: for others put a server that speaks https before it. With "
        "the playground it is always 127.0.0.1, since there anybody may be anybody.",
    )
    port: Annotated[int, Field(ge=1, le=65535)] = env(
        "ARTEL_WEB_PORT", 8780, "TCP port to listen on. `artel up` takes another one when it is in use."
    )
    address: Annotated[str, Field(pattern=r"^https?://[^/\s]+$")] | None = env(
        "ARTEL_WEB_URL",
        None,
        "Where visitors find it, such as https://art.example.org, without a slash at the end. Needed for the sign-in "
        "by Discord from other machines, which comes back to this address followed by /sign-in/back.",
    )
    client_id: Annotated[str, Field(pattern=r"^\d{15,21}$")] | None = env(
        "DISCORD_CLIENT_ID", None, "The application's id, from its OAuth2 page; needed to sign in with Discord."
    )
    client_secret: SecretStr | None = env(
        "DISCORD_CLIENT_SECRET", None, "The application's client secret, from the same page."
    )
    renders_per_minute: PositiveInt = env(
        "ARTEL_WEB_RENDERS_PER_MINUTE",
        900,
        "Pictures of 256 px drawn for one visitor in a minute: a page is 24, and a pulled slider asks ten a second.",
    )


class Log(Section):
    """Log"""

    format: Literal["auto", "console", "json"] = env(
        "ARTEL_LOG_FORMAT", "auto", "How log lines look: auto is coloured text on a terminal, JSON lines elsewhere."
    )
    level: Literal["debug", "info", "warning", "error"] = env(
        "ARTEL_LOG_LEVEL", "info", "Lines below this level are left out. info is a line or two a request."
    )
    metrics_port: Annotated[int, Field(ge=0, le=65535)] | None = env(
        "ARTEL_METRICS_PORT",
        None,
        "TCP port of 127.0.0.1 on which the bot shows its counts to Prometheus (/metrics); 0 takes a free one and logs "
        "it. Unset: none, since only who collects them needs a port. The worker's own are at its /v1/metrics.",
    )
    traces: str | None = env(
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        None,
        "Where bot and worker send OpenTelemetry traces (OTLP over HTTP), such as http://127.0.0.1:4318. Needs the "
        "packages of `pip install 'artel[otel]'`. Unset: no traces.",
    )


class Settings(Section):
    """All sections. `Settings()` is the default house; tests build sections by hand."""

    discord: Discord = Discord()
    storage: Storage = Storage()
    worker: WorkerLink = WorkerLink()
    playground: Playground = Playground()
    web: Web = Web()
    limits: Limits = Limits()
    intake: Intake = Intake()
    gate: Gate = Gate()
    marking: Marking = Marking()
    log: Log = Log()

    @property
    def data(self) -> Path:
        return self.storage.data

    @property
    def database_url(self) -> str:
        """SQLAlchemy URL with an asynchronous driver."""
        return self.storage.database or f"sqlite+aiosqlite:///{(self.data / 'artel.sqlite').absolute()}"

    @property
    def worker_url(self) -> str:
        """The worker's base address: as set, else where the data folder's own worker says it listens."""
        return (self.worker.url or self._local_worker() or f"http://127.0.0.1:{WORKER_PORT}").rstrip("/")

    @property
    def playground_url(self) -> str | None:
        """Base address of the playground; none when the bot speaks to Discord itself."""
        if self.discord.token is not None:
            return None
        return (self.playground.url or f"http://127.0.0.1:{self.playground.port}").rstrip("/")

    @property
    def bot_token(self) -> str:
        """The token to log in with, Discord's or the playground's."""
        return self.discord.token.get_secret_value() if self.discord.token else PLAYGROUND_TOKEN

    @property
    def folders(self) -> Path:
        """Where the operator puts folders of pictures to learn from, one folder a set."""
        return self.data / "folders"

    def worker_token(self) -> str | None:
        """The worker's token: as set, else from the file that a local worker keeps; none when there is neither."""
        if self.worker.token is not None:
            return self.worker.token.get_secret_value()
        try:
            return (self.data / "worker" / "token").read_text().strip() or None
        except OSError:
            return None

    def _local_worker(self) -> str | None:
        try:
            return str(json.loads((self.data / "worker" / "worker.json").read_text())["url"])
        except (OSError, ValueError, KeyError, TypeError):
            return None


def read(environment: Mapping[str, str]) -> Settings:
    """Settings from variables such as `os.environ`; an empty value counts as not set.

    Raises `SettingsError` with one line for each setting that cannot be used.
    """
    sections: dict[str, Any] = {}
    for section, _, kind in _sections():
        given = {name: environment[env] for name, env, _ in _fields(kind) if environment.get(env, "").strip()}
        sections[section] = given
    try:
        return Settings.model_validate(sections)
    except ValidationError as error:
        raise SettingsError("\n".join(_complaint(dict(one)) for one in error.errors(include_url=False))) from None


def variables() -> frozenset[str]:
    """Names of all environment variables that `read` looks at."""
    return frozenset(env for _, _, kind in _sections() for _, env, _ in _fields(kind))


def example() -> str:
    """The text of `.env.example`: every setting of bot and worker, commented out at its default."""
    parts = [
        "# Settings of Artel. Copy this file to .env and change what you need: all of it has defaults that work.\n"
    ]
    for _, title, kind in _sections():
        parts.append(_heading(title))
        parts += [_entry(env, field.description or "", field.default) for _, env, field in _fields(kind)]
    parts.append(_heading("The worker's own settings (read by `artel worker`)"))
    parts += _worker_entries()
    return "\n".join(parts)


def _worker_entries() -> Iterator[str]:
    from gan.settings import WorkerSettings

    prefix = WorkerSettings.model_config.get("env_prefix", "")
    for name, field in WorkerSettings.model_fields.items():
        yield _entry(f"{prefix}{name}".upper(), field.description or "", field.default)


def _heading(title: str) -> str:
    return f"\n# --- {title} {'-' * max(3, 110 - len(title))}\n"


def _entry(env: str, why: str, default: Any) -> str:
    text = textwrap.fill(why, 115, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)
    shown = "" if default is None else str(default).lower() if isinstance(default, bool) else str(default)
    return f"{text}\n#{env}={shown}\n"


def _sections() -> Iterator[tuple[str, str, type[Section]]]:
    """(field of `Settings`, title, class) of each section."""
    for name, field in Settings.model_fields.items():
        kind = type(field.default)
        yield name, kind.__doc__ or name, kind


def _fields(kind: type[Section]) -> Iterator[tuple[str, str, FieldInfo]]:
    """(field, environment variable, field's facts) of each field of a section."""
    for name, field in kind.model_fields.items():
        extra = field.json_schema_extra
        assert isinstance(extra, dict), f"{kind.__name__}.{name} has no environment variable"
        yield name, str(extra["env"]), field


def _complaint(error: Mapping[str, Any]) -> str:
    section, name = error["loc"][:2]
    kind = type(Settings.model_fields[section].default)
    env = next(env for field, env, _ in _fields(kind) if field == name)
    secret = name in ("token", "client_secret", "database")  # a database's address holds its password
    given = " cannot be used" if secret else f" is {error['input']!r}, which cannot be used"
    wanted = error["msg"][0].lower() + error["msg"][1:]
    if name == "database":
        wanted = "it should be sqlite+aiosqlite:///path/to/file or postgresql+asyncpg://user:password@host/name"
    return f"{env}{given}: {wanted}. See .env.example."


if __name__ == "__main__":
    print(example(), end="")
