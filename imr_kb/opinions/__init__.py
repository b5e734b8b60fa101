"""A second opinion on each decision: an Answer Set Program that was written after the documentation, not after the rules.

``knowledge.lp`` and ``decide.lp`` hold the logic, ``facts.py`` gives them the triples of ontology, guidelines and cases,
``second.py`` runs them, and ``compare.py`` finds where the engine differs. No decision needs any of this: it is an extra.
Run it as ``python -m imr_kb.opinions``.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from imr_kb.errors import ImrError, Problem

if TYPE_CHECKING:
    from imr_kb.opinions.second import SecondOpinion

__all__ = ["second_opinion"]


def second_opinion(root: Path) -> SecondOpinion:
    """Return what gives second opinions under the knowledge base below ``root``.

    Raises:
        ImrError: SY004 where clingo is not installed.
        InputError: RD001 where a file of the knowledge base is not Turtle.
    """
    try:
        from imr_kb.opinions.second import SecondOpinion
    except ModuleNotFoundError as cause:
        raise ImrError(
            Problem(
                file="imr_kb.opinions",
                code="SY004",
                what="The solver for a second opinion is not here.",
                next_step="Install the extra `opinion`: python -m pip install 'imr-kb[opinion]'.",
            )
        ) from cause
    return SecondOpinion(root)
