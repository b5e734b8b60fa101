"""Words that can be said of care or of the worker: "stopped working", "a housekeeper"."""

from __future__ import annotations

from enum import Enum
from typing import Final

from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.sentences import Sentence
from imr_kb.terms import PREFIXES

__all__ = ["Whom", "is_livelihood", "of_whom"]

_WORKS_NO_MORE: Final = cue("WorksNoMore")
_CARE_AGAIN: Final = cue("CareAgain")
_HELPER: Final = cue("HelperName")
_HAVING_HELP: Final = cue("HavingHelp")
_SERVICE: Final = PREFIXES["svc"] + "Service"
_AUXILIARIES: Final = frozenset({cue("Copula"), cue("SubjectVerb"), cue("Affirmation")})
#: Frames of passages that tell of care by naming it.
_OF_CARE: Final = frozenset(cue(name) for name in ("History", "Plan", "Continuing", "RequestMention"))
#: Words of having stand at most so far before the name of the helper: "has a".
_REACH: Final = 2


class Whom(Enum):
    """Of whom or what words speak that fit both."""

    CARE = "care"
    WORKER = "worker"
    UNCLEAR = "unclear"


def of_whom(sentence: Sentence, mention: Mention, lexicon: Lexicon) -> Whom | None:
    """Return of whom ``mention`` says that it works no more, or nothing where it says no such thing."""
    if _WORKS_NO_MORE not in mention.kinds:
        return None
    start = mention.start
    for other in sentence.before(mention.start):
        if other.end != start or _AUXILIARIES.isdisjoint(other.kinds):
            break
        start = other.start
    if sentence.turns(start - 1, start):
        return Whom.WORKER
    before = next((one for one in sentence.before(start) if _SERVICE in one.kinds), None)
    again = start > sentence.start and lexicon.in_group(_CARE_AGAIN, sentence.tokens, start - 1) == start
    if again or (before is not None and before.end == start):
        return Whom.CARE
    return Whom.WORKER if before is None else Whom.UNCLEAR


def is_livelihood(sentence: Sentence, mention: Mention, lexicon: Lexicon) -> bool:
    """Whether ``mention`` is what the worker does for a living: a helper whom nobody is said to have."""
    if _HELPER not in mention.kinds or sentence.frame(mention) in _OF_CARE:
        return False
    return not any(
        lexicon.in_group(_HAVING_HELP, sentence.tokens, at)
        for at in range(max(sentence.start, mention.start - _REACH), mention.start)
    )
