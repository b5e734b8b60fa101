"""A reading of a letter in a form that tests can look things up in."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from imr_kb.letters import Reading
from imr_kb.terms import OA, core, short

__all__ = ["OWN", "SUMMARY", "Node", "Read", "exact_words", "look", "published_letters", "text_of", "triples"]

OWN = Path(__file__).parent / "cases" / "letters"
#: A letter with a summary and one item, to fill in.
SUMMARY = "CLINICAL CASE SUMMARY\n\n{}\n\nIMR ISSUES, DECISIONS AND RATIONALES\n\n{}: Upheld\n"


@dataclass
class Node:
    """One fact or request of a reading: its values by short property name, and its quoted words."""

    values: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    words: list[str] = field(default_factory=list)

    def __getitem__(self, name: str) -> str | None:
        """Return the one value of ``name``, or nothing."""
        found = self.values.get(name, [])
        assert len(found) <= 1, f"{name} has {found}"
        return found[0] if found else None

    @property
    def absent(self) -> bool:
        """Whether the record denies it."""
        return self["imr:polarity"] == "imr:Absent"


@dataclass
class Read:
    """A reading in a form that tests can look things up in."""

    case: Node
    facts: list[Node]
    requests: list[Node]
    codes: list[str]
    #: The services of each request that comprises several.
    parts: list[list[Node]] = field(default_factory=list)
    authorizations: list[Node] = field(default_factory=list)

    def of(self, concept: str, kind: str = "") -> list[Node]:
        """Return the facts of ``concept``, of the class ``kind`` if given."""
        return [
            fact
            for fact in self.facts
            if fact["imr:concept"] == concept
            and kind in {"", fact["rdf:type"].removeprefix("imr:") if fact["rdf:type"] else ""}
        ]

    def one(self, concept: str, kind: str = "") -> Node:
        """Return the only fact of ``concept``."""
        found = self.of(concept, kind)
        assert len(found) == 1, f"{concept}: {[dict(fact.values) for fact in found]}"
        return found[0]


def triples(reading: Reading) -> list[tuple[str, str, str]]:
    """Return the quads of ``reading`` as strings."""
    return [
        (str(getattr(quad.subject, "value", "")), quad.predicate.value, str(getattr(quad.object, "value", "")))
        for quad in reading.quads
    ]


def exact_words(reading: Reading) -> dict[str, str]:
    """Return the quoted words of each evidence."""
    return {subject: value for subject, predicate, value in triples(reading) if predicate == OA + "exact"}


def look(reading: Reading) -> Read:
    """Return ``reading`` in a form to look things up in."""
    exact = exact_words(reading)
    nodes: dict[str, Node] = defaultdict(Node)
    for subject, predicate, value in triples(reading):
        if predicate == core("evidence"):
            nodes[subject].words.append(" ".join(exact[value].split()))
        elif subject not in exact:
            nodes[subject].values[short(predicate)].append(short(value))
    facts = [node for name, node in nodes.items() if "/fact/" in name]
    requests = [name for name in nodes if "/request/" in name and "/part/" not in name]
    return Read(
        nodes[reading.case],
        facts,
        [nodes[name] for name in requests],
        [problem.code for problem in reading.problems],
        [[node for part, node in nodes.items() if part.startswith(f"{name}/part/")] for name in requests],
        [node for name, node in nodes.items() if "/authorization/" in name],
    )


def text_of(path: Path) -> str:
    """Return the text of ``path`` with its own line ends."""
    with path.open(encoding="utf-8", newline="") as file:
        return file.read()


def published_letters(folder: Path) -> list[Path]:
    """Return the published letters below ``folder``."""
    paths = [folder / "sample-2015.txt", *sorted((folder / "main-format").glob("*.txt"))]
    assert len(paths) > 1, f"no letters in {folder}"
    return paths
