"""What the views work with, built once by `gan.server.app` and handed down."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from gan.blobs import BlobStore
from gan.contract import FamilyInfo
from gan.engines.base import Engine
from gan.server.metrics import Metrics
from gan.server.models import ModelStore
from gan.server.runs.trainings import Trainings


@dataclass(frozen=True)
class Services:
    engine: Engine
    models: ModelStore
    blobs: BlobStore
    trainings: Trainings
    families: tuple[FamilyInfo, ...]
    metrics: Metrics
    version: str


SERVICES: web.AppKey[Services] = web.AppKey("services", Services)
