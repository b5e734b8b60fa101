"""The knowledge base, and cases decided with an outlook, for the tests of what would change a verdict."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from zlib import crc32

from imr_kb.judge import Judge
from imr_kb.load import Knowledge, load_cases, load_knowledge
from imr_kb.outlook import outlook_in_words
from imr_kb.trace import Decision
from imr_kb.whatif.changes import Editor
from imr_kb.whatif.outlook import Looker
from imr_kb.worked import Example, load_examples

ROOT = Path(__file__).resolve().parent.parent
#: The head of an invented case, for statements to be written behind it.
HEAD = """
@prefix imr:  <https://w3id.org/imr-kb/core#> .
@prefix body: <https://w3id.org/imr-kb/body#> .
@prefix dx:   <https://w3id.org/imr-kb/condition#> .
@prefix fnd:  <https://w3id.org/imr-kb/finding#> .
@prefix svc:  <https://w3id.org/imr-kb/service#> .
@prefix drug: <https://w3id.org/imr-kb/drug#> .
@prefix xsd:  <http://www.w3.org/2001/XMLSchema#> .
<https://w3id.org/imr-kb/case/invented> a imr:Case ;
"""


@cache
def knowledge() -> Knowledge:
    """Return the knowledge base of the checkout."""
    return load_knowledge(ROOT)


@cache
def judge() -> Judge:
    """Return a judge with that knowledge base."""
    return Judge(knowledge())


@cache
def editor() -> Editor:
    """Return what changes cases in the terms of that knowledge base."""
    return Editor(knowledge())


def spread(every: int) -> list[Example]:
    """Return one in ``every`` worked examples: the same ones, whatever examples are added."""
    found = load_examples([ROOT / "tests" / "worked"], knowledge())
    return [example for example in found if crc32(example.iri.encode()) % every == 0]


def looked_at(folder: Path, said: str) -> tuple[Decision, ...]:
    """Return the decisions, with outlook, on the invented case that ``said`` tells; it is written into ``folder``."""
    file = folder / "invented.ttl"
    file.write_text(HEAD + said, encoding="utf-8")
    (result,) = Looker(judge(), knowledge()).look(judge().decide(load_cases(file, knowledge())))
    return result.decisions


def options(decision: Decision) -> set[str]:
    """Return the options of all ways of all roads."""
    assert decision.outlook is not None
    return {way.option for road in decision.outlook.roads for step in road.steps for way in step}


def words(decision: Decision) -> str:
    """Return the outlook of a decision in one line."""
    assert decision.outlook is not None
    return " ".join(outlook_in_words(decision.outlook, decision.verdict))
