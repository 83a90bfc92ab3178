"""The whole playground put together: every part is built here and handed on by argument."""

from __future__ import annotations

from aiohttp import web

from playground.access import visible_commands
from playground.cdn import Cdn
from playground.errors import Json
from playground.faults import Faults
from playground.gateway import Gateway, Session
from playground.interactions import Interactions
from playground.ledger import Ledger
from playground.messages import Messages
from playground.outbox import Outbox
from playground.people import Hub
from playground.ratelimits import RateLimits
from playground.reactions import Reactions
from playground.rendering import Rendering
from playground.settings import Settings
from playground.store import Store
from playground.world import World


class Playground:
    """Holds the parts; `open` reads or founds the world."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store = Store(settings.data)
        self.world = World(self.store)
        self.cdn = Cdn(settings.url_seconds)
        self.ledger = Ledger(settings.ledger_entries)
        self.faults = Faults()
        self.limits = RateLimits(settings.requests_per_second, settings.rate_limits)
        self.hub = Hub()
        self.gateway = Gateway(settings, self.ledger)
        self.rendering = Rendering(self.world, self.cdn)
        self.outbox = Outbox(self.world, self.rendering, self.gateway, self.hub)
        self.messages = Messages(self.world, self.outbox, settings)
        self.reactions = Reactions(self.world, self.outbox)
        self.interactions = Interactions(self.world, self.messages, self.hub, self.ledger, settings)
        self.gateway.ready = self._ready
        self.gateway.guilds = lambda session: [self._guild_create()] if self._is_on(session) else []
        self.gateway.on_presence = lambda online: self.hub.tell("presence", {"online": online})

    def commands_changed(self) -> None:
        """The list of commands changed: each person gets their own."""
        self.hub.tell_each("commands", lambda person: visible_commands(self.world, person))

    def _is_on(self, session: Session) -> bool:
        shard, shards = session.shard
        return shard == (int(self.world.guild_id) >> 22) % shards

    def _ready(self, session: Session) -> Json:
        world = self.world
        guilds = [{"id": world.guild_id, "unavailable": True}] if self._is_on(session) else []
        return {
            "v": 10,
            "user": {**self.rendering.user(world.bot_id), "verified": True, "mfa_enabled": True, "email": None},
            "guilds": guilds,
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": self.gateway_url,
            "shard": list(session.shard),
            "application": {"id": world.application["id"], "flags": world.application["flags"]},
            "private_channels": [],
            "relationships": [],
            "presences": [],
            "_trace": [],
        }

    @property
    def gateway_url(self) -> str:
        return self.cdn.base_url.replace("http", "ws", 1) + "/gw"

    def guild(self) -> Json:
        """The guild as GET /guilds/{id} gives it."""
        world, shown = self.world, self.rendering
        return {
            **world.guild,
            "roles": list(world.roles.values()),
            "emojis": [shown.emoji(e) for e in world.emojis.values()],
            "stickers": [shown.sticker(s) for s in world.stickers.values()],
        }

    def _guild_create(self) -> Json:
        world, shown = self.world, self.rendering
        return {
            **self.guild(),
            "channels": [shown.channel(c) for c in world.guild_channels()],
            "threads": [shown.channel(c) for c in world.threads()],
            # The gateway leaves the people out for a session without the members intent, as Discord does.
            "members": [shown.member(user_id) for user_id in world.members],
            "member_count": len(world.members),
            "joined_at": world.members[world.bot_id]["joined_at"],
            "large": False,
            "unavailable": False,
            "voice_states": [],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }


PLAYGROUND: web.AppKey[Playground] = web.AppKey("playground", Playground)
