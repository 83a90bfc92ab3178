"""Everything that a run of the anchored family carries from step to step, and how it is saved and brought back."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from gan.blocks.features import FrozenFeatures
from gan.blocks.kernels import KernelOptimiser, balanced_kernels
from gan.blocks.layers import unit_length
from gan.blocks.precision import bf16_pays
from gan.contract import ErrorCode
from gan.errors import WorkerError
from gan.families.anchored.config import Config
from gan.families.anchored.encoder import SIGHT, Encoder, gist, gist_width, shrunk
from gan.families.anchored.mixing import nearest
from gan.families.anchored.networks import Discriminator, Generator, Mapping, Projection
from gan.families.anchored.papers import STUDY_BATCH, Papers

CHANNELS_LAST = torch.channels_last
STUDIED = 512
"""Works whose maps are measured for scales."""


class Nets:
    """Networks, codes, their averages and optimisers of one run over N works.

    The code of a work is its own free code, and where an encoder is trained along, what that makes of it is added.
    """

    def __init__(self, config: Config, works: int, device: str = "cpu") -> None:
        self.config, self.device = config, torch.device(device)
        self.half = self.device.type == "cuda" or bf16_pays()
        self.generator = Generator(config.size, config.code, config.width, config.widest, config.convs)
        self.generator.to(self.device, memory_format=CHANNELS_LAST)  # type: ignore[call-overload]
        self.mapping = Mapping(config.code).to(self.device)
        self.features = FrozenFeatures(config.taps).to(self.device, memory_format=CHANNELS_LAST)  # type: ignore[call-overload]
        if self.half:
            self.features.to(torch.bfloat16)
        self.projection = Projection(config.taps, self.features.channels)
        self.projection.to(self.device, memory_format=CHANNELS_LAST)  # type: ignore[call-overload]
        self.encoder: Encoder | None = None
        if config.encoder:
            width = gist_width(self.features.channels, self._sides(min(config.size, SIGHT)))
            self.encoder = Encoder(width, config.encoder, config.code)
            self.encoder.to(self.device)
        self.encodes = self.encoder is not None
        """Whether the encoder is trained along. In a run from a base it only gives the codes to start from."""
        first_codes = torch.zeros(works, config.code) if self.encodes else torch.randn(works, config.code)
        self.codes = nn.Parameter(first_codes.to(self.device))
        self.gists = torch.zeros(works, 0)
        self.discriminator = Discriminator(self._sides(config.size), self.projection.widths)
        self.discriminator.to(self.device, memory_format=CHANNELS_LAST)  # type: ignore[call-overload]
        self.discriminator.requires_grad_(False)
        if self.half:
            self.projection.to(torch.bfloat16)
        self.feature_scale = torch.ones(len(config.taps), device=self.device)
        self.neighbours = torch.zeros(works, 1, dtype=torch.int32)
        self.embedding = torch.zeros(works, self.features.channels[-1], device=self.device)
        """Mean of the deepest tap for each work: what the family calls near."""
        self.rebuild_share = config.rebuild_share
        self.adversary_factor = 1.0
        """Turned down by the guard."""
        self.pictures_seen = 0
        self.generator_average = copy.deepcopy(self.generator).eval().requires_grad_(False)
        self.mapping_average = copy.deepcopy(self.mapping).eval().requires_grad_(False)
        self.encoder_average = copy.deepcopy(self.encoder)
        self.codes_average = self.codes.detach().clone()
        self._make_optimisers()

    def _make_optimisers(self) -> None:
        config = self.config
        kernels = balanced_kernels(self.generator)
        balanced = {id(kernel) for kernel in kernels}
        drawn = [p for p in self.generator.parameters() if id(p) not in balanced] + [*self.mapping.parameters()]
        if self.encoder is not None and self.encodes:
            drawn += self.encoder.parameters()
        groups = [{"params": drawn}, {"params": [self.codes]}]
        self.kernel_optimiser = KernelOptimiser(kernels, config.lr_kernels)
        self.generator_optimiser = torch.optim.Adam(groups, config.lr, (config.beta1, 0.99), fused=True)
        self.discriminator_optimiser = torch.optim.Adam(
            self.discriminator.parameters(), config.lr_discriminator, (0.0, 0.99), fused=True
        )

    def set_rates(self, config: Config, progress: float, adversarial: bool) -> None:
        """Learning rates as a function of progress alone: a step down for the adversary, a linear fall at the end."""
        left = min(1.0, (1 - progress) / max(config.decay_share, 1e-6))
        fall = 0.1 + 0.9 * max(0.0, left)
        rate = (config.lr_adversarial if adversarial else config.lr) * fall
        for group, factor in zip(self.generator_optimiser.param_groups, (1.0, config.lr_codes), strict=True):
            group["lr"] = rate * factor
        for group in self.kernel_optimiser.param_groups:
            group["lr"] = config.lr_kernels * rate / config.lr
        for group in self.discriminator_optimiser.param_groups:
            group["lr"] = config.lr_discriminator * fall

    @contextlib.contextmanager
    def autocast(self) -> Iterator[None]:
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.half):
            yield

    def look(self, rgb: Tensor) -> list[Tensor]:
        """Frozen feature maps of RGB in [−1, 1]."""
        dtype = torch.bfloat16 if self.half else torch.float32
        maps: list[Tensor] = self.features(rgb.to(dtype).contiguous(memory_format=CHANNELS_LAST))
        return maps

    @torch.no_grad()
    def _sides(self, size: int) -> tuple[int, ...]:
        """Of the frozen maps of pictures of that size."""
        return tuple(m.shape[-1] for m in self.look(torch.zeros(1, 3, size, size, device=self.device)))

    def scaled(self, maps: list[Tensor], count: int) -> list[Tensor]:
        """The first `count` rows of each map, brought to unit deviation."""
        return [m[:count].float() * s for m, s in zip(maps, self.feature_scale.unbind(), strict=True)]

    @torch.no_grad()
    def study(self, pictures: Tensor) -> None:
        """Measure the works once: deviation of each tap, scale of the projection, neighbours, gists.

        pictures: premultiplied [N, 4, S, S].
        """
        self.papers = Papers(pictures)
        white = torch.zeros(len(pictures), dtype=torch.long, device=self.device)
        gists: list[Tensor] = []
        means: list[Tensor] = []
        first: list[list[Tensor]] = []
        for part in torch.arange(len(pictures), device=self.device).split(STUDY_BATCH):
            laid = self.papers.lay(pictures[part].float(), white[part])
            maps = self.look(laid)
            means.append(maps[-1].float().mean((2, 3)))
            if self.encoder is not None:
                gists.append(gist(self.look(shrunk(laid)) if self.config.size > SIGHT else maps).half())
            if len(first) * STUDY_BATCH < STUDIED:
                first.append(maps)
        self.embedding = torch.cat(means)
        seen = [torch.cat(tap)[:STUDIED] for tap in zip(*first, strict=True)]
        self.feature_scale = torch.stack([1 / tap.float().std().clamp_min(1e-3) for tap in seen])
        self.projection.calibrate([tap[:64] for tap in seen])
        self.neighbours = torch.from_numpy(nearest(self.embedding.cpu().numpy()))
        if self.encoder is not None:
            self.gists = torch.cat(gists)
            for encoder in (self.encoder, self.encoder_average):
                assert encoder is not None
                encoder.calibrate(self.gists)

    @torch.no_grad()
    def start_from(self, base: dict[str, Tensor], size: int) -> None:
        """Take over the networks of a base that draws at `size` pixels, at most as many as this run. Every work starts
        at the code that the base's encoder gives it, else at the code of the base's work that looks most like it.

        Raises `WorkerError(invalid)` for a base that draws larger.
        """
        if size > self.config.size:
            detail = f"The base draws at {size} pixels; a model that starts from it cannot draw at {self.config.size}."
            raise WorkerError(ErrorCode.invalid, detail)
        taken = self._taken_over()
        if size < self.config.size:  # its discriminator knows smaller pictures, so that starts anew
            self.generator.grow_from(_own(base, "generator."))
            del taken["generator"], taken["discriminator"]
        for name, module in taken.items():
            _load(module, base, f"{name}.")
        if self.encoder is not None and self.encoder_average is not None:
            self.encoder_average.load_state_dict(self.encoder.state_dict())
            self.codes.copy_(unit_length(self.encoder(self.gists)))
        else:
            ours = torch.nn.functional.normalize(self.embedding, dim=1)
            theirs = torch.nn.functional.normalize(base["embedding"].to(ours), dim=1)
            self.codes.copy_(base["codes"].to(ours)[(ours @ theirs.T).argmax(1)])
        self.encodes = False
        for average, value in zip(self.average_values(), self.live_values(), strict=True):
            average.copy_(value)
        self.rebuild_share = self.config.rebuild_share_from_base
        self._make_optimisers()

    def _taken_over(self) -> dict[str, nn.Module]:
        modules = {"generator": self.generator, "mapping": self.mapping, "discriminator": self.discriminator}
        return modules if self.encoder is None else {**modules, "encoder": self.encoder}

    def codes_of(self, works: Tensor) -> Tensor:
        """z [B, D] of works [B]."""
        free = self.codes[works]
        return free + self.encoder(self.gists[works]) if self.encoder is not None and self.encodes else free

    def live_values(self) -> list[Tensor]:
        encoder = self.encoder.parameters() if self.encoder is not None else ()
        return [*self.generator.parameters(), *self.mapping.parameters(), *encoder, self.codes]

    def average_values(self) -> list[Tensor]:
        encoder = self.encoder_average.parameters() if self.encoder_average is not None else ()
        return [*self.generator_average.parameters(), *self.mapping_average.parameters(), *encoder, self.codes_average]

    @torch.no_grad()
    def styles_of(self, works: Tensor) -> Tensor:
        """Averaged style codes [B, D] of works [B], fp32."""
        codes = self.codes_average[works]
        if self.encoder_average is not None and self.encodes:
            codes = codes + self.encoder_average(self.gists[works])
        w: Tensor = self.mapping_average(unit_length(codes))
        return w

    def state(self) -> dict[str, Tensor]:
        """All that the next step depends on, flat, by name."""
        out: dict[str, Tensor] = {
            "codes": self.codes.detach(),
            "codes_average": self.codes_average,
            "feature_scale": self.feature_scale,
            "neighbours": self.neighbours,
            "embedding": self.embedding,
            "pictures_seen": torch.tensor(self.pictures_seen),
            "adversary_factor": torch.tensor(self.adversary_factor, dtype=torch.float64),
            "rebuild_share": torch.tensor(self.rebuild_share, dtype=torch.float64),
            "projection_scale": self.projection.get_buffer("scale"),
        }
        for name, module in self._modules().items():
            out |= {f"{name}.{key}": value for key, value in module.state_dict().items()}
        for name, optimiser in self._optimisers().items():
            for index, slots in optimiser.state_dict()["state"].items():
                out |= {f"{name}.{index}.{slot}": torch.as_tensor(value) for slot, value in slots.items()}
        return out

    def load_state(self, state: dict[str, Tensor]) -> None:
        with torch.no_grad():
            self.codes.copy_(state["codes"])
            self.codes_average.copy_(state["codes_average"])
            self.projection.get_buffer("scale").copy_(state["projection_scale"])
        self.feature_scale = state["feature_scale"].to(self.device)
        self.neighbours, self.embedding = state["neighbours"], state["embedding"].to(self.device)
        self.pictures_seen = int(state["pictures_seen"])
        self.rebuild_share = float(state["rebuild_share"])
        self.adversary_factor = float(state.get("adversary_factor", torch.ones(())))
        for name, module in self._modules().items():
            _load(module, state, f"{name}.")
        for name, optimiser in self._optimisers().items():
            _load_optimiser(optimiser, state, f"{name}.")

    def _modules(self) -> dict[str, nn.Module]:
        return {
            "generator": self.generator,
            "mapping": self.mapping,
            "discriminator": self.discriminator,
            "generator_average": self.generator_average,
            "mapping_average": self.mapping_average,
            **({} if self.encoder is None else {"encoder": self.encoder}),
            **({} if self.encoder_average is None else {"encoder_average": self.encoder_average}),
        }

    def _optimisers(self) -> dict[str, torch.optim.Optimizer]:
        return {
            "generator_optimiser": self.generator_optimiser,
            "kernel_optimiser": self.kernel_optimiser,
            "discriminator_optimiser": self.discriminator_optimiser,
        }


def _load_optimiser(optimiser: torch.optim.Optimizer, tensors: dict[str, Tensor], prefix: str) -> None:
    """Moments take their parameter's memory layout: the fused step walks memory, not indices."""
    parameters = [parameter for group in optimiser.param_groups for parameter in group["params"]]
    slots: dict[int, dict[str, Tensor]] = {}
    for key, value in tensors.items():
        if key.startswith(prefix):
            _, index, slot = key.split(".")
            if value.ndim:
                value = torch.empty_like(parameters[int(index)]).detach().copy_(value)
            slots.setdefault(int(index), {})[slot] = value
    optimiser.load_state_dict({"state": slots, "param_groups": optimiser.state_dict()["param_groups"]})


def _load(module: nn.Module, tensors: dict[str, Tensor], prefix: str) -> None:
    own, given = module.state_dict(), _own(tensors, prefix)
    module.load_state_dict({key: given[key].to(value.dtype) for key, value in own.items()})


def _own(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {key.removeprefix(prefix): value for key, value in tensors.items() if key.startswith(prefix)}
