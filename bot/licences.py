"""The licences under which art may be given, and what each allows: plain facts, used by chat, stories and exports."""

from __future__ import annotations

from enum import StrEnum


class Licence(StrEnum):
    """Kept in the records by these values for ever."""

    cc0 = "cc0"
    cc_by = "cc-by"
    cc_by_sa = "cc-by-sa"
    server = "server"
    """Only for models of the server that it was given to."""

    @property
    def label(self) -> str:
        """As it stands in credits and in a model's card, at most 60 characters."""
        return LABELS[self]

    @property
    def may_leave(self) -> bool:
        """Whether others than the artist may take the picture out of the server, in an export."""
        return self is not Licence.server


LABELS = {
    Licence.cc0: "CC0 1.0",
    Licence.cc_by: "CC BY 4.0",
    Licence.cc_by_sa: "CC BY-SA 4.0",
    Licence.server: "this server's models only",
}
ADDRESSES = {
    Licence.cc0: "https://creativecommons.org/publicdomain/zero/1.0/",
    Licence.cc_by: "https://creativecommons.org/licenses/by/4.0/",
    Licence.cc_by_sa: "https://creativecommons.org/licenses/by-sa/4.0/",
}


def labelled(value: str) -> str:
    """The label of a licence as the records keep it; other words (of a shipped base, of a file) stay as they are."""
    return Licence(value).label if value in set(Licence) else value
