"""Care that the words beside it put out of question, or say to have been tried in vain."""

from __future__ import annotations

from typing import Final

from imr_kb.letters.drafts import Draft
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.scope import Stance, stance
from imr_kb.letters.sentences import Sentence
from imr_kb.terms import core

__all__ = ["barred", "out_of_reach"]

_FINDING: Final = core("Finding")
_TRIAL: Final = cue("FailedTrial")
_UNABLE: Final = cue("BarredBefore")
#: How many tokens may stand between such words and the care: "the".
_ARTICLE: Final = 1
#: How many tokens may stand between care and the end of the words that it is out of question.
_BARRED_REACH: Final = 6


def barred(sentence: Sentence, mention: Mention, lexicon: Lexicon) -> tuple[Draft, bool] | None:
    """Return the finding that the named care is out of question, if the words beside it say so, and whether it was tried."""
    finding = lexicon.told("barred", mention)
    if finding is None:
        return None
    near = [
        *((other, cue("BarredBefore")) for other in sentence.between(mention.start - _BARRED_REACH, mention.start)),
        *((other, cue("BarredAfter")) for other in sentence.between(mention.end, mention.end + _BARRED_REACH)),
    ]
    for other, kind in near:
        if other.kinds.isdisjoint({kind, _TRIAL}):
            continue
        first, last = (other, mention) if other.start < mention.start else (mention, other)
        if sentence.signs(first.end, last.start, ",;.") or stance(sentence, other, sign=False)[0] is not Stance.STATED:
            continue
        tried = _TRIAL in other.kinds
        return Draft(kind=_FINDING, concept=finding, spans={sentence.part.span(first.start, last.end): None}), tried
    return None


def out_of_reach(sentence: Sentence, mention: Mention) -> bool:
    """Whether the worker is said right before to be unable to do the care: "unable to perform dressing changes"."""
    return any(
        _UNABLE in one.kinds and 0 <= mention.start - one.end <= _ARTICLE for one in sentence.before(mention.start)
    )
