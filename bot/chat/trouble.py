"""What a member reads when something fails: one ordered chain, the first match wins, the apology comes last."""

from __future__ import annotations

from collections.abc import Callable

import discord
import structlog
from discord import app_commands

from bot.chat import texts
from bot.chat.routes import Closed, Unsure, meaning
from bot.errors import Refused, Retry
from bot.stories import NoticeView

log = structlog.get_logger(__name__)


def _refused(error: Exception) -> NoticeView:
    return NoticeView(tone="refused", text=str(error))


def _retry(error: Exception) -> NoticeView:
    assert isinstance(error, Retry)
    return NoticeView(tone="trouble", text=texts.retry(str(error), error.after))


def _changed(_: Exception) -> NoticeView:
    return NoticeView(tone="info", text=texts.COMMANDS_CHANGED)


def _server_only(_: Exception) -> NoticeView:
    return NoticeView(tone="refused", text=texts.SERVER_ONLY)


def _lacks(error: Exception) -> NoticeView:
    assert isinstance(error, app_commands.MissingPermissions)
    names = " and ".join(name.replace("_", " ").title() for name in error.missing_permissions)
    return NoticeView(tone="refused", text=texts.lacks(names))


def _too_late(_: Exception) -> None:
    """Discord no longer takes an answer to this interaction, and told the member so."""


def _slow(_: Exception) -> NoticeView:
    return NoticeView(tone="trouble", text=texts.DISCORD_SLOW)


Sentence = Callable[[Exception], NoticeView | None]
CHAIN: tuple[tuple[type[Exception] | tuple[type[Exception], ...], Sentence], ...] = (
    (Refused, _refused),
    (Retry, _retry),
    ((app_commands.CommandNotFound, app_commands.CommandSignatureMismatch), _changed),
    (app_commands.NoPrivateMessage, _server_only),
    (app_commands.MissingPermissions, _lacks),
    (app_commands.TransformerError, _changed),
    (Closed, _too_late),
    (Unsure, _slow),
)


def explain(error: Exception, request_id: int) -> NoticeView | None:
    """The sentence for `error`; none where nobody can be told any more.

    What nobody expected goes to the log with its traceback, and the member gets the request's id to tell the operator.
    """
    while isinstance(error, app_commands.CommandInvokeError):
        error = error.original
    means = meaning(error) if isinstance(error, discord.HTTPException) else error
    for kinds, sentence in CHAIN:
        if isinstance(means, kinds):
            log.info("refused", request=request_id, error=repr(means))
            return sentence(means)
    log.error("bug", request=request_id, exc_info=(type(error), error, error.__traceback__))
    return NoticeView(tone="trouble", text=texts.bug(request_id))
