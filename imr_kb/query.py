"""Run SPARQL over ontology, knowledge base, cases and decisions together; read-only and bounded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pyoxigraph as ox

from imr_kb.errors import ImrError, Problem, printable
from imr_kb.terms import PREFIXES, short

__all__ = ["answer", "answered", "refuse_unsafe"]

_FORMATS: Final = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}
_FORBIDDEN: Final = frozenset({"ServiceGraphPattern", "DatasetClause"})


def refuse_unsafe(text: str, name: str) -> None:
    """Let pass only a query that reads what is loaded.

    Raises:
        ImrError: QU001 where it is not well-formed SPARQL 1.1, QU002 where it updates, or asks for other data by
            ``SERVICE`` or ``FROM``.
    """
    from rdflib.plugins.sparql.parser import parseQuery

    try:
        tree = parseQuery(_with_prefixes(text))
    except Exception as error:  # the parser of rdflib raises whatever its grammar library raises
        line, column = getattr(error, "lineno", 0), getattr(error, "column", 0)
        if _is_update(text):
            raise ImrError(_unsafe(name, "An update would change data.")) from error
        raise ImrError(
            Problem(
                file=name,
                line=max(line - len(PREFIXES), 0),
                column=column,
                code="QU001",
                what="The query is nested more deeply than can be read."
                if isinstance(error, RecursionError)
                else "This is not a well-formed SPARQL 1.1 query.",
                next_step="Write SELECT, CONSTRUCT, ASK or DESCRIBE; the prefixes of this project are understood.",
            )
        ) from error
    for part in _names(tree):
        if part in _FORBIDDEN:
            raise ImrError(_unsafe(name, "SERVICE and FROM ask for data from elsewhere."))


def answer(store: ox.Store, text: str, name: str) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    """Evaluate a query over the merged graph of ``store``, with the prefixes of this project understood.

    Raises:
        ImrError: QU001 where the engine does not take the query.
    """
    try:
        return store.query(text, prefixes=PREFIXES)
    except (OSError, RuntimeError, ValueError) as error:
        raise ImrError(
            Problem(
                file=name,
                code="QU005",
                what=f"The query cannot be answered: {error}.",
                next_step="Use the functions of SPARQL 1.1 only.",
            )
        ) from error
    except SyntaxError as error:
        raise ImrError(
            Problem(
                file=name,
                line=error.lineno or 0,
                column=error.offset or 0,
                code="QU001",
                what=f"This is not a well-formed SPARQL 1.1 query: {error.msg}.",
                next_step="Mend it at this place.",
            )
        ) from error


def answered(result: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples, form: str) -> Iterator[str]:
    """Yield the result as text: ``form`` is ``text``, ``json``, ``xml``, ``csv``, ``tsv`` or ``ttl``.

    Rows come in the order of the query: one that is to give the same bytes each time has an ORDER BY. Triples are sorted.

    Raises:
        ImrError: QU004 where the form does not suit the kind of query.
    """
    if isinstance(result, ox.QueryTriples):
        if form not in {"ttl", "text"}:
            raise ImrError(_unsuitable(form, "CONSTRUCT and DESCRIBE give triples.", "Use --format ttl."))
        yield (ox.serialize(sorted(result, key=str), format=ox.RdfFormat.TURTLE, prefixes=PREFIXES) or b"").decode()
    elif form == "ttl":
        raise ImrError(
            _unsuitable(form, "SELECT and ASK give no triples.", "Use --format text, json, xml, csv or tsv.")
        )
    elif form != "text":
        yield (result.serialize(format=_FORMATS[form]) or b"").decode()
    elif isinstance(result, ox.QueryBoolean):
        yield "yes\n" if result else "no\n"
    else:
        yield from _table(result)


def _table(solutions: ox.QuerySolutions) -> Iterator[str]:
    names = [variable.value for variable in solutions.variables]
    rows = [[_cell(row[name]) for name in names] for row in solutions]
    widths = [min(60, max(len(text) for text in column)) for column in zip(names, *rows, strict=True)]
    for row in [names, ["-" * width for width in widths], *rows]:
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() + "\n"
    yield f"{len(rows)} rows\n"


def _cell(term: Any) -> str:
    if term is None:
        return ""
    return short(term.value) if isinstance(term, ox.NamedNode) else printable(" ".join(str(term.value).split()))


def _unsuitable(form: str, what: str, step: str) -> Problem:
    return Problem(file="query", code="QU004", term=form, what=what, next_step=step)


def _with_prefixes(text: str) -> str:
    return "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in PREFIXES.items()) + text


def _is_update(text: str) -> bool:
    from rdflib.plugins.sparql.parser import parseUpdate

    try:
        tree = parseUpdate(_with_prefixes(text))
    except Exception:  # not an update either: the caller reports the query
        return False
    # An empty text is an update without a request.
    return "request" in tree


def _unsafe(name: str, what: str) -> Problem:
    return Problem(
        file=name,
        code="QU002",
        what=what,
        next_step="Query only what is loaded: ontology, knowledge base, the cases named.",
    )


def _names(tree: Any) -> Iterator[str]:
    """Yield the names of all nodes of a parse tree."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        name = getattr(node, "name", None)
        if isinstance(name, str):
            yield name
        if isinstance(node, dict):
            waiting += node.values()
        elif isinstance(node, list | tuple) or type(node).__name__ == "ParseResults":
            waiting += list(node)
