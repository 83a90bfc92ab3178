"""The sentences of a training's film. See `bot.chat.texts`."""

from __future__ import annotations

from bot.language import said

WATCH = "Watch it learn"
DESCRIPTION = "The same sixteen pictures from the first step of the training to the last"
GENERATE = "Generate with it"


def headline(title: str) -> str:
    return "### 🎞️ " + said("How “{title}” learned", title=title)
