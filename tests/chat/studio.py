"""A studio that answers like the real one, through the real messenger, and can be questioned afterwards."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Literal

from bot.art_asks import (
    Contribute,
    EraseMe,
    ExportCollection,
    ExportMe,
    ShareCollection,
    StartTraining,
    WithdrawArt,
)
from bot.art_views import ArtPage, CollectionLine, CollectionView
from bot.errors import Refused, Retry
from bot.moderation_asks import Decide, EnterContest, ReportPicture, SetRule, StartContest, Vote
from bot.moderation_views import ContestView, MeView, ReviewView, SettingsView
from bot.parcels import Slip
from bot.rights import Asker, Right, Rules, check
from bot.stories import (
    Ask,
    Before,
    Breed,
    CreditsView,
    DeleteMine,
    FamilyView,
    Favour,
    FindPicture,
    GalleryView,
    Generate,
    MakeEmoji,
    MakeSticker,
    MatesView,
    Messenger,
    ModelLine,
    NameSlider,
    NoticeView,
    OpenLarge,
    Origin,
    Pick,
    PicksView,
    PicturesView,
    Play,
    Posted,
    Progress,
    QueueLine,
    Reroll,
    SetDefaultModel,
    SetShowcase,
    ShowAgain,
    SliderBoard,
    SliderSheet,
    SteerTraining,
    StopTask,
    Train,
    TrainingView,
    TransformPicture,
    Upload,
    Variations,
    VerifyView,
    View,
    Walk,
)
from tests.chat.art_views import art_lines, art_view, collection_line, collection_view, files_view, sheet_view
from tests.chat.moderation_views import contest_view, review_view, settings_view
from tests.chat.views import kin, parents, picks, pictures_view, png, slider_board, training_view


@dataclass
class FakeStudio:
    messenger: Messenger
    asked: list[tuple[Origin, Ask]] = field(default_factory=list)
    refused: list[tuple[Origin, str, NoticeView]] = field(default_factory=list)
    """What the chat itself turned away."""
    looked_at: list[Upload] = field(default_factory=list)
    """What was to be verified."""
    posted: dict[int, Posted] = field(default_factory=dict)
    """Where the answer of each request stands."""
    trouble: Exception | None = None
    """Raised by the next ask."""
    pause_s: float = 0.0
    """How long the work of each request takes."""
    hold: asyncio.Event | None = None
    """Work waits for it."""
    failures: list[Exception] = field(default_factory=list)
    """What deliveries raised."""
    rules: Rules = field(default_factory=Rules)
    blocked: set[int] = field(default_factory=set)
    lines: list[ModelLine] = field(default_factory=list)
    waiting: list[QueueLine] = field(default_factory=list)
    slips: dict[int, Slip] = field(default_factory=dict)
    """What members laid down on the web page."""
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    # --- stories.Studio ----------------------------------------------------------------------------------------------

    async def ask(self, origin: Origin, ask: Ask) -> None:
        if self.trouble is not None:
            trouble, self.trouble = self.trouble, None
            raise trouble
        self.asked.append((origin, ask))
        task = asyncio.create_task(self._work(origin, ask))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def turned_away(self, origin: Origin, asked: str, answer: NoticeView) -> None:
        self.refused.append((origin, asked, answer))

    def model_choices(self, guild_id: int | None, typed: str, family: str | None = None) -> list[tuple[str, str]]:
        return [(line.title, line.id) for line in self.lines if typed.lower() in line.title.lower()]

    def family_choices(self, typed: str) -> list[tuple[str, str]]:
        known = [("Anchored GAN: the usual", "anchored"), ("Dense GAN: in a minute", "dense")]
        return [(label, name) for label, name in known if typed.casefold() in label.casefold()]

    def folder_choices(self, typed: str) -> list[str]:
        return [name for name in ("foxes", "landscapes") if typed in name]

    async def models(self, guild_id: int | None) -> list[ModelLine]:
        return self.lines

    async def queue(self, guild_id: int | None) -> list[QueueLine]:
        return self.waiting

    async def verify(self, origin: Origin, upload: Upload) -> VerifyView:
        self.looked_at.append(upload)
        return VerifyView(
            verdict="ours",
            filename=upload.filename,
            size=(256, 256),
            evidence=("It carries our invisible mark, of picture #12.",),
            facts=("made on <t:1767225600:f>", "by the model “Little things” (aaaaaaaaaaaa)"),
            shares=("41 % · fox, by Ada (CC BY 4.0)", "59 % · cat"),
            attribution=("“fox” by Ada, CC BY 4.0",),
            output_id=12,
            thumbnail=b64encode(png()),
        )

    async def credits(self, origin: Origin, output_id: int) -> CreditsView:
        return CreditsView(
            output_id=output_id,
            maker_id=origin.member_id,
            model_title="Little things",
            made_at=1_767_225_600.0,
            shares=("41 % · fox, by Ada (CC BY 4.0)", "59 % · cat"),
            steps=("a new picture from seed 7",),
            thumbnail=b64encode(png()),
        )

    async def mates(self, origin: Origin, output_id: int, purpose: Literal["breed", "morph"]) -> MatesView:
        return MatesView(output_id=output_id, owner_id=origin.member_id, purpose=purpose, picks=picks(3))

    async def family(self, origin: Origin, output_id: int) -> FamilyView:
        return FamilyView(output_id=output_id, model_title="Little things", kin=kin(output_id))

    async def pictures_in(
        self, origin: Origin, message_id: int, named: tuple[int, ...], purpose: Literal["remix", "credits"]
    ) -> PicksView:
        if not named:
            raise Refused("There is no picture of mine in this message.")
        small = b64encode(png())
        return PicksView(purpose=purpose, picks=tuple(Pick(output_id=one, thumbnail=small) for one in named))

    async def gallery(self, origin: Origin, shelf: Literal["mine", "favourites", "here"], page: int) -> GalleryView:
        shown = picks(12) if shelf == "mine" else ()
        return GalleryView(shelf=shelf, page=page, more=shelf == "mine" and page == 0, picks=shown)

    async def slider_sheet(self, origin: Origin, model: str | None) -> SliderSheet:
        board, ends = slider_board(), (-3.0, 0.0, 3.0)
        small = tuple(b64encode(png()) for _ in range(len(board.sliders) * len(ends)))
        return SliderSheet(
            model_id=model or "base", model_title="Little things", sliders=board.sliders, ends=ends, pictures=small
        )

    async def pick_choices(
        self, member_id: int, guild_id: int | None, typed: str, fits: int | None = None
    ) -> list[tuple[str, int]]:
        return [(f"⭐ fox · #{n}", n) for n in (11, 12, 13) if n != fits and typed in str(n)]

    async def collection_choices(self, guild_id: int | None, typed: str) -> list[tuple[str, int]]:
        return [(f"{line.name} · {line.works}", line.id) for line in await self.collections_of() if typed in line.name]

    async def art_choices(self, member_id: int, guild_id: int | None, typed: str) -> list[tuple[str, int]]:
        return [(f"{line.title} · #{line.artwork_id}", line.artwork_id) for line in art_lines(3)]

    async def parcel(self, member_id: int) -> Slip | None:
        return self.slips.get(member_id)

    def pages_at(self) -> str | None:
        return "http://127.0.0.1:8780"

    async def collections_of(self) -> tuple[CollectionLine, ...]:
        return (collection_line(),)

    async def collections(self, origin: Origin) -> tuple[CollectionLine, ...]:
        return await self.collections_of()

    async def collection(self, origin: Origin, collection_id: int, page: int) -> CollectionView:
        return collection_view(page)

    async def art(self, origin: Origin, page: int, request_id: int | None = None) -> ArtPage:
        lines = art_lines(4)
        return ArtPage(works=lines, page=page, pages=3, count=len(lines), request_id=request_id, models=2)

    async def admit(self, origin: Origin, right: Right) -> None:
        blocked = origin.member_id in self.blocked
        asker = Asker(origin.guild_id, (origin.channel_id,), origin.roles, origin.moderator, blocked)
        check(asker, right, self.rules)

    async def review(self, origin: Origin, after: int = 0) -> ReviewView:
        return review_view(after + 1)

    async def house_settings(self, origin: Origin) -> SettingsView:
        return settings_view(self.rules)

    async def me(self, origin: Origin) -> MeView:
        return MeView(rights=((Right.generate, ""), (Right.moderate, "only moderators")), limits=("a day: 1 of 20",))

    async def contest(self, origin: Origin) -> ContestView:
        return contest_view()

    async def status(self) -> dict[str, str]:
        return {"Version": "0.1.0", "Worker": "ready"}

    # --- questions and orders of the tests ---------------------------------------------------------------------------

    def asks(self) -> list[Ask]:
        return [ask for _, ask in self.asked]

    async def show(self, view: View, place: int = -1) -> Posted:
        """Deliver `view` as the answer to a request, where its earlier view stands."""
        origin = self.asked[place][0]
        posted = await self.messenger.deliver(origin, view, self.posted.get(origin.interaction_id))
        self.posted[origin.interaction_id] = posted
        return posted

    async def settle(self) -> None:
        """Wait until no work is left; raises what it raised."""
        while self._tasks:
            await asyncio.wait(self._tasks)
        if self.failures:
            raise self.failures[0]

    async def end(self) -> None:
        """The process ends: work that is not done stays undone."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _work(self, origin: Origin, ask: Ask) -> None:
        try:
            if self.hold is not None:
                await self.hold.wait()
            await asyncio.sleep(self.pause_s)
            await self._answer(origin, ask)
        except Exception as error:
            self.failures.append(error)

    async def _answer(self, origin: Origin, ask: Ask) -> None:
        match ask:
            case Generate(count=count):
                await self._show(origin, drawn(origin, count, f"{count} new pictures", large=count == 1))
            case Reroll(request_id=request):
                await self._show(origin, drawn(origin, 4, f"Again after {request}"))
            case Variations(output_id=output):
                await self._show(origin, drawn(origin, 4, f"Variations of #{output}"))
            case OpenLarge(output_id=output, direction=direction):
                board = None if direction is None else slider_board(direction or "d1")
                await self._show(origin, opened(origin, output, board))
            case ShowAgain(request_id=request):
                await self._show(origin, drawn(origin, 4, f"The pictures of {request}"))
            case Play(move="little" | "lot", output_id=output):
                await self._show(origin, drawn(origin, 4, f"Around #{output}", back=f"open:{output}"))
            case Play(move="pull", direction=direction):
                await self._show(
                    origin, opened(origin, origin.interaction_id % 10**12 * 10, slider_board(direction or "d1"))
                )
            case Play():
                await self._show(origin, opened(origin, origin.interaction_id % 10**12 * 10))
            case TransformPicture(second=second):
                names = ("before", "artwork") if second else ("before",)
                before = tuple(Before(name=name, data=b64encode(png())) for name in names)
                view = opened(origin, origin.interaction_id % 10**12 * 10)
                changed = {"before": before, "abilities": ("transform", "strength")}
                await self._show(origin, view.model_copy(update=changed))
            case Breed(a=a, b=b):
                fields = {
                    "captions": tuple(f"child {n}" for n in range(9)),
                    "parents": parents(a, b),
                    "back": f"open:{a}",
                }
                await self._show(origin, drawn(origin, 9, f"Children of #{a} and #{b}", **fields))
            case Walk(stops=stops):
                fields = {"animation": True, "stops": stops or (1, 2)}
                await self._show(origin, drawn(origin, 1, "A walk", **fields))
            case FindPicture():
                progress = Progress(fraction=0.4)
                await self._show(origin, drawn(origin, 2, "Looking for it", progress=progress))
            case StopTask(request_id=request):
                await self._show(origin, NoticeView(tone="done", text=f"{request} called off."))
            case NameSlider(name=name):
                await self._show(origin, NoticeView(tone="done", text=f"Called {name}."))
            case SetShowcase(channel_id=channel):
                await self._show(origin, NoticeView(tone="done", text=f"Showcase: {channel}."))
            case Favour(output_id=output):
                await self._show(origin, NoticeView(tone="done", text=f"#{output} starred."))
            case MakeSticker(name=name):
                await self._sticker(origin, name)
            case MakeEmoji(name=name):
                await self._emoji(origin, name)
            case DeleteMine(request_id=request):
                await self.messenger.delete(origin, self.posted[request])
                await self._show(origin, NoticeView(tone="done", text="Deleted."))
            case Train(name=name, source="collection"):
                await self._show(origin, sheet_view(origin.interaction_id, origin.member_id, title=name))
            case Train(name=name):
                await self._show(origin, training(origin, "checking", title=name))
            case SteerTraining(action=action):
                await self._show(origin, NoticeView(tone="done", text=f"Will {action}."))
            case Contribute():
                await self._show(origin, art_view(origin.interaction_id, origin.member_id))
            case ExportMe() | ExportCollection():
                await self._show(origin, files_view())
            case WithdrawArt():
                await self._show(origin, NoticeView(tone="done", text="Withdrawn."))
            case ShareCollection(collection=shown, who_adds=None, member_id=None):
                await self._show(origin, await self.collection(origin, shown, 0))
            case ShareCollection() | EraseMe():
                await self._show(origin, NoticeView(tone="done", text="Done."))
            case ReportPicture() | EnterContest() | Vote():
                await self._show(origin, NoticeView(tone="done", text="Thank you."))
            case Decide(verdict=verdict, report_id=report):
                await self._show(origin, review_view(report + 1, done=f"{verdict} {report}."))
            case SetRule(right=right, ids=ids):
                if right is not None:
                    self.rules = self.rules.model_copy(update={"roles": {**self.rules.roles, right: ids}})
                await self._show(origin, settings_view(self.rules))
            case StartContest(theme=theme):
                await self._show(origin, contest_view(theme))
            case StartTraining():
                await self._show(origin, training(origin, "checking"))
            case SetDefaultModel(model_id=model):
                await self._show(origin, NoticeView(tone="done", text=f"Default: {model}.", ephemeral=False))

    async def _emoji(self, origin: Origin, name: str) -> None:
        try:
            mention = await self.messenger.make_emoji(origin, name, png(side=256))
        except (Refused, Retry) as error:
            await self._show(origin, NoticeView(tone="refused", text=str(error)))
            return
        await self._show(origin, NoticeView(tone="done", text=f"{mention} is here."))

    async def _sticker(self, origin: Origin, name: str) -> None:
        try:
            await self.messenger.make_sticker(origin, name, png(side=320))
        except (Refused, Retry) as error:
            await self._show(origin, NoticeView(tone="refused", text=str(error)))
            return
        await self._show(origin, NoticeView(tone="done", text=f"{name} is here."))

    async def _show(self, origin: Origin, view: View) -> None:
        self.posted[origin.interaction_id] = await self.messenger.deliver(origin, view)


def drawn(origin: Origin, count: int, headline: str, **fields: object) -> PicturesView:
    view = pictures_view(count, request_id=origin.interaction_id, owner_id=origin.member_id)
    return view.model_copy(update={"headline": headline, **fields})


def opened(origin: Origin, output_id: int, board: SliderBoard | None = None) -> PicturesView:
    return drawn(
        origin,
        1,
        f"Picture #{output_id}",
        large=True,
        subject_id=output_id,
        back=f"show:{origin.interaction_id - 1}",
        board=board,
    )


def training(origin: Origin, phase: str, **fields: object) -> TrainingView:
    told = {"training_id": str(origin.interaction_id), "owner_id": origin.member_id}
    return training_view(phase, **{**told, **fields})
