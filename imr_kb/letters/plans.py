"""What a plan tells beside the care that it plans: a work status, a reason, a program that is under way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from imr_kb.letters.amounts import Kind
from imr_kb.letters.granted import by_authorizer
from imr_kb.letters.injuries import treated
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.sentences import Sentence
from imr_kb.letters.shared_outcomes import OUTCOMES
from imr_kb.terms import PREFIXES, core

__all__ = ["tells_of_care", "to_come", "told_in_plan", "told_in_use", "trial_failed", "worker_continues"]

_DIAGNOSIS: Final = core("Diagnosis")
_FINDING: Final = core("Finding")
_GIVEN: Final = frozenset({cue("History"), cue("PastUse")})
_PLANS: Final = frozenset({cue("Plan"), cue("Continuing")})
_PLAN_AFTER: Final = cue("PlanAfter")
_STUDY: Final = core("Study")
_TREATMENT: Final = core("Treatment")
#: Verbs by which a physician has something done that is not done yet, and words before what may come some day.
_ORDERING: Final = cue("Ordering")
_EVENTUAL: Final = cue("Eventual")
#: A visit to a specialist, and the words by which the worker is sent there.
_REFERRED: Final = PREFIXES["svc"] + "SpecialistReferral"
_SENDING: Final = cue("SendingWords")
#: The verb of one who allows care, and what else can tell what is behind it.
_GRANTING: Final = cue("GrantedWord")
_FRAME: Final = cue("Frame")
_PRESCRIPTION: Final = cue("PrescriptionFor")
_VERBS: Final = frozenset({_GRANTING, _FRAME, cue("ScopeEnd")})
_PLACING: Final = frozenset(
    {*(core(side) for side in ("Left", "Right", "Bilateral")), cue("SiteFiller"), PREFIXES["body"] + "BodyPart"}
)
_EXERCISE: Final = PREFIXES["svc"] + "HomeExerciseProgram"
_PLAN: Final = cue("Plan")
_FAILED: Final = cue("Failed")
_HARMED: Final = cue("AllergicReaction")
_GOALS: Final = frozenset({cue("Goal"), cue("GoalHeading")})
_CONTINUING: Final = cue("Continuing")
#: Verbs behind which nothing is under way yet.
_STARTING: Final = cue("Starting")
#: Verbs that plan the end of what is therefore still under way.
_STOP: Final = cue("StopVerb")
#: The word "trial" in words of plans, and words at which what is said of it ends.
_COURSE: Final = cue("CourseWord")
_TURNING: Final = frozenset({cue("Plan"), cue("RequestMention"), cue("Reason"), cue("Contrast")})
_USED: Final = cue("CurrentUse")
#: The people who prescribe, the verb by which they do ("was prescribed" tells of what was given), and what tells more.
_TREATER: Final = cue("Treater")
_PRESCRIBING: Final = cue("Prescribing")
_BY_TREATER: Final = frozenset({_PRESCRIBING, _ORDERING})
#: So many tokens have the names of such people at most.
_TITLE: Final = 3
_ARTICLE: Final = 1
#: What goes on to tell how that went, and when it was.
_GOES_ON: Final = frozenset(
    {
        *(cue(name) for name in ("Pronoun", "Person", "ScopeEnd", "History")),
        *(_USED, PREFIXES["fnd"] + "TreatmentResponse"),
    }
)
_DATES: Final = frozenset({Kind.DATE, Kind.MONTH})
_AND: Final = cue("And")
_SERVICE: Final = PREFIXES["svc"] + "Service"
_KNOWN: Final = cue("KnownWord")
#: How many tokens may stand between "known" and the condition: "known left".
_SIDE: Final = 1


def tells_of_care(sentence: Sentence, mention: Mention, readings: Sequence[tuple[str, str]], lexicon: Lexicon) -> bool:
    """Whether the passage around ``mention`` lists care, so that what is care and a finding is meant as care."""
    frame = sentence.frame(mention)
    stated = any(lexicon.annotation("toldInPlan", concept) for concept, kind in readings if kind == _FINDING)
    stated = stated and not _starts(sentence, mention)
    return frame in _GIVEN or (frame in _PLANS and not stated) or _found_wanting(sentence, mention)


def told_in_plan(sentence: Sentence, mention: Mention, concept: str, lexicon: Lexicon) -> bool:
    """Whether a plan states ``concept``: as its reason, or because it is of those that plans tell, such as a work status."""
    if sentence.reason(mention):
        return True
    if lexicon.read_as(concept) == _DIAGNOSIS and (
        treated(sentence, mention, lexicon) or _known(sentence, mention, lexicon)
    ):
        return True
    told = lexicon.annotation("toldInPlan", concept) is not None or lexicon.suspected(concept) == concept
    aimed = _GOALS.isdisjoint(mention.kinds) and (
        not _GOALS.isdisjoint(sentence.headed)
        or any(not _GOALS.isdisjoint(other.kinds) for other in sentence.before(mention.start))
    )
    return told and not aimed and not _starts(sentence, mention)


def _known(sentence: Sentence, mention: Mention, lexicon: Lexicon) -> bool:
    """Whether the condition ``mention`` is called known: "a study to grade her diagnosed carpal tunnel syndrome"."""
    first = max(sentence.start, mention.start - _SIDE - 1)
    ends = {lexicon.in_group(_KNOWN, sentence.tokens, at) for at in range(first, mention.start)}
    return not ends.isdisjoint(range(mention.start - _SIDE, mention.start + 1)) and mention.start > sentence.start


def worker_continues(sentence: Sentence, mention: Mention) -> bool:
    """Whether it is the worker who "continues" the care that ``mention`` names, or is to end it, so that it is under way."""
    verb = next((other for other in sentence.before(mention.start) if _CONTINUING in other.kinds), None)
    if verb is not None and _STOP in verb.kinds and not sentence.signs(verb.end, mention.start, ",;"):
        return True  # "wean off the crutches"
    told = verb is not None and sentence.turns(verb.start - 1, verb.start)
    told = told and verb is not None and sentence.tokens[verb.start].lower.endswith("s")  # "he continues", not "to"
    return told and not any(_PLAN in other.kinds for other in sentence.before(verb.start)) if verb else False


def prescribed_by(sentence: Sentence, mention: Mention, lexicon: Lexicon) -> bool:
    """Whether one who treats the worker "prescribed" what ``mention`` names, of which nothing further is told.

    It then is still to come; of "prescribed therapy, which he attended" it is not.
    """
    verb = next((one for one in sentence.before(mention.start) if _USED in one.kinds), None)
    near = verb is not None and mention.start - verb.end <= _ARTICLE
    if verb is None or not near or _PRESCRIBING not in verb.kinds or verb.end - verb.start > 1:
        return False
    if _told_further(sentence, mention, lexicon):
        return False
    first = max(sentence.start, verb.start - _TITLE)
    return any(lexicon.in_group(_TREATER, sentence.tokens, at) == verb.start for at in range(first, verb.start))


def _told_further(sentence: Sentence, mention: Mention, lexicon: Lexicon) -> bool:
    """Whether behind ``mention`` the sentence tells what became of the care, or when it was."""
    if any(at >= mention.end for at in sentence.pronouns):
        return True
    if any(one.kind in _DATES and one.start >= mention.end for one in sentence.amounts):
        return True
    behind = list(sentence.after(mention.end))
    return any(not _GOES_ON.isdisjoint(other.kinds) for other in behind) or any(
        lexicon.annotation("publishes", concept) in OUTCOMES for other in behind for concept in other.concepts
    )


def to_come(sentence: Sentence, mention: Mention, kind: str, lexicon: Lexicon) -> bool:
    """Whether the care ``mention`` of ``kind`` is only to come: "prescribed", "ordered", "a possible aspiration"."""
    if kind == _TREATMENT and (prescribed_by(sentence, mention, lexicon) or _sends(sentence, mention, lexicon)):
        return True
    if kind not in {_STUDY, _TREATMENT}:
        return False
    if _only_allowed(sentence, mention, lexicon) or _on_prescription(sentence, mention, lexicon):
        return True
    if any(lexicon.in_group(_EVENTUAL, sentence.tokens, at) for at in _leading(sentence, mention)):
        return True
    verb = next((one for one in sentence.before(mention.start) if _ORDERING in one.kinds), None)
    if verb is None or not _treater_before(sentence, verb, lexicon) or _told_further(sentence, mention, lexicon):
        return False
    return not any(not _TURNING.isdisjoint(one.kinds) for one in sentence.between(verb.end, mention.start))


def _sends(sentence: Sentence, mention: Mention, lexicon: Lexicon) -> bool:
    """Whether ``mention`` tells that the worker was sent to somebody: "was referred to a neurologist"."""
    return _REFERRED in mention.kinds and lexicon.in_group(_SENDING, sentence.tokens, mention.start) > 0


def _only_allowed(sentence: Sentence, mention: Mention, lexicon: Lexicon) -> bool:
    """Whether who pays "authorized" the care ``mention``, and nothing further is told of it."""
    verb = next((one for one in sentence.before(mention.start) if not one.kinds.isdisjoint(_VERBS)), None)
    if verb is None or _GRANTING not in verb.kinds or sentence.signs(verb.end, mention.start, ";:"):
        return False
    return by_authorizer(sentence, verb, lexicon) and not _told_further(sentence, mention, lexicon)


def _on_prescription(sentence: Sentence, mention: Mention, lexicon: Lexicon) -> bool:
    """Whether a prescription for the care ``mention`` was written, and nothing further is told of it."""
    opening = next((one for one in sentence.before(mention.start) if _FRAME in one.kinds), None)
    before = opening is not None and _PRESCRIPTION in opening.kinds
    behind = next(sentence.after(mention.end), None)
    if behind is not None and behind.start == mention.end and _PRESCRIBING in behind.kinds:
        # "Therapy was prescribed", and not "therapy prescribed by her physician helped".
        return behind.end - behind.start > 1 and not _told_further(sentence, behind, lexicon)
    return before and not _told_further(sentence, mention, lexicon)


def _leading(sentence: Sentence, mention: Mention) -> Iterator[int]:
    """Yield the tokens right before ``mention`` at which words for what may come can stand: "possible left knee"."""
    start = mention.start
    for other in sentence.before(mention.start):
        if other.end != start or _PLACING.isdisjoint(other.kinds):
            break
        start = other.start
    yield from range(max(sentence.start, start - _ARTICLE), start)


def _treater_before(sentence: Sentence, verb: Mention, lexicon: Lexicon) -> bool:
    """Whether one who treats the worker stands right before ``verb``, or an adverb between: "the surgeon also ordered"."""
    first = max(sentence.start, verb.start - _TITLE - _ARTICLE)
    ends = {lexicon.in_group(_TREATER, sentence.tokens, at) for at in range(first, verb.start)}
    if not ends.isdisjoint({verb.start, verb.start - _ARTICLE} - {0}):
        return True
    joining = next(sentence.before(verb.start), None)
    if joining is None or joining.end != verb.start or _AND not in joining.kinds:
        return False
    # "The physician prescribed ibuprofen and ordered therapy."
    earlier = next((one for one in sentence.before(joining.start) if not one.kinds.isdisjoint(_BY_TREATER)), None)
    return earlier is not None and _treater_before(sentence, earlier, lexicon)


def told_in_use(sentence: Sentence, mention: Mention) -> bool:
    """Whether the drug ``mention`` is told as one that the worker takes: "takes it", and not only "was prescribed it"."""
    verb = next((one for one in sentence.before(mention.start) if _USED in one.kinds), None)
    return sentence.frame(mention) == _USED and not (verb is not None and _PRESCRIBING in verb.kinds)


def trial_failed(sentence: Sentence, mention: Mention) -> bool:
    """Whether ``mention`` names what a trial was of that failed, and so not one that is planned: "trials of A failed"."""
    opening = next((one for one in sentence.before(mention.start) if _PLAN in one.kinds), None)
    if opening is None or _COURSE not in opening.kinds:
        return False
    for other in sentence.after(mention.end):
        if sentence.signs(mention.end, other.start, ";:") or not _TURNING.isdisjoint(other.kinds):
            return False
        if _HARMED in other.kinds and other.start == mention.end:
            return True  # "a trial of amitriptyline caused dry mouth"
        if _FAILED in other.kinds:
            return _listed_to(sentence, mention, other) and not _leads_care(sentence, other)
    return False


def _listed_to(sentence: Sentence, mention: Mention, failed: Mention) -> bool:
    """Whether no other care than that listed with ``mention`` is what ``failed``: "A and B failed", not "A as B failed"."""
    other = next((one for one in sentence.before(failed.start) if _SERVICE in one.kinds), mention)
    joined = any(0 <= other.start - one.end <= _ARTICLE for one in sentence.of(_AND))
    return other.start <= mention.start or joined


def _leads_care(sentence: Sentence, failed: Mention) -> bool:
    """Whether what ``failed`` is named right behind: "failed trial of gabapentin"."""
    return any(_SERVICE in one.kinds for one in sentence.between(failed.end, failed.end + _ARTICLE + 1))


def _found_wanting(sentence: Sentence, mention: Mention) -> bool:
    """Whether the sentence goes on to say that care failed: "physical therapy, home exercises and naproxen failed"."""
    return any(
        _FAILED in other.kinds and not sentence.signs(mention.end, other.start, ";:")
        for other in sentence.after(mention.end)
    )


def _starts(sentence: Sentence, mention: Mention) -> bool:
    """Whether ``mention`` is only to be started: "begin a home exercise program", "it was advised"."""
    following = next(sentence.after(mention.end), None)
    advised = following is not None and following.start == mention.end and _PLAN_AFTER in following.kinds
    if advised and _EXERCISE in mention.kinds:
        return True
    verbs = (other for other in sentence.before(mention.start) if _STARTING in other.kinds)
    return any(not sentence.signs(verb.end, mention.start, ",;.") for verb in verbs)
