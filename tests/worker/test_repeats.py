"""A render that is asked for again while it is under way is drawn once."""

from __future__ import annotations

import asyncio

import pytest

from gan.contract import ErrorCode, StageTimes
from gan.engines.base import Rendering
from gan.errors import WorkerError
from gan.server.repeats import MOST_KEPT, Repeats

DRAWN = Rendering((), StageTimes(queue_ms=0, render_ms=0, upscale_ms=0, encode_ms=0), batch=1, cached=True)


class Sampler:
    """Draws when told to, and counts."""

    def __init__(self) -> None:
        self.drawn = 0
        self.go = asyncio.Event()
        self.fails = False

    async def draw(self) -> Rendering:
        await self.go.wait()
        self.drawn += 1
        if self.fails:
            raise WorkerError(ErrorCode.timeout, "It took too long.")
        return DRAWN


async def test_whoever_comes_again_after_giving_up_gets_what_was_begun() -> None:
    sampler, repeats = Sampler(), Repeats()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await repeats.once("a", sampler.draw, lambda: False)
    again = asyncio.create_task(repeats.once("a", sampler.draw, lambda: True))
    await asyncio.sleep(0)
    sampler.go.set()
    assert await again is DRAWN
    assert sampler.drawn == 1


async def test_an_answer_that_nobody_heard_is_kept_for_whoever_comes_again() -> None:
    sampler, repeats = Sampler(), Repeats()
    sampler.go.set()
    await repeats.once("a", sampler.draw, lambda: False)
    await repeats.once("a", sampler.draw, lambda: True)
    assert sampler.drawn == 1
    await repeats.once("a", sampler.draw, lambda: True)
    assert sampler.drawn == 2, "an answer that was heard is not kept"


async def test_a_failure_is_not_kept() -> None:
    sampler, repeats = Sampler(), Repeats()
    sampler.go.set()
    sampler.fails = True
    with pytest.raises(WorkerError):
        await repeats.once("a", sampler.draw, lambda: False)
    sampler.fails = False
    assert await repeats.once("a", sampler.draw, lambda: True) is DRAWN


async def test_only_so_many_answers_are_kept() -> None:
    sampler, repeats = Sampler(), Repeats()
    sampler.go.set()
    for number in range(MOST_KEPT + 1):
        await repeats.once(str(number), sampler.draw, lambda: False)
    await repeats.once("1", sampler.draw, lambda: True)
    assert sampler.drawn == MOST_KEPT + 1
    await repeats.once("0", sampler.draw, lambda: True)
    assert sampler.drawn == MOST_KEPT + 2, "the oldest has gone"
