"""The real discord.py client on the playground, the roads an art bot takes."""

from __future__ import annotations

from playground import seed
from tests.playground.conftest import Page, Stage
from tests.playground.probe import Probe, picture


async def test_a_slash_command_is_answered_with_a_panel_and_pictures(stage: Stage, page: Page, bot: Probe) -> None:
    interaction = await page.command("generate", count=9)
    message = await page.answer_to(interaction)
    assert message["flags"] & 1 << 15
    gallery = message["components"][0]["components"][2]
    url = gallery["items"][0]["media"]["url"]
    async with page.session.get(url) as served:
        assert await served.read() == picture()
        assert served.content_type == "image/png"
    heard = await page.hear("message_create", lambda d: d["id"] == message["id"])
    assert heard["components"] == message["components"]
    assert message["interaction_metadata"]["user"]["id"] == seed.MEMBER
    assert bot.errors == []
