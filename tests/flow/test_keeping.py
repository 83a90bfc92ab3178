"""What is done with pictures and models that exist: taken back, made emoji, made the server's default."""

from __future__ import annotations

import asyncio
import io

import pytest
from PIL import Image

from bot.errors import Refused
from bot.stories import DeleteMine, Generate, MakeEmoji, SetDefaultModel
from bot.workflows.keeping import emoji_name
from bot.workflows.rebuilding import rebuild
from tests.flow.conftest import BEN, GUILD, OTHER_GUILD, House
from tests.flow.test_making import settled


async def test_the_owner_takes_the_pictures_back(house: House) -> None:
    made = await house.ask(Generate(count=4))
    view = await house.messenger.pictures(made)
    line = await settled(house, made.interaction_id)
    notice = await house.messenger.notice(await house.ask(DeleteMine(request_id=line.id)))
    assert (notice.tone, notice.text) == ("done", "Gone: 4 pictures and the message.")
    assert [one.message_id for one in house.messenger.deleted] == [made.interaction_id + 1]
    outputs = await house.records.outputs.of_request(view.request_id)
    assert all(one.deleted_at is not None for one in outputs)
    again = await house.messenger.notice(await house.ask(DeleteMine(request_id=line.id)))
    assert again.text == "That is gone already."


async def test_only_owner_and_moderator_may_delete_and_the_moderator_is_noted(house: House) -> None:
    made = await house.ask(Generate(count=1))
    await settled(house, made.interaction_id)
    refused = await house.messenger.notice(await house.ask(DeleteMine(request_id=made.interaction_id), member=BEN))
    assert refused.tone == "refused"
    assert house.messenger.deleted == []
    done = await house.ask(DeleteMine(request_id=made.interaction_id), member=BEN, moderator=True)
    assert (await house.messenger.notice(done)).tone == "done"
    (deed,) = await house.records.audit.latest(GUILD)
    assert (deed.action, deed.member_id, deed.subject) == ("delete_of_another", BEN, str(made.interaction_id))


async def test_a_moderator_of_another_server_may_not(house: House) -> None:
    made = await house.ask(Generate(count=1))
    await settled(house, made.interaction_id)
    ask = DeleteMine(request_id=made.interaction_id)
    notice = await house.messenger.notice(await house.ask(ask, member=BEN, guild=OTHER_GUILD, moderator=True))
    assert notice.tone == "refused"


async def test_a_picture_becomes_an_emoji_of_the_server(house: House) -> None:
    view = await house.messenger.pictures(await house.ask(Generate(count=1)))
    origin = await house.ask(MakeEmoji(output_id=view.pictures[0].output_id, name="party fox!"))
    notice = await house.messenger.notice(origin)
    assert notice.tone == "done"
    assert "<:party_fox:1>" in notice.text
    data = house.messenger.emoji["party_fox"]
    assert Image.open(io.BytesIO(data)).size == (128, 128)
    (row,) = await house.records.outputs.of_request(origin.interaction_id)
    assert await rebuild(house.records, house.worker, row.id) == data


async def test_an_emoji_needs_a_server_and_a_name(house: House) -> None:
    view = await house.messenger.pictures(await house.ask(Generate(count=1), guild=None))
    ask = MakeEmoji(output_id=view.pictures[0].output_id, name="fox")
    with pytest.raises(Refused, match="direct messages"):
        await house.ask(ask, guild=None)
    assert house.messenger.emoji == {}


@pytest.mark.parametrize(
    ("typed", "name"),
    [(":fox:", "fox"), ("  Party Fox ", "Party_Fox"), ("füchse", "f_chse"), ("a" * 50, "a" * 32), ("x1", "x1")],
)
def test_a_typed_name_is_made_one_that_discord_takes(typed: str, name: str) -> None:
    assert emoji_name(typed) == name


@pytest.mark.parametrize("typed", ["", "x", "::", "ü", "_"])
def test_too_little_of_a_name_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match="2 to 32"):
        emoji_name(typed)


async def test_a_moderator_sets_the_servers_default(house: House) -> None:
    (house.folder / "worker" / "cats.model").write_text(_model("cats", "Cats"))
    notice = await house.messenger.notice(await house.ask(SetDefaultModel(model_id="cats"), moderator=True))
    assert "Cats" in notice.text
    here = await house.messenger.pictures(await house.ask(Generate(count=1)))
    there = await house.messenger.pictures(await house.ask(Generate(count=1), guild=OTHER_GUILD))
    assert (here.model_id, there.model_id) == ("cats", "drawings")
    lines = {line.id: line.is_default for line in await house.studio.models(GUILD)}
    assert lines == {"cats": True, "drawings": False}
    (deed,) = await house.records.audit.latest(GUILD)
    assert (deed.action, deed.subject, deed.details) == ("default_model", "cats", {"before": "drawings"})


async def test_a_member_may_not_and_a_missing_model_cannot_be_the_default(house: House) -> None:
    with pytest.raises(Refused, match="Only a moderator"):
        await house.ask(SetDefaultModel(model_id="drawings"))
    missing = await house.messenger.notice(await house.ask(SetDefaultModel(model_id="no-such"), moderator=True))
    assert "/models" in missing.text
    assert await house.records.people.default_models() == {}


async def test_choices_come_from_memory_best_match_first(house: House) -> None:
    for name in ("cats", "wild-cats", "dogs"):
        (house.folder / "worker" / f"{name}.model").write_text(_model(name, name.replace("-", " ").title()))
    (house.folder / "folders" / "sketches").mkdir(parents=True)
    await house.parts.library.refresh()
    house.worker.down = True
    labels = [value for _, value in house.studio.model_choices(GUILD, "cat")]
    assert labels == ["cats", "wild-cats"]
    assert len(house.studio.model_choices(GUILD, "")) == 4
    assert house.studio.folder_choices("sk") == ["sketches"]
    assert house.studio.model_choices(GUILD, "zebra") == []


async def test_a_restarted_bot_knows_the_models_before_the_worker_is_there(house: House) -> None:
    await house.messenger.pictures(await house.ask(Generate(count=1)))
    house.worker.down = True
    library = type(house.parts.library)(house.records, house.worker, house.parts.folders)
    await library.load()
    assert [value for _, value in library.choices(GUILD, "")] == ["drawings"]


async def test_about_tells_how_the_house_is(house: House) -> None:
    await house.messenger.pictures(await house.ask(Generate(count=4)))
    status = await house.studio.status()
    assert (status["Version"], status["Worker"], status["Device"]) == ("test", "ready", "cpu")
    assert status["Pictures made"] == "4"
    await asyncio.sleep(0)


def _model(model_id: str, title: str) -> str:
    from gan.contract import ModelCard, ModelInfo

    card = ModelCard(id=model_id, title=title, family="anchored", size=64, works=12)
    return ModelInfo(card=card, sha256="f" * 64, bytes=1).model_dump_json()
