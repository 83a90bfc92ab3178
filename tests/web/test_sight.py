"""A visitor sees what is theirs to see, and cannot tell what is not from what is not there."""

from __future__ import annotations

import re

import aiohttp
from yarl import URL

from tests.web.house import ADA, ELSEWHERE, JUNO, MOSS, PIXEL, SERVER, STAFF, STUDIO, Gallery, own


async def shown(visitor: aiohttp.ClientSession, query: str = "") -> list[int]:
    async with visitor.get(f"/gallery{query}") as answer:
        assert answer.status == 200
        return [int(one) for one in re.findall(r'href="/pictures/(\d+)"', await answer.text())]


async def test_the_gallery_shows_what_was_made_in_the_visitors_channels_newest_first(either: Gallery) -> None:
    (first,) = await either.made(ADA)
    second = await either.made(MOSS, count=2)
    juno = await either.visitor(JUNO)
    assert await shown(juno) == [*second[::-1], first]


async def test_other_servers_private_channels_answers_and_messages_stay_out(either: Gallery) -> None:
    (elsewhere,) = await either.made(JUNO, server=ELSEWHERE, channel=STUDIO)
    (staff,) = await either.made(MOSS, channel=STAFF)
    (private,) = await either.made(ADA, private=True)
    (direct,) = await either.made(ADA, server=None, channel=77)
    (gone,) = await either.made(ADA)
    await either.records.outputs.forget((await either.records.outputs.get(gone)).request_id)  # type: ignore[union-attr]
    assert await shown(await either.visitor(JUNO)) == []
    assert await shown(await either.visitor(MOSS)) == [staff]
    assert await shown(await either.visitor(ADA)) == [direct, private]
    for visitor in (await either.visitor(JUNO), await either.visitor(MOSS)):
        for hidden in (elsewhere, private, direct, gone):
            await cannot_be_told_from_nothing(visitor, hidden)


async def cannot_be_told_from_nothing(visitor: aiohttp.ClientSession, picture: int) -> None:
    for path in ("", "/family", "/thumb.webp", "/large.webp", "/original"):
        async with (
            visitor.get(f"/pictures/{picture}{path}") as hidden,
            visitor.get(f"/pictures/987654{path}") as missing,
        ):
            assert hidden.status == missing.status == 404
            assert await hidden.text() == await missing.text()
    async with visitor.get(f"/models/drawings/live?from={picture}") as played:
        assert played.status == 404


async def test_a_picture_shared_from_a_private_answer_is_seen_by_all(either: Gallery) -> None:
    (private,) = await either.made(ADA, private=True)
    juno = await either.visitor(JUNO)
    assert await shown(juno) == []
    (copy,) = await either.made(ADA, kind="open", ask={"output_id": private}, parents=[private], relation="same")
    assert await shown(juno) == [private], "the picture itself, not its enlarged copy"
    async with juno.get(f"/pictures/{copy}") as answer:
        assert answer.url.path == f"/pictures/{private}"


async def test_a_model_of_another_server_is_not_there(house: Gallery) -> None:
    await house.made(JUNO, server=ELSEWHERE)
    await own(house, "secret", ELSEWHERE, JUNO)
    await house.made(ADA)
    await own(house, "critters", SERVER)
    juno = await house.visitor(JUNO)
    async with juno.get("/models") as answer:
        listed = re.findall(r'href="/models/([\w.-]+)"', await answer.text())
    assert listed == ["critters", "drawings"]
    for path in ("", "/studio", "/live", "/strips/s0-1", "/training", "/samples/0.png", "/covers/1.webp"):
        async with juno.get(f"/models/secret{path}") as hidden, juno.get(f"/models/nothing{path}") as missing:
            assert hidden.status == missing.status == 404
            assert await hidden.text() == await missing.text()


async def test_relatives_out_of_sight_have_no_face(house: Gallery) -> None:
    (root,) = await house.made(MOSS, channel=STAFF)
    (child,) = await house.made(ADA, kind="variations", parents=[root])
    (grandchild,) = await house.made(JUNO, kind="breed", parents=[child, root], relation="breed")
    juno = await house.visitor(JUNO)
    async with juno.get(f"/pictures/{child}/family") as answer:
        text = await answer.text()
    assert f'href="/pictures/{grandchild}"' in text
    assert f"Picture {grandchild} by Juno, bred from picture {child} and picture {root}" in text
    assert f"/pictures/{root}" not in text
    assert "not for you to see" in text


async def test_ids_that_are_none_are_answered_calmly(house: Gallery) -> None:
    juno = await house.visitor(JUNO)
    for path in (
        "/pictures/99999999999999999999999999",
        "/pictures/-1",
        "/pictures/abc",
        "/models/..%2f..%2fetc",
        "/models/Drawings'",
        "/models/drawings/covers/9.webp",
        "/models/drawings/samples/0.png",
        "/models/drawings/strips/none",
        "/static/../app.py",
        "/static/%2e%2e/app.py",
    ):
        async with juno.get(URL(house.url + path, encoded=True)) as answer:
            text = await answer.text()
            assert answer.status == 404, path
            assert "Traceback" not in text
    for query in (
        "?maker=x&model=%00&kind=';--&server=1e9&before=-4",
        "?before=99999999999999999999999",
        "?starred=%ff",
    ):
        async with juno.get(f"/gallery{query}") as answer:
            assert answer.status == 200


async def test_animations_are_seen_by_those_who_may_see_their_channel(either: Gallery) -> None:
    (stop,) = await either.made(ADA)
    shown = await either.walk(ADA, stops=[stop])
    staff = await either.walk(MOSS, channel=STAFF)
    private = await either.walk(ADA, private=True, media_type="video/mp4")
    strange = await either.walk(ADA, media_type="text/html")
    juno, ada = await either.visitor(JUNO), await either.visitor(ADA)
    async with juno.get("/walks") as answer:
        text = await answer.text()
    assert re.findall(r'id="walk-(\d+)"', text) == [str(strange), str(shown)]
    assert f'href="/pictures/{stop}"' in text
    statuses = [(await juno.get(f"/walks/{one}/file")).status for one in (shown, staff, private, strange, 987654)]
    assert statuses == [200, 404, 404, 404, 404]
    async with ada.get(f"/walks/{private}/file") as answer:
        assert (answer.status, answer.content_type) == (200, "video/mp4")
    async with juno.get(f"/walks/{shown}/file") as answer:
        assert await answer.read() == PIXEL
        tag = answer.headers["ETag"]
    parts = {"bytes=0-1": PIXEL[:2], "bytes=5-": PIXEL[5:], "bytes=-3": PIXEL[-3:]}
    for wanted, data in parts.items():  # what Safari asks for before it plays anything
        async with juno.get(f"/walks/{shown}/file", headers={"Range": wanted}) as answer:
            assert (answer.status, await answer.read()) == (206, data)
    for wanted in ("bytes=9999-", "bytes=x"):
        assert (await juno.get(f"/walks/{shown}/file", headers={"Range": wanted})).status == 416
    assert (await juno.get(f"/walks/{shown}/file", headers={"If-None-Match": tag})).status == 304
