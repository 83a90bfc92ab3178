"""Who yields to whom on a busy machine: a training to a find, a find to a picture."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

ERRAND = 10
"""Somebody waits for it, but for seconds anyway."""
TRAINER = 19
AUTOGROUP = Path("/proc/self/autogroup")


def step_back(nice: int) -> None:
    """Lower this process's priority to `nice` (0 to 19), before any thread is started.

    Linux with autogroups shares the processor between sessions first and looks at niceness only inside one, so a
    process in a session of its own would slow the others however nice it is: its group is made nice as well.
    """
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, nice)
    with contextlib.suppress(OSError):
        if os.getsid(0) == os.getpid():  # the group of a shared session is not ours to change
            AUTOGROUP.write_text(f"{nice}\n")
