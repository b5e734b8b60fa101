"""Measures of an examined item: degrees beside a motion, shares of the normal motion, vital signs."""

from __future__ import annotations

import re
from typing import Final

from imr_kb.letters.amounts import Kind
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.sentences import Sentence
from imr_kb.terms import PREFIXES

__all__ = ["LINKING", "MEASURE_REACH", "is_site", "measured", "share_of_normal", "vital_sign"]

#: Words that may stand between a value or measure and its item.
LINKING: Final = frozenset({cue("Of"), cue("SiteFiller"), cue("And"), cue("SitePreposition")})
#: How many tokens may stand between an item and its measure: "95 degrees of flexion".
MEASURE_REACH: Final = 3
#: A share of the normal motion, such as 40/60, has at least so many degrees to be a share of.
_DEGREES: Final = 10
_GRIP: Final = PREFIXES["fnd"] + "GripStrength"
_TRY_REACH: Final = 8
_MOTION: Final = PREFIXES["fnd"] + "RangeOfMotion"
_LESS_MOTION: Final = PREFIXES["fnd"] + "DecreasedRangeOfMotion"
_VALUE: Final = cue("Value")
#: What may stand between a vital sign and its number, and what that can be: 2+ and 2/4 are grades of a pulse.
_OF_NUMBERS: Final = frozenset({cue("Copula"), cue("Of"), cue("SitePreposition")})
_READINGS: Final = frozenset({Kind.GRADE, Kind.BARE, Kind.MEASURE, Kind.PERCENT, Kind.PER_DAY})
#: Several tries of one grip: "20/18/22".
_TRIES: Final = re.compile(r"\d+(?:[./-]\d+)+")
_BODY: Final = PREFIXES["body"] + "BodyPart"
_BODY_NAMES: Final = PREFIXES["body"]


def share_of_normal(sentence: Sentence, mention: Mention) -> tuple[bool, int, int] | None:
    """Return whether the share of the normal measure right behind the item is the whole: "flexion 40/60"."""
    for amount in sentence.amounts:
        behind = amount.kind is Kind.GRADE and 0 <= amount.start - mention.end <= 1
        if behind and amount.second is not None and amount.second > _DEGREES:
            return amount.value >= amount.second, amount.start, amount.end
    return None


def measured(sentence: Sentence, mention: Mention, lexicon: Lexicon) -> tuple[bool, int, int] | None:
    """Return where a measure of the item stands right beside it, which does not say whether it is in order."""
    if _MOTION in mention.kinds and _details(sentence, mention, lexicon):
        return None
    for amount in sentence.amounts:
        between = (amount.end, mention.start) if amount.end <= mention.start else (mention.end, amount.start)
        bare = amount.kind is Kind.BARE and mention.end <= amount.start <= mention.end + 1 and _MOTION in mention.kinds
        if not (bare or amount.kind is Kind.MEASURE) or between[1] < between[0] or sentence.signs(*between, ",;"):
            continue
        if between[1] - between[0] <= MEASURE_REACH or _only_place(sentence, *between, lexicon):
            return False, amount.start, amount.end
    return _tries(sentence, mention) if _GRIP in mention.kinds else None


def _tries(sentence: Sentence, grip: Mention) -> tuple[bool, int, int] | None:
    """Return where the results of several tries of a grip stand: "grip strength on the left was 20/18/22"."""
    for at in range(grip.end, min(grip.end + _TRY_REACH, sentence.end)):
        if sentence.tokens[at].text in ",;.":
            return None
        if _TRIES.fullmatch(sentence.tokens[at].text):
            return False, at, at + 1
    return None


def vital_sign(sentence: Sentence, mention: Mention) -> tuple[bool, int, int] | None:
    """Return where the number of a vital sign stands right behind it: "blood pressure was 132/84", "pulse 76"."""
    end = mention.end
    for other in sentence.between(mention.end, min(mention.end + MEASURE_REACH, sentence.end)):
        end = other.end if other.start == end and not _OF_NUMBERS.isdisjoint(other.kinds) else end
    if end < sentence.end and sentence.tokens[end].text == ":":
        end += 1
    amount = next((one for one in sentence.amounts if one.start == end), None)
    if amount is None or amount.kind not in _READINGS or amount.value <= _DEGREES:
        return None
    return False, amount.start, amount.end


def _called(sentence: Sentence, motion: Mention, lexicon: Lexicon) -> bool:
    """Whether a value stands before ``motion`` with nothing but a place between: "decreased lumbar range of motion"."""
    end = motion.start
    for other in sentence.before(motion.start):
        if other.end != end or _VALUE in other.kinds:
            return other.end == end
        if cue("SiteFiller") not in other.kinds and not is_site(other, lexicon):
            return False
        end = other.start
    return False


def _details(sentence: Sentence, mention: Mention, lexicon: Lexicon) -> bool:
    """Whether ``mention`` only details a motion of which the words before say whether it is full: "limited: flexion 40"."""
    valued = False
    for other in sentence.before(mention.start):
        if sentence.signs(other.end, mention.start, ";") or _BODY in other.kinds:
            return False
        if _LESS_MOTION in other.kinds or (valued and _MOTION in other.kinds):
            return True
        valued = _VALUE in other.kinds or (valued and cue("Copula") in other.kinds)
        if _MOTION in other.kinds and _called(sentence, other, lexicon):
            return True
    return False


def _only_place(sentence: Sentence, start: int, end: int, lexicon: Lexicon) -> bool:
    """Whether nothing but a place, a verb and the first number of a range stands between tokens ``start`` and ``end``."""
    named = {
        position
        for amount in sentence.amounts
        if amount.kind is Kind.BARE and start <= amount.start and amount.end <= end
        for position in range(amount.start, amount.end)
    }
    named |= {at for at in range(start, end) if sentence.tokens[at].text == "-"}
    named |= {
        position
        for other in sentence.between(start, end)
        if cue("Copula") in other.kinds or not LINKING.isdisjoint(other.kinds) or is_site(other, lexicon)
        for position in range(other.start, other.end)
    }
    return len(named) == end - start


def is_site(mention: Mention, lexicon: Lexicon) -> bool:
    """Return whether ``mention`` names a part of the body or a side."""
    return any(lexicon.individuals.get(concept) or concept.startswith(_BODY_NAMES) for concept in mention.concepts)
