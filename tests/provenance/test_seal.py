"""Every file that leaves says what it is, and who signed that can be checked without us."""

from __future__ import annotations

import asyncio
import io
import json
import stat
from pathlib import Path

import av
import c2pa
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from PIL import Image

from bot.marking import Marking
from bot.safety.identity import AUTHORITY, CHAIN, KEY, BadIdentity, open_identity
from bot.safety.seal import LABEL, Facts, Seal, open_seal
from bot.settings import SettingsError
from gan.contract import WalkFormat
from gan.sampling.animate import animate
from tests.provenance.reader import Invalid, check

FACTS = Facts(
    number=12,
    model="foxes",
    model_title="Foxes",
    model_sha256="a" * 64,
    recipe={"kind": "seed", "seed": 7, "variety": 0.5},
    credits=[
        {"work": "b" * 64, "weight": 0.6, "title": "fox", "artist": "Ada", "licence": "CC BY 4.0"},
        {"work": "c" * 64, "weight": 0.4, "title": "cat", "artist": "Ben", "licence": "CC0"},
    ],
    size=256,
)


def picture(kind: str = "PNG", frames: int = 1) -> bytes:
    made = [Image.effect_noise((256, 256), 40 + n).convert("RGBA") for n in range(frames)]
    out = io.BytesIO()
    made[0].convert("RGB" if kind == "JPEG" else "RGBA").save(
        out, kind, **({"save_all": True, "append_images": made[1:]} if frames > 1 else {})
    )
    return out.getvalue()


@pytest.fixture
def seal(tmp_path: Path) -> Seal:
    return open_seal(tmp_path / "provenance", Marking())


def test_a_reader_that_shares_no_code_with_the_writer_finds_all_of_it_true(seal: Seal) -> None:
    sealed = seal.sign(picture(), "image/png", FACTS)
    told, chain = check(sealed)
    action = told["c2pa.actions.v2"]["actions"][0]
    assert action["digitalSourceType"].endswith("/trainedAlgorithmicMedia")
    ours = told[LABEL]
    assert (ours["number"], ours["model"]["sha256"], ours["recipe"]["seed"]) == (12, "a" * 64, 7)
    assert [one["artist"] for one in ours["credits"]] == ["Ada", "Ben"]
    assert ours["attribution"] == ["“fox” by Ada, CC BY 4.0"]
    assert [one.public_bytes(Encoding.PEM).decode() for one in chain] == _split(seal.identity.chain)
    assert len(sealed) - len(picture()) < 8192


def test_a_changed_pixel_a_changed_word_and_a_missing_manifest_are_all_noticed(seal: Seal) -> None:
    sealed = seal.sign(picture(), "image/png", FACTS)
    with pytest.raises(Invalid, match="hash of the file"):
        check(sealed[:-40] + bytes([sealed[-40] ^ 1]) + sealed[-39:])
    with pytest.raises(Invalid, match=LABEL):
        check(sealed.replace(b"Ada", b"Eve"))
    with pytest.raises(Invalid, match="no manifest"):
        check(picture())


def test_the_picture_itself_stays_the_same_and_saving_it_anew_drops_the_manifest(seal: Seal) -> None:
    plain = picture()
    sealed = seal.sign(plain, "image/png", FACTS)
    opened = Image.open(io.BytesIO(sealed))
    assert opened.tobytes() == Image.open(io.BytesIO(plain)).tobytes()
    again = io.BytesIO()
    opened.save(again, "PNG")
    with pytest.raises(Invalid, match="no manifest"):
        check(again.getvalue())


@pytest.mark.parametrize(
    ("kind", "media_type", "frames"),
    [("PNG", "image/png", 1), ("WEBP", "image/webp", 1), ("WEBP", "image/webp", 5), ("GIF", "image/gif", 5)],
)
def test_every_format_that_goes_out_is_trusted_by_who_trusts_our_authority(
    seal: Seal, kind: str, media_type: str, frames: int
) -> None:
    sealed = seal.sign(picture(kind, frames), media_type, FACTS)
    trusting = c2pa.Context.from_dict({"trust": {"user_anchors": seal.identity.anchors}})
    assert c2pa.Reader(media_type, io.BytesIO(sealed), context=trusting).get_validation_state() == "Trusted"
    told = json.loads(c2pa.Reader(media_type, io.BytesIO(sealed)).json())
    assert told["validation_state"] == "Valid"  # who does not know us sees that it holds, not who we are
    assert getattr(Image.open(io.BytesIO(sealed)), "n_frames", 1) == frames


def test_a_film_is_sealed_and_plays_as_before(seal: Seal) -> None:
    frames = [Image.open(io.BytesIO(picture())).convert("RGBA").rotate(9 * n) for n in range(8)]
    plain = animate(frames, WalkFormat.mp4, 2.0, 8 * 1024 * 1024).data
    sealed = seal.sign(plain, "video/mp4", FACTS)
    trusting = c2pa.Context.from_dict({"trust": {"user_anchors": seal.identity.anchors}})
    assert c2pa.Reader("video/mp4", io.BytesIO(sealed), context=trusting).get_validation_state() == "Trusted"
    told = json.loads(c2pa.Reader("video/mp4", io.BytesIO(sealed)).json())
    (manifest,) = told["manifests"].values()
    assert {one["label"] for one in manifest["assertions"]} >= {LABEL, "c2pa.actions.v2"}
    assert shown(sealed) == shown(plain)
    damaged = bytearray(sealed)
    damaged[-60] ^= 1
    assert c2pa.Reader("video/mp4", io.BytesIO(bytes(damaged))).get_validation_state() == "Invalid"


def shown(film: bytes) -> list[bytes]:
    """Its frames, as a player decodes them."""
    with av.open(io.BytesIO(film)) as opened:
        return [frame.to_ndarray(format="rgb24").tobytes() for frame in opened.decode(video=0)]


async def test_many_at_once_are_each_signed_with_their_own_facts(seal: Seal) -> None:
    plain = picture()
    facts = [Facts(n, "m", "M", "0" * 64, {"kind": "seed", "seed": n}) for n in range(24)]
    sealed = await asyncio.gather(*(seal.seal(plain, "image/png", one) for one in facts))
    assert [check(one)[0][LABEL]["number"] for one in sealed] == list(range(24))


async def test_what_cannot_be_signed_goes_out_as_it_is(seal: Seal) -> None:
    assert await seal.seal(b"no picture", "image/png", FACTS) == b"no picture"


def test_the_same_house_keeps_its_certificate_and_its_key_to_itself(tmp_path: Path) -> None:
    folder = tmp_path / "provenance"
    first, second = open_identity(folder), open_identity(folder)
    assert first == second
    assert stat.S_IMODE((folder / KEY).stat().st_mode) == 0o600
    assert {one.name for one in folder.iterdir()} == {CHAIN, KEY, AUTHORITY}
    assert not list(tmp_path.glob(".provenance-*"))
    assert open_identity(tmp_path / "other").chain != first.chain


def test_an_operators_own_certificate_signs_instead(tmp_path: Path) -> None:
    open_identity(tmp_path / "bought")
    marking = Marking(certificate=tmp_path / "bought" / CHAIN, key=tmp_path / "bought" / KEY)
    seal = open_seal(tmp_path / "provenance", marking)
    _, chain = check(seal.sign(picture(), "image/png", FACTS))
    assert chain[0].public_bytes(Encoding.PEM).decode() in (tmp_path / "bought" / CHAIN).read_text()
    assert not (tmp_path / "provenance").exists()


def test_a_certificate_that_cannot_be_used_says_what_is_wrong_at_the_start(tmp_path: Path) -> None:
    open_identity(tmp_path / "a")
    open_identity(tmp_path / "b")
    with pytest.raises(BadIdentity, match="belong together"):
        open_identity(tmp_path, tmp_path / "a" / CHAIN)
    with pytest.raises(BadIdentity, match="does not belong"):
        open_identity(tmp_path, tmp_path / "a" / CHAIN, tmp_path / "b" / KEY)
    with pytest.raises(SettingsError, match="cannot be read"):
        open_seal(tmp_path, Marking(certificate=tmp_path / "none", key=tmp_path / "none"))
    only_authority = tmp_path / "a" / AUTHORITY
    with pytest.raises(BadIdentity, match="does not belong"):
        open_identity(tmp_path, only_authority, tmp_path / "a" / KEY)


def _split(pem: str) -> list[str]:
    end = "-----END CERTIFICATE-----\n"
    return [one + end for one in pem.split(end) if one.strip()]
