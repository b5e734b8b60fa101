"""How long care went on, where one length is said of a list: "six weeks of therapy, a brace and naproxen"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from imr_kb.letters.amounts import Amount, Kind
from imr_kb.letters.drafts import Draft
from imr_kb.letters.lexicon import Mention, cue
from imr_kb.letters.sentences import Sentence
from imr_kb.terms import core

__all__ = ["spread_lengths"]

_WEEKS: Final = core("weeks")
_KINDS: Final = frozenset({core("Treatment"), core("MedicationUse")})
_SINCE: Final = cue("Since")
_DAYS_A_WEEK: Final = 7
_OF: Final = cue("Of")
_WITH: Final = cue("With")
_DURING: Final = cue("During")
_AFTERWARDS: Final = cue("Afterwards")
_COURSE: Final = cue("CourseWord")
_FAILED: Final = cue("Failed")
#: Cues at which a list of care ends.
_ENDS: Final = frozenset(
    {_FAILED, *(cue(name) for name in ("Helped", "Plan", "RequestMention", "Complaint", "Result", "Examination"))}
)
#: How many tokens may stand between a length and the first care that it is said of, and between two members of a list.
_REACH: Final = 6
_LIST_REACH: Final = 9
#: How many tokens may stand before the preposition of a length that opens a clause: "and over".
_OPENING: Final = 2

_Care = Sequence[tuple[Mention, str]]


def spread_lengths(sentence: Sentence, own: Sequence[Draft], care: _Care, until: date | None) -> None:
    """Give the length that stands before a list of care to each of its members, where none is said of it alone.

    ``own`` are the facts of the sentence, ``care`` the places where it names care with what each was read as. What went on
    "since" a day went on ``until`` the day of the record.
    """
    for amount in sentence.amounts:
        weeks = _weeks(sentence, amount, until)
        if weeks is None or _taken(sentence, amount, own):
            continue
        named = set(_behind(sentence, amount, care))
        if amount.kind is not Kind.WEEKS:
            named |= set(_before(sentence, amount, care))
        for draft in own:
            if draft.concept in named and draft.kind in _KINDS and not draft.absent and _WEEKS not in draft.values:
                draft.values[_WEEKS] = weeks
                draft.spans[sentence.part.span(amount.start, amount.end)] = None


def _weeks(sentence: Sentence, amount: Amount, until: date | None) -> Decimal | None:
    """Return the length in weeks that ``amount`` gives, by itself or by the day since which something went on."""
    if amount.kind is Kind.WEEKS:
        return amount.value
    since = any(one.end == amount.start for one in sentence.of(_SINCE))
    if not since or amount.day is None or until is None or amount.day >= until:
        return None
    return Decimal((until - amount.day).days // _DAYS_A_WEEK)


def _before(sentence: Sentence, amount: Amount, care: _Care) -> Iterator[str]:
    """Return the list of care that ends right before "since" and its day."""
    last = amount.start
    for mention, service in reversed(care):
        if mention.end > amount.start:
            continue
        if _parted(sentence, mention.end, last, first=last == amount.start):
            return
        yield service
        last = mention.start


def _taken(sentence: Sentence, amount: Amount, own: Sequence[Draft]) -> bool:
    """Whether the length is one of a single care already: "therapy for six weeks"."""
    start, end = sentence.part.span(amount.start, amount.end)
    spans = (span for draft in own if _WEEKS in draft.values for span in draft.spans)
    return any(first <= start and end <= last for first, last in spans)


def _behind(sentence: Sentence, amount: Amount, care: _Care) -> Iterator[str]:
    """Return the care of which the length before it tells."""
    ahead = [(mention, service) for mention, service in care if mention.start >= amount.end]
    if not ahead or not (_opens_clause(sentence, amount) or _counts(sentence, amount, ahead[0][0])):
        return
    last = amount.end
    for mention, service in ahead:
        if _parted(sentence, last, mention.start, first=last == amount.end):
            return
        yield service
        last = mention.end


def _opens_clause(sentence: Sentence, amount: Amount) -> bool:
    """Whether the length says at the head of a clause how long what follows went on: "for eight months he had"."""
    opening = (one for one in sentence.before(amount.start) if not {_DURING, _SINCE}.isdisjoint(one.kinds))
    preposition = next(opening, None)
    if preposition is None or amount.start - preposition.end > _OPENING:
        return False
    head = sentence.tokens[max(sentence.start, preposition.start - _OPENING) : preposition.start]
    return preposition.start - sentence.start <= _OPENING or any(token.text in ",;" for token in head)


def _counts(sentence: Sentence, amount: Amount, first: Mention) -> bool:
    """Whether "of", "with" or a word for a course leads from the length to the care named by ``first``."""
    leading = next(iter(sentence.after(amount.end)), None)
    if leading is None or leading.start - amount.end > 1:
        return False
    return first.start == amount.end or not {_OF, _WITH, _COURSE}.isdisjoint(leading.kinds)


def _parted(sentence: Sentence, start: int, end: int, *, first: bool) -> bool:
    """Whether what stands between two tokens ends the list that the length is said of."""
    if end - start > (_REACH if first else _LIST_REACH) or sentence.signs(start, end, ";:."):
        return True
    between = list(sentence.between(start, end))
    if not first and any(_AFTERWARDS in one.kinds for one in between):
        return True
    ending = [one for one in between if not (first and _FAILED in one.kinds)]  # "over six months he has failed ..."
    return any(not _ENDS.isdisjoint(one.kinds) for one in ending) or (not first and sentence.turns(start, end))
