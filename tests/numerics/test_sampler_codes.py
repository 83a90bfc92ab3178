"""Samplers whose codes mean something: prompts, uploads, the best state kept, noise and its arithmetic."""

from __future__ import annotations

import hashlib
import io
import math
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from gan import families
from gan.contract import Point, Prompt, Seed, Transform, TransformOptions, Vary
from gan.errors import WorkerError
from gan.evaluate.metrics import judged_recipes
from gan.families.diffusion import noise
from gan.families.diffusion.config import Predicts, Schedule
from gan.families.diffusion.serve import DiffusionModel
from gan.families.vae import VAE
from gan.families.vae.step import divergence
from gan.rundir import RunDir
from gan.sampling import transforms
from gan.sampling.latent import LatentSampler
from gan.spec import Aids, Seen, Transforming
from gan.text import meaning
from tests.numerics.discs import disc, make_run, quick


def tagged_run(folder: Path, family: str, **options: bool) -> RunDir:
    """Discs in two colours that are tagged `red` and `blue`, and one tag that all share."""
    run = make_run(folder, family, count=24, most_labels=4, **options)
    config = run.config()
    works = tuple(
        work.model_copy(update={"tags": ("Red" if n % 2 else "blue", "disc")})
        for n, work in enumerate(config.request.works)
    )
    request = config.request.model_copy(update={"works": works})
    run.create(config.model_copy(update={"request": request}))
    return run


@pytest.mark.parametrize(("family", "options"), [("vae", {}), ("diffusion", {"words": False})])
def test_prompts_name_the_tags_that_works_share(
    family: str, options: dict[str, bool], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    run = tagged_run(tmp_path / "run", family, **options)
    families.get(family).train(run)
    model = families.get(family).load(run.model)
    assert "blue, red" in model.card.notes
    assert "disc" not in model.card.notes.split("name:")[1], "what all share tells nothing"
    asked = Prompt(text="A red dragon", seed=4)
    prompted, again, plain = model.render([asked, Vary(of=asked, seed=1, amount=0.0), Seed(seed=4)])
    assert [word.word for word in prompted.unknown] == ["dragon"]
    assert np.array_equal(prompted.pixels, again.pixels)
    assert again.unknown == prompted.unknown
    assert plain.unknown == ()


def test_a_diffusion_model_is_told_what_words_mean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quick(monkeypatch)
    run = tagged_run(tmp_path / "run", "diffusion")
    families.get("diffusion").train(run)
    model = families.get("diffusion").load(run.model)
    assert isinstance(model, LatentSampler)
    asked = Prompt(text="A crimson dragon", seed=4)
    prompted, again, plain = model.render([asked, Vary(of=asked, seed=1, amount=0.0), Seed(seed=4)])
    assert [word.word for word in prompted.unknown] == ["crimson", "dragon"]
    assert prompted.unknown[0].nearest[0] == "red", "what it has not heard is told with what is near"
    assert np.array_equal(prompted.pixels, again.pixels)
    assert plain.unknown == ()
    told, unasked = (model.code_of(recipe)[-meaning.WIDTH - 1 :] for recipe in (asked, Seed(seed=4)))
    assert np.linalg.norm(told[:-1]) == pytest.approx(meaning.SCALE, rel=1e-3)
    assert (told[-1], unasked[-1]) == (1, 0), "only what was asked is followed further than learned"
    works = meaning.meanings_of(run.config().request.works).flatten(0, 1).numpy()
    assert np.abs(works - unasked[:-1]).max(1).min() < 0.01, "a number is told what one of the works was"
    options = [TransformOptions(strength=0.9, text=text) for text in ("", "a red dragon", "a red dragon")]
    redrawn = model.transform([Transforming(np.asarray(disc(3)), None, one) for one in options])  # type: ignore[attr-defined]
    assert [[word.word for word in one.unknown] for one in redrawn] == [[], ["dragon"], ["dragon"]]
    assert np.array_equal(redrawn[1].pixels, redrawn[2].pixels)
    with pytest.raises(WorkerError, match="in a word or two"):
        model.render([Prompt(text="of the", seed=1)])


def test_a_picture_is_drawn_anew_as_far_as_noise_hides_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quick(monkeypatch)
    run = make_run(tmp_path / "run", "diffusion")
    families.get("diffusion").train(run)
    model = families.get("diffusion").load(run.model)
    assert isinstance(model, DiffusionModel)
    wide = np.asarray(disc(3).resize((16, 8)))
    asked = [(0.05, 1), (0.05, 1), (0.9, 1), (0.9, 2)]
    options = [TransformOptions(strength=strength, seed=seed) for strength, seed in asked]
    drawn = [one.pixels for one in model.transform([Transforming(wide, None, one) for one in options])]
    assert all(one.shape == wide.shape for one in drawn), "in the shape of what it was given"
    assert np.array_equal(drawn[0], drawn[1])
    assert not np.array_equal(drawn[2], drawn[3]), "another seed draws it another way"
    near, far = (float(np.abs(one.astype(float) - wide).mean()) for one in (drawn[0], drawn[2]))
    assert near < 16 < far
    mixed = transforms.drawn(model, [Seed(seed=1), Transform(picture="a" * 64), Seed(seed=2)], {"a" * 64: png(wide)})
    assert [one.pixels.shape[0] for one in mixed] == [16, 8, 16], "in company with what it draws by itself"


def png(pixels: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def test_an_upload_gets_its_code_at_once_and_is_drawn_by_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quick(monkeypatch)
    run = make_run(tmp_path / "run", "vae", pictures=1200, lr=0.01)
    families.get("vae").train(run)
    sha256 = hashlib.sha256(run.model.read_bytes()).hexdigest()
    seen: list[Seen] = []
    found = VAE().find(run.model, sha256, disc(3), 15.0, seen.append)
    assert found.distance < found.mean_distance
    model = families.get("vae").load(run.model)
    assert isinstance(model, LatentSampler)
    model.aid(Aids(points={"a" * 64: found.point}, model_sha256=sha256))
    drawn = model.render([Point(blob="a" * 64)])[0].pixels
    assert np.array_equal(drawn, seen[0].pixels)
    with pytest.raises(WorkerError, match="another model"):
        model.aid(Aids(points={"b" * 64: found.point}, model_sha256="0" * 64))


def test_a_run_that_no_longer_gets_better_ends_with_the_best_it_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    kids = iter([9.0, 5.0, 7.0, 8.0, 6.0])
    looked: list[torch.Tensor] = []

    def features(rgb: torch.Tensor) -> torch.Tensor:
        looked.append(rgb)
        return rgb

    def kid(real: object, fake: object) -> float:
        return next(kids)

    monkeypatch.setattr("gan.training.samplers.judge.available", lambda: True)
    monkeypatch.setattr("gan.training.samplers.judge.features", features)
    monkeypatch.setattr("gan.training.samplers.crowds.kid", kid)
    monkeypatch.setattr("gan.training.samplers.LOOKED_AT", 4)
    run = make_run(tmp_path / "run", "dense", pictures=8 * 160, early_stop=2)
    families.get("dense").train(run)
    report = run.report()
    assert report is not None
    assert report.figures.pictures_seen < 8 * 60, "two looks without a better one"
    assert any("no longer gets better" in event.text for event in run.events())
    model = families.get("dense").load(run.model)
    pixels = np.stack([picture.pixels for picture in model.render(judged_recipes(4))])
    best = looked[3]  # works and pictures of each look in turn; the second look was the best
    again = torch.from_numpy(pixels[..., :3]).permute(0, 3, 1, 2) / 127.5 - 1
    assert float((again - best).abs().max()) < 0.05, "weights are kept in half precision"


def test_noise_is_taken_away_by_an_oracle() -> None:
    for schedule, predicts in product(Schedule, Predicts):
        table = noise.kept(schedule)
        assert bool((table.diff() < 0).all())
        assert 0 < float(table[-1]) < 0.001 < 0.99 < float(table[0])
        x = torch.rand(3, 1, 4, 4) * 1.6 - 0.8
        e = torch.randn(3, 1, 4, 4)
        level = table[[10, 500, 800]].float()
        x_t = noise.noised(x, e, level)
        for n in range(3):
            answer = noise.wanted(x, e, level, predicts)[n : n + 1]
            found, left = noise.parts(x_t[n : n + 1], answer, float(level[n]), predicts)
            assert torch.allclose(found, x[n : n + 1], atol=2e-3)
            assert torch.allclose(left, e[n : n + 1], atol=2e-2)


def test_the_cost_of_a_code_is_the_known_integral() -> None:
    assert float(divergence(torch.zeros(2, 3), torch.zeros(2, 3))) == 0.0
    assert float(divergence(torch.ones(2, 3), torch.zeros(2, 3))) == pytest.approx(1.5)
    assert float(divergence(torch.zeros(1, 1), torch.full((1, 1), 2.0))) == pytest.approx((math.exp(2) - 3) / 2)
