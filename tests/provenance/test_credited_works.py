"""`/credits` shows the works themselves beside their shares, and names those whose licences ask for it."""

from __future__ import annotations

import hashlib

from bot.chat.studio_pages import credits_page
from bot.records.outputs import NewOutput
from bot.stories import Generate
from tests.chat.views import PNG
from tests.flow.conftest import House
from tests.flow.conftest import house as house
from tests.flow.conftest import limits as limits
from tests.flow.conftest import url as url


async def test_works_that_are_kept_stand_beside_their_shares(house: House) -> None:
    made = await house.messenger.pictures(await house.ask(Generate(count=1)))
    kept = await house.worker.put_blob(PNG)
    gone = hashlib.sha256(b"withdrawn").hexdigest()
    shares = [
        {"work": kept, "weight": 0.6, "title": "fox", "artist": "Ada", "licence": "CC BY 4.0"},
        {"work": gone, "weight": 0.4, "title": "cat", "artist": "Ben", "licence": "CC0 1.0"},
    ]
    fields = {"model_id": "drawings", "model_sha256": "d" * 64, "upscaler": "auto", "format": "png"}
    recipe = {"kind": "seed", "seed": 1, "variety": 0.5}
    row = NewOutput(place=1, recipe=recipe, size=256, sha256="0" * 64, credits=shares, **fields)
    *_, picture = await house.records.outputs.record(made.request_id, [row])
    view = await house.studio.credits(house.origin(), picture)
    assert view.works == (PNG, None)
    assert view.attribution == ("“fox” by Ada, CC BY 4.0",)
    panel = credits_page(view)
    assert [file.name for file in panel.files][-1] == "work-1.png"
    words = str(panel.view.to_components())
    for line in ("60 % · fox, by Ada (CC BY 4.0)", "40 % · cat, by Ben", "“fox” by Ada, CC BY 4.0"):
        assert line in words
