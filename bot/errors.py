"""The three ways a request can fail; everything else is a mistake of ours and becomes `Bug` at the edge."""

from __future__ import annotations


class Refused(Exception):
    """The member asked for what cannot be done; the text says what to do instead and is shown to them as it is."""


class Retry(Exception):
    """It did not work now and may later: `after` in seconds. The text says what happens next and is shown."""

    def __init__(self, text: str, after: float = 1.0) -> None:
        super().__init__(text)
        self.after = after


class Bug(Exception):
    """Our own mistake. The member sees an apology with the request id, the log the traceback."""


class Unseen(Exception):
    """Nobody is left to answer: the request ends uncharged and in silence, and the record says why."""
