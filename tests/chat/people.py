"""A person at the playground's page, by its real HTTP: types commands, presses, submits, and looks at what stands."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import aiohttp

Json = dict[str, Any]
PATIENCE_S = 8.0


def walk(components: list[Json]) -> list[Json]:
    """Every component of a message, depth first."""
    found: list[Json] = []
    for component in components:
        found.append(component)
        found += walk(component.get("components") or [])
        if component.get("accessory"):
            found.append(component["accessory"])
    return found


@dataclass(frozen=True)
class Shown:
    """A message as a person sees it."""

    body: Json

    @property
    def id(self) -> str:
        return str(self.body["id"])

    @property
    def ephemeral(self) -> bool:
        return bool(self.body["flags"] & 64)

    @property
    def thinking(self) -> bool:
        return bool(self.body["flags"] & 128)

    @property
    def text(self) -> str:
        return "\n".join(one["content"] for one in walk(self.body["components"]) if one["type"] == 10)

    @property
    def pictures(self) -> list[str]:
        return [
            item["media"]["url"] for one in walk(self.body["components"]) if one["type"] == 12 for item in one["items"]
        ]

    @property
    def files(self) -> list[str]:
        return [one["filename"] for one in self.body["attachments"]]

    @property
    def outputs(self) -> list[int]:
        """The outputs that its files are of; others, such as a sheet, are left out."""
        return [int(found[1]) for name in self.files if (found := re.fullmatch(r"artel-(\d+)\.png", name))]

    @property
    def controls(self) -> dict[str, Json]:
        """Buttons and menus by what is written on them."""
        told = {}
        for one in walk(self.body["components"]):
            if one.get("custom_id"):
                label = f"{(one.get('emoji') or {}).get('name', '')} {one.get('label') or one.get('placeholder', '')}"
                told[label.strip()] = one
        return told


@dataclass
class Person:
    """One of the demo server's people."""

    http: aiohttp.ClientSession
    id: str
    channel: str
    commands: dict[str, str]

    async def _send(self, path: str, body: Json, files: dict[str, bytes] | None = None) -> Json:
        form = aiohttp.FormData()
        form.add_field("payload_json", json.dumps(body), content_type="application/json")
        for index, (name, data) in enumerate((files or {}).items()):
            form.add_field(f"files[{index}]", data, filename=name, content_type="image/png")
        async with self.http.post(path, params={"as": self.id}, data=form) as answer:
            told = await answer.json()
            assert answer.status < 300, told
            return dict(told)

    async def _post(self, path: str, body: Json) -> Json:
        async with self.http.post(path, params={"as": self.id}, json=body) as answer:
            told = await answer.json()
            assert answer.status < 300, told
            return dict(told)

    async def command(self, name: str, files: dict[str, bytes] | None = None, /, **values: Any) -> str:
        """Type `/name sub` with its options; returns the interaction's id. A file is named by its place in `files`."""
        return str((await self._send("/_/commands", self._typed(name, values), files))["interaction_id"])

    async def grid(self, **options: Any) -> Shown:
        """The answer to `/generate`."""
        return await self.answer(await self.command("generate", **options))

    async def apps(self, message: Shown, name: str) -> str:
        """Choose from the Apps menu of a message; returns the interaction's id."""
        body = {"channel_id": self.channel, "command_id": self.commands[name], "target_id": message.id}
        return str((await self._send("/_/commands", body))["interaction_id"])

    async def suggestions(self, name: str, option: str, typed: str, /, **values: Any) -> list[Json]:
        """What the bot offers while one types into an option."""
        body = self._typed(name, {**values, option: typed})
        options = body["options"][0]["options"] if " " in name else body["options"]
        next(one for one in options if one["name"] == option)["focused"] = True
        return list((await self._post("/_/autocomplete", body))["choices"])

    def _typed(self, name: str, values: Json) -> Json:
        top, _, sub = name.partition(" ")
        options = [{"name": key, "value": value} for key, value in values.items()]
        if sub:
            options = [{"name": sub, "options": options}]
        return {"channel_id": self.channel, "command_id": self.commands[top], "options": options}

    async def press(self, message: Shown, label: str, *values: str) -> str:
        """Press the button, or choose in the menu, that has this written on it; returns the interaction's id."""
        body: Json = {"message_id": message.id, "custom_id": message.controls[label]["custom_id"]}
        if values:
            body["values"] = list(values)
        return str((await self._post("/_/components", body))["interaction_id"])

    async def submit(self, interaction_id: str, values: Json, files: dict[str, bytes] | None = None) -> str:
        """Fill in the modal that an interaction opened and send it."""
        modal = await self.modal(interaction_id)
        body = {"interaction_id": interaction_id, "custom_id": modal["custom_id"], "values": values}
        return str((await self._send("/_/modals", body, files))["interaction_id"])

    async def interaction(self, interaction_id: str) -> Json:
        async with self.http.get(f"/_/interactions/{interaction_id}", params={"as": self.id}) as answer:
            return dict(await answer.json())

    async def until(self, interaction_id: str, *states: str) -> Json:
        """The interaction once it is in one of these states."""

        async def look() -> Json | None:
            told = await self.interaction(interaction_id)
            return told if told["state"] in states else None

        return await eventually(look, f"{states} of {interaction_id}")

    async def answer(self, interaction_id: str) -> Shown:
        """The message that answers an interaction."""
        told = await self.until(interaction_id, "answered", "failed")
        assert told["state"] == "answered", told
        return await self.find(lambda shown: shown.id == told["message_id"])

    async def modal(self, interaction_id: str) -> Json:
        return dict((await self.until(interaction_id, "modal"))["modal"])

    async def messages(self) -> list[Shown]:
        """The bot's messages in the channel that this person sees, oldest first."""
        path = f"/_/channels/{self.channel}/messages"
        async with self.http.get(path, params={"as": self.id, "limit": "100"}) as answer:
            return [Shown(body) for body in await answer.json() if body["author"].get("bot")]

    async def messages_of_bot(self) -> list[Shown]:
        """Those with components: what the bot answered, without the demo server's greetings."""
        return [shown for shown in await self.messages() if shown.body["components"] or shown.thinking]

    async def find(self, fits: Callable[[Shown], bool]) -> Shown:
        """The newest message that fits, waiting for it."""

        async def look() -> Shown | None:
            return next((shown for shown in reversed(await self.messages()) if fits(shown)), None)

        return await eventually(look, "a message that fits")

    async def read(self, message: Shown) -> Shown:
        """The message as it stands now."""
        return await self.find(lambda shown: shown.id == message.id)


async def eventually(look: Callable[[], Any], what: str, seconds: float = PATIENCE_S) -> Any:
    """What `look` (async) returns once it is not None."""
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        found = await look()
        if found is not None:
            return found
        assert asyncio.get_running_loop().time() < deadline, f"waited in vain for {what}"
        await asyncio.sleep(0.02)
