"""Papers: the plain backgrounds that pictures are laid on before the losses look, and what the frozen net sees there.

Works and inventions alike are seen on white half of the time, else on a colour, so that a model of cut-out art learns
to cut out. The papers are few, so what the frozen net sees of the works on each can be kept instead of seen again.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from gan.data.pictures import over

PAPERS = (
    *((1.0, 1.0, 1.0), (0.0, 0.0, 0.0), (0.5, 0.5, 0.5), (1.0, 0.2, 0.2)),
    *((0.2, 0.8, 0.2), (0.2, 0.3, 1.0), (1.0, 0.9, 0.2), (0.2, 0.9, 0.9)),
)
"""RGB in [0, 1], white first."""
MOST_KEPT_BYTES = 768 * 2**20
STUDY_BATCH = 64

Look = Callable[[Tensor], list[Tensor]]


class Papers:
    """The papers of one set of works; art without holes needs only one."""

    def __init__(self, pictures: Tensor) -> None:
        holes = bool((pictures[:, 3] < 0.99).any())
        self.colours = torch.tensor(PAPERS if holes else PAPERS[:1], device=pictures.device)
        self._works = len(pictures)
        self._kept: list[Tensor] | None = None
        """A tap each: [papers · works, H, W, C]; empty where that would fill the memory, none before it was tried."""

    def draw(self, count: int, random: torch.Generator) -> Tensor:
        """[count] numbers of papers, on the CPU: white for half of them. Takes as many random numbers in every case."""
        coloured = torch.rand(count, generator=random) < 0.5
        which = torch.randint(1, len(PAPERS), (count,), generator=random)
        return torch.where(coloured, which, 0) if len(self.colours) > 1 else torch.zeros_like(which)

    def lay(self, pictures: Tensor, papers: Tensor) -> Tensor:
        """Premultiplied [B, 4, H, W] on papers [B] → RGB [B, 3, H, W] in [−1, 1]."""
        return over(pictures, self.colours[papers])

    @torch.no_grad()
    def maps(self, pictures: Tensor, works: Tensor, papers: Tensor, look: Look) -> list[Tensor]:
        """What the frozen net sees of `works` [B] on `papers` [B]: a map [B, C, H, W] for each tap."""
        if self._kept is None:  # at the first step and not before: people wait for the first sample
            self._kept = self._look_at_all(pictures, look)
        if not self._kept:
            return look(self.lay(pictures[works], papers))
        places = papers * self._works + works
        return [kept.index_select(0, places).permute(0, 3, 1, 2) for kept in self._kept]

    def _look_at_all(self, pictures: Tensor, look: Look) -> list[Tensor]:
        seen = look(over(pictures[:1], self.colours[:1]))
        if sum(m.nbytes for m in seen) * len(pictures) * len(self.colours) > MOST_KEPT_BYTES:
            return []
        parts = [
            look(over(part, colour.expand(len(part), 3)))
            for colour in self.colours
            for part in pictures.split(STUDY_BATCH)
        ]
        return [torch.cat([m.permute(0, 2, 3, 1) for m in tap]) for tap in zip(*parts, strict=True)]
