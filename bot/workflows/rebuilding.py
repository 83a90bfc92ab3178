"""Making a picture again from its row: the same bytes, or an explanation why not."""

from __future__ import annotations

import hashlib

from bot.errors import Refused
from bot.records import Records
from bot.workflows.needs import Worker
from bot.workflows.recipes import read_recipe
from gan.contract import Mark, PictureFormat, RenderRequest, Upscaler


async def rebuild(records: Records, worker: Worker, output_id: int) -> bytes:
    """The file of an output, rendered anew by its recipe.

    Raises `Refused` when there is no such output, when its model is gone or was replaced, or when other bytes come out
    (another kind of device or version of the libraries: the picture then looks the same, but is not the same file).
    """
    output = await records.outputs.get(output_id)
    if output is None:
        raise Refused(f"There is no output {output_id}.")
    request = RenderRequest(
        model=output.model_id,
        recipes=(read_recipe(output.recipe),),
        size=output.size,
        upscaler=Upscaler(output.upscaler),
        format=PictureFormat(output.format),
        marks=tuple(Mark(mark) for mark in output.marks.split(",") if mark),
    )
    answer = await worker.render(request, request_id=f"rebuild-{output_id}")
    if answer.model_sha256 != output.model_sha256:
        raise Refused(
            f"The model {output.model_id} is another one now ({answer.model_sha256[:12]} instead of "
            f"{output.model_sha256[:12]}), so output {output_id} cannot be made again."
        )
    data = answer.pictures[0].data
    if hashlib.sha256(data).hexdigest() != output.sha256:
        raise Refused(
            f"Output {output_id} came out with other bytes: this worker's device or libraries differ from those that "
            "made it, or the secret of its invisible mark (the file `marks.key`). The recipe and the model are the "
            "same."
        )
    return data
