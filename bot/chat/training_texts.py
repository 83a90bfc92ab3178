"""The sentences of the kinds of models that one can train. See `bot.chat.texts`."""

from __future__ import annotations

TRAIN_FAMILY = "What kind of model; leave it out for the usual one. “dense” is the classroom GAN: a minute"
TRAIN_PIXELS = "Longer side of its own pictures; 128 are finer, and learned a third as fast: give it more minutes"
FAMILY_UNKNOWN = "There is no such kind of model; choose one from the list, or leave it out."
