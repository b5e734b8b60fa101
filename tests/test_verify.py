"""Stored decisions are checked by code of its own: what is untouched passes, what was tampered with does not."""

from __future__ import annotations

import ast
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tampering import KINDS, Stored, attempts, rejected, stored_decisions

from imr_kb import __version__
from imr_kb.cli import main
from imr_kb.judge import Judge
from imr_kb.load import Case, Knowledge, load_cases, load_knowledge
from imr_kb.render import as_turtle
from imr_kb.verify import Published
from imr_kb.worked import load_examples

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "tests" / "cases" / "reference.ttl"
DEMO = ROOT / "tests" / "cases" / "demo.txt"
#: Every so-manieth worked example is verified here; ``make verify`` takes all.
SPREAD = 25
TAMPERED = 150


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge(ROOT)


@pytest.fixture(scope="module")
def published() -> Published:
    return Published(ROOT, __version__)


@pytest.fixture(scope="module")
def spread(knowledge: Knowledge) -> list[Stored]:
    examples = load_examples([ROOT / "tests" / "worked"], knowledge)
    several = [one for one in examples if one.file.endswith("order.ttl")]
    chosen = {one.iri: one.case for one in (*examples[::SPREAD], *several)}
    return list(stored_decisions(chosen.values(), knowledge))


def test_untouched_decisions_pass(spread: list[Stored], published: Published) -> None:
    assert len(spread) > 200
    assert {stored.case: [str(one) for one in rejected(stored, published)][:2] for stored in spread} == {
        stored.case: [] for stored in spread
    }


def test_every_kind_of_tampering_is_rejected(spread: list[Stored], published: Published, knowledge: Knowledge) -> None:
    letter = DEMO.read_text(encoding="utf-8")
    quoting = stored_decisions(load_cases(DEMO, knowledge), knowledge, {DEMO.name: letter})
    chance, made, passed = random.Random(0), Counter[str](), []
    for stored in (*quoting, *spread[::TAMPERED], spread[-1]):
        for kind, forged in attempts(stored, chance):
            made[kind] += 1
            if not rejected(forged, published):
                passed.append((kind, stored.case))
    assert passed == []
    assert len(made) > 20
    assert set(made) <= set(KINDS)


def test_the_checker_shares_no_code_with_the_engine() -> None:
    imported = {
        name
        for path in (ROOT / "imr_kb" / "verify").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (name := node.module or "").startswith("imr_kb")
    }
    assert imported
    assert {name for name in imported if not name.startswith("imr_kb.verify")} <= {"imr_kb.errors"}


@pytest.fixture
def stored(tmp_path: Path) -> Callable[..., Path]:
    def write(*arguments: str | Path) -> Path:
        path = tmp_path / "decision.ttl"
        done = _run("decide", *arguments, "--format", "ttl", "--output", path)
        assert done.exit_code == 0
        return path

    return write


def _run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.mark.parametrize("case", [REFERENCE, DEMO], ids=lambda path: path.name)
def test_a_stored_decision_is_verified_and_decided_again(stored: Callable[..., Path], case: Path) -> None:
    done = _run("verify", stored(case), case, "--replay")
    assert done.exit_code == 0
    assert "verified, the same when decided again" in done.stdout


def test_a_changed_verdict_is_rejected(stored: Callable[..., Path]) -> None:
    path = stored(REFERENCE)
    path.write_text(path.read_text(encoding="utf-8").replace("imr:NotNecessary", "imr:Necessary"), encoding="utf-8")
    done = _run("verify", path, REFERENCE)
    assert done.exit_code == 1
    assert "VE030" in done.stderr


def test_words_that_do_not_stand_in_the_letter_are_rejected(stored: Callable[..., Path], tmp_path: Path) -> None:
    path = stored(DEMO)
    case = tmp_path / "case.ttl"
    assert _run("read", DEMO, "--output", case).exit_code == 0
    other = tmp_path / DEMO.name
    other.write_text("x" + DEMO.read_text(encoding="utf-8"), encoding="utf-8")
    assert _run("verify", path, case, "--document", DEMO).exit_code == 0
    done = _run("verify", path, case, "--document", other)
    assert done.exit_code == 1
    assert "VE050" in done.stderr


def test_the_law_of_a_given_day_is_checked_with_that_day(stored: Callable[..., Path]) -> None:
    path = stored(REFERENCE, "--as-of", "2009-01-05")
    assert _run("verify", path, REFERENCE, "--as-of", "2009-01-05", "--replay").exit_code == 0
    assert "VE010" in _run("verify", path, REFERENCE).stderr


def test_another_case_is_no_case_of_the_decision(stored: Callable[..., Path]) -> None:
    done = _run("verify", stored(REFERENCE), DEMO)
    assert done.exit_code == 1
    assert {"VE005", "VE006"} <= {word for line in done.stderr.splitlines() for word in line.split()}


def test_replay_gives_the_same_bytes_in_any_order_of_triples(knowledge: Knowledge) -> None:
    (case,) = load_cases(REFERENCE, knowledge)
    first = "".join(as_turtle(Judge(knowledge).decide([case])))
    for seed in range(3):
        quads = list(case.quads)
        random.Random(seed).shuffle(quads)
        again = Case(case.iri, case.file, tuple(quads))
        assert "".join(as_turtle(Judge(knowledge).decide([again]))) == first


def test_replay_gives_the_same_bytes_under_any_hash_seed() -> None:
    found = {
        subprocess.run(
            [sys.executable, "-m", "imr_kb", "decide", str(REFERENCE), "--format", "ttl"],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(found) == 1
