"""The custom ids of buttons, menus and modals: all that a press needs to know, for ever.

An id is `a:<verb>:<argument>…`, at most 100 characters (Discord's limit). The formats are a promise: messages that hold
them stay in channels for ever, so a verb may be added but never changed.
"""

from __future__ import annotations

LIMIT = 100
PREFIX = "a:"

_NUMBER = r"\d{1,20}"
_NAME = r"[a-z0-9][a-z0-9._-]{0,63}"
_SLIDER = r"[a-z0-9][a-z0-9-]{0,31}"
"""Directions of a model with an id above 20 characters are not offered: they would not fit beside a model's."""

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
FILM = rf"a:film:(?P<training>{_NAME})"
KEEP = r"a:keep"
MAKE = rf"a:make:(?P<model>{_NAME})"
DEFAULT = rf"a:default:(?P<model>{_NAME})"
DEFAULT_ONE = r"a:default-of"
MODELS = r"a:models:(?P<page>\d{1,4})"
QUEUE = r"a:queue"

LOOK = rf"a:look:(?P<output>{_NUMBER}):(?P<owner>{_NUMBER})"
LOOK_ONE = rf"a:lookof:(?P<request>{_NUMBER}):(?P<owner>{_NUMBER})"
SHOW = rf"a:show:(?P<request>{_NUMBER}):(?P<owner>{_NUMBER})"
PLAY = rf"a:play:(?P<move>again|little|lot|calmer|bolder|weaker|stronger):(?P<output>{_NUMBER}):(?P<owner>{_NUMBER})"
SLIDE = rf"a:slide:(?P<output>{_NUMBER}):(?P<owner>{_NUMBER})"
SLIDER_ONE = rf"a:slider-of:(?P<output>{_NUMBER}):(?P<owner>{_NUMBER})"
PULL = rf"a:pull:(?P<output>{_NUMBER}):(?P<owner>{_NUMBER}):(?P<direction>{_SLIDER}):(?P<quarters>-?\d{{1,2}})"
MATES = rf"a:(?P<purpose>breed|morph):(?P<output>{_NUMBER}):(?P<owner>{_NUMBER})"
MATE = rf"a:mate:(?P<purpose>breed|morph):(?P<output>{_NUMBER}):(?P<owner>{_NUMBER})"
STOP_TASK = rf"a:stop-task:(?P<request>{_NUMBER}):(?P<owner>{_NUMBER})"
FAMILY = rf"a:family:(?P<output>{_NUMBER})"
REMIX_ONE = r"a:remix-of"
CREDITS_ONE = r"a:credits-of"
GALLERY = r"a:gallery:(?P<shelf>mine|favourites|here):(?P<page>\d{1,4})"
GALLERY_ONE = r"a:gallery-of"
NAME_ONE = rf"a:name-of:(?P<model>{_NAME})"
STAR = rf"a:star:(?P<output>{_NUMBER})"
COPY = rf"a:copy:(?P<output>{_NUMBER})"
CREDITS = rf"a:credits:(?P<output>{_NUMBER})"
STICKER = rf"a:sticker:(?P<output>{_NUMBER})"

WITHDRAW = rf"a:withdraw:(?P<request>{_NUMBER}):(?P<owner>{_NUMBER})"
WITHDRAW_SOME = rf"a:withdraw-some:(?P<request>{_NUMBER})"
WITHDRAW_YES = r"a:withdraw-yes:(?P<works>[0-9a-z]{1,12}(?:-[0-9a-z]{1,12}){0,9})"
WITHDRAW_ALL = rf"a:withdraw-all:(?P<request>{_NUMBER})"
WITHDRAW_ALL_YES = rf"a:withdraw-all-yes:(?P<request>{_NUMBER})"
ART_PAGE = r"a:art-page:(?P<page>\d{1,4})"
GIVE = rf"a:give:(?P<collection>{_NUMBER})"
COLLECTION = rf"a:collection:(?P<collection>{_NUMBER}):(?P<page>\d{{1,4}})"
COLLECTION_ONE = r"a:collection-of"
BEGIN = rf"a:begin:(?P<request>{_NUMBER}):(?P<owner>{_NUMBER}):(?P<moderator>[01])"
PUT_AWAY = rf"a:put-away:(?P<request>{_NUMBER}):(?P<owner>{_NUMBER})"
EXPORT_ME = r"a:export-me"
ERASE_ME = r"a:erase-me"
ERASE_ME_YES = r"a:erase-me-yes"

REVIEW = rf"a:review:(?P<verdict>approve|remove|block|unblock):(?P<report>{_NUMBER})"
REVIEW_NEXT = rf"a:review-next:(?P<report>{_NUMBER})"
RULE_ROLES = r"a:rule-roles:(?P<right>[a-z]{1,16})"
RULE_CHANNELS = r"a:rule-channels"
RULE_SWITCH = r"a:rule-switch:(?P<switch>[a-z_]{1,16})"
RULE_WORDS = r"a:rule-words"
VOTE = rf"a:vote:(?P<contest>{_NUMBER})"

REPORT_MODAL = rf"a:report-modal:(?P<message>{_NUMBER}):(?P<pictures>(?:\d{{1,18}}(?:-\d{{1,18}})*)?)"
WORDS_MODAL = r"a:words-modal"
ART_MODAL = rf"a:art-modal:(?P<collection>{_NUMBER})"
NAME_MODAL = rf"a:name-modal:(?P<model>{_NAME}):(?P<direction>{_SLIDER})"
STICKER_MODAL = rf"a:sticker-modal:(?P<output>{_NUMBER})"
EMOJI_MODAL = rf"a:emoji-modal:(?P<output>{_NUMBER})"
FILES_MODAL = (
    r"a:files-modal:(?P<minutes>\d{1,4}(?:\.\d{1,3})?):(?P<base>(?:[a-z0-9][a-z0-9._-]{0,63})?)"
    r"(?::(?P<family>[a-z0-9]{0,14}))?"
)


def pack(verb: str, *arguments: object) -> str:
    """The custom id of `verb`. Raises `ValueError` above Discord's limit, so a test finds it and no member does."""
    custom_id = PREFIX + ":".join([verb, *(str(argument) for argument in arguments)])
    if len(custom_id) > LIMIT:
        raise ValueError(f"custom_id of {len(custom_id)} characters: {custom_id}")
    return custom_id
