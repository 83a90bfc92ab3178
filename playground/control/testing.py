"""What tests ask of the playground: the ledger, faults, a disturbed gateway, other permissions."""

from __future__ import annotations

from typing import Any

from playground.control.calls import Act, Wrong
from playground.errors import Json


async def ledger(act: Act) -> list[Json]:
    after = act.request.query.get("after", "0")
    if not after.isdigit():
        raise Wrong("after must be a number")
    return act.play.ledger.read(int(after), act.request.query.get("kind"))


async def add_fault(act: Act) -> Json:
    try:
        return dict(vars(act.play.faults.add(act.body)))
    except (TypeError, ValueError) as error:
        raise Wrong(f"This is no fault: {error}") from error


async def clear_faults(act: Act) -> Json:
    act.play.faults.clear()
    return {}


async def disturb(act: Act) -> Json:
    action = act.text("action")
    if action not in ("disconnect", "reconnect", "invalid_session"):
        raise Wrong("action is disconnect, reconnect or invalid_session")
    return {"sockets": await act.play.gateway.disturb(action)}


async def change_role(act: Act) -> Json:
    """PATCH /_/roles/{role} {permissions}: what its members may do from now on."""
    role = act.world.roles.get(act["role"])
    if role is None:
        raise Wrong("There is no such role", 404)
    bits = act.text("permissions")
    if not bits.isdigit():
        raise Wrong("permissions is a whole number")
    changed = act.world.keep("role", {**role, "permissions": bits})
    act.play.outbox.role(changed)
    return changed


ROUTES: list[tuple[str, str, Any]] = [
    ("GET", "/_/ledger", ledger),
    ("POST", "/_/faults", add_fault),
    ("DELETE", "/_/faults", clear_faults),
    ("POST", "/_/gateway", disturb),
    ("PATCH", "/_/roles/{role}", change_role),
]
