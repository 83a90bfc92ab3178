"""The sentences of the studio: panel, sliders, breeding, walks, finds, favourites. See `bot.chat.texts`."""

from __future__ import annotations

from bot.language import said

# --- the panel -------------------------------------------------------------------------------------------------------

AGAIN = "Another"
LITTLE = "A little"
LOT = "A lot"
CALMER = "Calmer"
BOLDER = "Bolder"
WEAKER = "Weaker"
STRONGER = "Stronger"
BEFORE = {"before": "The picture before", "artwork": "The artwork whose look it has"}
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


def slider_name(number: int, name: str) -> str:
    return f"{number} · {name}" if name else said("Slider {number}", number=number)


def slider_value(value: float) -> str:
    return said("in the middle") if abs(value) < 0.05 else f"{value:+.1f}".replace("-", "−")


# --- credits ---------------------------------------------------------------------------------------------------------


def credits_headline(output_id: int) -> str:
    return "### " + said("📜 Whose art is in #{picture}", picture=output_id)


CREDITS_NONE = "Nobody's work is named for this picture: its model does not keep count."
NEAREST_WORKS = "**The works it looks most like**"
NEAREST_SMALL = (
    "Nearest works, not shares: this kind of model learns from all of its works at once and keeps no count of them."
)


def looks_copied(work: str) -> str:
    return said("⚠️ it looks like a copy of {work}", work=work)


CREDITS_SMALL = "The shares are exact; the model as a whole learned from every work on its card."
HOW_MADE = "**How it was made**"


def made(maker_id: int, model: str, at: int) -> str:
    return said("{model} · made by {member} · {day}", model=model, member=f"<@{maker_id}>", day=f"<t:{at}:D>")


# --- breeding and families -------------------------------------------------------------------------------------------

BREED = "Breed"
MORPH = "Morph"
BREED_COMMAND = "Breed two pictures: nine children of both"
BREED_A = "The first picture: type its name or number"
BREED_B = "The second one, by the same model"
LINEAGE_COMMAND = "Draw the family tree of a picture, with everybody who had a hand in it"
LINEAGE_PICTURE = "Which picture: type its name or number"
FAMILY = "Family tree"
BREED_HEADLINE = "### 🧬 Breed #{} with…"
MORPH_HEADLINE = "### 🎞️ Morph #{} into…"
MATES_DESCRIPTION = "Your favourites and newest pictures, numbered as in the menu below"
CHOOSE_MATE = "Choose a picture…"
PARENTS_DESCRIPTION = "The parents A and B"
OPEN_CHILD = "Open a child…"
CHILDREN_HINT = "1–3 from A to B · 4–6 A with B's shape, features or colours · 7–9 the other way round"
NO_SUCH_PICTURE = "Choose a picture from the list, or type its number, such as `12`."
FAMILY_DESCRIPTION = "The family tree of the picture: its forebears from left to right, with who made each"
FAMILY_ALONE = "It has no forebears: it came from a number alone. Variations, slider moves and breeding make families."
FAMILY_CUT = "It goes further back than is drawn here."
RELATIONS = {
    "vary": "varied",
    "breed": "bred",
    "pull": "slider",
    "draw": "calmer or bolder",
    "find": "found",
    "transform": "transformed",
}


def family_headline(output_id: int) -> str:
    return "### " + said("🌳 The family of #{picture}", picture=output_id)


def makers(ids: list[int]) -> str:
    return said("Made by {members}", members=", ".join(f"<@{one}>" for one in ids))


def pick_label(output_id: int, name: str, starred: bool) -> str:
    return f"{'⭐ ' if starred else ''}#{output_id}" + (f" {name}" if name else "")


# --- walks and finds -------------------------------------------------------------------------------------------------

WALK_COMMAND = "An animation through your favourites, or through new pictures"
WALK_PICTURE = "A picture to walk through; all must be by one model"
WALK_RANDOM = "Walk through so many new pictures instead (4 if you choose none at all)"
WALK_MODEL = "Whose style, for new pictures"
WALK_SECONDS = "How long one round takes; a second for each picture if left out"
WALK_FORMAT = "WebP if left out: it keeps what is transparent"
WALK_LOOP = "Whether it goes back to the first picture, without a seam (yes if left out)"
FORMATS = (("WebP (keeps what is transparent)", "webp"), ("GIF (plays everywhere)", "gif"), ("MP4 (smallest)", "mp4"))
FIND_COMMAND = "Find a picture of yours in a model, then play with what was found"
FIND_PICTURE = "The picture to look for: PNG, JPEG, WebP or GIF"
FIND_MODEL = "The model to look in; leave it out for this server's own"
STOP = "Stop"
UPLOADED = "Your picture"
NEAREST = "The nearest so far"
ALMOST_READY = "almost ready"


def animation_description(stops: int, model: str) -> str:
    return said("An animation through {count} pictures of the model {model}", count=stops, model=model)


# --- what was made: gallery, pictures of a message, a model's sliders, showcase --------------------------------------

REMIX = "Remix"
CREDITS_MENU = "Credits"
REMIX_HEADLINE = "### 🎨 Remix which one?"
CREDITS_WHICH = "### 📜 Credits of which one?"
FAVOURITE_COMMAND = "Put a picture among your favourites, under a name of your own"
FAVOURITE_NAME = "What you call it; you find it by this name in /breed and /walk"
GALLERY_COMMAND = "Look through pictures: your own, your favourites, or those of this channel"
GALLERY_SHELF = "Which pictures (your favourites if left out)"
SHELVES = (("My favourites", "favourites"), ("My pictures", "mine"), ("This channel's pictures", "here"))
GALLERY_FAVOURITES = "⭐ Your favourites"
GALLERY_MINE = "🖼️ Your pictures"
GALLERY_HERE = "🖼️ This channel's pictures"
GALLERY_EMPTY = "There is nothing here yet. `/generate` makes pictures, ⭐ below one puts it among your favourites."
GALLERY_DESCRIPTION = "A page of pictures, numbered as in the menu below"
OPEN_PICTURE = "Open a picture…"
EARLIER = "Earlier"
LATER = "Later"
DIRECTIONS_COMMAND = "See what each slider of a model does, and vote for their names"
DIRECTIONS_MODEL = "Which model; leave it out for this server's own"
DIRECTIONS_DESCRIPTION = "One picture with each slider pulled from its low to its high end, a row a slider"
NAME_SLIDER = "Vote for a slider's name…"
NAME_MODAL = "What does this slider do?"
NAME_LABEL = "Its name"
NAME_HELP = "2 to 40 characters, such as: rounder. The name with the most votes in this server counts."
SHOWCASE_COMMAND = "Choose the channel that shows the pictures with enough stars"
SHOWCASE_CHANNEL = "The channel; leave it out to show them no more"
SHOWCASE_STARS = "How many stars a picture needs (3 if left out)"
SHOWCASE_FORBIDDEN = "I can't post there: I need View Channel, Send Messages and Attach Files in that channel."


def directions_headline(model: str) -> str:
    return "### " + said("🎚️ The sliders of {model}", model=model)


def page_number(page: int) -> str:
    return said("page {number}", number=page + 1)


def gallery_headline(shelf: str) -> str:
    words = {"favourites": GALLERY_FAVOURITES, "mine": GALLERY_MINE}.get(shelf, GALLERY_HERE)
    return f"### {said(words)}"
