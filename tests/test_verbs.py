"""What each verb prints: the forms of a decision agree, a letter survives being written, terms are found by any name."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result

from imr_kb.cli import main
from imr_kb.terms import PROV, RDF, core

ROOT = Path(__file__).resolve().parent.parent
FIRST = ROOT / "tests" / "cases" / "first.ttl"
DEMO = ROOT / "tests" / "cases" / "demo.txt"

pytestmark = pytest.mark.usefixtures("loaded_once")


def _run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(part) for part in arguments], prog_name="imr-kb")


@pytest.fixture(scope="module")
def explained() -> Result:
    return _run("explain", DEMO)


# --- the forms of a decision


def test_turtle_holds_the_proof() -> None:
    done = _run("decide", "--format", "ttl", DEMO)
    store = ox.Store()
    store.extend(ox.parse(done.stdout.encode(), format=ox.RdfFormat.TURTLE))

    def each(name: str) -> list[ox.Quad]:
        return list(store.quads_for_pattern(None, ox.NamedNode(core(name)), None))

    kind = ox.NamedNode(RDF + "type")
    decisions = {quad.subject for quad in store.quads_for_pattern(None, kind, ox.NamedNode(core("Decision")))}
    judgements = {quad.subject for quad in store.quads_for_pattern(None, kind, ox.NamedNode(core("Judgement")))}
    assert len(decisions) == 3
    for name in ("verdict", "ground", "ofRequest", "governedBy", "reviewOutcome"):
        assert {quad.subject for quad in each(name)} >= decisions, name
    assert {quad.object for quad in each("rests")} == judgements
    for name in ("status", "effect", "byRule", "ofClause"):
        assert {quad.subject for quad in each(name)} == judgements, name
    assert each("considers")
    assert each("decisive")
    assert {len(each(name)) for name in ("rulesHash", "caseHash", "knowledgeVersion")} == {1}
    assert {
        quad.subject for quad in store.quads_for_pattern(None, ox.NamedNode(PROV + "wasGeneratedBy"), None)
    } == decisions


def test_the_forms_agree(explained: Result) -> None:
    (line,) = _run("decide", "--format", "jsonl", DEMO).stdout.splitlines()
    case = json.loads(line)
    assert json.loads(_run("explain", "--brief", "--format", "json", DEMO).stdout) == {"cases": [case]}
    (looked_at,) = json.loads(_run("explain", "--format", "json", DEMO).stdout)["cases"]
    assert all(decision.pop("outlook") for decision in looked_at["decisions"])
    assert looked_at == case
    words = {
        "necessary": "Medically necessary",
        "not-necessary": "Not shown medically necessary",
        "undetermined": "Undetermined",
    }
    heads = [f"{words[decision['verdict']]} ({decision['ground'].replace('-', ' ')})" for decision in case["decisions"]]
    for shown in (_run("decide", DEMO), explained):
        assert re.findall(r"(?m)^   ((?:Medically|Not shown|Undetermined)[^:\n]*?\))", shown.stdout) == heads
        assert [line[3:] for line in shown.stdout.splitlines() if re.match(r"\d\. ", line)] == [
            item["requested"] for item in case["decisions"]
        ]


def test_an_explanation_goes_from_the_verdict_and_what_would_change_it_to_its_basis(explained: Result) -> None:
    assert explained.exit_code == 0
    item = explained.stdout.partition("\n1. ")[2].partition("\n2. ")[0]
    order = [
        "Not shown medically necessary",
        "Why: MTUS Chronic Pain",
        "Not documented, and needed",
        "Would be necessary if",
        "Governs: ",
        "(limit)",
        "Considered, did not govern:",
    ]
    places = [item.find(words) for words in order]
    assert -1 not in places
    assert places == sorted(places)
    assert explained.stdout.rstrip().endswith("It is\nnot a determination.")
    assert max(map(len, explained.stdout.splitlines())) <= 120


def test_the_words_of_an_explanation_stand_where_it_says(explained: Result) -> None:
    text = DEMO.read_text(encoding="utf-8")
    quoted = re.findall(r'"([^"]+)" \[(\d+)-(\d+)\]', " ".join(explained.stdout.split()))
    assert len(quoted) > 10
    assert [words for words, start, end in quoted if " ".join(text[int(start) : int(end)].split()) != words] == []


def test_rows_name_the_rule_files_and_what_they_bound() -> None:
    done = _run("explain", "--rows", FIRST)
    named = [line for line in done.stdout.splitlines() if not line.startswith(" ")]
    assert "criteria/quantity.rq" in named
    assert all((ROOT / "imr_kb" / "rules" / name).is_file() for name in named)
    (row,) = [line for line in done.stdout.splitlines() if "most = 10" in line]
    assert {"asked = 8", "prior = 6", "status = imr:NotMet"} <= set(row.strip().split("; "))


def test_a_letter_that_was_read_and_written_decides_the_same(tmp_path: Path) -> None:
    path = tmp_path / "demo.ttl"
    assert _run("read", DEMO, "--output", path).exit_code == 0
    letter, case = (json.loads(_run("decide", "--format", "jsonl", source).stdout) for source in (DEMO, path))
    assert case == {**letter, "file": "demo.ttl"}


def test_what_was_read_is_listed_with_its_words() -> None:
    done = _run("read", "--format", "text", DEMO)
    titles = [line.strip() for line in done.stdout.splitlines() if re.fullmatch(r"  [A-Z][\w, ]+", line)]
    assert titles[0] == "Disputed items"
    assert {"Diagnoses and complaints", "Findings", "Treatment given", "Medication"} <= set(titles)
    assert re.search(r'(?m)^    denied: Motor weakness.*: "Motor strength was 5/5"$', done.stdout)


def test_decisions_come_from_the_knowledge_base_that_is_named(tmp_path: Path) -> None:
    for folder in ("ontology", "shapes", "kb"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    done = _run("--root", tmp_path, "decide", DEMO)
    assert done.stdout == _run("decide", DEMO).stdout
    empty = tmp_path / "empty"
    empty.mkdir()
    done = _run("--root", empty, "decide", DEMO)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "KB900" in done.stderr


# --- show, doctor, test


@pytest.mark.parametrize(
    "name",
    [
        "svc:PhysicalTherapy",
        "https://w3id.org/imr-kb/service#PhysicalTherapy",
        "Physical therapy",
        "physical THERAPY",
        "physiotherapy",
    ],
)
def test_a_term_is_found_by_any_of_its_names(name: str) -> None:
    done = _run("show", name)
    assert done.exit_code == 0
    assert done.stdout.splitlines()[:2] == ["svc:PhysicalTherapy", "  https://w3id.org/imr-kb/service#PhysicalTherapy"]
    assert "  label: Physical therapy\n" in done.stdout


def test_a_term_is_shown_with_what_uses_it() -> None:
    done = _run("show", "svc:PhysicalMedicineTherapy")
    assert re.search(r"(?m)^  holds: .*svc:PhysicalTherapy", done.stdout)
    assert re.search(r"(?m)^  within: .*svc:Service", done.stdout)
    assert "    kb:mtus_chronic_pain_2009/physical_medicine_myalgia (covers)\n" in done.stdout
    criterion = _run("show", "kb:mtus_chronic_pain_2009/physical_medicine_gain").stdout
    assert "    kb:mtus_chronic_pain_2009/physical_medicine_myalgia (continuesIf)\n" in criterion
    assert "    criteria/quantity.rq\n" in _run("show", "imr:mostUnits").stdout


@pytest.mark.parametrize("name", ["svc:PhysicalTerapy", "physcal therapy", "physical  therpy"])
def test_a_slip_is_answered_with_near_names(name: str) -> None:
    done = _run("show", name)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "LK001" in done.stderr
    assert "Perhaps you mean svc:PhysicalTherapy" in done.stderr


def test_a_name_like_no_other_is_answered_with_the_forms_of_a_name() -> None:
    done = _run("show", "qqqqzzzz")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "LK001" in done.stderr
    assert "svc:PhysicalTherapy" in done.stderr


def test_the_doctor_looks_at_everything(tmp_path: Path) -> None:
    done = _run("doctor")
    assert (done.exit_code, done.stderr) == (0, "")
    assert {line.split()[0] for line in done.stdout.splitlines()} <= {"ok", "absent"}
    for what in (
        "imr-kb",
        "Python",
        "pyoxigraph",
        "rdflib",
        "pyshacl",
        "owlready2",
        "lark",
        "click",
        "java",
        "recommendations",
    ):
        assert what in done.stdout
    ill = _run("--root", tmp_path, "doctor")
    assert ill.exit_code == 1
    assert "missing " in ill.stdout
    assert "KB900" in ill.stdout


def test_examples_that_agree_and_one_that_differs(tmp_path: Path) -> None:
    source = ROOT / "tests" / "worked" / "mtus_acupuncture_2009" / "acupuncture.ttl"
    done = _run("test", source)
    assert done.exit_code == 0
    assert done.stdout.count("agrees ") == done.stdout.count("\n") > 0
    assert re.search(r"^\d+ examples, 0 differ$", done.stderr.strip())
    text = source.read_text(encoding="utf-8")
    changed = tmp_path / "acupuncture.ttl"
    changed.write_text(
        re.sub(r"t:verdict( +)imr:Necessary", r"t:verdict\1imr:Undetermined", text, count=1), encoding="utf-8"
    )
    done = _run("test", "--quiet", changed)
    assert done.exit_code == 1
    assert done.stdout.startswith("differs ")
    assert "verdict: expected imr:Undetermined, found imr:Necessary" in done.stdout
    assert done.stderr.strip().endswith(" 1 differ")


def test_no_example_is_a_problem(tmp_path: Path) -> None:
    assert "EX900" in _run("test", tmp_path).stderr
    assert _run("test", tmp_path / "not_there").exit_code == 3
