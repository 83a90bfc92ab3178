"""A fake of the playground's server for the page alone: the routes of docs/playground-api.md, answered by a script.

The page is tested here without bot and worker; that the real server keeps the same API is for its own tests. Run
`python tests/page/page_fake.py` to look at the page by hand.
"""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import page_art as art
import page_messages as m
from aiohttp import WSMsgType, web
from page_script import Script
from page_world import BOT, CHANNELS, COMMANDS, GUILD, PEOPLE, history

WEB = Path(__file__).resolve().parents[2] / "playground" / "web"
Json = dict[str, Any]


class FakeChat:
    """State, routes and what was received (`calls`), for one page."""

    def __init__(self) -> None:
        self.address = ""
        self.sockets: dict[web.WebSocketResponse, str] = {}
        self.tasks: set[asyncio.Task[None]] = set()
        self.reset()

    def reset(self) -> None:
        """A fresh chat at the same address (so that a browser may keep its cache)."""
        for task in self.tasks:
            task.cancel()
        self.messages: list[Json] = history()
        self.calls: list[tuple[str, Json]] = []
        self.uploads: list[tuple[str, int]] = []
        self.commands: list[Json] = list(COMMANDS)
        self.delay_s = 0.05
        self.art_delay_s = 0.0
        self.away = False
        self.go_on = asyncio.Event()  # cleared, a training stays at its first "thinking"
        self.go_on.set()
        self.script = Script(self)

    def app(self) -> web.Application:
        app = web.Application(client_max_size=64 << 20)
        app.add_routes([
            web.get("/", self.index), web.get("/_/world", self.world), web.get("/_/events", self.events),
            web.get("/_/channels/{c}/messages", self.channel), web.post("/_/channels/{c}/messages", self.say),
            web.post("/_/commands", self.command), web.post("/_/autocomplete", self.autocomplete),
            web.post("/_/components", self.component), web.post("/_/modals", self.modal),
            web.delete("/_/channels/{c}/messages/{m}", self.drop),
            web.get("/art/{style}/{seed}/{pixels}.png", self.art), web.get("/emojis/{id}.png", self.emoji),
            web.get("/avatars/{id}.png", self.avatar),
            web.static("/static", WEB / "static"),
        ])  # fmt: skip
        return app

    # --- reading -----------------------------------------------------------------------------------------------
    async def index(self, _: web.Request) -> web.FileResponse:
        return web.FileResponse(WEB / "index.html")

    async def world(self, request: web.Request) -> web.Response:
        me = request.query.get("as") or PEOPLE[0]["id"]
        return web.json_response({
            "me": me, "people": PEOPLE, "guild": GUILD, "channels": CHANNELS, "bot": {"user": BOT, "online": True},
            "commands": self.commands, "application": {"id": BOT["id"]}, "limits": {"attachment_size": 20 << 20},
        })  # fmt: skip

    async def channel(self, request: web.Request) -> web.Response:
        me, before = request.query["as"], int(request.query.get("before") or 2**63)
        mine = [x for x in self.messages if x["channel_id"] == request.match_info["c"] and int(x["id"]) < before]
        seen = [x for x in mine if not x["flags"] & m.EPHEMERAL or x.get("for") == me]
        return web.json_response(seen[-int(request.query.get("limit", 50)) :])

    async def art(self, request: web.Request) -> web.Response:
        i = request.match_info
        await asyncio.sleep(self.art_delay_s)
        return web.Response(
            body=art.picture(art.available(i["style"]), i["seed"], int(i["pixels"])),
            content_type="image/png",
            headers={"Cache-Control": "max-age=3600"},
        )

    async def emoji(self, request: web.Request) -> web.Response:
        n = int(request.match_info["id"]) - 5000
        style = art.EMOJI_STYLES[n % len(art.EMOJI_STYLES)]
        return web.Response(body=art.picture(style, f"e{n}", 96), content_type="image/png")

    async def avatar(self, request: web.Request) -> web.Response:
        return web.Response(body=art.picture("adventurer", request.match_info["id"], 128), content_type="image/png")

    # --- writing -----------------------------------------------------------------------------------------------
    async def body(self, request: web.Request) -> tuple[Json, list[tuple[str, int]]]:
        if request.content_type != "multipart/form-data":
            return await request.json(), []
        payload: Json = {}
        files: list[tuple[str, int]] = []
        async for part in await request.multipart():  # type: ignore[union-attr]
            data = await part.read(decode=False)  # type: ignore[union-attr]
            if part.name == "payload_json":  # type: ignore[union-attr]
                payload = json.loads(data)
            else:
                files.append((part.filename or "", len(data)))  # type: ignore[union-attr]
        self.uploads += files
        return payload, files

    async def say(self, request: web.Request) -> web.Response:
        body, _ = await self.body(request)
        self.calls.append(("say", body))
        author = next(p for p in PEOPLE if p["id"] == request.query["as"])
        said = m.message(author, request.match_info["c"], body["content"])
        if body.get("reply_to"):
            said["message_reference"] = {"message_id": body["reply_to"]}
            said["referenced_message"] = next((x for x in self.messages if x["id"] == body["reply_to"]), None)
            said["type"] = 19
        await self.post(said)
        return web.json_response(said)

    async def drop(self, request: web.Request) -> web.Response:
        self.calls.append(("delete", {"id": request.match_info["m"]}))
        await self.remove(request.match_info["m"])
        return web.json_response({})

    async def command(self, request: web.Request) -> web.Response:
        return await self.interact(request, "command", 2)

    async def component(self, request: web.Request) -> web.Response:
        return await self.interact(request, "component", 3)

    async def modal(self, request: web.Request) -> web.Response:
        return await self.interact(request, "modal", 5)

    async def interact(self, request: web.Request, kind: str, number: int) -> web.Response:
        body, files = await self.body(request)
        self.calls.append((kind, {**body, "as": request.query["as"], "files": files}))
        user = next(p for p in PEOPLE if p["id"] == request.query["as"])
        interaction = {"id": m.snowflake(), "type": number, "state": "sent", "created_at": time.time(),
                       "acknowledged_ms": None, "answered_ms": None, "message_id": None, "error": None}  # fmt: skip
        task = asyncio.create_task(self.script.play(kind, interaction, body, user))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return web.json_response({"interaction_id": interaction["id"]})

    async def autocomplete(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.calls.append(("autocomplete", body))
        typed = next((str(o["value"]) for o in body["options"] if o.get("focused")), "")
        known = [("Studio base", "base"), ("Our emoji", "emoji"), ("Pixel faces", "pixel"), ("Night foxes", "foxes")]
        found = [{"name": n, "value": v} for n, v in known if typed.lower() in n.lower()]
        return web.json_response({"choices": found})

    # --- events ------------------------------------------------------------------------------------------------
    async def events(self, request: web.Request) -> web.WebSocketResponse:
        if self.away:
            raise web.HTTPServiceUnavailable
        socket = web.WebSocketResponse(heartbeat=20)
        await socket.prepare(request)
        self.sockets[socket] = request.query["as"]
        try:
            async for frame in socket:
                if frame.type is WSMsgType.ERROR:
                    break
        finally:
            self.sockets.pop(socket, None)
        return socket

    async def send(self, kind: str, data: Json, only: str | None = None) -> None:
        for socket, person in list(self.sockets.items()):
            if only in (None, person):
                await socket.send_json({"t": kind, "d": data})

    async def hang_up(self) -> None:
        """Go away: cut the streams, and refuse new ones until `away` is False again."""
        self.away = True
        for socket in list(self.sockets):
            await socket.close()

    def bodies(self, kind: str) -> list[Json]:
        """What was received of one kind: say, command, component, modal, autocomplete."""
        return [body for received, body in self.calls if received == kind]

    async def post(self, message: Json) -> None:
        self.messages.append(message)
        await self.send("message_create", message, message.get("for"))

    async def edit(self, message_id: str, **changes: Any) -> None:
        message = next(x for x in self.messages if x["id"] == message_id)
        message.update(changes)
        await self.send("message_update", message, message.get("for"))

    async def remove(self, message_id: str) -> None:
        gone = next(x for x in self.messages if x["id"] == message_id)
        self.messages.remove(gone)
        await self.send("message_delete", {"id": message_id, "channel_id": gone["channel_id"]})


if __name__ == "__main__":
    web.run_app(FakeChat().app(), host="127.0.0.1", port=8099, print=None)
