"""Check the ontology, the knowledge base and whatever files are named: what is wrong, where, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rdflib import OWL, RDF

from imr_kb.check_cases import check_examples
from imr_kb.documents import Document, Places, merged, ontology_files, read_documents, to_oxigraph
from imr_kb.errors import EXIT_UNREADABLE, Problem, Severity
from imr_kb.load import Knowledge
from imr_kb.slips import elsewhere, inferred, unclassified, unread, without_examples, written_twice
from imr_kb.terms import PREFIXES
from imr_kb.validate import by_queries, by_shapes, rules_on, shapes_for
from imr_kb.vocabulary import Vocabulary, unknown_terms

__all__ = ["check_knowledge", "check_ontology", "check_paths", "check_root"]


def check_root(root: Path) -> list[Problem]:
    """Return what is wrong with the ontology and the knowledge base below ``root``."""
    problems = check_ontology(root)
    # On an ontology that cannot be read, every guideline would seem wrong.
    if any(problem.exit_code == EXIT_UNREADABLE for problem in problems):
        return problems
    return sorted({*problems, *check_knowledge(root)})


def check_paths(paths: Iterable[Path], knowledge: Knowledge) -> list[Problem]:
    """Return what is wrong with files: cases, letters, examples, or guidelines and terms of ``knowledge``.

    Of a directory, every Turtle file is checked; one that holds none is wrong itself (IN011).
    """
    from imr_kb.inputs import Inputs

    root = knowledge.root
    files = [file for path in paths for file in (sorted(path.rglob("*.ttl")) if path.is_dir() else [path])]
    own = {file: _below(root, file) for file in files}
    examples = [file for file in files if not own[file] and _speaks_of_examples(file)]
    barren = [path for path in paths if path.is_dir() and not any(path in file.parents for file in files)]
    inputs = Inputs(knowledge, reviews=True)
    for _ in inputs.cases(file for file in files if not own[file] and file not in examples):
        pass  # what is wrong gathers in passing
    problems = {*inputs.problems, *map(_nothing_in, barren)}
    problems.update(check_examples(examples, knowledge) if examples else ())
    if any(own.values()):
        problems.update(problem for problem in check_root(root) if problem.file in own.values())
    return sorted(problems)


def _nothing_in(folder: Path) -> Problem:
    return Problem(
        file=str(folder),
        code="IN011",
        what="The directory holds no Turtle file.",
        next_step="Name a directory with cases, worked examples or guidelines, or the files themselves.",
    )


def _below(root: Path, path: Path) -> str:
    """Return the name of a file of the ontology or the knowledge base below ``root``, nothing for another file."""
    for folder in ("ontology", "kb"):
        if path.resolve().is_relative_to((root / folder).resolve()):
            return path.resolve().relative_to(root.resolve()).as_posix()
    return ""


def _speaks_of_examples(path: Path) -> bool:
    return path.suffix == ".ttl" and path.is_file() and PREFIXES["t"].encode() in path.read_bytes()


def check_ontology(root: Path) -> list[Problem]:
    """Return what is wrong with the ontology below ``root``: its terms, their names and the heads of its files."""
    documents, problems = read_documents(root, ontology_files(root))
    if problems:
        return problems
    if not documents:
        return [_missing(root, "ontology")]
    places, graph = Places(documents), merged(documents)
    store = to_oxigraph(graph)
    vocabulary = Vocabulary(store, lambda: documents)
    problems += unknown_terms(documents, vocabulary, "ON001")
    problems += [_headless(document) for document in documents if (None, RDF.type, OWL.Ontology) not in document.graph]
    problems += written_twice(documents, "ON015")
    problems += unread(root, "ontology")
    faults = [*by_shapes(graph, shapes_for(root, "ontology"), vocabulary), *by_queries(store, rules_on("on"))]
    problems += [fault.problem(places) for fault in faults]
    # Where a superclass is wrong in itself, classifying again would not help.
    if not any(problem.severity is Severity.VIOLATION for problem in problems):
        problems += unclassified(graph, inferred(root), places)
    return sorted(set(problems))


def check_knowledge(root: Path) -> list[Problem]:
    """Return what is wrong with the knowledge base below ``root``, against the ontology beside it."""
    ontology, problems = read_documents(root, ontology_files(root))
    knowledge, more = read_documents(root, sorted(root.glob("kb/**/*.ttl")))
    problems += more
    if problems:
        return sorted(problems)
    if not knowledge:
        return [_missing(root, "knowledge base")]
    everything = [*ontology, *knowledge]
    places, graph = Places(knowledge), merged(everything)
    store = to_oxigraph(graph)
    vocabulary = Vocabulary(store, lambda: everything)
    problems += unknown_terms(knowledge, vocabulary, "KB001")
    problems += [
        *written_twice(knowledge, "KB093"),
        *elsewhere(knowledge),
        *unread(root, "kb"),
        *without_examples(root),
    ]
    # Whether care is within other care follows from definitions too.
    store.extend(inferred(root))
    faults = [*by_shapes(graph, shapes_for(root, "knowledge"), vocabulary), *by_queries(store, rules_on("kb"))]
    problems += [fault.problem(places) for fault in faults]
    return sorted(set(problems))


def _missing(root: Path, what: str) -> Problem:
    return Problem(
        file=root.as_posix(),
        code="KB900",
        what=f"There is no {what} here.",
        next_step="Name a directory that holds ontology/, shapes/ and kb/ by --root.",
    )


def _headless(document: Document) -> Problem:
    return Problem(
        file=document.name,
        line=1,
        code="ON007",
        what="The file has no head that says what it is.",
        next_step="Begin it with an owl:Ontology that has version, title, description, creator, date and license.",
    )
