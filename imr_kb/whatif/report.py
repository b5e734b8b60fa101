"""Write comparisons, outlooks and verdicts over time as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from imr_kb.outlook import outlook_in_words, outlook_to_dict
from imr_kb.phrases import indented, named, rationale, titled
from imr_kb.render import to_dict
from imr_kb.trace import CaseDecisions, Decision, Outlook
from imr_kb.whatif.comparison import Comparison, differences
from imr_kb.whatif.timeline import Span

__all__ = [
    "comparisons_as_json",
    "comparisons_as_text",
    "outlooks_as_json",
    "outlooks_as_text",
    "spans_as_json",
    "spans_as_text",
]

#: A case with its items, and the verdicts on each over time.
Timeline = tuple[CaseDecisions, Sequence[tuple[Any, Sequence[Span]]]]


def comparisons_as_text(comparisons: Iterable[Comparison]) -> Iterator[str]:
    """Yield for each case what was changed and, for each item, the verdict before and after and why."""
    for comparison in comparisons:
        yield f"{comparison.before.file}: what if\n"
        yield from (f"  {change.option}\n" for change in comparison.changes)
        days = [result.as_of or "no known date" for result in (comparison.before, comparison.after)]
        yield f"decided as of {' and then as of '.join(dict.fromkeys(days))}\n"
        for number, before, after in comparison.pairs():
            yield f"\n{number}. {before.requested}\n"
            yield from indented(f"before: {_verdict(before)}", 3, hanging=2)
            if after is None:
                yield "   after: no longer asked for\n"
                continue
            yield from indented(f"after: {_verdict(after)}", 3, hanging=2)
            told = [
                f"- {_plain(item.status)}{f', was {_plain(status)}' if status else ''}: {item.text}"
                for item, status in differences(before, after)
            ]
            yield from (line for words in dict.fromkeys(told) for line in indented(words, 3, hanging=2))
            if _verdict(before) != _verdict(after):
                yield from indented(rationale(after), 3)
        yield "\n"


def comparisons_as_json(comparisons: Iterable[Comparison]) -> Iterator[str]:
    """Yield one document: for each case the changes, and the case as ``decide`` writes it before and after."""
    cases = [
        {
            "file": comparison.before.file,
            "changes": [change.option for change in comparison.changes],
            "before": to_dict(comparison.before),
            "after": to_dict(comparison.after),
        }
        for comparison in comparisons
    ]
    yield _document(cases)


def outlooks_as_text(results: Iterable[CaseDecisions]) -> Iterator[str]:
    """Yield for each item what would change the verdict, with the options that make each change."""
    for title, result in titled(results):
        yield f"{title}: decided as of {result.as_of or 'no known date'}\n"
        for number, decision in enumerate(result.decisions, 1):
            yield f"\n{number}. {decision.requested}\n"
            yield from _outlook(decision)
            for place, part in enumerate(decision.parts, 1):
                yield f"\n   Part {place}: {named(part)}\n"
                yield from _outlook(part)
        yield "\n"


def _outlook(decision: Decision) -> Iterator[str]:
    yield from indented(_verdict(decision), 3, hanging=2)
    if decision.outlook is not None:
        for line in outlook_in_words(decision.outlook, decision.verdict):
            entry = line.startswith("- ")
            yield from indented(line, 5 if entry else 3, hanging=2 if entry else 0)
        yield from _options(decision.outlook)


def _options(outlook: Outlook) -> Iterator[str]:
    if outlook.roads:
        yield "   To try it:\n"
    for road in outlook.roads:
        yield f"     imr-kb whatif FILE {' '.join(step[0].option for step in road.steps)}\n"
    if outlook.decided:
        yield from indented(
            f"{outlook.decided} variants of the case were decided anew, with up to {outlook.size} changes together.", 3
        )


def outlooks_as_json(results: Iterable[CaseDecisions]) -> Iterator[str]:
    """Yield one document: for each case and item the verdict and its outlook."""
    cases = [
        {
            "file": result.file,
            "case": result.case,
            "as_of": result.as_of,
            "decisions": [_outlook_of(decision) for decision in result.decisions],
        }
        for result in results
    ]
    yield _document(cases)


def _outlook_of(decision: Decision) -> dict[str, Any]:
    return {
        "request": decision.request,
        "verdict": decision.verdict,
        "outlook": None if decision.outlook is None else outlook_to_dict(decision.outlook),
        **({"parts": [_outlook_of(part) for part in decision.parts]} if decision.parts else {}),
    }


def spans_as_text(timelines: Iterable[Timeline]) -> Iterator[str]:
    """Yield for each item its verdicts over time, with what begins on the day of each change."""
    for result, items in timelines:
        yield f"{result.file}: the verdict under the law of each day; the case's own deciding date is {result.as_of}\n"
        for (number, decision), (_, spans) in zip(enumerate(result.decisions, 1), items, strict=True):
            yield f"\n{number}. {decision.requested}\n"
            for span in spans:
                until = f"to {span.last}" if span.last else "on"
                governs = f"; {span.governs}" if span.governs else ""
                yield from indented(
                    f"from {span.first} {until}: {_plain(span.verdict)} ({_plain(span.ground)}){governs}", 3, hanging=2
                )
                yield from (line for words in span.since for line in indented(f"since: {words}", 7, hanging=2))
        yield "\n"


def spans_as_json(timelines: Iterable[Timeline]) -> Iterator[str]:
    """Yield one document: for each case and item its verdicts over time."""
    cases = [
        {
            "file": result.file,
            "case": result.case,
            "items": [
                {
                    "request": request.value,
                    "spans": [
                        {
                            "first": span.first.isoformat(),
                            "last": span.last.isoformat() if span.last else None,
                            "verdict": span.verdict,
                            "ground": span.ground,
                            "governs": span.governs,
                            "since": list(span.since),
                        }
                        for span in spans
                    ],
                }
                for request, spans in items
            ],
        }
        for result, items in timelines
    ]
    yield _document(cases)


def _document(cases: list[dict[str, Any]]) -> str:
    return json.dumps({"cases": cases}, ensure_ascii=False, indent=2) + "\n"


def _verdict(decision: Decision) -> str:
    source = decision.source
    governs = f"; {source.recommendation_label} ({source.label}, {source.edition})" if source else ""
    return f"{_plain(decision.verdict)} ({_plain(decision.ground)}){governs}"


def _plain(code: str) -> str:
    return code.replace("-", " ")
