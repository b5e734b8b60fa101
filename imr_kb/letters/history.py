"""The worker and the dates of a case: header fields, age and sex, injury, request, latest record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final

from imr_kb.letters.amounts import Amount, Kind
from imr_kb.letters.drafts import Value
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.parts import Part
from imr_kb.letters.sentences import Sentence
from imr_kb.terms import PREFIXES, core

__all__ = ["header_fields", "worker_and_dates"]

_FIELD: Final = cue("HeaderField")
_SEX: Final = core("Sex")
_INJURY: Final = cue("InjuryMention")
_REQUEST: Final = cue("RequestMention")
_DOCUMENT: Final = cue("RequestDocument")
_REVIEW: Final = cue("UtilizationReview")
_BODY_MASS: Final = cue("BodyMassIndex")
_NUMBER: Final = core("caseNumber")
#: How many tokens may stand between the words of a request and its date.
_REACH: Final = 8
_AGE_REACH: Final = 4
_NEAR: Final = 3
_INTENDED: Final = frozenset({cue("Plan"), cue("Continuing")})
#: Cues of passages that tell what a document says or what was done.
_REPORTING: Final = (
    *(
        cue(name)
        for name in (
            "Document",
            "PlanDocument",
            "Examination",
            "Complaint",
            "Diagnosed",
            "History",
            "Result",
            "CurrentUse",
        )
    ),
    cue("DateMark"),
    PREFIXES["imr"] + "Concept",
)
#: The record is no longer silent than this many days before its last date.
_LONG_AFTER: Final = 2 * 365
_FEW: Final = 2
_HEADER_DATES: Final = frozenset({core("deniedOn"), core("decidedOn")})
#: "On 12-13-2016, a request": how many tokens may stand between.
_HEAD: Final = 2


def header_fields(part: Part, lexicon: Lexicon) -> dict[str, Value]:
    """Return what the fields of the header give, by property: the case number and dates."""
    amounts = {amount.start: amount for amount in lexicon.amounts.read(part.tokens) if amount.kind is Kind.DATE}
    values: dict[str, Value] = {}
    for mention in part.mentions:
        if _FIELD not in mention.kinds or mention.end + 1 >= len(part.tokens) or part.tokens[mention.end].text != ":":
            continue
        fills = lexicon.told("fills", mention)
        if fills is None:
            continue
        at = mention.end + 1
        if fills == _NUMBER:
            values.setdefault(fills, part.view.text[part.tokens[at].start :].split(" ", 1)[0])
        elif at in amounts and amounts[at].day is not None:
            values.setdefault(fills, amounts[at].day or "")
    return values


def worker_and_dates(sentences: Sequence[Sentence], header: dict[str, Value], lexicon: Lexicon) -> dict[str, Value]:
    """Return age, sex and the dates of the case; what the header says stands over the summary."""
    values: dict[str, Value] = dict(header)
    requested: set[Amount] = set()
    for sentence in sentences:
        _worker(sentence, values, lexicon)
        amount = _request_date(sentence, lexicon)
        if amount is not None and amount.day is not None:
            requested.add(amount)
            values.setdefault(core("requestedOn"), amount.day)
        if core("injuredOn") not in values and sentence.has(_INJURY) and not sentence.review:
            injured = _near(sentence, _INJURY)
            if injured is not None and injured.day is not None:
                values[core("injuredOn")] = injured.day
        if core("deniedOn") not in values and sentence.has(_REVIEW):
            denied = _near(sentence, _REVIEW)
            if denied is not None and denied.day is not None:
                values[core("deniedOn")] = denied.day
    latest = _latest(sentences, requested, values)
    if latest is not None:
        values[core("latestRecordOn")] = latest
    return values


def _worker(sentence: Sentence, values: dict[str, Value], lexicon: Lexicon) -> None:
    for mention in sentence.of(_BODY_MASS):
        for amount in sentence.amounts:
            if amount.kind is Kind.BARE and 0 <= amount.start - mention.end <= _NEAR:
                values.setdefault(core("bodyMassIndex"), amount.value)
    for amount in sentence.amounts:
        if amount.kind is Kind.AGE and core("ageYears") not in values:
            values[core("ageYears")] = int(amount.value)
            sex = next(
                (
                    concept
                    for mention in sentence.between(amount.end, min(amount.end + _AGE_REACH, sentence.end))
                    for concept in mention.concepts
                    if lexicon.individuals.get(concept) == _SEX
                ),
                None,
            )
            if sex is not None:
                values[core("sex")] = sex


def _dates(sentence: Sentence) -> Iterator[Amount]:
    return (amount for amount in sentence.amounts if amount.kind is Kind.DATE)


def _near(sentence: Sentence, kind: str) -> Amount | None:
    """Return the date after the first words of ``kind``, else the one before them."""
    mention = next(mention for mention in sentence.mentions if kind in mention.kinds)
    after = next((amount for amount in _dates(sentence) if amount.start >= mention.end), None)
    return after or next((amount for amount in _dates(sentence)), None)


def _request_date(sentence: Sentence, lexicon: Lexicon) -> Amount | None:
    """Return the date of the request for authorization: beside words that name such a request, not those of a review."""
    for mention in sentence.mentions:
        if (_DOCUMENT if sentence.review else _REQUEST) not in mention.kinds:
            continue
        for amount in _dates(sentence):
            ahead = amount.start >= mention.end
            first, last = (mention.end, amount.start) if ahead else (amount.end, mention.start)
            reach = _REACH if ahead and _DOCUMENT in mention.kinds else _HEAD
            if last - first <= reach and not any(_parts(other, lexicon) for other in sentence.between(first, last)):
                return amount
    return None


def _parts(mention: Mention, lexicon: Lexicon) -> bool:
    """Whether ``mention`` shows that the words around it speak of two things."""
    return _REVIEW in mention.kinds or any(lexicon.read_as(concept) for concept in mention.concepts)


def _latest(sentences: Sequence[Sentence], requested: set[Amount], values: dict[str, Value]) -> date | None:
    """Return the latest date of the record that the summary names, if it can be the date of a document or of care.

    Dates of what is planned do not count. A date after the decision, or long after every other date, is a slip of the
    pen. Dates in passages that report something go before bare ones.
    """
    limit, injured = values.get(core("decidedOn")), values.get(core("injuredOn"))
    named = {amount.day for sentence in sentences for amount in _dates(sentence) if amount.day is not None}
    named |= {day for name, day in values.items() if name in _HEADER_DATES and isinstance(day, date)}
    named -= {injured}
    reported: set[date] = set()
    bare: set[date] = set()
    for sentence in sentences:
        if sentence.review:
            continue
        for amount in _dates(sentence):
            if amount.day is None or amount in requested or _intended(sentence, amount):
                continue
            if sentence.has(_INJURY) and amount.day == injured:
                continue
            if isinstance(limit, date) and amount.day > limit:
                continue
            (reported if sentence.has(*_REPORTING) else bare).add(amount.day)
    for days in (reported, bare):
        likely = [day for day in days if _near_another(day, named)]
        if likely:
            return max(likely)
    return None


def _intended(sentence: Sentence, amount: Amount) -> bool:
    """Whether ``amount`` is the date of what is planned, and not that of the plan itself."""
    if sentence.frame_of(amount) not in _INTENDED:
        return False
    return not any(0 <= amount.start - other.end <= _HEAD for other in sentence.of(cue("PlanDocument")))


def _near_another(day: date, named: Iterable[date]) -> bool:
    """Whether ``day`` does not lie long after every other date, of which there are at least two."""
    others = [other for other in named if other != day]
    return len(others) < _FEW or (day - max(others)).days <= _LONG_AFTER
