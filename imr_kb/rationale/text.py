"""Write drafts as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any, Final

from imr_kb.phrases import indented
from imr_kb.rationale.document import Draft, Line, Words

__all__ = ["BLANK", "STATUSES", "as_json", "as_text", "place", "to_dict"]

WIDTH: Final = 100
BLANK: Final = "____________________"
STATUSES: Final = {
    "met": "Met",
    "not-met": "Not met",
    "not-documented": "Not documented",
    "conflicting": "Conflicting",
    "not-known": "Not known",
    "not-applicable": "Not applicable",
}


def as_text(drafts: Iterable[Draft]) -> Iterator[str]:
    """Yield each draft as lines of text, with the words that it quotes at its end."""
    for number, draft in enumerate(drafts):
        yield "\f" if number else ""
        yield f"DRAFT\n{draft.title}\n\n"
        yield from indented(draft.notice, 0, width=WIDTH)
        for section in draft.sections:
            heading = section.heading.upper() if section.level == 1 else section.heading
            yield "\n"
            yield from indented(heading, 0, width=WIDTH)
            if section.level == 1:
                yield "=" * min(len(heading), WIDTH) + "\n"
            for line in section.lines:
                hanging = 2 if line.kind in {"criterion", "decision"} else 0
                yield from indented(_line(line), 2 * line.depth, hanging=hanging, width=WIDTH)
        if draft.words:
            yield "\nWORDS OF THE RECORD\n===================\n"
            for words in draft.words:
                yield from indented(f"[{words.number}] “{words.text}”{place(words)}", 0, hanging=4, width=WIDTH)


def _line(line: Line) -> str:
    told = " ".join(sentence.text + "".join(f" [{number}]" for number in sentence.words) for sentence in line.sentences)
    if line.kind == "criterion":
        return f"- {told}"
    if line.kind == "decision":
        return f"{line.label} {told}"
    parts = [f"{line.label}:" if line.label else "", told, line.note, BLANK if line.kind == "blank" else ""]
    return " ".join(part for part in parts if part)


def place(words: Words) -> str:
    """Return where quoted words stand, to be written after them; nothing where that is not known."""
    at = "" if words.start is None else f", characters {words.start} to {words.end}"
    within = "" if words.document is None else f" of {words.document}" if at else f", {words.document}"
    return at + within


def as_json(drafts: Iterable[Draft]) -> Iterator[str]:
    """Yield one JSON document, which ``schemas/letter.schema.json`` describes."""
    yield json.dumps({"letters": [to_dict(draft) for draft in drafts]}, ensure_ascii=False, indent=2) + "\n"


def to_dict(draft: Draft) -> dict[str, Any]:
    """Return one draft as a plain object."""
    return asdict(draft)
