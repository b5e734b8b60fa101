"""The report as JSON: all figures, every letter and item, and the ledger. Its form is a published schema."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Final

from imr_kb.backtest import Backtest
from imr_kb.backtest.comparison import Item
from imr_kb.backtest.ledger import Entry
from imr_kb.backtest.statistics import CONFIDENCE

__all__ = ["as_json", "to_dict"]

#: Digits after the point: enough to read, few enough to be the same on every machine.
_DIGITS: Final = 6


def as_json(report: Backtest) -> Iterator[str]:
    """Yield the report as one JSON document."""
    yield json.dumps(to_dict(report), ensure_ascii=False, indent=2) + "\n"


def to_dict(report: Backtest) -> dict[str, Any]:
    """Return the report as plain values, in the order of the schema."""
    found = report.figures
    document = {
        "folder": report.folder,
        "labels": report.labels,
        "kb_version": report.kb_version,
        "confidence": CONFIDENCE,
        "outcomes": {
            "every_item": asdict(found.every),
            "decided_items": asdict(found.decided),
            "always_upheld": asdict(found.baseline),
        },
        "confusion": found.confusion,
        "coverage": asdict(found.coverage),
        "categories": [asdict(category) for category in found.categories],
        "sources": _sources(report),
        "reasons": asdict(report.reasons) if report.reasons else None,
        "classes": [
            {"class": kind, "definition": report.classes[kind], "count": count, "by_reader": noted}
            for kind, (count, noted) in report.by_class.items()
        ],
        "letters": [
            {
                "file": letter.path,
                "decided": letter.decided,
                "in_order": letter.in_order,
                "codes": list(letter.codes),
                "extra": list(letter.extra),
                "unpublished": list(letter.unpublished),
            }
            for letter in report.letters
        ],
        "items": [_item(item) for item in report.items],
        "ledger": [_entry(entry) for entry in report.ledger],
    }
    return {name: _rounded(value) for name, value in document.items()}


def _sources(report: Backtest) -> dict[str, Any] | None:
    if report.sources is None:
        return None
    return asdict(report.sources) | {
        "cited": [
            {"guideline": name, "items": count, "governed": governed}
            for name, (count, governed) in report.sources.cited.items()
        ]
    }


def _item(item: Item) -> dict[str, Any]:
    decision = item.decision
    return {
        "file": item.path,
        "item": item.number,
        "read_as_item": item.place,
        "service": item.service,
        "category": item.label.category if item.label else None,
        "published": item.published,
        "decided": item.outcome if item.decided else None,
        "agrees": item.agrees,
        "normalised": item.normalised,
        "ground": decision.ground if decision else None,
        "recommendation": decision.source.recommendation if decision and decision.source else None,
        "tier": decision.source.tier if decision and decision.source else None,
        "reasons": list(item.label.reasons) if item.label else [],
    }


def _entry(entry: Entry) -> dict[str, Any]:
    item = entry.item
    return {
        "file": item.path,
        "item": item.number,
        "service": item.service,
        "published": item.published,
        "decided": item.outcome if item.decided else None,
        "class": entry.kind,
        "class_by_rule": entry.by_rule,
        "why": entry.why,
        "note": entry.note.note if entry.note else None,
        "reasons": list(item.label.reasons) if item.label else [],
        "key_reason": item.label.key_reason if item.label else None,
        "cited": item.label.cited if item.label else None,
        "ground": entry.ground,
        "decision": entry.decision,
        "recommendation": entry.source.recommendation if entry.source else None,
        "criteria": [
            {
                "criterion": criterion.criterion,
                "text": criterion.text,
                "kind": criterion.kind,
                "role": criterion.role,
                "status": criterion.status,
                "effect": criterion.effect,
            }
            for criterion in entry.criteria
        ],
        "explain": entry.command,
    }


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, _DIGITS)
    if isinstance(value, dict):
        return {name: _rounded(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(part) for part in value]
    return value
