"""Measure how long deciding takes, on this machine: nothing is asserted, figures are printed.

Times differ between machines and from run to run, so each is put beside another of the same run: a start of the command
beside a start of Python, a thousand cases beside a hundred, deciding beside reading.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from imr_kb.inputs import TOGETHER, checked
from imr_kb.judge import Judge
from imr_kb.kept import FOLDER
from imr_kb.load import Case, Knowledge, load_cases, load_knowledge
from imr_kb.render import as_turtle
from imr_kb.terms import CASE
from imr_kb.worked import load_examples

__all__ = ["generated", "main"]

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "tests" / "cases" / "reference.ttl"
STARTS = {
    "imr-kb --help": ["--help"],
    "imr-kb decide, a letter": ["decide", str(ROOT / "tests" / "cases" / "demo.txt")],
    "imr-kb decide, Turtle": ["decide", str(REFERENCE)],
}


def generated(number: int, knowledge: Knowledge) -> list[Case]:
    """Return ``number`` cases: those of the worked examples, again and again, each time under other names."""
    examples = load_examples([ROOT / "tests" / "worked"], knowledge)
    return [
        _renamed(example.case, f"{CASE}bench/{place}") for place, example in enumerate(islice(cycle(examples), number))
    ]


def main() -> int:
    """Measure and print one line for each figure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--short", action="store_true", help="fewer repetitions and at most 100 cases")
    short = parser.parse_args().short
    _starts(3 if short else 5)
    knowledge = load_knowledge(ROOT)
    _one_case(knowledge, 10 if short else 150)
    _many_cases(knowledge, (1, 100) if short else (1, 100, 1000))
    _alike_cases(knowledge, 8 if short else 24, 120 if short else 250)
    _checking(knowledge)
    return 0


def _starts(times: int) -> None:
    """Measure whole commands, from outside."""
    bare = _median(times, partial(_run, "-c", "pass"))
    _line("start of Python", bare * 1000, "ms")
    letter = Path(os.environ.get("IMR_LETTERS", "")) / "sample-2015.txt"
    published = {"imr-kb decide, published": ["decide", str(letter)]} if letter.is_file() else {}
    with tempfile.TemporaryDirectory() as kept_in:
        os.environ[FOLDER] = str(Path(kept_in, "kept"))
        first = _median(1, partial(_run, "-m", "imr_kb", "decide", str(REFERENCE)))
        _line("the first, which compiles", first * 1000, "ms", f"{first / bare:.1f} starts of Python")
        for name, arguments in {**STARTS, **published}.items():
            whole = _median(times, partial(_run, "-m", "imr_kb", *arguments))
            _line(name, whole * 1000, "ms", f"{whole / bare:.1f} starts of Python")
        del os.environ[FOLDER]


def _one_case(knowledge: Knowledge, times: int) -> None:
    """Measure the reference case with everything loaded."""
    judge = Judge(knowledge)
    cases = load_cases(REFERENCE, knowledge)
    _decide(judge, cases)
    _decide(judge, cases)
    actions: list[Callable[[], Any]] = [
        partial(load_cases, REFERENCE, knowledge),
        partial(judge.derive, cases),
        partial(_decide, judge, cases),
        partial(_prove, judge, cases),
    ]
    _prove(judge, cases)
    seconds = _in_turn(times, actions)
    reading, deriving, deciding, proving = (statistics.median(each) for each in seconds)
    on_average = statistics.mean(seconds[2])
    _line("reference case, reading", reading * 1000, "ms")
    _line("reference case, deciding", deciding * 1000, "ms", f"{deciding / reading:.1f} times the reading")
    _line(
        "on average",
        on_average * 1000,
        "ms",
        f"{on_average / deciding:.2f} of the deciding, with making the store anew",
    )
    _line("the rules alone", deriving * 1000, "ms", f"{deriving / deciding:.2f} of the deciding")
    _line("with the proof written", proving * 1000, "ms", f"{proving / deciding:.2f} times the deciding")


def _many_cases(knowledge: Knowledge, sizes: Sequence[int]) -> None:
    """Measure how the time for a case changes with how many are decided at once."""
    judge = Judge(knowledge)
    before = 0.0
    for size in sizes:
        cases = generated(size, knowledge)
        whole = _median(5 if size < 10 else 1, partial(_decide, judge, cases))
        each = whole / size
        beside = f"{each / before:.2f} of the time for a case before" if before else ""
        _line(f"deciding {size} at once", size / whole, "cases a second", beside)
        before = each


def _alike_cases(knowledge: Knowledge, kinds: int, size: int) -> None:
    """Measure how the time for a case grows where many are alike: a rule that looks something up across them shows here."""
    judge = Judge(knowledge)
    examples = load_examples([ROOT / "tests" / "worked"], knowledge)
    growth = []
    for example in examples[:: len(examples) // kinds]:
        cases = [_renamed(example.case, f"{CASE}bench/{place}") for place in range(size)]
        few = cases[: size // 10]
        _decide(judge, few)
        together, apart = _in_turn(2, [partial(_decide, judge, cases), partial(_decide, judge, few)])
        growth.append((min(together) / size / (min(apart) / len(few)), example.says))
    worst, says = max(growth)
    _line(f"{size} alike, for {size // 10}", statistics.median(each for each, _ in growth), "times a case")
    _line("at the most", worst, "times a case", says)


def _checking(knowledge: Knowledge) -> None:
    """Measure how the time for checking a case by shapes changes with how many are checked at once."""
    loaded = [(case, REFERENCE) for case in generated(TOGETHER, knowledge)]
    _check(loaded[:1], knowledge)
    alone, together = _in_turn(
        3, [lambda: [_check([pair], knowledge) for pair in loaded], partial(_check, loaded, knowledge)]
    )
    each, beside = (statistics.median(seconds) / TOGETHER for seconds in (alone, together))
    _line("checking a case alone", each * 1000, "ms")
    _line(f"among {TOGETHER}", beside * 1000, "ms", f"{beside / each:.2f} of the time alone")


def _check(loaded: Sequence[tuple[Case, Path]], knowledge: Knowledge) -> int:
    return sum(1 for _ in checked(loaded, knowledge))


def _decide(judge: Judge, cases: Sequence[Case]) -> None:
    for _ in judge.decide(cases):
        pass


def _prove(judge: Judge, cases: Sequence[Case]) -> None:
    for _ in as_turtle(judge.decide(cases)):
        pass


def _run(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def _median(times: int, action: Callable[[], Any]) -> float:
    """Return the median of the seconds that ``action`` takes."""
    return statistics.median(_in_turn(times, [action])[0])


def _in_turn(times: int, actions: Sequence[Callable[[], Any]]) -> list[list[float]]:
    """Return the seconds that each of ``actions`` takes, taken one after the other: what slows one down slows all."""
    seconds: list[list[float]] = [[] for _ in actions]
    for _ in range(times):
        for action, taken in zip(actions, seconds, strict=True):
            begin = time.perf_counter()
            action()
            taken.append(time.perf_counter() - begin)
    return seconds


def _line(name: str, figure: float, unit: str, beside: str = "") -> None:
    sys.stdout.write(f"{name:<28}{figure:>9.1f} {unit:<16}{beside}".rstrip() + "\n")
    sys.stdout.flush()


def _renamed(case: Case, iri: str) -> Case:
    """Return ``case`` under the name ``iri``, its parts numbered below it."""
    others = sorted({subject for subject, _, _ in case.statements if subject.value != case.iri}, key=str)
    names: dict[Any, Any] = {part: ox.NamedNode(f"{iri}/part/{number}") for number, part in enumerate(others)}
    names[ox.NamedNode(case.iri)] = ox.NamedNode(iri)

    def name(term: Any) -> Any:
        return names.get(term, term)

    quads = (ox.Quad(name(subject), predicate, name(value)) for subject, predicate, value in case.statements)
    return Case(iri=iri, file=case.file, quads=tuple(quads))


if __name__ == "__main__":
    sys.exit(main())
