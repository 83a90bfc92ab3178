"""What the buttons about art do: withdraw, give more, open a collection, start what a sheet showed, privacy."""

from __future__ import annotations

import discord

from bot.art_asks import EraseMe, ExportMe, StartTraining, WithdrawArt
from bot.chat import art_forms, art_panels, ids, panels
from bot.chat import art_texts as texts
from bot.chat.art import show_art, show_collection
from bot.chat.desk import Desk
from bot.chat.origins import Interaction
from bot.chat.press import Press, needs_moderator


class WithdrawPress(Press, template=ids.WITHDRAW):
    """The artist or a moderator: what of it?"""

    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        self.needs_owner(interaction)
        await show_art(desk, interaction, 0, self.number("request"), "private")


class ArtPagePress(Press, template=ids.ART_PAGE):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        await show_art(desk, interaction, self.number("page"), None, "prompt")


class WithdrawSome(Press, template=ids.WITHDRAW_SOME):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        assert isinstance(self.item, discord.ui.Select)
        chosen = [int(one) for one in self.item.values]
        packed = "-".join(_short(one) for one in chosen)
        question = art_panels.withdraw_question(len(chosen), ids.pack("withdraw-yes", packed))
        await desk.show(interaction, question, "prompt")


class WithdrawYes(Press, template=ids.WITHDRAW_YES):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        chosen = tuple(int(one, 36) for one in self.told["works"].split("-"))
        await desk.ask(interaction, WithdrawArt(artworks=chosen), "prompt")


class WithdrawAll(Press, template=ids.WITHDRAW_ALL):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        request = self.number("request")
        origin = desk.take(interaction, "prompt")
        count = (await desk.studio.art(origin, 0, request or None)).count
        question = art_panels.withdraw_question(count, ids.pack("withdraw-all-yes", request))
        await desk.show(interaction, question, "prompt")


class WithdrawAllYes(Press, template=ids.WITHDRAW_ALL_YES):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        request = self.number("request")
        await desk.ask(interaction, WithdrawArt(request_id=request or None, everything=not request), "prompt")


class GivePress(Press, template=ids.GIVE):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        await art_forms.ask_art(interaction, self.number("collection"))


class CollectionPress(Press, template=ids.COLLECTION):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        alone = bool(interaction.message and interaction.message.flags.ephemeral)
        collection, page = self.number("collection"), self.number("page")
        await show_collection(desk, interaction, collection, page, "prompt" if alone else "private")


class CollectionChoice(Press, template=ids.COLLECTION_ONE):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        await show_collection(desk, interaction, int(self.chosen()), 0, "prompt")


class BeginPress(Press, template=ids.BEGIN):
    """Start what the sheet showed; where rights have to be confirmed first, by a moderator."""

    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        if self.told["moderator"] == "1":
            needs_moderator(interaction)
        else:
            self.needs_owner(interaction)
        await desk.ask(interaction, StartTraining(sheet=self.number("request")), "panel")


class PutAwayPress(Press, template=ids.PUT_AWAY):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        self.needs_owner(interaction)
        await desk.messenger.dismiss(desk.take(interaction, "panel"))


class ExportMePress(Press, template=ids.EXPORT_ME):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        await desk.ask(interaction, ExportMe(), "private")


class EraseMePress(Press, template=ids.ERASE_ME):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        question = panels.question(texts.ERASE_QUESTION, texts.ERASE_YES, ids.pack("erase-me-yes"), texts.ERASE_NO)
        await desk.show(interaction, question)


class EraseMeYes(Press, template=ids.ERASE_ME_YES):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        await desk.ask(interaction, EraseMe(), "prompt")


def _short(number: int) -> str:
    """A number in base 36, so that ten of them fit a custom id."""
    digits, text = "0123456789abcdefghijklmnopqrstuvwxyz", ""
    while number:
        number, rest = divmod(number, 36)
        text = digits[rest] + text
    return text or "0"


ART_PRESSES: tuple[type[Press], ...] = (
    WithdrawPress,
    ArtPagePress,
    WithdrawSome,
    WithdrawYes,
    WithdrawAll,
    WithdrawAllYes,
    GivePress,
    CollectionPress,
    CollectionChoice,
    BeginPress,
    PutAwayPress,
    ExportMePress,
    EraseMePress,
    EraseMeYes,
)
