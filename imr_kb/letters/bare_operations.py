"""Operations without a name that are only spoken of: "to clear her for surgery", "before an operation"."""

from __future__ import annotations

from typing import Final

from imr_kb.letters.amounts import Kind
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.sentences import Sentence
from imr_kb.terms import PREFIXES

__all__ = ["only_in_view"]

_SURGERY: Final = PREFIXES["svc"] + "Surgery"
_AHEAD: Final = cue("LiesAhead")
_PROPOSED: Final = cue("OnlyProposed")
_DATES: Final = frozenset({Kind.DATE, Kind.MONTH})
#: So many tokens have the words before such an operation at most, and stand between it and its day.
_LONGEST: Final = 4
_NEAR: Final = 2


def only_in_view(sentence: Sentence, mention: Mention, concept: str, lexicon: Lexicon) -> bool:
    """Whether ``mention`` is an operation that is neither named nor dated, and words beside it put it ahead or aside."""
    if concept != _SURGERY or any(
        one.kind in _DATES and 0 <= one.start - mention.end <= _NEAR for one in sentence.amounts
    ):
        return False
    first = max(sentence.start, mention.start - _LONGEST)
    ahead = (lexicon.in_group(_AHEAD, sentence.tokens, at) == mention.start for at in range(first, mention.start))
    return any(ahead) or bool(lexicon.in_group(_PROPOSED, sentence.tokens, mention.end))
