"""From a report to a picture that is gone everywhere, and what a server settles for itself."""

from __future__ import annotations

import pytest

from bot.errors import Refused
from bot.moderation_asks import Decide, ReportPicture, SetRule
from bot.moderation_views import ReviewView, SettingsView
from bot.rights import BLOCKED, Right
from bot.stories import Favour, Generate, Origin, SetShowcase, Walk
from tests.flow.conftest import ADA, BEN, OTHER_GUILD, House
from tests.flow.test_making import settled
from tests.flow.test_playing import grid, opened


async def reported(house: House, output: int, reason: str = "not nice") -> None:
    said = await house.messenger.notice(await house.ask(ReportPicture(outputs=(output,), reason=reason), member=BEN))
    assert said.tone == "done", said.text


async def decided(house: House, verdict: str, report: int = 1) -> ReviewView:
    ask = Decide.model_validate({"report_id": report, "verdict": verdict})
    view = await house.messenger.answer(await house.ask(ask, member=BEN, moderator=True))
    assert isinstance(view, ReviewView), view
    return view


async def test_a_report_waits_for_moderators_and_only_for_them(house: House) -> None:
    four = await grid(house)
    await reported(house, four.pictures[1].output_id, "  stolen \n from me ")
    with pytest.raises(Refused, match="Only a moderator"):
        await house.studio.review(house.origin(member=BEN))
    view = await house.studio.review(house.origin(moderator=True))
    assert (view.numbers, view.reason, view.maker_id, view.reporter_id) == (
        (four.pictures[1].output_id,),
        "stolen from me",
        ADA,
        BEN,
    )
    assert len(view.pictures) == 1
    other = house.origin(guild=OTHER_GUILD, moderator=True)
    assert (await house.studio.review(other)).report_id is None
    approved = await decided(house, "approve")
    assert (approved.report_id, approved.done) == (None, "Approved: it stays.")
    assert len((await house.studio.gallery(house.origin(), "mine", 0)).picks) == 4
    assert "approved report 1" in approved.audit[0]


async def test_removed_everywhere_is_gone_everywhere_for_good(house: House) -> None:
    four = await grid(house)
    bad = four.pictures[1].output_id
    large = await opened(house, bad)
    await house.messenger.notice(await house.ask(SetShowcase(channel_id=77, stars=1), moderator=True))
    await house.messenger.notice(await house.ask(Favour(output_id=bad), member=BEN))
    others = [one.output_id for one in four.pictures if one.output_id != bad]
    walk = await house.messenger.pictures(await house.ask(Walk(stops=(bad, others[0]))))
    await settled(house, walk.request_id)
    blob = (await house.records.animations.of_message(walk.request_id + 1, 20)).sha256  # type: ignore[union-attr]
    assert await house.worker.blob(blob)
    await reported(house, bad)
    await settled(house, four.request_id)
    view = await decided(house, "remove")
    assert view.done.startswith("Removed everywhere")
    gone = {(one.channel_id, one.message_id) for one in house.messenger.deleted}
    assert {(40, four.request_id + 1), (40, large.request_id + 1), (40, walk.request_id + 1)} <= gone
    assert any(channel == 77 for channel, _ in gone)
    with pytest.raises(FileNotFoundError):
        await house.worker.blob(blob)
    assert [one.output_id for one in (await house.studio.gallery(house.origin(), "mine", 0)).picks] == others[::-1]
    assert (await house.studio.gallery(house.origin(member=BEN), "favourites", 0)).picks == ()
    with pytest.raises(Refused, match="removed by the moderators"):
        await house.studio.credits(house.origin(), bad)


async def test_a_removal_that_was_cut_off_is_done_by_the_next_try(house: House) -> None:
    four = await grid(house)
    await reported(house, four.pictures[0].output_id)
    await settled(house, four.request_id)
    once = await house.records.reports.take_out(20, [four.pictures[0].output_id])
    assert await house.records.reports.take_out(20, [four.pictures[0].output_id]) == once
    await decided(house, "remove")
    assert [one.message_id for one in house.messenger.deleted] == [four.request_id + 1]


async def test_a_blocked_member_is_refused_and_can_be_let_in_again(house: House) -> None:
    four = await grid(house)
    await reported(house, four.pictures[0].output_id)
    view = await decided(house, "block")
    assert view.blocked
    assert view.report_id == 1
    with pytest.raises(Refused, match="has blocked you"):
        await house.ask(Generate())
    with pytest.raises(Refused, match="has blocked you"):
        await house.studio.admit(house.origin(), Right.look)
    await house.messenger.pictures(await house.ask(Generate(), guild=OTHER_GUILD))
    assert not (await decided(house, "unblock")).blocked
    await house.messenger.pictures(await house.ask(Generate()))
    assert "/privacy" in BLOCKED


async def settle(house: House, ask: SetRule) -> SettingsView:
    view = await house.messenger.answer(await house.ask(ask, moderator=True))
    assert isinstance(view, SettingsView), view
    return view


async def test_rights_are_kept_for_roles_and_a_role_may_moderate(house: House) -> None:
    with pytest.raises(Refused, match="Only a moderator"):
        await house.ask(SetRule(right=Right.generate, ids=(7,)))
    view = await settle(house, SetRule(right=Right.generate, ids=(7,)))
    assert view.rules.roles == {Right.generate: (7,)}
    with pytest.raises(Refused, match="<@&7>"):
        await house.ask(Generate())

    async def as_role(role: int, ask: Generate | SetRule) -> Origin:
        origin = house.origin().model_copy(update={"roles": (role,)})
        await house.studio.ask(origin, ask)
        return origin

    await house.messenger.pictures(await as_role(7, Generate()))
    await settle(house, SetRule(right=Right.moderate, ids=(9,)))
    changed = await house.messenger.answer(await as_role(9, SetRule(right=Right.generate, ids=())))
    assert isinstance(changed, SettingsView)
    assert changed.rules.roles == {Right.moderate: (9,)}
    await house.messenger.pictures(await house.ask(Generate()))
    toggled = await settle(house, SetRule(switch="reports"))
    assert not toggled.rules.reports
    refused = await house.messenger.notice(await house.ask(ReportPicture(outputs=(1,), reason="bad")))
    assert "takes no reports" in refused.text


async def test_me_tells_what_one_may_and_how_much_is_left(house: House) -> None:
    await grid(house)
    mine = await house.studio.me(house.origin())
    why = dict(mine.rights)
    assert why[Right.generate] == why[Right.train] == ""
    assert "Only a moderator" in why[Right.moderate]
    assert "pictures a minute: 1 of 240" in mine.limits
    alone = dict((await house.studio.me(house.origin(guild=None))).rights)
    assert alone[Right.generate] == ""
    assert all("direct messages" in alone[one] for one in (Right.train, Right.contribute, Right.publish))


async def test_blocked_words_are_refused_in_prompts_and_names(house: House) -> None:
    await settle(house, SetRule(words=("grok",)))
    for ask in (Generate(prompt="a GR\u00d6K, please"), Favour(output_id=1, name="g.r.o.k")):
        with pytest.raises(Refused, match="blocked here"):
            await house.ask(ask)
    await house.messenger.pictures(await house.ask(Generate()))
