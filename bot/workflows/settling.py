"""What a server settles for itself, and what a member may do there: the settings, and `/me`."""

from __future__ import annotations

from bot.errors import Refused
from bot.language import said
from bot.moderation_asks import SetRule
from bot.moderation_views import MeView, SettingsView
from bot.policy import (
    DISK,
    MINUTES,
    RENDERS,
    TRAININGS,
    Quota,
    disk_quotas,
    render_quotas,
    training_quotas,
)
from bot.records.limits import Scope
from bot.records.people import Person
from bot.records.requests import RequestState
from bot.records.schema import now
from bot.rights import SERVER_ONLY, SETTABLE, Right, Rules
from bot.stories import Origin
from bot.workflows.parts import Parts
from bot.workflows.telling import Telling

MOST_WORDS = 200
LABELS = {
    RENDERS: "pictures a minute: {used} of {most}",
    TRAININGS: "trainings a day: {used} of {most}",
    MINUTES: "minutes of training a day: {used} of {most}",
    DISK: "MiB for models and art: {used} of {most}",
}


async def set_rule(telling: Telling, ask: SetRule) -> None:
    """Change one thing, and show the panel as it stands then."""
    await telling.step("record", telling.accept)
    await telling.step("settle", settle, telling, ask)
    await telling.step("end", telling.end, RequestState.done)
    await telling.step("deliver", deliver, telling)


async def deliver(telling: Telling) -> None:
    await telling.deliver(await settings_of(telling.parts, telling.origin))


async def settle(telling: Telling, ask: SetRule) -> None:
    """Write the change down; a switch is turned around once, because the request stands in the log."""
    parts, origin, server = telling.parts, telling.origin, telling.server
    await parts.house.admit(origin, Right.moderate)
    if server is None:
        raise Refused(SERVER_ONLY)
    if await parts.records.audit.noted(telling.id, "house_rule"):
        return
    rules = Rules.model_validate(await parts.records.house_rules.of(server.id))
    changed, what = changed_rules(rules, ask)
    await parts.records.house_rules.set(
        server, changed.model_dump(mode="json"), Person(origin.member_id, origin.member_name)
    )
    parts.house.forget(server.id)
    await telling.note("house_rule", what, rules=changed.model_dump(mode="json"))


def changed_rules(rules: Rules, ask: SetRule) -> tuple[Rules, str]:
    """The rules afterwards, and what of them changed."""
    if ask.words is not None:
        return rules.model_copy(update={"words": ask.words[:MOST_WORDS]}), "words"
    if ask.switch is not None:
        return rules.model_copy(update={ask.switch: not getattr(rules, ask.switch)}), ask.switch
    if ask.right is None:
        return rules.model_copy(update={"channels": ask.ids}), "channels"
    if ask.right not in SETTABLE:
        raise Refused("That cannot be kept for a role.")
    roles = {**rules.roles, ask.right: ask.ids}
    return rules.model_copy(update={"roles": {right: ids for right, ids in roles.items() if ids}}), ask.right.value


async def settings_of(parts: Parts, origin: Origin) -> SettingsView:
    """All that can be settled. Raises `Refused` for who is no moderator."""
    await parts.house.admit(origin, Right.moderate)
    if origin.guild_id is None:
        raise Refused(SERVER_ONLY)
    rules = Rules.model_validate(await parts.records.house_rules.of(origin.guild_id))
    blocked = await parts.records.reports.blocked(origin.guild_id)
    standing = parts.gate.standing()
    return SettingsView(
        gate=standing.classifier,
        hashes=standing.hashes,
        rules=rules,
        limits=await limit_lines(parts, origin, "server"),
        blocked=tuple(blocked.items()),
    )


async def me(parts: Parts, origin: Origin) -> MeView:
    """What the asker may do where they ask, and how much is left of it."""
    rights = []
    for right in SETTABLE:
        why = ""
        try:
            await parts.house.admit(origin, right)
        except Refused as refused:
            why = str(refused)
        if not why and right is Right.moderate and not await parts.house.moderates(origin):
            why = said("only moderators")
        rights.append((right, why))
    return MeView(rights=tuple(rights), limits=await limit_lines(parts, origin, "member"))


async def limit_lines(parts: Parts, origin: Origin, whose: str) -> tuple[str, ...]:
    """What is used of what there is, for one member or the whole server."""
    quotas = (*render_quotas(parts.limits), *training_quotas(parts.limits, 0.0), *disk_quotas(parts.limits, 0))
    return tuple([await _line(parts, origin, one) for one in quotas if one.whose == whose])


async def _line(parts: Parts, origin: Origin, quota: Quota) -> str:
    scope = Scope(quota.whose)
    subject = origin.member_id if scope is Scope.member else origin.guild_id or 0
    used = await parts.records.usage.used(quota.what, quota.since(now()), scope, subject)
    most = await parts.records.limits.effective(quota.what, scope, subject, quota.limit)
    return said(LABELS[quota.what], used=f"{used:,.10g}", most=f"{most:,g}")
