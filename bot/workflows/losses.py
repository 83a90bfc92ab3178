"""What losses are while they move, for people who see a model learn for the first time.

Families name their losses so that they can be read: `judge` and `artist` of a duel, `reconstruction` and `code` of an
autoencoder, `loss` of a denoiser. Others' losses say nothing to a member.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.language import said

SURE, UNSURE = 0.6, 1.3
"""Of the judge's loss: below, it sees through nearly everything; above, it hardly knows better than a coin (1.39)."""


def explained(losses: Mapping[str, float]) -> str:
    """A line with the losses of the moment and what they mean; empty where there is nothing to explain."""
    if "judge" in losses and "artist" in losses:
        now = said(
            "Losses: judge {judge}, artist {artist}.", judge=_short(losses["judge"]), artist=_short(losses["artist"])
        )
        return f"{now} {_duel(losses['judge'])}"
    if "reconstruction" in losses and "code" in losses:
        return said(
            "Losses: redrawing {off}, code {code} nats. The first falls as pictures come back truer; the second is how "
            "much it notes down of each.",
            off=_short(losses["reconstruction"]),
            code=_short(losses["code"]),
        )
    if "loss" in losses:
        return said(
            "Loss {loss}: how much of the noise it still guesses wrong, 1 at the start. Falling is learning.",
            loss=_short(losses["loss"]),
        )
    return ""


def _duel(judge: float) -> str:
    if judge < SURE:
        return said("The judge sees through most pictures now, and the artist has to catch up.")
    if judge > UNSURE:
        return said("The judge can hardly tell them from your pictures (1.39 is tossing a coin).")
    return said("The judge still tells most apart: a good fight. Only the pictures show how good they are.")


def _short(value: float) -> str:
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.0f}"
