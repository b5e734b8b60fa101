"""What earlier care led to: relief in percent, gains in function, and whether a trial helped or failed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from imr_kb.letters.amounts import Kind
from imr_kb.letters.drafts import Draft, Value
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.scope import Stance, stance
from imr_kb.letters.sentences import Sentence
from imr_kb.terms import core

__all__ = ["responses"]

_TREATMENT: Final = core("Treatment")
_MEDICATION: Final = core("MedicationUse")
_RESPONSE: Final = core("Response")
_OUTCOME: Final = core("outcome")
_CARE: Final = frozenset({_TREATMENT, _MEDICATION})
_OPEN_FRAMES: Final = frozenset({cue("Plan"), cue("Continuing"), cue("RequestMention")})
_VERB: Final = cue("ReliefVerb")
_OBJECT: Final = cue("PainObject")
_OBJECT_REACH: Final = 4


def responses(sentence: Sentence, lexicon: Lexicon, own: Sequence[Draft], latest: Sequence[Draft]) -> list[Draft]:
    """Return the responses in ``sentence``, and mark the care of ``own`` (else of ``latest``) that helped or failed."""
    found: list[Draft] = []
    care = _care(sentence, own, lexicon)
    for mention, concept in _reported(sentence, lexicon):
        if sentence.frame(mention) in _OPEN_FRAMES:
            continue
        stand, denial = stance(sentence, mention)
        if stand is Stance.OPEN:
            continue
        services = _services(mention, care) or [draft.concept for draft in latest]
        found += [_response(sentence, mention, concept, service, stand, denial) for service in dict.fromkeys(services)]
    _mark(sentence, own, latest, lexicon)
    return found


def _reported(sentence: Sentence, lexicon: Lexicon) -> Iterator[tuple[Mention, str]]:
    """Return what is reported as a response: a named one, or a verb of relief whose object is pain."""
    for mention in sentence.mentions:
        named = next((concept for concept in mention.concepts if lexicon.read_as(concept) == _RESPONSE), None)
        if named is not None:
            yield mention, named
        elif _VERB in mention.kinds:
            goal = next(
                (
                    other
                    for other in sentence.between(mention.end, min(mention.end + _OBJECT_REACH, sentence.end))
                    if _OBJECT in other.kinds
                ),
                None,
            )
            measured = (
                next((value for concept in goal.concepts if (value := lexicon.annotation("measures", concept))), None)
                if goal
                else None
            )
            if goal is not None and measured is not None:
                yield Mention(mention.start, goal.end, (measured,), mention.kinds), measured


def _care(sentence: Sentence, own: Sequence[Draft], lexicon: Lexicon) -> list[tuple[Mention, str]]:
    """Return the mentions of the care that the sentence tells of, each with what it was read as."""
    given = sorted({draft.concept for draft in own if draft.kind in _CARE})
    return [
        (mention, service)
        for mention in sentence.mentions
        for service in given
        if any(concept in lexicon.within(service) for concept in mention.concepts)
    ]


def _services(mention: Mention, care: Sequence[tuple[Mention, str]]) -> list[str]:
    """Return the care that the response is to: what stands before it, else what is named behind it."""
    before = [concept for other, concept in care if other.end <= mention.start]
    after = [concept for other, concept in care if other.start >= mention.end]
    return before or after


def _response(
    sentence: Sentence, mention: Mention, concept: str, service: str, stand: Stance, denial: Mention | None
) -> Draft:
    values: dict[str, Value] = {core("toService"): service}
    words = [(mention.start, mention.end)]
    if denial is not None:
        words.append((denial.start, denial.end))
    percent = next((amount for amount in sentence.amounts if amount.kind is Kind.PERCENT), None)
    if percent is not None and stand is Stance.STATED:
        values[core("reliefPercent")] = percent.value
        words.append((percent.start, percent.end))
        weeks = next(
            (amount for amount in sentence.amounts if amount.kind is Kind.WEEKS and amount.start > percent.start), None
        )
        if weeks is not None:
            values[core("reliefWeeks")] = weeks.value
            words.append((weeks.start, weeks.end))
    return Draft(
        kind=_RESPONSE,
        concept=concept,
        absent=stand is Stance.DENIED,
        values=values,
        spans={sentence.part.span(min(start for start, _ in words), max(end for _, end in words)): None},
    )


def _mark(sentence: Sentence, own: Sequence[Draft], latest: Sequence[Draft], lexicon: Lexicon) -> None:
    outcomes = [
        (mention, outcome)
        for mention in sentence.mentions
        for concept in mention.concepts
        if (outcome := lexicon.annotation("publishes", concept))
        and outcome.startswith(core(""))
        and lexicon.annotation("fills", concept) is None
    ]
    care = [draft for draft in own if draft.kind in _CARE and not draft.absent] or list(latest)
    for _, outcome in outcomes:
        if outcome in {core("Helped"), core("Failed")}:
            for draft in care:
                draft.values.setdefault(_OUTCOME, outcome)
