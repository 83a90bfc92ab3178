"""The inside of a trainer process: takes the run's lock, trains, and never ends without a word on why.

What the family raises becomes `report.json`; only a death that leaves no time for words (a kill, a crash of native
code) leaves none, and then the server starts the run again from its last saved state.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from gan.contract import ErrorCode, TrainingState
from gan.engines.trainers import Held, hold
from gan.errors import WorkerError
from gan.rundir import Report, RunDir
from gan.spec import Family


def train(path: Path, get_family: Callable[[str], Family], *, wandb: bool = False) -> int:
    """Train the run folder, telling W&B of it if asked to; returns the exit status."""
    run = RunDir(path, wandb)
    try:
        with hold(run):
            return _train(run, get_family)
    except (Held, FileNotFoundError) as error:
        print(f"Cannot train {path}: {error}", file=sys.stderr)
        return 2


def _train(run: RunDir, get_family: Callable[[str], Family]) -> int:
    try:
        get_family(run.config().request.family).train(run)
    except Exception as error:
        traceback.print_exc()
        code, detail = _explain(error)
        run.write_report(Report(state=TrainingState.failed, code=code.value, error=detail))
        return 1
    return 0


def _explain(error: Exception) -> tuple[ErrorCode, str]:
    if isinstance(error, WorkerError):
        return error.code, error.detail
    if isinstance(error, MemoryError) or "out of memory" in str(error) or "can't allocate memory" in str(error):
        return ErrorCode.out_of_memory, "There was not enough memory to train; use fewer pictures or a smaller model."
    if isinstance(error, OSError) and error.errno == 28:
        return ErrorCode.disk_full, "The worker's disk is full: make room in its data folder, then train again."
    return ErrorCode.internal, f"The trainer failed ({type(error).__name__}: {error}); its log.txt has the details."
