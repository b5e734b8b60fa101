"""How many cases are decided in a second, measured from outside: the command is run on cases of the worked examples.

The cases are those of ``tests/worked/``, repeated under new names until there are enough. The command is run once on a
single case, which shows what a start costs, and once on all.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

from rdflib import RDF, BNode, Graph, URIRef
from rdflib.term import Node

__all__ = ["examples", "main", "write_cases"]

ROOT = Path(__file__).resolve().parents[2]
BASE = "https://w3id.org/imr-kb/"
_CASE = URIRef(f"{BASE}test#case")
_TYPE = URIRef(f"{BASE}core#Case")
# A case without any of these is refused and not decided.
_DATES = {URIRef(f"{BASE}core#{name}") for name in ("requestedOn", "deniedOn", "latestRecordOn")}


def examples(folder: Path) -> list[Graph]:
    """Return the case of each worked example below ``folder`` that has a deciding date, in a fixed order."""
    found = []
    for path in sorted(folder.rglob("*.ttl")):
        graph = Graph().parse(path, format="turtle")
        for _, _, case in sorted(graph.triples((None, _CASE, None)), key=lambda triple: str(triple[0])):
            if _DATES & set(graph.predicates(case)):
                found.append(graph.cbd(case) + Graph().add((case, RDF.type, _TYPE)))
    return found


def write_cases(graphs: list[Graph], number: int, path: Path) -> None:
    """Write ``number`` cases as N-Triples without blank nodes."""
    with path.open("w", encoding="utf-8") as file:
        for index, graph in enumerate(islice(cycle(graphs), number)):
            file.writelines(sorted(_lines(graph, f"{BASE}case/bench-{index:06}")))


def _lines(graph: Graph, case: str) -> Iterator[str]:
    """Yield the triples of a case under the name ``case``."""
    (top,) = graph.subjects(RDF.type, _TYPE)
    names: dict[Node, URIRef] = {top: URIRef(case)}
    for node in sorted(set(graph.subjects()), key=str):
        if isinstance(node, BNode):
            names.setdefault(node, URIRef(f"{case}/node/{len(names)}"))
    for triple in graph:
        yield " ".join(names.get(term, term).n3() for term in triple) + " .\n"


def main() -> int:
    """Run the measurement and print one line for each figure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=2000, help="how many cases to decide (2000)")
    number = max(parser.parse_args().cases, 2)
    graphs = examples(ROOT / "tests" / "worked")
    with tempfile.TemporaryDirectory() as folder:
        one, many = Path(folder) / "one.nt", Path(folder) / "many.nt"
        write_cases(graphs, 1, one)
        write_cases(graphs, number, many)
        start, _ = _decide(one, 1)
        whole, requests = _decide(many, number)
    rate = (number - 1) / max(whole - start, 1e-9)
    megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    sys.stdout.write(
        f"one case, with start   {start:8.2f} s\n"
        f"{number} cases, with start {whole:8.2f} s ({requests} requests, {min(number, len(graphs))} different cases)\n"
        f"cases a second         {rate:8.0f}\n"
        f"peak memory            {megabytes:8.0f} MB\n"
    )
    return 0


def _decide(path: Path, number: int) -> tuple[float, int]:
    """Decide a file of ``number`` cases; return the seconds and how many requests were decided."""
    command = [sys.executable, "-m", "imr_kb", "decide", "--format", "jsonl", str(path)]
    begin = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - begin
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}")
    decided = [json.loads(line) for line in done.stdout.splitlines()]
    if len(decided) != number:
        raise SystemExit(f"{number} cases were given and {len(decided)} came back")
    return seconds, sum(len(case["decisions"]) for case in decided)


if __name__ == "__main__":
    sys.exit(main())
