"""Pain as letters grade it: scores ("rated 7 out of 10") and words for how bad or lasting it is ("severe wrist pain")."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from imr_kb.letters.amounts import Amount, Kind
from imr_kb.letters.drafts import Draft
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.scope import Stance, stance
from imr_kb.letters.sentences import Sentence
from imr_kb.letters.sites import SiteReader
from imr_kb.terms import PREFIXES, core

__all__ = ["bare_scores", "compared_scores", "pain_qualities", "pain_scores", "rates_another", "worsening"]

_FINDING: Final = core("Finding")
_BODY: Final = PREFIXES["body"] + "BodyPart"
_SIDE: Final = core("Laterality")
_INTENDED: Final = frozenset(cue(name) for name in ("Plan", "Continuing", "RequestMention"))
_PAIN: Final = PREFIXES["dx"] + "Pain"
_OTHER_PAINS: Final = frozenset({PREFIXES["dx"] + "Headache", PREFIXES["fnd"] + "ChestPain"})
#: What can get worse: pain, other symptoms, weakness.
_SYMPTOMS: Final = frozenset({_PAIN, *(PREFIXES["fnd"] + name for name in ("Symptom", "MotorWeakness", "Swelling"))})
#: Symptoms that name how a pain feels, and so stand among the words for it: "sharp, burning and constant".
_QUALITIES: Final = frozenset({PREFIXES["fnd"] + "Tingling"})
_COPULA: Final = cue("Copula")
_MEDICATION: Final = PREFIXES["svc"] + "Medication"
_WITH: Final = cue("With")
_DOSED: Final = cue("AfterDose")
_EASING: Final = frozenset({_WITH, _DOSED})
_AND: Final = cue("And")
_SERVICE: Final = PREFIXES["svc"] + "Service"
#: An article may stand between "with" and the care.
_ARTICLE: Final = 1
#: A bare "before" right behind a score, where another is that after a dose: "8/10 before and 4/10 after his dose".
_BEFORE: Final = cue("Beforehand")
#: Words behind a score that say when the pain is so bad, and what they are made of: "with" or "at", and what is done.
_MOMENTS: Final = frozenset({cue("ScoreMoment"), cue("WithoutCare"), _DOSED})
_WITH_OR_AT: Final = frozenset({_WITH, cue("SitePreposition"), cue("PainOn")})
_MOMENT_OF: Final = frozenset({_MEDICATION, *(cue(name) for name in ("Activity", "Resting", "CurrentUse"))})
#: Words for the drugs in use, with which pain is graded.
_DRUGS: Final = frozenset({_MEDICATION, cue("CurrentUse")})
_WITHOUT_CARE: Final = cue("WithoutCare")
_WITHOUT: Final = frozenset({_WITHOUT_CARE, cue("Negator")})
#: So many scores are compared at least.
_PAIR: Final = 2
_LINKING: Final = frozenset(
    {
        *(cue(name) for name in ("SiteFiller", "SitePreposition", "And", "Affirmation", "PainQuality", "Each", "Of")),
        _BODY,
        _COPULA,
    }
)
#: How many tokens may stand between a word for pain and the pain, and between a score and the words that announce it.
_REACH: Final = 10
#: A comma and one more word.
_ADJECTIVE: Final = 2
_SCORE_REACH: Final = 6
_SCORE: Final = PREFIXES["fnd"] + "PainScore"
_OTHER_RATED: Final = cue("OtherRated")


def pain_scores(sentence: Sentence, lexicon: Lexicon) -> Iterator[Draft]:
    """Return a finding for each grade on the scale of pain, such as 7/10."""
    for amount in sentence.amounts:
        finding = lexicon.graded(amount.second) if amount.kind is Kind.GRADE else None
        if finding is None or sentence.frame_of(amount) in _INTENDED or rates_another(sentence, amount):
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
        yield from _second_scores(sentence, amount.end, finding, lexicon.scale(finding))


def rates_another(sentence: Sentence, amount: Amount) -> bool:
    """Whether ``amount`` grades something else than pain, which is named nearer before it: "stress level 8/10"."""
    for other in sentence.between(amount.start - _REACH, amount.start):
        if _OTHER_RATED in other.kinds:
            clause = sentence.signs(other.end, amount.start, ",;")
            return not clause and not any(
                not one.kinds.isdisjoint({_PAIN, _SCORE}) for one in sentence.between(other.end, amount.start)
            )
    return False


def _second_scores(sentence: Sentence, scored: int, finding: str, highest: Decimal | None) -> Iterator[Draft]:
    """Return the score without its scale behind token ``scored``, where another ends: "7 at worst and 3-4 at best"."""
    amount = next((one for one in sentence.amounts if one.start >= scored), None)
    moment = _moment_behind(sentence, amount.end) if amount is not None else None
    if amount is None or moment is None or amount.kind is not Kind.BARE or amount.start > scored + _SCORE_REACH:
        return
    if highest is not None and amount.value <= highest and not sentence.signs(scored, amount.start, ";.:("):
        yield Draft(
            kind=_FINDING,
            concept=finding,
            values={core("painScore"): amount.value},
            spans={sentence.part.span(amount.start, moment.end): None},
        )


def _moment_behind(sentence: Sentence, position: int) -> Mention | None:
    """Return the words at token ``position`` that say when a pain is so bad: "at worst", "with activity", "at rest"."""
    here = next((one for one in sentence.after(position) if one.start == position), None)
    if here is None or not _MOMENTS.isdisjoint(here.kinds):
        return here
    what = next(sentence.after(here.end), None)
    led = what is not None and what.start - here.end <= _ARTICLE and not _WITH_OR_AT.isdisjoint(here.kinds)
    return what if led and what is not None and not _MOMENT_OF.isdisjoint(what.kinds) else None


def compared_scores(sentence: Sentence, lexicon: Lexicon) -> Iterator[Draft]:
    """Return the finding that two scores tell how much drugs ease pain: "8/10 without and 4/10 with medication"."""
    scores = [one for one in sentence.amounts if _scores(sentence, one, lexicon)]
    told = lexicon.annotation("tells", _WITHOUT_CARE)
    if len(scores) < _PAIR or told is None or not sentence.has(_MEDICATION, _WITHOUT_CARE, cue("AfterDose")):
        return
    kinds = [_kinds_beside(sentence, score, scores) for score in scores]
    dosed = any(_DOSED in beside for beside in kinds)
    bare = [
        score.value
        for score, beside in zip(scores, kinds, strict=True)
        if not _WITHOUT.isdisjoint(beside) or (dosed and _before_dose(sentence, score, lexicon))
    ]
    eased = [score.value for score, beside in zip(scores, kinds, strict=True) if not _EASING.isdisjoint(beside)]
    falls = bool(bare and eased) and min(eased) < max(bare)
    if falls and sentence.frame_of(scores[0]) not in _INTENDED:
        yield Draft(kind=_FINDING, concept=told, spans={sentence.part.span(scores[0].start, scores[-1].end): None})


def _scores(sentence: Sentence, amount: Amount, lexicon: Lexicon) -> bool:
    """Whether ``amount`` is a score of pain; one without its scale is, where its clause speaks of pain."""
    if amount.kind is Kind.GRADE:
        return lexicon.graded(amount.second) is not None
    highest = lexicon.scale(_SCORE)
    return amount.kind is Kind.BARE and highest is not None and amount.value <= highest and sentence.has(_PAIN)


def _kinds_beside(sentence: Sentence, score: Amount, scores: Sequence[Amount]) -> frozenset[str]:
    """Return the kinds of the words that stand beside ``score`` or lead to it."""
    beside = [other for other in sentence.mentions if _beside(other, score) and not _with_other_care(sentence, other)]
    return frozenset().union(*(one.kinds for one in (*beside, *_leading(sentence, score, scores))))


def _before_dose(sentence: Sentence, score: Amount, lexicon: Lexicon) -> bool:
    """Whether a bare "before" follows ``score``: "8/10 before and 4/10 after his dose", not "8/10 before surgery"."""
    end = lexicon.in_group(_BEFORE, sentence.tokens, score.end)
    ends = end == sentence.end or (0 < end < sentence.end and sentence.tokens[end].text in ",;.")
    return bool(end) and (ends or any(one.start == end for one in sentence.of(_AND)))


def _with_other_care(sentence: Sentence, words: Mention) -> bool:
    """Whether ``words`` are the "with" of care other than a drug: "3/10 with the brace"."""
    near = sentence.between(words.end, min(words.end + _ARTICLE + 2, sentence.end))
    care = next((one for one in near if _SERVICE in one.kinds), None)
    return _WITH in words.kinds and care is not None and _MEDICATION not in care.kinds


def _beside(mention: Mention, score: Amount) -> bool:
    """Whether ``mention`` stands right behind ``score``, or before it with nothing but the name of the drug between."""
    return mention.start == score.end or 0 <= score.start - mention.end <= 1


def _leading(sentence: Sentence, score: Amount, scores: Sequence[Amount]) -> Iterator[Mention]:
    """Return the words for care with or without which the clause before ``score`` begins: "with medication it is 4/10"."""
    start = max((one.end for one in scores if one.end <= score.start), default=sentence.start)
    for other in sentence.between(max(start, score.start - _SCORE_REACH), score.start):
        following = next(sentence.after(other.end), None)
        drug = following is not None and following.start - other.end <= 1 and not _DRUGS.isdisjoint(following.kinds)
        if _WITHOUT_CARE in other.kinds or (_WITH in other.kinds and drug):
            yield other


def bare_scores(sentence: Sentence, lexicon: Lexicon) -> Iterator[Draft]:
    """Return a finding for each score without its scale, as in "pain level 8" and "rates the pain at 6"."""
    for rating in sentence.mentions:
        if not lexicon.speaks(rating.concepts):
            continue
        finding = next((one for one in rating.concepts if lexicon.scale(one) is not None), None)
        finding = finding or lexicon.told("rates", rating)
        highest = lexicon.scale(finding) if finding is not None else None
        if finding is None or highest is None or sentence.frame(rating) in _INTENDED:
            continue
        amount = next((one for one in sentence.amounts if one.start >= rating.end), None)
        if amount is None or amount.kind is not Kind.BARE or amount.value > highest:
            continue
        between = list(sentence.between(rating.end, amount.start))
        if amount.start - rating.end > _SCORE_REACH or sentence.signs(rating.end, amount.start, ",;.("):
            continue
        if all(_links(other, lexicon) or _PAIN in other.kinds for other in between):
            yield Draft(
                kind=_FINDING,
                concept=finding,
                values={core("painScore"): amount.value},
                spans={sentence.part.span(rating.start, amount.end): None},
            )
            yield from _second_scores(sentence, amount.end, finding, highest)


def pain_qualities(sentence: Sentence, reader: SiteReader, lexicon: Lexicon) -> Iterator[Draft]:
    """Return the finding that a word for pain amounts to where it is said of pain in the same phrase."""
    for mention in sentence.of(cue("PainQuality")):
        finding = lexicon.told("tells", mention)
        pain = lexicon.annotation("toldOf", finding) if finding else None
        target = _told_of(sentence, mention, pain, lexicon) if pain else None
        if finding is None or target is None:
            continue
        if sentence.frame(target) in _INTENDED and not sentence.reason(target):
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


def worsening(sentence: Sentence, lexicon: Lexicon) -> Iterator[Draft]:
    """Return the finding that symptoms got worse, where a word such as "increasing" stands right before one.

    Pain that some activity increases is told of elsewhere.
    """
    for mention in sentence.of(cue("WorseWord")):
        finding = lexicon.told("tells", mention)
        symptom = next(sentence.after(mention.end), None)
        if finding is None or symptom is None or symptom.start != mention.end or _SYMPTOMS.isdisjoint(symptom.kinds):
            continue
        if (
            sentence.has(cue("Activity"))
            or sentence.frame(mention) in _INTENDED
            or stance(sentence, symptom)[0] is not Stance.STATED
        ):
            continue
        yield Draft(kind=_FINDING, concept=finding, spans={sentence.part.span(mention.start, symptom.end): None})


def _told_of(sentence: Sentence, quality: Mention, pain: str, lexicon: Lexicon) -> Mention | None:
    """Return the pain behind ``quality``, else the one before it that a verb joins with it ("the pain is constant")."""
    for other in sentence.between(quality.end, quality.end + _REACH):
        comma = sentence.signs(quality.end, other.start, ",")
        if sentence.signs(quality.end, other.start, ";.:") or (comma and not _hurts(other, pain)):
            break
        if _hurts(other, pain):
            # Behind the comma stands one more adjective: "constant, sharp pain".
            return other if not comma or other.start - quality.end == _ADJECTIVE else None
        if not _links(other, lexicon):
            break
    joined = False
    for other in sentence.before(quality.start):
        if quality.start - other.end > _REACH or sentence.signs(other.end, quality.start, ";.:"):
            break
        if _hurts(other, pain):
            return other if joined else None
        joined = joined or _COPULA in other.kinds
        if not _links(other, lexicon):
            break
    return None


def _hurts(mention: Mention, pain: str) -> bool:
    """Whether ``mention`` names a pain: the class ``pain`` has those of trunk and limbs, not those of head and chest."""
    return not mention.kinds.isdisjoint({pain, *_OTHER_PAINS})


def _parts(pain: Mention, reader: SiteReader, lexicon: Lexicon) -> tuple[str, ...]:
    named = [site.part for site in reader.sites(pain)]
    own = [part for concept in pain.concepts if (part := lexicon.own_site(concept))]
    return tuple(dict.fromkeys(named or own))


def _links(mention: Mention, lexicon: Lexicon) -> bool:
    if _QUALITIES & frozenset(mention.concepts):
        return True
    return not _LINKING.isdisjoint(mention.kinds) or any(
        lexicon.individuals.get(concept) == _SIDE for concept in mention.concepts
    )
