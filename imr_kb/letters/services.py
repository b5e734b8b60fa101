"""The services that the heading of a disputed item asks for: mostly one, with all that the heading says of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from imr_kb.letters.amounts import Amount, Kind
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.places import Site
from imr_kb.letters.sentences import Sentence
from imr_kb.terms import PREFIXES

__all__ = ["Asked", "asked"]

_SERVICE: Final = PREFIXES["svc"] + "Service"
_MEDICATION: Final = PREFIXES["svc"] + "Medication"
_TESTING: Final = PREFIXES["svc"] + "PreoperativeTesting"
_PERIOPERATIVE: Final = PREFIXES["svc"] + "PerioperativeService"
_CONTEXT: Final = PREFIXES["imr"] + "Concept"
_INJECTION: Final = PREFIXES["svc"] + "Injection"
#: Words between an injection and what it brings in.
_CONTENT: Final = frozenset({cue("Of"), cue("With")})
_VISIT: Final = PREFIXES["svc"] + "SpecialistVisit"
_TO: Final = cue("Infinitive")
_FOR: Final = cue("For")
_OF: Final = cue("Of")
_AND: Final = cue("And")
#: Words before a service by which it is one of several that may be chosen, or may not be needed.
_OPEN: Final = frozenset({cue("Or"), cue("Uncertainty")})
_COUNTS: Final = frozenset({Kind.COUNT, Kind.QUANTITY, Kind.BARE, Kind.SCHEDULE, Kind.RATE})
_SESSIONS: Final = frozenset({Kind.COUNT, Kind.SCHEDULE, Kind.RATE})
#: How many tokens may stand between an ingredient and its share in percent.
_SHARE_REACH: Final = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """One service that is asked for: its concept, its sites, and the tokens ``first`` to ``last`` that speak of it.

    ``at`` is the token with which its name begins.
    """

    concept: str
    sites: tuple[Site, ...]
    first: int
    last: int
    at: int


def asked(sentence: Sentence, sites: Sequence[Site], lexicon: Lexicon) -> tuple[list[Asked], tuple[str, ...]]:
    """Return the services that the heading ``sentence`` asks for, and those that it names otherwise.

    Named otherwise are the purpose of a service ("a nurse for wound care"), a second choice and what is only possible.
    """
    named, others = _named(sentence, sites, lexicon)
    found: list[Asked] = []
    for one in named:
        known = next((at for at, other in enumerate(found) if _same(other, one, sentence, lexicon)), None)
        if known is None:
            found.append(one)
        elif found[known].concept in lexicon.within(one.concept):
            found[known] = replace(found[known], concept=one.concept, last=max(found[known].last, one.last))
        else:
            found[known] = replace(found[known], last=max(found[known].last, one.last))
    mixed = _mixed(found, sentence, lexicon)
    if mixed is not None:
        found = [mixed]
    kept = [
        one
        for one in found
        if not any(one.concept != other.concept and one.concept in lexicon.within(other.concept) for other in found)
    ]
    kept = [one for one in kept if not any(_way_into(one.concept, other.concept, lexicon) for other in kept)]
    kept, parts = _without_parts([_in_sessions(one, sentence, lexicon) for one in kept], sentence, lexicon)
    others += [one.concept for one in parts]
    further = dict.fromkeys(other for other in others if not any(_related(other, one.concept, lexicon) for one in kept))
    return kept, tuple(further)


def _named(sentence: Sentence, sites: Sequence[Site], lexicon: Lexicon) -> tuple[list[Asked], list[str]]:
    """Return each service named with its sites, and those that are not asked for; before a colon stands only their kind."""
    services = [one for one in sentence.mentions if _SERVICE in one.kinds and not _made_other(sentence, one, lexicon)]
    services = [one for one in services if one is services[0] or not _only_counts(sentence, one)]
    colon = next((at for at in range(sentence.start, sentence.end) if sentence.tokens[at].text == ":"), -1)
    around = any(_PERIOPERATIVE in one.kinds for one in services if one.start < colon)
    services = _after(colon, services, sentence, lexicon)
    regions = list(_regions(sentence, services, sites))
    found: list[Asked] = []
    others: list[str] = []
    purpose = announced = False
    for place, (mention, (first, last)) in enumerate(zip(services, regions, strict=True)):
        before = next(sentence.before(mention.start), None)
        close = before is not None and before.end == mention.start
        purpose = purpose or bool(place and close and before is not None and _FOR in before.kinds)
        aim = place and _is_aim_of(services[place - 1], mention, sentence, lexicon)
        announced = announced or bool(not place and _announces(mention, services[1:2], sentence, lexicon))
        composed = [
            Asked(
                _around_operation(concept, lexicon, all_care=around) if around or announced else concept,
                own,
                first,
                last,
                mention.start,
            )
            for named in mention.concepts
            if _SERVICE in lexicon.within(named)
            for concept, own in _composed(named, sentence, _sites_of(place, regions, sites), lexicon)
        ]
        optional = place and close and before is not None and not _OPEN.isdisjoint(before.kinds)
        guiding = any(lexicon.annotation("toldByRequest", one) for one in mention.concepts)
        attached = place and (guiding or _attached(sentence, services[place - 1], mention))
        if attached and found and not guiding:
            near = [site for site in sites if regions[place - 1][0] <= site.start < regions[place][1]]
            found[-1] = _given(found[-1], mention.concepts[0], near, lexicon)
        if purpose or aim or optional or _leads_to(sentence, mention, services[place + 1 : place + 2]):
            others += [one.concept for one in composed]
        elif not attached or any(_related(one.concept, found[-1].concept, lexicon) for one in composed if found):
            found += composed
    return found, others


def _after(colon: int, services: Sequence[Mention], sentence: Sentence, lexicon: Lexicon) -> list[Mention]:
    """Return the services after the colon, where any are, or the one product before it whose ingredients they are.

    Ingredients have shares in percent; a name before the colon that is wider than theirs is only their kind.
    """
    before = [one for one in services if one.start < colon]
    listed = [one for one in services if one.start > colon]
    shares = [amount for amount in sentence.amounts if amount.kind is Kind.PERCENT and amount.start > colon]
    if len(before) != 1 or not listed or len(shares) < max(2, len(listed)):
        return listed or list(services)
    wider = any(not lexicon.within(other).isdisjoint(before[0].concepts) for one in listed for other in one.concepts)
    drugs = all(_MEDICATION in one.kinds for one in services)
    return before if drugs and not wider else listed


def _is_aim_of(one: Mention, other: Mention, sentence: Sentence, lexicon: Lexicon) -> bool:
    """Whether ``other``, not listed beside the care ``one``, only tells its purpose: a drug, "prevention of clots"."""
    cares = {lexicon.annotation("aimWith", concept) for concept in other.concepts} - {None}
    told = any(not cares.isdisjoint(lexicon.within(concept)) for concept in one.concepts)
    return told and not _joined(sentence, other.start)


def _announces(one: Mention, following: Sequence[Mention], sentence: Sentence, lexicon: Lexicon) -> bool:
    """Whether ``one`` serves an operation, and what is listed after it as well: "preoperative labs, electrocardiogram"."""
    testing = any(lexicon.inherited("announces", concept) is not None for concept in one.concepts)
    return testing and any(_joined(sentence, other.start) for other in following)


def _joined(sentence: Sentence, start: int) -> bool:
    """Whether a comma or "and" stands right before the token ``start``."""
    before = next(sentence.before(start), None)
    return (before is not None and before.end == start and _AND in before.kinds) or sentence.signs(
        start - 1, start, ",;"
    )


def _made_other(sentence: Sentence, mention: Mention, lexicon: Lexicon) -> bool:
    """Whether an unknown word right before the one word of ``mention`` makes something else of it: "scrambler therapy"."""
    if mention.end - mention.start > 1 or mention.start == sentence.start:
        return False
    word = sentence.tokens[mention.start - 1]
    general = any(lexicon.annotation("madeOther", concept) for concept in mention.concepts)
    return general and word.text.isalpha() and not lexicon.is_word(word.lower)


def _only_counts(sentence: Sentence, mention: Mention) -> bool:
    """Whether ``mention`` is the noun of a number in brackets, which counts the care before: "(4 injections)"."""
    return sentence.signs(mention.end, mention.end + 1, ")") and any(
        amount.kind in _COUNTS and amount.end == mention.start and sentence.signs(amount.start - 1, amount.start, "(")
        for amount in sentence.amounts
    )


def _leads_to(sentence: Sentence, mention: Mention, following: Sequence[Mention]) -> bool:
    """Whether ``mention`` only sends the worker to the care after it: "referral to physical therapy"."""
    return _VISIT in mention.kinds and any(
        word.start == mention.end and word.end == other.start and _TO in word.kinds
        for other in following
        if _VISIT not in other.kinds
        for word in sentence.after(mention.end)
    )


def _given(one: Asked, how: str, sites: Sequence[Site], lexicon: Lexicon) -> Asked:
    """Return ``one``, a drug or an injection, as what it is with the other of the two, ``how``, right after it.

    A drug that is injected is its product for that; brought into a part of the body it may be care of that part.
    """
    drug = how if _MEDICATION in lexicon.within(how) else lexicon.given_by(one.concept, how)
    care = lexicon.annotation("intoPart", drug) if sites else None
    if care is not None and (drug != how or one.concept in lexicon.within(care)):
        return replace(one, concept=lexicon.compose(care, [site.part for site in sites]), sites=tuple(sites))
    return one if drug == how else replace(one, concept=drug)


def _around_operation(concept: str, lexicon: Lexicon, *, all_care: bool) -> str:
    """Return the form of a service in which it only serves an operation, where the vocabulary has one.

    Unless ``all_care`` is around the operation, only tests are: "preoperative clearance, physical therapy" asks for both.
    """
    form = lexicon.annotation("aroundOperation", concept)
    return form if form is not None and (all_care or _TESTING in lexicon.within(form)) else concept


def _in_sessions(one: Asked, sentence: Sentence, lexicon: Lexicon) -> Asked:
    """Return ``one``, or the treatment that its name means where sessions of it are asked for: decompression."""
    treatment = lexicon.annotation("inSessions", one.concept)
    counts = (amount for amount in sentence.amounts if amount.kind in _SESSIONS and amount.value > 1)
    sessions = any(one.first <= amount.start < one.last for amount in counts)
    return replace(one, concept=treatment) if treatment is not None and sessions else one


def _attached(sentence: Sentence, one: Mention, other: Mention) -> bool:
    """Whether ``other`` says how the drug ``one`` is given, as in "60 mg injection": nothing but amounts stands between."""
    if _MEDICATION not in one.kinds:
        return _injected(sentence, one, other)
    amounts = {at for amount in sentence.amounts for at in range(amount.start, amount.end)}
    return all(at in amounts for at in range(one.end, other.start))


def _injected(sentence: Sentence, one: Mention, other: Mention) -> bool:
    """Whether ``other`` is the drug that the injection ``one`` brings in: "injection of lidocaine", "with Kenalog"."""
    if _INJECTION not in one.kinds or _MEDICATION not in other.kinds:
        return False
    between = list(sentence.between(one.end, other.start))
    return bool(between) and any(not _CONTENT.isdisjoint(word.kinds) for word in between)


def _regions(sentence: Sentence, services: Sequence[Mention], sites: Sequence[Site]) -> Iterator[tuple[int, int]]:
    """Return the tokens that speak of each service: from the count or site right before it up to those of the next."""
    starts = [_opening(sentence, mention, sites) for mention in services]
    for place, start in enumerate(starts):
        yield (
            start if place else sentence.start,
            starts[place + 1] if place + 1 < len(starts) else sentence.end,
        )


def _opening(sentence: Sentence, service: Mention, sites: Sequence[Site]) -> int:
    start = service.start
    ends = {site.end: site.start for site in sites} | {
        amount.end: amount.start for amount in sentence.amounts if amount.kind in {Kind.COUNT, Kind.BARE}
    }
    start = next((of.start for of in sentence.of(_OF) if of.end == start and of.start in ends), start)
    while start in ends:
        start = ends[start]
    return start


def _sites_of(place: int, regions: Sequence[tuple[int, int]], sites: Sequence[Site]) -> list[Site]:
    """Return the sites in the region of a service, else those of the next one that has any, else of the one before."""
    for first, last in (regions[place], *regions[place + 1 :], *reversed(regions[:place])):
        own = [site for site in sites if first <= site.start < last]
        if own:
            return own
    return list(sites)


def _composed(
    concept: str, sentence: Sentence, sites: Sequence[Site], lexicon: Lexicon
) -> Iterator[tuple[str, tuple[Site, ...]]]:
    """Return ``concept`` said of its sites: as one service, or as several where the sites make different ones of it."""
    parts = [site.part for site in sites]
    context = [
        thing
        for mention in sentence.mentions
        for named in mention.concepts
        for thing in (named, lexicon.annotation("implies", named))
        if thing and _CONTEXT in lexicon.within(thing) and _SERVICE not in lexicon.within(thing) and thing not in parts
    ]
    said = lexicon.compose(concept, context)
    groups: dict[str, list[Site]] = {}
    for site in sites:
        composed = lexicon.compose(said, [site.part, *context])
        if composed == said and lexicon.sited(said) and lexicon.own_site(said) not in lexicon.within(site.part):
            composed = lexicon.sibling(said, site.part) or said
        groups.setdefault(composed, []).append(site)
    special = {name: own for name, own in groups.items() if name != said}
    if special and not lexicon.sited(said):
        # What one site makes special is not two services because another site says nothing of its own.
        groups = {name: list(sites) for name in special} if len(special) == 1 else special
    yield from ((name, tuple(own)) for name, own in groups.items())
    if not groups:
        yield said, ()


def _way_into(one: str, other: str, lexicon: Lexicon) -> bool:
    """Whether ``one`` is only how the operation ``other`` is done: "arthroscopy with decompression"."""
    kind = lexicon.annotation("wayInto", one)
    place, own = lexicon.own_site(one), lexicon.own_site(other)
    if kind is None or place is None or own is None or one in lexicon.within(other):
        return False
    return kind in lexicon.within(other) and place in lexicon.within(own)


def _without_parts(services: Sequence[Asked], sentence: Sentence, lexicon: Lexicon) -> tuple[list[Asked], list[Asked]]:
    """Return the services without those that a program before them consists of, and those: "rehabilitation with therapy".

    What is joined to the program by "and" or a comma, or has a number of its own, is asked for beside it.
    """
    asked_for: list[Asked] = []
    parts: list[Asked] = []
    for before, one in zip([None, *services], services, strict=False):
        program = lexicon.inherited("givenIn", one.concept)
        within = bool(asked_for) and program is not None and program in lexicon.within(asked_for[-1].concept)
        listed = bool(asked_for) and before is asked_for[-1] and _joined(sentence, one.first)
        if within and not listed and not _counted(replace(one, last=one.at), sentence):
            parts.append(one)
        else:
            asked_for.append(one)
    return asked_for, parts


def _related(one: str, other: str, lexicon: Lexicon) -> bool:
    return one in lexicon.within(other) or other in lexicon.within(one)


def _same(one: Asked, other: Asked, sentence: Sentence, lexicon: Lexicon) -> bool:
    """Whether two names are of one service; with a count and sites of its own the same service is asked for twice."""
    if not _related(one.concept, other.concept, lexicon):
        return False
    apart = one.first != other.first and {site.part for site in one.sites} != {site.part for site in other.sites}
    return not (apart and one.sites and _counted(one, sentence) and _counted(other, sentence))


def _counted(one: Asked, sentence: Sentence) -> bool:
    return any(amount.kind in _COUNTS and one.first <= amount.start < one.last for amount in sentence.amounts)


def _mixed(found: Sequence[Asked], sentence: Sentence, lexicon: Lexicon) -> Asked | None:
    """Return the one product that a list of ingredients with their shares in percent is."""
    products = {
        product
        for one in found
        for broader in lexicon.within(one.concept)
        if (product := lexicon.annotation("mixedAs", broader)) is not None
    }
    shares = [amount for amount in sentence.amounts if amount.kind is Kind.PERCENT]
    if len(found) < 2 or len(products) != 1 or not all(_has_share(one, shares) for one in found):
        return None
    return replace(found[0], concept=products.pop(), last=found[-1].last)


def _has_share(one: Asked, shares: Sequence[Amount]) -> bool:
    return any(one.first <= share.start < one.last + _SHARE_REACH for share in shares)
