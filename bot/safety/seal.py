"""The last thing that is done to a file before it leaves: a C2PA manifest that says what it is, and a signature.

https://spec.c2pa.org/specifications/specifications/2.2/. Whatever saves the file anew drops the manifest, so nothing
may touch it afterwards. Thumbnails are left out: they would make a file several times as large.
"""

from __future__ import annotations

import asyncio
import datetime
import io
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import c2pa

from bot.attribution import attribution
from bot.marking import Marking
from bot.safety.identity import BadIdentity, Identity, open_identity
from bot.settings import SettingsError

log = logging.getLogger(__name__)

LABEL = "org.artel.picture"
"""Of our own assertion, by which our pictures are known again."""
SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/"
FORMATS = frozenset({"image/png", "image/webp", "image/gif", "image/jpeg", "video/mp4"})
SETTINGS = {
    "builder": {"thumbnail": {"enabled": False}},
    "verify": {"verify_after_sign": False, "remote_manifest_fetch": False, "ocsp_fetch": False},
}
"""Nothing is ever fetched, and what we have just signed need not be read again."""


@dataclass(frozen=True)
class Facts:
    """What a file's manifest tells; whoever has the file may read all of it."""

    number: int
    """Of the output, or of the animation."""
    model: str
    model_title: str
    model_sha256: str
    recipe: Mapping[str, Any] | Sequence[Mapping[str, Any]]
    """What makes it again; of an animation, the task that draws it."""
    credits: Sequence[Mapping[str, Any]] = ()
    size: int | None = None
    kind: Literal["picture", "animation"] = "picture"
    composite: bool = False
    """A member's own picture is in it (restyled, repaired), rather than the model's alone."""


_TRIAL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a494441"
    "54789c636000000002000148afa4710000000049454e44ae426082"
)
"""A PNG of one pixel."""


class Seal:
    """Signs files; one a process. Each takes about a millisecond, off the event loop."""

    def __init__(self, identity: Identity, version: str) -> None:
        """Raises `c2pa.C2paError` for a certificate that C2PA does not allow."""
        self.identity = identity
        self._version = version
        self._context = c2pa.Context.from_dict(SETTINGS)
        self._signer = c2pa.Signer.from_info(
            c2pa.C2paSignerInfo(
                alg=identity.algorithm.encode(),
                sign_cert=identity.chain.encode(),
                private_key=identity.key.encode(),
                ta_url=None,
            )
        )

    async def seal(self, data: bytes, media_type: str, facts: Facts) -> bytes:
        """The same file with its manifest."""
        (sealed,) = await self.seal_all([data], media_type, [facts])
        return sealed

    async def seal_all(self, files: Sequence[bytes], media_type: str, facts: Sequence[Facts]) -> list[bytes]:
        """Files of one kind, in their order. One that cannot be signed goes out as it is, and the log says so: a
        member's picture is not lost for a signature, and its record knows it all the same."""
        return await asyncio.to_thread(self._sign_all, list(files), media_type, list(facts))

    def _sign_all(self, files: Sequence[bytes], media_type: str, facts: Sequence[Facts]) -> list[bytes]:
        return [self._signed(data, media_type, told) for data, told in zip(files, facts, strict=True)]

    def _signed(self, data: bytes, media_type: str, facts: Facts) -> bytes:
        try:
            return self.sign(data, media_type, facts)
        except c2pa.C2paError as error:
            log.error("%s %d goes out without a manifest: %s", facts.kind, facts.number, error)
            return data

    def sign(self, data: bytes, media_type: str, facts: Facts) -> bytes:
        """As `seal`, here and now. Raises `c2pa.C2paError`."""
        out = io.BytesIO()
        builder = c2pa.Builder.from_json(json.dumps(self._manifest(facts)), context=self._context)
        try:
            builder.sign(self._signer, media_type, io.BytesIO(data), out)
        finally:
            builder.close()
        return out.getvalue()

    def _manifest(self, facts: Facts) -> dict[str, Any]:
        kind = "compositeWithTrainedAlgorithmicMedia" if facts.composite else "trainedAlgorithmicMedia"
        agent = {"name": "Artel", "version": self._version}
        made = {"action": "c2pa.created", "digitalSourceType": SOURCE + kind, "softwareAgent": agent}
        return {
            "claim_generator_info": [agent],
            "title": f"{facts.kind} {facts.number}",
            "assertions": [
                {"label": "c2pa.actions.v2", "data": {"actions": [made]}},
                {"label": LABEL, "data": assertion(facts)},
            ],
        }


def open_seal(folder: Path, marking: Marking) -> Seal:
    """The seal of this house, made at its first start. Raises `SettingsError` when the certificate cannot be used."""
    try:
        seal = Seal(open_identity(folder, marking.certificate, marking.key), version("artel"))
        seal.sign(_TRIAL, "image/png", Facts(0, "", "", "", {}))  # what C2PA does not allow shows only now
        return seal
    except (BadIdentity, c2pa.C2paError) as error:
        raise SettingsError(f"Pictures cannot be signed: {error}") from error


def assertion(facts: Facts) -> dict[str, Any]:
    """Our own part of the manifest."""
    told: dict[str, Any] = {
        "kind": facts.kind,
        "number": facts.number,
        "model": {"id": facts.model, "title": facts.model_title, "sha256": facts.model_sha256},
        "recipe": facts.recipe,
        "credits": [_told(one) for one in facts.credits],
        "signed": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    }
    if facts.size is not None:
        told["size"] = facts.size
    if lines := attribution(facts.credits):
        told["attribution"] = list(lines)
    return told


def _told(credit: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in credit.items() if value not in ("", None)}
