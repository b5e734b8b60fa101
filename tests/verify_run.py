"""Verify cases of four origins untouched, then tamper with a spread of them, and print the figures.

The cases are the worked examples, the letters, and what is made up: from the vocabulary, and from examples that are varied.
This is a script; ``make verify`` runs it.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from opinions_run import made_up_cases
from tampering import KINDS, Stored, attempts, rejected, stored_decisions
from varied_cases import varied

from imr_kb import __version__
from imr_kb.inputs import Inputs
from imr_kb.load import Knowledge, load_knowledge
from imr_kb.verify import Published
from imr_kb.worked import load_examples

__all__ = ["letters_here", "main"]

ROOT: Final = Path(__file__).resolve().parent.parent
INVENTED: Final = ROOT / "tests" / "cases"
LEAST: Final = 1000


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify everything untouched, then tamper with a spread; print the figures and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=500, help="how many made-up and how many varied cases (500)")
    parser.add_argument("--every", type=int, default=40, help="tamper with every so-manieth example (default: 40)")
    parser.add_argument("--seed", type=int, default=0, help="which changes are made (default: 0)")
    options = parser.parse_args(arguments)
    knowledge = load_knowledge()
    published = Published(knowledge.root, __version__)
    examples = [example.case for example in load_examples([ROOT / "tests" / "worked"], knowledge)]
    letters = letters_here(knowledge)
    untouched = Counter[str]()
    spread: list[Stored] = []
    made_up, changed = made_up_cases(options.cases), varied(examples, options.cases, knowledge, options.seed)
    for name, found in (
        ("worked examples", stored_decisions(examples, knowledge)),
        ("letters", iter(letters)),
        ("made-up cases", stored_decisions(made_up, knowledge)),
        ("varied examples", stored_decisions(list(changed), knowledge)),
    ):
        for number, stored in enumerate(found):
            problems = rejected(stored, published)
            untouched[f"{name}, {'rejected' if problems else 'passed'}"] += 1
            for problem in problems[:3]:
                print(problem, file=sys.stderr)
            if name == "letters" or number % options.every == 0:
                spread.append(stored)
    print("Untouched")
    for name, times in sorted(untouched.items()):
        print(f"  {name}: {times}")
    made, passed = Counter[str](), Counter[str]()
    chance = random.Random(options.seed)
    for stored in spread:
        for kind, forged in attempts(stored, chance):
            made[kind] += 1
            if not rejected(forged, published):
                passed[kind] += 1
                print(f"not rejected: {kind}: {stored.case}", file=sys.stderr)
    print(f"Tampered with, {len(made)} kinds on {len(spread)} decisions")
    for kind in KINDS:
        print(f"  {kind}: {made[kind] - passed[kind]} of {made[kind]} rejected")
    print(f"  all: {made.total() - passed.total()} of {made.total()} rejected")
    return 1 if passed or any("rejected" in name for name in untouched) or made.total() < LEAST else 0


def letters_here(knowledge: Knowledge) -> list[Stored]:
    """Return the decisions on all letters that are here, the invented ones among them."""
    folder = Path(os.environ.get("IMR_LETTERS") or ROOT.parent / "shared" / "letters")
    paths = [INVENTED / "demo.txt", *sorted((INVENTED / "letters").glob("*.txt")), *sorted(folder.rglob("*.txt"))]
    found: list[Stored] = []
    for path in paths:
        cases = list(Inputs(knowledge).cases([path]))
        text = path.read_bytes().decode("utf-8-sig")
        found += stored_decisions(cases, knowledge, {path.name: text})
    return found


if __name__ == "__main__":
    sys.exit(main())
