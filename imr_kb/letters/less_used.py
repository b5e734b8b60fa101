"""Drugs of which the worker took less: "cut her Norco from 4 to 1 a day", "Norco was reduced", "stopped tramadol"."""

from __future__ import annotations

from typing import Final

from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.scope import Stance, stance
from imr_kb.letters.sentences import Sentence
from imr_kb.terms import PREFIXES, core

__all__ = ["less_used"]

_MEDICATION: Final = PREFIXES["svc"] + "Medication"
_TAKEN: Final = core("MedicationUse")
_LESSENED: Final = cue("TakesLess")
_INTENDED: Final = frozenset({cue("Plan"), cue("Continuing"), cue("RequestMention")})
#: How many tokens may stand between the verb and the drug: "his intake of", "was".
_REACH: Final = 3


def less_used(sentence: Sentence, lexicon: Lexicon) -> list[Mention]:
    """Return the drugs in ``sentence`` of which less is said to have been taken, the verb right before or behind them."""
    if sentence.review:
        return []
    return [
        mention
        for mention in sentence.mentions
        if any(lexicon.read_as(one) == _TAKEN or _MEDICATION in lexicon.within(one) for one in mention.concepts)
        and sentence.frame(mention) not in _INTENDED
        and (_before(sentence, mention, lexicon) or _behind(sentence, mention, lexicon))
        and stance(sentence, mention)[0] is Stance.STATED
    ]


def _before(sentence: Sentence, drug: Mention, lexicon: Lexicon) -> bool:
    """Whether a verb for taking less ends close before ``drug``: "reduced his use of Norco"."""
    for position in range(drug.start - 1, max(sentence.start, drug.start - 2 * _REACH) - 1, -1):
        if sentence.tokens[position].text in ",;.:":
            return False
        end = lexicon.in_group(_LESSENED, sentence.tokens, position)
        if end and drug.start - _REACH <= end <= drug.start:
            return True
    return False


def _behind(sentence: Sentence, drug: Mention, lexicon: Lexicon) -> bool:
    """Whether such a verb follows ``drug`` with a form of "be" between: "Norco was reduced"."""
    linked = False
    for position in range(drug.end, min(drug.end + _REACH + 1, sentence.end)):
        if sentence.tokens[position].text in ",;.:":
            return False
        if linked and lexicon.in_group(_LESSENED, sentence.tokens, position):
            return True
        linked = linked or any(one.start == position for one in sentence.of(cue("Copula")))
    return False
