"""What a plan tells beside the care that it plans: a work status, a reason, a program that is under way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from imr_kb.letters.injuries import treated
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.sentences import Sentence
from imr_kb.terms import PREFIXES, core

__all__ = ["tells_of_care", "told_in_plan", "worker_continues"]

_DIAGNOSIS: Final = core("Diagnosis")
_FINDING: Final = core("Finding")
_GIVEN: Final = frozenset({cue("History"), cue("PastUse")})
_PLANS: Final = frozenset({cue("Plan"), cue("Continuing")})
_PLAN_AFTER: Final = cue("PlanAfter")
_EXERCISE: Final = PREFIXES["svc"] + "HomeExerciseProgram"
_PLAN: Final = cue("Plan")
_FAILED: Final = cue("Failed")
_GOALS: Final = frozenset({cue("Goal"), cue("GoalHeading")})
_CONTINUING: Final = cue("Continuing")
#: Verbs behind which nothing is under way yet.
_STARTING: Final = cue("Starting")
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
    """Whether it is the worker who "continues" the care that ``mention`` names, so that it is under way and not planned."""
    verb = next((other for other in sentence.before(mention.start) if _CONTINUING in other.kinds), None)
    told = verb is not None and sentence.turns(verb.start - 1, verb.start)
    told = told and verb is not None and sentence.tokens[verb.start].lower.endswith("s")  # "he continues", not "to"
    return told and not any(_PLAN in other.kinds for other in sentence.before(verb.start)) if verb else False


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
