"""Disputed items: the service that each heading asks for, with body part, side and amounts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from imr_kb.letters.amounts import Amount, Kind
from imr_kb.letters.doses import is_dose, units_each_time
from imr_kb.letters.drafts import Draft, Value
from imr_kb.letters.implied import asks_for_one, in_full_days
from imr_kb.letters.items import Item
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.parts import Part
from imr_kb.letters.places import Site
from imr_kb.letters.sentences import Sentence
from imr_kb.letters.services import Asked, asked
from imr_kb.letters.sites import SiteReader
from imr_kb.terms import PREFIXES, core

__all__ = ["Request", "never_given", "read_authorized", "read_request", "told_by_request", "undisputed"]

_SERVICE: Final = PREFIXES["svc"] + "Service"
_SURGERY: Final = PREFIXES["svc"] + "Surgery"
_MEDICATION: Final = PREFIXES["svc"] + "Medication"
_FINDING: Final = core("Finding")
_DAYS_A_WEEK: Final = 7
_NONE_BEFORE: Final = cue("NoneBefore")
_AUTHORIZED: Final = cue("AuthorizedPart")
_STOPS: Final = frozenset(".;")
_REMAINING: Final = frozenset({cue("RemainingPortion"), cue("OriginalRequest")})
_FURTHER: Final = cue("Further")
_VISIT: Final = cue("Visit")
_COPULA: Final = cue("Copula")
_MONTHS_A_YEAR: Final = 12
_WEEKS_A_YEAR: Final = 52
#: Months are kept as weeks, rounded a little, so that visits a month come near a whole number only.
_NEAR_WHOLE: Final = Decimal("0.01")
_NUMBER_SIGN: Final = "#"
_UNLINKED: Final = ",:"
_LISTING: Final = ",;/+"
_SIDES: Final = frozenset({core("Laterality")})
#: What is looked for when only the sites of a heading matter, also within the names of services.
_PLACES: Final = frozenset(
    {PREFIXES["body"] + "BodyPart", core("Laterality"), cue("SiteFiller"), cue("And"), cue("SitePreposition")}
)


@dataclass(frozen=True, slots=True)
class Request:
    """One disputed item, or one of the services that it comprises, as read.

    An item of several services has no ``concept`` but ``comprises``. ``further`` are services that the heading names and
    that were not read as asked for.
    """

    text: str
    span: tuple[int, int]
    concept: str | None = None
    parts: tuple[str, ...] = ()
    side: str | None = None
    values: dict[str, Value] = field(default_factory=dict)
    outcome: str | None = None
    further: tuple[str, ...] = ()
    comprises: tuple[Request, ...] = ()


def read_request(part: Part, item: Item, lexicon: Lexicon) -> Request:
    """Read ``part``, which is the heading ``item`` of a letter."""
    first, last = _disputed(part)
    if last > first:
        return replace(_asked(part, first, last, lexicon), outcome=item.outcome)
    return Request(text=part.view.text.strip(), span=(item.start, item.end), outcome=item.outcome)


def read_authorized(part: Part, lexicon: Lexicon) -> Iterator[Request]:
    """Yield each part of the request in the heading ``part`` that utilization review authorized; the rest is in dispute."""
    disputed, _ = _disputed(part)
    for mention in part.mentions:
        if _AUTHORIZED in mention.kinds and mention.end <= disputed:
            stops = (at + 1 for at in range(mention.start - 1, -1, -1) if part.tokens[at].text in _STOPS)
            first = next(stops, 0)
            if first < mention.start:
                yield _asked(part, first, mention.start, lexicon)


def _asked(part: Part, first: int, last: int, lexicon: Lexicon) -> Request:
    """Read what tokens ``first`` to ``last`` of a heading ask for."""
    whole = _between(part, first, last, part.mentions, lexicon.amounts.read(part.tokens))
    places = tuple(lexicon.mentions(part.tokens, roots=_PLACES))
    sites = SiteReader(_between(part, first, last, places, ()), lexicon).all_sites()
    services, further = asked(whole, sites or _of_condition(whole, lexicon), lexicon)
    request = Request(
        text=part.view.text[part.tokens[first].start : part.tokens[last - 1].end],
        span=part.span(first, last),
        further=further,
    )
    if len(services) > 1:
        return replace(request, comprises=tuple(_part(one, services, whole, lexicon) for one in services))
    side = _side(sites, [] if any(site.side for site in sites) else _named_sides(part, first, last, lexicon))
    concept = services[0].concept if services else None
    return replace(
        request,
        concept=concept,
        parts=tuple(dict.fromkeys(site.part for site in sites)),
        side=side,
        values=_amounts(whole, concept, lexicon),
    )


def _of_condition(whole: Sentence, lexicon: Lexicon) -> list[Site]:
    """Return the part of the body by which the condition is named that a heading treats: "injection for trigger finger"."""
    for mention in whole.mentions:
        named = [one for one in mention.concepts if lexicon.read_as(one) == core("Diagnosis")]
        part = next((site for one in named if (site := lexicon.own_site(one))), None)
        if part is not None:
            return [Site(part, None, mention.start, mention.end)]
    return []


def told_by_request(part: Part, lexicon: Lexicon) -> Iterator[Draft]:
    """Yield the findings that the heading ``part`` states of what it asks for: an injection under fluoroscopy."""
    first, last = _disputed(part)
    for mention in part.mentions:
        if first <= mention.start and mention.end <= last:
            for concept in mention.concepts:
                told = lexicon.annotation("toldByRequest", concept)
                if told is not None:
                    yield Draft(kind=_FINDING, concept=told, spans={part.span(mention.start, mention.end): None})


def never_given(summary: Sequence[Sentence], requests: Sequence[Request], lexicon: Lexicon) -> Iterator[Draft]:
    """Yield that what is asked for was not given before, where the summary says so without its name: "it is his first"."""
    asked_for = {one.concept for one in requests if one.concept is not None}
    if len(requests) != 1 or len(asked_for) != 1:
        return
    concept = asked_for.pop()
    kind = lexicon.read_as(concept)
    for sentence in summary:
        for words in () if sentence.review or kind is None else sentence.of(_NONE_BEFORE):
            yield Draft(
                kind=kind or "", concept=concept, absent=True, spans={sentence.part.span(words.start, words.end): None}
            )


def undisputed(facts: Sequence[Draft], requests: Sequence[Request], lexicon: Lexicon) -> list[Draft]:
    """Return ``facts`` without the plans for care that is asked for, and without what only such a plan tells.

    A plan is told only of what is not in dispute: a letter about an operation does not tell that one is considered.
    """
    disputed = [fact for fact in facts if _in_dispute(fact, requests, lexicon)]
    spans = [span for fact in disputed for span in fact.spans]
    told = {lexicon.inherited("plannedTells", fact.concept) for fact in disputed}
    return [
        fact
        for fact in facts
        if fact not in disputed and not (fact.kind == _FINDING and fact.concept in told and _all_within(fact, spans))
    ]


def _all_within(fact: Draft, spans: Sequence[tuple[int, int]]) -> bool:
    return all(any(first <= start and end <= last for first, last in spans) for start, end in fact.spans)


def _in_dispute(fact: Draft, requests: Sequence[Request], lexicon: Lexicon) -> bool:
    if fact.kind != core("PlannedCare"):
        return False
    for request in requests:
        for one in (request, *request.comprises):
            if one.concept is not None and _about(fact, one, one.concept, lexicon):
                return True
        if fact.concept in request.further:
            return True
    return False


def _about(fact: Draft, request: Request, concept: str, lexicon: Lexicon) -> bool:
    related = concept in lexicon.within(fact.concept) or fact.concept in lexicon.within(concept)
    if not related and not _same_place(fact.concept, concept, lexicon):
        return False
    said, asked_for = (
        frozenset().union(*(lexicon.within(part) for part in parts)) for parts in (fact.parts, request.parts)
    )
    return not (fact.parts and request.parts) or not (
        said.isdisjoint(request.parts) and asked_for.isdisjoint(fact.parts)
    )


def _same_place(one: str, other: str, lexicon: Lexicon) -> bool:
    """Whether both are operations on one part of the body."""
    shared = lexicon.within(one) & lexicon.within(other)
    return any(_SURGERY in lexicon.within(wider) and lexicon.own_site(wider) for wider in shared)


def _between(part: Part, first: int, last: int, mentions: Sequence[Mention], amounts: Sequence[Amount]) -> Sentence:
    return Sentence(
        part,
        first,
        last,
        tuple(mention for mention in mentions if first <= mention.start and mention.end <= last),
        tuple(amount for amount in amounts if first <= amount.start and amount.end <= last),
    )


def _part(one: Asked, services: Sequence[Asked], whole: Sentence, lexicon: Lexicon) -> Request:
    """Return one of several services: with the amounts in its own words, or with those that are said of all."""
    values = _amounts(_within(whole, one), one.concept, lexicon)
    if not values and _MEDICATION not in lexicon.within(one.concept):
        shared = [other for other in services if _amounts(_within(whole, other), None, lexicon)]
        if len(shared) == 1 and _said_of(one, shared[0], services, whole):
            values = _amounts(_within(whole, shared[0]), one.concept, lexicon)
    start, end = _trimmed(whole, one.first, one.last)
    return Request(
        text=whole.part.view.text[whole.tokens[start].start : whole.tokens[end - 1].end],
        span=whole.part.span(start, end),
        concept=one.concept,
        parts=tuple(dict.fromkeys(site.part for site in one.sites)),
        side=_side(one.sites, _named_sides(whole.part, start, end, lexicon) if not one.sites else []),
        values=values,
    )


def _said_of(one: Asked, counted: Asked, services: Sequence[Asked], whole: Sentence) -> bool:
    """Whether the amounts of ``counted`` are said of ``one`` too.

    Those before its name are said of what follows, as in "12 sessions of therapy and massage"; those at the end of all.
    """
    if all(amount.end <= counted.at for amount in whole.amounts if counted.first <= amount.start < counted.last):
        return one.at > counted.at
    return counted == services[-1]


def _within(whole: Sentence, one: Asked) -> Sentence:
    return _between(whole.part, one.first, one.last, whole.mentions, whole.amounts)


def _trimmed(whole: Sentence, first: int, last: int) -> tuple[int, int]:
    """Leave out the signs and the "and" at the end of the words of one of several services."""
    linking = {mention.end: mention.start for mention in whole.of(cue("And"))}
    while last - 1 > first and (last in linking or whole.tokens[last - 1].text in _LISTING):
        last = linking.get(last, last - 1)
    return first, last


def _side(sites: Sequence[Site], named: Sequence[str]) -> str | None:
    sides = {site.side for site in sites if site.side} or set(named)
    return next(iter(sides)) if len(sides) == 1 else None


def _named_sides(part: Part, first: int, last: int, lexicon: Lexicon) -> list[str]:
    return [
        concept
        for mention in lexicon.mentions(part.tokens, roots=_SIDES)
        if first <= mention.start and mention.end <= last
        for concept in mention.concepts
        if lexicon.individuals.get(concept) == core("Laterality")
    ]


def _disputed(part: Part) -> tuple[int, int]:
    """Return the tokens of the service in dispute: after "the remaining portion of the original request", if it is there."""
    tokens = part.tokens
    last = len(tokens)
    for mention in part.mentions:
        if mention.end == len(tokens) and _COPULA in mention.kinds and mention.start:
            last = mention.start
    first = 0
    for mention in part.mentions:
        if _REMAINING.isdisjoint(mention.kinds) or mention.end >= last:
            continue
        following = next((other for other in part.mentions if other.start == mention.end), None)
        if tokens[mention.end].text in _UNLINKED:
            first = mention.end + 1
        elif following is not None and _COPULA in following.kinds and following.end < last:
            first = following.end
    return first, last


def _amounts(sentence: Sentence, concept: str | None, lexicon: Lexicon) -> dict[str, Value]:
    """Return quantity, visits a week, weeks, strength and doses a day as the heading states them of ``concept``."""
    drug = concept is not None and _MEDICATION in lexicon.within(concept)
    numbering = concept is not None and lexicon.inherited("numbers", concept) is not None
    values: dict[str, Value] = {}
    counts: list[Amount] = []
    dosed = lexicon.inherited("dosedIn", concept) if concept is not None else None
    for amount in sentence.amounts:
        match amount.kind:
            case Kind.UNITS | Kind.QUANTITY if _of_dose(sentence, amount, dosed) or _in_name(sentence, amount):
                pass
            case Kind.SCHEDULE if amount.second is not None:
                values.setdefault(core("perWeek"), amount.value)
                values.setdefault(core("weeks"), amount.second)
            case Kind.RATE:
                values.setdefault(core("perWeek"), amount.value)
            case Kind.WEEKS if drug:
                values.setdefault(core("daysSupply"), round(amount.value * _DAYS_A_WEEK))
            case Kind.WEEKS:
                values.setdefault(core("weeks"), amount.value)
            case Kind.STRENGTH:
                values.setdefault(core("strengthMg"), amount.value)
            case Kind.PER_DAY if not drug:
                values.setdefault(core("perWeek"), amount.value * _DAYS_A_WEEK)
            case Kind.PER_DAY:
                values.setdefault(core("perDay"), amount.value * units_each_time(sentence, amount, lexicon))
            case Kind.UNITS if not is_dose(sentence, amount):
                counts.append(amount)
            case Kind.QUANTITY if numbering and sentence.tokens[amount.start].text == _NUMBER_SIGN:
                pass
            case Kind.COUNT | Kind.QUANTITY:
                counts.append(amount)
            case Kind.BARE if _names_a_count(sentence, amount):
                counts.append(amount)
            case _:
                pass
    quantity = _quantity(sentence, counts, values)
    if quantity is None and concept is not None:
        quantity = in_full_days(sentence, lexicon.inherited("hoursInDay", concept))
    if quantity is None and concept is not None and asks_for_one(sentence, lexicon.inherited("oneIs", concept)):
        quantity = 1
    if quantity is not None:
        values[core("quantity")] = quantity
    return values


def _of_dose(sentence: Sentence, amount: Amount, unit: str | None) -> bool:
    """Whether ``amount`` is a dose in the ``unit`` of the drug, and counts nothing: "200 units" of botulinum toxin."""
    return unit is not None and any(token.lower == unit for token in sentence.tokens[amount.start : amount.end])


def _in_name(sentence: Sentence, amount: Amount) -> bool:
    """Whether ``amount`` is the end of the name of a service, and counts nothing: "Tylenol #3"."""
    return any(
        one.start < amount.start and amount.end <= one.end and _SERVICE in one.kinds for one in sentence.mentions
    )


def _quantity(sentence: Sentence, counts: Sequence[Amount], values: dict[str, Value]) -> int | None:
    whole = [amount for amount in counts if amount.value == int(amount.value)]
    marked = [amount for amount in whole if amount.kind is Kind.QUANTITY]
    if marked:
        return int(marked[0].value)
    if whole:
        outside = [amount for amount in whole if not sentence.signs(amount.start - 1, amount.start, "(")]
        if len(outside) > 1 and not values:
            return sum(int(amount.value) for amount in outside)
        return int(whole[0].value)
    rate, weeks = values.get(core("perWeek")), values.get(core("weeks"))
    monthly = next((amount.value for amount in sentence.amounts if amount.kind is Kind.MONTH_RATE), None)
    if monthly is not None and isinstance(weeks, Decimal):
        visits = monthly * weeks * _MONTHS_A_YEAR / _WEEKS_A_YEAR
        return round(visits) if abs(visits - round(visits)) < _NEAR_WHOLE else None
    if isinstance(rate, Decimal) and isinstance(weeks, Decimal) and rate * weeks == int(rate * weeks):
        return int(rate * weeks)
    return None


def _names_a_count(sentence: Sentence, amount: Amount) -> bool:
    """Whether a bare number counts what it stands beside: "Eight physical therapy sessions", "sessions, 12"."""
    if amount.value != int(amount.value) or amount.value < 1:
        return False
    if any(one.start < amount.start and amount.end <= one.end for one in sentence.mentions):
        return False  # "L4-5 epidural injection" is no five of them
    start = next((more.end for more in sentence.of(_FURTHER) if more.start == amount.end), amount.end)
    if start > amount.end and any(visit.start == start for visit in sentence.of(_VISIT)):
        return True
    service = next((mention for mention in sentence.mentions if mention.start == start), None)
    if service is not None and _SERVICE in service.kinds:
        return True
    before = sentence.tokens[amount.start - 2 : amount.start] if amount.start - 2 >= sentence.start else ()
    return (
        amount.end == sentence.end
        and len(before) == 2
        and before[1].text == ","
        and any(
            mention.end == amount.start - 1 and (cue("Visit") in mention.kinds or _SERVICE in mention.kinds)
            for mention in sentence.mentions
        )
    )
