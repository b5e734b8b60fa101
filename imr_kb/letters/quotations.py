"""Quotations: what a reviewer quotes goes on to the closing mark, over the ends of sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from imr_kb.letters.tokens import Token

__all__ = ["QUOTE", "quoted_until"]

QUOTE: Final = '"'
#: How many tokens behind its sentence a quotation reaches at most: a mark that nobody closes quotes nothing.
_REACH: Final = 300


def quoted_until(tokens: Sequence[Token], start: int, end: int) -> int:
    """Return the token at which a quotation ends that tokens ``start`` to ``end`` open and do not close, else 0."""
    if sum(_quotes(tokens, at) for at in range(start, end)) % 2 == 0:
        return 0
    return next((at for at in range(end, min(end + _REACH, len(tokens))) if _quotes(tokens, at)), 0)


def _quotes(tokens: Sequence[Token], at: int) -> bool:
    """Whether token ``at`` is a quotation mark, and not that of inches."""
    return tokens[at].text == QUOTE and (at == 0 or tokens[at - 1].kind != "number")
