"""What the views work with, built once by `gan.server.app` and handed down."""

from __future__ import annotations

from dataclasses import dataclass, field

from aiohttp import web

from gan.blobs import BlobStore
from gan.contract import FamilyInfo
from gan.engines.base import Engine
from gan.server.directions import DirectionStore
from gan.server.metrics import Metrics
from gan.server.models import ModelStore
from gan.server.nearest import Nearest
from gan.server.repeats import Repeats
from gan.server.runs.trainings import Trainings
from gan.server.studio import Studio
from gan.server.tasks import Tasks


@dataclass(frozen=True)
class Services:
    engine: Engine
    models: ModelStore
    blobs: BlobStore
    trainings: Trainings
    families: tuple[FamilyInfo, ...]
    metrics: Metrics
    version: str
    directions: DirectionStore
    studio: Studio
    tasks: Tasks
    nearest: Nearest
    secret: str = field(default="", repr=False)
    """Of the invisible marks."""
    repeats: Repeats = field(default_factory=Repeats)


SERVICES: web.AppKey[Services] = web.AppKey("services", Services)
