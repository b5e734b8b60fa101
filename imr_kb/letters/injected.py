"""Drugs that are told as injected: "an intramuscular injection of Toradol", "ketorolac 60 mg IM"."""

from __future__ import annotations

from typing import Final

from imr_kb.letters.amounts import Kind
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.sentences import Sentence
from imr_kb.terms import PREFIXES

__all__ = ["as_injected"]

_INJECTION: Final = PREFIXES["svc"] + "Injection"
_WORD: Final = cue("InjectedWord")
#: Words between an injection and the drug, besides an amount of it.
_JOINING: Final = frozenset({cue("Of"), cue("With"), cue("Each")})
_AMOUNT: Final = frozenset({Kind.STRENGTH, Kind.MEASURE})


def as_injected(sentence: Sentence, drug: Mention, concept: str, lexicon: Lexicon) -> str:
    """Return ``concept``, which ``drug`` names, or what it is by needle where an injection of it is told of."""
    injected = _injection_of(sentence, drug) or _given_by_needle(sentence, drug, lexicon)
    return lexicon.given_by(concept, _INJECTION) if injected else concept


def _injection_of(sentence: Sentence, drug: Mention) -> bool:
    """Whether "injection of" stands right before ``drug``, or before an amount of it."""
    start = _past_amount(sentence, drug.start, before=True)
    joined = False
    for other in sentence.before(start):
        if other.end != start:
            return False
        if _INJECTION in other.kinds:
            return joined
        if _JOINING.isdisjoint(other.kinds):
            return False
        joined, start = True, _past_amount(sentence, other.start, before=True)
    return False


def _given_by_needle(sentence: Sentence, drug: Mention, lexicon: Lexicon) -> bool:
    """Whether "IM" or "injection" stands right behind ``drug`` and its amount."""
    end = _past_amount(sentence, drug.end, before=False)
    if end < sentence.end and lexicon.in_group(_WORD, sentence.tokens, end):
        return True
    following = next(sentence.after(end), None)
    return end > drug.end and following is not None and following.start == end and _INJECTION in following.kinds


def _past_amount(sentence: Sentence, position: int, *, before: bool) -> int:
    """Return the token before or behind the amount of a drug that stands at ``position``, or that itself."""
    for amount in sentence.amounts:
        if amount.kind in _AMOUNT and (amount.end if before else amount.start) == position:
            return amount.start if before else amount.end
    return position
