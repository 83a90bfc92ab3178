"""Reads a C2PA manifest out of a PNG by the specification alone, with none of the library that wrote it.

Checks what a reader must: that the hash covers the file, that the claim lists the assertions as they are, and that the
signature over the claim is by the certificate that travels with it.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import cbor2
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

X5CHAIN = 33


@dataclass
class Box:
    """A JUMBF superbox (ISO 19566-5): its label, what it holds, and its bytes without the head."""

    label: str
    raw: bytes
    content: bytes = b""
    kind: str = ""
    boxes: list[Box] = field(default_factory=list)

    def __getitem__(self, label: str) -> Box:
        return next(one for one in self.boxes if one.label == label)


class Invalid(Exception):
    """The manifest does not hold; the argument says where."""


def check(png: bytes) -> tuple[dict[str, Any], list[x509.Certificate]]:
    """The assertions of the active manifest by label, and the chain that signed it. Raises `Invalid`."""
    store = _store(png)
    manifest = store.boxes[-1]
    claim = cbor2.loads(manifest["c2pa.claim.v2"].content)
    listed = claim["created_assertions"] + claim.get("gathered_assertions", [])
    assertions = {}
    for one in listed:
        label = one["url"].rpartition("/")[2]
        box = manifest["c2pa.assertions"][label]
        if hashlib.sha256(box.raw).digest() != one["hash"]:
            raise Invalid(f"the claim's hash of {label}")
        assertions[label] = _loaded(box)
    _check_binding(png, assertions["c2pa.hash.data"])
    chain = _check_signature(manifest["c2pa.signature"].content, manifest["c2pa.claim.v2"].content)
    return assertions, chain


def _loaded(box: Box) -> Any:
    if box.kind == "json":
        return json.loads(box.content)
    return cbor2.loads(box.content)


def _check_binding(png: bytes, binding: dict[str, Any]) -> None:
    digest, at = hashlib.sha256(), 0
    for hole in binding["exclusions"]:
        digest.update(png[at : hole["start"]])
        at = hole["start"] + hole["length"]
    digest.update(png[at:])
    if digest.digest() != binding["hash"]:
        raise Invalid("the hash of the file")


def _check_signature(cose: bytes, claim: bytes) -> list[x509.Certificate]:
    protected, unprotected, _, signature = cbor2.loads(cose).value
    head = cbor2.loads(protected)
    if head[1] != -7:
        raise Invalid(f"an algorithm this reader does not know: {head[1]}")
    chain = head.get(X5CHAIN) or head.get("x5chain") or unprotected.get(X5CHAIN) or unprotected.get("x5chain")
    certificates = [x509.load_der_x509_certificate(one) for one in (chain if isinstance(chain, list) else [chain])]
    signed = cbor2.dumps(["Signature1", protected, b"", claim])
    half = len(signature) // 2
    r, s = (int.from_bytes(part, "big") for part in (signature[:half], signature[half:]))
    key = certificates[0].public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(encode_dss_signature(r, s), signed, ec.ECDSA(hashes.SHA256()))
    for below, above in pairwise(certificates):
        below.verify_directly_issued_by(above)
    return certificates


def _store(png: bytes) -> Box:
    at = 8
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        if kind == b"caBX":
            return next(_boxes(png[at + 8 : at + 8 + length]))
        at += 12 + length
    raise Invalid("there is no manifest")


def _boxes(data: bytes) -> Iterator[Box]:
    at = 0
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        raw = data[at + 8 : at + length]
        if kind == b"jumb":
            yield _superbox(raw)
        else:
            yield Box("", raw, raw, kind.decode())
        at += length


def _superbox(raw: bytes) -> Box:
    described = struct.unpack(">I", raw[:4])[0]
    label = raw[8 + 17 : described].split(b"\0")[0].decode()
    inner = list(_boxes(raw[described:]))
    named = [one for one in inner if one.label]
    plain = next((one for one in inner if not one.label), None)
    return Box(label, raw, plain.content if plain else b"", plain.kind if plain else "", named)
