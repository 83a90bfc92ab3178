"""What `/verify` says. Plain English constants, said in the reader's language (docs/decisions/0062)."""

from __future__ import annotations

VERIFY_COMMAND = "Ask what a picture is: whether it was made here, by which model, and whose art is in it."
VERIFY_PICTURE = "The picture, also one that was saved anew, made smaller or sent around"
VERIFY_MENU = "Verify"
NO_FILE = "There is no picture in this message that I could look at. `/verify` takes one from your device."

OURS = "🟢 **Made here, by an AI**"
AI = "🟠 **Made by an AI elsewhere**"
SIGNED = "🔵 **Signed elsewhere**"
BROKEN = "🔴 **Changed after it was signed**"
UNKNOWN = "⚪ **Nothing is known about it**"

AI_SMALL = "It says so of itself; I know nothing more of it."
UNKNOWN_WORDS = (
    "It has no manifest, none of our marks, and looks like no picture on record here. That does not mean that no AI "
    "made it: marks can be lost, and others' tools put none of ours on."
)
HOW_KNOWN = "How that is known"
WHAT_IT_IS = "What it is"
WHOSE_ART = "Whose art is in it"
WITHHELD = "It was made in another server or in direct messages; more is told only there."
OPEN = "Open it"
CREDITS = "Credits"
