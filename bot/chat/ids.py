"""The custom ids of buttons, menus and modals: all that a press needs to know, for ever.

An id is `a:<verb>:<argument>…`, at most 100 characters (Discord's limit). The formats are a promise: messages that hold
them stay in channels for ever, so a verb may be added but never changed.
"""

from __future__ import annotations

LIMIT = 100
PREFIX = "a:"

_NUMBER = r"\d{1,20}"
_NAME = r"[a-z0-9][a-z0-9._-]{0,63}"

REROLL = rf"a:reroll:(?P<request>{_NUMBER}):(?P<owner>{_NUMBER})"
VARY = rf"a:vary:(?P<output>{_NUMBER})"
VARY_ONE = rf"a:varyof:(?P<request>{_NUMBER})"
OPEN = rf"a:open:(?P<output>{_NUMBER})"
OPEN_ONE = rf"a:openof:(?P<request>{_NUMBER})"
SHARE = rf"a:share:(?P<output>{_NUMBER})"
EMOJI = rf"a:emoji:(?P<output>{_NUMBER})"
DELETE = rf"a:delete:(?P<request>{_NUMBER}):(?P<owner>{_NUMBER})"
DELETE_YES = rf"a:delete-yes:(?P<request>{_NUMBER}):(?P<owner>{_NUMBER})"
STEER = rf"a:(?P<action>stop|pause|resume):(?P<training>{_NAME}):(?P<owner>{_NUMBER})"
CANCEL = rf"a:cancel:(?P<training>{_NAME}):(?P<owner>{_NUMBER})"
CANCEL_YES = rf"a:cancel-yes:(?P<training>{_NAME}):(?P<owner>{_NUMBER})"
KEEP = r"a:keep"
MAKE = rf"a:make:(?P<model>{_NAME})"
DEFAULT = rf"a:default:(?P<model>{_NAME})"
DEFAULT_ONE = r"a:default-of"
MODELS = r"a:models:(?P<page>\d{1,4})"
QUEUE = r"a:queue"

EMOJI_MODAL = rf"a:emoji-modal:(?P<output>{_NUMBER})"
FILES_MODAL = r"a:files-modal:(?P<minutes>\d{1,4}(?:\.\d{1,3})?):(?P<base>(?:[a-z0-9][a-z0-9._-]{0,63})?)"


def pack(verb: str, *arguments: object) -> str:
    """The custom id of `verb`. Raises `ValueError` above Discord's limit, so a test finds it and no member does."""
    custom_id = PREFIX + ":".join([verb, *(str(argument) for argument in arguments)])
    if len(custom_id) > LIMIT:
        raise ValueError(f"custom_id of {len(custom_id)} characters: {custom_id}")
    return custom_id
