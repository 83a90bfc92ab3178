"""A messenger that shows nothing and keeps everything: what stands in the channel, and every call, as a ledger."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeVar

from bot.errors import Refused
from bot.stories import FilmView, NoticeView, Origin, PicturesView, Posted, TrainingView, View

T = TypeVar("T")


@dataclass
class FakeMessenger:
    """`standing` is the message each interaction has at last; `views` all that were ever shown, in order."""

    ledger: Path | None = None
    """A file with a line for each delivery, for processes that are killed."""
    standing: dict[int, View] = field(default_factory=dict)
    views: list[View] = field(default_factory=list)
    deleted: list[Posted] = field(default_factory=list)
    emoji: dict[str, bytes] = field(default_factory=dict)
    stickers: dict[str, bytes] = field(default_factory=dict)
    may_delete_expressions: bool = True
    trouble: list[Exception] = field(default_factory=list)
    """Raised by the next deliveries, one each."""
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def deliver(self, origin: Origin, view: View, posted: Posted | None = None) -> Posted:
        if self.trouble:
            raise self.trouble.pop(0)
        self.standing[origin.interaction_id] = view
        self.views.append(view)
        message_id = posted.message_id if posted else origin.interaction_id + 1
        if self.ledger is not None:
            with self.ledger.open("a") as file:
                file.write(json.dumps({"to": origin.interaction_id, "message": message_id, **_words(view)}) + "\n")
        async with self._news:
            self._news.notify_all()
        return Posted(channel_id=origin.channel_id, message_id=message_id, route="original" if posted else "callback")

    async def acknowledge(self, origin: Origin) -> bool:
        return True

    async def delete(self, origin: Origin, posted: Posted) -> None:
        self.deleted.append(posted)

    async def make_emoji(self, origin: Origin, name: str, picture: bytes) -> str:
        self.emoji[name] = picture
        return f"<:{name}:1>"

    async def make_sticker(self, origin: Origin, name: str, picture: bytes) -> int:
        self.stickers[name] = picture
        return 2

    async def delete_expression(self, guild_id: int, kind: Literal["emoji", "sticker"], discord_id: int) -> None:
        if not self.may_delete_expressions:
            raise Refused("I may not delete that.")
        (self.emoji if kind == "emoji" else self.stickers).clear()

    # --- questions that tests ask ------------------------------------------------------------------------------------

    async def answer(self, origin: Origin, seconds: float = 10.0) -> View:
        """The answer to this interaction, waiting for it if need be."""
        return await self.until(lambda: self.standing.get(origin.interaction_id), seconds)

    async def pictures(self, origin: Origin) -> PicturesView:
        view = await self.answer(origin)
        assert isinstance(view, PicturesView), view
        return view

    async def notice(self, origin: Origin) -> NoticeView:
        view = await self.answer(origin)
        assert isinstance(view, NoticeView), view
        return view

    async def training(self, origin: Origin, *phases: str, seconds: float = 20.0) -> TrainingView:
        """The training's message once it is in one of these phases."""

        def found() -> TrainingView | None:
            view = self.standing.get(origin.interaction_id)
            if isinstance(view, NoticeView):
                raise AssertionError(view.text)
            return view if isinstance(view, TrainingView) and view.phase in phases else None

        return await self.until(found, seconds)

    async def until(self, found: Callable[[], T | None], seconds: float) -> T:
        async with asyncio.timeout(seconds), self._news:
            await self._news.wait_for(lambda: found() is not None)
        result = found()
        assert result is not None
        return result


def _words(view: View) -> dict[str, object]:
    match view:
        case PicturesView():
            return {"kind": "pictures", "outputs": [one.output_id for one in view.pictures]}
        case TrainingView():
            return {"kind": "training", "phase": view.phase.value, "fraction": view.fraction}
        case FilmView():
            return {"kind": "film", "training": view.training_id}
        case NoticeView():
            return {"kind": "notice", "tone": view.tone, "text": view.text}
