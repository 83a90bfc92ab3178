"""Prepare the run folder of a shipped transformer from that of `broad-64`, see `gan.bases.build`:

python -m gan.bases.build broad-64 BROAD_DIR
python -m gan.bases.transformers restorer BROAD_DIR RUN_DIR --works 2400 --seconds 1200
python -m gan.bases.transformers style BROAD_DIR RUN_DIR --works 2400 --paintings 1200 --seconds 1800
python -m gan train RUN_DIR
"""

from __future__ import annotations

import argparse
import json
import shutil
from hashlib import sha256
from pathlib import Path

from gan.bases.paintings import TECHNIQUES, painting
from gan.contract import TrainingRequest, Work
from gan.rundir import RunConfig, RunDir

TITLES = {"restorer": "Restorer", "style": "Style"}


def build(
    family: str, broad: RunDir, run: RunDir, works: int, paintings: int, seconds: float, options: dict[str, object]
) -> int:
    """Write the run folder; returns how many pictures it holds. Works are taken evenly, so all kinds are among them."""
    run.pictures.mkdir(parents=True, exist_ok=True)
    there = broad.config().request.works
    count = min(works, len(there))
    chosen = [index * len(there) // count for index in range(count)]
    chosen = [chosen[(place * 7919) % count] for place in range(count)]  # mixed, since the first are kept out
    taken: list[Work] = []
    for index in dict.fromkeys(chosen):
        shutil.copyfile(broad.pictures / f"{index:05d}.png", run.pictures / f"{len(taken):05d}.png")
        taken.append(there[index])
    for seed in range(paintings if family == "style" else 0):
        path = run.pictures / f"{len(taken):05d}.png"
        painting(seed).save(path)
        title = f"{list(TECHNIQUES)[seed % len(TECHNIQUES)]} {seed}"
        digest = sha256(path.read_bytes()).hexdigest()
        taken.append(Work(sha256=digest, title=title, artist="Artel", licence="CC0 1.0", part="b"))
    request = TrainingRequest.model_validate(
        {"title": TITLES[family], "family": family, "works": taken, "seconds": seconds, "options": options}
    )
    run.create(RunConfig(id=family, request=request))
    return len(taken)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("family", choices=sorted(TITLES))
    parser.add_argument("broad_dir", type=Path)
    parser.add_argument("run_dir", type=Path)
    parser.add_argument("--works", type=int, default=2400)
    parser.add_argument("--paintings", type=int, default=1200, help="artworks for style, painted by numbers")
    parser.add_argument("--seconds", type=float, default=1800.0, help="training time, default 1800")
    parser.add_argument("--option", action="append", default=[], help="name=value of the family's config, repeatable")
    o = parser.parse_args()
    options = {name: json.loads(value) for name, value in (text.split("=", 1) for text in o.option)}
    made = build(o.family, RunDir(o.broad_dir), RunDir(o.run_dir), o.works, o.paintings, o.seconds, options)
    print(f"{made} pictures")


if __name__ == "__main__":
    main()
