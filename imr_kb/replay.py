"""Decide again from the same cases and the same knowledge, and compare byte by byte with what was stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from imr_kb.errors import Problem
from imr_kb.judge import Judge
from imr_kb.load import Case, Knowledge
from imr_kb.render import as_turtle

__all__ = ["replayed"]


def replayed(stored: bytes, name: str, cases: Iterable[Case], knowledge: Knowledge) -> Iterator[Problem]:
    """Yield a problem where deciding ``cases`` again does not give the bytes of ``stored``, a file called ``name``."""
    again = "".join(as_turtle(Judge(knowledge).decide(cases))).encode()
    if again == stored:
        return
    before, after = stored.splitlines(), again.splitlines()
    pairs = zip(before, after, strict=False)
    line = next((number for number, (one, two) in enumerate(pairs, 1) if one != two), min(len(before), len(after)) + 1)
    yield Problem(
        file=name,
        line=line,
        code="VE060",
        what="Deciding again gives another result from here on.",
        next_step="Compare it with decide --format ttl under the same release and the same knowledge base.",
    )
