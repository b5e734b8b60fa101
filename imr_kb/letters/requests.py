"""Disputed items: the service that each heading asks for, with body part, side and amounts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from imr_kb.letters.amounts import Amount, Kind
from imr_kb.letters.drafts import Value
from imr_kb.letters.items import Item
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.parts import Part, read_part
from imr_kb.letters.sentences import Sentence
from imr_kb.letters.sites import SiteReader
from imr_kb.terms import PREFIXES, core

__all__ = ["Request", "read_request"]

_SERVICE: Final = PREFIXES["svc"] + "Service"
_MEDICATION: Final = PREFIXES["svc"] + "Medication"
_DAYS_A_WEEK: Final = 7
_CONTEXT: Final = PREFIXES["imr"] + "Concept"
_REMAINING: Final = frozenset({cue("RemainingPortion"), cue("OriginalRequest")})
_COPULA: Final = cue("Copula")
_UNLINKED: Final = ",:"
_SIDES: Final = frozenset({core("Laterality")})
#: What is looked for when only the sites of a heading matter, also within the names of services.
_PLACES: Final = frozenset(
    {PREFIXES["body"] + "BodyPart", core("Laterality"), cue("SiteFiller"), cue("And"), cue("SitePreposition")}
)


@dataclass(frozen=True, slots=True)
class Request:
    """One disputed item as read: its words, the service if known, and further services that the heading names."""

    text: str
    span: tuple[int, int]
    concept: str | None
    parts: tuple[str, ...]
    side: str | None
    values: dict[str, Value]
    outcome: str | None
    further: tuple[str, ...]


def read_request(text: str, item: Item, lexicon: Lexicon) -> Request:
    """Read the heading ``item`` of the letter ``text``."""
    part = read_part(text, item.start, item.end, lexicon)
    first, last = _disputed(part)
    mentions = tuple(mention for mention in part.mentions if first <= mention.start and mention.end <= last)
    amounts = tuple(
        amount for amount in lexicon.amounts.read(part.tokens) if first <= amount.start and amount.end <= last
    )
    sentence = Sentence(part, first, last, mentions, amounts)
    places = _names(part, first, last, _PLACES, lexicon)
    sites = SiteReader(Sentence(part, first, last, places, ()), lexicon).all_sites()
    parts = tuple(dict.fromkeys(site.part for site in sites))
    concept, further = _chosen(list(_services(sentence, parts, lexicon)), lexicon)
    sides = {site.side for site in sites if site.side} or {
        side for mention in _names(part, first, last, _SIDES, lexicon) if (side := _side(mention, lexicon))
    }
    return Request(
        text=part.view.text[part.tokens[first].start : part.tokens[last - 1].end]
        if last > first
        else part.view.text.strip(),
        span=part.span(first, last) if last > first else (item.start, item.end),
        concept=concept,
        parts=parts,
        side=next(iter(sides)) if len(sides) == 1 else None,
        values=_amounts(sentence, drug=concept is not None and _MEDICATION in lexicon.within(concept)),
        outcome=item.outcome,
        further=further,
    )


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


def _names(part: Part, first: int, last: int, roots: frozenset[str], lexicon: Lexicon) -> tuple[Mention, ...]:
    """Return the names of concepts within ``roots`` among tokens ``first`` to ``last``, also inside other names."""
    found = lexicon.mentions(part.tokens, roots=roots)
    return tuple(mention for mention in found if first <= mention.start and mention.end <= last)


def _side(mention: Mention, lexicon: Lexicon) -> str | None:
    return next(
        (concept for concept in mention.concepts if lexicon.individuals.get(concept) == core("Laterality")), None
    )


def _services(sentence: Sentence, parts: Sequence[str], lexicon: Lexicon) -> Iterator[str]:
    """Return the services named, composed with what the heading says of them; before a colon stands only their kind."""
    context = [
        thing
        for mention in sentence.mentions
        for concept in mention.concepts
        for thing in (concept, lexicon.annotation("implies", concept))
        if thing and _CONTEXT in lexicon.within(thing) and _SERVICE not in lexicon.within(thing) and thing not in parts
    ]
    services = [mention for mention in sentence.mentions if _SERVICE in mention.kinds]
    colon = next((at for at in range(sentence.start, sentence.end) if sentence.tokens[at].text == ":"), -1)
    for mention in [one for one in services if one.start > colon] or services:
        for concept in mention.concepts:
            if _SERVICE in lexicon.within(concept):
                yield from _composed(concept, parts, context, lexicon)


def _composed(concept: str, parts: Sequence[str], context: Sequence[str], lexicon: Lexicon) -> Iterator[str]:
    """Return ``concept`` said of each body part in turn, or as it is where no part makes it more specific."""
    said = lexicon.compose(concept, context)
    found = dict.fromkeys(composed for part in parts if (composed := lexicon.compose(said, [part, *context])) != said)
    yield from found or [said]
    for part in parts:
        sibling = lexicon.sibling(said, part)
        if sibling and sibling not in found:
            yield sibling


def _chosen(services: Sequence[str], lexicon: Lexicon) -> tuple[str | None, tuple[str, ...]]:
    """Return the service first named, as specific as any later name makes it, and the services that are others."""
    if not services:
        return None, ()
    chosen = services[0]
    further: list[str] = []
    for service in services[1:]:
        if chosen in lexicon.within(service):
            chosen = service
        elif service not in lexicon.within(chosen) and service not in further:
            further.append(service)
    return chosen, tuple(service for service in further if chosen not in lexicon.within(service))


def _amounts(sentence: Sentence, *, drug: bool) -> dict[str, Value]:
    """Return quantity, visits a week, weeks, strength and doses a day as the heading states them."""
    values: dict[str, Value] = {}
    counts: list[Amount] = []
    for amount in sentence.amounts:
        match amount.kind:
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
            case Kind.PER_DAY:
                values.setdefault(core("perDay"), amount.value * _units_before(sentence, amount))
            case Kind.UNITS if not _is_dose(sentence, amount):
                counts.append(amount)
            case Kind.COUNT | Kind.QUANTITY:
                counts.append(amount)
            case Kind.BARE if _names_a_count(sentence, amount):
                counts.append(amount)
            case _:
                pass
    quantity = _quantity(sentence, counts, values)
    if quantity is not None:
        values[core("quantity")] = quantity
    return values


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
    if isinstance(rate, Decimal) and isinstance(weeks, Decimal) and rate * weeks == int(rate * weeks):
        return int(rate * weeks)
    return None


def _units_before(sentence: Sentence, per_day: Amount) -> Decimal:
    """Return how many units are taken each time: two, for "two tablets twice a day"."""
    units = (one for one in sentence.amounts if one.kind is Kind.UNITS and 0 <= per_day.start - one.end <= 1)
    return next((one.value for one in units), Decimal(1))


def _is_dose(sentence: Sentence, units: Amount) -> bool:
    return any(one.kind is Kind.PER_DAY and 0 <= one.start - units.end <= 1 for one in sentence.amounts)


def _names_a_count(sentence: Sentence, amount: Amount) -> bool:
    """Whether a bare number counts what it stands beside: "Eight physical therapy sessions", "sessions, 12"."""
    if amount.value != int(amount.value) or amount.value < 1:
        return False
    service = next((mention for mention in sentence.mentions if mention.start == amount.end), None)
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
