"""How much relief care gave and for how long, so that pain which came back long after does not make it a failure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from imr_kb.letters.amounts import Amount, Kind
from imr_kb.letters.drafts import Draft
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.scope import Stance, stance
from imr_kb.letters.sentences import Sentence
from imr_kb.terms import PREFIXES, core

__all__ = ["at_rest", "complained", "eased", "kept_off", "percent_of", "relieved"]

_RESPONSE: Final = core("Response")
_SERVICE: Final = core("toService")
_WEEKS: Final = core("reliefWeeks")
_PAIN_RELIEF: Final = PREFIXES["fnd"] + "PainRelief"
_PAIN: Final = PREFIXES["dx"] + "Pain"
_RETURNED: Final = cue("Returned")
_COMPLAINTS: Final = frozenset(
    {
        PREFIXES["dx"] + "Condition",
        *(PREFIXES["fnd"] + name for name in ("Symptom", "NoImprovement")),
        cue("LastingSymptoms"),
    }
)
#: What a percentage beside it is said of instead.
_OTHER: Final = frozenset({_PAIN_RELIEF, PREFIXES["svc"] + "Service", cue("And")})
#: How many tokens may stand between words that care did nothing and how little it did in percent.
_REACH: Final = 4
_BY_HALF: Final = cue("ByHalf")
_HALF: Final = Decimal(50)
_RESTING: Final = cue("Resting")
#: How many tokens may stand between relief and the rest or posture that gave it.
_REST_REACH: Final = 4


def relieved(told: Sequence[Draft]) -> dict[str, Decimal | None]:
    """Return for each care that is said to have given relief how many weeks of it, where that is known."""
    found: dict[str, Decimal | None] = {}
    for draft in told:
        service = draft.values.get(_SERVICE)
        if draft.kind == _RESPONSE and draft.concept == _PAIN_RELIEF and not draft.absent and isinstance(service, str):
            weeks = draft.values.get(_WEEKS)
            found[service] = weeks if isinstance(weeks, Decimal) else None
    return found


def kept_off(mention: Mention, service: str, weeks_of_relief: Mapping[str, Decimal | None], lexicon: Lexicon) -> bool:
    """Whether ``mention`` says that pain came back which ``service`` had relieved for long, so that it did not fail."""
    if _RETURNED not in mention.kinds or service not in weeks_of_relief:
        return False
    weeks, long = weeks_of_relief[service], lexicon.annotation("value", _RETURNED)
    return weeks is None or long is None or weeks >= Decimal(long)


def complained(sentence: Sentence, despite: Mention) -> bool:
    """Whether a complaint is stated beside ``despite``, so that the care behind it did not help."""
    return any(
        not _COMPLAINTS.isdisjoint(other.kinds)
        and stance(sentence, other)[0] is Stance.STATED
        and not (other.start >= despite.end and not sentence.signs(despite.end, other.start, ","))
        for other in sentence.mentions
    )


def percent_of(sentence: Sentence, mention: Mention, response: str, lexicon: Lexicon) -> Amount | None:
    """Return the percentage of ``response``: the one right beside the words, for relief else the first of the sentence."""
    half = _half(sentence, mention, lexicon) if response == _PAIN_RELIEF else None
    if half is not None:
        return half
    percents = [amount for amount in sentence.amounts if amount.kind is Kind.PERCENT]
    near = next((amount for amount in percents if not _apart(sentence, mention, amount)), None)
    return near or next(iter(percents if response == _PAIN_RELIEF else ()), None)


def _half(sentence: Sentence, mention: Mention, lexicon: Lexicon) -> Amount | None:
    """Return the fifty percent of "by half" in the words of relief or close behind them."""
    for position in range(mention.start, min(mention.end + _REACH, sentence.end)):
        end = lexicon.in_group(_BY_HALF, sentence.tokens, position)
        if end and not sentence.signs(mention.start, end, ",;"):
            return Amount(kind=Kind.PERCENT, start=position, end=end, value=_HALF)
    return None


def _apart(sentence: Sentence, mention: Mention, amount: Amount) -> bool:
    """Whether ``amount`` stands too far from ``mention``, or behind the sign or word that begins something else."""
    first, last = sorted(((mention.start, mention.end), (amount.start, amount.end)))
    if last[0] - first[1] > _REACH or sentence.signs(first[1], last[0], ",;"):
        return True
    return any(not _OTHER.isdisjoint(other.kinds) for other in sentence.between(first[1], last[0]))


def eased(draft: Draft, told: Sequence[Draft]) -> bool:
    """Whether ``draft`` is the pain without a place that one of ``told`` says is less: "the pain is well controlled"."""
    relief = [span for one in told if one.concept == _PAIN_RELIEF and not one.absent for span in one.spans]
    return (
        draft.concept == _PAIN
        and not draft.parts
        and all(any(first <= start and end <= last for first, last in relief) for start, end in draft.spans)
    )


def at_rest(sentence: Sentence, told: Mention) -> bool:
    """Whether the words beside relief say that rest gave it, or some posture, and no care."""
    beside = (
        *sentence.between(told.start - _REST_REACH, told.start),
        *sentence.between(told.end, min(told.end + _REST_REACH, sentence.end)),
    )
    return any(_RESTING in other.kinds for other in beside)
