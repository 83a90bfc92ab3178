"""The training step of CycleGAN (Zhu et al. 2017, equations 1 to 3 and section 5.2), for sets A and B,
F: A → B, G: B → A, and their discriminators, with least squares (section 4):

    D_B: ½ E(D_B(b) − 1)² + ½ E D_B(pool of F(a))²                                          D_A likewise
    F, G: E(D_B(F(a)) − 1)² + E(D_A(G(b)) − 1)²
          + λ (E‖G(F(a)) − a‖₁ + E‖F(G(b)) − b‖₁)                                           λ = 10
          + ½ λ (E‖F(b) − b‖₁ + E‖G(a) − a‖₁)

The pool (Shrivastava et al. 2017) shows a discriminator earlier pictures too, so that generators cannot run in circles.
"""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from gan.blocks.ema import ema_decay, ema_update
from gan.blocks.patches import PatchDiscriminator
from gan.blocks.precision import bf16_pays
from gan.families.cyclegan.config import Config
from gan.families.cyclegan.networks import Generator
from gan.training.bundle import Bundle

CHANNELS_LAST = torch.channels_last


class Pool:
    """Earlier pictures of one generator: half of those asked for come from it, and new ones take their places."""

    def __init__(self, count: int, side: int, device: torch.device) -> None:
        self.kept = torch.zeros(count, 3, side, side, device=device)
        self.filled = 0

    def exchanged(self, pictures: Tensor, random: torch.Generator) -> Tensor:
        """[B, 3, S, S] → as many to show the discriminator."""
        shown = pictures.clone()
        for index in range(len(pictures)):
            if self.filled < len(self.kept):
                self.kept[self.filled] = pictures[index]
                self.filled += 1
            elif torch.rand((), generator=random) < 0.5:
                place = int(torch.randint(0, len(self.kept), (), generator=random))
                shown[index] = self.kept[place]
                self.kept[place] = pictures[index]
        return shown


class Nets:
    """Networks, averages, pools and optimisers of one run. `there` leads from A to B, `back` from B to A."""

    def __init__(self, config: Config, device: str = "cpu") -> None:
        self.device = torch.device(device)
        self.half = self.device.type == "cuda" or bf16_pays()
        self.there, self.back = (self._placed(Generator(config.width, config.blocks)) for _ in range(2))
        self.judge_a, self.judge_b = (
            self._placed(PatchDiscriminator(3, config.judge_width, config.judge_layers)) for _ in range(2)
        )
        self.average = nn.ModuleDict({"there": copy.deepcopy(self.there), "back": copy.deepcopy(self.back)})
        self.average.eval().requires_grad_(False)
        self.pools = {name: Pool(config.pool, config.size, self.device) for name in ("a", "b")}
        rates = {"lr": config.lr, "betas": (config.beta1, 0.999), "fused": True}
        generators = [*self.there.parameters(), *self.back.parameters()]
        judges = [*self.judge_a.parameters(), *self.judge_b.parameters()]
        self.generators_optimiser = torch.optim.Adam(generators, **rates)  # type: ignore[arg-type]
        self.judges_optimiser = torch.optim.Adam(judges, **rates)  # type: ignore[arg-type]
        self.pictures_seen = 0
        self.bundle = Bundle(
            {
                "there": self.there,
                "back": self.back,
                "judge_a": self.judge_a,
                "judge_b": self.judge_b,
                "average": self.average,
            },
            {"generators_optimiser": self.generators_optimiser, "judges_optimiser": self.judges_optimiser},
        )

    def _placed(self, module: nn.Module) -> nn.Module:
        placed: nn.Module = module.to(self.device, memory_format=CHANNELS_LAST)  # type: ignore[call-overload]
        return placed

    @contextlib.contextmanager
    def autocast(self) -> Iterator[None]:
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.half):
            yield

    def set_rates(self, config: Config, progress: float) -> None:
        left = min(1.0, (1 - progress) / max(config.decay_share, 1e-6))
        for optimiser in (self.generators_optimiser, self.judges_optimiser):
            for group in optimiser.param_groups:
                group["lr"] = config.lr * (0.02 + 0.98 * max(0.0, left))

    def state(self) -> dict[str, Tensor]:
        pools = {f"pool_{name}": pool.kept for name, pool in self.pools.items()}
        filled = {f"filled_{name}": torch.tensor(pool.filled) for name, pool in self.pools.items()}
        return {**self.bundle.state(), **pools, **filled, "pictures_seen": torch.tensor(self.pictures_seen)}

    def load_state(self, state: dict[str, Tensor]) -> None:
        self.bundle.load_state(state)
        for name, pool in self.pools.items():
            pool.kept.copy_(state[f"pool_{name}"])
            pool.filled = int(state[f"filled_{name}"])
        self.pictures_seen = int(state["pictures_seen"])


def train_step(
    nets: Nets, config: Config, first: Tensor, second: Tensor, progress: float, random: torch.Generator
) -> dict[str, Tensor]:
    """One step on `config.batch` pictures of each set, RGB [N, 3, S, S] in [−1, 1]. Returns losses, on the device."""
    nets.set_rates(config, progress)
    a, b = (_drawn(pictures, config.batch, random, nets.device) for pictures in (first, second))
    for judge in (nets.judge_a, nets.judge_b):
        judge.requires_grad_(False)
    with nets.autocast():
        # b goes through F as it is, to be left alone; so both ways are one batch for each generator
        as_b, left_b = nets.there(torch.cat([a, b])).chunk(2)
        as_a, left_a = nets.back(torch.cat([b, a])).chunk(2)
        again_a, again_b = nets.back(as_b), nets.there(as_a)
        looks_b, looks_a = nets.judge_b(as_b).float(), nets.judge_a(as_a).float()
    adversary = (looks_b - 1).square().mean() + (looks_a - 1).square().mean()
    cycle = (again_a - a).abs().mean() + (again_b - b).abs().mean()
    identity = (left_b - b).abs().mean() + (left_a - a).abs().mean()
    loss = adversary + config.cycle_weight * cycle + config.identity_weight * identity
    nets.generators_optimiser.zero_grad(set_to_none=True)
    loss.backward()
    nets.generators_optimiser.step()
    told = _judges_step(nets, a, b, as_a.detach(), as_b.detach(), random)
    nets.pictures_seen += config.batch
    decay = ema_decay(config.batch, nets.pictures_seen, config.ema_half_life)
    live = [*nets.there.parameters(), *nets.back.parameters()]
    ema_update(nets.average.parameters(), live, decay)
    return {
        "cycle": cycle.detach() / 2,
        "identity": identity.detach() / 2,
        "adversary": adversary.detach() / 2,
        "discriminator": told,
    }


def _drawn(pictures: Tensor, count: int, random: torch.Generator, device: torch.device) -> Tensor:
    which = torch.randint(0, len(pictures), (count,), generator=random).to(device)
    return pictures[which].float().contiguous(memory_format=CHANNELS_LAST)


def _judges_step(nets: Nets, a: Tensor, b: Tensor, as_a: Tensor, as_b: Tensor, random: torch.Generator) -> Tensor:
    losses = []
    for name, judge, real, fake in (("a", nets.judge_a, a, as_a), ("b", nets.judge_b, b, as_b)):
        judge.requires_grad_(True)
        shown = nets.pools[name].exchanged(fake, random)
        with nets.autocast():
            real_logits, fake_logits = judge(torch.cat([real, shown])).float().chunk(2)
        losses.append(((real_logits - 1).square().mean() + fake_logits.square().mean()) / 2)
    told = torch.stack(losses).sum()
    nets.judges_optimiser.zero_grad(set_to_none=True)
    told.backward()
    nets.judges_optimiser.step()
    return told.detach() / 2
