"""What each button and menu does. All they need is in their custom id, so those of old messages work for ever."""

from __future__ import annotations

from bot.chat import ids, modals, panels, texts
from bot.chat.art_buttons import ART_PRESSES
from bot.chat.desk import Desk
from bot.chat.info import show_models, show_queue
from bot.chat.moderation_buttons import MODERATION_PRESSES
from bot.chat.origins import Interaction, Placing
from bot.chat.press import Press, needs_expressions, needs_moderator
from bot.chat.studio_buttons import STUDIO_PRESSES
from bot.stories import DeleteMine, Generate, OpenLarge, Reroll, SetDefaultModel, ShowFilm, SteerTraining, Variations


class RerollPress(Press, template=ids.REROLL):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        # The owner's message is redrawn; anyone else gets pictures of their own below.
        placing: Placing = "panel" if self.is_owner(interaction) else "new"
        await desk.ask(interaction, Reroll(request_id=self.number("request")), placing)


class VaryPress(Press, template=ids.VARY):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        await desk.ask(interaction, Variations(output_id=self.number("output")))


class VaryChoice(Press, template=ids.VARY_ONE):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        await desk.ask(interaction, Variations(output_id=int(self.chosen())))


class OpenPress(Press, template=ids.OPEN):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        await desk.ask(interaction, OpenLarge(output_id=self.number("output")), "private")


class OpenChoice(Press, template=ids.OPEN_ONE):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        await desk.ask(interaction, OpenLarge(output_id=int(self.chosen())), "private")


class SharePress(Press, template=ids.SHARE):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        await desk.ask(interaction, OpenLarge(output_id=self.number("output")))


class EmojiPress(Press, template=ids.EMOJI):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        needs_expressions(interaction, texts.EMOJI_MEMBER, texts.EMOJI_BOT)
        await modals.ask_emoji_name(interaction, self.number("output"))


class DeletePress(Press, template=ids.DELETE):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        self.needs_owner(interaction)
        yes = ids.pack("delete-yes", self.told["request"], self.told["owner"])
        await desk.show(interaction, panels.question(texts.DELETE_QUESTION, texts.DELETE_YES, yes, texts.KEEP_PICTURES))


class DeleteYes(Press, template=ids.DELETE_YES):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        self.needs_owner(interaction)
        await desk.ask(interaction, DeleteMine(request_id=self.number("request")), "prompt")


class SteerPress(Press, template=ids.STEER):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        self.needs_owner(interaction)
        ask = SteerTraining.model_validate({"training_id": self.told["training"], "action": self.told["action"]})
        await desk.ask(interaction, ask, "private")  # the training's own message shows what came of it


class CancelPress(Press, template=ids.CANCEL):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        self.needs_owner(interaction)
        yes = ids.pack("cancel-yes", self.told["training"], self.told["owner"])
        await desk.show(interaction, panels.question(texts.CANCEL_QUESTION, texts.CANCEL_YES, yes, texts.KEEP))


class CancelYes(Press, template=ids.CANCEL_YES):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        self.needs_owner(interaction)
        await desk.ask(interaction, SteerTraining(training_id=self.told["training"], action="cancel"), "prompt")


class KeepPress(Press, template=ids.KEEP):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        await desk.messenger.dismiss(desk.take(interaction, "prompt"))


class FilmPress(Press, template=ids.FILM):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        await desk.ask(interaction, ShowFilm(training_id=self.told["training"]))


class MakePress(Press, template=ids.MAKE):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        await desk.ask(interaction, Generate(model=self.told["model"]))


class DefaultPress(Press, template=ids.DEFAULT):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        needs_moderator(interaction)
        await desk.ask(interaction, SetDefaultModel(model_id=self.told["model"]), "private")


class DefaultChoice(Press, template=ids.DEFAULT_ONE):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        needs_moderator(interaction)
        await desk.ask(interaction, SetDefaultModel(model_id=self.chosen()), "private")


class ModelsPress(Press, template=ids.MODELS):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        await show_models(desk, interaction, self.number("page"), "prompt")


class QueuePress(Press, template=ids.QUEUE):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        await show_queue(desk, interaction, "prompt")


PRESSES: tuple[type[Press], ...] = (
    RerollPress,
    VaryPress,
    VaryChoice,
    OpenPress,
    OpenChoice,
    SharePress,
    EmojiPress,
    DeletePress,
    DeleteYes,
    SteerPress,
    CancelPress,
    CancelYes,
    KeepPress,
    FilmPress,
    MakePress,
    DefaultPress,
    DefaultChoice,
    ModelsPress,
    QueuePress,
    *STUDIO_PRESSES,
    *ART_PRESSES,
    *MODERATION_PRESSES,
)
