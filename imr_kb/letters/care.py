"""Amounts of care and drugs: visits, weeks, dates, strength, how often a day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from imr_kb.letters.amounts import Amount, Kind
from imr_kb.letters.doses import goes_to, units_of
from imr_kb.letters.drafts import Value
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.sentences import Sentence
from imr_kb.terms import PREFIXES, core

__all__ = [
    "care_values",
    "carried_out",
    "counts_further",
    "dates_after",
    "further_visits",
    "heads_list",
    "named_again",
    "told_next",
    "turned_down",
]

_STUDY: Final = core("Study")
_TREATMENT: Final = core("Treatment")
_MEDICATION: Final = core("MedicationUse")
_PLANNED: Final = core("PlannedCare")
_HISTORY: Final = cue("History")
_INCLUDES: Final = cue("Includes")
_ANNOUNCING: Final = frozenset({_INCLUDES, cue("PastUse"), cue("Copula")})
_VISITED: Final = PREFIXES["svc"] + "OfficeVisit"
_PLACING: Final = frozenset({cue("SiteFiller"), cue("AmountWord"), PREFIXES["body"] + "BodyPart"})
#: Since when: a day, or a month, which counts from its end; "at least" may stand between.
_DAYS: Final = frozenset({Kind.DATE, Kind.MONTH})
_AT_LEAST: Final = 2
_PLACED: Final = frozenset({PREFIXES["body"] + "BodyPart", core("Left"), core("Right"), core("Bilateral")})
_DID: Final = (cue("CurrentUse"), cue("Helped"), cue("ReliefVerb"), PREFIXES["fnd"] + "PainRelief")
_VISIT: Final = cue("Visit")
_OF: Final = cue("Of")
_AND: Final = cue("And")
_SERVICE: Final = PREFIXES["svc"] + "Service"
_THERAPY: Final = PREFIXES["svc"] + "PhysicalMedicineTherapy"
#: General names that may stand behind the name of a test: "MRI imaging".
_KINDS_OF_TEST: Final = frozenset(
    PREFIXES["svc"] + name for name in ("Imaging", "DiagnosticTest", "ElectrodiagnosticStudy")
)
_CONSERVATIVE: Final = PREFIXES["svc"] + "ConservativeCare"
_FURTHER: Final = cue("Further")
_CARRIED_OUT: Final = cue("CarriedOut")
_TURNED_DOWN: Final = cue("TurnedDown")
#: How often care was given, which may stand between it and its length: "a brace every night for ten weeks".
_HOW_OFTEN: Final = frozenset({Kind.PER_DAY, Kind.RATE})
_LINKING: Final = frozenset(
    {
        _VISIT,
        _OF,
        _FURTHER,
        cue("For"),
        cue("SiteFiller"),
        cue("DateMark"),
        cue("HistoryAfter"),
        cue("SitePreposition"),
        cue("ByMeans"),
        cue("GrantedWord"),
    }
)
#: What may stand between "8/12" and the care, where it tells how many of the allowed visits were made.
_OF_SO_MANY: Final = frozenset(
    {_VISIT, _OF, _FURTHER, cue("GrantedWord"), cue("SiteFiller"), PREFIXES["body"] + "BodyPart"}
)
#: Of what two numbers are the score, and the word before a date: "strength 4/5", "on 8/12".
_GRADED: Final = frozenset({PREFIXES["fnd"] + "Observation", PREFIXES["dx"] + "Condition"})
_ON: Final = cue("SitePreposition")
_CARE: Final = frozenset({_STUDY, _TREATMENT, _MEDICATION})
_TELLING: Final = frozenset(cue(name) for name in ("Complaint", "Result", "Examination", "Plan", "RequestMention"))
#: Words behind a date by which it is that of a report.
_REPORTED: Final = frozenset({cue("Complaint"), cue("Result")})
#: From here on a bare number before care is a year: "the 2010 surgery".
_YEARS: Final = 1900
#: How many tokens may stand between care and its amount, and between care and its date.
_REACH: Final = 4
#: How many unknown words may stand before a member of a list: "a home program".
_ARTICLE: Final = 1
_DATE_REACH: Final = 18

_Found = tuple[dict[str, Value], list[Amount]]


def care_values(sentence: Sentence, mention: Mention, kind: str, lexicon: Lexicon) -> _Found:
    """Return the amounts said of the care that ``mention`` names, by property, and the words they were read from."""
    if kind == _TREATMENT:
        return _with_length(sentence, mention, *_visits(sentence, mention))
    if kind == _MEDICATION:
        return _with_length(sentence, mention, *_dose(sentence, mention, lexicon))
    if kind == _PLANNED:
        # How often a planned drug is to be taken tells of the request for it.
        values, used = _dose(sentence, mention, lexicon)
        return {name: value for name, value in values.items() if name != core("since")}, used
    return {}, []


def _visits(sentence: Sentence, mention: Mention) -> _Found:
    before = next((amount for amount in sentence.amounts if _leads(sentence, amount, mention)), None)
    if before is not None:
        return {core("visits"): int(before.value)}, [before]
    after = [
        amount
        for amount in sentence.amounts
        if amount.kind in {Kind.COUNT, Kind.QUANTITY, Kind.SCHEDULE}
        and _follows(sentence, mention, amount)
        and not _of_next(sentence, mention, amount)
    ]
    if len(after) == 1:
        amount = after[0]
        if amount.kind is Kind.SCHEDULE and amount.second is not None:
            total = amount.value * amount.second
            return ({core("visits"): int(total), core("weeks"): amount.second} if total == int(total) else {}), after
        return {core("visits"): int(amount.value)}, after
    return {}, []


def _of_next(sentence: Sentence, mention: Mention, amount: Amount) -> bool:
    """Whether ``amount`` begins the next member of a list: "stretching, eight sessions of physical therapy"."""
    leads = any(_leads(sentence, amount, one) for one in sentence.after(amount.end) if _SERVICE in one.kinds)
    return leads and sentence.signs(mention.end, amount.start, ",")


def _with_length(sentence: Sentence, mention: Mention, values: dict[str, Value], used: list[Amount]) -> _Found:
    """Return ``values`` with the length of the care: said of it, or of the list that it is of ("A, B and C for 6 weeks")."""
    weeks = next(
        (
            amount
            for amount in sentence.amounts
            if amount.kind is Kind.WEEKS
            and not any(other.start == amount.end for other in sentence.of(cue("Ago")))
            and (  # "a 30 day TENS trial"
                (mention.start <= amount.start < mention.end and _took_place(sentence))
                or _follows(sentence, mention, amount)
                or _ends_list(sentence, mention, amount)
            )
        ),
        None,
    )
    if weeks is None or core("weeks") in values:
        return values, used
    return {**values, core("weeks"): weeks.value}, [*used, weeks]


def _took_place(sentence: Sentence) -> bool:
    """Whether ``sentence`` tells that care was given, what it did, or what the worker did, and not only its name."""
    return bool(sentence.pronouns) or sentence.has(_HISTORY, *_DID)


def _ends_list(sentence: Sentence, mention: Mention, amount: Amount) -> bool:
    """Whether ``amount`` stands behind a list of care closed by "and" of which ``mention`` is a member."""
    if amount.start < mention.end or sentence.signs(mention.end, amount.start, ";:."):
        return False
    closed = False
    end = mention.end
    last = mention
    for other in sentence.between(mention.end, amount.start):
        if _SERVICE in other.kinds:
            if _VISITED in other.kinds or (closed and sentence.signs(last.end, other.start, ",")):
                return False  # "refill Norco and return in four weeks"
            last = other
        elif _AND in other.kinds:
            closed = True
        elif _LINKING.isdisjoint(other.kinds):
            return False
        if other.start - end > _ARTICLE + 1:
            return False
        end = other.end
    return closed and last is not mention and _follows(sentence, last, amount)


def counts_further(sentence: Sentence, used: Sequence[Amount]) -> bool:
    """Whether the text says that the visits counted by ``used`` come on top of earlier ones: "4 more", "another 4"."""
    return any(
        other.end == amount.start or other.start == amount.end
        for amount in used
        if amount.kind in {Kind.COUNT, Kind.BARE}
        for other in sentence.of(_FURTHER)
    )


def further_visits(sentence: Sentence) -> Amount | None:
    """Return the count in "completed 4 more", which names no care and so goes on counting that told of before."""
    for amount in sentence.amounts:
        more = next((other for other in sentence.of(_FURTHER) if other.start == amount.end), None)
        if more is None or amount.kind is not Kind.BARE or amount.value != int(amount.value):
            continue
        following = next(iter(sentence.after(more.end)), None)
        ended = more.end >= sentence.end or sentence.signs(more.end, more.end + 1, ".,;")
        if ended or (following is not None and following.start == more.end and _VISIT in following.kinds):
            return amount if sentence.frame_of(amount) == _HISTORY else None
    return None


def _leads(sentence: Sentence, amount: Amount, mention: Mention) -> bool:
    """Whether ``amount`` counts the care named after it: "6 PT visits", "five (5) sessions of therapy"."""
    counts = amount.kind in {Kind.COUNT, Kind.BARE} or _of_so_many(sentence, amount, mention)
    if not counts or amount.end > mention.start or amount.value != int(amount.value):
        return False
    if amount.kind is Kind.BARE and amount.value >= _YEARS:
        return False
    if any(other.start < amount.start and amount.end <= other.end for other in sentence.before(mention.start)):
        return False  # "L4-5 laminectomy" is no five of them
    between = sentence.tokens[amount.end : mention.start]
    if amount.kind is Kind.BARE:
        return not between or _only_further(sentence, amount.end, mention.start) or _placed(sentence, amount, mention)
    apart = len(between) > _REACH or sentence.signs(amount.end, mention.start, ",")
    return not apart and _only_linking(sentence, amount.end, mention.start)


def _of_so_many(sentence: Sentence, amount: Amount, mention: Mention) -> bool:
    """Whether ``amount`` tells how many of the allowed visits were made: "8/12 therapy sessions", "4 out of 6 visits"."""
    if amount.kind is not Kind.GRADE or amount.second is None or amount.value > amount.second:
        return False
    graded = any(
        not _GRADED.isdisjoint(one.kinds) and not sentence.signs(one.end, amount.start, ",;")
        for one in sentence.before(amount.start)
    )
    dated = any(one.end == amount.start and _ON in one.kinds for one in sentence.before(amount.start))
    apart = any(_OF_SO_MANY.isdisjoint(one.kinds) for one in sentence.between(amount.end, mention.start))
    plural = any(token.lower.endswith("s") for token in sentence.tokens[amount.end : mention.end + 1])
    return plural and not graded and not dated and not apart


def _placed(sentence: Sentence, amount: Amount, mention: Mention) -> bool:
    """Whether only a side and a place stand between a number and care in the plural: "two right L4-5 injections"."""
    named = {
        at
        for one in sentence.between(amount.end, mention.start)
        if not _PLACED.isdisjoint(one.kinds)
        for at in range(one.start, one.end)
    }
    plural = sentence.tokens[mention.end - 1].lower.endswith("s")
    return plural and named == set(range(amount.end, mention.start))


def _only_further(sentence: Sentence, start: int, end: int) -> bool:
    return any((other.start, other.end) == (start, end) for other in sentence.of(_FURTHER))


def _follows(sentence: Sentence, mention: Mention, amount: Amount) -> bool:
    """Whether ``amount`` counts the care named before it: "therapy (16 sessions)", "therapy sessions x 6"."""
    return mention.end <= amount.start <= mention.end + 2 * _REACH and _only_linking(
        sentence, mention.end, amount.start
    )


def _only_linking(sentence: Sentence, start: int, end: int) -> bool:
    names = {
        position
        for other in sentence.between(start, end)
        if not _LINKING.isdisjoint(other.kinds)
        for position in range(other.start, other.end)
    } | {
        position
        for amount in sentence.amounts
        if amount.kind in _HOW_OFTEN and start <= amount.start and amount.end <= end
        for position in range(amount.start, amount.end)
    }
    return all(position in names or sentence.tokens[position].text in "(,:-" for position in range(start, end))


def carried_out(sentence: Sentence, mention: Mention) -> bool:
    """Whether the care just recommended turns out to have been given: "a fusion was advised, which was done in May"."""
    return told_next(sentence, mention, _CARRIED_OUT, _SERVICE) is not None


def turned_down(sentence: Sentence, mention: Mention) -> bool:
    """Whether the care just recommended was turned down: "a fusion was advised, which he declined"."""
    declined = told_next(sentence, mention, _TURNED_DOWN, _SERVICE)
    if declined is None:
        return False
    near = sentence.between(declined.end, min(declined.end + _ARTICLE + 2, sentence.end))
    return not any(_SERVICE in one.kinds for one in near)


def told_next(sentence: Sentence, mention: Mention, said: str, other: str) -> Mention | None:
    """Return the words of the kind ``said`` that follow ``mention`` before a semicolon or anything of the kind ``other``."""
    for following in sentence.after(mention.end):
        if said in following.kinds:
            return following
        if other in following.kinds or sentence.signs(mention.end, following.start, ";"):
            return None
    return None


def _strength(sentence: Sentence, mention: Mention) -> _Found:
    for amount in sentence.amounts:
        if (
            amount.kind is Kind.STRENGTH
            and mention.end <= amount.start <= mention.end + 3
            and not _other_name(sentence, mention, amount)
        ):
            return {core("strengthMg"): amount.value}, [amount]
    return {}, []


def _other_name(sentence: Sentence, mention: Mention, amount: Amount) -> bool:
    return sentence.signs(mention.end, amount.start, ",;") or any(
        _SERVICE in other.kinds for other in sentence.between(mention.end, amount.start)
    )


def _dose(sentence: Sentence, mention: Mention, lexicon: Lexicon) -> _Found:
    values, used = _strength(sentence, mention)
    named = (one.start for one in sentence.after(mention.end) if any(map(lexicon.read_as, one.concepts)))
    stop = next(named, sentence.end)
    start = next((at for at in range(mention.end, stop) if sentence.tokens[at].text == ";"), stop)
    units = units_of(sentence, mention)
    for amount in sentence.amounts:
        in_name = any(one.start < amount.start and amount.end < one.end for one in sentence.mentions)
        if in_name or not mention.end <= amount.start < start or goes_to(sentence, amount):
            continue  # "activities of daily living"
        if amount.kind is Kind.UNITS:
            units = amount.value
        elif amount.kind is Kind.PER_DAY and core("perDay") not in values:
            values[core("perDay")] = units * amount.value
            used.append(amount)
        elif (
            amount.kind in _DAYS
            and amount.day
            and any(0 <= amount.start - other.end <= _AT_LEAST for other in sentence.of(cue("ByMeans")))
        ):
            values[core("since")] = amount.day
            used.append(amount)
    return values, used


def dates_after(sentence: Sentence, mention: Mention, lexicon: Lexicon) -> list[Amount]:
    """Return the dates of the study or treatment that ``mention`` names, after it or at the head of the sentence."""
    stop = next((other.start for other in sentence.after(mention.end) if _ends_care(other, lexicon)), sentence.end)
    found: list[Amount] = []
    reach = mention.end + _DATE_REACH
    for amount in sentence.amounts:
        if amount.kind is Kind.DATE and mention.end <= amount.start < min(stop, reach):
            if sentence.signs(mention.end, amount.start, ";") or (found and not _listed(sentence, found[-1], amount)):
                break
            found.append(amount)
            reach = amount.end + 2
    if found:
        return found
    head = next(
        (amount for amount in sentence.amounts if amount.kind is Kind.DATE and amount.end <= mention.start), None
    )
    between = list(sentence.between(head.end, mention.start)) if head is not None else []
    reported = any(not _REPORTED.isdisjoint(other.kinds) for other in between)
    if head is not None and not reported and any(_HISTORY in other.kinds for other in between):
        return [head]
    return []


def _ends_care(mention: Mention, lexicon: Lexicon) -> bool:
    """Whether a date behind ``mention`` is no longer that of the care before it."""
    return not _TELLING.isdisjoint(mention.kinds) or any(
        lexicon.read_as(concept) in _CARE for concept in mention.concepts
    )


def _listed(sentence: Sentence, first: Amount, second: Amount) -> bool:
    between = list(sentence.between(first.end, second.start))
    return second.start - first.end <= 1 and (not between or cue("And") in between[0].kinds)


def heads_list(sentence: Sentence, mention: Mention, concept: str, lexicon: Lexicon) -> bool:
    """Whether ``mention`` is only the heading of a list of such care: "medications including ibuprofen and tramadol"."""
    announced = mention.end < sentence.end and sentence.tokens[mention.end].text == ":"
    aside = any(one.start == mention.end + 1 for one in sentence.of(_INCLUDES))  # "medications, which include"
    aside = aside and sentence.signs(mention.end, mention.end + 1, ",")
    end = mention.end + (announced or aside)
    for other in sentence.after(mention.end):
        if other.start > end + _ARTICLE + announced:
            return False
        if other.start == end and not _ANNOUNCING.isdisjoint(other.kinds):
            announced = announced or cue("PastUse") not in other.kinds  # "medications tried and failed include"
        elif _PLACING.isdisjoint(other.kinds) and not any(lexicon.individuals.get(one) for one in other.concepts):
            return announced and concept in other.kinds and concept not in other.concepts
        end = other.end
    return False


def named_again(sentence: Sentence, mention: Mention, concept: str) -> bool:
    """Whether the words right beside ``mention`` are what it means: "medical equipment boot", "hand therapy report"."""
    following = next(sentence.after(mention.end), None)
    if following is not None and following.start == mention.end and cue("TherapyDocument") in following.kinds:
        return _CONSERVATIVE in mention.kinds
    if following is not None and following.start == mention.end and _SERVICE in following.kinds:
        return concept in following.kinds and concept not in following.concepts
    before = next(sentence.before(mention.start), None)
    beside = before is not None and before.end == mention.start and _SERVICE in before.kinds
    if beside and before is not None and concept in _KINDS_OF_TEST:
        return concept in before.kinds and concept not in before.concepts
    return beside and concept == _THERAPY and mention.end - mention.start == 1
