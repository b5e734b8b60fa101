"""A stored decision is checked by code that shares nothing with the engine: sound ones pass, tampered ones are rejected."""

from __future__ import annotations

import ast
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from hypothesis import given
from made_up import Story, bounded, several, some_story, world
from tampering import KINDS, Stored, attempts, rejected, stored_decisions

from imr_kb import __version__, load
from imr_kb.cli import main
from imr_kb.inputs import Inputs
from imr_kb.load import Knowledge
from imr_kb.rdf import canonical_hash, parse_quads
from imr_kb.verify import Published
from imr_kb.verify.comparison import CODES, STEPS_BETWEEN
from imr_kb.worked import load_examples

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT / "tests" / "cases"
DEMO, FIRST = CASES / "demo.txt", CASES / "first.ttl"
#: Turtle with nested blank nodes, a list, a language and an accent; its hash was computed by another implementation.
VECTOR = """@prefix e: <http://e.org/> .
e:a e:p [ e:q "quoted \\"once\\"\\nand a line"@en ; e:r [ e:s 1.50 , "x" , "\\u00e9" ] ] , [ e:q "other" ] .
[] e:l ( e:a e:b [ e:t true ] ) ."""
VECTOR_HASH = "5a5b65d1c7253e2f6a4e3deed5e6c82c9638257fe5fc3f6266c50e10cb1ccc61"
EXPECTED = {
    "a premise dropped": {"VE022"},
    "a number changed": {"VE025"},
    "a rule swapped": {"VE024"},
    "another edition": {"VE011"},
    "another deciding date": {"VE010"},
    "words forged": {"VE050"},
    "an offset moved": {"VE050"},
    "a value of the case changed": None,
    "a premise invented": {"VE041"},
    "a verdict turned": {"VE030", "VE031", "VE032"},
    "another ground": {"VE031"},
    "another outcome": {"VE032"},
    "another status": {"VE023"},
    "another effect": {"VE026"},
    "silence filled": {"VE023", "VE026"},
    "an inferred zero denied": {"VE025"},
    "another recommendation governs": {"VE015"},
    "a fact that counts left out": {"VE016"},
    "a fact that does not count left out": {"VE016"},
    "a hash changed": {"VE001", "VE002", "VE003"},
    "a version changed": {"VE002", "VE004"},
    "something unheard of added": {"VE042"},
}


@pytest.fixture(scope="module")
def published() -> Published:
    return Published(ROOT, __version__)


@pytest.fixture(scope="module")
def spread(knowledge: Knowledge) -> list[Stored]:
    """Decide some worked examples of every folder, and the invented letters."""
    examples = [example.case for example in load_examples([ROOT / "tests" / "worked"], knowledge)]
    found = list(stored_decisions(examples[::120], knowledge))
    for path in (DEMO, *sorted((CASES / "letters").glob("*.txt"))):
        text = path.read_text(encoding="utf-8")
        found += stored_decisions(Inputs(knowledge).cases([path]), knowledge, {path.name: text})
    return found


def _verify(*arguments: str | Path) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, ["verify", *map(str, arguments)], prog_name="imr-kb", catch_exceptions=False)
    return done.exit_code, done.stdout, done.stderr


def _decided(to: Path, *files: Path) -> Path:
    done = CliRunner().invoke(main, ["decide", "--format", "ttl", "--output", str(to), *map(str, files)])
    assert done.exit_code == 0, done.output
    return to


# --- what is sound passes, what is tampered with is rejected


def test_untouched_decisions_pass(spread: list[Stored], published: Published) -> None:
    assert len(spread) > 40
    assert [problem for stored in spread for problem in rejected(stored, published)] == []


@bounded
@given(several(some_story()))
def test_the_checker_agrees_with_the_engine_on_made_up_cases(stories: list[Story]) -> None:
    cases = [world().case(number, story) for number, story in enumerate(stories)]
    checker = _published_once()
    for stored in stored_decisions(cases, world().knowledge):
        assert rejected(stored, checker) == []


_CHECKERS: list[Published] = []


def _published_once() -> Published:
    if not _CHECKERS:
        _CHECKERS.append(Published(ROOT, __version__))
    return _CHECKERS[0]


def test_each_kind_of_tampering_is_rejected_under_its_codes(spread: list[Stored], published: Published) -> None:
    chance, made = random.Random(1), set()
    for stored in spread:
        for kind, forged in attempts(stored, chance):
            made.add(kind)
            codes = {problem.code for problem in rejected(forged, published)}
            assert codes, f"{kind}: {stored.case}"
            expected = EXPECTED.get(kind)
            assert expected is None or codes <= expected, f"{kind}: {codes}"
    assert made == set(KINDS)


def test_the_hash_is_made_to_fit_where_a_case_is_forged(spread: list[Stored], published: Published) -> None:
    for stored in spread[:3]:
        assert rejected(stored.of_another_case(stored.quads), published) == []


def test_a_step_between_may_be_left_out_but_not_be_false(spread: list[Stored], published: Published) -> None:
    stored = next(one for one in spread if one.having("lengthDays"))
    (statement, *_) = stored.having("lengthDays")
    assert rejected(stored.exchanged([statement]), published) == []
    false = stored.exchanged([statement], [(*statement[:2], ox.Literal(987654))])
    assert {problem.code for problem in rejected(false, published)} == {"VE040"}


def test_no_term_is_checked_twice() -> None:
    assert not STEPS_BETWEEN & CODES.keys()


# --- the checker stands on its own


def test_the_checker_imports_nothing_of_the_engine() -> None:
    own = set()
    for path in sorted((ROOT / "imr_kb" / "verify").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert not node.level
                own |= {node.module or ""}
            elif isinstance(node, ast.Import):
                own |= {alias.name for alias in node.names}
    ours = {name for name in own if name.startswith("imr_kb")}
    assert {name for name in ours if not name.startswith("imr_kb.verify.")} == {"imr_kb.errors", "imr_kb.limits"}
    text = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "imr_kb" / "verify").glob("*.py"))
    assert ".query(" not in text
    assert "ox.Store" not in text


# --- receipts


def test_a_receipt_is_the_hash_of_the_canonical_dataset() -> None:
    quads = parse_quads(VECTOR.encode(), ox.RdfFormat.TURTLE, "vector")
    assert canonical_hash(quads) == VECTOR_HASH
    assert canonical_hash(reversed(quads)) == VECTOR_HASH
    assert canonical_hash(parse_quads(VECTOR.encode(), ox.RdfFormat.TURTLE, "vector")) == VECTOR_HASH
    assert canonical_hash(quads[1:]) != VECTOR_HASH


def test_only_a_proof_needs_the_hash_of_the_knowledge_base(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(quads: Iterable[ox.Quad]) -> str:
        raise AssertionError(quads)

    monkeypatch.setattr(load, "canonical_hash", refuse)
    done = CliRunner().invoke(main, ["decide", str(DEMO), "--format", "jsonl"], catch_exceptions=False)
    assert done.exit_code == 0


# --- the command line


def test_a_stored_decision_is_verified_and_replayed(tmp_path: Path) -> None:
    decision = _decided(tmp_path / "d.ttl", DEMO, FIRST)
    code, shown, _ = _verify("--replay", decision, DEMO, FIRST)
    assert (code, shown.splitlines()) == (
        0,
        ["d.ttl: verified, the same when decided again; cases: 2; quotations found: 21; without their document: 0"],
    )


def test_a_diagnosis_of_the_spine_or_neck_is_of_no_part_that_could_set_it_aside(tmp_path: Path) -> None:
    case = tmp_path / "spine.ttl"
    case.write_text(
        """
@prefix case: <https://w3id.org/imr-kb/case/> .
@prefix dx:   <https://w3id.org/imr-kb/condition#> .
@prefix imr:  <https://w3id.org/imr-kb/core#> .
@prefix svc:  <https://w3id.org/imr-kb/service#> .
@prefix xsd:  <http://www.w3.org/2001/XMLSchema#> .

case:spine a imr:Case ; imr:requestedOn "2015-06-08"^^xsd:date ; imr:requests case:spine\\/item ;
    imr:hasDiagnosis case:spine\\/heel , case:spine\\/spine .
case:spine\\/item a imr:Request ; imr:sequence 1 ; imr:concept svc:LowerExtremityElectrodiagnosticStudy .
case:spine\\/heel a imr:Diagnosis ; imr:concept dx:AchillesRupture .
case:spine\\/spine a imr:Diagnosis ; imr:concept dx:SpinalCondition .
""",
        encoding="utf-8",
    )
    assert _verify(_decided(tmp_path / "decision.ttl", case), case)[0] == 0


def test_a_decision_with_another_verdict_is_rejected(tmp_path: Path) -> None:
    decision = _decided(tmp_path / "d.ttl", FIRST)
    text = decision.read_text(encoding="utf-8")
    decision.write_text(text.replace("imr:verdict imr:NotNecessary", "imr:verdict imr:Necessary"), encoding="utf-8")
    code, shown, told = _verify("--replay", "--format", "json", decision, FIRST)
    assert code == 1
    assert '"verified": false' in shown
    assert {line.split()[1] for line in told.splitlines()} == {"VE030", "VE060"}


def test_a_decision_on_a_case_that_is_not_given_is_rejected(tmp_path: Path) -> None:
    decision = _decided(tmp_path / "d.ttl", DEMO)
    code, _, told = _verify(decision, FIRST)
    assert code == 1
    assert {line.split()[1] for line in told.splitlines()} == {"VE005", "VE006"}


def test_a_case_that_was_read_from_a_letter_is_held_against_the_letter(tmp_path: Path) -> None:
    decision, case = _decided(tmp_path / "d.ttl", DEMO), tmp_path / "case.ttl"
    assert CliRunner().invoke(main, ["read", str(DEMO), "-o", str(case)]).exit_code == 0
    assert _verify(decision, case)[:2] == (
        0,
        "d.ttl: verified; cases: 1; quotations found: 0; without their document: 21\n",
    )
    assert _verify(decision, case, "--document", DEMO)[0] == 0
    other = tmp_path / "demo.txt"
    other.write_text(DEMO.read_text(encoding="utf-8").replace("Motor strength", "The strength"), encoding="utf-8")
    code, _, told = _verify(decision, case, "--document", other)
    assert code == 1
    assert {line.split()[1] for line in told.splitlines()} == {"VE050"}


def test_a_case_in_another_order_and_form_is_the_same_case(tmp_path: Path) -> None:
    decision = _decided(tmp_path / "d.ttl", FIRST)
    quads = parse_quads(FIRST.read_bytes(), ox.RdfFormat.TURTLE, "first")
    for seed in range(3):
        random.Random(seed).shuffle(quads)
        shuffled = tmp_path / "first.nt"
        shuffled.write_text("".join(f"{quad} .\n" for quad in quads), encoding="utf-8")
        assert _verify("--replay", decision, shuffled)[0] == 0


@pytest.mark.slow
def test_a_replay_gives_the_same_bytes_under_other_hash_seeds_and_pythons(tmp_path: Path) -> None:
    """``IMR_PYTHONS`` names further interpreters that have the dependencies."""
    decision = _decided(tmp_path / "d.ttl", DEMO)
    named = [name for name in os.environ.get("IMR_PYTHONS", "").split(os.pathsep) if name]
    found = [path for minor in range(11, 20) if (path := shutil.which(f"python3.{minor}"))]
    needs = "import click, lark, pyoxigraph, sys; assert sys.version_info >= (3, 11)"
    others = [
        path for path in found if not subprocess.run([path, "-c", needs], capture_output=True, check=False).returncode
    ]
    for seed, python in enumerate(dict.fromkeys([sys.executable, *named, *others])):
        command = [python, "-m", "imr_kb", "verify", "--replay", str(decision), str(DEMO)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": str(seed + 1)}
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, done.stderr


def test_what_was_decided_under_the_law_of_a_day_is_verified_with_that_day(tmp_path: Path) -> None:
    decision = tmp_path / "d.ttl"
    written = CliRunner().invoke(
        main, ["decide", "--as-of", "2009-01-05", str(FIRST), "--format", "ttl", "--output", str(decision)]
    )
    assert written.exit_code == 0
    code, _, _ = _verify("--as-of", "2009-01-05", "--replay", decision, FIRST)
    assert code == 0
    code, _, told = _verify(decision, FIRST)
    assert code == 1
    assert "VE010" in told
