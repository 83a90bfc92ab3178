"""A zip that was laid down on the web page becomes a contribution once its member gives it in the chat."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.art_asks import Contribute, WithdrawArt
from bot.art_views import ArtView
from bot.consent_words import CONSENT, as_shown
from bot.parcels import Slip
from bot.records.art import consents
from bot.stories import NoticeView
from tests.fakes.files import drawing
from tests.flow.conftest import ADA, BEN, House
from tests.flow.test_contributing import collection_of
from tests.flow.test_making import settled
from tests.safety.test_archives import packed

pytestmark = pytest.mark.parametrize("url", ["sqlite"], indirect=True)


async def laid_down(house: House, data: bytes, member: int = ADA) -> Slip:
    async def chunks() -> AsyncIterator[bytes]:
        yield data

    assert house.parts.parcels is not None
    words = as_shown(CONSENT, "de")
    slip = Slip(file="frogs.zip", pictures=0, title="Frogs", tags="frog", licence="cc-by", words=words)
    return await house.parts.parcels.lay_down(member, slip, chunks())


def given(slip: Slip, **more: object) -> Contribute:
    told = {"title": slip.title, "tags": slip.tags, "licence": slip.licence, "rights": True, "parcel": slip.number}
    return Contribute.model_validate({**told, **more})


async def test_all_of_it_is_taken_shown_on_a_card_and_can_be_withdrawn(house: House) -> None:
    frogs = await collection_of(house)
    pictures = {f"pond/frog{n:02d}.png": drawing(n) for n in range(14)}
    slip = await laid_down(house, packed({**pictures, "again.png": drawing(3), "tiny.png": drawing(1, 8)}))
    assert await house.studio.parcel(ADA) == slip
    origin = await house.ask(given(slip, collection=frogs))
    card = await house.messenger.answer(origin)
    assert isinstance(card, ArtView), card
    assert (len(card.works), card.licence, card.collection) == (14, "CC BY 4.0", "Frogs")
    assert sum(line.thumbnail is not None for line in card.works) == 10, "a message holds ten"
    assert len(card.left_out) == 2
    await settled(house, origin.interaction_id)
    async with house.records.database.read() as connection:
        words = {row.words for row in (await connection.execute(consents.select())).all()}
    assert words == {slip.words}, "as the page said it"
    assert len(await house.records.collections.works(frogs)) == 14
    assert await house.studio.parcel(ADA) is None, "it is given, so it is not kept"

    done = await house.messenger.notice(await house.ask(WithdrawArt(request_id=origin.interaction_id)))
    assert done.text.startswith("14 works are withdrawn")


async def test_one_that_is_gone_another_members_or_no_good_is_refused_in_words(house: House) -> None:
    slip = await laid_down(house, packed({"frog.png": drawing(1)}))
    theirs = await house.messenger.answer(await house.ask(given(slip), member=BEN))
    assert isinstance(theirs, NoticeView)
    assert "no longer at hand" in theirs.text
    later = await laid_down(house, packed({"frog.png": b"no picture"}))
    assert "no longer at hand" in (await house.messenger.notice(await house.ask(given(slip)))).text
    bad = await house.ask(given(later))
    assert "Nothing was taken: 1 not a PNG" in (await house.messenger.notice(bad)).text
    await settled(house, bad.interaction_id)
    assert await house.studio.parcel(ADA) is None, "or /contribute could never open its form again"
