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
_FAILED: Final = core("Failed")
_OUTCOMES: Final = frozenset({core("Helped"), _FAILED})
_CARE: Final = frozenset({_TREATMENT, _MEDICATION})
_OPEN_FRAMES: Final = frozenset({cue("Plan"), cue("Continuing"), cue("RequestMention")})
_VERB: Final = cue("ReliefVerb")
_GAIN: Final = cue("ImproveVerb")
_OBJECT: Final = cue("ResponseObject")
_FUNCTION: Final = cue("FunctionObject")
_OBJECT_REACH: Final = 4


def responses(
    sentence: Sentence, lexicon: Lexicon, own: Sequence[Draft], earlier: Sequence[Draft], latest: Sequence[Draft]
) -> list[Draft]:
    """Return the responses in ``sentence``, and mark the care that helped or failed.

    ``own`` are the facts of the sentence, ``earlier`` those before it, ``latest`` the care in the sentence before.
    """
    found: list[Draft] = []
    care = _care(sentence, own, lexicon)
    for mention, concept in _reported(sentence, lexicon):
        outcome = lexicon.annotation("publishes", concept)
        if sentence.frame(mention) in _OPEN_FRAMES and outcome != _FAILED:
            continue
        stand, denial = stance(sentence, mention)
        if stand is Stance.OPEN:
            continue
        services = [_meant(service, earlier, lexicon) for service in _spoken_of(sentence, mention, care)]
        named = sorted({*services} or {draft.concept for draft in latest})
        if named or outcome in _OUTCOMES:
            found.append(_response(sentence, mention, concept, named, stand, denial))
    _mark(sentence, own, latest, care, lexicon)
    return found


def _reported(sentence: Sentence, lexicon: Lexicon) -> Iterator[tuple[Mention, str]]:
    """Return what is reported as a response: a verb of relief with its objects, else what is named as one."""
    for mention in sentence.mentions:
        goals = list(_goals(sentence, mention)) if _VERB in mention.kinds else []
        for goal in goals or [mention]:
            concepts = (lexicon.annotation("measures", one) for one in goal.concepts) if goals else goal.concepts
            concept = next((one for one in concepts if one and lexicon.read_as(one) == _RESPONSE), None)
            if concept is not None:
                yield Mention(mention.start, goal.end, (concept,), mention.kinds), concept


def _goals(sentence: Sentence, verb: Mention) -> Iterator[Mention]:
    """Return the pain that the verb of relief speaks of, and the function that a verb of gain does."""
    for other in sentence.between(verb.end, min(verb.end + _OBJECT_REACH, sentence.end)):
        if _OBJECT in other.kinds and (_GAIN in verb.kinds or _FUNCTION not in other.kinds):
            yield other


def _care(sentence: Sentence, own: Sequence[Draft], lexicon: Lexicon) -> list[tuple[Mention, str]]:
    """Return the mentions of the care that the sentence tells of, each with what it was read as."""
    given = sorted({draft.concept for draft in own if draft.kind in _CARE})
    return [
        (mention, service)
        for mention in sentence.mentions
        for service in given
        if any(concept in lexicon.within(service) for concept in mention.concepts)
    ]


def _meant(service: str, earlier: Sequence[Draft], lexicon: Lexicon) -> str:
    """Return the care that "the injection" stands for: the one last told of, where it was named more precisely."""
    given = (draft.concept for draft in reversed(earlier) if draft.kind == _TREATMENT and not draft.absent)
    return next((concept for concept in given if service in lexicon.within(concept)), service)


def _response(
    sentence: Sentence,
    mention: Mention,
    concept: str,
    services: Sequence[str],
    stand: Stance,
    denial: Mention | None,
) -> Draft:
    """Return the response; to which care is said only where one was named, for of several it may be to any."""
    values: dict[str, Value] = {core("toService"): services[0]} if len(services) == 1 else {}
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


def _mark(
    sentence: Sentence,
    own: Sequence[Draft],
    latest: Sequence[Draft],
    care: Sequence[tuple[Mention, str]],
    lexicon: Lexicon,
) -> None:
    """Mark the care that words such as "helped" or "without benefit" speak of with its outcome."""
    for mention in sentence.mentions:
        outcome = next((lexicon.annotation("publishes", concept) for concept in mention.concepts), None)
        if outcome not in _OUTCOMES:
            continue
        named = _spoken_of(sentence, mention, care)
        for draft in [draft for draft in own if draft.concept in named] if care else latest:
            if draft.kind in _CARE and not draft.absent:
                draft.values.setdefault(_OUTCOME, outcome)


def _spoken_of(sentence: Sentence, outcome: Mention, care: Sequence[tuple[Mention, str]]) -> list[str]:
    """Return the care nearest before ``outcome``, else behind it, with what "and" joins to it."""
    before = [(mention, service) for mention, service in reversed(care) if mention.end <= outcome.start]
    after = [(mention, service) for mention, service in care if mention.start >= outcome.end]
    found: list[str] = []
    last: Mention | None = None
    for mention, service in before or after:
        if last is not None and mention is not last:
            first, second = sorted((mention, last), key=lambda one: one.start)
            if not any(cue("And") in other.kinds for other in sentence.between(first.end, second.start)):
                break
            if sentence.signs(first.end, second.start, ",;"):
                break
        found.append(service)
        last = mention
    return found
