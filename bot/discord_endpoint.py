"""Points discord.py at another server than Discord, such as the playground. Discord itself needs no such call."""

from __future__ import annotations

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

API_PATH = "/api/v10"
GATEWAY_PATH = "/gw"


def point_discord_at(base_url: str) -> None:
    """Make every discord.py client of this process use `base_url` (such as `http://127.0.0.1:8765`) instead of Discord.

    Sets class attributes, so call it before a client is made: REST, webhooks and interaction callbacks follow
    `Route.BASE`, the gateway follows `DEFAULT_GATEWAY`, and emoji, avatars and icons follow `Asset.BASE`.
    """
    base = yarl.URL(base_url.rstrip("/"))
    if base.scheme not in ("http", "https") or base.host is None:
        raise ValueError(f"not an http address: {base_url}")
    Route.BASE = f"{base}{API_PATH}"
    gateway = base.with_scheme("wss" if base.scheme == "https" else "ws").with_path(GATEWAY_PATH)
    DiscordWebSocket.DEFAULT_GATEWAY = gateway
    discord.Asset.BASE = str(base)
