"""What members ask concerning their art: to give it, to gather it, to take it back, to see or erase what is kept of
them. A part of the seam `bot.stories`."""

from __future__ import annotations

from typing import Literal

from bot.views import Plain, Upload

WhoAdds = Literal["owner", "moderators", "everyone"]


class Contribute(Plain):
    """Give art to this server, with consent."""

    kind: Literal["contribute"] = "contribute"
    uploads: tuple[Upload, ...] = ()
    title: str = ""
    tags: str = ""
    licence: str
    rights: bool
    """The box that must be ticked; its words are `bot.consent_words.CONSENT`."""
    collection: int | None = None
    """Into this collection as well."""
    parcel: str = ""
    """Instead of uploads: the number of the zip file that the asker laid down on the web page (`bot.parcels`)."""


class WithdrawArt(Plain):
    """Take art back: models that learned from it are retired at once, and trained anew without it."""

    kind: Literal["withdraw"] = "withdraw"
    artworks: tuple[int, ...] = ()
    request_id: int | None = None
    """All that one contribution gave."""
    everything: bool = False
    """All that the asker ever gave to this server."""


class CreateCollection(Plain):
    kind: Literal["collection_create"] = "collection_create"
    name: str
    who_adds: WhoAdds = "owner"


class AddToCollection(Plain):
    """Put art in that was given already: the asker's own, or what the asker may add."""

    kind: Literal["collection_add"] = "collection_add"
    collection: int
    artworks: tuple[int, ...] = ()
    whose: Literal["mine", "everyone"] | None = None
    """Instead of single works: all of the asker's, or all of the server's."""


class RemoveFromCollection(Plain):
    kind: Literal["collection_remove"] = "collection_remove"
    collection: int
    artworks: tuple[int, ...]


class ShareCollection(Plain):
    """Say who may add; with neither circle nor member it is shown to everyone in the channel."""

    kind: Literal["collection_share"] = "collection_share"
    collection: int
    who_adds: WhoAdds | None = None
    member_id: int | None = None
    member_name: str = ""


class ExportCollection(Plain):
    """The pictures whose licence lets them leave, with who made them, as a ZIP file."""

    kind: Literal["collection_export"] = "collection_export"
    collection: int


class StartTraining(Plain):
    """Begin what a sheet showed."""

    kind: Literal["start_training"] = "start_training"
    sheet: int
    """The request that showed it."""


class ExportMe(Plain):
    """All that is kept of the asker, as a ZIP file."""

    kind: Literal["export_me"] = "export_me"


class EraseMe(Plain):
    """Forget the asker: their art (as by a withdrawal), pictures, favourites, requests, name."""

    kind: Literal["erase_me"] = "erase_me"


ArtAsk = (
    Contribute
    | WithdrawArt
    | CreateCollection
    | AddToCollection
    | RemoveFromCollection
    | ShareCollection
    | ExportCollection
    | StartTraining
    | ExportMe
    | EraseMe
)
