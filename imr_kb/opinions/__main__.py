"""Decide cases a second time by the Answer Set Program and print where the engine differs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from imr_kb.errors import EXIT_DONE, EXIT_PROBLEMS, ImrError
from imr_kb.judge import Judge
from imr_kb.load import load_knowledge
from imr_kb.opinions import second_opinion
from imr_kb.worked import load_examples

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare the cases of worked examples; exit with 1 where engine and second opinion differ."""
    parser = argparse.ArgumentParser(prog="python -m imr_kb.opinions", description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "paths",
        nargs="*",
        type=Path,
        default=[Path("tests/worked")],
        help="files or folders of worked examples (tests/worked)",
    )
    parser.add_argument("--every", type=_positive, default=1, metavar="N", help="take only each Nth example (1: all)")
    options = parser.parse_args(arguments)
    try:
        knowledge = load_knowledge()
        second = second_opinion(knowledge.root)
        from imr_kb.opinions.compare import compare, lines_of

        examples = load_examples(options.paths, knowledge)[:: options.every]
        comparison = compare([example.case for example in examples], Judge(knowledge), second)
        for line in lines_of(comparison, knowledge, second):
            sys.stdout.write(line)
    except ImrError as failure:
        sys.stderr.write(f"{failure}\n")
        return failure.exit_code
    for problem in comparison.problems:
        sys.stderr.write(f"{problem}\n")
    return EXIT_PROBLEMS if comparison.disagreements else EXIT_DONE


def _positive(text: str) -> int:
    """Return a whole number from 1; argparse tells the user of a ``ValueError``."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("expected a whole number from 1")
    return number


if __name__ == "__main__":
    sys.exit(main())
