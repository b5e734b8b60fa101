"""The visit at which findings were seen, by the date that their sentence names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from imr_kb.letters.amounts import Amount, Kind
from imr_kb.letters.drafts import Draft
from imr_kb.letters.lexicon import cue
from imr_kb.letters.sentences import Sentence
from imr_kb.terms import core

__all__ = ["dated", "visit_date"]

_INJURY: Final = cue("InjuryMention")
_HAPPENED: Final = cue("Happened")


def visit_date(sentence: Sentence) -> Amount | None:
    """Return the date of the visit that ``sentence`` tells of; beside the injury stands the date of that."""
    if sentence.has(_INJURY, _HAPPENED):
        return None
    return next((amount for amount in sentence.amounts if amount.kind is Kind.DATE), None)


def dated(drafts: Sequence[Draft], visit: Amount | None) -> Sequence[Draft]:
    """Give findings the date of the visit that their sentence names before them."""
    for draft in drafts:
        if visit is not None and visit.day is not None and draft.shown_by is None:
            draft.values.setdefault(core("onDate"), visit.day)
    return drafts
