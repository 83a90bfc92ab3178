"""Every sentence of the chat, in one place: plain, friendly English, said in other languages by `bot.language`.

Sentences say what happened and what to do next. Those with gaps are functions; the rest are constants.
"""

from __future__ import annotations

from bot.language import counted, said

NAME = "Artel"
TAGLINE = "This server's own art studio: it learns from your art, and makes new pictures with it."

ACTIVITY = "/generate makes a picture"

# --- commands and their options (name and description limits: 32 and 100 characters) ---------------------------------

GENERATE = "Make new pictures with this server's model"
GENERATE_PROMPT = "What they shall show, in words the model's works are named by, such as: happy blue cat"
GENERATE_MODEL = "Whose style to use; leave it out for this server's own"
GENERATE_COUNT = "How many pictures (4 if left out)"
GENERATE_SEED = "A number that gives the same pictures again"
GENERATE_VARIETY = "How far apart the pictures may be"
VARIETIES = (("Close: like the works it learned from", 0.2), ("Mixed", 0.5), ("Wild: anything goes", 0.9))
COUNTS = (("1 picture", 1), ("4 pictures", 4), ("9 pictures", 9))

TRAIN = "Teach a new model"
TRAIN_EMOJI = "Teach a model this server's emoji"
TRAIN_FILES = "Teach a model up to 10 pictures that you attach"
TRAIN_FOLDER = "Teach a model a folder that the operator of this bot prepared"
TRAIN_NAME = "What to call the model"
TRAIN_MINUTES = "How long to learn; two and a half are good for a start"
TRAIN_FOLDER_OPTION = "Which folder"
TRAIN_BASE = "The model to start from; leave it out for the best one"

MODELS = "The models of this server, and what each is good at"
QUEUE = "What is learning now, and what waits"
HELP = "How to make pictures and teach models here"
ABOUT = "What this bot is, what runs it, and how it is doing"

# --- pictures --------------------------------------------------------------------------------------------------------

REROLL = "Again"
VARIATIONS = "Variations"
OPEN_LARGE = "Open large"
MAKE_EMOJI = "Make emoji"
SHARE = "Post it here"
DELETE = "Delete"
VARY_ONE = "Variations of…"
OPEN_ONE = "Open large…"
GRID_HINT = "🔁 other ones · ✨ variations of one · 🔍 open one large"


def picture_name(number: int) -> str:
    return said("Picture {number}", number=number)


def picture_description(number: int, total: int, model: str, seed: int | None) -> str:
    """Alt text; screen readers read it out."""
    if total == 1:
        words = said("A picture, made by the model {model}", model=model)
    else:
        text = "Picture {number} of {total}, made by the model {model}"
        words = said(text, number=number, total=total, model=model)
    return words if seed is None else said("{picture} from seed {seed}", picture=words, seed=seed)


def made_by(owner_id: int, model: str) -> str:
    return said("{model} · for {member}", model=model, member=f"<@{owner_id}>")


CREDITS = "**Mixed from**"

# --- training --------------------------------------------------------------------------------------------------------

STOP = "Stop and keep"
PAUSE = "Pause"
RESUME = "Go on"
CANCEL = "Cancel"
GENERATE_WITH = "Generate with it"
MAKE_DEFAULT = "Make it the server's default"
SAMPLE_DESCRIPTION = "What the model draws at the moment"
LEFT_OUT = "**Left out**"
REFRESH = "Refresh"


PHASES = {
    "checking": "🔎 Looking at the pictures for {model}",
    "queued": "⏳ {model} waits for its turn",
    "running": "🎨 {model} is learning",
    "paused": "⏸️ {model} is paused",
    "finished": "✅ {model} is ready",
    "cancelled": "{model} was cancelled",
    "failed": "⚠️ {model} could not be trained",
}


def training_headline(title: str, phase: str) -> str:
    return "### " + said(PHASES[phase], model=f"**{title}**")


STATES = {
    "checking": "looking at the pictures",
    "queued": "waiting",
    "running": "learning",
    "paused": "paused",
    "finished": "ready",
    "cancelled": "cancelled",
    "failed": "failed",
}
"""The same in a word, for lists."""


def training_source(source: str, owner_id: int) -> str:
    member = f"<@{owner_id}>"
    if not source:
        return said("for {member}", member=member)
    return said("from {source} · for {member}", source=source, member=member)


def queue_place(place: int) -> str:
    if place <= 1:
        return said("It is next in line.")
    return counted("One is before it.", "{count} are before it.", place - 1)


def until_turn(words: str) -> str:
    return said("About {time} until then.", time=words)


def time_left(words: str) -> str:
    return said("{time} left", time=words)


def pictures_seen(count: int, per_second: float) -> str:
    if not count:
        return ""
    if per_second:
        return said("{count} pictures seen, {speed} a second", count=f"{count:,}", speed=f"{per_second:.0f}")
    return said("{count} pictures seen", count=f"{count:,}")


def and_more(count: int) -> str:
    return said("… and {count} more", count=count)


CHECKING = "Checking sizes, formats and duplicates. This takes a few seconds."
ALMOST_DONE = "almost done"
FINISHED_HINT = "Anyone here can use it now: press the button, or choose it in `/generate`."
CANCELLED_HINT = "Nothing was kept. `/train` starts again."
FAILED = "Something went wrong. `/train` starts again; if it fails twice, tell the operator of this bot."
CHART_DESCRIPTION = "How far the drawings still are from the works, over time; lower is better"
CHART_TITLE = "distance from the works"

# --- questions -------------------------------------------------------------------------------------------------------

DELETE_QUESTION = "### Delete these pictures?\nThe message goes for everyone, and the pictures leave the gallery."
DELETE_YES = "Delete them"
CANCEL_QUESTION = (
    "### Cancel this training?\nWhat it has learned so far is thrown away. "
    "**Stop and keep** would end it and keep that."
)
CANCEL_YES = "Cancel it"
KEEP = "Keep going"
KEEP_PICTURES = "Keep them"
NOTHING_CHANGED = "All right, nothing was changed."

EMOJI_MODAL = "Make it a server emoji"
EMOJI_NAME = "Name of the emoji"
EMOJI_NAME_HELP = "2 to 32 letters, digits or _ ; people type it as :name:"
FILES_MODAL = "Teach a new model"
FILES_NAME_HELP = "People choose the model by this name."
FILES_UPLOAD = "Pictures"
FILES_UPLOAD_HELP = "8 to 10 drawings that belong together: PNG, JPEG, WebP or GIF. Only your own, or with permission."

# --- lists -----------------------------------------------------------------------------------------------------------

MODELS_HEADLINE = "### Models"
NO_MODELS = "There is no model yet. `/train emoji` teaches one from this server's emoji in a few minutes."
QUEUE_HEADLINE = "### Trainings"
NO_QUEUE = "Nothing is learning right now. `/train emoji` starts in a second."
PREVIOUS = "Back"
NEXT = "More"
GENERATE_SHORT = "Generate"
SHIPPED = "comes with me"
CHOOSE_DEFAULT = "Make one of these the server's default…"
ABOUT_SMALL = "Every picture is made by a machine from works that people gave for it. Open one large to see whose."


def by(name: str) -> str:
    return said("by {name}", name=name)


def works(count: int) -> str:
    return counted("{count} work", "{count} works", count)


HELP_PAGE = (
    "### What I can do",
    "**`/generate`** makes new pictures. Then press\n"
    "> 🔁 for other ones, ✨ for variations of one you like,\n"
    "> 🔍 to open one and play with it: move it, pull its sliders, breed it, keep it.",
    "**`/breed`** gives children of two pictures, **`/walk`** an animation through several, **`/find`** looks for a "
    "picture of yours in a model, **`/gallery`** shows your favourites (⭐), **`/lineage`** the family of a picture.",
    "**`/verify`** (or Apps → Verify on a message) says of any picture whether it was made here, and from what.",
    "**`/train emoji`** teaches a model this server's emoji, **`/train files`** pictures that you attach, "
    "**`/train folder`** a folder prepared by the operator. You can watch it learn; a few minutes are enough.",
    "**`/contribute`** gives art of yours under a licence you choose, **`/collection`** gathers it and "
    "**`/train collection`** learns from it; **`/withdraw`** takes it back. **`/privacy`** shows what is kept of you.",
    "**`/models`** shows what there is, **`/queue`** what is learning, **`/about`** what runs it.",
    "-# Give only art that is yours or that you have permission for. Every picture here is made by a machine; "
    "🗑️ takes yours away again.",
)

# --- trouble ---------------------------------------------------------------------------------------------------------


def bug(request_id: int) -> str:
    words = "Sorry, that went wrong, and it is our mistake. Try once more; if it stays, tell the operator `{request}`."
    return said(words, request=request_id)


def retry(sentence: str, seconds: float) -> str:
    again = said("Try again in about {seconds} s.", seconds=max(1, round(seconds)))
    return f"{said(sentence)} {again}"


COMMANDS_CHANGED = "My commands have just been updated. Type the command again, please."
BUTTON_UNKNOWN = "This button belongs to another version of me. `/generate` makes a fresh message."
NOT_YOURS = "Only the person who asked for this, or a moderator, can do that."
MODERATORS_ONLY = "Only a moderator can choose the server's default model."
BASE_UNKNOWN = "I don't know that model to start from. Choose one from the list, or leave it out."
SERVER_ONLY = "This works in a server only."
EMOJI_MEMBER = "You need the permission Create Expressions to make a server emoji. Ask a moderator to press the button."
EMOJI_BOT = "I need the permission Create Expressions for that. Ask a moderator to give it to my role."
EMOJI_NAME_BAD = "An emoji's name has 2 to 32 letters, digits or _ . Press the button again and choose another name."
EMOJI_FULL = "This server has no free emoji slot. Remove an emoji or boost the server, then try again."
EMOJI_REFUSED = "Discord did not take this picture as an emoji. Try another picture or another name."
NO_EMOJI = "This server has no emoji to learn from yet. Add some, or use `/train files`."
NO_FILES = "No picture arrived. Use `/train files` again and attach 8 to 10 pictures."
FEWER_PERMISSIONS = (
    "I can't write in this channel: I need View Channel and Send Messages here. "
    "Ask a moderator, or use another channel."
)
NEEDS_CHANNEL = "A training's message lives longer than a command may: I need View Channel and Send Messages here."
TOO_LARGE = "The answer is larger than this server allows. Ask for fewer pictures."
CHANNEL_GONE = "The channel is gone, so the answer has nowhere to stand."
DELETE_FORBIDDEN = "I may not delete that message here. A moderator can remove it by its menu (⋯)."
DISCORD_SLOW = "Discord does not answer at the moment; the answer follows as soon as it does."
NEVER_ACKNOWLEDGED = "Discord told the member that there was no response, before anybody could answer."
NOBODY_LEFT = "The answer has nowhere to stand: only the member could have seen it, and their time for it is over."
NOT_CONNECTED = "The bot is not connected to Discord yet."


def lacks(permissions: str) -> str:
    return said("You need {permissions} for this. Ask a moderator.", permissions=permissions)
