"""What every command owes to hostile input: a message with a code, the right exit code, and no look into the program."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from click.testing import CliRunner, Result
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from imr_kb.cli import main
from imr_kb.errors import ImrError, Problem, printable

__all__ = ["DEMO", "FIRST", "FUZZED", "ROOT", "SIGNS", "changed", "codes", "refusal", "run", "told"]

ROOT: Final = Path(__file__).resolve().parent.parent
DEMO: Final = ROOT / "tests" / "cases" / "demo.txt"
FIRST: Final = ROOT / "tests" / "cases" / "first.ttl"
#: Characters that end lines and texts, hide, turn or move what stands around them, or that no encoding has.
SIGNS: Final = "\n\r\t\x00\x07\x1b\x7f\x85\xa0\u2028\u200b\u202e\u2066\ufeff\ud800\U000e0001٨½'\"\\<>()[]{};,.^@:?#"
FUZZED: Final = settings(
    max_examples=40,
    deadline=20_000,  # generous: one example takes a few hundredths of a second
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
_CODE: Final = re.compile(r": ([A-Z]{2}\d{3}) (?:violation|warning): [^a-z]")


def run(*arguments: str | Path, text: str | None = None) -> Result:
    """Run a command of the command line in this process, with ``text`` on standard input."""
    return CliRunner().invoke(main, [str(part) for part in arguments], input=text, prog_name="imr-kb")


def codes(stderr: str) -> list[str]:
    """Return the codes of the problems that are told, in their order."""
    return _CODE.findall(stderr)


def told(done: Result) -> list[str]:
    """Return the codes that a command told; fail where it did not end as it must, or spoke as the input wanted."""
    assert done.exception is None or isinstance(done.exception, SystemExit), repr(done.exception)
    assert done.exit_code in {0, 1, 2, 3}
    assert "Traceback" not in done.output
    for line in done.stderr.splitlines():
        assert printable(line) == line, line
    found = codes(done.output)
    if done.exit_code in {1, 3}:
        assert found, done.output
    if done.exit_code == 2:
        assert found or "\nError: " in done.stderr
    return found


def refusal(read: Callable[[], object]) -> set[str]:
    """Return the codes with which ``read`` refuses what it is given, none where it reads it."""
    problems: tuple[Problem, ...] = ()
    try:
        read()
    except ImrError as error:
        problems = error.problems
    assert all(problem.what and problem.next_step for problem in problems)
    return {problem.code for problem in problems}


@st.composite
def changed(draw: st.DrawFn, seeds: Sequence[str], words: Sequence[str]) -> str:
    """Return one of ``seeds`` in which stretches were taken out, doubled, exchanged or written over."""
    text = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(1, 5))):
        written = [found.span() for found in re.finditer(r"\S+", text)]
        whole = draw(st.booleans())
        if written and whole:
            start, end = draw(st.sampled_from(written))  # a whole word, so that what comes of it is often well formed
        else:
            start = draw(st.integers(0, len(text)))
            end = min(len(text), start + draw(st.integers(0, 60)))
        other = draw(st.integers(0, len(text)))
        inserted = draw(
            st.sampled_from(["", text[start:end] * 2, text[other : other + 60], text[start:end][::-1]])
            | st.sampled_from(words)
            | st.text(alphabet=SIGNS, max_size=8)
        )
        text = text[:start] + inserted + text[end:]
    return text
