"""Care that is told to have helped too little: "with ongoing pain", "still symptomatic after therapy"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from imr_kb.letters.amounts import Kind
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.scope import Stance, stance
from imr_kb.letters.sentences import Sentence
from imr_kb.terms import PREFIXES

__all__ = ["short_lived"]

_DESPITE: Final = cue("Despite")
_WITH: Final = cue("With")
_AFTER: Final = cue("Afterwards")
_INCLUDES: Final = cue("Includes")
_COMPLAINT: Final = cue("Complaint")
_ONLY: Final = cue("OnlyWord")
_OF: Final = cue("Of")
_RELIEF: Final = PREFIXES["fnd"] + "PainRelief"
_FAILED: Final = PREFIXES["fnd"] + "TreatmentFailed"
_SURGERY: Final = PREFIXES["svc"] + "Surgery"
#: What stands between "after" and care that was not what the complaints came after: "after the injury and began therapy".
_AND: Final = cue("And")
_WITHOUT: Final = cue("GoingWithout")
#: Complaints that go on.
_LASTING: Final = frozenset({PREFIXES["fnd"] + "PersistentPain", cue("LastingSymptoms")})
#: How many tokens may stand between "after" and the care: "twelve sessions of".
_REACH: Final = 4
_COMMA: Final = 1

_Care = Sequence[tuple[Mention, str]]


def short_lived(sentence: Sentence, care: _Care, lexicon: Lexicon) -> Iterator[Mention]:
    """Yield words of ``sentence`` by which its ``care`` did not do enough, each as a mention that tells of failure.

    Those that stand before a list of care are given as a "despite".
    """
    for one in sentence.mentions:
        if not _LASTING.isdisjoint(one.kinds) and stance(sentence, one)[0] is Stance.STATED:
            if (leading := _behind_care(sentence, one, care)) is not None:
                yield _telling(Mention(leading.start, one.end, one.concepts, one.kinds))
            elif (after := _before_care(sentence, one, _AFTER, care, lexicon)) is not None:
                yield after
        elif _FAILED in one.kinds and (including := _before_care(sentence, one, _INCLUDES, care, lexicon)) is not None:
            yield including
        elif _RELIEF in one.kinds and _only_so_long(sentence, one):
            yield _telling(one)


def _telling(words: Mention, kinds: frozenset[str] = frozenset()) -> Mention:
    return Mention(words.start, words.end, (_DESPITE,), kinds)


def _behind_care(sentence: Sentence, complaint: Mention, care: _Care) -> Mention | None:
    """Return the "with" of ``complaint`` that stands right behind care: "therapy and naproxen, with ongoing pain"."""
    leading = next(sentence.before(complaint.start), None)
    if leading is None or leading.end != complaint.start or _WITH not in leading.kinds:
        return None
    if sentence.frame(complaint) == _COMPLAINT or any(one.start == complaint.end for one in sentence.of(_RELIEF)):
        return None  # "with ongoing pain relief"
    last = next((one for one, _ in reversed(care) if one.end <= leading.start), None)
    return leading if last is not None and leading.start - last.end <= _COMMA else None


def _before_care(sentence: Sentence, words: Mention, leading: str, care: _Care, lexicon: Lexicon) -> Mention | None:
    """Return the "after" or "including" right behind ``words`` that leads to care, and to no operation."""
    behind = next(sentence.after(words.end), None)
    if behind is None or behind.start != words.end or leading not in behind.kinds:
        return None
    first = next((one for one, _ in care if one.start >= behind.end), None)
    if first is None or first.start - behind.end > _REACH or _SURGERY in first.kinds:
        return None
    if any(_AND in one.kinds for one in sentence.between(behind.end, first.start)) or any(
        lexicon.in_group(_WITHOUT, sentence.tokens, at) for at in range(behind.end, first.start)
    ):
        return None
    return _telling(behind, frozenset({_DESPITE}))


def _only_so_long(sentence: Sentence, relief: Mention) -> bool:
    """Whether ``relief`` is that of a short time: "provided only two weeks of relief"."""
    of = next((one for one in sentence.of(_OF) if one.end == relief.start), None)
    lasted = next((one for one in sentence.amounts if of and one.kind is Kind.WEEKS and one.end == of.start), None)
    return lasted is not None and any(one.end == lasted.start for one in sentence.of(_ONLY))
