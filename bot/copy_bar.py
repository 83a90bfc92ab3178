"""How close is too close: when a picture, or a whole model, owes so much to one work that it has to be said.

Three bars, see docs/decisions/0082 and 0112. A picture is close to a copy where one work has nearly all of it: exact,
by the mixture that it was drawn from; or where it looks nearer to a work than works of that hand are to each other, by
the judge, an encoder that no training looks at. A model copies where the judge finds that of half of its samples.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gan.contract import Credit, Figures, Nearness

CLOSE_SHARE = 0.95
"""A blend of 95 % and 5 % cannot be told from the work itself by eye."""
COPYING_SHARE = 0.5
"""Of samples nearer to a work than the first decile of held-out works: a tenth is what new works of the same hand have;
the shipped bases reach a fifth."""


def too_close(credits_: Iterable[Credit | Mapping[str, Any]]) -> Credit | None:
    """The work that a picture is nearly a copy of; none for a picture of its own."""
    read = (Credit.model_validate(one) for one in credits_)
    return next((one for one in read if one.kind == "work" and one.weight >= CLOSE_SHARE), None)


def looks_copied(look: Nearness) -> bool:
    """Whether the judge takes a picture for a copy of a work: nearer than a tenth of the works are to each other."""
    return look.ratio is not None and look.ratio < 1.0


def copies_its_works(figures: Figures | Mapping[str, Any]) -> bool:
    """Whether a model has learned its works by heart rather than their manner, as far as that was measured."""
    measured = Figures.model_validate(figures)
    return measured.copies is not None and measured.copies >= COPYING_SHARE
