"""Words of prompts and titles, and the text encoder against its reference."""

from __future__ import annotations

import numpy as np
import pytest

from gan.text import minilm
from gan.text.language import colours_in, content, plain, root
from gan.text.minilm import TextEncoder

REFERENCE = {"grinning cat": (-0.0073538, 0.0166554, 0.0277068, 0.0315594)}
"""First numbers of all-MiniLM-L6-v2's own implementation (mean over pieces, unit length)."""


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("happyBlue_cat-02", "happy Blue cat"),
        (":party_parrot:", "party parrot"),
        ("family: woman, girl", "family woman girl"),
        ("o’clock", "o’clock"),
        ("12", ""),
        ("глаза_7", "глаза"),
    ],
)
def test_names_of_files_and_emoji_become_words(name: str, words: str) -> None:
    assert plain(name) == words


def test_what_says_nothing_is_left_out_and_colours_are_found() -> None:
    words = content("Please draw me a picture of the HAPPY golden cats, cats!")
    assert words == ["happy", "golden", "cats"]
    assert colours_in(words) == ["yellow"]


@pytest.mark.parametrize(
    "forms", [("cat", "cats", "cat's"), ("berry", "berries"), ("fox", "foxes"), ("glass", "glass")]
)
def test_forms_of_a_word_have_one_root(forms: tuple[str, ...]) -> None:
    assert len({root(form) for form in forms}) == 1


@pytest.fixture(scope="module")
def encoder() -> TextEncoder:
    if not minilm.available():
        pytest.skip(minilm.MISSING)
    return TextEncoder.load()


def test_vectors_are_the_reference_s(encoder: TextEncoder) -> None:
    for text, first in REFERENCE.items():
        assert encoder.encode([text])[0, : len(first)] == pytest.approx(first, abs=1e-5)


def test_a_text_means_the_same_in_any_company(encoder: TextEncoder) -> None:
    texts = ["blue cat", "a very long sentence about a ship that sails far away", "東京", "x" * 300, "naïve Café"]
    together = encoder.encode(texts)
    alone = np.concatenate([encoder.encode([text]) for text in texts])
    assert np.abs(together - alone).max() < 1e-5
    assert np.linalg.norm(together, axis=1) == pytest.approx(1.0, abs=1e-5)


def test_what_means_alike_is_near(encoder: TextEncoder) -> None:
    kitten, cat, lorry = encoder.encode(["a kitten", "cat", "lorry"])
    assert kitten @ cat > kitten @ lorry + 0.2
