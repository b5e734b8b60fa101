"""Write what lies beyond a verdict: roads to an approval, what an approval rests on, what silence leaves open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from imr_kb.trace import Outlook, Road

__all__ = ["outlook_in_words", "outlook_to_dict"]


def outlook_in_words(outlook: Outlook, verdict: str, missing: Sequence[str] = ()) -> Iterator[str]:
    """Yield the lines of an outlook on a decision with ``verdict``, without indent; what begins with a dash is an entry.

    ``missing`` are the sentences of criteria that were told already as not documented: they are not told once more.
    """
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
            yield "Rests on any one of:" if len(told) > 1 else "Rests on:"
            yield from (f"- {facts}" for facts in told)
    yield from _range(outlook, verdict, missing)
    if outlook.cut:
        yield f"The search was cut: {'; '.join(outlook.cut)}."


def _range(outlook: Outlook, verdict: str, missing: Sequence[str]) -> Iterator[str]:
    """Yield which verdicts are possible over all that the record does not say, and on what that depends."""
    possible = [code.replace("-", " ") for code in outlook.range]
    if len(possible) == 1:
        stays = "stays" if outlook.range[0] == verdict else "becomes"
        yield f"Whatever the record says where it is silent now, this {stays} {possible[0]}."
        return
    lead = f"The record is silent where it matters: if it said more, this could be {_listed(possible, 'or')}."
    others = [sentence for sentence in outlook.hangs_on if sentence not in missing]
    if not others:
        yield f"{lead} That turns on what is listed above as not documented."
        return
    yield f"{lead} That turns on {'what is listed above as not documented, and on' if missing else 'this:'}"
    yield from (f"- {sentence}" for sentence in others)


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
