"""Words that need something beside them to be meant: what is not tolerated is a drug, and what extends is a pain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from imr_kb.letters.drafts import Draft
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.sentences import Sentence
from imr_kb.terms import PREFIXES

__all__ = ["unfounded"]

_SERVICE: Final = PREFIXES["svc"] + "Service"
_TOLD: Final = frozenset({PREFIXES["dx"] + "Condition", PREFIXES["fnd"] + "Observation"})
_SPREADING: Final = PREFIXES["fnd"] + "RadiatingPain"
#: What is done or undergone, and so is itself what is not tolerated.
_DONE: Final = frozenset({_SERVICE, *(cue(name) for name in ("Activity", "Doing", "Exercising", "Resting"))})
#: How many tokens may stand between the words and what they speak of behind them: "any of the".
_REACH: Final = 4
#: How far before them it may stand.
_BEFORE: Final = 25


def unfounded(sentence: Sentence, mention: Mention, latest: Sequence[Draft], lexicon: Lexicon) -> bool:
    """Whether nothing stands beside ``mention`` of the kind that its words speak of; ``latest`` is the care told before."""
    if _SPREADING in mention.kinds and any(one.start == mention.end for one in sentence.amounts):
        return True  # "pain goes from 8/10 to 4/10"
    needed = lexicon.beside(sentence.tokens, mention)
    inside = sentence.tokens[mention.start + 1 : mention.end]
    if not needed or any(not needed.isdisjoint(other.kinds) for other in lexicon.mentions(inside)):
        return False
    for other in sentence.between(mention.end, min(mention.end + _REACH + 1, sentence.end)):
        if sentence.signs(mention.end, other.start, ",;.:("):
            break
        if not needed.isdisjoint(other.kinds):
            return False
        if _SERVICE not in needed and not _DONE.isdisjoint(other.kinds):
            return True
    of_care = any(_SERVICE in lexicon.within(kind) for kind in needed)
    rivals = frozenset({_SERVICE}) if of_care else _TOLD
    for other in sentence.before(mention.start):
        if other.end < mention.start - _BEFORE or sentence.signs(other.end, mention.start, ";"):
            break
        if not needed.isdisjoint(other.kinds):
            return False
        if not rivals.isdisjoint(other.kinds):
            return True
    return not any(not needed.isdisjoint(lexicon.within(draft.concept)) for draft in latest)
