"""The rationale of decisions in plain language, as the draft of a determination for a clinician to review and sign.

Every sentence names the nodes of the proof that it rests on, and every judgement on which a verdict rests has a sentence.
"""

from __future__ import annotations

from imr_kb.errors import ImrError, Problem
from imr_kb.rationale.document import Draft, Line, Section, Sentence, Words
from imr_kb.rationale.letter import draft, drafts

__all__ = ["Draft", "Line", "Section", "Sentence", "Words", "draft", "drafts", "needed"]


def needed(package: str) -> None:
    """Raise where the top package ``package`` is not installed.

    Raises:
        ImrError: LT001.
    """
    from importlib.util import find_spec

    if find_spec(package) is None:
        raise ImrError(
            Problem(
                file="letter",
                code="LT001",
                term=package,
                what="A package that this format needs is not installed.",
                next_step="Install the extra: pip install 'imr-kb[letter]'.",
            )
        )
