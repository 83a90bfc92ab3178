"""Settings of the playground; nothing here reads the environment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True)
class Settings:
    """Defaults are Discord's own figures; tests shorten the times."""

    host: str = "127.0.0.1"
    """Loopback only, there being no password on the people's side: any other address is a ValueError."""
    port: int = 8765
    """0 lets the system choose."""
    data: Path | None = None
    """Folder that keeps the world over a restart; None keeps it in memory."""
    bot_token: str = "playground"
    ack_seconds: float = 3.0
    """Time a bot has for its first answer to an interaction."""
    token_seconds: float = 900.0
    """Life of an interaction's token."""
    url_seconds: int = 86_400
    """Life of a signed attachment address."""
    heartbeat_ms: int = 41_250
    resume_seconds: float = 180.0
    """How long a cut gateway session can be taken up again."""
    attachment_bytes: int = 20 * 1024 * 1024
    request_bytes: int = 25 * 1024 * 1024
    requests_per_second: int = 50
    """Of one bot over all routes; interaction routes are exempt."""
    rate_limits: bool = True
    """False lifts the limits by route, for load tests."""
    old_message_seconds: float = 3600.0
    """Edits of messages older than this are throttled (30046)."""
    privileged_intents: int = 0
    """Bits of the privileged intents that are switched on for the application."""
    ledger_entries: int = 20_000

    def __post_init__(self) -> None:
        if self.host not in LOOPBACK:
            raise ValueError(f"the playground listens on loopback only, not on {self.host}")
