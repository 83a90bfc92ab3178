"""What a training will come to, told before it starts.

From the speed of earlier ones here, and from a table of measured results by number of pictures (`python -m benchmarks
quality --write`) together with what came of the trainings here.
"""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel

from gan.contract import Estimate, EstimateRequest, Figures, Interval, Training, TrainingRequest, TrainingState

TABLE = Path(__file__).with_name("measured.json")
TYPICAL_SPEED = 100.0
"""Pictures a second of the default training on two cores, until one has been seen here."""
TYPICAL_SPEEDS = {"dense": 400.0, "dcgan": 100.0, "vae": 200.0, "diffusion": 70.0, "progressive": 40.0}
"""The same of other families, with their usual options (benchmarks/families.py)."""
USUAL: str = EstimateRequest.model_fields["family"].default
"""The family of the table: what others come to is told by trainings here alone."""
AROUND_S = 15.0
"""Seconds beside the learning itself: starting, judging, writing the model."""
RECENT = 5
NEAREST, FARTHEST = 4, 3.0
"""Results that an estimate is made of, and how far they may be: in doublings of works or of pictures seen."""
WIDENED = 1.25
"""Sets differ more than the few that were measured do."""
SURE_WORKS, FEW_WORKS = 60, 20
FEW_FROM_SCRATCH = 200


class Result(BaseModel):
    """One measured training."""

    works: int
    from_base: bool
    seen: int
    kid_x1000: float | None = None
    coverage_k5: float | None = None

    @staticmethod
    def of(works: int, from_base: bool, figures: Figures) -> Result:
        return Result(
            works=works,
            from_base=from_base,
            seen=figures.pictures_seen,
            kid_x1000=figures.kid_x1000,
            coverage_k5=figures.coverage_k5,
        )

    def far(self, works: int, seen: float) -> float:
        """Doublings of works and pictures seen between this result and what is asked about."""
        return math.hypot(math.log2(self.works / works), math.log2(max(self.seen, 1) / max(seen, 1)))


def measured_elsewhere() -> list[Result]:
    return [Result.model_validate(one) for one in json.loads(TABLE.read_bytes())]


def estimate(request: TrainingRequest, earlier: Sequence[Training]) -> Estimate:
    """`expected` of a training whose works are there."""
    asked = EstimateRequest(family=request.family, base=request.base, works=len(request.works), seconds=request.seconds)
    return expected(asked, earlier)


def expected(asked: EstimateRequest, earlier: Sequence[Training]) -> Estimate:
    """Speed and quality to expect; `earlier` are the trainings here, newest first. No quality where nothing measured is
    near enough to speak of."""
    here = [one for one in earlier if one.state is TrainingState.finished and one.request.family == asked.family]
    speeds = [one.figures.pictures_per_second for one in here if one.figures.pictures_per_second][:RECENT]
    speed = statistics.median(speeds) if speeds else TYPICAL_SPEEDS.get(asked.family, TYPICAL_SPEED)
    seen = speed * asked.seconds
    results = [Result.of(len(one.request.works), one.request.base is not None, one.figures) for one in here]
    elsewhere = measured_elsewhere() if asked.family == USUAL else []
    near = _nearest([*results, *elsewhere], asked.works, asked.base is not None, seen)
    return Estimate(
        seconds=round(asked.seconds + AROUND_S, 1),
        pictures_per_second=round(speed, 1),
        pictures_seen=round(seen),
        speeds_seen=len(speeds),
        kid_x1000=_range([one.kid_x1000 for one in near], WIDENED),
        coverage_k5=_range([one.coverage_k5 for one in near], 1.0),
        advice=advice(asked.works) if asked.family == USUAL else advice_from_scratch(asked.works),
    )


def advice(works: int) -> str:
    """What would make more of so few works, in a member's words; empty where there are enough."""
    if works < FEW_WORKS:
        return (
            f"{works} pictures are few: expect mixtures that stay near them. From {FEW_WORKS} on it invents more "
            "freely; until then wild variety goes farthest."
        )
    if works < SURE_WORKS:
        return f"From about {SURE_WORKS} pictures on it draws more kinds, and the figures get steady."
    return ""


def advice_from_scratch(works: int) -> str:
    """The same of families that know nothing beforehand."""
    if works < FEW_FROM_SCRATCH:
        return f"{works} pictures are few for this kind of model: it is at its best from some hundreds on."
    return ""


def _nearest(results: Sequence[Result], works: int, from_base: bool, seen: float) -> list[Result]:
    alike = sorted((one for one in results if one.from_base == from_base), key=lambda one: one.far(works, seen))
    return [one for one in alike[:NEAREST] if one.far(works, seen) <= FARTHEST]


def _range(values: Sequence[float | None], widened: float) -> Interval | None:
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return None
    return round(max(0.0, min(known)) / widened, 2), round(max(known) * widened, 2)
