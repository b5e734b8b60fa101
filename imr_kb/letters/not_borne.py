"""Drugs that were stopped because they did harm: "gabapentin was discontinued due to sedation" is a trial that failed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from imr_kb.letters.drafts import Draft
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.scope import Stance, stance
from imr_kb.letters.sentences import Sentence
from imr_kb.terms import PREFIXES, core

__all__ = ["harmed", "ill_borne", "not_borne"]

_FINDING: Final = core("Finding")
_INTOLERANCE: Final = PREFIXES["fnd"] + "MedicationIntolerance"
#: Words by which a drug was not borne or must not be taken, which say of other care that it was tried in vain.
_CUES: Final = frozenset({cue("FailedTrial"), cue("Unwanted")})
_TREATMENT: Final = core("Treatment")
_MEDICATION: Final = PREFIXES["svc"] + "Medication"
_OUTCOME: Final = core("outcome")
_FAILED: Final = core("Failed")
#: What else can have caused something: a condition or complaint named between the drug and the word.
_OTHER: Final = frozenset({PREFIXES["dx"] + "Condition", PREFIXES["fnd"] + "Observation"})
_SERVICE: Final = PREFIXES["svc"] + "Service"
_PAIN: Final = PREFIXES["dx"] + "Pain"
_CAUSED: Final = cue("Harmed")
_DUE_TO: Final = cue("OwingTo")
_STOPPED: Final = cue("Stopped")
#: How many tokens may stand between "due to" and the harm.
_NEAR: Final = 3


def not_borne(sentence: Sentence, own: Sequence[Draft], lexicon: Lexicon) -> None:
    """Mark the drugs among ``own`` as failed that ended and of which the sentence tells what harm they did."""
    ended = {draft.concept: draft for draft in own if draft.kind == _TREATMENT and not draft.absent}
    drugs = [one for one in sentence.mentions if _MEDICATION in one.kinds]
    for drug, end in zip(drugs, [*(one.start for one in drugs[1:]), sentence.end], strict=False):
        taken = next((ended[concept] for concept in drug.concepts if concept in ended), None)
        stopped = any(
            lexicon.in_group(_STOPPED, sentence.tokens, at) == drug.start for at in _right_before(sentence, drug)
        )
        if taken is not None and harmed(sentence, drug, end, lexicon, stopped=stopped):
            taken.values.setdefault(_OUTCOME, _FAILED)


def _right_before(sentence: Sentence, drug: Mention) -> range:
    return range(max(sentence.start, drug.start - _NEAR), drug.start)


def ill_borne(sentence: Sentence, mention: Mention, lexicon: Lexicon) -> Iterator[Draft]:
    """Return that a drug is not borne, if ``mention`` says so of one right behind it: "intolerant to ibuprofen"."""
    if _CUES.isdisjoint(mention.kinds):
        return
    words = lexicon.mentions(sentence.tokens[mention.start : mention.end], roots=frozenset({_INTOLERANCE}))
    if not words or words[0].end - words[0].start != mention.end - mention.start:
        return  # "failed naproxen"
    behind = next(sentence.between(mention.end, min(mention.end + _NEAR + 1, sentence.end)), None)
    if behind is None or _MEDICATION not in behind.kinds or sentence.signs(mention.end, behind.start, ",;."):
        return
    if stance(sentence, mention, sign=False)[0] is Stance.STATED:
        yield Draft(kind=_FINDING, concept=_INTOLERANCE, spans={sentence.part.span(mention.start, behind.end): None})


def harmed(sentence: Sentence, drug: Mention, end: int, lexicon: Lexicon, *, stopped: bool = False) -> bool:
    """Whether some harm is told as that of ``drug``, between it and token ``end``: "stopped due to edema".

    ``stopped`` tells whether words before the drug say that it was.
    """
    if _in_brackets(sentence, drug, end, lexicon):
        return True
    for position in range(drug.end, end):
        stopped = stopped or bool(lexicon.in_group(_STOPPED, sentence.tokens, position))
        behind = lexicon.in_group(_CAUSED, sentence.tokens, position)
        if behind and any(not _OTHER.isdisjoint(one.kinds) for one in sentence.between(drug.end, position)):
            return False  # "for the neuropathy, which caused numbness"
        if not behind and stopped:
            behind = lexicon.in_group(_DUE_TO, sentence.tokens, position)
        harms = sentence.between(behind, min(behind + _NEAR + 1, end)) if behind else iter(())
        for harm in harms:
            if _SERVICE in harm.kinds:
                break
            if _can_be_done(harm, lexicon):
                return stance(sentence, harm)[0] is Stance.STATED
    return False


def _in_brackets(sentence: Sentence, drug: Mention, end: int, lexicon: Lexicon) -> bool:
    """Whether some harm is all that brackets behind ``drug`` tell: "previously tried Lyrica 75 mg (swelling)"."""
    opened = next((at for at in range(drug.end, min(drug.end + _NEAR, end)) if sentence.tokens[at].text == "("), end)
    if sentence.signs(drug.end, opened, ",;.:"):
        return False
    closed = next((at for at in range(opened, end) if sentence.tokens[at].text == ")"), opened)
    told = [one for one in sentence.between(opened, closed) if not _OTHER.isdisjoint(one.kinds)]
    return bool(told) and all(_can_be_done(one, lexicon) and stance(sentence, one)[0] is Stance.STATED for one in told)


def _can_be_done(harm: Mention, lexicon: Lexicon) -> bool:
    """Whether a drug can do ``harm``; pain is rather what it was taken for."""
    can = any(lexicon.inherited("canComeOf", one) == _MEDICATION for one in harm.concepts)
    return can and _PAIN not in harm.kinds
