"""Whether a test brought anything out: "Spurling's maneuver causes no arm pain", "straight leg raise without pain"."""

from __future__ import annotations

from typing import Final

from imr_kb.letters.amounts import Kind
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.sentences import Sentence
from imr_kb.terms import PREFIXES

__all__ = ["nothing_brought_out"]

_PAINLESS: Final = frozenset({cue("PainlessWord"), cue("HeldFirm")})
_NEGATOR: Final = cue("Negator")
_FELT: Final = frozenset({PREFIXES["dx"] + "Pain", PREFIXES["fnd"] + "Symptom"})
#: What ends the search: a result, another test, a complaint that was brought out.
_STOPS: Final = frozenset(
    {*(cue(name) for name in ("Affirmation", "AbnormalValue", "ScopeEnd")), PREFIXES["fnd"] + "Sign", *_FELT}
)
_RADICULAR: Final = PREFIXES["fnd"] + "RadicularSign"
_BACK: Final = PREFIXES["dx"] + "LowBackPain"
_ALONE: Final = cue("NothingElse")
_SIGN: Final = PREFIXES["fnd"] + "Sign"
_AND: Final = cue("And")
_AFFIRMATION: Final = cue("Affirmation")
_HELD_FIRM: Final = cue("HeldFirm")
_KEPT: Final = cue("With")
_GRADES: Final = frozenset({Kind.GRADE, Kind.BARE, Kind.QUANTITY})
#: How far behind the test its outcome may stand, and behind "no" what was not felt.
_REACH: Final = 9
_NEAR: Final = 2


def nothing_brought_out(sentence: Sentence, test: Mention, concept: str, lexicon: Lexicon) -> Mention | None:
    """Return the words behind ``test`` by which it brought nothing out, where ``concept`` is what a test brings out."""
    if lexicon.annotation("tested", concept) is None or _called_positive(sentence, test, lexicon):
        return None
    zero = next((one for one in sentence.amounts if 0 <= one.start - test.end <= 1 and one.kind in _GRADES), None)
    if zero is not None and zero.value == 0 and zero.second is not None:
        return Mention(zero.start, zero.end, (), frozenset())
    joined = False
    for other in sentence.between(test.end, min(test.end + _REACH, sentence.end)):
        if sentence.signs(test.end, other.start, ",;.:("):
            return None
        if _RADICULAR in test.kinds and _only_back(sentence, other, lexicon):
            return other
        if not _PAINLESS.isdisjoint(other.kinds):
            return other if _HELD_FIRM not in other.kinds or _of_the_test(sentence, other) else None
        if _NEGATOR in other.kinds:
            felt = next(sentence.after(other.end), None)
            near = felt is not None and felt.start - other.end <= _NEAR
            return other if near and felt is not None and not _FELT.isdisjoint(felt.kinds) else None
        listed = joined and _SIGN in other.kinds
        joined = _AND in other.kinds
        if not joined and not listed and not _STOPS.isdisjoint(other.kinds) and _KEPT not in other.kinds:
            return None
    return None


def _only_back(sentence: Sentence, felt: Mention, lexicon: Lexicon) -> bool:
    """Whether ``felt`` is pain of the back and nothing else: "straight leg raise caused low back pain only"."""
    of_back = any(_BACK in lexicon.within(concept) for concept in felt.concepts)
    at = felt.end + (felt.end < sentence.end and sentence.tokens[felt.end].text == ",")
    return of_back and bool(lexicon.in_group(_ALONE, sentence.tokens, at))


def _called_positive(sentence: Sentence, test: Mention, lexicon: Lexicon) -> bool:
    """Whether ``test`` is called positive, by a word before it and its like or the first of its own."""
    if any(_AFFIRMATION in one.kinds for one in lexicon.mentions(sentence.tokens[test.start : test.start + 1])):
        return True
    for before in sentence.before(test.start):
        if _AFFIRMATION in before.kinds:
            return True
        if {_SIGN, _AND}.isdisjoint(before.kinds):
            return False
    return False


def _of_the_test(sentence: Sentence, firm: Mention) -> bool:
    """Whether ``firm`` is said of the test before it, and not of something beside it: "with full range of motion"."""
    before = next(sentence.before(firm.start), None)
    return before is None or firm.start - before.end > 1 or {_AND, _KEPT}.isdisjoint(before.kinds)
