"""Drafts of the invented letter and of worked examples, for the tests of the rationale and of its formats."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from imr_kb.judge import Judge
from imr_kb.load import Knowledge, load_cases, load_knowledge
from imr_kb.rationale import Draft, draft, drafts
from imr_kb.trace import CaseDecisions
from imr_kb.worked import load_examples

ROOT = Path(__file__).resolve().parent.parent
DEMO = ROOT / "tests" / "cases" / "demo.txt"
EVERY = 9


@cache
def knowledge() -> Knowledge:
    """Return the knowledge base of the checkout."""
    return load_knowledge(ROOT)


@cache
def demo() -> Draft:
    """Return the draft for the invented letter."""
    return drafted(DEMO)


def drafted(path: Path) -> Draft:
    """Return the draft for the one case of a file."""
    (result,) = Judge(knowledge()).decide(load_cases(path, knowledge()))
    return draft(result, knowledge())


@cache
def worked() -> list[tuple[str, CaseDecisions, Draft]]:
    """Return every ninth worked example and the first of each file: its sentence, its decisions, its draft."""
    examples = load_examples([ROOT / "tests" / "worked"], knowledge(), base=ROOT)
    some = [
        example
        for number, example in enumerate(examples)
        if number % EVERY == 0 or example.file != examples[number - 1].file
    ]
    results = list(Judge(knowledge()).decide([example.case for example in some]))
    told = drafts(results, knowledge())
    return [(example.says, result, found) for example, result, found in zip(some, results, told, strict=True)]


def letter(folder: Path, *replacements: tuple[str, str]) -> Path:
    """Write the invented letter with ``replacements`` into ``folder``."""
    text = DEMO.read_text(encoding="utf-8")
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    path = folder / "letter.txt"
    path.write_text(text, encoding="utf-8")
    return path
