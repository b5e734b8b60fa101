"""Ask for other opinions on generated cases, and print how many rows were compared and where they differ.

Four comparisons: the Answer Set Program on cases made up from the vocabulary and on varied worked examples, a second engine
for SPARQL on some of them, and a reasoner for OWL on the concepts that they name.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from made_up import Story, some_story, world
from second_engine import SecondEngine, by_value
from varied_cases import varied

from imr_kb.judge import Judge
from imr_kb.load import Case, Knowledge, load_knowledge
from imr_kb.opinions import second_opinion
from imr_kb.opinions.compare import compare, lines_of
from imr_kb.opinions.membership import memberships
from imr_kb.terms import core
from imr_kb.worked import load_examples

__all__ = ["made_up_cases", "main"]

ROOT = Path(__file__).resolve().parent.parent


def made_up_cases(count: int) -> list[Case]:
    """Return so many cases made up from the vocabulary, always the same."""
    stories: list[Story] = []

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(some_story())
    def gather(story: Story) -> None:
        stories.append(story)

    gather()
    return [world().case(number, story) for number, story in enumerate(stories[:count])]


def main() -> int:
    """Compare and print; the exit code is 1 where anything differs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cases", type=int, default=1000, help="how many cases of each of the two origins (1000)")
    parser.add_argument("--queried", type=int, default=40, help="on how many the second engine for SPARQL is run (40)")
    options = parser.parse_args()
    knowledge = load_knowledge(ROOT)
    examples = [example.case for example in load_examples([ROOT / "tests" / "worked"], knowledge)]
    made, changed = made_up_cases(options.cases), list(varied(examples, options.cases, knowledge))
    differing = 0
    for origin, cases in (("made up from the vocabulary", made), ("varied worked examples", changed)):
        print(f"Answer Set Program, {origin}:", end=" ", flush=True)
        second = second_opinion(ROOT)
        comparison = compare(cases, Judge(knowledge), second)
        sys.stdout.writelines(lines_of(comparison, knowledge, second))
        differing += len(comparison.disagreements)
    step = max(1, 2 * options.cases // options.queried)
    for line in _queried([*made, *changed][::step], knowledge):
        print(line, flush=True)
        differing += line.startswith("  ")
    found = memberships(_concepts([*made, *changed]), knowledge)
    print(
        f"HermiT: {found.named} concepts of cases, {found.described} definitions, {len(found.differences)} differences"
    )
    sys.stdout.writelines(f"  {line}\n" for line in found.differences)
    return 1 if differing or found.differences else 0


def _queried(cases: Sequence[Case], knowledge: Knowledge) -> Iterator[str]:
    """Compare what rdflib and pyoxigraph derive from the same rules."""
    engine, rows, different = SecondEngine(knowledge.store), 0, []
    for start in range(0, len(cases), 10):
        chunk = cases[start : start + 10]
        ours = by_value(Judge(knowledge).derive(chunk))
        theirs = engine.derive([quad for case in chunk for quad in case.quads])
        rows += len(ours)
        different += sorted(" ".join(row) for row in ours ^ theirs.keys())
    yield f"rdflib and pyoxigraph: {len(cases)} cases, {rows} derived triples, {len(different)} differences"
    yield from (f"  {line}" for line in different)


def _concepts(cases: Sequence[Case]) -> set[str]:
    names = {core("concept"), core("toService"), core("bodyPart")}
    return {value.value for case in cases for _, predicate, value in case.statements if predicate.value in names}


if __name__ == "__main__":
    sys.exit(main())
