"""What the people's routes share: who acts, what was sent, and errors that the page shows as they are."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from playground.errors import ApiError, Json
from playground.permissions import Permission
from playground.playing import PLAYGROUND, Playground
from playground.uploads import Upload, read_body

LOCALES = (
    *("en-US", "en-GB", "bg", "zh-CN", "zh-TW", "hr", "cs", "id", "da", "nl", "fi", "fr", "de", "el", "hi", "hu", "it"),
    *("ja", "ko", "es-ES", "es-419", "lt", "no", "pl", "pt-BR", "ro", "ru", "sv-SE", "th", "tr", "uk", "vi"),
)
"""https://discord.com/developers/docs/reference#locales"""
Handler = Callable[["Act"], Awaitable[Any]]


class Wrong(Exception):
    """A person cannot do this; the sentence is shown to them."""

    def __init__(self, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.status = status


class Act:
    """One thing that a person does, `person` being the id given in `as`."""

    def __init__(self, play: Playground, request: web.Request) -> None:
        self.play = play
        self.world = play.world
        self.request = request
        self.body: Json = {}
        self.uploads: list[Upload] = []

    @property
    def person(self) -> str:
        """Raises `Wrong` for an id that is nobody's."""
        person = self.request.query.get("as", "")
        if person not in self.world.users or person == self.world.bot_id:
            raise Wrong("?as= must be the id of one of the people (see GET /_/world)")
        return person

    @property
    def locale(self) -> str:
        """Discord's name for the language that the person's browser asks for first; American English for others."""
        first = self.request.headers.get("Accept-Language", "").partition(",")[0].partition(";")[0].strip()
        exact = next((one for one in LOCALES if one.casefold() == first.casefold()), None)
        alike = (one for one in LOCALES if one.partition("-")[0] == first.partition("-")[0].casefold())
        return exact or next(alike, "en-US")

    def __getitem__(self, name: str) -> str:
        return self.request.match_info[name]

    def text(self, name: str) -> str:
        value = self.body.get(name)
        if not isinstance(value, str | int) or isinstance(value, bool):
            raise Wrong(f"{name} is missing")
        return str(value)

    def channel(self, channel_id: str, needed: Permission = Permission.VIEW_CHANNEL) -> Json:
        """A channel in which this person may do `needed`. Raises `Wrong`."""
        channel = self.world.channels.get(channel_id)
        if channel is None or not self.world.may(self.person, Permission.VIEW_CHANNEL, channel):
            raise Wrong("There is no such channel, or you cannot see it", 404)
        if not self.world.may(self.person, needed, channel):
            raise Wrong("You do not have the permission to do that in this channel", 403)
        return channel

    def upload(self, index: Any) -> Upload:
        for upload in self.uploads:
            if upload.index == index and isinstance(index, int):
                return upload
        raise Wrong(f"There is no file files[{index}] in the request")


def reply(data: Any, status: int = 200) -> web.Response:
    return web.Response(body=json.dumps(data).encode(), status=status, content_type="application/json")


def act(handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Wrap a handler of the people's side."""

    async def handle(request: web.Request) -> web.StreamResponse:
        play = request.app[PLAYGROUND]
        doing = Act(play, request)
        try:
            if request.method in ("POST", "PATCH", "PUT"):
                settings = play.settings
                body, doing.uploads = await read_body(request, settings.request_bytes, settings.attachment_bytes)
                if body is not None and not isinstance(body, dict):
                    raise Wrong("The body must be a JSON object")
                doing.body = body or {}
            result = await handler(doing)
        except Wrong as error:
            return reply({"message": str(error)}, error.status)
        except ApiError as error:
            return reply({**error.body(), "message": _friendly(error, play)}, error.status)
        return result if isinstance(result, web.StreamResponse) else reply(result)

    return handle


def _friendly(error: ApiError, play: Playground) -> str:
    if error.code == 40005:
        most = play.settings.attachment_bytes // 2**20
        return (
            f"Your files are too powerful: at most {most} MiB each, {play.settings.request_bytes // 2**20} MiB in all"
        )
    return error.message
