"""A training yields to whoever waits for a picture."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

NICE = 19
AUTOGROUP = Path("/proc/self/autogroup")


def yield_to_others() -> None:
    """Lowest priority for this process, before any thread is started.

    Linux with autogroups shares the processor between sessions first and looks at niceness only inside one, so a
    trainer in its own session would slow the sampler however nice it is: its group is made nice as well.
    """
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, NICE)
    with contextlib.suppress(OSError):
        if os.getsid(0) == os.getpid():  # the group of a shared session is not ours to change
            AUTOGROUP.write_text(f"{NICE}\n")
