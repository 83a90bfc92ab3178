"""The sentences of `/draw` and `/restyle`. See `bot.chat.texts`."""

from __future__ import annotations

DRAW_COMMAND = "Turn a sketch into a picture in this server's style"
DRAW_SKETCH = "A sketch or a picture; leave it out for what you drew last on the web page's pad"
DRAW_MODEL = "Who draws it; this server's own model for sketches if you leave it out"
DRAW_COLOURS = "Any number: other colours for the same sketch"

RESTYLE_COMMAND = "Bring your avatar or a picture into this server's style, or back"
RESTYLE_PICTURE = "The picture; your own avatar if you leave it out"
RESTYLE_MODEL = "Whose style; this server's own model for that if you leave it out"
RESTYLE_STRENGTH = "How much of the style, in percent; the more, the less of your picture is left"
RESTYLE_PROMPT = "What the picture shall show, in your words, by a model that understands them"
RESTYLE_BACK = "The other way: from the style to an ordinary picture"
