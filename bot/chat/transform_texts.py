"""The sentences of `/style` and `/restore`. See `bot.chat.texts`."""

from __future__ import annotations

STYLE_COMMAND = "Paint a picture in the style of an artwork"
STYLE_PICTURE = "The picture to paint: PNG, JPEG, WebP or GIF"
STYLE_ARTWORK = "The artwork whose look it is to get: PNG, JPEG, WebP or GIF"
STYLE_OWN_PICTURE = "Instead of an upload: a picture made here, by its name or number"
STYLE_OWN_ARTWORK = "Instead of an upload: a picture made here whose look it is to get"
STYLE_STRENGTH = "How much of the style, in percent; 100 is all of it"
STYLE_BEST = "Paint it slowly and as well as it can: about a minute instead of a moment"
STYLE_MODEL = "Who paints; this server's own model for that if you leave it out"

RESTORE_COMMAND = "Mend a picture: noise, blur, JPEG damage, few pixels, clear holes"
RESTORE_PICTURE = "The damaged picture: PNG, JPEG, WebP or GIF. Clear places inside it are filled"
RESTORE_OWN_PICTURE = "Instead of an upload: a picture made here, by its name or number"
RESTORE_STRENGTH = "How strongly to mend it, in percent; 100 is all the model does"
RESTORE_MODEL = "Who mends; this server's own model for that if you leave it out"

NO_PICTURE = "Attach a picture, or choose one that was made here."
NO_ARTWORK = "Attach an artwork too, or choose a picture made here whose look it is to get."
