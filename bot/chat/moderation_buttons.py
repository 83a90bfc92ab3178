"""What the buttons and menus of order do: decide, settle, vote."""

from __future__ import annotations

from typing import Any

from bot.chat import ids, moderation_forms, moderation_panels
from bot.chat.desk import Desk
from bot.chat.origins import Interaction
from bot.chat.press import Press
from bot.moderation_asks import Decide, SetRule, Vote
from bot.rights import Right


class ReviewPress(Press, template=ids.REVIEW):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        ask = Decide.model_validate({"report_id": self.number("report"), "verdict": self.told["verdict"]})
        await desk.ask(interaction, ask, "prompt")


class ReviewNext(Press, template=ids.REVIEW_NEXT):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        origin = desk.take(interaction, "prompt")
        view = await desk.studio.review(origin, self.number("report"))
        await desk.show(interaction, await moderation_panels.review(view), "prompt")


class RuleRoles(Press, template=ids.RULE_ROLES):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        await desk.ask(interaction, SetRule(right=Right(self.told["right"]), ids=_chosen(interaction)), "prompt")


class RuleChannels(Press, template=ids.RULE_CHANNELS):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        await desk.ask(interaction, SetRule(ids=_chosen(interaction)), "prompt")


class RuleSwitch(Press, template=ids.RULE_SWITCH):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        await desk.ask(interaction, SetRule.model_validate({"switch": self.told["switch"]}), "prompt")


class RuleWords(Press, template=ids.RULE_WORDS):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        view = await desk.studio.house_settings(desk.read(interaction, "prompt"))
        await moderation_forms.ask_words(interaction, view.rules.words)


class VotePress(Press, template=ids.VOTE):
    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        ask = Vote(contest_id=self.number("contest"), entrant_id=int(self.chosen()))
        await desk.ask(interaction, ask, "private")


def _chosen(interaction: Interaction) -> tuple[int, ...]:
    """What was chosen in a menu of roles or channels; nothing is a choice too."""
    data: dict[str, Any] = dict(interaction.data or {})
    return tuple(int(one) for one in data.get("values") or ())


MODERATION_PRESSES: tuple[type[Press], ...] = (
    ReviewPress,
    ReviewNext,
    RuleRoles,
    RuleChannels,
    RuleSwitch,
    RuleWords,
    VotePress,
)
