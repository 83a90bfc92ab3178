"""Children are kept alive, started again, and gone at the end, whatever they do."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot import supervisor
from bot.supervisor import EX_CONFIG, Child, Program, StartFailed, supervise

GOOD = "import sys, time, pathlib; pathlib.Path(sys.argv[1]).touch(); print('up'); time.sleep(600)"
DEAF = "import signal, sys, time, pathlib; signal.signal(15, signal.SIG_IGN); " + GOOD.split(";", 1)[1]
MOTHER = (
    "import subprocess, sys, time, pathlib; "
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], start_new_session=True); "
    "pathlib.Path(sys.argv[1]).write_text(str(child.pid)); time.sleep(600)"
)


class House:
    """Children under supervision in a task, and what was said of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.output: list[tuple[str, str]] = []
        self.notices: list[tuple[str, str]] = []
        self.children: list[Child] = []
        self.stop = asyncio.Event()
        self.up = asyncio.Event()

    def add(self, name: str, code: str, answers: Callable[[], Awaitable[bool]] | None = None, **more: float) -> Child:
        flag = self.folder / name

        async def exists() -> bool:
            return flag.exists()

        command = (sys.executable, "-c", code, str(flag))
        program = Program(name, command, answers or exists, grace_s=more.get("grace_s", 3.0))
        said, told = self.output.append, self.notices.append
        child = Child(program, lambda who, line: said((who, line)), lambda who, line: told((who, line)))
        self.children.append(child)
        return child

    async def _ready(self) -> None:
        self.up.set()

    def run(self) -> asyncio.Task[None]:
        return asyncio.create_task(supervise(self.children, self.stop, self._ready))


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def alive(pid: int) -> bool:
    """Whether it runs; one that is dead and only waits to be buried does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


async def eventually(check: Callable[[], object], seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not check():  # noqa: ASYNC110 (watches processes, which set no event of ours)
            await asyncio.sleep(0.02)


async def test_all_come_up_and_all_are_gone_after_the_stop(house: House) -> None:
    children = [house.add(name, GOOD) for name in ("one", "two")]
    running = house.run()
    async with asyncio.timeout(15):
        await house.up.wait()
    pids = [child.pid for child in children]
    assert all(pid and alive(pid) for pid in pids)
    assert all(os.getpgid(pid) == pid for pid in pids if pid)
    began = time.monotonic()
    house.stop.set()
    await running
    assert time.monotonic() - began < 4
    assert not any(alive(pid) for pid in pids if pid)
    assert ("one", "up") in house.output
    assert house.notices == []


async def test_a_child_that_dies_is_noticed_and_started_again_within_two_seconds(house: House) -> None:
    child = house.add("worker", GOOD)
    running = house.run()
    await house.up.wait()
    first = child.pid
    assert first
    began = time.monotonic()
    os.kill(first, signal.SIGKILL)
    await eventually(lambda: child.pid not in (None, first))
    assert time.monotonic() - began < 2
    assert house.notices == [("worker", "was ended by SIGKILL; starting it again")]
    house.stop.set()
    await running


async def test_the_death_is_noticed_although_a_grandchild_holds_the_pipe(house: House) -> None:
    child = house.add("mother", MOTHER)
    running = house.run()
    await house.up.wait()
    first = child.pid
    assert first
    os.kill(first, signal.SIGKILL)
    await eventually(lambda: child.pid not in (None, first), 3.0)
    house.stop.set()
    await running


async def test_what_a_dead_child_leaves_behind_is_ended_at_the_stop(house: House) -> None:
    child = house.add("mother", MOTHER)
    running = house.run()
    await eventually(lambda: (house.folder / "mother").exists() and (house.folder / "mother").read_text())
    orphan = int((house.folder / "mother").read_text())
    assert child.pid
    os.kill(child.pid, signal.SIGKILL)
    await eventually(lambda: child.restarts == 1)
    assert alive(orphan)
    house.stop.set()
    await running
    assert not alive(orphan)


async def test_a_child_that_will_not_end_is_killed_after_its_grace(house: House) -> None:
    child = house.add("deaf", DEAF, grace_s=0.5)
    running = house.run()
    await house.up.wait()
    pid = child.pid
    assert pid
    house.stop.set()
    await running
    assert not alive(pid)
    assert house.notices == [("deaf", "did not end within 0 s and was killed")]


async def test_a_child_that_must_be_set_up_differently_is_not_tried_again(house: House) -> None:
    child = house.add("bot", f"import sys; print('artel: DISCORD_TOKEN is wrong'); sys.exit({EX_CONFIG})")
    other = house.add("other", GOOD)
    with pytest.raises(StartFailed, match="DISCORD_TOKEN is wrong"):
        await house.run()
    assert child.restarts == 0
    assert other.pid is None


async def test_a_child_that_never_comes_up_ends_the_start_with_its_last_words(house: House) -> None:
    house.add("bot", "raise SystemExit('no such table')")
    with pytest.raises(StartFailed, match=r"no such table\nThe bot ended with status 1\."):
        await house.run()


async def test_a_program_that_is_not_there_says_so(house: House) -> None:
    async def never() -> bool:
        return False

    program = Program("ghost", ("/nowhere/ghost",), never)
    house.children.append(Child(program, lambda *_: None, lambda *_: None))
    with pytest.raises(StartFailed, match="/nowhere/ghost cannot be started"):
        await house.run()


async def test_a_child_that_stops_answering_is_started_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "WATCH_S", 0.1)
    monkeypatch.setattr(supervisor, "DEAF_S", 0.5)
    answering = True

    async def answers() -> bool:
        return answering

    child = house.add("worker", GOOD, answers)
    running = house.run()
    await house.up.wait()
    answering = False
    await eventually(lambda: child.restarts >= 1)
    answering = True
    assert house.notices[0][1].startswith("has not answered for")
    house.stop.set()
    await running


async def test_a_flood_of_output_and_endless_lines_do_no_harm(house: House) -> None:
    flood = "import sys; sys.stdout.write('x' * 3_000_000 + chr(10)); print('done');"
    house.add("loud", flood + GOOD)
    running = house.run()
    await house.up.wait()
    await eventually(lambda: ("loud", "done") in house.output)
    assert sum(len(line) for _, line in house.output) >= 3_000_000
    house.stop.set()
    await running


@pytest.mark.skipif(sys.platform != "linux", reason="needs PR_SET_PDEATHSIG")
async def test_children_go_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "house.py"
    script.write_text(
        "import asyncio, pathlib, sys\n"
        "from bot.supervisor import Child, Program, supervise\n"
        "async def yes(): return True\n"
        "async def up(): pathlib.Path(sys.argv[1]).write_text(str(child.pid))\n"
        "child = Child(Program('x', (sys.executable, '-c', 'import time; time.sleep(600)'), yes), print, print)\n"
        "asyncio.run(supervise([child], asyncio.Event(), up))\n"
    )
    flag = tmp_path / "pid"
    house = await asyncio.create_subprocess_exec(sys.executable, str(script), str(flag))
    await eventually(lambda: flag.exists() and flag.read_text())
    pid = int(flag.read_text())
    house.kill()
    await house.wait()
    await eventually(lambda: not alive(pid), 5.0)
