"""One peer's training and sampling, run by `benchmarks.peers` with the Python of a virtual environment of its own.

    peer_child.py PEER PICTURES.npy SECONDS OUT.npz --device cpu --threads 2 [--most-parameters N]

Neither peer runs unmodified without CUDA, nor without packages that the measured paths never use. The shims below give
them what they ask for and change nothing that they compute. To their advantage: pictures lie in memory as tensors, and
neither checkpoints nor sample grids are written while the clock runs.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import types
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

BATCH = 16
DRAWN = 256
WARM_STEPS = 2
STYLEGAN2_SIZES = ((16, 512, 8), (8, 256, 4), (6, 128, 2), (4, 128, 2), (3, 128, 2), (2, 64, 2))
"""Network capacity, latent size, depth of the mapping; the first is the package's own."""
LIGHTWEIGHT_SIZES = ((512, 12), (512, 11), (256, 11), (256, 10), (128, 10), (128, 9), (64, 9))
"""Most channels, and their exponent; the first is the package's own."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("peer", choices=["stylegan2-pytorch", "lightweight-gan"])
    parser.add_argument("pictures")
    parser.add_argument("seconds", type=float)
    parser.add_argument("out")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--most-parameters", type=int, default=0)
    parser.add_argument("--drawn", type=int, default=DRAWN)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    _stub_packages()
    if options.device == "cpu":
        _stay_on_cpu()
    pictures = torch.from_numpy(np.load(options.pictures)).float().div(255).permute(0, 3, 1, 2).contiguous()
    build = _stylegan2 if options.peer == "stylegan2-pytorch" else _lightweight
    with tempfile.TemporaryDirectory() as folder:
        torch.manual_seed(options.seed)
        trainer, draw, parameters = build(folder, pictures, options.most_parameters)
        trainer.loader = _batches(pictures, torch.Generator().manual_seed(options.seed))
        trainer.evaluate = trainer.save = lambda *_, **__: None
        steps, seconds = _train(trainer, options.seconds)
    samples, sample_seconds = _sample(draw, options.drawn)
    np.savez(
        options.out,
        samples=samples,
        seen=steps * BATCH,
        seconds=seconds,
        sample_seconds=sample_seconds,
        parameters=parameters,
    )


def _train(trainer: Any, seconds: float) -> tuple[int, float]:
    for _ in range(WARM_STEPS):
        trainer.train()
    _wait()
    began, steps = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        trainer.train()
        steps += 1
    _wait()
    return steps, time.perf_counter() - began


def _sample(draw: Callable[[int], torch.Tensor], count: int) -> tuple[Any, float]:
    """So many pictures as uint8, and the seconds of a batch of 16 (the median of those)."""
    out, times = [], []
    with torch.no_grad():
        for _ in range(max(1, count // BATCH)):
            began = time.perf_counter()
            pictures = draw(BATCH).clamp(0, 1).mul(255).round().to(torch.uint8).cpu()
            times.append(time.perf_counter() - began)
            out.append(pictures.permute(0, 2, 3, 1).numpy())
    return np.concatenate(out), sorted(times)[len(times) // 2]


def _wait() -> None:
    if torch.cuda.is_initialized():
        torch.cuda.synchronize()


def _batches(pictures: torch.Tensor, random: torch.Generator) -> Iterator[torch.Tensor]:
    while True:
        yield pictures[torch.randint(len(pictures), (BATCH,), generator=random)].clone()


def _augmentation(count: int) -> float:
    """What both packages choose by themselves for a set of so many pictures."""
    return min(0.5, (1e5 - count) * 3e-6)


def _fitting(sizes: Sequence[Any], build: Callable[[Any], tuple[Any, int]], most: int) -> tuple[Any, int]:
    """The largest that has at most so many parameters; the package's own where there is no such limit."""
    for size in sizes:
        trainer, parameters = build(size)
        if not most or parameters <= most or size is sizes[-1]:
            return trainer, parameters
    raise AssertionError("no sizes")


def _stylegan2(folder: str, pictures: torch.Tensor, most: int) -> tuple[Any, Callable[[int], torch.Tensor], int]:
    from stylegan2_pytorch import stylegan2_pytorch as module

    def build(size: tuple[int, int, int]) -> tuple[Any, int]:
        capacity, latent, depth = size
        trainer = module.Trainer(
            base_dir=folder,
            image_size=pictures.shape[-1],
            batch_size=BATCH,
            gradient_accumulate_every=1,
            network_capacity=capacity,
            aug_prob=_augmentation(len(pictures)),
            latent_dim=latent,
            style_depth=depth,
        )
        trainer.init_GAN()
        return trainer, _count(trainer.GAN.S) + _count(trainer.GAN.G)

    trainer, parameters = _fitting(STYLEGAN2_SIZES, build, most)

    def draw(count: int) -> torch.Tensor:
        gan = trainer.GAN.eval()
        style = module.noise_list(count, gan.G.num_layers, gan.G.latent_dim, device=trainer.rank)
        noise = module.image_noise(count, gan.G.image_size, device=trainer.rank)
        # its average is reset until step 25,000, so that the trained weights themselves are the better ones
        drawn: torch.Tensor = trainer.generate_truncated(gan.S, gan.G, style, noise)
        return drawn

    return trainer, draw, parameters


def _lightweight(folder: str, pictures: torch.Tensor, most: int) -> tuple[Any, Callable[[int], torch.Tensor], int]:
    from lightweight_gan import lightweight_gan as module

    if not torch.cuda.is_initialized() and not _has_cuda():
        module.torch = _Torch("torch")  # its loop names a CUDA device outright

    def build(size: tuple[int, int]) -> tuple[Any, int]:
        widest, exponent = size
        trainer = module.Trainer(
            base_dir=folder,
            image_size=pictures.shape[-1],
            batch_size=BATCH,
            gradient_accumulate_every=1,
            attn_res_layers=[32],
            disc_output_size=1,
            fmap_max=widest,
            fmap_inverse_coef=exponent,
            aug_prob=_augmentation(len(pictures)),
            use_aim=False,
        )
        trainer.init_GAN()
        return trainer, _count(trainer.GAN.G)

    trainer, parameters = _fitting(LIGHTWEIGHT_SIZES, build, most)

    def draw(count: int) -> torch.Tensor:
        gan = trainer.GAN.eval()
        drawn: torch.Tensor = gan.G(torch.randn(count, gan.latent_dim).cuda(trainer.rank))
        return drawn

    return trainer, draw, parameters


def _count(module: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


# --- shims ----------------------------------------------------------------------------------------------------------


def _stub_packages() -> None:
    """Stand-ins for what the packages import and the measured paths do not use, and for one filter that they do."""
    stubs: dict[str, dict[str, Any]] = {
        "aim": {},
        "fire": {},
        "retry": {},
        "retry.api": {"retry_call": None},
        "adabelief_pytorch": {"AdaBelief": None},
        "vector_quantize_pytorch": {"VectorQuantize": None},
        "torchvision": {},
        "torchvision.transforms": {},
        "torchvision.utils": {},
        "kornia": {},
        "kornia.filters": {"filter2d": _filter2d},
    }
    for name, contents in stubs.items():
        module = types.ModuleType(name)
        vars(module).update(contents)
        sys.modules[name] = module
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(sys.modules[parent], child, module)


def _filter2d(x: torch.Tensor, kernel: torch.Tensor, normalized: bool = False) -> torch.Tensor:
    """kornia.filters.filter2d with its defaults: a correlation of every channel with one kernel, edges mirrored."""
    if normalized:
        kernel = kernel / kernel.abs().sum((-2, -1), keepdim=True)
    height, width = kernel.shape[-2:]
    channels = x.shape[1]
    weight = kernel.to(x)[:, None].expand(channels, 1, height, width)
    padded = F.pad(x, (width // 2, (width - 1) // 2, height // 2, (height - 1) // 2), mode="reflect")
    return F.conv2d(padded, weight, groups=channels)


_has_cuda = torch.cuda.is_available


def _stay_on_cpu() -> None:
    """Both refuse to be imported without CUDA, and send everything there."""
    torch.cuda.is_available = lambda: True
    torch.Tensor.cuda = lambda self, *_, **__: self  # type: ignore[method-assign]
    torch.nn.Module.cuda = lambda self, *_, **__: self  # type: ignore[method-assign]


class _Torch(types.ModuleType):
    """torch, in which every device is the CPU."""

    @staticmethod
    def device(*_: object) -> torch.device:
        return torch.device("cpu")

    def __getattr__(self, name: str) -> Any:
        return getattr(torch, name)


if __name__ == "__main__":
    main()
