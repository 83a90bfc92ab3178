"""`/verify`: what a picture is, by each way alone, and honest words where nothing tells."""

from __future__ import annotations

import hashlib
import io
from base64 import b64encode
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from bot.errors import Refused
from bot.marking import Marking
from bot.safety.seal import Facts, open_seal
from bot.stories import DeleteMine, Generate, OpenLarge, PicturesView, VerifyView
from gan.contract import Mark, MarkReading, Picture, Recipe, RenderAnswer, RenderRequest
from gan.sampling.fingerprint import looks_of, pixels_of
from gan.sampling.marking import marked, read_mark
from tests.fakes.databases import fresh_url
from tests.fakes.worker import FakeWorker
from tests.flow.conftest import BEN, OTHER_GUILD, House, open_house
from tests.flow.test_making import settled

SECRET = "the worker's"


class MarkingWorker(FakeWorker):
    """Draws what can be told apart, with the marks that were asked for, as the real one puts them on."""

    async def render(self, request: RenderRequest, *, request_id: str = "") -> RenderAnswer:
        answer = await super().render(request)
        pictures = tuple(_drawn(answer.model_sha256, one, request) for one in request.recipes)
        credits_ = answer.pictures[0].credits
        return answer.model_copy(
            update={"pictures": tuple(one.model_copy(update={"credits": credits_}) for one in pictures)}
        )

    async def read_mark(self, picture: bytes) -> MarkReading:
        found = read_mark(picture, SECRET)
        return MarkReading(number=found.number, confidence=found.confidence)


def _drawn(model_sha256: str, recipe: Recipe, request: RenderRequest) -> Picture:
    random = np.random.RandomState(list(hashlib.sha256(recipe.model_dump_json().encode()).digest()))
    plain = Image.new("RGB", (64, 64), tuple(int(c) for c in random.randint(60, 220, 3)))
    pen = ImageDraw.Draw(plain)
    for _ in range(5):
        x, y, r = random.randint(4, 60, 3)
        pen.ellipse((x - r / 3, y - r / 3, x + r / 3, y + r / 3), fill=tuple(int(c) for c in random.randint(0, 256, 3)))
    side = request.size or 64
    picture, number = marked(plain.resize((side, side)), request.marks, SECRET, model_sha256, recipe)
    file = io.BytesIO()
    picture.save(file, "PNG")
    return Picture(
        sha256=hashlib.sha256(file.getvalue()).hexdigest(),
        media_type="image/png",
        width=side,
        height=side,
        data=b64encode(file.getvalue()),
        pixels=pixels_of(picture),
        looks=looks_of(picture),
        mark=number,
    )


@pytest.fixture
def url(tmp_path: Path) -> str:
    return fresh_url("sqlite", tmp_path)


@pytest.fixture
def marks() -> tuple[Mark, ...]:
    return (Mark.hidden,)


@pytest.fixture
async def house(url: str, tmp_path: Path, marks: tuple[Mark, ...]) -> AsyncIterator[House]:
    worker = MarkingWorker(tmp_path / "worker")
    seal = open_seal(tmp_path / "provenance", Marking())
    async for made in open_house(url, tmp_path, worker=worker, seal=seal, marks=marks):
        yield made


@pytest.fixture
async def grid(house: House) -> PicturesView:
    return await house.messenger.pictures(await house.ask(Generate(count=4, seed=7)))


def saved(data: bytes, kind: str = "PNG", scale: float = 1.0, **options: object) -> bytes:
    """As other programs save it: without its manifest."""
    out = io.BytesIO()
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    size = (round(picture.width * scale), round(picture.height * scale))
    picture.resize(size, Image.Resampling.LANCZOS).save(out, kind, **options)
    return out.getvalue()


def with_manifest_of(png: bytes, sealed: bytes) -> bytes:
    """A PNG with the manifest of another file, which belongs to that one's pixels."""
    start = sealed.index(b"caBX") - 4
    length = int.from_bytes(sealed[start : start + 4], "big") + 12
    at = 8 + 25  # after the header chunk
    return png[:at] + sealed[start : start + length] + png[at:]


async def verified(house: House, data: bytes, *, guild: int | None = 20, member: int = 30) -> VerifyView:
    origin = house.origin(guild=guild, member=member)
    return await house.studio.verify(origin, house.files.put("some.png", data))


async def test_a_file_as_it_was_posted_is_known_in_three_ways_with_all_there_is_to_tell(
    house: House, grid: PicturesView
) -> None:
    picture = grid.pictures[2]
    view = await verified(house, bytes(picture.data))
    assert (view.verdict, view.output_id, view.size) == ("ours", picture.output_id, (256, 256))
    assert len(view.evidence) == 3
    assert "signed by this house" in view.evidence[0]
    assert all(f"#{picture.output_id}" in line for line in view.evidence[1:])
    assert view.shares == ("41 % · fox, by Ada", "59 % · work cat")
    assert any("“Drawings”" in line for line in view.facts)
    assert view.facts[-1] == "a new picture from seed 9, variety 50 %"
    assert view.thumbnail


async def test_without_its_manifest_pixels_and_mark_tell_and_at_half_size_the_mark_alone(
    house: House, grid: PicturesView
) -> None:
    picture = grid.pictures[1]
    stripped = await verified(house, saved(bytes(picture.data)))
    assert (stripped.verdict, stripped.output_id, len(stripped.evidence)) == ("ours", picture.output_id, 2)
    worn = await verified(house, saved(bytes(picture.data), "JPEG", 0.5, quality=75))
    assert (worn.verdict, worn.output_id) == ("ours", picture.output_id)
    assert [f"#{picture.output_id}" in line for line in worn.evidence] == [True]
    assert "invisible mark" in worn.evidence[0]


async def test_the_mark_of_a_large_copy_leads_to_the_picture_it_is_of(house: House, grid: PicturesView) -> None:
    large = await house.messenger.pictures(await house.ask(OpenLarge(output_id=grid.pictures[0].output_id)))
    view = await verified(house, saved(bytes(large.pictures[0].data), "JPEG", 0.6))
    assert (view.verdict, view.output_id) == ("ours", grid.pictures[0].output_id)


class TestWithoutMarks:
    @pytest.fixture
    def marks(self) -> tuple[Mark, ...]:
        return ()

    async def test_looks_tell_once_the_record_draws_the_same(self, house: House, grid: PicturesView) -> None:
        picture = grid.pictures[3]
        view = await verified(house, saved(bytes(picture.data), "JPEG", 0.8, quality=80))
        assert (view.verdict, view.output_id) == ("ours", picture.output_id)
        assert "drawn again from its record" in view.evidence[0]
        house.worker.down = True
        hint = await verified(house, saved(bytes(picture.data), "JPEG", 0.8, quality=80))
        assert "take it as a hint" in hint.evidence[0]

    async def test_one_of_the_same_outline_in_other_colours_is_another_picture(
        self, house: House, grid: PicturesView
    ) -> None:
        red, green, blue = Image.open(io.BytesIO(bytes(grid.pictures[3].data))).convert("RGB").split()
        other = io.BytesIO()
        Image.merge("RGB", (red, green, blue.point(lambda value: 255 - value))).save(other, "PNG")
        assert (await verified(house, other.getvalue())).verdict == "unknown"


async def test_elsewhere_less_is_told_and_of_what_was_taken_back_nothing(house: House, grid: PicturesView) -> None:
    data = bytes(grid.pictures[0].data)
    view = await verified(house, data, guild=OTHER_GUILD, member=BEN)
    assert (view.verdict, view.withheld, view.output_id, view.shares) == ("ours", True, None, ())
    assert len(view.facts) == 1
    await settled(house, grid.request_id)
    await house.messenger.notice(await house.ask(DeleteMine(request_id=grid.request_id)))
    gone = await verified(house, data)
    assert (gone.verdict, gone.output_id, gone.shares) == ("ours", None, ())
    assert "taken it back" in gone.facts[0]


async def test_others_pictures_are_told_for_what_they_say_of_themselves(house: House, tmp_path: Path) -> None:
    drawn = io.BytesIO()
    Image.effect_noise((300, 200), 50).convert("RGB").save(drawn, "PNG")
    assert (await verified(house, drawn.getvalue())).verdict == "unknown"
    theirs = open_seal(tmp_path / "theirs", Marking())
    foreign = theirs.sign(drawn.getvalue(), "image/png", Facts(1, "m", "M", "0" * 64, {}))
    view = await verified(house, foreign)
    assert (view.verdict, view.output_id) == ("ai", None)
    assert "cannot vouch" in view.evidence[0]
    other = io.BytesIO()
    Image.effect_noise((300, 200), 20).convert("RGB").save(other, "PNG")
    assert (await verified(house, with_manifest_of(other.getvalue(), foreign))).verdict == "broken"


async def test_a_changed_file_of_ours_is_not_taken_by_its_manifest(house: House, grid: PicturesView) -> None:
    first, second = (bytes(one.data) for one in grid.pictures[:2])
    view = await verified(house, with_manifest_of(saved(second), first))
    assert not any("signed by this house" in line for line in view.evidence)
    assert view.output_id == grid.pictures[1].output_id
    drawn = io.BytesIO()
    Image.effect_noise((300, 200), 50).convert("RGB").save(drawn, "PNG")
    assert (await verified(house, with_manifest_of(drawn.getvalue(), first))).verdict == "broken"


async def test_what_is_no_picture_is_refused_in_words(house: House) -> None:
    with pytest.raises(Refused, match="not a picture I can read"):
        await verified(house, b"hello")
