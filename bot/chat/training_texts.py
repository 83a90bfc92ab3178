"""The sentences of the kinds of models that one can train. See `bot.chat.texts`."""

from __future__ import annotations

TRAIN_FAMILY = "What kind of model; leave it out for the usual one. “dense” is the classroom GAN: a minute"
TRAIN_PIXELS = "Longer side of its own pictures; 128 are finer, and learned a third as fast: give it more minutes"
USED_BY = {
    "style": "Anyone here can paint with it now: choose it as `model` in `/style`.",
    "restorer": "Anyone here can mend pictures with it now: choose it as `model` in `/restore`.",
    "pix2pix": "Anyone here can turn sketches into pictures with it now: choose it as `model` in `/draw`.",
    "pix2pixhd": "Anyone here can turn sketches into pictures with it now: choose it as `model` in `/draw`.",
    "cyclegan": "Anyone here can restyle pictures with it now: choose it as `model` in `/restyle`.",
}
"""Of models that change pictures and draw none by themselves, once they have learned."""
CALLED_BY = {
    "style": "used by `/style`",
    "restorer": "used by `/restore`",
    "pix2pix": "used by `/draw`",
    "pix2pixhd": "used by `/draw`",
    "cyclegan": "used by `/restyle`",
}
"""The same in a list of models."""
FAMILY_UNKNOWN = "There is no such kind of model; choose one from the list, or leave it out."
