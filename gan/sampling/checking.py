"""The inside of an import: `python -m gan.sampling.checking FILE FAMILY`, in a process that may use only so much.

A model file from elsewhere is opened here first: by its own family, which compares names and shapes with the network
that the file's options describe; then it has to hold nothing but numbers, and to draw. One line of JSON is the answer.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path

from gan.contract import ErrorCode
from gan.errors import WorkerError
from gan.spec import Family

MEMORY_BYTES = 6 * 1024**3
"""Of addresses: torch alone takes two and a half; our largest model a quarter."""
CPU_S = 120
KINDS = {"F32", "F16", "BF16", "I64", "I32", "I16", "I8", "U8", "BOOL"}
"""What models of ours are stored in."""


def main(get_family: Callable[[str], Family], path: Path, family: str) -> int:
    """Check one file; the exit status says whether it may be taken in."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S + 5))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    try:
        check(path, get_family(family))
    except WorkerError as error:
        return _say(error.detail)
    except (MemoryError, RuntimeError) as error:
        why = "it asks for more memory than any model of ours" if _of_memory(error) else "its network cannot be built"
        return _say(f"The model file {path.name} cannot be used: {why}.")
    except Exception:
        return _say(f"The model file {path.name} cannot be used: it breaks its family's code.")
    return _say("", 0)


def check(path: Path, family: Family) -> None:
    """Raises `WorkerError(bad_model)`, and whatever a family's code raises on what nobody foresaw."""
    from gan.sampling.transforms import first_pictures

    _check_numbers(path)
    model = family.load(path)
    for drawn in first_pictures(model):
        if drawn.pixels.dtype.name != "uint8" or drawn.pixels.ndim != 3 or drawn.pixels.shape[2] != 4:
            raise _bad(path, "what it draws is no picture")
        if hasattr(model, "render") and max(drawn.pixels.shape[:2]) != model.card.size:
            raise _bad(path, "it does not draw at the size that its card says")


def _check_numbers(path: Path) -> None:
    import torch
    from safetensors import SafetensorError, safe_open

    from gan.server.cards import read_header

    for name, entry in read_header(path).items():
        if name != "__metadata__" and entry["dtype"] not in KINDS:
            raise _bad(path, f"the tensor {name[:60]!r} is of a kind that no model of ours has")
    try:
        with safe_open(path, "pt") as file:
            for name in file.keys():  # noqa: SIM118 (not a dict)
                tensor = file.get_tensor(name)
                if tensor.is_floating_point() and not bool(torch.isfinite(tensor).all()):
                    raise _bad(path, f"the tensor {name[:60]!r} holds what is no number")
    except SafetensorError as error:
        raise _bad(path, "it cannot be read as safetensors") from error


def _of_memory(error: Exception) -> bool:
    return isinstance(error, MemoryError) or "memory" in str(error)


def _bad(path: Path, why: str) -> WorkerError:
    return WorkerError(ErrorCode.bad_model, f"The model file {path.name} cannot be used: {why}.")


def _say(why: str, status: int = 1) -> int:
    sys.stdout.write(json.dumps({"why": why}) + "\n")
    sys.stdout.flush()
    return status


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # threads' stacks count as memory
    from gan import families

    sys.exit(main(families.get, Path(sys.argv[1]), sys.argv[2]))
