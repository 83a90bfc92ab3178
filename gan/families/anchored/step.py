"""The training step: rebuild works from their codes, and let an adversary judge mixtures alone.

Each work owns a free code. Rebuilding pulls the generator to draw every work from its code (distance in pixels and in
frozen features, both L1); the adversary sees inventions only, blends and layer mixes of codes, against works. A
projected discriminator (Sauer et al. 2021) with the hinge loss (Lim & Ye 2017):
    D: E max(0, 1 − D(work)) + E max(0, 1 + D(invention))        G: − E D(invention)
So no work can be forgotten (no collapse), and what lies between works looks like work too.

Shapes: B pictures, L layers, D code, N works.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.nn.utils import parametrize

from gan.blocks.ema import ema_decay, ema_update
from gan.blocks.layers import unit_length
from gan.families.anchored.config import Config
from gan.families.anchored.mixing import MOST_BLEND, SHARE_OF_LAYER_MIXES
from gan.families.anchored.state import Nets


@dataclass(frozen=True)
class Draw:
    """All random numbers of one step, drawn in one place from the run's own generator, so that a resumed run goes on
    as the unbroken one would."""

    works: Tensor
    """[B] indices of works shown."""
    parents: Tensor
    """[M, 2] indices of the parents of inventions."""
    lean: Tensor
    cut: Tensor
    layered: Tensor
    noise: Tensor
    papers: Tensor
    shifts: Tensor


def draw(nets: Nets, config: Config, inventions: int, random: torch.Generator) -> Draw:
    batch, count, device = config.batch, len(nets.codes), nets.device
    first = torch.randint(0, count, (inventions,), generator=random)
    # variety is drawn evenly, so every setting that a member may choose is trained: pool = 2 (N/2)^variety relatives
    variety = torch.rand(inventions, generator=random)
    pool = (2 * (max(count, 2) / 2) ** variety).round().clamp(1, max(1, count - 1))
    place = torch.rand(inventions, generator=random)
    reach = nets.neighbours.shape[1]
    near = nets.neighbours[first, (place * pool).long().clamp(max=reach - 1)].long()
    far = (first + 1 + (place * (count - 1)).long()) % count
    return Draw(  # drawn on the CPU whatever the device, so a run's seed means the same everywhere
        works=torch.randint(0, count, (batch,), generator=random).to(device),
        parents=torch.stack([first, torch.where(pool <= reach, near, far)], 1).to(device),
        lean=(torch.rand(inventions, 1, generator=random) * MOST_BLEND).to(device),
        cut=torch.randint(1, nets.generator.layers, (inventions,), generator=random).to(device),
        layered=(torch.rand(inventions, generator=random) < SHARE_OF_LAYER_MIXES).to(device),
        noise=(torch.randn(inventions, config.code, generator=random) * config.noise).to(device),
        papers=nets.papers.draw(batch, random).to(device),
        shifts=torch.randint(0, 2 * config.shift + 1, (inventions, 2), generator=random),
    )


def invent(nets: Nets, drawn: Draw) -> Tensor:
    """Style codes [M, L, D] of inventions. Codes are given, not taught, here: the adversary teaches the generator."""
    with torch.no_grad():
        codes = unit_length(nets.codes_of(drawn.parents.flatten())).unflatten(0, (-1, 2))
    first, second = (nets.mapping(codes[:, parent] + drawn.noise) for parent in (0, 1))
    blend = torch.lerp(first, second, drawn.lean.to(first.dtype))
    layers = torch.arange(nets.generator.layers, device=nets.device)
    from_second = drawn.layered[:, None] & (drawn.cut[:, None] <= layers[None])
    return torch.where(from_second[:, :, None], second[:, None], blend[:, None])


def shifted(x: Tensor, shifts: Tensor, most: int) -> Tensor:
    """Each picture moved by its own shift (0 … 2 · most a side), edges repeated: x [B, C, H, W], shifts [B, 2]."""
    side = x.shape[-1]
    padded = F.pad(x, (most,) * 4, mode="replicate")
    moved = [
        picture[:, down : down + side, right : right + side]
        for picture, (down, right) in zip(padded.unbind(0), shifts.tolist(), strict=True)
    ]
    return torch.stack(moved).contiguous(memory_format=torch.channels_last)


def rebuild_loss(config: Config, fake: Tensor, real: Tensor, fakes: list[Tensor], reals: list[Tensor]) -> Tensor:
    """Distance of rebuilt pictures to their works; feature maps come scaled to unit deviation."""
    off = fake - real
    edges = (off[..., 1:] - off[..., :-1]).abs().mean() + (off[..., 1:, :] - off[..., :-1, :]).abs().mean()
    pixels = 2 * off.abs().mean() + config.edge_weight * edges  # of [0, 1], so twice for the range of [−1, 1]
    features = torch.stack([(a.float() - b.float()).abs().mean() for a, b in zip(fakes, reals, strict=True)]).mean()
    return config.pixel_weight * pixels + features


def silhouette_loss(alpha: Tensor, first: Tensor, second: Tensor) -> Tensor:
    """How far an invention's outline leaves the room between its parents': opaque where both are, empty where both are.

    Without it the adversary bites holes into pictures, since a hole with a sharp rim looks like detail. All [M, H, W].
    """
    below, above = torch.minimum(first, second) - alpha, alpha - torch.maximum(first, second)
    return (F.relu(below) + F.relu(above)).mean()


def heritage_loss(seen: list[Tensor], first: list[Tensor], second: list[Tensor], scales: Tensor) -> Tensor:
    """How far what the frozen net sees of an invention lies outside of what it sees of the parents there or one place
    beside (inventions are shifted, works are not). Each list: a map [M, C, h, w] for each tap; scales [taps].

    Without it the adversary stamps what pleases it, a face above all, on pictures of things that have none.
    """
    losses = []
    for fake, one, two, scale in zip(seen, first, second, scales.unbind(), strict=True):
        upper = F.max_pool2d(torch.maximum(one, two), 3, 1, 1)
        lower = -F.max_pool2d(-torch.minimum(one, two), 3, 1, 1)
        outside = F.relu(lower.float() - fake.float()) + F.relu(fake.float() - upper.float())
        losses.append(outside.mean() * scale)
    return torch.stack(losses).mean()


def train_step(
    nets: Nets, config: Config, pictures: Tensor, progress: float, random: torch.Generator
) -> dict[str, Tensor]:
    """One step on `config.batch` pictures; `progress` in [0, 1] sets phase and rates. Returns losses, on device."""
    adversarial = progress >= nets.rebuild_share
    nets.set_rates(config, progress, adversarial)
    rebuilt = config.batch // 2 if adversarial else config.batch
    drawn = draw(nets, config, config.batch - rebuilt, random)
    real = pictures[drawn.works].float()

    with nets.autocast():
        codes = nets.codes_of(drawn.works[:rebuilt])
        styles = nets.mapping(codes)[:, None].expand(-1, nets.generator.layers, -1)
        if adversarial:
            styles = torch.cat([styles, invent(nets, drawn)])
        fake = nets.generator(styles)
    fake_seen = nets.papers.lay(fake, drawn.papers)
    if adversarial:
        invented_seen = shifted(fake_seen[rebuilt:], drawn.shifts, config.shift)
        fake_seen = torch.cat([fake_seen[:rebuilt], invented_seen])
    fakes = nets.look(fake_seen)
    reals = nets.papers.maps(pictures, drawn.works[:rebuilt], drawn.papers[:rebuilt], nets.look)
    loss = rebuild_loss(
        config, fake[:rebuilt], real[:rebuilt], nets.scaled(fakes, rebuilt), nets.scaled(reals, rebuilt)
    )
    losses = {"rebuild": loss.detach()}
    if adversarial:
        with torch.no_grad():
            real_seen = shifted(nets.papers.lay(real[rebuilt:], drawn.papers[rebuilt:]), drawn.shifts, config.shift)
            projected_real = nets.projection(nets.look(real_seen))
        projected_fake = nets.projection([m[rebuilt:] for m in fakes])
        losses |= _discriminator_step(nets, projected_real, [m.detach() for m in projected_fake])
        with nets.autocast():
            logits = nets.discriminator(projected_fake)
        adversary = -torch.stack([x.float().mean() for x in logits]).mean()
        parents = pictures[:, 3][drawn.parents].float()
        outline = silhouette_loss(fake[rebuilt:, 3], parents[:, 0], parents[:, 1])
        loss = loss + config.adversary * nets.adversary_factor * adversary + config.silhouette * outline
        losses |= {"adversary": adversary.detach(), "outline": outline.detach()}
        if config.heritage:
            first, second = (
                nets.papers.maps(pictures, works, drawn.papers[rebuilt:], nets.look) for works in drawn.parents.T
            )
            foreign = heritage_loss([m[rebuilt:] for m in fakes], first, second, nets.feature_scale)
            loss = loss + config.heritage * foreign
            losses["foreign"] = foreign.detach()
    nets.kernel_optimiser.zero_grad()
    nets.generator_optimiser.zero_grad(set_to_none=True)
    loss.backward()
    nets.generator_optimiser.step()
    nets.kernel_optimiser.step()
    decay = ema_decay(config.batch, nets.pictures_seen + config.batch, config.ema_half_life)
    ema_update(nets.average_values(), nets.live_values(), decay)
    nets.pictures_seen += config.batch
    return losses


def _discriminator_step(nets: Nets, reals: list[Tensor], fakes: list[Tensor]) -> dict[str, Tensor]:
    nets.discriminator.requires_grad_(True)
    with nets.autocast(), parametrize.cached():
        real_logits, fake_logits = nets.discriminator(reals), nets.discriminator(fakes)
    loss = torch.stack(
        [
            F.relu(1 - r.float()).mean() + F.relu(1 + f.float()).mean()
            for r, f in zip(real_logits, fake_logits, strict=True)
        ]
    ).sum()
    nets.discriminator_optimiser.zero_grad(set_to_none=True)
    loss.backward()
    nets.discriminator_optimiser.step()
    nets.discriminator.requires_grad_(False)
    fooled = torch.stack([(f > 0).float().mean() for f in fake_logits]).mean()
    gap = torch.stack([r.mean() - f.mean() for r, f in zip(real_logits, fake_logits, strict=True)]).mean()
    return {"discriminator": loss.detach() / len(reals), "fooled": fooled, "gap": gap.detach().float()}
