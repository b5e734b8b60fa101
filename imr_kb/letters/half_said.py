"""Denials and claims that do not hold as they stand: of a part only, of the time before the injury, of what may come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from imr_kb.letters.closing import closing
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.sentences import Sentence
from imr_kb.terms import PREFIXES, core

__all__ = [
    "asked_for",
    "before_injury",
    "circumstance",
    "denied_in_part",
    "denied_right_before",
    "intended",
    "not_been",
    "not_yet",
    "only_possible",
    "turns_to_gain",
    "untold",
]

_BEFORE_INJURY: Final = cue("BeforeInjury")
_CONTRAST: Final = cue("Contrast")
_SCOPE_END: Final = cue("ScopeEnd")
_NEGATIVE: Final = cue("NegativeWord")
_PERSONS: Final = frozenset({cue("Pronoun"), cue("Person")})
_INFINITIVE: Final = cue("Infinitive")
_MORE: Final = cue("Further")
_FURTHER: Final = cue("OfFurther")
_EARLIER: Final = cue("OfEarlier")
_CIRCUMSTANCE: Final = cue("Circumstance")
_ASPECT: Final = cue("Aspect")
_FOR: Final = cue("For")
_NEITHER: Final = cue("NeitherNor")
_DEGREES: Final = frozenset(cue(name) for name in ("DegreeWord", "SevereWord", "ModerateWord"))
_ASKING: Final = frozenset(cue(name) for name in ("Plan", "PlanAfter", "RequestMention"))
#: What may stand before the "to" of an aim.
_AIMING: Final = _ASKING | {PREFIXES["svc"] + "Service", cue("And")}
_MAY_DO: Final = cue("MayDo")
#: What a worker feels, and may feel at one time or place and not at another.
_FELT: Final = frozenset({PREFIXES["dx"] + "Pain", PREFIXES["fnd"] + "Symptom"})
_UNTESTED: Final = cue("Untested")
#: Right before a test that came out neither way: "equivocal".
_DOUBTFUL: Final = cue("DoubtfulValue")
_SIGN: Final = PREFIXES["fnd"] + "Sign"
_MUST_BE: Final = cue("MustBe")
_TO_BE_EXCLUDED: Final = cue("ToBeExcluded")
#: What can be tested, be written down, or be care as well as a finding.
_TESTED: Final = frozenset(
    {*(PREFIXES["fnd"] + name for name in ("Sign", "DocumentationFact")), PREFIXES["svc"] + "Service"}
)
_PLACE: Final = frozenset(
    {cue("SitePreposition"), cue("SiteFiller"), PREFIXES["body"] + "BodyPart", core("Left"), core("Right")}
)
#: What may bring a pain on beside a test, and is said to bring none: "walking causes no pain".
_ACTIVITY: Final = cue("Activity")
_FILLER: Final = cue("SiteFiller")
_DENYING: Final = frozenset({cue("Negator"), cue("Denial")})
#: "A" and "an", which also say that something is counted.
_ARTICLE: Final = cue("Each")
_APART: Final = frozenset({cue("And"), cue("With"), _SCOPE_END})
_AGGRAVATION: Final = cue("Aggravation")
_WHEN: Final = frozenset({_CIRCUMSTANCE, _AGGRAVATION})
_HURTING: Final = _FELT | {cue("WorseWord"), PREFIXES["fnd"] + "WorseningSymptoms"}
_SUFFERED: Final = frozenset({PREFIXES["dx"] + "Condition", PREFIXES["fnd"] + "Symptom"})
#: What begins a clause about the worker: who it is, or the verb behind a "he".
_BEGINNING: Final = _PERSONS | {cue("SubjectVerb"), cue("KinVerb")}
#: Words before a time with which something else is compared.
_COMPARING: Final = cue("Comparing")
#: What does not bring a complaint on, so that none of it then is none at all: "denies nausea with naproxen".
_UNMOVED: Final = frozenset({PREFIXES["svc"] + "Service", cue("Examination"), cue("Visit")})
#: So near it stands behind the word that tells when: "while taking naproxen".
_NEAR: Final = 4
#: How many tokens may stand between the words of being able and what may be: "can now go back to work".
_REACH: Final = 2
#: Words before what may be or is to be: "able to", "is expected".
_NOT_YET: Final = cue("NotYet")
_TO_COME: Final = frozenset({_MAY_DO, cue("PlanAfter")})


def before_injury(sentence: Sentence, mention: Mention) -> Mention | None:
    """Return the "before the injury" by which ``mention`` tells how it was then: "he had full motion prior to the fall"."""
    for then in sentence.of(_BEFORE_INJURY):
        first, last = sorted((then, mention), key=lambda one: one.start)
        if sentence.signs(first.end, last.start, ";:") or _compared(sentence, then):
            continue
        between = list(sentence.between(first.end, last.start))
        if any(_CONTRAST in other.kinds for other in between):
            continue
        if first is then:
            opens = then.start == sentence.start or sentence.signs(then.start - 1, then.start, ",;")
            if opens and not _begins_anew(sentence, then, between):
                return then
        elif not any(not {_SCOPE_END, _NEGATIVE}.isdisjoint(other.kinds) for other in between) and not (
            sentence.signs(first.end, last.start, ",") and any(not _PERSONS.isdisjoint(one.kinds) for one in between)
        ):
            return then
    return None


def _begins_anew(sentence: Sentence, then: Mention, between: Sequence[Mention]) -> bool:
    """Whether a second clause about the worker begins: "before the injury she cooked, and she now has a weak grip"."""
    for joining in between:
        behind = next(sentence.after(joining.end), None)
        person = behind is not None and behind.start < joining.end + _REACH and not _BEGINNING.isdisjoint(behind.kinds)
        if cue("And") in joining.kinds and person and sentence.signs(then.end, joining.end, ","):
            return True
    return False


def _compared(sentence: Sentence, then: Mention) -> bool:
    """Whether something of today is compared with ``then``: "weaker than before the injury"."""
    before = next(sentence.before(then.start), None)
    return before is not None and before.end == then.start and _COMPARING in before.kinds


def denied_in_part(
    sentence: Sentence, denial: Mention | None, mention: Mention, lexicon: Lexicon, *, sign: bool
) -> bool:
    """Whether ``denial`` denies ``mention`` only in part: what is further, was before, or comes with something.

    ``sign`` is true for findings and conditions; of care, what was not given before was not given.
    """
    if denial is None or denial.start >= mention.start:
        return False
    asked_of_past = any(lexicon.inherited("ofThePast", concept) for concept in mention.concepts)
    another = any(_MORE in other.kinds and other.end == mention.start for other in sentence.before(mention.start))
    if another or _FURTHER in denial.kinds or (sign and _EARLIER in denial.kinds and not asked_of_past):
        return True
    if _FELT.isdisjoint(mention.kinds):
        return False
    if any(lexicon.in_group(_ASPECT, sentence.tokens, at) for at in range(denial.end, mention.start)):
        return True
    if _provoked(sentence, denial, lexicon):
        return True
    following = next(sentence.after(mention.end), None)
    if following is None or following.start != mention.end or _CIRCUMSTANCE not in following.kinds:
        return False
    near = min(following.end + _NEAR, sentence.end)
    return all(_UNMOVED.isdisjoint(other.kinds) for other in sentence.between(following.end, near))


def circumstance(sentence: Sentence, gain: Mention) -> bool:
    """Whether ``gain`` only tells when something hurts: "pain with increased flexion", "worse when he sits longer"."""
    near = (one for one in sentence.before(gain.start) if gain.start - one.end <= _REACH)
    when = next((one for one in near if not _WHEN.isdisjoint(one.kinds)), None)
    if when is None or sentence.signs(when.end, gain.start, ",;"):
        return False
    if _AGGRAVATION in when.kinds:
        return True
    before = next(sentence.before(when.start), None)
    return before is not None and before.end == when.start and not _HURTING.isdisjoint(before.kinds)


def _provoked(sentence: Sentence, denial: Mention, lexicon: Lexicon) -> bool:
    """Whether a test or an activity is what brings none of it on: "walking causes no pain"."""
    for other in sentence.before(denial.start):
        near = denial.start - other.end <= 1 and not sentence.signs(other.end, denial.start, ",;.:")
        if not near or not _APART.isdisjoint(other.kinds):
            return False
        if _ACTIVITY in other.kinds or any(lexicon.annotation("tested", concept) for concept in other.concepts):
            return True
    return False


def intended(sentence: Sentence, gain: Mention) -> bool:
    """Whether ``gain`` is only what care is for: "therapy to increase mobility", "requested for better strength"."""
    before = next(sentence.before(gain.start), None)
    if before is not None and before.end == gain.start and _INFINITIVE in before.kinds:
        verb = next(sentence.before(before.start), None)
        if verb is not None and verb.end == before.start and not _AIMING.isdisjoint(verb.kinds):
            return True
    return asked_for(sentence, gain, stops=";")


def asked_for(sentence: Sentence, aim: Mention, *, stops: str = ",;") -> bool:
    """Whether something was "recommended for" ``aim``, with none of the signs ``stops`` between; it is not there yet."""
    return any(_leads_to(sentence, one, aim, stops) for one in sentence.of(_FOR) if one.end <= aim.start)


def _leads_to(sentence: Sentence, leading: Mention, gain: Mention, stops: str) -> bool:
    """Whether ``leading`` is the "for" of "was requested for", and nothing turns to something else before ``gain``."""
    asked = next(sentence.before(leading.start), None)
    if asked is None or asked.end != leading.start or _ASKING.isdisjoint(asked.kinds):
        return False
    between = sentence.between(leading.end, gain.start)
    turned = any(not (_PERSONS | {_CONTRAST, _SCOPE_END}).isdisjoint(one.kinds) for one in between)
    return not turned and not sentence.signs(leading.end, gain.start, stops)


def denied_right_before(sentence: Sentence, mention: Mention) -> bool:
    """Whether a denial stands right before ``mention``, as before the "prior" of "no history of (a) prior surgery"."""
    start = mention.start
    for other in sentence.before(mention.start):
        if other.end != start or not other.kinds.isdisjoint(_DENYING):
            return other.end == start
        if _ARTICLE not in other.kinds:
            return False
        start = other.start
    return False


def not_been(sentence: Sentence, copula: Mention, mention: Mention) -> bool:
    """Whether ``copula`` is the "been" of "has not been taking Norco", or the "be" of "not to be a candidate"."""
    to = next((one for one in sentence.of(_INFINITIVE) if one.end == copula.start), copula)
    if not denied_right_before(sentence, to) or mention.start - copula.end > _REACH:
        return False
    return all(_FILLER in other.kinds for other in sentence.between(copula.end, mention.start))


def only_possible(sentence: Sentence, mention: Mention) -> bool:
    """Whether words before ``mention`` say that it can or may come: "he is able to return to work"."""
    for other in sentence.before(mention.start):
        if mention.start - other.end > _REACH or sentence.signs(other.end, mention.start, ",;"):
            return False
        if not _TO_COME.isdisjoint(other.kinds):
            return True
    return False


def not_yet(sentence: Sentence, position: int, lexicon: Lexicon) -> bool:
    """Whether words close before token ``position`` say that what follows is to come: "should rise", "will be reviewed"."""
    first = max(sentence.start, position - _NEAR)
    return any(
        0 < (end := lexicon.in_group(_NOT_YET, sentence.tokens, at)) <= position
        and not sentence.signs(end, position, ",;:")
        for at in range(first, position)
    )


def turns_to_gain(sentence: Sentence, joining: Mention, gain: Mention) -> bool:
    """Whether ``joining`` is the "and" between what is denied and a ``gain``: "no leg pain and improved back pain".

    What is said to be there in some degree is not denied either: "no labral tear and mild arthrosis".
    """
    if cue("And") not in joining.kinds or cue("Or") in joining.kinds or _NEITHER in joining.kinds:
        return False
    degree = next(sentence.after(joining.end), None)
    if degree is not None and degree.start == joining.end and not _DEGREES.isdisjoint(degree.kinds):
        return True
    if joining.end != gain.start:
        return False
    before = next(sentence.before(joining.start), None)
    suffered = before is not None and before.end == joining.start and not _SUFFERED.isdisjoint(before.kinds)
    return suffered and cue("ImproveVerb") in gain.kinds


def untold(sentence: Sentence, mention: Mention) -> Mention | None:
    """Return the words beside ``mention`` by which it was not tested, not given, only ought to be or stayed in doubt."""
    before = next(sentence.before(mention.start), None)
    if before is not None and before.end == mention.start and _DOUBTFUL in before.kinds and _SIGN in mention.kinds:
        return before
    if (doubted := closing(sentence, mention, {_TO_BE_EXCLUDED})) is not None:
        return doubted
    end = mention.end
    for other in sentence.after(mention.end):
        if other.start != end:
            return None
        if _UNTESTED in other.kinds:
            return other if not _TESTED.isdisjoint(mention.kinds) else None
        if _MUST_BE in other.kinds and (end == mention.end or _TO_BE_EXCLUDED in other.kinds):
            return other
        relative = _SCOPE_END in other.kinds and end == mention.end  # "that"
        if _PLACE.isdisjoint(other.kinds) and not relative:
            return None
        end = other.end
    return None
