"""Log lines: one a fact, with level, time, logger and the request's id; text on a terminal, JSON elsewhere.

Whoever logs uses the standard `logging` or `structlog`; both come out the same. The request id is bound once, where a
request enters, by `request_context`, and every line below it carries it, in every task started from there.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO

import structlog

REQUEST_KEY = "request"
UNKNOWN_INTERACTION = 10062
"""Discord's code for an answer that came after its three seconds."""
QUIET = ("discord", "dbos", "aiohttp.access", "asyncio", "alembic", "PIL", "httpx", "apscheduler")
"""Libraries that tell too much at `info`; their warnings come through."""


def configure(
    layout: str = "auto", level: str = "info", *, secrets: Iterable[str] = (), stream: TextIO | None = None
) -> None:
    """Send all logging to `stream` (standard error by default).

    `layout` is auto, console or json; `level` the lowest shown. No line ever shows one of `secrets`.
    """
    stream = stream or sys.stderr
    as_text = layout == "console" or (layout == "auto" and stream.isatty())
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="%H:%M:%S" if as_text else "iso", utc=not as_text, key="time"),
        structlog.processors.StackInfoRenderer(),
    ]
    last: list[Any] = (
        [structlog.dev.ConsoleRenderer(colors=stream.isatty(), timestamp_key="time")]
        if as_text
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(sort_keys=False, default=str)]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    formatter = _Discreet(
        secrets,
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    handler.addFilter(_is_ours_to_hear)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(max(root.level, logging.WARNING))
    if root.level > logging.DEBUG:  # that something is tried again is no warning; that it failed for good is told
        logging.getLogger("stamina").setLevel(logging.ERROR)


@contextmanager
def request_context(request_id: int | str) -> Iterator[None]:
    """Every line logged inside, by whatever task started here, carries this request's id."""
    with structlog.contextvars.bound_contextvars(**{REQUEST_KEY: str(request_id)}):
        yield


def current_request() -> str | None:
    """The id that `request_context` bound here; none outside a request."""
    return structlog.contextvars.get_contextvars().get(REQUEST_KEY)


def _is_ours_to_hear(record: logging.LogRecord) -> bool:
    """discord.py warns of each library for voice that is not there; we never speak. It also logs a traceback for
    suggestions that came too late: whoever typed has typed on, and nothing is wrong but that the machine is busy."""
    if record.name == "discord.client":
        return "voice will NOT be supported" not in record.getMessage()
    error = record.exc_info[1] if record.exc_info else None
    late = "autocomplete" in record.getMessage() and getattr(error, "code", None) == UNKNOWN_INTERACTION
    return not (record.name == "discord.app_commands.tree" and late)


class _Discreet(structlog.stdlib.ProcessorFormatter):
    """Formats a record and blots out secrets, whoever logged them."""

    def __init__(self, secrets: Iterable[str], **options: Any) -> None:
        super().__init__(**options)
        self._secrets = sorted((one for one in secrets if len(one) >= 8), key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        for secret in self._secrets:
            line = line.replace(secret, "***")
        return line
