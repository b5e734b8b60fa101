"""What is written as JSON is what the published schema says, and the schema knows exactly the terms of the ontology."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from imr_kb.judge import Judge
from imr_kb.load import Knowledge, load_cases
from imr_kb.render import as_json, as_jsonl, to_dict
from imr_kb.terms import PREFIXES
from imr_kb.whatif.outlook import Looker
from imr_kb.worked import load_examples

ROOT = Path(__file__).resolve().parent.parent
SCHEMA: dict[str, Any] = json.loads((ROOT / "imr_kb" / "schemas" / "decision.schema.json").read_text(encoding="utf-8"))
DEFINED: dict[str, Any] = SCHEMA["$defs"]

# What programs that read the output may rely on, now and in later versions: more may be added, nothing taken away.
CONTRACT: Mapping[str, frozenset[str]] = {
    "case": frozenset({"file", "case", "as_of", "as_of_basis", "kb_version", "decisions"}),
    "decision": frozenset(
        {"request", "requested", "service", "service_label", "verdict", "ground", "imr_outcome", "supported_quantity"}
        | {"published", "source", "criteria", "not_governing", "missing", "gaps", "rationale"}
    ),
    "source": frozenset({"label", "edition", "section", "pages", "tier", "recommendation"}),
    "criterion": frozenset({"criterion", "text", "kind", "role", "status", "decisive", "values", "evidence", "rule"}),
    "evidence": frozenset({"text", "start", "end", "stated", "fact"}),
    "notGoverning": frozenset({"recommendation", "why"}),
    "formulary": frozenset({"status", "review", "rule", "rule_label", "citation", "verification", "open"}),
    "outlook": frozenset({"roads", "rests_on", "range", "hangs_on", "decided", "size", "unreachable", "cut"}),
    "road": frozenset({"steps", "governs", "words"}),
    "way": frozenset({"option", "words"}),
    "unencoded": frozenset({"iri", "label", "edition", "encoding"}),
}
# What is written only where it applies.
OPTIONAL: Mapping[str, frozenset[str]] = {"decision": frozenset({"formulary", "outlook", "parts", "unencoded"})}
# Where each enum comes from; ?term is written as the output writes it, after its spaces have become hyphens.
TERMS: Mapping[str, str] = {
    "verdict": "?of a imr:Verdict ; rdfs:label ?term",
    "ground": "?of a imr:Ground ; rdfs:label ?term",
    "outcome": "?of a imr:ReviewOutcome ; rdfs:label ?term",
    "status": "?of a imr:Status ; rdfs:label ?term",
    "effect": "?of a imr:Effect ; rdfs:label ?term",
    "role": "?of rdfs:range imr:Criterion ; imr:role ?term",
    "kind": "?of rdfs:subClassOf imr:Criterion ; imr:kindCode ?term",
    "tier": "?of a imr:Tier ; imr:tierCode ?term",
    "listStatus": "?of a imr:ListStatus ; rdfs:label ?term",
    "reviewNeed": "?of a imr:ReviewNeed ; rdfs:label ?term",
}
# These are written as labels, spaces and all.
LABELS: Mapping[str, str] = {
    "verification": "?of a imr:Verification ; rdfs:label ?term",
    "certainty": "?of a imr:Certainty ; rdfs:label ?term",
    "encoding": "?of a imr:Encoding ; rdfs:label ?term",
}


@pytest.fixture(scope="module")
def decided(knowledge: Knowledge) -> list[dict[str, Any]]:
    """Return every fourth worked example as it is written: enough for every verdict, status, role and kind."""
    examples = load_examples([ROOT / "tests" / "worked"], knowledge)[::4]
    return [to_dict(result) for result in Judge(knowledge).decide(example.case for example in examples)]


@cache
def _validator(part: str | None = None) -> Draft202012Validator:
    schema = SCHEMA if part is None else {"$ref": f"#/$defs/{part}", "$defs": DEFINED}
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def _faults(instance: Any, part: str | None = None) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in _validator(part).iter_errors(instance)]


def _terms(pattern: str, knowledge: Knowledge) -> set[str]:
    solutions: Any = knowledge.store.query(f"SELECT ?term WHERE {{ {pattern} }}", prefixes=PREFIXES)
    return {row["term"].value for row in solutions}


def _objects(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from _objects(value)
    elif isinstance(node, list):
        for value in node:
            yield from _objects(value)


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$id"] == "https://w3id.org/imr-kb/decision.schema.json"


def test_every_object_of_the_schema_is_closed() -> None:
    described = [node for node in _objects(SCHEMA) if node.get("type") == "object" and "properties" in node]
    assert len(described) == 1 + len(CONTRACT) + len({"values", "one gap", "several gaps"})
    assert [node for node in described if node.get("additionalProperties") is not False] == []


def test_every_definition_of_the_schema_is_used() -> None:
    used = set(re.findall(r'"#/\$defs/(\w+)"', json.dumps(SCHEMA)))
    assert used == DEFINED.keys()


@pytest.mark.parametrize("part", CONTRACT)
def test_the_fields_that_programs_rely_on_are_required(part: str) -> None:
    assert set(DEFINED[part]["required"]) >= CONTRACT[part]
    optional = OPTIONAL.get(part, frozenset())
    assert set(DEFINED[part]["required"]) | optional == DEFINED[part]["properties"].keys()
    assert not optional & set(DEFINED[part]["required"])


@pytest.mark.parametrize("name", TERMS)
def test_an_enum_holds_the_terms_of_the_ontology(name: str, knowledge: Knowledge) -> None:
    assert set(DEFINED[name]["enum"]) == {term.replace(" ", "-") for term in _terms(TERMS[name], knowledge)}


def test_verification_and_certainty_hold_the_labels_of_the_ontology(knowledge: Knowledge) -> None:
    certainty = set(DEFINED["source"]["properties"]["certainty"]["enum"]) - {None}
    assert certainty == _terms(LABELS["certainty"], knowledge)
    assert set(DEFINED["verification"]["enum"]) == _terms(LABELS["verification"], knowledge)


def test_worked_examples_fit_the_schema(decided: list[dict[str, Any]]) -> None:
    assert [fault for case in decided for fault in _faults(case, "case")] == []


def test_the_worked_examples_write_every_verdict_status_role_and_kind(decided: list[dict[str, Any]]) -> None:
    decisions = [decision for case in decided for decision in case["decisions"]]
    criteria = [criterion for decision in decisions for criterion in decision["criteria"]]
    assert {decision["verdict"] for decision in decisions} == set(DEFINED["verdict"]["enum"])
    for name in ("status", "role", "kind", "effect"):
        assert {criterion[name] for criterion in criteria} <= set(DEFINED[name]["enum"])
    assert {criterion["status"] for criterion in criteria} >= {"met", "not-met", "not-documented", "not-applicable"}
    assert {criterion["role"] for criterion in criteria} == set(DEFINED["role"]["enum"])


def test_a_case_of_its_own_fits_as_document_and_as_line(knowledge: Knowledge) -> None:
    cases = load_cases(ROOT / "tests" / "cases" / "first.ttl", knowledge)
    (result,) = Judge(knowledge).decide(cases)
    document = json.loads("".join(as_json([result])))
    line = "".join(as_jsonl([result]))
    assert _faults(document) == []
    assert line.count("\n") == 1
    assert line.endswith("\n")
    assert _faults(json.loads(line), "case") == []
    assert document == {"cases": [json.loads(line)]}


def test_decided_letters_fit_the_schema(knowledge: Knowledge) -> None:
    paths = sorted((ROOT / "tests" / "cases").rglob("*.txt"))
    assert paths
    _fit(paths, knowledge)


def test_the_reference_letter_fits_the_schema(knowledge: Knowledge, letters: Path) -> None:
    _fit([letters / "sample-2015.txt"], knowledge)


def _fit(paths: list[Path], knowledge: Knowledge) -> None:
    """Decide letters: what is written fits the schema, and each quotation stands in the letter where it says."""
    for path in paths:
        (result,) = Judge(knowledge).decide(load_cases(path, knowledge))
        case = to_dict(result)
        assert _faults(case, "case") == [], path.name
        text = path.read_text(encoding="utf-8")
        quoted = [item for item in _objects(case) if item.get("text") and "start" in item]
        assert [item for item in quoted if text[item["start"] : item["end"]] != item["text"]] == [], path.name


def test_an_outlook_fits_the_schema(knowledge: Knowledge) -> None:
    judge = Judge(knowledge)
    cases = [
        case
        for name in ("demo.txt", "reference.ttl")
        for case in load_cases(ROOT / "tests" / "cases" / name, knowledge)
    ]
    written = [to_dict(result) for result in Looker(judge, knowledge).look(judge.decide(cases))]
    assert [fault for case in written for fault in _faults(case, "case")] == []
    outlooks = [decision["outlook"] for case in written for decision in case["decisions"]]
    assert all(any(outlook[name] for outlook in outlooks) for name in ("roads", "rests_on", "hangs_on", "unreachable"))


def test_no_case_at_all_is_a_document() -> None:
    assert _faults(json.loads("".join(as_json([])))) == []


def test_words_and_their_places_fit_the_schema(knowledge: Knowledge, tmp_path: Path) -> None:
    path = tmp_path / "quoted.ttl"
    path.write_text(QUOTED, encoding="utf-8")
    (result,) = Judge(knowledge).decide(load_cases(path, knowledge))
    case = to_dict(result)
    assert _faults(case, "case") == []
    quoted = [item for item in _objects(case) if item.get("text") == "6 visits of physical therapy"]
    assert {(item["start"], item["end"], item["document"]) for item in quoted} == {(120, 148, "report.txt")}
    assert case["decisions"][0]["requested"] == "PT 8 visits"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("verdict",), "maybe"),
        (("verdict",), "undetermined"),
        (("ground",), "not recommended"),
        (("ground",), "no-recommendation"),
        (("imr_outcome",), "overturned"),
        (("imr_outcome",), None),
        (("supported_quantity",), -1),
        (("published",), "denied"),
        (("source",), None),
        (("source", "tier"), "MTUS"),
        (("criteria", 0, "kind"), "QuantityCriterion"),
        (("criteria", 0, "values", "median"), 3),
        (("criteria", 0, "evidence", 0, "start"), "12"),
        (("criteria", 0, "evidence", 0, "stated"), "denied"),
        (("criteria", 0, "rule"), "quantity"),
        (("reason",), "an unknown field"),
    ],
    ids=lambda value: str(value) if not isinstance(value, tuple) else ".".join(map(str, value)),
)
def test_the_schema_refuses_what_is_never_written(path: tuple[Any, ...], value: Any, knowledge: Knowledge) -> None:
    (result,) = Judge(knowledge).decide(load_cases(ROOT / "tests" / "cases" / "first.ttl", knowledge))
    case = to_dict(result)
    assert _faults(case, "case") == []
    node = case["decisions"][0]
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    assert _faults(case, "case")


def test_a_left_out_field_is_refused(knowledge: Knowledge) -> None:
    (result,) = Judge(knowledge).decide(load_cases(ROOT / "tests" / "cases" / "first.ttl", knowledge))
    for name in CONTRACT["decision"]:
        case = to_dict(result)
        del case["decisions"][0][name]
        assert _faults(case, "case"), name


def test_the_page_names_every_field_and_every_term() -> None:
    page = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([^`\n]+)`", page))
    fields = {name for node in _objects(SCHEMA) if "required" in node for name in node["properties"]}
    fields |= DEFINED["values"]["properties"].keys()
    terms = {str(term) for name in (*TERMS, "verification") for term in DEFINED[name]["enum"]}
    assert fields | terms <= named


QUOTED = """
@prefix imr: <https://w3id.org/imr-kb/core#> .
@prefix dx:  <https://w3id.org/imr-kb/condition#> .
@prefix svc: <https://w3id.org/imr-kb/service#> .
@prefix oa:  <http://www.w3.org/ns/oa#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

<https://w3id.org/imr-kb/case/quoted>
    a imr:Case ;
    imr:injuredOn    "2014-01-10"^^xsd:date ;
    imr:requestedOn  "2015-06-08"^^xsd:date ;
    imr:hasDiagnosis [ imr:concept dx:MyofascialPain ] ;
    imr:hasTreatment [ imr:concept svc:PhysicalTherapy ; imr:visits 6 ; imr:evidence [
        oa:exact "6 visits of physical therapy" ; oa:start 120 ; oa:end 148 ; imr:document "report.txt" ] ] ;
    imr:requests     [ imr:concept svc:PhysicalTherapy ; imr:quantity 8 ; imr:requestedText "PT 8 visits" ] .
"""
