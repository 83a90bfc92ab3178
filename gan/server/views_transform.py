"""`POST /v1/transform`: pictures in, a picture and its recipe out."""

from __future__ import annotations

import asyncio

from aiohttp import web

from gan.blobs import BlobStore
from gan.contract import PictureSource, Transform, TransformAnswer
from gan.server import reading
from gan.server.services import SERVICES
from gan.server.views import json_answer, model_headers, rendered

MAX_BODY_BYTES = 12 * 1024 * 1024
"""Two pictures of 512 px as PNG in base64, and room."""


async def transform(request: web.Request) -> web.Response:
    """Stores the pictures, then goes the way of a render: the same batches, the same answer to a repeat."""
    blobs = request.app[SERVICES].blobs
    body = await reading.body(request, MAX_BODY_BYTES)
    asked = reading.transform_request(body)
    second = await _stored(asked.second, blobs) if asked.second else None
    recipe = Transform(picture=await _stored(asked.picture, blobs), second=second, options=asked.options)
    answer = await rendered(request, body, asked, (recipe,))
    told = TransformAnswer.model_validate({**dict(answer), "recipe": recipe})
    return json_answer(told, headers=model_headers(asked.model, answer.model_sha256))


async def _stored(source: PictureSource, blobs: BlobStore) -> str:
    if source.sha256 is not None:
        return source.sha256
    assert source.data is not None
    return await asyncio.to_thread(blobs.add, source.data)
