"""What the fake bot answers: enough of each kind of answer for the page to be seen and tested."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING, Any

import page_messages as m
from page_world import BOT, COMMANDS

if TYPE_CHECKING:
    from page_fake import FakeChat

Json = dict[str, Any]


class Script:
    def __init__(self, chat: FakeChat) -> None:
        self.chat = chat

    async def play(self, kind: str, interaction: Json, body: Json, user: Json) -> None:
        await asyncio.sleep(self.chat.delay_s)
        if kind == "command":
            name = next(c["name"] for c in COMMANDS if c["id"] == body["command_id"])
            await getattr(self, f"on_{name}", self.on_other)(interaction, body, user, name)
        elif kind == "component":
            await self.pressed(interaction, body, user)
        else:
            note = m.v2(BOT, self.channel_of(body), m.text("✅ **Thank you!** Your art is in the collection."),
                        flags=m.EPHEMERAL, **{"for": user["id"]})  # fmt: skip
            await self.answer(interaction, note, user)

    async def tell(self, interaction: Json, user: Json, state: str, **more: Any) -> None:
        interaction.update(state=state, acknowledged_ms=interaction["acknowledged_ms"] or 41, **more)
        await self.chat.send("interaction", interaction, user["id"])

    async def answer(self, interaction: Json, message: Json, user: Json) -> None:
        if meta := message.get("interaction_metadata"):
            meta["id"] = interaction["id"]
        await self.chat.post(message)
        await self.tell(interaction, user, "answered", message_id=message["id"], answered_ms=120)

    def channel_of(self, body: Json) -> str:
        if "channel_id" in body:
            return str(body["channel_id"])
        return next((x["channel_id"] for x in self.chat.messages if x["id"] == body.get("message_id")), "201")

    async def on_generate(self, interaction: Json, body: Json, user: Json, name: str) -> None:
        seeds = random.sample(range(100_000), next((o["value"] for o in body["options"] if o["name"] == "count"), 4))
        await self.answer(interaction, m.v2(BOT, body["channel_id"], m.pictures(seeds), **m.used(name, user)), user)

    async def on_train(self, interaction: Json, body: Json, user: Json, name: str) -> None:
        waiting = m.message(BOT, body["channel_id"], flags=m.LOADING, **m.used(name, user))
        waiting["interaction_metadata"]["id"] = interaction["id"]
        await self.chat.post(waiting)
        await self.tell(interaction, user, "thinking", message_id=waiting["id"])
        for step in range(0, 31, 3):
            await asyncio.sleep(self.chat.delay_s * 8)
            await self.chat.go_on.wait()
            await self.chat.edit(waiting["id"], flags=m.V2, components=[m.training(step, 30)])
            if step == 0:
                await self.tell(interaction, user, "answered", message_id=waiting["id"])

    async def on_about(self, interaction: Json, body: Json, user: Json, name: str) -> None:
        await asyncio.sleep(self.chat.delay_s * 4)
        await self.tell(interaction, user, "failed", error="The application did not respond")

    async def on_collection(self, interaction: Json, body: Json, user: Json, name: str) -> None:
        await self.tell(interaction, user, "modal", modal=m.modal())

    async def on_other(self, interaction: Json, body: Json, user: Json, name: str) -> None:
        note = m.v2(BOT, body["channel_id"], m.container(m.text(f"**/{name}** has nothing to show yet."), accent=None),
                    flags=m.EPHEMERAL, **{"for": user["id"]}, **m.used(name, user))  # fmt: skip
        await self.answer(interaction, note, user)

    async def pressed(self, interaction: Json, body: Json, user: Json) -> None:
        custom_id, channel = body["custom_id"], self.channel_of(body)
        if custom_id == "fail":
            await self.tell(interaction, user, "failed", error="This interaction failed")
        elif custom_id in {"emoji", "submit"}:
            await self.tell(interaction, user, "modal", modal=m.modal())
        elif custom_id == "delete":
            await self.chat.remove(body["message_id"])
            await self.tell(interaction, user, "answered")
        elif custom_id == "open":
            panel = m.container(m.text("### Picture 1"), m.gallery(m.media("/art/adventurer/11/256.png", 256)))
            note = m.v2(BOT, channel, panel, flags=m.EPHEMERAL, **{"for": user["id"]})
            await self.answer(interaction, note, user)
        elif custom_id == "stop":
            await self.chat.edit(body["message_id"], components=[m.training(30, 30)])
            await self.tell(interaction, user, "answered", message_id=body["message_id"])
        else:
            seeds = random.sample(range(100_000), 4)
            await self.answer(interaction, m.v2(BOT, channel, m.pictures(seeds), **m.used("generate", user)), user)
