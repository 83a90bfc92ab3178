"""A watch over the adversary: when inventions stop looking like what they were mixed from, go back and turn it down.

An adversary that grows too strong pulls all inventions to the few looks that please it (mode collapse, or stamping one
feature on everything) long before losses say so. What shows it is plain: an invention mixed from two works should still
look more like one of its parents, or their nearest relatives, than like any other work.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from gan.families.anchored.state import Nets

WATCHED = 32
CHECKS = 16
"""Times that the guard looks in the adversary's part of a run; each look costs about a training step."""
GOOD, BAD = 0.75, 0.5
"""Shares of the heritage that was there before the adversary came: above it a state is kept, below it is undone."""
TURNED_DOWN = 0.5
RELATIVES = 4
LEAN = 0.3


@dataclass
class Guard:
    """Looks at fixed mixtures of the averaged networks now and then. Its state is part of a checkpoint."""

    nets: Nets
    due: float = 0.0
    """Progress of the next look."""
    before: float = -1.0
    """Heritage when the adversary began; negative as long as it has not."""
    good: dict[str, Tensor] | None = None

    def watch(self, progress: float) -> str | None:
        """Look if it is time. Returns what was done, in a member's words, when the run was set back."""
        nets = self.nets
        if progress < max(self.due, nets.rebuild_share) or len(nets.codes) < WATCHED:
            return None
        self.due = progress + (1 - nets.rebuild_share) / CHECKS
        now = heritage(nets)
        if self.before < 0:
            self.before = now
        if now >= GOOD * self.before:
            self.good = {name: value.clone() for name, value in nets.state().items()}
        elif now < BAD * self.before and self.good is not None:
            return self._set_back(now)
        return None

    def _set_back(self, now: float) -> str:
        assert self.good is not None
        nets, factor = self.nets, self.nets.adversary_factor * TURNED_DOWN
        seen = nets.pictures_seen
        nets.load_state(self.good)
        nets.adversary_factor, nets.pictures_seen = factor, seen
        return (
            f"Went back to an earlier state: only {now:.0%} of new pictures still took after their parents "
            f"({self.before:.0%} before the adversary). It goes on with the adversary at {factor:.0%}."
        )

    def state(self) -> dict[str, Tensor]:
        good = {f"guard.good.{name}": value for name, value in (self.good or {}).items()}
        return {"guard.marks": torch.tensor([self.due, self.before], dtype=torch.float64), **good}

    def load_state(self, state: dict[str, Tensor]) -> None:
        if "guard.marks" not in state:  # a run begun before there was a guard
            return
        self.due, self.before = (float(x) for x in state["guard.marks"])
        prefix = "guard.good."
        kept = {name.removeprefix(prefix): value for name, value in state.items() if name.startswith(prefix)}
        self.good = kept or None


@torch.no_grad()
def heritage(nets: Nets) -> float:
    """Share of fixed mixtures that look most like a parent or one of the first parent's nearest relatives."""
    works = len(nets.codes)
    first = torch.linspace(0, works - 1, WATCHED).long()
    second = nets.neighbours[first, 0].long()
    one, two = (nets.styles_of(parents.to(nets.device)) for parents in (first, second))
    layers = torch.arange(nets.generator.layers, device=nets.device)
    blend = torch.lerp(one, two, LEAN)[:, None].expand(-1, len(layers), -1)
    layered = torch.where((layers < len(layers) // 2)[None, :, None], one[:, None], two[:, None])
    styles = torch.cat([blend[::2], layered[1::2]])
    white = torch.zeros(WATCHED, dtype=torch.long, device=nets.device)
    seen = nets.look(nets.papers.lay(nets.generator_average(styles), white))[-1].float().mean((2, 3))
    nearest = (F.normalize(seen, dim=1) @ F.normalize(nets.embedding, dim=1).T).argmax(1).cpu()
    order = torch.cat([torch.arange(0, WATCHED, 2), torch.arange(1, WATCHED, 2)])
    family = torch.cat([first[:, None], nets.neighbours[first, :RELATIVES].long()], 1)[order]
    return float((family == nearest[:, None]).any(1).float().mean())
