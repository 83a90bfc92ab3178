"""What all messages share: the prefix of routes, headers, limits, names, and their base class."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

PREFIX = "/v1"
MODEL_ID_HEADER = "X-Artel-Model"
MODEL_HASH_HEADER = "X-Artel-Model-Hash"
REQUEST_ID_HEADER = "X-Request-Id"
FENCE_HEADER = "X-Artel-Fence"

MAX_RECIPES = 64
"""Pictures in one render: a 4x4 sheet four times over; larger work is sent as several requests."""
MAX_RECIPE_DEPTH = 24
"""How deep recipes may nest: a variation of a variation, two dozen generations back."""
MAX_SIDE = 1024
"""Largest side of a rendered picture in pixels."""
MAX_BLOB_BYTES = 32 * 1024 * 1024
MAX_JSON_BYTES = 4 * 1024 * 1024
MAX_TRAINING_PICTURES = 30_000
MIN_TRAINING_PICTURES = 8
MAX_TRANSFORM_SIDE = 512
"""Longest side in pixels at which a transformer works, and of the pictures it is given (larger ones are shrunk)."""
MAX_WALK_FRAMES = 240
MAX_MARK_BYTES = 8 * 1024 * 1024
"""Of a picture whose mark is to be read; 1,024 pixels square are never more."""
MAX_COMPARED = 16
"""Pictures in one question for the nearest works."""
MOST_NEAREST = 8
MAX_WALK_SIDE = 512
MAX_WALK_PIXELS = 32 * 1024 * 1024
"""Frames times their area, which bounds the memory of a walk: 128 frames of 512 px, or 240 of 365."""
MAX_TASK_WAIT_S = 25.0
"""Longest that `GET /v1/tasks/{id}?wait=` may hold a request open, in seconds."""
SEED_LIMIT = 2**53
"""Seeds are below 2**53, so every JSON reader keeps them exact."""

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
ModelId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
TrainingId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
TaskId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
SeedNumber = Annotated[int, Field(ge=0, lt=SEED_LIMIT)]
Unit = Annotated[float, Field(ge=0.0, le=1.0)]


class Wire(BaseModel):
    """Base of every message: immutable, and an unknown field is an error rather than silently dropped."""

    model_config = ConfigDict(frozen=True, extra="forbid")
