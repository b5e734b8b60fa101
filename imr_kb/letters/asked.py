"""What is looked for: its denial, or its place among what was reviewed, tells that it was asked about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from imr_kb.letters.drafts import Draft
from imr_kb.letters.half_said import not_yet
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.sentences import FRAMES, Sentence
from imr_kb.terms import core

__all__ = ["asked_about"]

_FINDING: Final = core("Finding")
#: What is suffered as a symptom or as a condition: "constipation".
_SUFFERED: Final = frozenset({_FINDING, core("Diagnosis")})
_KEPT_DOWN: Final = cue("KeptDown")
_REVIEWED: Final = cue("Reviewed")
_COPULA: Final = cue("Copula")
_DENYING: Final = frozenset({cue("Negator"), cue("Denial")})
#: Cues at which a list of what was reviewed ends.
_STOPS: Final = frozenset(
    {*FRAMES, _COPULA, *_DENYING, *(cue(name) for name in ("Pronoun", "Person", "Contrast", "ScopeEnd"))}
)
#: What opens such a list behind the verb: "reviewed: side effects and misuse", "monitored for misuse".
_OPENING: Final = frozenset({":", "for"})
#: How long such a list can be, in tokens.
_REACH: Final = 30


def asked_about(sentence: Sentence, mention: Mention, made: Sequence[Draft], lexicon: Lexicon) -> Iterator[Draft]:
    """Return ``made`` with what it tells that ``mention`` was asked about; a mere topic of a review is not stated itself."""
    for draft in made:
        told = lexicon.annotation("askedTells", draft.concept)
        if told is None or draft.kind not in _SUFFERED:
            yield draft
            continue
        review = _review(sentence, mention, lexicon)
        if review is None:
            yield draft
        answered = draft.absent or _kept_down(sentence, mention, lexicon)
        if answered if review is None else _done(sentence, review, lexicon):
            yield Draft(kind=_FINDING, concept=told, spans=dict(draft.spans))


def _kept_down(sentence: Sentence, mention: Mention, lexicon: Lexicon) -> bool:
    """Whether the side effect that ``mention`` names is looked after: "constipation is managed with senna"."""
    copula = any(_COPULA in one.kinds for one in lexicon.mentions(sentence.tokens[mention.end : mention.end + 1]))
    behind = mention.end + copula
    return behind < sentence.end and bool(lexicon.in_group(_KEPT_DOWN, sentence.tokens, behind))


def _review(sentence: Sentence, mention: Mention, lexicon: Lexicon) -> int | None:
    """Return the token of the "reviewed" whose topic ``mention`` is: "misuse was reviewed", "monitored for misuse"."""
    for position in range(mention.end, min(mention.end + _REACH, sentence.end)):
        if sentence.tokens[position].text in ";.:":
            break
        copula = any(_COPULA in one.kinds for one in lexicon.mentions(sentence.tokens[position - 1 : position]))
        if copula and lexicon.in_group(_REVIEWED, sentence.tokens, position):
            return position if _listed(sentence, mention.end, position - 1) else None
    for position in range(mention.start - 2, max(sentence.start, mention.start - _REACH) - 1, -1):
        if sentence.tokens[position].text in ";.":
            break
        end = lexicon.in_group(_REVIEWED, sentence.tokens, position)
        if end and end < mention.start and sentence.tokens[end].lower in _OPENING:
            return position if _listed(sentence, end + 1, mention.start) else None
    return None


def _listed(sentence: Sentence, start: int, end: int) -> bool:
    """Whether nothing but members of a list stands from token ``start`` to ``end``, or what brackets add to one."""
    opened = next((at for at in range(start, end) if sentence.tokens[at].text == "("), end)
    closed = next((at for at in range(opened, end) if sentence.tokens[at].text == ")"), end)
    outside = (*sentence.between(start, opened), *sentence.between(closed, end))
    return all(_STOPS.isdisjoint(other.kinds) for other in outside)


def _done(sentence: Sentence, position: int, lexicon: Lexicon) -> bool:
    """Whether the review told at ``position`` is neither denied right before it nor only to come."""
    denied = any(one.end == position and not _DENYING.isdisjoint(one.kinds) for one in sentence.before(position))
    return not denied and not not_yet(sentence, position, lexicon)
