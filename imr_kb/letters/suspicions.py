"""Conditions that are only suspected: "to rule out a fracture", "possible meniscal tear"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from imr_kb.letters.drafts import Draft
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.scope import Stance, stance
from imr_kb.letters.sentences import Sentence
from imr_kb.terms import core

__all__ = ["suspected"]

_FINDING: Final = core("Finding")
_SUSPICION: Final = cue("Suspicion")
_PLANS: Final = frozenset({cue("Plan"), cue("Continuing")})


def suspected(
    sentence: Sentence, mention: Mention, concept: str, saying: Mention | None, lexicon: Lexicon
) -> Iterator[Draft]:
    """Return the finding that a condition is suspected, where the words before it, ``saying``, say so."""
    finding = lexicon.suspected(concept)
    if saying is not None and sentence.frame(mention) in _PLANS and sentence.signs(saying.start - 1, saying.start, ","):
        return  # a member of the list of what is planned
    own_words = sentence.tokens[mention.start : mention.end]
    if finding == concept and lexicon.mentions(own_words, roots=frozenset({_SUSPICION})):
        return  # "suspect possible derangement" doubts the place that the name says
    if finding is not None and saying is not None and _SUSPICION in saying.kinds:
        denied = stance(sentence, saying)[0] is Stance.DENIED
        span = sentence.part.span(min(saying.start, mention.start), max(saying.end, mention.end))
        yield Draft(kind=_FINDING, concept=finding, absent=denied, spans={span: None})
