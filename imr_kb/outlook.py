"""Write what lies beyond a verdict: roads to an approval, what an approval rests on, what silence leaves open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from imr_kb.trace import Outlook, Road

__all__ = ["outlook_in_words", "outlook_to_dict"]


def outlook_in_words(outlook: Outlook, verdict: str) -> Iterator[str]:
    """Yield the lines of an outlook on a decision with ``verdict``, without indent; what begins with a dash is an entry."""
    if not outlook.range:
        yield "No recommendation speaks to it: what would change that was not looked for."
        return
    if outlook.roads:
        yield "Would be necessary if"
        for place, road in enumerate(outlook.roads):
            yield f"- {_road(road)}{'; or if' if place + 1 < len(outlook.roads) else '.'}"
    elif verdict != "necessary":
        yield "No change that is looked for makes it necessary."
    if outlook.unreachable:
        yield f"Out of reach of any change that is looked for: {' '.join(outlook.unreachable)}"
    if outlook.rests_on:
        told = [_listed(facts, "and") for facts in outlook.rests_on]
        if told == [""]:
            yield "Rests on no fact of the record, only on what is asked and when."
        else:
            yield "Rests on" + (", one of:" if len(told) > 1 else ":")
            yield from (f"- {facts}" for facts in told)
    yield _range(outlook)
    if outlook.cut:
        yield f"The search was cut: {'; '.join(outlook.cut)}."


def _range(outlook: Outlook) -> str:
    if len(outlook.range) == 1:
        return f"Whatever the record does not say: {outlook.range[0].replace('-', ' ')}."
    could = {
        "necessary": "could be necessary",
        "not-necessary": "could be not necessary",
        "undetermined": "could stay open",
    }
    told = ", ".join(could[verdict] for verdict in outlook.range)
    return f"Undecided by silence: {told}. It hangs on: {' '.join(outlook.hangs_on)}"


def _road(road: Road) -> str:
    """Return a road as one clause: changes with the same lead are told together."""
    steps = sorted(road.steps, key=lambda step: (step[0].lead == "", step[0].lead, step[0].words))
    clauses = []
    for lead, group in groupby(steps, key=lambda step: step[0].lead):
        plain: list[str] = []
        choices: list[str] = []
        for step in group:
            ways = list(
                dict.fromkeys(way.words if way.lead == lead else f"{way.lead} {way.words}".strip() for way in step)
            )
            (plain if len(ways) == 1 else choices).append(_listed(ways, "or"))
        if len(road.steps) > 1:
            choices = [f"either {words}" for words in choices]
        told = ", and ".join([*filter(None, [_listed(plain, "and")]), *choices])
        clauses.append(f"{lead} {told}".strip())
    switched = f" (then governed by: {road.governs})" if road.governs else ""
    return ", and ".join(clauses) + switched


def _listed(parts: Sequence[str], joint: str) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {joint} {parts[-1]}" if parts else ""


def outlook_to_dict(outlook: Outlook) -> dict[str, Any]:
    """Return the object that ``schemas/decision.schema.json`` describes as ``outlook``."""
    return {
        "roads": [
            {
                "steps": [
                    [{"option": way.option, "words": f"{way.lead} {way.words}".strip()} for way in step]
                    for step in road.steps
                ],
                "governs": road.governs,
                "words": _road(road),
            }
            for road in outlook.roads
        ],
        "rests_on": [list(facts) for facts in outlook.rests_on],
        "range": list(outlook.range),
        "hangs_on": list(outlook.hangs_on),
        "decided": outlook.decided,
        "size": outlook.size,
        "unreachable": list(outlook.unreachable),
        "cut": list(outlook.cut),
    }
