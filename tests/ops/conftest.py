"""What the tests of the commands share."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
import structlog

from bot import log


@pytest.fixture
def own_logging() -> Iterator[None]:
    """Let the product set up its logging in this process, and put back what was there for the tests after this one."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    others = {name: logging.getLogger(name).level for name in (*log.QUIET, "stamina")}
    yield
    root.handlers[:] = before
    root.setLevel(level)
    for name, was in others.items():
        logging.getLogger(name).setLevel(was)
    structlog.reset_defaults()
