"""Which care can be the cause of a gain: not a drug of which less is used since, nor a device that is left off."""

from __future__ import annotations

from typing import Final

from imr_kb.letters.amounts import Kind
from imr_kb.letters.doings import doing_at
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.sentences import Sentence
from imr_kb.terms import PREFIXES

__all__ = ["is_outcome"]

_SERVICE: Final = PREFIXES["svc"] + "Service"
_MEDICATION: Final = PREFIXES["svc"] + "Medication"
_BY_DRUG: Final = cue("ByDrug")
_LEFT_OFF: Final = cue("LeftOff")
_LESS_OF: Final = cue("LessOf")
_COMPARED: Final = frozenset({cue("ByMeans"), cue("InsteadOf")})
#: Numbers that count tablets, and no grades of pain.
_COUNTS: Final = frozenset({Kind.BARE, Kind.COUNT, Kind.MEASURE, Kind.PERCENT, Kind.PER_DAY, Kind.UNITS})
#: How many tokens may stand between a drug and the words that compare its use, and between "with" and the drug.
_NEAR: Final = 3


def is_outcome(sentence: Sentence, care: Mention, lexicon: Lexicon) -> bool:
    """Whether that there is less of ``care`` is itself the gain: "Norco use fell from 3 to 1", "off crutches"."""
    for position in range(max(sentence.start, care.start - _NEAR), care.start):
        if lexicon.in_group(_LEFT_OFF, sentence.tokens, position) == care.start:
            return True
        if _MEDICATION in care.kinds and lexicon.in_group(_LESS_OF, sentence.tokens, position) == care.start:
            return True
    return _MEDICATION in care.kinds and _use_compared(sentence, care, lexicon) and not _means(sentence, care, lexicon)


def _use_compared(sentence: Sentence, drug: Mention, lexicon: Lexicon) -> bool:
    """Whether two amounts of ``drug`` are compared right behind it or its "use", with nothing else measured between."""
    for words in sentence.between(drug.end, min(drug.end + _NEAR + 1, sentence.end)):
        if _COMPARED.isdisjoint(words.kinds):
            continue
        amount = next((one for one in sentence.amounts if one.start == words.end), None)
        between = any(doing_at(sentence, at, lexicon) for at in range(drug.end + 1, words.start))
        return amount is not None and amount.kind in _COUNTS and not between
    return False


def _means(sentence: Sentence, drug: Mention, lexicon: Lexicon) -> bool:
    """Whether "with" or its like stands before ``drug``, which then is what something was done by."""
    return any(
        0 <= drug.start - behind < _NEAR
        for position in range(max(sentence.start, drug.start - _NEAR - 1), drug.start)
        if (behind := lexicon.in_group(_BY_DRUG, sentence.tokens, position))
        and not any(_SERVICE in one.kinds for one in sentence.between(behind, drug.start))
    )
