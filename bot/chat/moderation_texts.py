"""The sentences about order: reports, the review queue, the settings, what one may do, contests. See
`bot.chat.texts`."""

from __future__ import annotations

from bot.language import said
from bot.rights import LABELS, Right

# --- reports ---------------------------------------------------------------------------------------------------------

REPORT_COMMAND = "Tell the moderators that something is wrong with a picture"
REPORT_PICTURE = "Which picture: type its name or number"
REPORT_REASON = "What is wrong with it, in a few words"
REPORT_MENU = "Report"
REPORT_MODAL = "Report to the moderators"
REPORT_LABEL = "What is wrong with it?"
REPORT_HELP = "Only the moderators read this, and only they see who sent it."

# --- the review queue ------------------------------------------------------------------------------------------------

REVIEWS_COMMAND = "Look through what members reported and what was held back"
REVIEW_NONE = "### ✅ Nothing waits for review"
REVIEW_HEADLINES = {
    "report": "🚩 Reported",
    "upload": "🛑 Held back: an upload",
    "output": "🛑 Held back: a new picture",
}
APPROVE = "Approve"
REMOVE = "Remove everywhere"
BLOCK = "Block member"
UNBLOCK = "Unblock member"
NEXT = "Next"
GONE = "There is no picture to show any more."
AUDIT = "**The log**"
OPEN_MESSAGE = "the message"


def waiting(count: int) -> str:
    return said("{count} waiting", count=count)


def made_by(member: int) -> str:
    return said("made by {member}", member=f"<@{member}>")


def sent_by(member: int) -> str:
    return said("sent by {member}", member=f"<@{member}>")


def reported_by(member: int) -> str:
    return said("reported by {member}", member=f"<@{member}>")


# --- settings --------------------------------------------------------------------------------------------------------

SETTINGS_COMMAND = "Settle who may do what here, and where"
SETTINGS_HEADLINE = "### ⚙️ Who may do what here"
SETTINGS_HELP = "Choose roles to keep something for them; with none chosen everyone may. Moderators always may."
CHANNELS = "Channels for pictures (none chosen: all)"
CHANNELS_HELP = "Threads belong to their channel. What members only look at works everywhere."
SWITCHES = {
    "upload_gate": "Check uploads",
    "output_gate": "Check pictures",
    "hold_copies": "Hold back copies",
    "badge": "Badge pictures",
    "reports": "Take reports",
}
GATE = {
    "off": "The operator's check of pictures for nudity is off.",
    "up": "The operator's check of pictures for nudity is on, and no switch here turns it off.",
    "down": "The operator's check of pictures for nudity is down: uploads, trainings and new pictures are refused.",
}
HASHES = {
    "off": "",
    "up": "The operator's list of blocked pictures is on.",
    "down": "The operator's list of blocked pictures cannot be read: uploads, trainings and new pictures are refused.",
}
WORDS = "Blocked words…"
WORDS_MODAL = "Words blocked in names and prompts"
WORDS_LABEL = "Words, one a line"
WORDS_HELP = "Spaces, accents and look-alike letters do not hide them."
LIMITS_HEADLINE = "**Limits of this server**"
BLOCKED_HEADLINE = "**Blocked members**"


def role_placeholder(right: Right) -> str:
    return said("Everyone may {what}", what=said(LABELS[right]))


MODERATOR_ROLES = "Further roles that moderate"

# --- me --------------------------------------------------------------------------------------------------------------

ME_COMMAND = "See what you may do here, and how much of it is left"
ME_HEADLINE = "### 🪪 What you may do here"
ME_LIMITS = "**What you have used**"

# --- contests --------------------------------------------------------------------------------------------------------

CONTEST = "Themed contests: enter a picture, vote, and see the winners' children"
CONTEST_START = "Start a contest; it closes by itself and breeds the two winners"
CONTEST_THEME = "What it is about, such as: frogs at night"
CONTEST_HOURS = "How many hours it goes on (a week if left out)"
CONTEST_ENTER = "Enter a picture of your own into this server's contest"
CONTEST_SHOW = "Show the contest that goes on"
CONTEST_SHEET = "The pictures of the contest, numbered as in the menu below"
CONTEST_EMPTY = "Nobody has entered yet. `/contest enter` puts a picture of yours in."
CONTEST_VOTE = "Vote for one…"
CONTEST_SMALL = "One picture and one vote each; votes are secret until it closes."


def contest_headline(theme: str) -> str:
    return "### " + said("🏆 Contest: {theme}", theme=theme)


def contest_closes(at: int) -> str:
    return said("closes {when}", when=f"<t:{at}:R>")
