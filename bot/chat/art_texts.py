"""The sentences about art: contribution, collections, withdrawal, the sheet before a training, privacy. See
`bot.chat.texts`."""

from __future__ import annotations

from bot.language import counted, said

# --- contribution ----------------------------------------------------------------------------------------------------

CONTRIBUTE = "Give art of yours to this server's models, under a licence you choose"
CONTRIBUTE_COLLECTION = "Put it into this collection at once"
FORM = "Give art to this server"
FORM_FILES = "Pictures"
FORM_FILES_HELP = "1 to 10: PNG, JPEG, WebP or GIF. They are cleaned of metadata and kept as PNG."
FORM_TITLE = "Title and tags"
FORM_TITLE_HELP = "First line: a title for them together. Second line: tags, with commas between."
FORM_TITLE_HINT = "Little frogs\nfrogs, green, watercolour"
FORM_LICENCE = "Licence"
FORM_LICENCE_HELP = "What others may do with the pictures. You are credited in any case."
FORM_RIGHTS = "It is mine to give (tick this)"
SERVER_LICENCE = "this server's models only"
WORK_DESCRIPTION = "{title}, by {artist}"
LEFT_OUT = "Left out:"
WITHDRAW = "Withdraw"
GIVE_MORE = "Give art too"
CARD_SMALL = "Models of this server may learn from it. The artist can withdraw it at any time."


def card_headline(owner_id: int, count: int) -> str:
    return "### " + counted(
        "🎨 {member} gave {count} picture", "🎨 {member} gave {count} pictures", count, member=f"<@{owner_id}>"
    )


def in_collection(name: str) -> str:
    return said("in the collection {name}", name=name)


# --- withdrawal ------------------------------------------------------------------------------------------------------

WITHDRAW_COMMAND = "See the art you gave to this server, and withdraw any of it"
WITHDRAW_HEADLINE = "### 🖼️ Your art in this server"
WITHDRAW_OF = "### 🖼️ What was given here"
WITHDRAW_CHOOSE = "Choose what to withdraw…"
WITHDRAW_ALL = "Withdraw all of them"
WITHDRAW_EVERYTHING = "Withdraw everything I gave"
WITHDRAW_YES = "Yes, withdraw"
WITHDRAW_KEEP = "Keep it"
WITHDRAW_EFFECT = (
    "Withdrawing takes it out of every collection at once. Models that learned from it are retired at once and trained "
    "anew without it; pictures that credit it are taken back."
)
SHEET_DESCRIPTION = "The works, numbered as in the menu below"


def withdraw_question(count: int) -> str:
    return counted("Withdraw this {count} work?", "Withdraw these {count} works?", count)


def models_learned(count: int) -> str:
    return counted("{count} model learned from them.", "{count} models learned from them.", count)


def page_of(page: int, pages: int) -> str:
    return said("page {page} of {pages}", page=page + 1, pages=pages)


EARLIER = "Newer"
LATER = "Older"

# --- collections -----------------------------------------------------------------------------------------------------

COLLECTION = "Gather art into named sets for models to learn from"
COLLECTION_CREATE = "Begin a new collection"
COLLECTION_SHOW = "Look at a collection: its works, artists, licences and versions"
COLLECTION_ADD = "Put art into a collection that was given to this server"
COLLECTION_REMOVE = "Take a work out of a collection; it stays given"
COLLECTION_EXPORT = "Get a collection's pictures as a ZIP file, with artists and licences"
COLLECTION_SHARE = "Show a collection here, and say who may add to it"
COLLECTION_NAME = "What to call it"
COLLECTION_WHICH = "Which collection"
COLLECTION_WHO = "Who may add to it"
COLLECTION_MEMBER = "Let this member add to it too"
COLLECTION_WORKS = "Which works (all of yours if left out)"
COLLECTION_WORK = "Which work"
WHO_ADDS = (("Only me", "owner"), ("Moderators", "moderators"), ("Everyone here", "everyone"))
WHOSE = (("All of mine", "mine"), ("All that was given to this server", "everyone"))
COLLECTION_LIST = "### 🗂️ The collections of this server"
COLLECTION_LIST_NONE = "There is none yet. `/collection create` begins one."
COLLECTION_EMPTY = "Nothing is in it yet. `/contribute` with this collection, or `/collection add`, puts art in."
ADD_TO_IT = "Give art to it"
TRAIN_FROM = "Teach a model"
OPEN_COLLECTION = "Open a collection…"
VERSIONS = "**Versions that models learned from**"
WHO_LABELS = {
    "owner": "only whoever made it adds to it",
    "moderators": "moderators add to it",
    "everyone": "everyone adds to it",
}


def collection_headline(name: str) -> str:
    return f"### 🗂️ {name}"


def collection_counts(works: int, artists: int) -> str:
    works_of = counted("{count} work", "{count} works", works)
    return works_of + " · " + counted("{count} artist", "{count} artists", artists)


# --- trainings -------------------------------------------------------------------------------------------------------

TRAIN_COLLECTION = "Teach a model a collection of this server's art"
SHEET_HEADLINE = "### 📋 Before it learns: {title}"
START = "Start"
START_MODERATOR = "Confirm and start"
CANCEL = "Cancel"
SHEET_SMALL = "Nothing is spent before Start is pressed."
EMOJI_RIGHTS = (
    "⚠️ A moderator confirms once that this server may use the pictures of its own emoji for its models. Starting "
    "confirms it."
)
SHEET_GONE = "This sheet was put away. `/train` makes a new one."


def sheet_headline(title: str) -> str:
    return said(SHEET_HEADLINE, title=title)


# --- privacy ---------------------------------------------------------------------------------------------------------

PRIVACY = "What I keep of you, and how to get it or have it erased"
PRIVACY_PAGE = """### 🔒 What I keep, and what is yours
1. I never read messages. I know what you type into my commands and what you press.
2. Of each request I keep who asked, where, when, for what, and what came of it.
3. I keep the recipes of your pictures, your favourites, and the names you gave.
4. Art comes in only when you give it: `/contribute`, or files attached to `/train files`.
5. Art is cleaned of metadata and kept with your consent, its date and its licence.
6. Models of this server learn from it, and every picture names whose works are in it.
7. You can withdraw art at any time with `/withdraw`; models that learned from it are retired.
8. Nothing is sold, and nothing leaves this machine but the answers in Discord.
9. Below you get all that is kept of you as a ZIP file.
10. Or have it erased: within a minute nothing of it is left, models included."""
EXPORT_ME = "Get all my data"
ERASE_ME = "Erase me"
ERASE_QUESTION = (
    "Erase everything I keep of you, in all servers? Your art is withdrawn and models that learned from it are "
    "retired, your pictures are taken back, your name, requests and favourites are removed. This cannot be undone."
)
ERASE_YES = "Yes, erase everything"
ERASE_NO = "No"
READ_MORE = "The privacy page"
TERMS = "Terms"
