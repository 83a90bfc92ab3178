"""What the buttons of the studio do: the opened picture, its sliders, stars, stickers, credits."""

from __future__ import annotations

from typing import Literal

from bot.chat import ids, modals, studio_pages
from bot.chat import studio_texts as texts
from bot.chat.desk import Desk
from bot.chat.origins import Interaction, Placing
from bot.chat.press import Press, needs_expressions
from bot.stories import Breed, Favour, OpenLarge, Play, ShowAgain, StopTask, Walk

Purpose = Literal["breed", "morph"]
Shelf = Literal["mine", "favourites", "here"]


class LookPress(Press, template=ids.LOOK):
    """The owner's panel opens the picture in place; anyone else gets a panel of their own, which only they see."""

    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        await desk.ask(interaction, OpenLarge(output_id=self.number("output")), self.placing(interaction))

    def placing(self, interaction: Interaction) -> Placing:
        return "panel" if self.is_owner(interaction) else "private"


class LookChoice(LookPress, template=ids.LOOK_ONE):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        await desk.ask(interaction, OpenLarge(output_id=int(self.chosen())), self.placing(interaction))


class ShowPress(Press, template=ids.SHOW):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        self.needs_player(interaction)
        await desk.ask(interaction, ShowAgain(request_id=self.number("request")), "panel")


class PlayPress(Press, template=ids.PLAY):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        self.needs_player(interaction)
        ask = Play.model_validate({"output_id": self.number("output"), "move": self.told["move"]})
        await desk.ask(interaction, ask, "panel")


class SlidePress(Press, template=ids.SLIDE):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        self.needs_player(interaction)
        await desk.ask(interaction, OpenLarge(output_id=self.number("output"), direction=""), "panel")


class SliderChoice(Press, template=ids.SLIDER_ONE):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        self.needs_player(interaction)
        await desk.ask(interaction, OpenLarge(output_id=self.number("output"), direction=self.chosen()), "panel")


class PullPress(Press, template=ids.PULL):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        self.needs_player(interaction)
        ask = Play(
            output_id=self.number("output"),
            move="pull",
            direction=self.told["direction"],
            amount=self.number("quarters") / 4,
        )
        await desk.ask(interaction, ask, "panel")


class MatesPress(Press, template=ids.MATES):
    """What it may be bred with takes the panel's place until one is chosen."""

    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        self.needs_player(interaction)
        origin = desk.take(interaction, "panel")
        purpose: Purpose = "morph" if self.told["purpose"] == "morph" else "breed"
        view = await desk.studio.mates(origin, self.number("output"), purpose)
        await desk.show(interaction, await studio_pages.mates_page(view, private=origin.private), "panel")


class MateChoice(Press, template=ids.MATE):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        self.needs_player(interaction)
        a, b = self.number("output"), int(self.chosen())
        if self.told["purpose"] == "morph":  # an animation is something to keep: it comes below
            await desk.ask(interaction, Walk(stops=(a, b)))
        else:
            await desk.ask(interaction, Breed(a=a, b=b), "panel")


class StopTaskPress(Press, template=ids.STOP_TASK):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        self.needs_owner(interaction)
        await desk.ask(interaction, StopTask(request_id=self.number("request")), "private")


class FamilyPress(Press, template=ids.FAMILY):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        await show_family(desk, interaction, self.number("output"), "private")


class CopyPress(Press, template=ids.COPY):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        await desk.ask(interaction, OpenLarge(output_id=self.number("output")))


class StarPress(Press, template=ids.STAR):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        await desk.ask(interaction, Favour(output_id=self.number("output")), "private")


class StickerPress(Press, template=ids.STICKER):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        needs_expressions(interaction, texts.STICKER_MEMBER, texts.STICKER_BOT)
        await modals.ask_sticker_name(interaction, self.number("output"))


class CreditsPress(Press, template=ids.CREDITS):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        await show_credits(desk, interaction, self.number("output"))


class RemixChoice(Press, template=ids.REMIX_ONE):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        await desk.ask(interaction, OpenLarge(output_id=int(self.chosen())), "panel")


class CreditsChoice(Press, template=ids.CREDITS_ONE):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        await show_credits(desk, interaction, int(self.chosen()), "prompt")


class GalleryPress(Press, template=ids.GALLERY):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        await show_gallery(desk, interaction, self.told["shelf"], self.number("page"), "prompt")


class GalleryChoice(RemixChoice, template=ids.GALLERY_ONE):
    """The page gives way to the picture, which is opened for the asker alone."""


class NameChoice(Press, template=ids.NAME_ONE):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        await modals.ask_slider_name(interaction, self.told["model"], self.chosen())


async def show_gallery(desk: Desk, interaction: Interaction, shelf: str, page: int, placing: Placing) -> None:
    origin = desk.take(interaction, placing)
    chosen: Shelf = "mine" if shelf == "mine" else "here" if shelf == "here" else "favourites"
    view = await desk.studio.gallery(origin, chosen, page)
    await desk.show(interaction, await studio_pages.gallery_page(view), placing)


async def show_credits(desk: Desk, interaction: Interaction, output_id: int, placing: Placing = "private") -> None:
    origin = desk.take(interaction, placing)
    await desk.show(interaction, studio_pages.credits_page(await desk.studio.credits(origin, output_id)), placing)


async def show_family(desk: Desk, interaction: Interaction, output_id: int, placing: Placing) -> None:
    origin = desk.take(interaction, placing)
    page = await studio_pages.family_page(await desk.studio.family(origin, output_id), private=placing == "private")
    await desk.show(interaction, page, placing)


STUDIO_PRESSES: tuple[type[Press], ...] = (
    LookPress,
    LookChoice,
    ShowPress,
    PlayPress,
    SlidePress,
    SliderChoice,
    PullPress,
    MatesPress,
    MateChoice,
    StopTaskPress,
    FamilyPress,
    CopyPress,
    StarPress,
    StickerPress,
    CreditsPress,
    RemixChoice,
    CreditsChoice,
    GalleryPress,
    GalleryChoice,
    NameChoice,
)
