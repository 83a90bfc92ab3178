"""The sentences of the studio: panel, sliders, breeding, walks, finds, favourites. See `bot.chat.texts`."""

from __future__ import annotations

# --- the panel -------------------------------------------------------------------------------------------------------

AGAIN = "Another"
LITTLE = "A little"
LOT = "A lot"
CALMER = "Calmer"
BOLDER = "Bolder"
SLIDERS = "Sliders"
STAR = "Favourite"
CREDITS = "Credits"
EMOJI = "Emoji"
STICKER = "Sticker"
COPY = "Take a copy"
POST = "Post it here"
BACK = "Back"
DELETE = "Delete"
NOT_YOUR_PANEL = (
    "Somebody else is playing with this picture. Press 👥 **Take a copy** below it, and play with one of your own."
)
PANEL_HINT = "🔁 another like it · 🌱 🌪️ variations, near or far · ➖ ➕ calmer or bolder · 🎚️ pull its sliders"

STICKER_MODAL = "Make it a server sticker"
STICKER_NAME = "Name of the sticker"
STICKER_NAME_HELP = "2 to 30 characters"
STICKER_FULL = "This server has no free sticker slot. Remove a sticker or boost the server, then try again."
STICKER_REFUSED = "Discord did not take this picture as a sticker. Try another picture or another name."
STICKER_MEMBER = (
    "You need the permission Create Expressions to make a server sticker. Ask a moderator to press the button."
)
STICKER_BOT = "I need the permission Create Expressions for that. Ask a moderator to give it to my role."
STICKER_WORDS = "Drawn by Artel"

# --- sliders ---------------------------------------------------------------------------------------------------------

DONE = "Done"
MIDDLE = "Middle"
CHOOSE_SLIDER = "Another slider…"
SHEET_DESCRIPTION = "What each slider does: pulled up above, pulled down below"
SLIDERS_HINT = "The small pictures show each slider pulled up (above) and down (below). Choose one, then pull it."


def slider_name(number: int, name: str) -> str:
    return f"{number} · {name}" if name else f"Slider {number}"


def slider_value(value: float) -> str:
    return "in the middle" if abs(value) < 0.05 else f"{value:+.1f}".replace("-", "−")


# --- credits ---------------------------------------------------------------------------------------------------------


def credits_headline(output_id: int) -> str:
    return f"### 📜 Whose art is in #{output_id}"


CREDITS_NONE = "Nobody's work is named for this picture: its model does not keep count."
CREDITS_SMALL = "The shares are exact; the model as a whole learned from every work on its card."
HOW_MADE = "**How it was made**"


def made(maker_id: int, model: str, at: int) -> str:
    return f"{model} · made by <@{maker_id}> · <t:{at}:D>"
