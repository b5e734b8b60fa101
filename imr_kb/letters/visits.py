"""The visit at which findings were seen, by the date that their sentence names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from imr_kb.letters.amounts import Amount, Kind
from imr_kb.letters.drafts import Draft
from imr_kb.letters.lexicon import cue
from imr_kb.letters.sentences import Sentence
from imr_kb.terms import PREFIXES, core

__all__ = ["dated", "visit_date"]

_INJURY: Final = cue("InjuryMention")
_HAPPENED: Final = cue("Happened")
_PREPOSITION: Final = cue("SitePreposition")
_DATE_MARK: Final = cue("DateMark")
#: What happens on a day that is no visit: injuries, and going back to work.
_EVENTS: Final = frozenset(
    {
        cue("BareInjury"),
        PREFIXES["dx"] + "Condition",
        PREFIXES["fnd"] + "ReturnedToWork",
        PREFIXES["fnd"] + "WorkStatus",
    }
)


def visit_date(sentence: Sentence) -> Amount | None:
    """Return the date of the visit that ``sentence`` tells of; beside the injury stands the date of that."""
    if sentence.has(_INJURY, _HAPPENED):
        return None
    date = next((amount for amount in sentence.amounts if amount.kind is Kind.DATE), None)
    return None if date is not None and _of_event(sentence, date) else date


def _of_event(sentence: Sentence, date: Amount) -> bool:
    """Whether ``date`` is that of what stands right before it: "an ankle fracture on 1-4-2017", "returned to work on"."""
    end = date.start
    for other in sentence.before(date.start):
        if other.end != end:
            return False
        if not _EVENTS.isdisjoint(other.kinds):
            return True
        if _PREPOSITION not in other.kinds and _DATE_MARK not in other.kinds:
            return False
        end = other.start
    return False


def dated(drafts: Sequence[Draft], visit: Amount | None) -> Sequence[Draft]:
    """Give findings the date of the visit that their sentence names before them."""
    for draft in drafts:
        if visit is not None and visit.day is not None and draft.shown_by is None:
            draft.values.setdefault(core("onDate"), visit.day)
    return drafts
