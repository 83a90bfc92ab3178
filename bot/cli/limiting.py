"""`artel limits`: what members may use, and exceptions from it for one member, one server, or each of them."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from bot.errors import Refused
from bot.policy import KINDS_OF_USE, Quota, disk_quotas, render_quotas, training_quotas
from bot.records import open_records
from bot.records.limits import EACH, Limit, Scope
from bot.settings import Limits, Settings

BY = "artel limits"


async def show_limits(settings: Settings) -> None:
    """Print the usual limits and all exceptions."""
    records = open_records(settings.database_url)
    try:
        exceptions = await records.limits.all()
    finally:
        await records.close()
    Console().print(limits_table(settings.limits, exceptions))


async def set_limit(settings: Settings, what: str, amount: float | None, scope: Scope, subject_id: int) -> str:
    """Make an exception, or with no amount end it; says what holds now. It holds from the next request on.

    Raises `Refused` for what nobody counts, and where there is no exception to end.
    """
    if what not in KINDS_OF_USE:
        raise Refused(f"Nobody counts {what!r}. What is counted: {', '.join(KINDS_OF_USE)}.")
    if amount is not None and not amount >= 0:
        raise Refused("A limit is a number, 0 or more.")
    whom = _whom(scope, subject_id)
    records = open_records(settings.database_url)
    try:
        if amount is not None:
            await records.limits.set(scope, subject_id, what, amount, BY)
            return f"{what}: {amount:g} for {whom}"
        if not await records.limits.unset(scope, subject_id, what):
            raise Refused(f"There is no exception on {what} for {whom}. `artel limits` lists those there are.")
        return f"{what}: as usual for {whom}"
    finally:
        await records.close()


def limits_table(limits: Limits, exceptions: Sequence[Limit]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("what", "within", "for", "limit", "set by"):
        table.add_column(name)
    for quota in usual(limits):
        within = {None: "as long as it is there", 60.0: "a minute", 86_400.0: "a day"}
        span = within[quota.per.total_seconds() if quota.per else None]
        table.add_row(quota.what, span, _whom(Scope(quota.whose), EACH), f"{quota.limit:,g}", "settings")
        for one in exceptions:
            if (one.what, one.scope) == (quota.what, quota.whose):
                by = f"{one.changed_by}, {one.changed_at:%Y-%m-%d %H:%M}"
                table.add_row("", "", f"[bold]{_whom(one.scope, one.subject_id)}[/]", f"{one.amount:,g}", by)
    return table


def usual(limits: Limits) -> tuple[Quota, ...]:
    """What the settings say."""
    return (*render_quotas(limits), *training_quotas(limits, 0.0), *disk_quotas(limits, 0))


def _whom(scope: Scope, subject_id: int) -> str:
    if scope is Scope.all:
        return "everyone together"
    return f"each {scope.value}" if subject_id == EACH else f"the {scope.value} {subject_id}"
