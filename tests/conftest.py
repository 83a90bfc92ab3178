"""What all tests share: their order, a browser where there is one, soak only when asked for, no leaks between tests."""

from __future__ import annotations

import asyncio
import inspect
import os
import shutil
import sys
from collections.abc import AsyncIterator

import hypothesis
import pytest
import pytest_asyncio

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SETTINGS = ("DISCORD_TOKEN", "DATABASE_URL", "WORKER_URL", "WORKER_TOKEN", "PLAYGROUND_URL")
NO_BROWSER = "no Chromium on this machine; on Debian or Ubuntu: sudo apt install chromium"

LONGEST = (
    *("e2e/test_the_whole_path.py", "numerics/test_anchored.py", "e2e/test_bad_input.py", "flow/test_training.py"),
    *("e2e/test_kills.py", "flow/test_withdrawing.py", "e2e/test_hard_times.py", "flow/test_privacy.py"),
    *("ops/test_up.py", "page/test_commands.py", "page/test_messages.py", "web/test_languages.py"),
)
"""The files that take longest (`pytest --durations=60`), those that compute between those that start the product and
wait for it."""

# The tests share few cores with each other and with model training: a slow example is no finding.
hypothesis.settings.register_profile("artel", deadline=None, max_examples=60, derandomize=bool(os.environ.get("CI")))
hypothesis.settings.load_profile("artel")


def pytest_configure(config: pytest.Config) -> None:
    """Tests must not see the settings of whoever runs them; and what they start need not compile everything anew."""
    for name in list(os.environ):
        if name.startswith("ARTEL_") or name in SETTINGS:
            del os.environ[name]
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The quick tests first, what drives the whole product last; soak tests only by `-m soak`.

    Where processes share the tests (`make test`) the longest files begin, so that none is left alone at the end.
    """
    asked = config.option.markexpr or ""
    for item in items:
        if "soak" in item.keywords and "soak" not in asked:
            item.add_marker(pytest.mark.skip(reason="long; run by: pytest -m soak"))
        if inspect.iscoroutinefunction(getattr(item, "function", None)):
            item.fixturenames.insert(0, "no_task_outlives")  # type: ignore[attr-defined]
    if hasattr(config, "workerinput"):
        place = {f"tests/{name}": number for number, name in enumerate(LONGEST)}
        items.sort(key=lambda item: place.get(item.nodeid.partition("::")[0], len(LONGEST)))
    else:
        items.sort(key=lambda item: "e2e" in item.keywords)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a Chromium or Chrome; the test is skipped where there is none."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip(NO_BROWSER)
    return found


@pytest_asyncio.fixture
async def no_task_outlives() -> AsyncIterator[None]:
    """Given to every asynchronous test: a task that is still there when it has ended is a leak in the product."""
    yield
    left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task() and not task.done()]
    assert not left, f"tasks outlived the test: {left}"
