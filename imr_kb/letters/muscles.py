"""Muscles told by their motion or reflex: "hip flexion 4/5", "the biceps reflex was diminished"."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from imr_kb.letters.amounts import Amount, Kind
from imr_kb.letters.drafts import Draft
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.places import Site, composed
from imr_kb.letters.sentences import Sentence
from imr_kb.letters.sites import SiteReader
from imr_kb.letters.tokens import Token, tokenize
from imr_kb.terms import PREFIXES, core

__all__ = [
    "called_weak",
    "graded_motion",
    "graded_muscle",
    "motion_weakness",
    "moved_with",
    "named_reflex",
    "weak_motion",
]

_FINDING: Final = core("Finding")
_MOTION: Final = PREFIXES["fnd"] + "RangeOfMotion"
_STRENGTH: Final = PREFIXES["fnd"] + "MotorStrength"
_VERB: Final = cue("Copula")
_AND: Final = cue("And")
_BODY: Final = PREFIXES["body"] + "BodyPart"
_PLACING: Final = frozenset(cue(name) for name in ("SitePreposition", "SiteFiller", "With", "Copula", "Result"))
#: How many tokens may stand between weakness and the motion that is weak.
_MOTION_REACH: Final = 8
_REFLEXES: Final = PREFIXES["fnd"] + "Reflexes"
#: What a reflex is of which the grade is below the normal one.
_LOWERED: Final = tuple(tokenize("decreased"))
#: With this word behind it, the name of a motion is that of the weakness: "hip flexion weakness".
_WEAKNESS: Final = tuple(tokenize("weakness"))


def graded_motion(
    sentence: Sentence, mention: Mention, reader: SiteReader, carried: Sequence[Site], lexicon: Lexicon
) -> list[Draft]:
    """Return the weakness that the grade right beside a motion tells or denies, where it is a grade of strength."""
    grade, weakness = lexicon.annotation("normalGrade", _STRENGTH), lexicon.annotation("abnormal", _STRENGTH)
    if _MOTION not in mention.concepts or grade is None or weakness is None:
        return []
    amount = next((one for one in sentence.amounts if _grades(sentence, mention, one, Decimal(grade))), None)
    if amount is None:
        return []
    sites = reader.sites(mention)
    first = min([mention.start, *(site.start for site in sites if site.end == mention.start)])
    said = _named([*sentence.tokens[first : mention.end], *_WEAKNESS], weakness, lexicon)
    sites = sites or reader.topic(mention) or list(carried)
    start, end = min(first, amount.start), max(mention.end, amount.end)
    return [
        Draft(
            kind=_FINDING,
            concept=concept,
            absent=amount.value == Decimal(grade),
            parts=tuple(dict.fromkeys(site.part for site in members)),
            side=reader.side(mention, members),
            spans={sentence.part.span(start, end): None},
        )
        for concept, members in composed(said, sites, lexicon).items()
    ]


def graded_muscle(sentence: Sentence, mention: Mention, reader: SiteReader, lexicon: Lexicon) -> list[Draft]:
    """Return the weakness that a grade right beside the name of a muscle tells or denies: "EHL 4/5", "deltoid was 5/5"."""
    grade, weakness = lexicon.annotation("normalGrade", _STRENGTH), lexicon.annotation("abnormal", _STRENGTH)
    part = mention.concept_of(lexicon, _BODY) if _BODY in mention.kinds else None
    if part is None or grade is None or weakness is None or _graded_by_another(sentence, mention, weakness):
        return []
    concept = lexicon.compose(weakness, [part])
    amount = next((one for one in sentence.amounts if _grades(sentence, mention, one, Decimal(grade))), None)
    if amount is None or lexicon.own_site(concept) != part:
        return []
    return [
        Draft(
            kind=_FINDING,
            concept=concept,
            absent=amount.value == Decimal(grade),
            parts=(part,),
            side=reader.side(mention, []),
            spans={sentence.part.span(min(mention.start, amount.start), max(mention.end, amount.end)): None},
        )
    ]


def _graded_by_another(sentence: Sentence, muscle: Mention, weakness: str) -> bool:
    """Whether a strength, a motion or a weakness in the sentence is what the grade is told of.

    One before the muscle is done with where it has a grade of its own: "biceps strength was 5/5, wrist extensors 4/5".
    """
    for other in (*sentence.of(_STRENGTH), *sentence.of(_MOTION), *sentence.of(weakness)):
        graded = any(one.kind is Kind.GRADE and other.end <= one.start < muscle.start for one in sentence.amounts)
        if not graded:
            return True
    return False


def named_reflex(
    sentence: Sentence, mention: Mention, value: tuple[int, int], sites: Sequence[Site], lexicon: Lexicon
) -> str | None:
    """Return the lowered reflex that ``value`` and the name before ``mention`` tell: "Achilles reflexes were 1+"."""
    wider, grade = lexicon.annotation("abnormal", _REFLEXES), lexicon.annotation("normalGrade", _REFLEXES)
    if _REFLEXES not in mention.kinds or wider is None or grade is None:
        return None
    amount = next((one for one in sentence.amounts if one.kind is Kind.GRADE and one.start == value[0]), None)
    if amount is not None and amount.value > Decimal(grade):
        return None
    said = _LOWERED if amount is not None else sentence.tokens[value[0] : value[1]]
    first = min([mention.start, *(site.start for site in sites if site.end == mention.start)])
    # "absent on" of "was absent on the right" is "absent".
    item = sentence.tokens[first : mention.end]
    named = (_named([*said[:size], *item], wider, lexicon) for size in range(len(said), 0, -1))
    return next((found for found in named if found != wider), None)


def called_weak(
    sentence: Sentence, mention: Mention, value: int, sites: Sequence[Site], lexicon: Lexicon
) -> str | None:
    """Return the weakness told by the word at token ``value`` where that calls a motion weak: "weak hip flexion"."""
    weakness = lexicon.annotation("abnormal", _STRENGTH)
    weak = any(other.start == value for other in sentence.of(cue("WeakValue")))
    if not weak or weakness is None or _MOTION not in mention.concepts:
        return None
    return motion_weakness(sentence, mention, sites, lexicon)


def moved_with(sentence: Sentence, strength: Mention) -> Mention | None:
    """Return the motion right before ``strength``, whose strength it is: "external rotation strength was 5/5"."""
    before = next(sentence.before(strength.start), None)
    joined = before is not None and before.end == strength.start and _MOTION in before.concepts
    return before if joined and _STRENGTH in strength.concepts else None


def motion_weakness(sentence: Sentence, motion: Mention, sites: Sequence[Site], lexicon: Lexicon) -> str | None:
    """Return the weakness of ``motion``, with the place right before it."""
    weakness = lexicon.annotation("abnormal", _STRENGTH)
    if weakness is None:
        return None
    first = min([motion.start, *(site.start for site in sites if site.end == motion.start)])
    return _named([*sentence.tokens[first : motion.end], *_WEAKNESS], weakness, lexicon)


def _named(words: Sequence[Token], wider: str, lexicon: Lexicon) -> str:
    """Return the finding within ``wider`` that ``words`` name up to their end, else ``wider`` itself."""
    whole = [one for one in lexicon.mentions(words) if one.end == len(words) and one.end - one.start > 1]
    return next((one for name in whole for one in name.concepts if wider in lexicon.within(one)), wider)


def _grades(sentence: Sentence, mention: Mention, amount: Amount, grade: Decimal) -> bool:
    """Whether ``amount`` grades ``mention``: right before it, or right behind it or the verb behind it."""
    if amount.kind is not Kind.GRADE or amount.second != grade:
        return False
    end = _list_end(sentence, mention)
    verb = next(sentence.after(end), None)
    behind = verb is not None and _VERB in verb.kinds and (end, verb.end) == (verb.start, amount.start)
    return behind or end == amount.start or amount.end == mention.start


def _list_end(sentence: Sentence, mention: Mention) -> int:
    """Return the token behind the motions that "and" or a comma joins to ``mention``: "flexion and pronation 4/5"."""
    end = at = mention.end
    for other in sentence.after(mention.end):
        comma = other.start == at + 1 and sentence.signs(at, other.start, ",")
        if other.start != at and not comma:
            break
        if _MOTION in other.concepts:
            end = other.end
        elif _AND not in other.kinds and _BODY not in other.kinds:
            break
        at = other.end
    return end


def weak_motion(sentence: Sentence, mention: Mention, concept: str, lexicon: Lexicon) -> str:
    """Return what weakness of a motion amounts to: "weakness of right ankle dorsiflexion" is that of lifting the foot."""
    if concept != lexicon.annotation("abnormal", _STRENGTH):
        return concept
    start = mention.end
    for other in sentence.between(mention.end, mention.end + _MOTION_REACH):
        if sentence.signs(mention.end, other.start, ",;.:"):
            break
        if _MOTION in other.concepts:
            return _named([*sentence.tokens[start : other.end], *_WEAKNESS], concept, lexicon)
        if _BODY in other.kinds:
            start = min(start, other.start) if start > mention.end else other.start
        elif _PLACING.isdisjoint(other.kinds) and not any(map(lexicon.individuals.get, other.concepts)):
            break
        else:
            start = other.end
    return concept
