"""What the record would have to say for a refusal by silence to fall: what is needed together, and what is a choice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from imr_kb.trace import CriterionResult, Gap

__all__ = ["gaps", "gaps_in_words", "gaps_to_list"]


def gaps(criteria: Sequence[CriterionResult], least: Callable[[str], int | None]) -> tuple[Gap, ...]:
    """Return the gaps that have to be filled together; ``least`` gives how many members a group asks for, None for all.

    What nothing that is said could mend, such as a member of a group of which too many are not met, is no gap.
    """
    by_name = {item.judgement: item for item in criteria}
    below: dict[str | None, list[CriterionResult]] = {}
    for item in criteria:
        above = [name for name in by_name if item.judgement.startswith(name + "/")]
        below.setdefault(max(above, key=len, default=None), []).append(item)
    roots = below.get(None, [])
    # What stands under advice against the service is named as an exception and has no owner among the criteria.
    position = [gap for item in roots if item.role == "exception" and (gap := _gap(item, below, least))]
    own = [gap for item in roots if item.role not in {"exception", "advises"} and (gap := _gap(item, below, least))]
    return _together([*own, *([_one_of(position)] if position else [])])


def _gap(
    item: CriterionResult, below: dict[str | None, list[CriterionResult]], least: Callable[[str], int | None]
) -> Gap | None:
    """Return what is missing at ``item`` and what stands below it; None where it does not refuse, or cannot be mended."""
    if item.effect != "fails" or not item.decisive:
        return None
    lower = below.get(item.judgement, [])
    exceptions = [one for one in lower if one.judgement.removeprefix(item.judgement + "/").startswith("exception/")]
    members = [one for one in lower if one not in exceptions]
    ways = []
    if item.kind == "group":
        counted = [one for one in members if one.status != "not-applicable"]
        asked = least(item.criterion) or len(counted)
        # What is not known leaves a request open and does not refuse it.
        wanted = asked - sum(one.effect in {"passes", "leaves-unknown"} for one in counted)
        open_members = [gap for one in counted if (gap := _gap(one, below, least))]
        if 0 < wanted <= len(open_members):
            ways.append(_some_of(wanted, open_members))
    elif item.status == "not-documented":
        ways.append(Gap(text=item.text))
    ways += [gap for one in exceptions if (gap := _gap(one, below, least))]
    return _one_of(ways) if ways else None


def _one_of(ways: Sequence[Gap]) -> Gap:
    return _some_of(1, ways)


def _some_of(number: int, of: Sequence[Gap]) -> Gap:
    if number == len(of):
        whole = _together(of)
        return whole[0] if len(whole) == 1 else Gap(least=len(whole), of=whole)
    return of[0] if len(of) == 1 else Gap(least=number, of=tuple(of))


def _together(found: Sequence[Gap]) -> tuple[Gap, ...]:
    """Return gaps that are all needed, each once: of one that asks for all of its own, these."""
    every = (gap.of if gap.of and gap.least == len(gap.of) else (gap,) for gap in found)
    return tuple(dict.fromkeys(gap for each in every for gap in each))


def gaps_in_words(found: Sequence[Gap], depth: int = 0) -> Iterator[tuple[int, str]]:
    """Yield the lines that tell gaps, each with its depth."""
    for gap in found:
        if not gap.of:
            yield depth, gap.text or ""
            continue
        number = "one" if gap.least == 1 else "all" if gap.least == len(gap.of) else f"at least {gap.least}"
        yield depth, f"{number} of these:"
        yield from gaps_in_words(gap.of, depth + 1)


def gaps_to_list(found: Sequence[Gap]) -> list[dict[str, Any]]:
    """Return gaps as the list that ``schemas/decision.schema.json`` describes."""
    return [{"least": gap.least, "of": gaps_to_list(gap.of)} if gap.of else {"text": gap.text} for gap in found]
