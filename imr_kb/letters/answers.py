"""Forms within a note: "Hip pain: None.", "Allergies: NKDA", and headings whose answer names the same thing again."""

from __future__ import annotations

from typing import Final

from imr_kb.letters.lexicon import Mention, cue
from imr_kb.letters.sentences import Sentence

__all__ = ["answered", "asked_only", "heads_alone"]

_ANSWER: Final = cue("FormAnswer")
_COLON: Final = ":"
_ENDS: Final = ".;,"
#: So many tokens of a sentence can be its heading.
_HEADING: Final = 10


def answered(sentence: Sentence, mention: Mention) -> Mention | None:
    """Return the bare answer, such as "none", behind the colon of a heading in which ``mention`` stands."""
    colon = _colon_behind(sentence, mention)
    if colon is None:
        return None
    answer = next(sentence.after(colon + 1), None)
    if answer is None or answer.start != colon + 1 or _ANSWER not in answer.kinds:
        return None
    ended = answer.end >= sentence.end or sentence.tokens[answer.end].text in _ENDS
    return answer if ended else None


def heads_alone(sentence: Sentence, mention: Mention) -> bool:
    """Whether ``mention`` is all that its heading names: "X-ray" of "X-ray: none", and not of "MRI, next X-ray: none"."""
    return sentence.tokens[mention.end].text == _COLON and not sentence.signs(sentence.start, mention.start, "-,/")


def asked_only(sentence: Sentence, mention: Mention, concept: str) -> bool:
    """Whether ``mention`` is the heading of an answer that names ``concept`` itself: "Allergies: no drug allergies"."""
    colon = _colon_behind(sentence, mention)
    return colon is not None and any(concept in other.kinds for other in sentence.after(colon + 1))


def _colon_behind(sentence: Sentence, mention: Mention) -> int | None:
    """Return the token of the colon that ends the heading in which ``mention`` stands, with only words between."""
    for position in range(mention.end, min(mention.end + _HEADING, sentence.end)):
        text = sentence.tokens[position].text
        if text == _COLON:
            return position
        if text in _ENDS:
            return None
    return None
