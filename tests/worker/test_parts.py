"""The small deep parts without processes: batches, feeds, frames, sizes, the upscaler."""

from __future__ import annotations

import asyncio
import json
import socket
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from gan.contract import EventKind, Progress, TrainingState, Upscaler
from gan.engines import wire
from gan.rundir import RunDir
from gan.sampling.batches import Batches, Waiting
from gan.sampling.sizes import resize, wants_net
from gan.server.runs.feed import Feed, Tail


@given(sizes=st.lists(st.tuples(st.integers(1, 40), st.sampled_from("ab"), st.booleans()), max_size=12))
def test_every_picture_is_rendered_once_in_bounded_batches_of_one_model(sizes: list[tuple[int, str, bool]]) -> None:
    batches: Batches[int] = Batches(lambda job: 16)
    for number, (total, model, alone) in enumerate(sizes):
        batches.add(Waiting(number, model, total, alone))
    seen: dict[int, list[int]] = {number: [] for number in range(len(sizes))}
    while batch := batches.next():
        assert 1 <= sum(len(which) for _, which in batch) <= 16
        assert len({sizes[job][1] for job, _ in batch}) == 1
        assert len(batch) == 1 or not any(sizes[job][2] for job, _ in batch), "a suspect rides alone"
        for job, which in batch:
            seen[job] += which
    assert seen == {number: list(range(total)) for number, (total, _, _) in enumerate(sizes)}


def test_a_small_request_does_not_wait_for_a_large_one() -> None:
    batches: Batches[str] = Batches(lambda job: 16)
    batches.add(Waiting("large", "m", 64))
    batches.add(Waiting("small", "m", 1))
    batches.add(Waiting("other model", "n", 1))
    first, second = batches.next(), batches.next()
    assert ("small", range(1)) in first
    assert second == [("other model", range(1))]


def test_a_feed_goes_on_where_a_torn_one_stopped(tmp_path: Path) -> None:
    feed = Feed(tmp_path / "feed.jsonl")
    feed.append(EventKind.state, state=TrainingState.queued)
    feed.append(EventKind.progress, src=7, progress=Progress(pictures_seen=3))
    with (tmp_path / "feed.jsonl").open("ab") as file:
        file.write(b'{"n": 3, "at"')
    again = Feed(tmp_path / "feed.jsonl")
    again.load()
    assert (again.n, again.taken, again.progress.pictures_seen) == (2, 7, 3)
    assert again.append(EventKind.note, text="on").n == 3
    assert [event.n for event in again.read(0)] == [1, 2, 3]
    assert all(json.loads(line)["n"] for line in (tmp_path / "feed.jsonl").read_bytes().splitlines())


def test_a_feed_tells_a_gap_instead_of_waiting_for_ever(tmp_path: Path) -> None:
    feed = Feed(tmp_path / "feed.jsonl")
    feed.append(EventKind.note, text="one")
    (gap,) = feed.read(5)
    assert (gap.kind, gap.n) == (EventKind.gap, 1)
    assert feed.read(gap.n) == []


async def test_who_waits_for_a_feed_is_woken(tmp_path: Path) -> None:
    feed = Feed(tmp_path / "feed.jsonl")
    waiting = asyncio.create_task(feed.changed(5))
    await asyncio.sleep(0)
    feed.append(EventKind.note, text="one")
    assert await waiting
    assert not await feed.changed(0.01)


def test_a_tail_takes_whole_lines_once_and_skips_nonsense(tmp_path: Path) -> None:
    run = RunDir(tmp_path)
    log = run.event_log()
    log.write("note", text="1")
    log.write("note", text="2")
    tail = Tail(run.events_file, after=1)
    with run.events_file.open("ab") as file:
        file.write(b'nonsense\n{"n": 3, "at": 1, ')
        file.flush()
        assert [event.n for event in tail.read()] == [2]
        assert tail.read() == []
        file.write(b'"kind": "note"}\n')
    assert [event.n for event in tail.read()] == [3]


async def test_frames_arrive_as_sent_and_a_mad_length_is_refused() -> None:
    ours, theirs = socket.socketpair()
    reader, writer = await asyncio.open_connection(sock=ours)
    theirs.sendall(wire.pack({"do": "x"}, [b"one", b"", b"three"]))
    assert await wire.receive(reader) == ({"do": "x"}, [b"one", b"", b"three"])
    writer.write(wire.pack({"n": 1}, [b"back"]))
    await writer.drain()
    assert await asyncio.to_thread(wire.receive_blocking, theirs) == ({"n": 1}, [b"back"])
    theirs.sendall(wire.HEAD.pack(2**32 - 1, 0))
    with pytest.raises(wire.WireError, match="too large"):
        await wire.receive(reader)
    theirs.close()
    writer.close()


@pytest.mark.parametrize(
    ("size", "choice", "expected"),
    [
        (None, Upscaler.auto, False),
        (64, Upscaler.learned, False),
        (96, Upscaler.auto, False),
        (96, Upscaler.learned, True),
        (128, Upscaler.auto, True),
        (256, Upscaler.auto, True),
        (256, Upscaler.lanczos, False),
        (32, Upscaler.learned, False),
    ],
)
def test_when_the_net_is_used(size: int | None, choice: Upscaler, expected: bool) -> None:
    assert wants_net(64, size, choice) is expected


def disc(side: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """A red disc on nothing, with black under the nothing; anti-aliased edge."""
    y, x = np.mgrid[:side, :side] + 0.5
    alpha = np.clip(side * 0.4 - np.hypot(x - side / 2, y - side / 2) + 0.5, 0, 1)
    pixels = np.zeros((side, side, 4), np.uint8)
    pixels[alpha > 0, 0] = 230
    pixels[..., 3] = (alpha * 255).round()
    return pixels


def test_the_net_draws_a_sharper_and_truer_edge_than_lanczos() -> None:
    import torch

    torch.set_num_threads(1)
    from gan.sampling.upscaler import Upscaler as Net

    net = Net(torch.device("cpu"))
    true = Image.fromarray(disc(128)).convert("RGBa")
    error = {}
    for choice in (Upscaler.learned, Upscaler.lanczos):
        got = resize(disc(32), 128, choice, net)
        assert got.mode == "RGBA"
        difference = np.asarray(got.convert("RGBa"), np.int16) - np.asarray(true, np.int16)
        error[choice] = float(np.abs(difference).mean())
        edge = np.asarray(got)[np.asarray(got)[..., 3] > 40]
        assert edge[:, 0].min() > 150, "no dark seam from the black under the transparent part"
    assert error[Upscaler.learned] < 0.8 * error[Upscaler.lanczos]


def test_the_net_gives_the_same_bytes_each_time() -> None:
    import torch

    torch.set_num_threads(1)
    from gan.sampling.upscaler import Upscaler as Net

    picture = torch.randint(0, 256, (1, 48, 48, 3), dtype=torch.uint8, generator=torch.Generator().manual_seed(1))
    first, second = Net(torch.device("cpu"))(picture), Net(torch.device("cpu"))(picture)
    assert first.shape == (1, 192, 192, 3)
    assert torch.equal(first, second)
