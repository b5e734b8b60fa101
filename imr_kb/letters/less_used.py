"""Care of which less is used: "cut her Norco from 4 to 1 a day", "off crutches". It is a gain, and the cause of none."""

from __future__ import annotations

from typing import Final

from imr_kb.letters.amounts import Kind
from imr_kb.letters.doings import doing_at
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.not_borne import harmed
from imr_kb.letters.scope import Stance, stance
from imr_kb.letters.sentences import Sentence
from imr_kb.terms import PREFIXES, core

__all__ = ["is_lessened", "less_used"]

_SERVICE: Final = PREFIXES["svc"] + "Service"
_MEDICATION: Final = PREFIXES["svc"] + "Medication"
_TAKEN: Final = core("MedicationUse")
_LESS: Final = cue("NeedsLess")
_SELDOM: Final = cue("SeldomTaken")
_USE: Final = cue("ItsUse")
_COPULA: Final = cue("Copula")
_BY_DRUG: Final = cue("ByDrug")
_COMPARED: Final = frozenset({cue("ByMeans"), cue("InsteadOf")})
_INTENDED: Final = frozenset({cue("Plan"), cue("RequestMention")})
#: Words right before those for less by which less is only hoped for or cannot be.
_NOT_SO: Final = frozenset(cue(name) for name in ("Cannot", "MayDo", "MustBe", "Uncertainty"))
#: Numbers that count tablets, and no grades of pain.
_COUNTS: Final = frozenset({Kind.BARE, Kind.COUNT, Kind.MEASURE, Kind.PERCENT, Kind.PER_DAY, Kind.UNITS})
#: How many tokens such words have at most, with those for the use of a drug behind them.
_LONGEST: Final = 8
#: How many tokens may stand between a drug and the words behind it, and between "with" and the drug.
_NEAR: Final = 3


def less_used(sentence: Sentence, lexicon: Lexicon) -> list[Mention]:
    """Return the drugs in ``sentence`` of which less is said to have been taken, and not for the harm that they did."""
    return [
        drug
        for drug in sentence.mentions
        if any(lexicon.read_as(one) == _TAKEN or _MEDICATION in lexicon.within(one) for one in drug.concepts)
        and not sentence.review
        and (words := _words_of_less(sentence, drug, lexicon)) is not None
        and sentence.frame(words) not in _INTENDED
        and stance(sentence, drug)[0] is Stance.STATED
        and not harmed(sentence, drug, sentence.end, lexicon, stopped=True)
    ]


def is_lessened(sentence: Sentence, care: Mention, lexicon: Lexicon) -> bool:
    """Whether less of ``care`` is used, so that no gain is owed to it: "Norco use fell from 3 to 1", "off crutches"."""
    seldom = care.end < sentence.end and lexicon.in_group(_SELDOM, sentence.tokens, care.end)
    if seldom or _words_of_less(sentence, care, lexicon) is not None:
        return True
    return _MEDICATION in care.kinds and _use_compared(sentence, care, lexicon) and not _means(sentence, care, lexicon)


def _words_of_less(sentence: Sentence, care: Mention, lexicon: Lexicon) -> Mention | None:
    """Return the words for less right before ``care`` or its use, or behind a form of "be": "Norco was reduced"."""
    for position in range(max(sentence.start, care.start - _LONGEST), care.start):
        end = lexicon.in_group(_LESS, sentence.tokens, position)
        if end and care.start in {end, lexicon.in_group(_USE, sentence.tokens, end)}:
            not_so = any(one.start < position <= one.end for kind in _NOT_SO for one in sentence.of(kind))
            return None if not_so else Mention(position, end, (), frozenset())
    for be in sentence.of(_COPULA):
        end = lexicon.in_group(_LESS, sentence.tokens, be.end) if 0 <= be.start - care.end <= 1 else 0
        if end and not sentence.signs(care.end, end, ",;.:"):
            return Mention(be.start, end, (), frozenset())
    return None


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
