"""How many units of a drug are taken each time, as a heading says it: two, for "two tablets by mouth twice a day"."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from imr_kb.letters.amounts import Amount, Kind
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.sentences import Sentence

__all__ = ["goes_to", "is_dose", "units_each_time", "units_of"]

#: Words right before how many units are taken.
_TAKING: Final = cue("Taking")
_TO: Final = cue("Infinitive")
_OF: Final = cue("Of")
#: How many words may stand between a dose and how often it is taken.
_REACH: Final = 2
#: More than so many units are not taken at once; a larger number is what is asked for, or something else.
_MOST_AT_ONCE: Final = 6


def units_each_time(sentence: Sentence, per_day: Amount, lexicon: Lexicon) -> Decimal:
    """Return how many units are taken at each of the times that ``per_day`` counts, one where nothing is said of it."""
    units = (
        one
        for one in sentence.amounts
        if _tells_units(sentence, one, lexicon) and _taken_each_time(sentence, one, per_day)
    )
    return next((one.value for one in units), Decimal(1))


def is_dose(sentence: Sentence, units: Amount) -> bool:
    """Whether ``units`` are what is taken each time, and not what is asked for."""
    return units.value <= _MOST_AT_ONCE and any(
        one.kind is Kind.PER_DAY and _taken_each_time(sentence, units, one) for one in sentence.amounts
    )


def _tells_units(sentence: Sentence, one: Amount, lexicon: Lexicon) -> bool:
    """Whether ``one`` counts units; a bare number does after the strength: "25 mg, 2 by mouth twice daily"."""
    if one.value > _MOST_AT_ONCE:
        return False
    if one.kind is Kind.UNITS:
        return True
    strength = any(other.kind is Kind.STRENGTH and other.end <= one.start for other in sentence.amounts)
    return one.kind is Kind.BARE and strength and one.value > 0 and not _numbered(sentence, one, lexicon)


def _numbered(sentence: Sentence, one: Amount, lexicon: Lexicon) -> bool:
    """Whether a noun stands right before ``one``, which is then its number: "refill 2", but not "take 2"."""
    before = one.start - 1
    amounts = any(other.end == one.start for other in sentence.amounts)
    taken = lexicon.in_group(_TAKING, sentence.tokens, before) == one.start
    return not amounts and not taken and sentence.tokens[before].kind == "word"


def _taken_each_time(sentence: Sentence, units: Amount, per_day: Amount) -> bool:
    """Whether ``units`` are taken so often a day: a few words and no signs stand between, such as "by mouth"."""
    between = sentence.part.tokens[units.end : per_day.start]
    near = 0 <= per_day.start - units.end <= _REACH and not goes_to(sentence, units)
    return near and all(token.kind == "word" for token in between)


def units_of(sentence: Sentence, drug: Mention) -> Decimal:
    """Return how many units of ``drug`` are taken each time, where that stands before it: "two tablets of Norco"."""
    before = next(sentence.before(drug.start), None)
    if before is None or before.end != drug.start or _OF not in before.kinds:
        return Decimal(1)
    units = (one for one in sentence.amounts if one.kind is Kind.UNITS and one.end == before.start)
    return next((one.value for one in units if one.value <= _MOST_AT_ONCE), Decimal(1))


def goes_to(sentence: Sentence, units: Amount) -> bool:
    """Whether ``units`` are only compared with those behind "to": "from four tablets to two a day"."""
    return any(one.start == units.end for one in sentence.of(_TO))
