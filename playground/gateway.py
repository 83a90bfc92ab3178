"""The gateway: sessions of the bot, what is dispatched to them, and taking a cut session up again.

Source: Discord's page "Gateway". A session outlives its socket for `resume_seconds`, and events that happen meanwhile
wait in it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import secrets
import time
import zlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from playground.errors import Json
from playground.ledger import Ledger
from playground.settings import Settings

log = logging.getLogger(__name__)

GUILDS, GUILD_MEMBERS, EXPRESSIONS = 1 << 0, 1 << 1, 1 << 3
GUILD_MESSAGES, GUILD_REACTIONS, GUILD_TYPING = 1 << 9, 1 << 10, 1 << 11
DIRECT_MESSAGES, DIRECT_REACTIONS, DIRECT_TYPING = 1 << 12, 1 << 13, 1 << 14
MESSAGE_CONTENT = 1 << 15
PRIVILEGED = GUILD_MEMBERS | 1 << 8 | MESSAGE_CONTENT
_KEPT_EVENTS = 2000
_PAYLOAD_BYTES = 4096
_HEARTBEAT_ANSWER_S = 0.05
"""About the way to Discord and back. discord.py notes when it sent a heartbeat only after it has sent it: an answer
that comes quicker is measured against the heartbeat before, and the client believes to be 41 seconds behind."""
_COMMANDS_PER_MINUTE = 120


class _Close(Exception):
    """Ends a socket with one of Discord's close codes."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass
class Session:
    """What the bot identified as, and its numbered events."""

    id: str
    intents: int
    shard: tuple[int, int]
    sequence: int = 0
    events: deque[Json] = field(default_factory=lambda: deque(maxlen=_KEPT_EVENTS))
    socket: Socket | None = None
    left_at: float = 0.0

    def push(self, event: str, data: Json) -> None:
        self.sequence += 1
        frame = {"op": 0, "t": event, "s": self.sequence, "d": data}
        self.events.append(frame)
        if self.socket:
            self.socket.send(frame)


class Socket:
    """One connection: frames go out in order through a queue, compressed if the bot asked for it."""

    def __init__(self, request: web.Request, ws: web.WebSocketResponse) -> None:
        self.request = request
        self.ws = ws
        self.session: Session | None = None
        self.last_heartbeat = time.monotonic()
        self.recent: deque[float] = deque(maxlen=_COMMANDS_PER_MINUTE)
        self._queue: asyncio.Queue[Json] = asyncio.Queue()
        self._deflate = zlib.compressobj() if request.query.get("compress") == "zlib-stream" else None

    def send(self, frame: Json) -> None:
        self._queue.put_nowait(frame)

    async def write_all(self) -> None:
        while True:
            frame = await self._queue.get()
            text = json.dumps(frame)
            with contextlib.suppress(ConnectionError):
                if self._deflate:
                    packed = self._deflate.compress(text.encode()) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
                    await self.ws.send_bytes(packed)
                else:
                    await self.ws.send_str(text)


class Gateway:
    """`ready` makes the READY payload of a session, `arrive` its GUILD_CREATE events; both are given by the app."""

    def __init__(self, settings: Settings, ledger: Ledger) -> None:
        self._settings = settings
        self._ledger = ledger
        self._sessions: dict[str, Session] = {}
        self._sockets: set[Socket] = set()
        self.ready: Callable[[Session], Json] = lambda _: {}
        self.guilds: Callable[[Session], list[Json]] = lambda _: []
        self.on_presence: Callable[[bool], None] = lambda _: None
        self.address = ""

    @property
    def online(self) -> bool:
        return any(session.socket for session in self._sessions.values())

    # --- sending ---------------------------------------------------------------------------------------------------

    def dispatch(self, event: str, data: Json, intents: int = 0, guild_id: str | None = None) -> None:
        """Give an event to every session that is of the right shard and has one of `intents` (0: needs none)."""
        self._forget_old()
        reached = 0
        for session in self._sessions.values():
            shard, shards = session.shard
            mine = shard == ((int(guild_id) >> 22) % shards if guild_id else 0)
            if mine and (not intents or session.intents & intents):
                session.push(event, data)
                reached += 1
        self._ledger.gateway(event, data, sent=True, reached=reached)

    def dispatch_message(self, event: str, full: Json, blank: Json, direct: bool) -> None:
        """As `dispatch` for messages: `blank` is for sessions that may not read the content."""
        self._forget_old()
        need = DIRECT_MESSAGES if direct else GUILD_MESSAGES
        guild_id = full.get("guild_id")
        for session in self._sessions.values():
            shard, shards = session.shard
            mine = shard == ((int(guild_id) >> 22) % shards if guild_id else 0)
            if mine and session.intents & need:
                session.push(event, full if session.intents & MESSAGE_CONTENT else blank)
        self._ledger.gateway(event, full, sent=True)

    def _forget_old(self) -> None:
        limit = time.monotonic() - self._settings.resume_seconds
        for session in list(self._sessions.values()):
            if session.socket is None and session.left_at < limit:
                del self._sessions[session.id]

    # --- disturbances, for tests -----------------------------------------------------------------------------------

    async def disturb(self, action: str) -> int:
        """Cut every socket, ask for a reconnect, or invalidate every session; returns how many sockets there were."""
        sockets = list(self._sockets)
        for socket in sockets:
            if action == "disconnect":
                if socket.request.transport:
                    socket.request.transport.abort()
            elif action == "reconnect":
                socket.send({"op": 7, "d": None, "s": None, "t": None})
            else:
                if socket.session:
                    self._sessions.pop(socket.session.id, None)
                    socket.session.socket = None
                    socket.session = None
                socket.send({"op": 9, "d": False, "s": None, "t": None})
        self._ledger.gateway(f"({action})", {}, sent=True)
        return len(sockets)

    async def close(self) -> None:
        for socket in list(self._sockets):
            with contextlib.suppress(ConnectionError):
                await socket.ws.close(code=1001, message=b"The playground stops")

    # --- one connection --------------------------------------------------------------------------------------------

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """GET /gw: a WebSocket from HELLO to its end."""
        ws = web.WebSocketResponse(max_msg_size=4 * 1024 * 1024)
        await ws.prepare(request)
        socket = Socket(request, ws)
        self._sockets.add(socket)
        writer = asyncio.create_task(socket.write_all(), name="playground-gateway-writer")
        watch = asyncio.create_task(self._watch(socket), name="playground-gateway-watch")
        socket.send({"op": 10, "d": {"heartbeat_interval": self._settings.heartbeat_ms}, "s": None, "t": None})
        try:
            await self._read_all(socket)
        except _Close as end:
            log.warning("gateway closed with %d: %s", end.code, end.reason)
            self._ledger.gateway("(close)", {"code": end.code, "reason": end.reason}, sent=True)
            if socket.session and end.code in (4004, 4007, 4009):
                self._sessions.pop(socket.session.id, None)
            await ws.close(code=end.code, message=end.reason.encode())
        finally:
            watch.cancel()
            writer.cancel()
            self._sockets.discard(socket)
            self._leave(socket)
        return ws

    async def _read_all(self, socket: Socket) -> None:
        async for message in socket.ws:
            if message.type is WSMsgType.ERROR:
                break
            now = time.monotonic()
            if len(socket.recent) == _COMMANDS_PER_MINUTE and now - socket.recent[0] < 60:
                raise _Close(4008, "You are sending payloads too quickly.")
            socket.recent.append(now)
            self._receive(socket, message.data)

    async def _watch(self, socket: Socket) -> None:
        """End a socket whose bot has stopped sending heartbeats."""
        interval = self._settings.heartbeat_ms / 1000
        while True:
            await asyncio.sleep(interval / 2)
            if time.monotonic() - socket.last_heartbeat > 2 * interval:
                await socket.ws.close(code=4009, message=b"Session timed out.")
                return

    def _leave(self, socket: Socket) -> None:
        session = socket.session
        if session and session.socket is socket:
            session.socket = None
            session.left_at = time.monotonic()
            if socket.ws.close_code in (1000, 1001):
                self._sessions.pop(session.id, None)
            self.on_presence(self.online)

    # --- what the bot says -----------------------------------------------------------------------------------------

    def _receive(self, socket: Socket, raw: str | bytes) -> None:
        if len(raw) > _PAYLOAD_BYTES:
            raise _Close(4002, "Payload too large.")
        try:
            frame = json.loads(raw)
            op, data = frame["op"], frame.get("d")
        except (ValueError, KeyError, TypeError):
            raise _Close(4002, "Error while decoding payload.") from None
        if op == 1:
            socket.last_heartbeat = time.monotonic()
            answer = {"op": 11, "d": None, "s": None, "t": None}
            asyncio.get_running_loop().call_later(_HEARTBEAT_ANSWER_S, socket.send, answer)
        elif op == 2:
            self._identify(socket, data)
        elif op == 6:
            self._resume(socket, data)
        elif socket.session is None:
            raise _Close(4003, "Not authenticated.")
        elif op == 8:
            self._request_members(socket.session, data)
        elif op not in (3, 4):
            raise _Close(4001, "Unknown opcode.")
        if op in (3, 4, 8):
            self._ledger.gateway(f"(op {op})", data, sent=False)

    def _identify(self, socket: Socket, data: Any) -> None:
        if socket.session:
            raise _Close(4005, "Already authenticated.")
        self._check_token(data)
        intents = data.get("intents")
        if not isinstance(intents, int) or intents < 0:
            raise _Close(4013, "Invalid intent(s).")
        if intents & PRIVILEGED & ~self._settings.privileged_intents:
            raise _Close(4014, "Disallowed intent(s).")
        shard = tuple(data.get("shard") or (0, 1))
        if len(shard) != 2 or not 0 <= shard[0] < shard[1]:
            raise _Close(4010, "Invalid shard.")
        session = Session(secrets.token_hex(16), intents, (shard[0], shard[1]))
        self._sessions[session.id] = session
        self._ledger.gateway("IDENTIFY", {"intents": intents, "shard": shard}, sent=False)
        self._join(socket, session)
        session.push("READY", self.ready(session))
        for guild in self.guilds(session) if intents & GUILDS else []:
            members = guild["members"] if intents & GUILD_MEMBERS else [m for m in guild["members"] if m["user"]["bot"]]
            session.push("GUILD_CREATE", {**guild, "members": members})

    def _resume(self, socket: Socket, data: Any) -> None:
        if socket.session:
            raise _Close(4005, "Already authenticated.")
        self._check_token(data)
        self._forget_old()
        session = self._sessions.get(str(data.get("session_id")))
        seen = data.get("seq")
        first = session.events[0]["s"] if session and session.events else 1
        if session is None or not isinstance(seen, int) or seen < first - 1:
            socket.send({"op": 9, "d": False, "s": None, "t": None})
            return
        if seen > session.sequence:
            raise _Close(4007, "Invalid seq.")
        self._ledger.gateway("RESUME", {"seq": seen}, sent=False)
        missed = [frame for frame in session.events if frame["s"] > seen]
        for frame in missed:
            socket.send(frame)
        self._join(socket, session)
        session.push("RESUMED", {"_trace": []})

    def _check_token(self, data: Any) -> None:
        if not isinstance(data, dict) or data.get("token") != self._settings.bot_token:
            raise _Close(4004, "Authentication failed.")

    def _join(self, socket: Socket, session: Session) -> None:
        if session.socket:
            session.socket.session = None
        session.socket = socket
        socket.session = session
        self.on_presence(True)

    def _request_members(self, session: Session, data: Any) -> None:
        for guild in self.guilds(session):
            members = guild["members"]
            wanted = set(map(str, data.get("user_ids") or []))
            query = (data.get("query") or "").lower()
            if not wanted and not query and not session.intents & GUILD_MEMBERS:
                log.warning("the whole member list needs the GUILD_MEMBERS intent: nothing is sent")
                continue
            found = [
                m
                for m in members
                if (m["user"]["id"] in wanted if wanted else m["user"]["username"].lower().startswith(query))
            ]
            limit = data.get("limit") or len(found)
            chunk = {"guild_id": guild["id"], "members": found[:limit], "chunk_index": 0, "chunk_count": 1}
            session.push("GUILD_MEMBERS_CHUNK", {**chunk, "nonce": data.get("nonce"), "not_found": []})
