"""Examined items with a value: "sensation was intact", "strength 4/5", "decreased range of motion"."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from imr_kb.letters.amounts import Amount, Kind
from imr_kb.letters.drafts import Draft
from imr_kb.letters.excepted import below, common_side, excepted, otherwise
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.measures import LINKING, MEASURE_REACH, is_site, measured, share_of_normal, vital_sign
from imr_kb.letters.muscles import called_weak, graded_motion, motion_weakness, moved_with, named_reflex, weak_motion
from imr_kb.letters.places import Site, composed
from imr_kb.letters.sentences import Sentence
from imr_kb.letters.sites import SiteReader
from imr_kb.terms import PREFIXES, core

__all__ = ["examined"]

_FINDING: Final = core("Finding")
_ABNORMAL: Final = cue("AbnormalValue")
_NORMAL: Final = cue("NormalValue")
_VALUES: Final = frozenset({_ABNORMAL, _NORMAL})
_NEGATOR: Final = cue("Negator")
_VITAL: Final = PREFIXES["fnd"] + "VitalSign"
_PAINFUL: Final = PREFIXES["fnd"] + "PainfulRangeOfMotion"
#: How many tokens the place between a grade and its item takes at most.
_PLACE_REACH: Final = 5
#: From so many grades on, each can have its place.
_SEVERAL: Final = 2
_INTENDED: Final = frozenset({cue("Plan"), cue("Continuing"), cue("RequestMention")})
#: What may stand between an item with an everyday name and its value.
_BESIDE: Final = frozenset(
    {*(cue(name) for name in ("Copula", "And", "DegreeAdverb", "Negator", "SiteFiller")), core("Laterality")}
)


def examined(
    sentence: Sentence, mention: Mention, reader: SiteReader, carried: list[Site], lexicon: Lexicon
) -> list[Draft]:
    """Return the finding that the value beside an examined item amounts to, if ``mention`` is such an item and has one."""
    aspect, abnormal = _aspect(mention, lexicon)
    if sentence.frame(mention) in _INTENDED:
        return []
    if _VITAL in mention.kinds and (number := vital_sign(sentence, mention)) is not None:
        return [Draft(kind=_FINDING, concept=_VITAL, spans={sentence.part.span(mention.start, number[2]): None})]
    if aspect is None or abnormal is None:
        return []
    if graded := graded_motion(sentence, mention, reader, carried, lexicon):
        return graded
    grade = lexicon.annotation("normalGrade", aspect)
    several = _graded_places(sentence, mention, abnormal, grade, reader, lexicon)
    if several:
        return several
    found = _before(sentence, mention, lexicon, grade) or _after(sentence, mention, lexicon, grade)
    if found is not None and found[0] and (lacking := _lacking(sentence, mention)) is not None:
        found = False, lacking.start, lacking.end
    everyday = lexicon.annotation("onlyBeside", aspect) is not None
    if everyday and (found is None or not _right_beside(sentence, mention, found, lexicon)):
        return []
    if found is None and grade is None:
        found = share_of_normal(sentence, mention)
    if found is None:
        found, abnormal = measured(sentence, mention, lexicon), aspect
    if found is None:
        return []
    absent, start, end = found
    if not absent and start == mention.end:
        # "No sensation deficits" denies the one name that both words make.
        absent = any(other.end == mention.start for other in sentence.of(_NEGATOR))
    moved = moved_with(sentence, mention)
    if moved is not None:
        own = reader.sites(moved)
        abnormal = motion_weakness(sentence, moved, own, lexicon) or abnormal
        mention = Mention(moved.start, mention.end, mention.concepts, mention.kinds)
    else:
        own = []
    apart = excepted(sentence, mention, abnormal, grade, reader, lexicon) if absent else []
    whole = Mention(min(start, mention.start), max(end, mention.end), mention.concepts, mention.kinds)
    own = own or reader.sites(mention) or reader.sites(whole)
    if not absent:
        named = named_reflex(sentence, mention, (start, end), own, lexicon)
        abnormal = named or called_weak(sentence, mention, start, own, lexicon) or abnormal
        abnormal = weak_motion(sentence, whole, abnormal, lexicon)
    leading = [site for site in own if site.end <= mention.start]
    own = _closer(abnormal, own, reader.places(end) if grade else [], lexicon)
    sites = own or reader.topic(mention) or reader.subject(whole) or carried
    first = min([whole.start, *(site.start for site in own)])
    last = max([whole.end, *(site.end for site in own)])
    return [
        Draft(
            kind=_FINDING,
            concept=concept,
            absent=absent,
            parts=tuple(dict.fromkeys(site.part for site in members)),
            side=common_side(members) if abnormal == aspect else reader.side(mention, members),
            spans={sentence.part.span(first, last): None},
        )
        for concept, members in composed(abnormal, sites, lexicon).items()
    ] + (apart or otherwise(sentence, whole, abnormal, grade, leading, lexicon))


def _lacking(sentence: Sentence, item: Mention) -> Mention | None:
    """Return the verb behind ``item`` by which it is short of what is called full: "full extension lacked 15 degrees"."""
    for other in sentence.between(item.end, min(item.end + _PLACE_REACH, sentence.end)):
        if sentence.signs(item.end, other.start, ",;.:") or cue("And") in other.kinds:
            return None
        if cue("LackingValue") in other.kinds:
            return other
    return None


def _right_beside(sentence: Sentence, item: Mention, value: tuple[bool, int, int], lexicon: Lexicon) -> bool:
    """Whether nothing but a verb and further items stands between ``item`` and its value: "memory and mood were good"."""
    _, start, end = value
    first, last = (end, item.start) if end <= item.start else (item.end, start)
    known = {
        position
        for other in sentence.between(first, last)
        if not _BESIDE.isdisjoint(other.kinds) or _aspect(other, lexicon)[0] is not None
        for position in range(other.start, other.end)
    }
    if not all(at in known or sentence.tokens[at].text == "," for at in range(first, last)):
        return False
    listed = sentence.signs(first, last, ",") or any(
        cue("And") in other.kinds for other in sentence.between(first, last)
    )
    verbs = [other.start for other in sentence.between(first, last) if cue("Copula") in other.kinds]
    return not listed or all(lexicon.in_group(cue("PluralAuxiliary"), sentence.tokens, at) for at in verbs)


def _closer(abnormal: str, sites: list[Site], graded: list[Site], lexicon: Lexicon) -> list[Site]:
    """Return the places behind a grade where they say more than ``sites``: "hip strength was 4/5 in the abductors"."""
    said, more = ({*composed(abnormal, places, lexicon)} for places in (sites, graded))
    deeper = all(lexicon.depth(one) > lexicon.depth(other) for one in more for other in said)
    return graded if graded and deeper else sites


def _graded_places(
    sentence: Sentence, mention: Mention, abnormal: str, grade: str | None, reader: SiteReader, lexicon: Lexicon
) -> list[Draft]:
    """Return a finding for each grade where each is given for a place of its own: "5/5 in the arms and 4/5 in the leg"."""
    if grade is None or reader.sites(mention):
        return []
    grades = [
        amount
        for amount in sentence.amounts
        if amount.kind is Kind.GRADE and amount.start >= mention.end and amount.second in {None, Decimal(grade)}
    ]
    if len(grades) < _SEVERAL:
        return []
    stops = [*(amount.start for amount in grades[1:]), sentence.end]
    places = [
        [site for site in reader.places(amount.end) if site.end <= stop]
        for amount, stop in zip(grades, stops, strict=True)
    ]
    apart = any(_aspect(other, lexicon)[0] is not None for other in sentence.between(mention.end, grades[-1].start))
    if not all(places) or apart:
        return []
    return [
        Draft(
            kind=_FINDING,
            concept=concept,
            absent=not below(amount, Decimal(grade)),
            parts=tuple(dict.fromkeys(site.part for site in members)),
            side=common_side(members),
            spans={sentence.part.span(amount.start, max(site.end for site in members)): None},
        )
        for amount, sites in zip(grades, places, strict=True)
        for concept, members in composed(abnormal, sites, lexicon).items()
    ]


def _aspect(mention: Mention, lexicon: Lexicon) -> tuple[str | None, str | None]:
    for concept in mention.concepts:
        nearest = lexicon.nearest("abnormal", concept)
        if nearest is not None:
            return nearest, lexicon.annotation("abnormal", nearest)
    return None, None


def _before(sentence: Sentence, mention: Mention, lexicon: Lexicon, grade: str | None) -> tuple[bool, int, int] | None:
    """Return whether a value right before the item says it is in order, and where its words stand."""
    joined = hurts = False
    for other in sentence.before(mention.start):
        painful = cue("PainfulWord") in other.kinds and _ABNORMAL not in other.kinds
        if painful or (hurts and cue("ScopeEnd") in other.kinds):
            hurts = True
            continue
        if _ABNORMAL in other.kinds or _NORMAL in other.kinds:
            beside = (
                _PAINFUL in mention.kinds and sentence.tokens[other.end].text == "," and other.end + 1 == mention.start
            )
            linked = (
                beside
                or (hurts and mention.start - other.end <= MEASURE_REACH)
                or _linked(sentence, other.end, mention.start, lexicon)
            )
            if (joined and _said_before(sentence, other)) or not linked:
                return None
            return _valued(sentence, other)
        if (
            joined
            and other.end + 1 == mention.start
            and (value := _leading_value(sentence, other, lexicon)) is not None
        ):
            return _valued(sentence, value)
        joined = joined or cue("And") in other.kinds
        if not _links(other, lexicon) or not (joined or _aspect(other, lexicon)[0] is None):
            break
    for amount in sentence.amounts:
        if amount.kind is Kind.GRADE and grade and _grades_placed(sentence, amount, mention, Decimal(grade), lexicon):
            return not below(amount, Decimal(grade)), amount.start, amount.end
    return None


def _grades_placed(sentence: Sentence, amount: Amount, mention: Mention, grade: Decimal, lexicon: Lexicon) -> bool:
    """Whether ``amount`` grades the item behind it, with nothing but a place between them: "4/5 supraspinatus strength"."""
    if amount.end == mention.start:
        return True
    if not 0 < mention.start - amount.end <= _PLACE_REACH or amount.second not in {None, grade}:
        return False
    placed = {
        position
        for other in sentence.between(amount.end, mention.start)
        if is_site(other, lexicon) or cue("SiteFiller") in other.kinds
        for position in range(other.start, other.end)
    }
    return len(placed) == mention.start - amount.end


def _leading_value(sentence: Sentence, finding: Mention, lexicon: Lexicon) -> Mention | None:
    """Return the value with which the name of a finding begins: "decreased" of "decreased sensation and strength"."""
    words = sentence.tokens[finding.start : finding.end]
    value = next(iter(lexicon.mentions(words, roots=_VALUES)), None)
    if value is None or value.start or value.end == len(words):
        return None
    return Mention(finding.start, finding.start + value.end, value.concepts, value.kinds)


def _said_before(sentence: Sentence, value: Mention) -> bool:
    """Whether ``value`` is said of what stands before it: "sensation was intact and reflexes ..."."""
    verb = next(sentence.before(value.start), None)
    return verb is not None and verb.end == value.start and cue("Copula") in verb.kinds


def _after(sentence: Sentence, mention: Mention, lexicon: Lexicon, grade: str | None) -> tuple[bool, int, int] | None:
    """Return whether a value after the item, in the same clause, says it is in order, and where its words stand."""
    stop = sentence.end
    shared = _value_of_list(sentence, mention, lexicon)
    if shared is not None:
        return _valued(sentence, shared)
    for other in sentence.after(mention.end):
        if cue("ScopeEnd") in other.kinds or sentence.signs(mention.end, other.start, ";"):
            stop = min(stop, other.start)
            break
        if _ABNORMAL in other.kinds or _NORMAL in other.kinds:
            if _of_another(sentence, mention, other, lexicon) or _attributive(sentence, mention, other, lexicon):
                break
            if not sentence.signs(mention.end, other.start, ",") or not _aspects_between(
                sentence, mention, other, lexicon
            ):
                stop = other.start
                grades = _grades(sentence, mention.end, stop, grade)
                return grades or _valued(sentence, other)
            break
        graded = _grades(sentence, mention.end, other.start, grade) is not None
        if _aspect(other, lexicon)[0] is not None and (graded or sentence.signs(mention.end, other.start, ",")):
            stop = other.start
            break
    return _grades(sentence, mention.end, stop, grade)


def _value_of_list(sentence: Sentence, mention: Mention, lexicon: Lexicon) -> Mention | None:
    """Return the value behind a list of items of which ``mention`` is one: "sensation, strength and reflexes were full"."""
    several = joined = False
    end = mention.end
    for other in sentence.after(mention.end):
        between = {sentence.tokens[position].text for position in range(end, other.start)}
        if not between <= {","}:
            return None
        if not _VALUES.isdisjoint(other.kinds):
            return other if several and joined and not _attributive(sentence, mention, other, lexicon) else None
        item = _aspect(other, lexicon)[0] is not None
        if not item and other.kinds.isdisjoint({_NEGATOR, cue("Copula")}) and not _links(other, lexicon):
            return None
        several = several or bool(between)
        joined = joined or cue("And") in other.kinds
        end = other.end
    return None


def _of_another(sentence: Sentence, mention: Mention, value: Mention, lexicon: Lexicon) -> bool:
    """Whether ``value`` is told by new words of the examiner of the item right behind it."""
    told = any(cue("Result") in other.kinds for other in sentence.between(mention.end, value.start))
    following = next(sentence.after(value.end), None)
    near = following is not None and following.start - value.end <= 1
    return told and near and following is not None and _aspect(following, lexicon)[0] is not None


def _attributive(sentence: Sentence, mention: Mention, value: Mention, lexicon: Lexicon) -> bool:
    """Whether ``value`` stands behind a comma or "and" and right before what it is said of: "rotation and normal gait"."""
    apart = sentence.signs(mention.end, value.start, ",")
    if not apart and not any(one.end == value.start for one in sentence.of(cue("And"))):
        return False
    end = value.end
    for other in sentence.after(value.end):
        if other.start != end:
            return False
        if _aspect(other, lexicon)[0] is not None or any(lexicon.read_as(concept) for concept in other.concepts):
            return apart or _aspect(other, lexicon)[0] != _aspect(mention, lexicon)[0]
        if cue("SiteFiller") not in other.kinds and not is_site(other, lexicon):
            return False
        end = other.end
    return False


def _aspects_between(sentence: Sentence, first: Mention, last: Mention, lexicon: Lexicon) -> bool:
    return any(_aspect(other, lexicon)[0] is not None for other in sentence.between(first.end, last.start))


def _grades(sentence: Sentence, start: int, stop: int, grade: str | None) -> tuple[bool, int, int] | None:
    """Return whether every grade among the tokens is the normal one; one below it is enough to say it is not."""
    if grade is None:
        return None
    amounts = [amount for amount in sentence.amounts if amount.kind is Kind.GRADE and start <= amount.start < stop]
    if not amounts:
        return None
    low = [amount for amount in amounts if below(amount, Decimal(grade))]
    chosen = low[0] if low else amounts[0]
    return not low, chosen.start, chosen.end


def _valued(sentence: Sentence, value: Mention) -> tuple[bool, int, int]:
    normal = _NORMAL in value.kinds and not _lost(sentence, value)
    negator = next((other for other in sentence.of(_NEGATOR) if other.end == value.start), None)
    if negator is not None:
        return not normal, negator.start, value.end
    return normal, value.start, value.end


def _lost(sentence: Sentence, value: Mention) -> bool:
    """Whether the words before "normal" say that it is lost: "loss of the normal lordosis"."""
    start = value.start
    for other in sentence.before(value.start):
        if other.end != start or cue("SiteFiller") not in other.kinds:
            return other.end == start and _ABNORMAL in other.kinds
        start = other.start
    return False


def _linked(sentence: Sentence, start: int, end: int, lexicon: Lexicon) -> bool:
    if end - start > 6 or sentence.signs(start, end, ",;"):
        return False
    names = {
        position
        for other in sentence.between(start, end)
        if _links(other, lexicon)
        for position in range(other.start, other.end)
    }
    return sum(position not in names for position in range(start, end)) <= 1


def _links(mention: Mention, lexicon: Lexicon) -> bool:
    """Whether ``mention`` may stand between a value and its item: a place, "and", another item with that value."""
    if LINKING.isdisjoint(mention.kinds) and not is_site(mention, lexicon):
        return _aspect(mention, lexicon)[0] is not None
    return True
