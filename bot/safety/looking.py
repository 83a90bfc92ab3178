"""What a file of unknown origin says of itself, in the confined child: its manifest, its pixels, its looks.

Unlike an upload that is taken in it is neither cropped nor kept: what matters is what exactly was sent.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from PIL import Image

from bot.safety.decoder import FORMATS, Limits, checked_size, fingerprint, upright

MOST_SIDE = 1024
"""Larger pictures are made smaller before their mark is looked for: it is seen at 128 px anyway."""
MOST_MANIFEST = 64 * 1024
MEDIA_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "GIF": "image/gif"}
READING = {"verify": {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_trust": True}}
"""Nothing is fetched, whatever the manifest names."""


@dataclass(frozen=True)
class Manifest:
    """The active manifest of a file, as far as it concerns us."""

    state: str
    """`Trusted`: signed by this house; `Valid`: by somebody else, and unchanged; `Invalid`."""
    generator: str = ""
    issuer: str = ""
    made_by_ai: bool = False
    ours: dict[str, Any] = field(default_factory=dict)
    """Our own assertion, in whosever manifest."""


@dataclass(frozen=True)
class Look:
    """The line of JSON; a clean PNG of at most `MOST_SIDE` pixels follows it."""

    reason: str = ""
    width: int = 0
    height: int = 0
    format: str = ""
    animated: bool = False
    bytes: int = 0
    pixels: str = ""
    phash: str = ""
    thumb: str = ""
    manifest: dict[str, Any] | None = None


def look(data: bytes, limits: Limits, anchors: str, label: str) -> tuple[Look, bytes]:
    """Raises what decoding hostile bytes raises; `bot.safety.decoder` turns it into a reason."""
    with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
        checked_size(*picture.size, limits)
        kind, animated, size = picture.format or "", bool(getattr(picture, "is_animated", False)), picture.size
        if kind == "JPEG":
            picture.draft("RGB", (MOST_SIDE * 2, MOST_SIDE * 2))
        picture.load()
        clean = upright(picture, MOST_SIDE)
        pixels = _pixels(picture) if max(size) <= MOST_SIDE else ""  # we never made a larger one
    clean.thumbnail((MOST_SIDE, MOST_SIDE), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    clean.save(file, "PNG", compress_level=1)
    phash, thumb = fingerprint(clean)
    found = Look(
        width=size[0],
        height=size[1],
        format=kind,
        animated=animated,
        bytes=file.tell(),
        pixels=pixels,
        phash=phash,
        thumb=thumb,
        manifest=manifest_in(data, MEDIA_TYPES[kind], anchors, label),
    )
    return found, file.getvalue()


def _pixels(picture: Image.Image) -> str:
    exact = picture.convert("RGBA")
    return sha256(f"{exact.width}x{exact.height} ".encode() + exact.tobytes()).hexdigest()


def manifest_in(data: bytes, media_type: str, anchors: str, label: str) -> dict[str, Any] | None:
    """The manifest of a file as fields of `Manifest`; none where there is none or it cannot be read at all."""
    import c2pa  # a twentieth of a second and 15 MiB, so only where somebody asks

    try:
        context = c2pa.Context.from_dict({**READING, "trust": {"user_anchors": anchors}})
        with c2pa.Reader(media_type, io.BytesIO(data), context=context) as reader:
            told = json.loads(reader.json())
            state = str(reader.get_validation_state())
    except (c2pa.C2paError, ValueError):
        return None
    active = told.get("manifests", {}).get(told.get("active_manifest", ""), {})
    assertions = {str(one.get("label")): one.get("data") for one in active.get("assertions", [])}
    ours = assertions.get(label)
    return {
        "state": state,
        "generator": _words(active.get("claim_generator_info") or [{}]),
        "issuer": str(active.get("signature_info", {}).get("issuer", ""))[:100],
        "made_by_ai": "rainedAlgorithmicMedia" in json.dumps(assertions),
        "ours": ours if isinstance(ours, dict) and len(json.dumps(ours)) <= MOST_MANIFEST else {},
    }


def _words(generators: Any) -> str:
    first = generators[0] if isinstance(generators, list) and generators else {}
    return f"{first.get('name', '')} {first.get('version', '')}".strip()[:100] if isinstance(first, dict) else ""
