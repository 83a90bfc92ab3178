"""The address that invites the bot to a server, with exactly the scopes and permissions that it uses."""

from __future__ import annotations

import base64
import binascii
from types import MappingProxyType

PERMISSIONS = MappingProxyType(
    {
        "View Channels": 1 << 10,
        "Send Messages": 1 << 11,
        "Attach Files": 1 << 15,
        "Send Messages in Threads": 1 << 38,
        "Create Expressions": 1 << 43,
    }
)
"""What Artel uses: post and edit its messages with pictures, and add an emoji when a member presses the button."""
SCOPES = ("bot", "applications.commands")


def permission_bits() -> int:
    return sum(PERMISSIONS.values())


def invite_link(token: str) -> str | None:
    """The invitation for the application that a bot token belongs to; none when the token does not say which."""
    application = application_id(token)
    if application is None:
        return None
    scopes = "+".join(SCOPES)
    base = "https://discord.com/oauth2/authorize"
    return f"{base}?client_id={application}&scope={scopes}&permissions={permission_bits()}"


def application_id(token: str) -> int | None:
    """A token's first part is the application's id in base64; none for anything else."""
    first = token.partition(".")[0]
    try:
        number = base64.b64decode(first + "=" * (-len(first) % 4), validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        return None
    return int(number) if number.isdecimal() and "." in token else None
