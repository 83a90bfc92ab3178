"""Who may give, gather, take back art: pure functions like those of `bot.policy`."""

from __future__ import annotations

from bot.art_asks import Contribute, WhoAdds
from bot.errors import Refused
from bot.language import said
from bot.licences import Licence
from bot.policy import DISK, Quota, may_change
from bot.settings import Limits
from bot.stories import Origin

MOST_AT_ONCE = 10
LONGEST_TITLE, LONGEST_TAGS, LONGEST_COLLECTION = 100, 200, 60
COLLECTIONS_OF_SERVER = 200
"""More could not be found again in a list."""

SERVER_ONLY = "Art is given to a server and its models; use this in one."
TICK_RIGHTS = "Nothing was taken: tick the box that says that it is yours to give. Run `/contribute` again."
NO_PICTURES = "Nothing was taken: attach at least one picture. Run `/contribute` again."
LICENCE_UNKNOWN = "Choose one of the licences of the form. Run `/contribute` again."
NOT_YOUR_ART = "Only the artist, or a moderator of this server, can withdraw these works."
NO_COLLECTION = "There is no such collection here. `/collection show` lists those there are."
NOT_YOUR_COLLECTION = "Only whoever made this collection, or a moderator, can change that."
CHOOSE_NAME = "A collection's name has 1 to 60 characters."


def server_of(origin: Origin) -> int:
    """Raises `Refused` outside a server."""
    if origin.guild_id is None:
        raise Refused(SERVER_ONLY)
    return origin.guild_id


def check_contribution(origin: Origin, ask: Contribute) -> Licence:
    """The licence chosen. Raises `Refused` unless it may be taken."""
    server_of(origin)
    if not ask.rights:
        raise Refused(TICK_RIGHTS)
    if not ask.uploads and not ask.parcel:
        raise Refused(NO_PICTURES)
    if len(ask.uploads) > MOST_AT_ONCE:
        raise Refused(said("One contribution takes {most} pictures at most. Give the rest afterwards.", most=10))
    if ask.licence not in set(Licence):
        raise Refused(LICENCE_UNKNOWN)
    return Licence(ask.licence)


def art_quotas(limits: Limits, picture_bytes: int) -> tuple[Quota, ...]:
    """The room that art takes up counts with that of trainings, until it is withdrawn."""
    mib = round(picture_bytes / 2**20, 2)
    return (
        Quota(DISK, limits.disk_mib, None, "member", mib),
        Quota(DISK, limits.server_disk_mib, None, "server", mib),
        Quota(DISK, limits.all_disk_mib, None, "all", mib),
    )


def check_withdrawal(origin: Origin, artist_id: int) -> None:
    """Raises `Refused` unless the asker may take this artist's works back."""
    if not may_change(origin, artist_id):
        raise Refused(NOT_YOUR_ART)


def may_add(origin: Origin, owner_id: int, who_adds: WhoAdds | str, named: bool) -> bool:
    """Whether the asker may put art into a collection of this owner; `named`: they were let in by name."""
    return named or may_change(origin, owner_id) or who_adds == "everyone"


def check_adding(origin: Origin, owner_id: int, who_adds: str, named: bool) -> None:
    """Raises `Refused` unless the asker may put art into this collection."""
    if not may_add(origin, owner_id, who_adds, named):
        words = "Only {who} may add to this collection. Whoever made it changes that with `/collection share`."
        who = said("moderators") if who_adds == "moderators" else said("whoever made it")
        raise Refused(said(words, who=who))


def check_collection_change(origin: Origin, owner_id: int) -> None:
    """Raises `Refused` unless the asker may decide about this collection."""
    if not may_change(origin, owner_id):
        raise Refused(NOT_YOUR_COLLECTION)


def collection_name(typed: str) -> str:
    """The name as it is kept. Raises `Refused` for none, or for one that is too long."""
    name = " ".join(typed.split())
    if not 1 <= len(name) <= LONGEST_COLLECTION:
        raise Refused(CHOOSE_NAME)
    return name
