"""People who keep asking for pictures, and the account of what they got: lost, doubled or wrongly charged, if any.

The account is drawn up from what the playground's Discord shows, not from the bot's own word; only charges are read
from the bot's database.
"""

from __future__ import annotations

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import aiohttp

from tests.e2e.ledger import Seen, all_messages
from tests.e2e.parts import Parts, online
from tests.e2e.person import Barred, Json, Person, Shown

PATIENCE_S = 120.0
"""How long one waits for an answer before going on to something else; it is looked at again at the end."""
RECENT = 30
STARRED = "is among your favourites"


@dataclass
class Asked:
    kind: str
    """`new` for a message of its own, `place` for one that is redrawn, `private` for one that only the asker sees."""
    panel: str | None = None


@dataclass
class Crowd:
    """`at_once` people's hands; each asks, waits for what comes of it, and asks again."""

    people: tuple[Person, ...]
    seen: Seen
    at_once: int = 6
    seed: int = 1
    asked: dict[str, Asked] = field(default_factory=dict)
    barred: Counter[str] = field(default_factory=Counter)

    async def ask_for(self, requests: int) -> None:
        """Until so many interactions were sent."""
        numbers = iter(range(requests))
        hands = [self._hand(self.people[n % len(self.people)], numbers, self.seed + n) for n in range(self.at_once)]
        await asyncio.gather(*hands)

    async def _hand(self, person: Person, numbers: Iterator[int], seed: int) -> None:
        chance = random.Random(seed)
        panels: list[Shown] = []
        there = False
        for _ in numbers:
            if not there:
                await online(person)
            try:
                interaction = await self._act(person, panels, chance)
            except (Barred, OSError, aiohttp.ClientError) as error:
                self.barred[str(error) or type(error).__name__] += 1
                panels.clear()  # what was pressed may not be there any more
                there = False
                continue
            told = await self.seen.outcome(interaction, PATIENCE_S)
            there = told.get("state") != "failed"
            if told.get("state") == "answered" and self.asked[interaction].kind != "private":
                with suppress(OSError, aiohttp.ClientError):
                    await self._look(person, str(told["message_id"]), panels)

    async def _act(self, person: Person, panels: list[Shown], chance: random.Random) -> str:
        """Do something, mostly with the newest pictures; the interaction."""
        verb = chance.choices(["generate", "copy", "play", "star"], [6, 2, 4, 2])[0] if panels else "generate"
        if verb == "generate":
            interaction = await person.type("generate", count=1)
            self.asked[interaction] = Asked("new")
            return interaction
        panel = chance.choice(panels[-3:])
        if verb == "play" and f":{person.who}" not in panel.button(verb):
            verb = "copy"  # only its owner drives a panel
        interaction = await person.press(panel, verb)
        kind = {"star": "private", "play": "place", "copy": "new"}[verb]
        self.asked[interaction] = Asked(kind, panel.id)
        return interaction

    async def _look(self, person: Person, message_id: str, panels: list[Shown]) -> None:
        for message in await person.newest(RECENT):
            if message.id == message_id and all(f":{verb}:" in str(message.buttons) for verb in ("play", "copy")):
                panels.append(message)
                del panels[:-3]


@dataclass
class Account:
    """What became of the interactions that a crowd sent."""

    sent: int = 0
    barred: int = 0
    """Turned away by the page itself, so never sent: a button that had just gone."""
    answered: int = 0
    unseen: int = 0
    """Discord itself told the member that the bot did not respond; nothing came, nothing was charged."""
    lost: list[str] = field(default_factory=list)
    """Acknowledged, and never answered."""
    doubled: list[str] = field(default_factory=list)
    """Answered by more than one message."""
    late: list[str] = field(default_factory=list)
    """Answered although the member had been told that the bot did not respond."""
    stuck: list[str] = field(default_factory=list)
    """A "thinking…" or "it comes by itself" that stays."""
    overcharged: list[str] = field(default_factory=list)
    """Charged for pictures that nobody got."""
    free: list[str] = field(default_factory=list)
    """Pictures that were not charged."""
    notices: Counter[str] = field(default_factory=Counter)
    """Answers in words, by their first words."""

    @property
    def clean(self) -> bool:
        return not (self.lost or self.doubled or self.stuck or self.overcharged or self.free)

    def lines(self) -> dict[str, str]:
        """Name → figure, for a table."""
        shown = {"sent": self.sent, "answered once": self.answered, "not taken, and Discord said so": self.unseen}
        faults = ("lost", "doubled", "late", "stuck", "overcharged", "free")
        named = {name: _some(getattr(self, name)) for name in faults}
        words = {f"in words: {text}": str(count) for text, count in self.notices.most_common(5)}
        return {name: str(count) for name, count in shown.items()} | named | words


async def draw_up(crowd: Crowd, parts: Parts) -> Account:
    """The account of a crowd whose requests have all come to their end."""
    messages = await all_messages(crowd.people)
    charges = await asyncio.to_thread(
        parts.rows, "select request_id from usage where refunded_at is null and what = 'renders'"
    )
    charged = {str(row["request_id"]) for row in charges}
    account = Account(sent=len(crowd.asked), barred=crowd.barred.total())
    answers = _answers(messages)
    for interaction, asked in crowd.asked.items():
        _enter(account, interaction, asked, crowd.seen.interactions.get(interaction, {}), answers, charged)
    return account


def _enter(
    account: Account,
    interaction: str,
    asked: Asked,
    told: Json,
    answers: dict[str, list[Shown]],
    charged: set[str],
) -> None:
    shown = [one for one in answers.get(interaction, []) if not (one.loading or _passing(one))]
    answered = bool(shown)
    pictures = any(one.pictures for one in shown)
    if asked.kind == "place" and not shown and told.get("state") == "answered":
        answered = pictures = True  # the panel showed it, and shows something newer by now
    if len(shown) > 1:
        account.doubled.append(interaction)
    if len(shown) < len(answers.get(interaction, [])):
        account.stuck.append(interaction)
    if told.get("acknowledged_ms") is None:
        (account.late.append(interaction) if answered else None)
        account.unseen += not answered
    elif answered:
        account.answered += 1
    else:
        account.lost.append(interaction)
    if interaction in charged and not pictures:
        account.overcharged.append(interaction)
    if pictures and interaction not in charged:
        account.free.append(interaction)
    for one in shown:
        if not one.pictures and STARRED not in one.text:  # that is what was asked for, and no refusal
            account.notices[one.text[:60]] += 1


def _passing(shown: Shown) -> bool:
    """A word that only says that the answer will come."""
    return not shown.pictures and "comes here by itself" in shown.text


def _answers(messages: list[Json]) -> dict[str, list[Shown]]:
    """Interaction → its messages: by Discord's own metadata, by a post's nonce, by the request in their buttons."""
    found: dict[str, list[Shown]] = {}
    for raw in messages:
        shown = Shown(raw)
        marks = {one.split(":")[2] for one in shown.buttons if one.startswith("a:delete:")}
        nonce = str(raw.get("nonce") or "").partition("-")[0] or None
        for interaction in {shown.cause, nonce, *marks} - {None}:
            found.setdefault(str(interaction), []).append(shown)
    return found


def _some(ids: list[str]) -> str:
    more = "" if len(ids) <= 3 else " …"
    return f"{len(ids)}" + (f"  ({', '.join(itertools.islice(ids, 3))}{more})" if ids else "")
