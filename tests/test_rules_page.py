"""docs/rules.md tells what the rule files, the ontology and the order of sources say: its lists are compared with theirs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from rdflib import RDF, RDFS, SKOS, Graph, Namespace, URIRef
from rdflib.term import Node

from imr_kb.rules import CASE_STAGES, KNOWLEDGE_STAGES, Rule, rules
from imr_kb.terms import CORE

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
IMR = Namespace(CORE)
STAGES = (*KNOWLEDGE_STAGES, *CASE_STAGES, "check")
STATUSES = (
    "Met",
    "Not met",
    "Not documented",
    "Not known",
    "Conflicting",
    "Not applicable",
    "NotNecessary",
    "Undetermined",
    "Necessary",
)


@pytest.fixture(scope="module")
def words() -> Graph:
    """Return the core of the ontology with the order of sources."""
    return Graph().parse(ROOT / "ontology" / "core.ttl").parse(ROOT / "kb" / "order.ttl")


def _listed(rule: Rule) -> Iterator[str]:
    """Yield a rule as the page lists it: its file with what it decides, then each outcome that its header explains."""
    said = rule.summary.split("\n")
    outcomes: list[list[str]] = []
    decides: list[str] = []
    for line in said:
        status = next((name for name in STATUSES if line.startswith(f"{name}  ")), None)
        if status:
            outcomes.append([f"*{status.lower()}*:", line.removeprefix(status).strip()])
        elif outcomes and line:
            outcomes[-1].append(line)
        else:
            decides.append(line)
    yield _plain(f"- `{rule.name.partition('/')[2]}`: {' '.join(decides)}")
    yield from (_plain(f"- {' '.join(outcome)}") for outcome in outcomes)


def _plain(text: str) -> str:
    return " ".join(text.split())


def _section(title: str) -> str:
    """Return what stands below the heading that ends with ``title``, up to the next one."""
    parts = re.split(r"(?m)^#+ (.*)$", PAGE)
    (body,) = [text for heading, text in zip(parts[1::2], parts[2::2], strict=True) if heading.endswith(title)]
    return body


def _items(text: str) -> list[str]:
    """Return the entries of a list, however they are indented and wrapped."""
    return [_plain(f"- {item}") for item in re.split(r"(?m)^ *- ", text.strip())[1:]]


def _rows(text: str) -> list[tuple[str, ...]]:
    """Return the rows of a table, without its head."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines[2:]]


def _label(words: Graph, term: Node) -> str:
    return str(words.value(term, RDFS.label) or words.value(term, SKOS.prefLabel))


def _by_rank(words: Graph, kind: URIRef) -> list[Node]:
    return sorted(words.subjects(RDF.type, kind), key=lambda term: int(str(words.value(term, IMR.rank))))


def test_every_stage_has_a_section() -> None:
    folders = {path.parent.name for path in (ROOT / "imr_kb" / "rules").glob("*/*.rq")}
    assert set(STAGES) == folders
    assert [stage for stage in re.findall(r"(?m)^### `imr_kb/rules/(\w+)/`$", PAGE) if stage in folders] == list(STAGES)


@pytest.mark.parametrize("stage", STAGES)
def test_a_section_lists_each_rule_file_with_what_its_header_says(stage: str) -> None:
    listed = [line for rule in rules(stage) for line in _listed(rule)]
    assert _items(_section(f"`imr_kb/rules/{stage}/`")) == listed, "write there:\n" + "\n".join(listed)


def test_the_table_of_effects_is_that_of_the_ontology(words: Graph) -> None:
    head = [cell.strip() for cell in _section("What a status does").split("\n|")[1].strip("|").split("|")]
    scales = {_label(words, scale): scale for scale in words.subjects(RDF.type, IMR.Scale)}
    assert set(head[1:]) == set(scales)
    shown = {
        (status, scale): effect
        for status, *effects in _rows(_section("What a status does"))
        for scale, effect in zip(head[1:], effects, strict=True)
    }
    meant = {
        (_label(words, status), _label(words, scale)): _label(words, effect)
        for row in words.subjects(RDF.type, IMR.EffectRow)
        for status in words.objects(row, IMR.onStatus)
        for scale in words.objects(row, IMR.onScale)
        for effect in words.objects(row, IMR.gives)
    }
    assert shown == meant


def test_the_grounds_stand_in_their_order(words: Graph) -> None:
    shown = [(int(rank), ground) for rank, ground, _ in _rows(_section("Which ground is reported"))]
    grounds = _by_rank(words, IMR.Ground)
    assert shown == [(int(str(words.value(term, IMR.rank))), _label(words, term)) for term in grounds]


@pytest.mark.parametrize(
    ("title", "kind"), [("one source", IMR.WithinSource), ("different sources", IMR.AcrossSources)]
)
def test_the_comparisons_stand_in_their_order(title: str, kind: URIRef, words: Graph) -> None:
    shown = [(int(rank), f"imr:{name.strip('`').removeprefix('imr:')}") for rank, name, _ in _rows(_section(title))]
    steps = _by_rank(words, kind)
    assert shown == [
        (int(str(words.value(step, IMR.rank))), f"imr:{str(words.value(step, IMR.comparesBy)).removeprefix(CORE)}")
        for step in steps
    ]


def test_each_role_stands_with_its_burden(words: Graph) -> None:
    shown = {(role.strip("`"), burden) for role, _, burden in _rows(_section("roles"))}
    roles = [role for role in words.subjects(RDFS.range, IMR.Criterion) if words.value(role, IMR.role)]
    assert shown == {(f"imr:{str(role).removeprefix(CORE)}", _label(words, _burden(words, role))) for role in roles}


def _burden(words: Graph, role: Node) -> Node:
    burden = words.value(role, IMR.burdenByDefault)
    assert burden is not None
    return burden
