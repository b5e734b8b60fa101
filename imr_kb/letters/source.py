"""The text of a letter, out of the bytes of a file: the text in which the offsets of evidence count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from imr_kb.errors import InputError, Problem
from imr_kb.pdf import is_pdf, pdf_text

__all__ = ["Source", "source_text"]

_BYTE_ORDER_MARK: Final = "utf-8-sig"


@dataclass(frozen=True, slots=True)
class Source:
    """The text of a letter, and what was noticed while it was taken out."""

    text: str
    problems: tuple[Problem, ...] = ()


def source_text(content: bytes, *, document: str) -> Source:
    """Return the text of a letter that is UTF-8 text or a PDF; ``document`` is its name in messages.

    Raises:
        InputError: IN003 where it is neither, IN020 to IN024 where it is a PDF that cannot be read.
    """
    if is_pdf(content) or document.lower().endswith(".pdf"):
        found = pdf_text(content, document=document)
        return Source(found.text, found.problems)
    try:
        text = content.decode(_BYTE_ORDER_MARK)
    except UnicodeDecodeError as error:
        raise InputError(_not_text(document)) from error
    if "\0" in text:
        raise InputError(_not_text(document))
    return Source(text)


def _not_text(document: str) -> Problem:
    return Problem(
        file=document,
        code="IN003",
        what="The file is neither UTF-8 text nor a PDF nor a known case format.",
        next_step="Give a letter as UTF-8 text or PDF, or a case as Turtle, TriG, N-Triples, N-Quads or JSON-LD.",
    )
