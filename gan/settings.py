"""The worker's settings: read from the environment (`ARTEL_WORKER_…`) by `gan.__main__` alone, handed down by argument.

Every field gives its unit, its default and the reason for the default in its description; `.env.example` and the docs
are made from these words.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

MIB = 1024 * 1024


class WorkerSettings(BaseSettings):
    """All that the person who runs a worker may set."""

    model_config = SettingsConfigDict(env_prefix="ARTEL_WORKER_", frozen=True, extra="ignore")

    host: str = Field(
        default="127.0.0.1",
        description="Address to listen on. Loopback by default: the worker trusts whoever holds its token.",
    )
    port: Annotated[int, Field(ge=0, le=65535)] = Field(
        default=8790,
        description="TCP port; 0 takes a free one. The chosen port is written to worker.json in the data folder.",
    )
    data: Path = Field(
        default=Path("data/worker"),
        description="Folder for blobs, models, training runs, the token and worker.json. Relative to where it starts.",
    )
    token: SecretStr | None = Field(
        default=None,
        description="Bearer token of every route but health. Unset: one is made at first start and kept in the data "
        "folder (file `token`, readable by its owner alone), so that the default is safe without a thought.",
    )
    mark_secret: SecretStr | None = Field(
        default=None,
        description="Secret of the invisible marks on pictures: only who has it can read or make them. Unset: one is "
        "made at first start and kept in the data folder (file `marks.key`). Workers of one house need the same.",
    )
    device: Literal["auto", "cpu", "cuda"] = Field(
        default="auto",
        description="Where models run. auto takes a GPU where torch sees one, else the CPU.",
    )
    sampler_threads: Annotated[int, Field(ge=0, le=64)] = Field(
        default=0,
        description="CPU threads of the sampler; 0 takes the number of cores, at most 4, since small networks gain "
        "nothing from more.",
    )
    cache_mib: Annotated[int, Field(ge=16)] = Field(
        default=512,
        description="Memory for loaded models, in MiB; the one used longest ago is dropped first. About 50 models of "
        "the default family.",
    )
    render_queue: Annotated[int, Field(ge=1)] = Field(
        default=512,
        description="Pictures that may wait to be rendered; beyond that the answer is 429. About 5 s of work on two "
        "cores, which is longer than a member waits.",
    )
    render_timeout_s: Annotated[float, Field(gt=0)] = Field(
        default=60.0,
        description="Seconds after which a render is given up and the sampler is taken for stuck. A cold model on a "
        "busy machine needs a few.",
    )
    trainings: Annotated[int, Field(ge=0)] = Field(
        default=1,
        description="Trainings at the same time. One, since two on one machine are both slower than one after another.",
    )
    training_queue: Annotated[int, Field(ge=1)] = Field(
        default=32,
        description="Trainings that may wait; beyond that the answer is 429. At 3 minutes each, an hour and a half.",
    )
    training_attempts: Annotated[int, Field(ge=1)] = Field(
        default=3,
        description="How often a training may be killed from outside before it counts as failed; until then it goes on "
        "from its last saved state. Three: a second kill may be chance, a third is a reason.",
    )
    training_threads: Annotated[int, Field(ge=0, le=256)] = Field(
        default=0, description="CPU threads of a training; 0 lets the trainer choose by the machine's load."
    )
    log_format: Literal["auto", "console", "json"] = Field(
        default="auto", description="How log lines look. auto: coloured on a terminal, JSON elsewhere."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info",
        description="Lines below this level are left out. info is one line a request and one a change of state.",
    )

    @property
    def cache_bytes(self) -> int:
        return self.cache_mib * MIB
