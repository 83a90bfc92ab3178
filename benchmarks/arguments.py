"""Names on a command line, any number of them; argparse's own `choices` refuse none at all before Python 3.12."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence


def add_names(parser: argparse.ArgumentParser, known: Sequence[str]) -> None:
    """`which`: any of these names, none for what is usual."""
    parser.add_argument("which", nargs="*", type=_one_of(known), metavar="NAME", help=", ".join(known))


def _one_of(known: Sequence[str]) -> Callable[[str], str]:
    def checked(name: str) -> str:
        if name not in known:
            raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(known)}")
        return name

    return checked
