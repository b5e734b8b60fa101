"""Gains told by two measures or by what is possible again: "sits 60 minutes instead of 20", "can drive again"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from imr_kb.letters.amounts import Amount, Kind
from imr_kb.letters.doings import doing_at, things_done
from imr_kb.letters.drafts import Draft, Value
from imr_kb.letters.half_said import before_injury, not_yet
from imr_kb.letters.less_used import less_used
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.of_whom import of_another
from imr_kb.letters.on_drug import done_on_drug, only_thought
from imr_kb.letters.pain import rates_another
from imr_kb.letters.relief import at_rest
from imr_kb.letters.scope import Stance, stance
from imr_kb.letters.sentences import Sentence
from imr_kb.terms import PREFIXES, core

__all__ = ["gains"]

_RESPONSE: Final = core("Response")
_FINDING: Final = core("Finding")
_GAIN: Final = PREFIXES["fnd"] + "FunctionalImprovement"
_RELIEF: Final = PREFIXES["fnd"] + "PainRelief"
_TOLERANCE: Final = PREFIXES["fnd"] + "ImprovedGait"
#: Scores of what the worker cannot do, of which less is better.
_DISABILITY: Final = PREFIXES["fnd"] + "FunctionAssessed"
_LIMITED: Final = PREFIXES["fnd"] + "FunctionalLimitation"
_GAINED: Final = PREFIXES["fnd"] + "ObjectiveGain"
_SLEEP: Final = PREFIXES["fnd"] + "ImprovedSleep"
_EASED: Final = PREFIXES["fnd"] + "AnalgesiaDocumented"
_ASLEEP: Final = PREFIXES["fnd"] + "SleepOnMedicationDocumented"
#: What is told of drugs only.
_ON_DRUG: Final = frozenset({_EASED, _ASLEEP})
_DOES: Final = PREFIXES["fnd"] + "FunctionDocumented"
_USE_TOLD: Final = PREFIXES["fnd"] + "MedicationUseDocumented"
_MIND_TOLD: Final = PREFIXES["fnd"] + "PsychologicalStateDocumented"
#: Scores of the mind, of which less is better.
_MOODS: Final = frozenset({PREFIXES["fnd"] + "DepressionScore", PREFIXES["fnd"] + "AnxietyScore"})
_LESS_USED: Final = PREFIXES["fnd"] + "ReducedMedicationUse"
_PAIN: Final = PREFIXES["dx"] + "Pain"
_FELT: Final = frozenset(
    {_PAIN, *(PREFIXES["fnd"] + name for name in ("PainRelief", "Tingling", "PainScore", "RadiatingPain"))}
)
_MEDICATION: Final = PREFIXES["svc"] + "Medication"
_SERVICE: Final = core("toService")
_PERCENT: Final = core("reliefPercent")
#: The number of a sentence whose facts have not been numbered yet.
_UNNUMBERED: Final = 0
_INSTEAD: Final = cue("InsteadOf")
_FROM: Final = cue("ByMeans")
_TO: Final = cue("SitePreposition")
_SLEEPING: Final = cue("Sleeping")
_ACTIVITY: Final = cue("Activity")
_DOING: Final = cue("Doing")
_ABLE: Final = cue("AbleTo")
_AGAIN: Final = cue("Again")
_ONLY: Final = cue("OnlyWord")
_EXAMINATION: Final = cue("Examination")
_THAT_TIME: Final = cue("ThatTime")
#: What may stand before "was able to" where it is said of the worker: "relief and was able to".
_GOING_ON: Final = frozenset(cue(name) for name in ("Person", "Pronoun", "And", "ScopeEnd"))
_ABLE_AGAIN: Final = cue("AbleAgain")
#: Words by which little is done, or nothing.
_HARDLY: Final = frozenset({cue("OnlyWord"), cue("Resting")})
_RANGING: Final = cue("Ranging")
_GROWING: Final = cue("Growing")
_SIDES: Final = frozenset(core(name) for name in ("Left", "Right"))
_CLAUSE_END: Final = cue("ScopeEnd")
#: Words of falling between a score and the one after it: "8/10 going down to 4/10".
_FALLING: Final = cue("FallingTo")
#: What may stand between a score and these words.
_JOINING: Final = frozenset(cue(name) for name in ("And", "ScopeEnd", "Copula", "Pronoun"))
#: Words for drugs in use beside a grade of pain: "after taking the medication", "with meds".
_WITH_DRUG: Final = frozenset({cue("AfterDose"), cue("CurrentUse")})
_INTENDED: Final = frozenset({cue("Plan"), cue("Continuing"), cue("RequestMention")})
_NUMBERS: Final = frozenset(
    {
        *(Kind.BARE, Kind.HOURS, Kind.WEEKS, Kind.MEASURE, Kind.GRADE, Kind.COUNT, Kind.PERCENT),
        *(Kind.UNITS, Kind.STRENGTH),
    }
)
#: How many tokens may stand between a measure and the words that compare it, and between those and what is measured.
_NEAR: Final = 3
#: The same where what has grown stands between: "increased her work day from".
_OBJECT: Final = 6
_REACH: Final = 10


def gains(
    sentence: Sentence,
    services: Sequence[str],
    lexicon: Lexicon,
    *,
    on_drug: bool,
    told: Sequence[Draft] = (),
    earlier: Sequence[Draft] = (),
) -> Iterator[Draft]:
    """Return the responses and findings that two measures of one thing, or what can be done again, amount to.

    ``services`` are the care that is spoken of; where it is one, the response is to that. ``on_drug`` tells whether a drug
    in use was told of, so that what can be done is what the drug lets the worker do. ``told`` are the responses that the
    sentence tells otherwise, ``earlier`` the facts before it: what relieved the pain is what the rest is owed to.
    """
    eased = _relieving(told, lexicon) or (_relieving(earlier, lexicon) if _goes_on(sentence, lexicon) else [])
    easing = eased or _relieving(told, lexicon, measured=False)
    lessened = less_used(sentence, lexicon) if easing else []
    for first, second, start, end in _compared(sentence, lexicon):
        mention = Mention(start, end, (), frozenset())
        if sentence.frame(mention) in _INTENDED or sentence.review or not_yet(sentence, start, lexicon):
            continue
        if stance(sentence, mention)[0] is not Stance.STATED or _before(sentence, start, _RANGING, lexicon):
            continue
        for kind, concept in _amount_to(sentence, first, second, start, lexicon):
            rested = not services and at_rest(sentence, mention)
            if concept in _ON_DRUG and (rested or not _by_drug(eased or services, lexicon)):
                continue
            values = _owed_to(eased or services, concept, lexicon) if kind == _RESPONSE else {}
            if concept == _RELIEF and first.value:
                values[_PERCENT] = round((first.value - second.value) * 100 / first.value)
            yield Draft(kind=kind, concept=concept, values=values, spans={sentence.part.span(start, end): None})
    for drug in lessened:
        values = _owed_to(easing, _LESS_USED, lexicon)
        yield Draft(
            kind=_RESPONSE, concept=_LESS_USED, values=values, spans={sentence.part.span(drug.start, drug.end): None}
        )
    can_do = [*_possible_again(sentence, lexicon), *(_able(sentence, lexicon) if eased else ())]
    for gain in (*can_do, *_allowed(sentence, lexicon, told=bool(services) or on_drug)):
        gain.values = _owed_to(eased or services, gain.concept, lexicon)
        yield gain
        if on_drug and _by_drug(eased or services, lexicon):
            yield Draft(kind=_FINDING, concept=_DOES, spans=dict(gain.spans))
    drugs = bool(services) and all(_MEDICATION in lexicon.within(one) for one in services)
    yield from done_on_drug(sentence, lexicon, named_before=drugs)


def _by_drug(services: Sequence[str], lexicon: Lexicon) -> bool:
    """Whether a gain can be owed to a drug: one is among the ``services`` that are spoken of, or none are."""
    return not services or any(_MEDICATION in lexicon.within(one) for one in services)


def _goes_on(sentence: Sentence, lexicon: Lexicon) -> bool:
    """Whether ``sentence`` opens as one on the time of relief told of before it: "During that time he could drive"."""
    return bool(lexicon.in_group(_THAT_TIME, sentence.tokens, sentence.start))


def _relieving(told: Sequence[Draft], lexicon: Lexicon, *, measured: bool = True) -> list[str]:
    """Return the procedure that relieved pain by the last sentence that told anything, if ``measured`` by how much."""
    last = max((draft.sentence for draft in told), default=0)
    services = {
        str(draft.values.get(_SERVICE, ""))
        for draft in told
        if draft.concept == _RELIEF and not draft.absent and (_PERCENT in draft.values or not measured)
        if draft.sentence in {last, _UNNUMBERED}
    }
    known = all(services)  # relief by something that is not named may be what the rest is owed to
    return sorted(one for one in services if known and _MEDICATION not in lexicon.within(one))


def _owed_to(services: Sequence[str], concept: str, lexicon: Lexicon) -> dict[str, Value]:
    """Return to which of ``services`` the response ``concept`` is, where it is one; a drug does not lessen its own use."""
    able = [one for one in services if concept != _LESS_USED or _MEDICATION not in lexicon.within(one)]
    return {_SERVICE: able[0]} if len(able) == 1 else {}


def _compared(sentence: Sentence, lexicon: Lexicon) -> Iterator[tuple[Amount, Amount, int, int]]:
    """Return the measure before and the measure now, with the tokens that tell both."""
    numbers = [amount for amount in sentence.amounts if amount.kind in _NUMBERS]
    scores = [one for one in numbers if _on_scale_of_pain(sentence, one, lexicon)]
    for words in sentence.of(_INSTEAD):
        now = next((one for one in reversed(numbers) if 0 <= words.start - one.end <= _NEAR), None)
        before = next((one for one in numbers if 0 <= one.start - words.end <= _NEAR), None)
        if now is not None and before is not None:
            yield before, now, now.start, before.end
    for before, now in pairwise(numbers):
        leading = _word_is(sentence, before.start - 1, _FROM, lexicon)
        reached = _word_is(sentence, now.start - 1, _TO, lexicon)
        if leading and reached and now.start - before.end <= _NEAR:
            yield before, now, before.start - 1, now.end
        elif before in scores and now in scores and _falls(sentence, before, now, lexicon):
            yield before, now, before.start, now.end


def _word_is(sentence: Sentence, position: int, kind: str, lexicon: Lexicon) -> bool:
    """Whether the token at ``position`` is a word of ``kind``, be it alone or the last of a name: "pain goes from"."""
    return any(kind in one.kinds for one in lexicon.mentions(sentence.tokens[max(position, 0) : position + 1]))


def _on_scale_of_pain(sentence: Sentence, amount: Amount, lexicon: Lexicon) -> bool:
    """Whether ``amount`` is a grade on the scale of pain, and not of stress or of something else named before it."""
    graded = lexicon.graded(amount.second) if amount.kind is Kind.GRADE else None
    return graded is not None and not rates_another(sentence, amount)


def _falls(sentence: Sentence, before: Amount, now: Amount, lexicon: Lexicon) -> bool:
    """Whether one score of pain falls to the next: "8/10 going to 4/10", or with a drug behind "7/10 to 4/10"."""
    near = range(before.end, min(before.end + _NEAR, now.start))
    words = next((at for at in near if lexicon.in_group(_FALLING, sentence.tokens, at) == now.start), None)
    if words is not None and _only_goes_on(sentence, before.end, words):
        return True
    bare = now.start - before.end == 1 and _word_is(sentence, before.end, _TO, lexicon)
    behind = sentence.between(now.end, min(now.end + _NEAR + 1, sentence.end))
    return bare and any(_MEDICATION in one.kinds or not _WITH_DRUG.isdisjoint(one.kinds) for one in behind)


def _only_goes_on(sentence: Sentence, start: int, end: int) -> bool:
    """Whether nothing but a comma, "and" or "which" stands between two tokens: "8/10, which decreases to 4/10"."""
    joining = {
        at
        for one in sentence.between(start, end)
        if not _JOINING.isdisjoint(one.kinds)
        for at in range(one.start, one.end)
    }
    return all(at in joining or sentence.tokens[at].text == "," for at in range(start, end))


def _amount_to(
    sentence: Sentence, before: Amount, now: Amount, start: int, lexicon: Lexicon
) -> Sequence[tuple[str, str]]:
    """Return what the change from ``before`` to ``now`` says of the thing that is told right before it in its clause."""
    more = now.value > before.value and _grows(sentence, before, now, start, lexicon)
    less = now.value < before.value
    scores = all(_on_scale_of_pain(sentence, one, lexicon) for one in (before, now))
    measured = _PAIN if scores else _measured(sentence, start, lexicon)
    if measured == _SLEEPING and more:
        return ((_RESPONSE, _SLEEP), (_FINDING, _ASLEEP))
    if measured == _PAIN and less:
        return ((_RESPONSE, _RELIEF), (_FINDING, _EASED))
    if measured == _DOING and more:
        return ((_RESPONSE, _GAIN),)
    if measured == _MEDICATION and less:
        return ((_RESPONSE, _LESS_USED), (_FINDING, _USE_TOLD))
    if measured == _DISABILITY and less:
        return ((_RESPONSE, _GAIN),)
    if measured in _MOODS and less:
        return ((_FINDING, _MIND_TOLD),)
    if measured is not None and more and _GAINED in lexicon.within(measured):
        return ((_RESPONSE, measured),)
    return ()


def _does_less(sentence: Sentence, before: Amount, now: Amount, start: int, lexicon: Lexicon) -> bool:
    """Whether the worker does less than ``before``: "can now sit for 10 minutes instead of 30"."""
    pain = _on_scale_of_pain(sentence, now, lexicon)
    return now.value < before.value and not pain and _measured(sentence, start, lexicon) == _DOING


def _grows(sentence: Sentence, before: Amount, now: Amount, start: int, lexicon: Lexicon) -> bool:
    """Whether ``now`` came after ``before``, which else are the ends of an arc, "from 0 to 90 degrees", or two sides."""
    if before.start < now.start:
        return _before(sentence, start, _GROWING, lexicon, near=_OBJECT)
    near = sentence.between(now.end, min(before.end + _NEAR, sentence.end))
    return not any(not _SIDES.isdisjoint(one.kinds) for one in near)


def _before(sentence: Sentence, position: int, group: str, lexicon: Lexicon, *, near: int = _NEAR) -> bool:
    """Whether words of ``group`` stand close before token ``position``, in the same clause."""
    first = max(sentence.start, position - near)
    return any(
        lexicon.in_group(group, sentence.tokens, at) and not sentence.signs(at, position, ",;:")
        for at in range(first, position)
    )


def _measured(sentence: Sentence, start: int, lexicon: Lexicon) -> str | None:
    """Return what the nearest word before token ``start`` names that can be measured: pain, sleep, an activity, a drug."""
    named = False
    for position in range(start - 1, max(sentence.start, start - _REACH) - 1, -1):
        text = sentence.tokens[position].text
        if text in ";.:" or (text == "," and named):
            return None
        named = named or text != ","
        if lexicon.in_group(_SLEEPING, sentence.tokens, position):
            return _SLEEPING
        at = next((one for one in sentence.mentions if one.start <= position < one.end), None)
        if at is not None and not _FELT.isdisjoint(at.kinds):
            return _PAIN
        if at is not None and _MEDICATION in at.kinds:
            return _MEDICATION
        if at is not None and (mood := next((one for one in at.concepts if one in _MOODS), None)) is not None:
            return mood
        if at is not None and (gain := _objective(at, lexicon)) is not None:
            # "Sitting tolerance 15 to 45 minutes" is what "sits 45 minutes instead of 15" is.
            done = gain == _TOLERANCE and any(doing_at(sentence, one, lexicon) for one in range(at.start, at.end))
            return _DOING if done else gain
        if at is not None and _LIMITED in at.kinds:
            return None  # "difficulty walking increased from 2 to 4 hours"
        if at is not None and _DISABILITY in at.concepts:
            return _DISABILITY
        if (at is not None and _ACTIVITY in at.kinds) or doing_at(sentence, position, lexicon):
            return _DOING
    return None


def _objective(thing: Mention, lexicon: Lexicon) -> str | None:
    """Return the gain that more of ``thing`` is, where it can be measured: motion, strength."""
    measures = (lexicon.inherited("measures", concept) for concept in thing.concepts)
    return next((one for one in measures if one is not None and _GAINED in lexicon.within(one)), None)


def _allowed(sentence: Sentence, lexicon: Lexicon, *, told: bool) -> Iterator[Draft]:
    """Return the gain that care "lets him" do something; where none was ``told`` of, somebody else does."""
    for words in sentence.of(_GAIN):
        if not told and lexicon.beside(sentence.tokens, words):
            continue
        done = things_done(sentence, words.end, lexicon)
        if done and sentence.frame(words) not in _INTENDED and stance(sentence, words)[0] is Stance.STATED:
            yield Draft(kind=_RESPONSE, concept=_GAIN, spans={sentence.part.span(words.start, done[-1]): None})


def _able(sentence: Sentence, lexicon: Lexicon) -> Iterator[Draft]:
    """Return the gain that the worker could do something when care had relieved him: "was able to walk a mile"."""
    for able in sentence.of(_ABLE):
        done = things_done(sentence, able.end, lexicon)
        if not done or sentence.frame(able) in _INTENDED or stance(sentence, able)[0] is not Stance.STATED:
            continue
        if only_thought(sentence, able) or before_injury(sentence, able) or not _of_worker(sentence, able):
            continue
        # On examination the worker walks on heels; "could sit only five minutes" is no gain.
        limits = (one for kind in (_ONLY, _LIMITED) for one in sentence.of(kind))
        short = any(able.end <= one.start <= done[-1] + 1 for one in limits)
        if not short and not sentence.has(_EXAMINATION):
            yield Draft(kind=_RESPONSE, concept=_GAIN, spans={sentence.part.span(able.start, done[-1]): None})


def _of_worker(sentence: Sentence, able: Mention) -> bool:
    """Whether the worker, or what goes on about the worker, stands right before ``able``, and nobody else."""
    if able.start == sentence.start or able.start - 1 in sentence.pronouns:
        return True
    if sentence.signs(able.start - 1, able.start, ",;"):
        return True
    before = next(sentence.before(able.start), None)
    return before is not None and before.end == able.start and not _GOING_ON.isdisjoint(before.kinds)


def _possible_again(sentence: Sentence, lexicon: Lexicon) -> Iterator[Draft]:
    """Return the gain that the worker can do something "again" or "now", unless it is less than before."""
    if any(_does_less(sentence, before, now, start, lexicon) for before, now, start, _ in _compared(sentence, lexicon)):
        return
    for able in sentence.of(_ABLE):
        done = things_done(sentence, able.end, lexicon)
        if not done or sentence.frame(able) in _INTENDED or stance(sentence, able)[0] is not Stance.STATED:
            continue
        # What stands in the next clause is said there: "was able to lift 50 pounds and can now lift 10".
        reach = done[-1] + _REACH + 1
        stop = min([reach, *(one.start for one in sentence.of(_CLAUSE_END) if one.start >= able.end)])
        again = next((one for one in sentence.of(_AGAIN) if able.start <= one.start < stop), None)
        again = able if _ABLE_AGAIN in able.kinds else again
        if any(not _HARDLY.isdisjoint(one.kinds) for one in sentence.between(able.end, done[-1] + 1)):
            continue  # "can now lift only 5 pounds", "returned to lying in bed"
        if (
            not_yet(sentence, able.start, lexicon)
            or before_injury(sentence, able)
            or of_another(sentence, able, lexicon)
        ):
            continue
        if again is not None and not sentence.signs(able.end, again.start, ";"):
            end = max(done[-1], again.end)
            yield Draft(kind=_RESPONSE, concept=_GAIN, spans={sentence.part.span(able.start, end): None})
