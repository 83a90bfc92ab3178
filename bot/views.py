"""What messages show: plain data from the workflows to the chat, as a part of the seam `bot.stories`."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Base64Bytes, BaseModel, ConfigDict


class Plain(BaseModel):
    model_config = ConfigDict(frozen=True)


class Upload(Plain):
    """A file that the member attached; the URL is Discord's signed CDN address and is fetched at once."""

    filename: str
    url: str
    size: int
    content_type: str = ""


class ShownPicture(Plain):
    output_id: int
    """Row of `outputs`; the file is called `artel-<output id>.png`, so a saved file finds its way back."""
    data: Base64Bytes
    media_type: str = "image/png"
    seed: int | None = None
    credits: tuple[str, ...] = ()
    """Lines such as `Ada's fox 41 %`."""


class Slider(Plain):
    """One direction of a model, as the panel's sliders show it."""

    id: str
    name: str
    """What members call it, else what was measured (`darker ⇄ brighter`); empty where nothing is known."""
    value: float = 0.0
    """Where the picture shown stands, in deviations."""
    low: float = -3.0
    high: float = 3.0
    less: Base64Bytes | None = None
    """A small picture of what pulling down does, PNG; none where there was no time to draw it."""
    more: Base64Bytes | None = None


class SliderBoard(Plain):
    """The sliders below a picture, the most visible ones first; one is in hand."""

    sliders: tuple[Slider, ...]
    chosen: str


class Progress(Plain):
    """How a walk or a find goes."""

    fraction: float = 0.0
    place: int | None = None
    """Place in the worker's queue, 1 is next; None once it has begun."""


class Parent(Plain):
    output_id: int
    name: str = ""
    """What the asker calls it, if anything."""
    thumbnail: Base64Bytes | None = None


class Before(Plain):
    """A picture that another one was made of."""

    name: Literal["before", "artwork"]
    data: Base64Bytes
    media_type: str = "image/png"


class PicturesView(Plain):
    kind: Literal["pictures"] = "pictures"
    request_id: int
    owner_id: int
    owner_name: str
    model_id: str
    model_title: str
    headline: str
    """Such as `Four new pictures` or `Variations of #12`."""
    details: tuple[str, ...] = ()
    """Small print: seed, variety, milliseconds."""
    notes: tuple[str, ...] = ()
    """What the asker should know of the pictures, a sentence each, such as a word that the model does not know."""
    pictures: tuple[ShownPicture, ...]
    large: bool = False
    """One picture opened: shows its details and all that can be done with it instead of the grid's buttons."""
    subject_id: int | None = None
    """The picture that the buttons of an opened one speak of; None: the one shown. An enlarged copy is another row."""
    back: str = ""
    """Where the way back leads: `show:<request id>` or `open:<output id>`; empty for nowhere."""
    abilities: tuple[str, ...] = ()
    """What the model's family can do: the kinds of recipes it follows and the options of a transform that it heeds, so
    that no button is offered in vain."""
    stars: int = 0
    """How many members have the opened picture among their favourites."""
    board: SliderBoard | None = None
    """The sliders, where they are open."""
    captions: tuple[str, ...] = ()
    """What each picture is among the others, such as `a with b's colours`; empty where they are equals."""
    before: tuple[Before, ...] = ()
    """What an opened picture was transformed from."""
    showcase: bool = False
    """Shown for everyone to see rather than for somebody to play with."""
    progress: Progress | None = None
    """It is being made; the pictures are what there is to see so far."""
    animation: bool = False
    """The one picture is an animation; its `output_id` counts animations."""
    stops: tuple[int, ...] = ()
    """The outputs that an animation walks through."""
    parents: tuple[Parent, ...] = ()
    """The two that a sheet of children was bred from."""


class TrainingPhase(StrEnum):
    checking = "checking"
    queued = "queued"
    running = "running"
    paused = "paused"
    finished = "finished"
    cancelled = "cancelled"
    failed = "failed"


class TrainingView(Plain):
    kind: Literal["training"] = "training"
    training_id: str
    owner_id: int
    owner_name: str
    title: str
    family: str = ""
    source: str
    """Such as `198 of this server's 200 emoji`."""
    phase: TrainingPhase
    left_out: tuple[str, ...] = ()
    """What was left out and why, one line a reason: `2 too small (under 16 pixels): dot, line`."""
    place: int | None = None
    activity: str = ""
    """What the trainer does now, in a member's words."""
    fraction: float = 0.0
    seconds_left: float | None = None
    pictures_seen: int = 0
    pictures_per_second: float = 0.0
    history: tuple[tuple[float, float], ...] = ()
    """Points (seconds, loss) of the chart, oldest first, at most 120."""
    sample: Base64Bytes | None = None
    """Newest sample grid, PNG."""
    figures: str = ""
    """Such as `KID 41 (the base: 312) · coverage 0.72`."""
    losses: str = ""
    """What its losses are and mean now, in a line; empty where they say nothing to a member."""
    model_id: str | None = None
    film: bool = False
    """How it learned can be watched."""
    error: str = ""


class FilmView(Plain):
    """A training's samples from its first to its last, as one animation."""

    kind: Literal["film"] = "film"
    training_id: str
    title: str
    film: Base64Bytes
    """WebP."""
    model_id: str | None = None


class NoticeView(Plain):
    """A short answer: done, refused, trouble. Ephemeral unless said otherwise."""

    kind: Literal["notice"] = "notice"
    tone: Literal["done", "info", "refused", "trouble"]
    text: str
    ephemeral: bool = True
    passing: bool = False
    """It only says what is waited for: the answer takes its place."""


class ModelLine(Plain):
    id: str
    title: str
    family: str
    size: int
    works: int
    shipped: bool
    is_default: bool
    made_by: str = ""
    figures: str = ""


class QueueLine(Plain):
    training_id: str
    title: str
    owner_id: int
    owner_name: str
    phase: TrainingPhase
    place: int | None = None
    fraction: float = 0.0
    seconds_left: float | None = None


class CreditsView(Plain):
    """Whose art is in a picture, and how it came to be; shown to the asker alone."""

    output_id: int
    maker_id: int
    model_title: str
    made_at: float
    shares: tuple[str, ...]
    """Lines such as `41 % fox, by Ada (CC BY 4.0)`, the largest first."""
    steps: tuple[str, ...]
    """How it was made, from its first picture on: `a new picture from seed 7`, `varied by 30 %`."""
    works: tuple[Base64Bytes | None, ...] = ()
    """The works themselves, beside their shares; none where a work is no longer kept."""
    attribution: tuple[str, ...] = ()
    """Lines that licences ask for."""
    exact: bool = True
    """The shares are those of the mixture itself."""
    nearest: bool = False
    """`shares` are no shares but works that the picture looks most like: its model keeps no count of works."""
    copied: str = ""
    """The work that it looks like a copy of."""
    thumbnail: Base64Bytes | None = None


class Pick(Plain):
    """A picture that a member may choose from a list."""

    output_id: int
    name: str = ""
    starred: bool = False
    thumbnail: Base64Bytes | None = None


class PicksView(Plain):
    """Pictures to choose one of."""

    purpose: Literal["remix", "credits"]
    picks: tuple[Pick, ...]


class GalleryView(Plain):
    """A page of pictures, shown to the asker alone."""

    shelf: Literal["mine", "favourites", "here"]
    page: int
    more: bool
    picks: tuple[Pick, ...]


class SliderSheet(Plain):
    """What each slider of a model does, on one picture: small pictures from low to high, row by row."""

    model_id: str
    model_title: str
    sliders: tuple[Slider, ...]
    ends: tuple[float, ...]
    """The amounts of the columns."""
    pictures: tuple[Base64Bytes, ...]


class MatesView(Plain):
    """What an opened picture may be bred or morphed with."""

    output_id: int
    owner_id: int
    purpose: Literal["breed", "morph"]
    picks: tuple[Pick, ...]


class Kin(Plain):
    """One picture of a family tree."""

    output_id: int
    maker_id: int
    maker: str
    generation: int
    """0 is the picture asked for, its parents 1, and so on."""
    parents: tuple[tuple[int, str], ...]
    """(output id, how): `vary`, `breed`, `3 moves`."""
    thumbnail: Base64Bytes | None = None


class FamilyView(Plain):
    output_id: int
    model_title: str
    kin: tuple[Kin, ...]
    """The picture itself first, then its forebears, the nearest first."""
    cut: bool = False
    """It goes further back than is shown."""


class Posted(Plain):
    """Where a view came to stand."""

    channel_id: int
    message_id: int | None
    """None for an answer that has no message, such as a silent acknowledgement."""
    route: Literal["callback", "original", "message", "post", "followup"]
    """`followup`: a notice beside a panel that keeps standing. `post`: the interaction was not acknowledged in time, or
    its token was dead."""
    acknowledged_at: float | None = None
    """When Discord took the acknowledgement, seconds since the epoch; none where this process does not know."""
