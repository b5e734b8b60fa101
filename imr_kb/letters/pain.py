"""Pain as letters grade it: scores ("rated 7 out of 10") and words for how bad or lasting it is ("severe wrist pain")."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from imr_kb.letters.amounts import Kind
from imr_kb.letters.drafts import Draft
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.scope import Stance, stance
from imr_kb.letters.sentences import Sentence
from imr_kb.letters.sites import SiteReader
from imr_kb.terms import PREFIXES, core

__all__ = ["pain_qualities", "pain_scores"]

_FINDING: Final = core("Finding")
_BODY: Final = PREFIXES["body"] + "BodyPart"
_SIDE: Final = core("Laterality")
_INTENDED: Final = frozenset(cue(name) for name in ("Plan", "Continuing", "RequestMention"))
_COPULA: Final = cue("Copula")
_LINKING: Final = frozenset(
    {cue("SiteFiller"), cue("SitePreposition"), cue("And"), cue("Affirmation"), cue("PainQuality"), _BODY, _COPULA}
)
#: How many tokens may stand between a word for pain and the pain, and between a score and the words that announce it.
_REACH: Final = 10
_SCORE_REACH: Final = 6


def pain_scores(sentence: Sentence, lexicon: Lexicon) -> Iterator[Draft]:
    """Return a finding for each grade on the scale of pain, such as 7/10."""
    for amount in sentence.amounts:
        finding = lexicon.graded(amount.second) if amount.kind is Kind.GRADE else None
        if finding is None or sentence.frame_of(amount) in _INTENDED:
            continue
        announced = next(
            (
                other.start
                for other in sentence.between(amount.start - _SCORE_REACH, amount.start)
                if finding in other.kinds
            ),
            amount.start,
        )
        yield Draft(
            kind=_FINDING,
            concept=finding,
            values={core("painScore"): amount.value},
            spans={sentence.part.span(announced, amount.end): None},
        )


def pain_qualities(sentence: Sentence, reader: SiteReader, lexicon: Lexicon) -> Iterator[Draft]:
    """Return the finding that a word for pain amounts to where it is said of pain in the same phrase."""
    for mention in sentence.of(cue("PainQuality")):
        finding = next((told for concept in mention.concepts if (told := lexicon.annotation("tells", concept))), None)
        pain = lexicon.annotation("toldOf", finding) if finding else None
        target = _told_of(sentence, mention, pain, lexicon) if pain else None
        if finding is None or target is None or sentence.frame(target) in _INTENDED:
            continue
        stand, _ = stance(sentence, target)
        if stand is Stance.OPEN:
            continue
        first, last = sorted((mention, target), key=lambda one: one.start)
        yield Draft(
            kind=_FINDING,
            concept=finding,
            absent=stand is Stance.DENIED,
            parts=_parts(target, reader, lexicon),
            spans={sentence.part.span(first.start, last.end): None},
        )


def _told_of(sentence: Sentence, quality: Mention, pain: str, lexicon: Lexicon) -> Mention | None:
    """Return the pain behind ``quality``, else the one before it that a verb joins with it ("the pain is constant")."""
    for other in sentence.between(quality.end, quality.end + _REACH):
        if sentence.signs(quality.end, other.start, ",;.:"):
            break
        if pain in other.kinds:
            return other
        if not _links(other, lexicon):
            break
    joined = False
    for other in sentence.before(quality.start):
        if quality.start - other.end > _REACH or sentence.signs(other.end, quality.start, ";.:"):
            break
        if pain in other.kinds:
            return other if joined else None
        joined = joined or _COPULA in other.kinds
        if not _links(other, lexicon):
            break
    return None


def _parts(pain: Mention, reader: SiteReader, lexicon: Lexicon) -> tuple[str, ...]:
    named = [site.part for site in reader.sites(pain)]
    own = [part for concept in pain.concepts if (part := lexicon.own_site(concept))]
    return tuple(dict.fromkeys(named or own))


def _links(mention: Mention, lexicon: Lexicon) -> bool:
    return not _LINKING.isdisjoint(mention.kinds) or any(
        lexicon.individuals.get(concept) == _SIDE for concept in mention.concepts
    )
