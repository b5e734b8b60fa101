"""Write drafts as one HTML page, in which each sentence names its nodes and leads to the words that it quotes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from imr_kb.pages import filled
from imr_kb.rationale import needed
from imr_kb.rationale.document import Draft
from imr_kb.rationale.text import STATUSES, place

__all__ = ["as_html"]


def as_html(drafts: Iterable[Draft]) -> Iterator[str]:
    """Yield the page.

    Raises:
        ImrError: LT001 where Jinja2 is not installed.
    """
    needed("jinja2")
    yield filled(__package__, "letter.html.j2", filters={"place": place}, statuses=STATUSES, drafts=list(drafts))
