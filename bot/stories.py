"""What chat may ask of the workflows, and what workflows may ask of the chat: plain data and two protocols.

`bot.chat` turns interactions into asks and views into messages; `bot.workflows` turns asks into views. Neither imports
the other: both import this page. Everything here is JSON (pydantic), since asks are the inputs of durable workflows.
Ids from Discord are ints here, strings on the wire.
"""

# ruff: noqa: I001 (one import a name would fill a third of this page)

from __future__ import annotations

from typing import Literal, Protocol

from bot.views import (
    Before as Before,
    CreditsView as CreditsView,
    FamilyView as FamilyView,
    FilmView as FilmView,
    GalleryView as GalleryView,
    Kin as Kin,
    MatesView as MatesView,
    ModelLine as ModelLine,
    NoticeView as NoticeView,
    Parent as Parent,
    Pick as Pick,
    PicksView as PicksView,
    PicturesView as PicturesView,
    Plain as Plain,
    Posted as Posted,
    Progress as Progress,
    QueueLine as QueueLine,
    ShownPicture as ShownPicture,
    Slider as Slider,
    SliderBoard as SliderBoard,
    SliderSheet as SliderSheet,
    TrainingPhase as TrainingPhase,
    TrainingView as TrainingView,
    Upload as Upload,
)
from bot.art_asks import ArtAsk
from bot.art_reads import ArtReads
from bot.art_views import ArtMessage
from bot.moderation_asks import ModerationAsk
from bot.moderation_reads import ModerationReads
from bot.moderation_views import ModerationMessage
from bot.messenger import Messenger as Messenger
from bot.verify_views import VerifyView as VerifyView


View = PicturesView | TrainingView | FilmView | NoticeView | ArtMessage | ModerationMessage


class Origin(Plain):
    """Who asked, where, and how to answer them. The workflow id is `str(interaction_id)`."""

    interaction_id: int
    application_id: int
    token: str
    """Answers over it work for 15 minutes from `at`."""
    at: float
    """When the interaction was made (its snowflake's time), seconds since the epoch."""
    component: bool = False
    """A press on a message of ours (its @original is that message), not a command."""
    guild_id: int | None = None
    guild_name: str = ""
    channel_id: int
    member_id: int
    member_name: str
    moderator: bool = False
    """Has Manage Server or Manage Messages here."""
    message_id: int | None = None
    """The message whose button was pressed."""
    private: bool = False
    """The pressed message is one that only its presser sees; it stays so however often it is redrawn."""
    filesize_limit: int = 10 * 1024 * 1024
    unasked: bool = False
    """Nobody waits for it: a post of our own accord, such as a training anew. No token leads to it."""
    locale: str = "en-US"
    """The asker's own language."""
    guild_locale: str = ""
    """The server's; empty where there is none."""
    app_permissions: int = 0
    roles: tuple[int, ...] = ()
    """The asker's roles in this server."""
    parent_id: int | None = None
    """The channel that a thread belongs to."""
    age_restricted: bool = False
    """Only adults read this channel."""
    placing: Literal["new", "private", "panel", "prompt"] = "new"
    """Where the answer goes; the chat chooses it and the messenger follows it, also after a restart. `new`: a new
    message. `private`: a message only the asker sees. `panel`: pictures and trainings take the place of the message
    whose button was pressed, notices come beside it. `prompt`: whatever comes takes the place of the pressed message
    (a question of ours that only the asker sees)."""

    @property
    def reads(self) -> str:
        """The locale of whoever reads the answer: the asker's own where only they see it, elsewhere the server's."""
        alone = self.placing in ("private", "prompt") or (self.placing == "panel" and self.private)
        return self.locale if alone or not self.guild_locale else self.guild_locale


# --- asks ----------------------------------------------------------------------------------------------------------


class Generate(Plain):
    kind: Literal["generate"] = "generate"
    model: str | None = None
    """None: the server's default model, else the shipped base."""
    count: Literal[1, 4, 9] = 4
    seed: int | None = None
    variety: float = 0.5
    prompt: str = ""
    """What the pictures shall show, in the member's words; empty for anything."""


class Reroll(Plain):
    """New seeds with the settings of the request that made the message."""

    kind: Literal["reroll"] = "reroll"
    request_id: int


class Variations(Plain):
    """Four neighbours of one output."""

    kind: Literal["variations"] = "variations"
    output_id: int
    amount: float = 0.3


class OpenLarge(Plain):
    """One output drawn large, with all its details (seed, model, credits) and all that can be done with it."""

    kind: Literal["open"] = "open"
    output_id: int
    direction: str | None = None
    """With the sliders open, this one in hand; empty for the first. None: without sliders."""


class ShowAgain(Plain):
    """The pictures of an earlier request once more, as they were: the way back."""

    kind: Literal["show"] = "show"
    request_id: int


class Play(Plain):
    """One move from one picture to the next."""

    kind: Literal["play"] = "play"
    output_id: int
    move: Literal["again", "little", "lot", "calmer", "bolder", "pull", "weaker", "stronger"]
    """`again`: another like it; `little`, `lot`: four neighbours, near or far; `calmer`, `bolder`: toward the mean of
    the model's works or away from it; `pull`: along one of the model's sliders; `weaker`, `stronger`: transformed less
    or more."""
    direction: str | None = None
    """For `pull`: the slider's id."""
    amount: float = 0.0
    """For `pull`: how far, in deviations; 0 puts the slider back to the middle."""


class Breed(Plain):
    """Nine children of two pictures of one model."""

    kind: Literal["breed"] = "breed"
    a: int
    b: int


class Walk(Plain):
    """An animation through pictures of one model."""

    kind: Literal["walk"] = "walk"
    stops: tuple[int, ...] = ()
    """Outputs, in order; empty for `random` new ones of `model`."""
    random: int = 0
    model: str | None = None
    seconds: float | None = None
    """None: a second for each picture."""
    loop: bool = True
    format: Literal["webp", "gif", "mp4"] | None = None
    """None: WebP, which keeps transparency. Whatever it is, it is made to fit the upload limit."""


class StopTask(Plain):
    """Call off a walk or a find that is being made; its own message says so."""

    kind: Literal["stop_task"] = "stop_task"
    request_id: int


class FindPicture(Plain):
    """Find an uploaded picture in a model: the picture of the model that is most like it."""

    kind: Literal["find"] = "find"
    upload: Upload
    model: str | None = None


class Source(Plain):
    """A picture to work on: an upload, one that was made here, or the asker's own sketch."""

    upload: Upload | None = None
    output_id: int | None = None
    pad: bool = False
    """What the asker drew last on the web page's sketch pad (`bot.sketches`)."""


class TransformPicture(Plain):
    """A picture changed by a transformer: styled, restored, drawn from a sketch, restyled."""

    kind: Literal["transform"] = "transform"
    family: str
    """The family of models meant, such as `style`."""
    picture: Source
    second: Source | None = None
    """For families that take two: the artwork."""
    model: str | None = None
    """None: the server's own of that family, else the shipped one."""
    strength: float = 1.0
    seed: int = 0
    back: bool = False
    prompt: str = ""
    best: bool = False
    """In the slow, best form of the family, where it has one."""


class Favour(Plain):
    """Put a star to a picture, or take it off."""

    kind: Literal["favour"] = "favour"
    output_id: int
    name: str | None = None
    """A name of the member's own for it; None leaves the one it has."""
    starred: bool | None = None
    """None turns it around."""


class NameSlider(Plain):
    """A vote for what a slider of a model is called in this server."""

    kind: Literal["name_slider"] = "name_slider"
    model_id: str
    direction: str
    name: str


class SetShowcase(Plain):
    """The channel that pictures with enough stars are shown in; None for none."""

    kind: Literal["showcase"] = "showcase"
    channel_id: int | None
    stars: int = 3


class MakeEmoji(Plain):
    kind: Literal["emoji"] = "emoji"
    output_id: int
    name: str


class MakeSticker(Plain):
    kind: Literal["sticker"] = "sticker"
    output_id: int
    name: str


class DeleteMine(Plain):
    """Take back the pictures of a request: the message, and the outputs' place in the gallery."""

    kind: Literal["delete"] = "delete"
    request_id: int


class Train(Plain):
    kind: Literal["train"] = "train"
    name: str
    source: Literal["emoji", "files", "folder", "collection", "version"]
    folder: str | None = None
    collection: int | None = None
    """The collection's id, for `collection`."""
    version: int | None = None
    """The id of a frozen version, for `version`."""
    uploads: tuple[Upload, ...] = ()
    emoji: tuple[Upload, ...] = ()
    """The server's emoji as its cache has them: name, CDN address."""
    minutes: float = 2.5
    base: str | None = None
    pixels: int | None = None
    """The longer side of the model's own pictures; none for what it starts from has."""
    family: str | None = None
    """The kind of model, such as `dense`; none for the usual one, which alone starts from a base."""
    sheet: bool = False
    """Show first what it would learn from and what to expect; it starts at a press (`StartTraining`)."""


class SteerTraining(Plain):
    kind: Literal["steer"] = "steer"
    training_id: str
    action: Literal["stop", "cancel", "pause", "resume"]


class ShowFilm(Plain):
    """How a training learned: its samples from the first to the last as one animation."""

    kind: Literal["film"] = "film"
    training_id: str


class SetDefaultModel(Plain):
    kind: Literal["default_model"] = "default_model"
    model_id: str


Ask = (
    Generate
    | Reroll
    | Variations
    | OpenLarge
    | ShowAgain
    | Play
    | Breed
    | Walk
    | StopTask
    | FindPicture
    | TransformPicture
    | Favour
    | NameSlider
    | SetShowcase
    | MakeEmoji
    | MakeSticker
    | DeleteMine
    | Train
    | SteerTraining
    | ShowFilm
    | SetDefaultModel
    | ArtAsk
    | ModerationAsk
)


# --- the two protocols ---------------------------------------------------------------------------------------------


class Studio(ArtReads, ModerationReads, Protocol):
    """What `bot.workflows` offers to the chat. `ask` returns once the request is committed; the answer comes through
    the messenger. The reads answer from memory or one quick query, fit for autocomplete."""

    async def ask(self, origin: Origin, ask: Ask) -> None:
        """Start the durable workflow of this request; the same interaction id again is the same request.

        Raises `Refused` or `Retry` when it cannot even be accepted.
        """

    async def turned_away(self, origin: Origin, asked: str, answer: NoticeView) -> None:
        """Put on record what the chat itself refused, or failed at: `asked` is the custom id or the command's name."""

    def model_choices(self, guild_id: int | None, typed: str, family: str | None = None) -> list[tuple[str, str]]:
        """(label, model id), best match first, at most 25; from memory. Without a `family` those that draw freely."""

    def folder_choices(self, typed: str) -> list[str]:
        """Names of the operator's folders; from memory."""

    def family_choices(self, typed: str) -> list[tuple[str, str]]:
        """(label, name) of the kinds of models that can be trained, the usual first; from memory."""

    async def models(self, guild_id: int | None) -> list[ModelLine]: ...

    async def queue(self, guild_id: int | None) -> list[QueueLine]: ...

    async def credits(self, origin: Origin, output_id: int) -> CreditsView:
        """Raises `Refused` for a picture that is not to be seen here."""

    async def verify(self, origin: Origin, upload: Upload) -> VerifyView:
        """What an uploaded picture is. Raises `Refused` for what is none, `Retry` while it cannot be fetched."""

    async def mates(self, origin: Origin, output_id: int, purpose: Literal["breed", "morph"]) -> MatesView:
        """The asker's favourites and newest pictures of the same model. Raises `Refused` where there are none."""

    async def family(self, origin: Origin, output_id: int) -> FamilyView:
        """Raises `Refused` for a picture that is not to be seen here."""

    async def pictures_in(
        self, origin: Origin, message_id: int, named: tuple[int, ...], purpose: Literal["remix", "credits"]
    ) -> PicksView:
        """The pictures of a message, by the names of its files or else by the record. Raises `Refused` for none."""

    async def gallery(self, origin: Origin, shelf: Literal["mine", "favourites", "here"], page: int) -> GalleryView: ...

    async def slider_sheet(self, origin: Origin, model: str | None) -> SliderSheet:
        """The sliders of a model. Raises `Refused` for one without, `Retry` while they are being found."""

    async def pick_choices(
        self, member_id: int, guild_id: int | None, typed: str, fits: int | None = None
    ) -> list[tuple[str, int]]:
        """(label, output id) of the member's favourites and newest pictures, at most 25; with `fits` only those of
        the same model as that output. One quick query, fit for autocomplete."""

    async def status(self) -> dict[str, str]:
        """Lines for /about: version, device, worker's state, pictures made."""
