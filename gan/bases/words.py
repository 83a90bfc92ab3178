"""Give a model file words to be asked in: the tags of its works, and the index that prompts are answered by.

    python -m gan.bases.words MODEL.safetensors RUN_DIR

RUN_DIR holds the pictures that it learned from, as `gan.bases.build` writes it, tags among the works. All other tensors
stay as they are, to the byte. For models from before trainings made the index themselves.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from pydantic import TypeAdapter
from safetensors import safe_open
from safetensors.torch import save_file

from gan.contract import Work
from gan.data.pictures import fitted, premultiplied
from gan.rundir import RunDir
from gan.text import index
from gan.text.looks import SIDE

WORKS = TypeAdapter(tuple[Work, ...])


def add_words(model: Path, run: RunDir) -> int:
    """Write the model anew; how many of its works have tags. Raises `KeyError` for a work that the run lacks."""
    with safe_open(model, "pt") as file:
        header = dict(file.metadata())
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
    learned = {work.sha256: (number, work) for number, work in enumerate(run.config().request.works)}
    old = WORKS.validate_json(header["works"])
    works = [work.model_copy(update={"tags": learned[work.sha256][1].tags}) for work in old]
    pictures = torch.stack([_picture(run.pictures / f"{learned[work.sha256][0]:05d}.png") for work in works])
    kept = {name: value for name, value in tensors.items() if not name.startswith(index.PREFIX)}
    told = [work.model_dump(exclude_defaults=True) for work in works]
    header["works"] = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    save_file({**kept, **index.build(works, pictures)}, model, header)
    return sum(bool(work.tags) for work in works)


def _picture(path: Path) -> torch.Tensor:
    with Image.open(path) as opened:
        pixels = np.asarray(fitted(opened, SIDE))
    return torch.from_numpy(premultiplied(pixels)).permute(2, 0, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("run_dir", type=Path)
    o = parser.parse_args()
    torch.set_num_threads(1)
    print(f"{add_words(o.model, RunDir(o.run_dir))} works have tags")


if __name__ == "__main__":
    main()
