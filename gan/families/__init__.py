"""The table of families: a new one is a new folder and one line here; nothing heavy is imported until asked for."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from gan.contract import ErrorCode, FamilyInfo
from gan.errors import WorkerError
from gan.spec import Family

FAMILIES: Mapping[str, str] = {
    "anchored": "gan.families.anchored",
    "dense": "gan.families.dense",
    "dcgan": "gan.families.dcgan",
    "vae": "gan.families.vae",
    "diffusion": "gan.families.diffusion",
    "progressive": "gan.families.progressive",
    "pix2pix": "gan.families.pix2pix",
    "pix2pixhd": "gan.families.pix2pixhd",
    "cyclegan": "gan.families.cyclegan",
    "style": "gan.families.style",
    "restorer": "gan.families.restorer",
}
"""Name → module with a `FAMILY` (a `gan.spec.Family`)."""


def get(name: str) -> Family:
    """The family of that name. Raises `WorkerError(family_missing)` that names those there are."""
    module = FAMILIES.get(name)
    if module is None:
        raise WorkerError(ErrorCode.family_missing, f"There is no family “{name}”; there are: {', '.join(FAMILIES)}.")
    family: Family = import_module(module).FAMILY
    return family


def infos() -> tuple[FamilyInfo, ...]:
    """What each family says of itself; imports no torch."""
    return tuple(get(name).info for name in FAMILIES)
