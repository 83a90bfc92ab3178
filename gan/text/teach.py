"""Teach the bridge between words and looks, from a run folder whose works have titles and tags.

    python -m gan.bases.build broad-64 RUN_DIR
    python -m gan.text.teach RUN_DIR gan/text/bridge.safetensors

Works whose titles are numbers (`cutouts 12`) say little and are taken sparsely. A tenth of the titles is held out, with
all their pictures, and told about at the end. Two minutes on one core after the pictures have been looked at.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gan.contract import Work
from gan.data.pictures import load_pictures
from gan.rundir import RunDir
from gan.text.bridge import Bridge
from gan.text.language import plain
from gan.text.looks import COLOURS, SIDE, Looks
from gan.text.minilm import TextEncoder

STEPS, BATCH, RATE, DROPOUT = 3000, 512, 2e-3, 0.3
TEXT_NOISE, LOOK_NOISE = 0.005, 0.1
OTHER_WORDS = 0.6
"""Share of the texts that are tags, or told with a colour, instead of the title."""
SHOWN = 0.3
"""Share of a picture that a colour must have to be said of it."""
NUMBERED, SPARSELY = re.compile(r".* \d+$"), 12
HELD_OUT = 0.1
BACKGROUND = "white"
"""Never said of a picture: most have white in them, and nobody asks for it."""


@dataclass(frozen=True)
class Lessons:
    """Pictures' looks [N, C], their texts as rows of `vectors`, and a number for each title."""

    looks: Tensor
    vectors: Tensor
    texts: Sequence[Sequence[int]]
    titles: NDArray[np.int64]


def texts_of(work: Work, colours: NDArray[np.float32]) -> list[str]:
    """What one may say of a work: its title first, then its tags together and each, then with its colours."""
    title = plain(work.title)
    seen = [COLOURS[place] for place in np.argsort(-colours) if colours[place] > SHOWN]
    shown = [name for name in seen if name != BACKGROUND]
    tags = [", ".join(work.tags[:6]), *work.tags] if work.tags else []
    return [title, *tags, *(f"{name} {title}" for name in shown), *shown[:1]]


def lessons(works: Sequence[Work], looks: NDArray[np.float32], encoder: TextEncoder) -> Lessons:
    said = [texts_of(work, looks[number, -len(COLOURS) :]) for number, work in enumerate(works)]
    unique = sorted({text for texts in said for text in texts})
    place = {text: number for number, text in enumerate(unique)}
    titles = {title: number for number, title in enumerate(sorted({texts[0] for texts in said}))}
    return Lessons(
        torch.from_numpy(looks),
        torch.from_numpy(encoder.encode(unique)),
        [[place[text] for text in texts] for texts in said],
        np.array([titles[texts[0]] for texts in said]),
    )


def teach(told: Lessons, chosen: NDArray[np.int64], steps: int = STEPS, seed: int = 0) -> Bridge:
    """A bridge taught with the works `chosen`: symmetric contrast, works of one title counting as one."""
    torch.manual_seed(seed)
    random = np.random.RandomState(seed)
    bridge, scale = Bridge(DROPOUT), nn.Parameter(torch.tensor(2.5))
    bridge.measure(told.looks[chosen])
    looks = bridge.seen(told.looks)
    optimiser = torch.optim.AdamW([*bridge.parameters(), scale], RATE, weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, steps)
    for _ in range(steps):
        batch = random.choice(chosen, min(BATCH, len(chosen)), replace=False)
        rows = [_one_of(told.texts[work], random) for work in batch]
        text = told.vectors[rows] + TEXT_NOISE * torch.randn(len(rows), told.vectors.shape[1])
        seen = looks[batch] + LOOK_NOISE * torch.randn(len(rows), looks.shape[1])
        alike = bridge.text(text) @ bridge.looks(seen).T * scale.exp()
        same = torch.from_numpy((told.titles[batch][:, None] == told.titles[batch]).astype(np.float32))
        same /= same.sum(1, keepdim=True)
        loss = -(same * alike.log_softmax(1)).sum(1).mean() - (same.T * alike.T.log_softmax(1)).sum(1).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    return bridge.eval()


def _one_of(texts: Sequence[int], random: np.random.RandomState) -> int:
    return texts[random.randint(len(texts))] if random.random_sample() < OTHER_WORDS else texts[0]


@dataclass(frozen=True)
class Match:
    """How well words find pictures that the bridge was not taught with."""

    pictures: int
    matched: float
    """Mean cosine of pictures and their own words."""
    shuffled: float
    """The same with the words of others."""
    above: float
    """Share of other pictures that are less alike to the words than the right one (0.5 is chance)."""
    first: float
    """Words whose own picture comes first of all."""
    among_five: float


def match(alike: NDArray[np.float32]) -> Match:
    """`alike` [N, N]: words in rows, pictures in columns, the right ones on the diagonal."""
    count, own = len(alike), np.diag(alike)
    before = (alike > own[:, None]).sum(1)
    others = (alike.sum() - own.sum()) / (count * count - count)
    below = (alike < own[:, None]).sum(1) / (count - 1)
    return Match(
        count,
        round(float(own.mean()), 3),
        round(float(others), 3),
        round(float(below.mean()), 3),
        round(float((before < 1).mean()), 3),
        round(float((before < 5).mean()), 3),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run_dir", type=Path)
    parser.add_argument("out", type=Path)
    o = parser.parse_args()
    torch.set_num_threads(1)
    run = RunDir(o.run_dir)
    all_works = run.config().request.works
    numbered = [n for n, work in enumerate(all_works) if NUMBERED.match(work.title)][::SPARSELY]
    chosen = sorted([n for n, work in enumerate(all_works) if not NUMBERED.match(work.title)] + numbered)
    works, encoder = [all_works[n] for n in chosen], TextEncoder.load()
    looks = Looks().of(load_pictures(run.pictures, SIDE)[chosen])
    told = lessons(works, looks, encoder)
    titles = np.unique(told.titles)
    held = np.random.RandomState(0).choice(titles, int(len(titles) * HELD_OUT), replace=False)
    bridge = teach(told, np.flatnonzero(~np.isin(told.titles, held)))
    bridge.save(o.out)
    left = [n for n in np.flatnonzero(np.isin(told.titles, held)) if not NUMBERED.match(works[n].title)]
    words = bridge.of_text(encoder.encode([plain(works[n].title) for n in left]))
    print(match(words @ bridge.of_looks(looks[left]).T))


if __name__ == "__main__":
    main()
