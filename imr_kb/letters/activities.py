"""What brings pain on ("pain with lifting", "worse on sitting"), what cannot be done, and motion that hurts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from imr_kb.letters.amounts import Kind
from imr_kb.letters.doings import difficulties, doing_at, things_done
from imr_kb.letters.drafts import Draft
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.places import Site
from imr_kb.letters.provoked import brought_on
from imr_kb.letters.scope import Stance, stance
from imr_kb.letters.sentences import Sentence
from imr_kb.letters.sites import SiteReader
from imr_kb.terms import PREFIXES, core

__all__ = ["hurts_or_hinders", "limited_activities", "of_motion", "painful_activities", "painful_motion"]

_FINDING: Final = core("Finding")
_PAIN: Final = PREFIXES["dx"] + "Pain"
_MOTION: Final = PREFIXES["fnd"] + "RangeOfMotion"
_LESS_MOTION: Final = PREFIXES["fnd"] + "DecreasedRangeOfMotion"
_MOTIONS: Final = frozenset({_MOTION, _LESS_MOTION})
_MEASURING: Final = cue("AmountWord")
_PAINFUL_MOTION: Final = PREFIXES["fnd"] + "PainfulRangeOfMotion"
_LIMITED: Final = PREFIXES["fnd"] + "FunctionalLimitation"
_MUCH_LOST: Final = PREFIXES["fnd"] + "SignificantFunctionLoss"
_CANNOT: Final = cue("Cannot")
#: Words behind which a verb says what cannot be done, or hardly.
_VERBAL: Final = frozenset({_CANNOT, cue("Hardly")})
_BODY: Final = PREFIXES["body"] + "BodyPart"
_ARM: Final = PREFIXES["body"] + "UpperExtremity"
_SHOULDER: Final = PREFIXES["body"] + "Shoulder"
_ACTIVITY: Final = cue("Activity")
_AGGRAVATION: Final = cue("Aggravation")
#: Names of so wide a place that two places within it are not the same.
_WIDE: Final = frozenset({_BODY, PREFIXES["imr"] + "Concept", PREFIXES["body"] + "Extremity"})
_PROVOKING: Final = cue("Provoking")
_ON: Final = cue("PainOn")
_DIFFICULTY: Final = cue("Difficulty")
_AND: Final = cue("And")
_PAINFUL: Final = cue("PainfulWord")
_PAINLESS: Final = cue("PainlessWord")
_SLEEP: Final = cue("SleepObject")
_SLEEP_TROUBLE: Final = PREFIXES["fnd"] + "SleepTrouble"
_INTERFERING: Final = cue("Interfering")
_DENYING: Final = cue("Negator")
_ITEM: Final = PREFIXES["fnd"] + "ExaminationItem"
_WITH_DIFFICULTY: Final = cue("WithDifficulty")
_WITH: Final = cue("With")
_INTENDED: Final = frozenset({cue("Plan"), cue("Continuing"), cue("RequestMention")})
_FILLING: Final = frozenset({cue("SiteFiller"), cue("SitePreposition"), _BODY, _ACTIVITY, _AND})
_VALUE: Final = cue("Value")
_REASON: Final = cue("Reason")
_VALUED: Final = frozenset({cue("Copula"), _VALUE, cue("ScopeEnd"), cue("SubjectVerb"), cue("Result")})
_PLACES: Final = frozenset({cue("SiteFiller"), cue("SitePreposition"), _BODY})
#: What a pain grows to, and the verbs by which it does.
_SCORES: Final = frozenset({Kind.GRADE, Kind.BARE})
_COMPARED: Final = frozenset({Kind.MEASURE, Kind.HOURS, Kind.GRADE, Kind.BARE})
_RAISING: Final = frozenset({cue("WorseWord"), cue("GainVerb")})
#: How many unknown words may stand between the members of a list of activities, and between a motion and its pain.
_GAP: Final = 3
_REACH: Final = 12


def painful_activities(sentence: Sentence, reader: SiteReader, lexicon: Lexicon) -> Iterator[Draft]:
    """Return a finding for each kind of activity that is told to bring pain on or make it worse."""
    for trigger, start in _triggers(sentence, lexicon):
        if sentence.frame(trigger) in _INTENDED:
            continue
        found: dict[str, tuple[Mention, Mention]] = {}
        for activity in _listed(sentence, start, lexicon):
            finding = _brought_on(sentence, trigger, activity, lexicon)
            if finding is not None:
                first, _ = found.get(finding, (activity, activity))
                found[finding] = (first, activity)
        for finding, (first, last) in found.items():
            stand, saying = stance(sentence, trigger)
            if stand is Stance.OPEN:
                continue
            sites = reader.sites(first) if finding == _PAINFUL_MOTION else []
            if sites and _hurts_elsewhere(sentence, trigger, start, sites, lexicon):
                continue
            begin = min([trigger.start if len(found) == 1 else first.start, *([saying.start] if saying else [])])
            yield Draft(
                kind=_FINDING,
                concept=finding,
                absent=stand is Stance.DENIED,
                parts=tuple(dict.fromkeys(site.part for site in sites)),
                spans={sentence.part.span(begin, max([last.end, *(site.end for site in sites)])): None},
            )
    yield from brought_on(sentence, reader, lexicon)


def _hurts_elsewhere(sentence: Sentence, pain: Mention, start: int, moved: Sequence[Site], lexicon: Lexicon) -> bool:
    """Whether the pain before a motion is that of another place: "pain in the back with flexion of the hips"."""
    placed = {concept for other in sentence.between(pain.end, start) if _BODY in other.kinds for concept in other.kinds}
    own = placed or {site for concept in pain.concepts if (site := lexicon.own_site(concept))}
    near = any(site.part in own or not own.isdisjoint(lexicon.within(site.part) - _WIDE) for site in moved)
    return bool(own) and not near


def limited_activities(sentence: Sentence, lexicon: Lexicon) -> Iterator[Draft]:
    """Return the finding that function is limited, where the sentence says that some activity is hard or impossible.

    Several things that cannot be done, in one sentence, are much of what the worker could do.
    """
    impossible: list[tuple[int, int]] = []
    for difficulty, opened in difficulties(sentence, lexicon):
        if sentence.frame(difficulty) in _INTENDED:
            continue
        activities = [one.end for one in _listed(sentence, opened, lexicon) if _ACTIVITY in one.kinds]
        done = [] if _VERBAL.isdisjoint(difficulty.kinds) else things_done(sentence, opened, lexicon)
        ends = [*activities, *done]
        stand, _ = stance(sentence, difficulty)
        if not ends or stand is Stance.OPEN:
            continue
        if _CANNOT in difficulty.kinds and stand is Stance.STATED:
            impossible += [(difficulty.start, end) for end in done]
        named_so = opened < difficulty.end
        if named_so and (_LIMITED in difficulty.kinds or not (len(done) > 1 or _with(sentence, difficulty))):
            continue
        if not _named(sentence, difficulty.end if named_so else difficulty.start, max(ends), lexicon):
            yield Draft(
                kind=_FINDING,
                concept=_LIMITED,
                absent=stand is Stance.DENIED,
                spans={sentence.part.span(difficulty.start, max(ends)): None},
            )
    yield from _hardly_done(sentence, lexicon)
    yield from _sleep_hindered(sentence, lexicon)
    enough = lexicon.annotation("fromLosses", _MUCH_LOST)
    if enough is not None and len({end for _, end in impossible}) >= int(enough):
        first, last = min(start for start, _ in impossible), max(end for _, end in impossible)
        yield Draft(kind=_FINDING, concept=_MUCH_LOST, spans={sentence.part.span(first, last): None})


def _hardly_done(sentence: Sentence, lexicon: Lexicon) -> Iterator[Draft]:
    """Return the finding that function is limited where "with difficulty" ends what is done: "rises with difficulty"."""
    for at in range(sentence.start, sentence.end):
        end = lexicon.in_group(_WITH_DIFFICULTY, sentence.tokens, at)
        following = next(sentence.after(end), None) if end else None
        goes_on = (
            following is not None
            and following.start == end
            and not following.kinds.isdisjoint({_ACTIVITY, cue("Infinitive")})
        )
        if not end or goes_on or (end < sentence.end and doing_at(sentence, end, lexicon)):
            continue
        first = max(sentence.start, at - _REACH)
        verb = next((one for one in range(at - 1, first - 1, -1) if doing_at(sentence, one, lexicon)), None)
        tested = any(_ITEM in one.kinds and one.end <= at for one in sentence.mentions)  # "heel walk with difficulty"
        apart = verb is None or tested or sentence.signs(verb, at, ";.:(") or _named(sentence, verb, end, lexicon)
        if verb is not None and not apart and not any(_DIFFICULTY in one.kinds for one in sentence.between(verb, at)):
            yield Draft(kind=_FINDING, concept=_LIMITED, spans={sentence.part.span(verb, end): None})


def _sleep_hindered(sentence: Sentence, lexicon: Lexicon) -> Iterator[Draft]:
    """Return the finding that sleep is hindered where it stands in a list of that: "interferes with work and sleep"."""
    for sleep in sentence.of(_SLEEP):
        joining = next(sentence.before(sleep.start), None)
        listed = joining is not None and sleep.start - joining.end <= 1 and _AND in joining.kinds
        first = max(sentence.start, sleep.start - _REACH)
        verb = next(
            (at for at in range(first, sleep.start) if lexicon.in_group(_INTERFERING, sentence.tokens, at)), None
        )
        if not listed or verb is None or sentence.signs(verb, sleep.start, ";.:("):
            continue
        between = sentence.between(verb, sleep.start)
        denied = any(_DENYING in other.kinds for other in sentence.before(verb))
        if not denied and not any({_VALUE, cue("Copula"), cue("Pronoun")} & other.kinds for other in between):
            yield Draft(kind=_FINDING, concept=_SLEEP_TROUBLE, spans={sentence.part.span(verb, sleep.end): None})


def hurts_or_hinders(sentence: Sentence, activity: Mention) -> bool:
    """Whether ``activity`` is told to be hard, or to make pain worse, and so is no care: "exercise aggravates it"."""
    before = any(
        not other.kinds.isdisjoint({_DIFFICULTY, _AGGRAVATION}) and not sentence.signs(other.end, activity.start, ";.")
        for other in sentence.before(activity.start)
    )
    return before or any(
        _PROVOKING in other.kinds and not sentence.signs(activity.end, other.start, ";.")
        for other in sentence.after(activity.end)
    )


def _with(sentence: Sentence, mention: Mention) -> bool:
    """Whether "with" goes on behind ``mention``, so that it says less: "cannot work with the arm raised"."""
    return any(other.start == mention.end for other in sentence.of(_WITH))


def _named(sentence: Sentence, start: int, end: int, lexicon: Lexicon) -> bool:
    """Whether some of the words from ``start`` on name a finding of their own, such as the need for help."""
    return any(
        lexicon.read_as(concept) == _FINDING
        for other in sentence.mentions
        if other.start < end and other.end > start and not doing_at(sentence, other.start, lexicon)
        for concept in other.concepts
    )


def painful_motion(sentence: Sentence, mention: Mention, reader: SiteReader, lexicon: Lexicon) -> Iterator[Draft]:
    """Return the finding that the motion named by ``mention`` hurts or does not, where words beside it say so."""
    if _MOTIONS.isdisjoint(mention.kinds) or _PAINFUL_MOTION in mention.kinds or sentence.frame(mention) in _INTENDED:
        return
    said = _painful_before(sentence, mention, lexicon) or _painful_after(sentence, mention, lexicon)
    if said is None:
        return
    words, absent = said
    sites = reader.sites(mention) or reader.topic(mention)
    first, last = sorted((mention, words), key=lambda one: one.start)
    yield Draft(
        kind=_FINDING,
        concept=_PAINFUL_MOTION,
        absent=absent,
        parts=tuple(dict.fromkeys(site.part for site in sites)),
        spans={sentence.part.span(first.start, last.end): None},
    )


def of_motion(sentence: Sentence, mention: Mention, concept: str, moved: Sequence[Draft]) -> bool:
    """Whether ``mention`` is the pain of one of the painful motions ``moved``, and so no complaint of its own."""
    start, end = sentence.part.span(mention.start, mention.end)
    spans = [span for draft in moved for span in draft.spans]
    return concept == _PAIN and any(first <= start and end <= last for first, last in spans)


def _triggers(sentence: Sentence, lexicon: Lexicon) -> Iterator[tuple[Mention, int]]:
    """Return the words that announce what brings pain on, each with the token from which on that is told."""
    for mention in sentence.mentions:
        if _AGGRAVATION in mention.kinds:
            yield mention, mention.end
        elif _ON in mention.kinds and (pain := _pain_before(sentence, mention, lexicon)) is not None:
            yield pain, mention.end
        elif _ON in mention.kinds and (verb := _raised(sentence, mention)) is not None:
            yield verb, mention.end


def _pain_before(sentence: Sentence, mention: Mention, lexicon: Lexicon) -> Mention | None:
    """Return the pain before ``mention``, with nothing but its place between: "pain in the heel when walking"."""
    start = mention.start
    for other in sentence.before(mention.start):
        if other.end != start or _is_pain(other, lexicon):
            return other if other.end == start else None
        if _PLACES.isdisjoint(other.kinds) and not _is_side(other, lexicon):
            return None
        start = other.start
    return None


def _raised(sentence: Sentence, mention: Mention) -> Mention | None:
    """Return the verb of "increases to 9/10 with", where a score stands between it and ``mention``."""
    score = next((one for one in sentence.amounts if one.end == mention.start and one.kind in _SCORES), None)
    words = sentence.before(score.start) if score is not None else iter(())
    verb = next((one for one in words if cue("SitePreposition") not in one.kinds), None)
    near = score is not None and verb is not None and score.start - verb.end <= _GAP
    return verb if near and verb is not None and not _RAISING.isdisjoint(verb.kinds) else None


def _is_pain(mention: Mention, lexicon: Lexicon) -> bool:
    named = (lexicon.annotation("toldOf", concept) or concept for concept in mention.concepts)
    return any(_PAIN in lexicon.within(concept) for concept in named)


def _listed(sentence: Sentence, start: int, lexicon: Lexicon) -> list[Mention]:
    """Return the activities and motions of the list that begins at token ``start``."""
    found: list[Mention] = []
    end = start
    for other in sentence.between(start, sentence.end):
        if other.start - end > _GAP or sentence.signs(end, other.start, ";.:("):
            break
        if _ACTIVITY in other.kinds or (_MOTION in other.kinds and not (found and found[-1].end == other.start)):
            found.append(other)
        elif _MOTION in other.kinds:
            pass  # "twisting motions" are no more than twisting
        elif _FILLING.isdisjoint(other.kinds) and not _is_side(other, lexicon):
            break
        end = other.end
    return found


def _is_side(mention: Mention, lexicon: Lexicon) -> bool:
    return not lexicon.sides.isdisjoint(mention.concepts)


def _brought_on(sentence: Sentence, trigger: Mention, activity: Mention, lexicon: Lexicon) -> str | None:
    if _MOTION in activity.kinds:
        return _PAINFUL_MOTION
    of_arm = lexicon.told("tellsOfArm", activity)
    return of_arm if of_arm is not None and _of_arm(sentence, trigger, lexicon) else lexicon.told("tells", activity)


def _of_arm(sentence: Sentence, trigger: Mention, lexicon: Lexicon) -> bool:
    """Whether the pain nearest before the end of ``trigger`` is that of elbow, forearm or hand."""
    pain = next((other for other in sentence.before(trigger.end) if _is_pain(other, lexicon)), None)
    sites = [site for concept in pain.concepts if (site := lexicon.own_site(concept))] if pain is not None else []
    return any(_ARM in lexicon.within(site) and _SHOULDER not in lexicon.within(site) for site in sites)


def _painful_before(sentence: Sentence, mention: Mention, lexicon: Lexicon) -> tuple[Mention, bool] | None:
    """Return the "painful" before ``mention``: "painful and limited motion", "normal but painful hip motion"."""
    for other in sentence.before(mention.start):
        if mention.start - other.end > _GAP or sentence.signs(other.end, mention.start, ";.:"):
            return None
        if _PAINFUL in other.kinds or _PAINLESS in other.kinds:
            return other, _PAINLESS in other.kinds
        if _FILLING.isdisjoint(other.kinds) and cue("Value") not in other.kinds and not _is_side(other, lexicon):
            return None
    return None


def _painful_after(sentence: Sentence, mention: Mention, lexicon: Lexicon) -> tuple[Mention, bool] | None:
    """Return the "painful" or "with pain" in the clause behind ``mention``, and whether it is denied."""
    leading = next(sentence.before(mention.start), None)
    joined = _LESS_MOTION in mention.kinds or (
        leading is not None and leading.end == mention.start and _VALUE in leading.kinds
    )
    previous: Mention | None = None
    for other in sentence.between(mention.end, min(mention.end + _REACH, sentence.end)):
        if sentence.signs(mention.end, other.start, ";.:") or _far(sentence, previous or mention, other):
            return None
        if _PAINFUL in other.kinds or _PAINLESS in other.kinds:
            said = joined or _PAINLESS in other.kinds or _VALUE in other.kinds
            return (other, _PAINLESS in other.kinds) if said else None
        if previous is not None and previous.end == other.start and _PAIN in other.concepts:
            said = _REASON in previous.kinds or (joined and _WITH in previous.kinds)
            return (other, stance(sentence, other)[0] is Stance.DENIED) if said else None
        if _MOTION in other.kinds and sentence.signs(mention.end, other.start, ","):
            return None
        joined = joined or not _VALUED.isdisjoint(other.kinds) or _AND in other.kinds
        joined = joined or _measured(sentence, mention, other)
        linking = _VALUED | _FILLING | {_WITH, _REASON, _MEASURING}
        if linking.isdisjoint(other.kinds) and _MOTION not in other.kinds and not _is_side(other, lexicon):
            return None
        previous = other
    return None


def _far(sentence: Sentence, first: Mention, second: Mention) -> bool:
    """Whether more than a measure stands between two mentions."""
    return not _measured(sentence, first, second) and second.start - first.end > _GAP


def _measured(sentence: Sentence, first: Mention, second: Mention) -> bool:
    return any(amount.kind in _COMPARED and first.end <= amount.start < second.start for amount in sentence.amounts)
