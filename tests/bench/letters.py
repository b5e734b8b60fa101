"""Measure how long reading letters takes, on this machine: nothing is asserted, figures are printed.

Letters are invented as they are needed. Reading is put beside deciding, several processes beside one, and a summary of
twice the length beside the single one: where the time for a character stays the same, the ratio is 1.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from invented_letters import invented, write_letters  # noqa: E402
from letter_reading import SUMMARY  # noqa: E402

from imr_kb.batch import Source, decide_all, processors, sources  # noqa: E402
from imr_kb.judge import Judge  # noqa: E402
from imr_kb.letters import read_letter  # noqa: E402
from imr_kb.load import Knowledge, load_cases, load_knowledge  # noqa: E402

#: What is repeated to make long summaries: prose, and what is hard for a reader.
TEXTS = {
    "sentences": "On 3/4/2016 the worker complained of left knee pain, rated 7/10, after 12 physical therapy visits. ",
    "no full stop": "pain and numbness of the neck, low back and left knee, without weakness, ",
    "brackets": "((pain) (",
    "numbers": "1/2/3 12-13 4x5 ",
    "one word": "pain",
    "lines": "a:\n",
    "headings": "MRI of the knee: Upheld\n\n",
}


def main() -> int:
    """Measure and print one line for each figure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--short", action="store_true", help="fewer and shorter letters")
    parser.add_argument("--letters", type=int, default=0, help="how many letters the batch is of")
    arguments = parser.parse_args()
    knowledge = load_knowledge(ROOT)
    _one_by_one(knowledge, 50 if arguments.short else 300)
    _lengths(knowledge, 10_000 if arguments.short else 50_000)
    number = arguments.letters or (200 if arguments.short else 1000)
    with tempfile.TemporaryDirectory() as folder:
        write_letters(Path(folder), number)
        _batches(Path(folder), number)
    return 0


def _one_by_one(knowledge: Knowledge, number: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        paths = write_letters(Path(folder), number)
        load_cases(paths[0], knowledge)
        reading, cases = _timed(lambda: [case for path in paths for case in load_cases(path, knowledge)])
        judge = Judge(knowledge)
        deciding, _ = _timed(lambda: list(judge.decide(cases)))
    characters = sum(len(invented(at)) for at in range(1, number + 1)) // number
    _line(f"reading, {characters} characters", number / reading, "letters a second")
    _line("deciding them", number / deciding, "letters a second", f"{deciding / reading:.2f} of the reading")


def _lengths(knowledge: Knowledge, size: int) -> None:
    read = partial(read_letter, document="x.txt", lexicon=knowledge.lexicon)
    for name, text in TEXTS.items():
        seconds = []
        for length in (size, 2 * size):
            letter = SUMMARY.format((text * (length // len(text) + 1))[:length], "MRI of the knee")
            seconds.append(statistics.median(_timed(partial(read, letter))[0] for _ in range(3)))
        once, twice = seconds
        _line(f"twice as long: {name}", twice / once / 2, "", f"{size / once / 1000:.0f} thousand characters a second")


def _batches(folder: Path, number: int) -> None:
    files = sources([folder])
    alone = 0.0
    for processes in sorted({1, processors()}):
        seconds, _ = _timed(partial(_exhaust, files, processes))
        beside = f"{alone / seconds:.2f} times as many as one process" if alone else "with starting"
        _line(f"batch of {number}, {processes} processes", number / seconds, "letters a second", beside)
        alone = alone or seconds


def _exhaust(files: list[Source], processes: int) -> None:
    for _ in decide_all(files, root=ROOT, processes=processes):
        pass


def _timed(action: Callable[[], Any]) -> tuple[float, Any]:
    begin = time.perf_counter()
    result = action()
    return time.perf_counter() - begin, result


def _line(name: str, figure: float, unit: str, beside: str = "") -> None:
    sys.stdout.write(f"{name:<32}{figure:>9.2f} {unit:<18}{beside}".rstrip() + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
