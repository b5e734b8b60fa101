"""Measure how well letters are read, against facts that were annotated by eye (tests/gold/README.md).

A read fact is right if an annotated fact has the same concept and polarity and overlaps it. Only the summary of a letter is
annotated: what was read elsewhere, as from the heading of an item, is not judged. Figures are printed; nothing is asserted.
What was missed in a letter that is held out is never shown: a reader tuned by it would measure itself. How well two
annotators of those letters agree says what can be asked of a reader.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from letter_reading import text_of, triples

from imr_kb.letters import Lexicon, Reading, read_letter
from imr_kb.letters.sections import split
from imr_kb.load import load_knowledge
from imr_kb.terms import OA, RDF, core, short

__all__ = [
    "FIRST",
    "GOLD",
    "KINDS",
    "SECOND",
    "Comparison",
    "Fact",
    "GoldError",
    "GoldLetter",
    "Score",
    "agreement",
    "compare",
    "gold_letter",
    "load_gold",
    "main",
    "read_facts",
    "scores",
    "text_of_gold",
]

ROOT: Final = Path(__file__).resolve().parents[1]
GOLD: Final = ROOT / "tests" / "gold"
#: The two independent annotations from which those of the letters that are held out were made.
FIRST: Final = GOLD / "first"
SECOND: Final = GOLD / "second"
#: The kinds of annotated facts, with the classes of the case model.
KINDS: Final[Mapping[str, str]] = {
    "diagnosis": "imr:Diagnosis",
    "finding": "imr:Finding",
    "study": "imr:Study",
    "treatment": "imr:Treatment",
    "medication": "imr:MedicationUse",
    "response": "imr:Response",
    "plan": "imr:PlannedCare",
}
#: The keys of a file and of a fact: those that must be there, and those that may.
LETTER_KEYS: Final = frozenset({"facts", "held_out", "letter", "sha256"})
FACT_KEYS: Final = frozenset({"concept", "end", "kind", "polarity", "start"})
FURTHER_KEYS: Final = frozenset({"also", "term", "values"})
POLARITIES: Final = frozenset({"present", "absent"})

Span = tuple[int, int]


class GoldError(ValueError):
    """An annotation that cannot be used: which file, what is wrong, what is expected."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact, annotated or read; ``concept`` is ``None`` where no term fits."""

    kind: str
    concept: str | None
    absent: bool
    spans: tuple[Span, ...]
    term: str = ""

    def fits(self, other: Fact) -> bool:
        """Return whether both state the same concept with the same polarity of the same words."""
        return (
            self.concept is not None
            and (self.concept, self.absent) == (other.concept, other.absent)
            and any(_overlap(mine, theirs) for mine in self.spans for theirs in other.spans)
        )


@dataclass(frozen=True, slots=True)
class GoldLetter:
    """The annotated facts of one letter, which is known by its path below the folder of letters and its digest."""

    letter: str
    sha256: str
    held_out: bool
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What became of the facts of one letter.

    ``repeats`` are read facts that state an annotated one again at another place where it is stated; they count neither way.
    """

    matched: tuple[tuple[Fact, Fact], ...]
    missed: tuple[Fact, ...]
    extra: tuple[Fact, ...]
    repeats: tuple[Fact, ...]

    @property
    def merged(self) -> tuple[Fact, ...]:
        """The missed facts that a read fact states together with the one that it was matched with."""
        return tuple(fact for fact in self.missed if any(fact.fits(own) for _, own in self.matched))


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of one kind of facts, or of all; a share of nothing is ``None``."""

    gold: int
    found: int
    read: int
    right: int

    @property
    def recall(self) -> float | None:
        """The share of annotated facts that were read."""
        return self.found / self.gold if self.gold else None

    @property
    def precision(self) -> float | None:
        """The share of read facts that are annotated."""
        return self.right / self.read if self.read else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of recall and precision."""
        if self.recall is None or self.precision is None:
            return None
        total = self.recall + self.precision
        return 2 * self.recall * self.precision / total if total else 0.0


def load_gold(folder: Path) -> list[GoldLetter]:
    """Return the annotated letters of ``folder``, by file name.

    Raises:
        GoldError: where there are none, or one is not in the form of tests/gold/README.md.
    """
    paths = sorted(folder.glob("*.json"))
    if not paths:
        raise GoldError(f"{folder}: no annotated letters (*.json) here.")
    return [gold_letter(path.read_text(encoding="utf-8"), path.name) for path in paths]


def gold_letter(text: str, name: str) -> GoldLetter:
    """Return the annotations of one letter from the JSON ``text`` of the file ``name``.

    Raises:
        GoldError: where it is not in the form of tests/gold/README.md.
    """
    try:
        data = json.loads(text)
    except ValueError as error:
        raise GoldError(f"{name}: no JSON: {error}") from error
    _expect(isinstance(data, dict) and set(data) == LETTER_KEYS, name, f"expected are the keys {sorted(LETTER_KEYS)}")
    _expect(isinstance(data["held_out"], bool), name, "held_out is true or false")
    _expect(isinstance(data["facts"], list) and bool(data["facts"]), name, "facts is a list, and not empty")
    _expect(Path(str(data["letter"])).stem == Path(name).stem, name, "the letter and its file have the same number")
    facts = tuple(_gold_fact(fact, f"{name}, fact {number}") for number, fact in enumerate(data["facts"], 1))
    for number, fact in enumerate(facts, 1):
        twins = [at for at, other in enumerate(facts[number:], number + 1) if fact.fits(other)]
        _expect(not twins, f"{name}, fact {number}", f"fact {twins} states the same of the same words")
    return GoldLetter(str(data["letter"]), str(data["sha256"]), data["held_out"], facts)


def _gold_fact(data: Any, where: str) -> Fact:
    _expect(isinstance(data, dict) and set(data) >= FACT_KEYS, where, f"expected are the keys {sorted(FACT_KEYS)}")
    _expect(set(data) <= FACT_KEYS | FURTHER_KEYS, where, f"only {sorted(FURTHER_KEYS)} may stand besides")
    _expect(data["kind"] in KINDS, where, f"kind is one of {sorted(KINDS)}")
    _expect(data["polarity"] in POLARITIES, where, f"polarity is one of {sorted(POLARITIES)}")
    _expect((data["concept"] is None) == ("term" in data), where, "a term stands where concept is null, and only there")
    spans = ((data["start"], data["end"]), *(tuple(span) for span in data.get("also", [])))
    for span in spans:
        _expect(len(span) == 2 and all(type(at) is int for at in span), where, "a span is two whole numbers")
        _expect(0 <= span[0] < span[1], where, "a span begins before it ends")
    return Fact(data["kind"], data["concept"], data["polarity"] == "absent", spans, data.get("term", ""))


def _expect(holds: bool, where: str, expected: str) -> None:
    if not holds:
        raise GoldError(f"{where}: {expected}.")


def text_of_gold(gold: GoldLetter, letters: Path) -> str:
    """Return the text of an annotated letter of the folder ``letters``.

    Raises:
        GoldError: where the letter is not there or is not the one that was annotated.
    """
    path = letters / gold.letter
    if not path.is_file():
        raise GoldError(f"{gold.letter}: not in {letters}. Set IMR_LETTERS to the folder of letters.")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    _expect(digest == gold.sha256, gold.letter, f"another text than the annotated one, whose SHA-256 is {gold.sha256}")
    text = text_of(path)
    ends = [end for fact in gold.facts for _, end in fact.spans]
    _expect(max(ends) <= len(text), gold.letter, f"an annotation ends after the {len(text)} characters of the text")
    return text


def read_facts(reading: Reading) -> tuple[list[Fact], int]:
    """Return the facts of ``reading`` that are of an annotated kind, and how many others it has."""
    kinds = {iri: kind for kind, iri in KINDS.items()}
    nodes: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for subject, predicate, value in triples(reading):
        nodes[subject][predicate].append(value)
    facts, others = [], 0
    for name, node in nodes.items():
        if not name.startswith(f"{reading.case}/fact/"):
            continue
        kind = kinds.get(short(node[RDF + "type"][0]))
        if kind is None:
            others += 1
            continue
        places = [nodes[evidence] for evidence in node[core("evidence")]]
        spans = tuple((int(place[OA + "start"][0]), int(place[OA + "end"][0])) for place in places)
        absent = core("Absent") in node[core("polarity")]
        facts.append(Fact(kind, short(node[core("concept")][0]), absent, spans))
    return facts, others


def compare(gold: Sequence[Fact], read: Sequence[Fact]) -> Comparison:
    """Match each annotated fact with at most one read fact, and as many as possible of them."""
    fitting = [
        sorted((at for at, fact in enumerate(read) if mine.fits(fact)), key=lambda at: (read[at].kind != mine.kind, at))
        for mine in gold
    ]
    owner: dict[int, int] = {}
    for mine in range(len(gold)):
        _assign(mine, fitting, owner, set())
    matched = tuple(sorted(((mine, at) for at, mine in owner.items())))
    found = {mine for mine, _ in matched}
    left = [at for at in range(len(read)) if at not in owner]
    repeats = {at for at in left if _repeats(read[at], ((gold[mine], read[own]) for mine, own in matched))}
    return Comparison(
        matched=tuple((gold[mine], read[at]) for mine, at in matched),
        missed=tuple(fact for mine, fact in enumerate(gold) if mine not in found),
        extra=tuple(read[at] for at in left if at not in repeats),
        repeats=tuple(read[at] for at in left if at in repeats),
    )


def _assign(mine: int, fitting: Sequence[Sequence[int]], owner: dict[int, int], seen: set[int]) -> bool:
    """Give ``mine`` a read fact, moving others to their next one where that is needed (augmenting path)."""
    for at in fitting[mine]:
        if at not in seen:
            seen.add(at)
            if at not in owner or _assign(owner[at], fitting, owner, seen):
                owner[at] = mine
                return True
    return False


def _repeats(fact: Fact, matched: Iterable[tuple[Fact, Fact]]) -> bool:
    """Return whether ``fact`` reads a matched fact at a place that its match does not touch."""
    for gold, own in matched:
        if gold.fits(fact):
            places = [place for place in gold.spans if any(_overlap(place, span) for span in fact.spans)]
            if not any(_overlap(place, span) for place in places for span in own.spans):
                return True
    return False


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def scores(comparisons: Iterable[Comparison]) -> dict[str, Score]:
    """Return the counts by kind, and of all kinds together under ``all``.

    Recall counts by the kind of the annotated fact, precision by the kind of the read one.
    """
    gold, found, read, right = (Counter[str]() for _ in range(4))
    for comparison in comparisons:
        for mine, theirs in comparison.matched:
            found[mine.kind] += 1
            right[theirs.kind] += 1
        gold.update(fact.kind for fact in comparison.missed)
        read.update(fact.kind for fact in comparison.extra)
    gold.update(found)
    read.update(right)
    rows = {kind: Score(gold[kind], found[kind], read[kind], right[kind]) for kind in KINDS}
    rows["all"] = Score(gold.total(), found.total(), read.total(), right.total())
    return rows


def agreement(first: Sequence[GoldLetter], second: Sequence[GoldLetter]) -> list[Comparison]:
    """Compare two annotations of the same letters: the second is counted as read, the first as gold.

    Raises:
        GoldError: where the letters are not the same.
    """
    letters = [[(letter.letter, letter.sha256) for letter in annotated] for annotated in (first, second)]
    _expect(letters[0] == letters[1], "agreement", "two annotations of the same letters")
    return [compare(one.facts, other.facts) for one, other in zip(first, second, strict=True)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures of the letters that may be looked at, of those that are held out, or of two annotations of these."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--tuning", action="store_true", help="the letters that may be looked at (the default)")
    chosen.add_argument("--held-out", action="store_true", help="the letters that are held out: figures only")
    chosen.add_argument("--agreement", action="store_true", help="how two annotations of these agree: figures only")
    parser.add_argument("--list", action="store_true", help="show each missed and each extra fact with its words")
    parser.add_argument(
        "--letters", type=Path, help="the folder of letters (else IMR_LETTERS, else beside the checkout)"
    )
    options = parser.parse_args(arguments)
    if options.list and (options.held_out or options.agreement):
        parser.error("what was missed in letters that are held out is not shown; leave out --list")
    letters = options.letters or Path(os.environ.get("IMR_LETTERS") or ROOT.parent / "shared" / "letters")
    try:
        told = _report(load_gold(GOLD), letters, held_out=options.held_out, listing=options.list)
        lines = list(_agreement(load_gold(FIRST), load_gold(SECOND)) if options.agreement else told)
    except GoldError as error:
        parser.error(str(error))
    print("\n".join(lines))
    return 0


def _report(gold: Sequence[GoldLetter], letters: Path, *, held_out: bool, listing: bool) -> Iterator[str]:
    lexicon = load_knowledge(ROOT).lexicon
    chosen = [letter for letter in gold if letter.held_out == held_out]
    _expect(bool(chosen), str(GOLD), "letters with held_out " + str(held_out).lower())
    comparisons, others = [], 0
    for letter in chosen:
        comparison, text, further = _compared(letter, letters, lexicon)
        comparisons.append(comparison)
        others += further
        if listing:
            yield from _differences(letter, comparison, text)
    yield f"{len(chosen)} letters, {'held out' if held_out else 'for tuning'}"
    yield f"{'kind':<12}{'gold':>6}{'found':>7}{'recall':>8}{'read':>7}{'right':>7}{'precision':>11}"
    for kind, score in scores(comparisons).items():
        recall, precision = _share(score.recall), _share(score.precision)
        yield f"{kind:<12}{score.gold:>6}{score.found:>7}{recall:>8}{score.read:>7}{score.right:>7}{precision:>11}"
    pairs = [pair for comparison in comparisons for pair in comparison.matched]
    yield f"matched as another kind: {sum(mine.kind != theirs.kind for mine, theirs in pairs)}"
    yield f"annotated without a term: {sum(fact.concept is None for letter in chosen for fact in letter.facts)}"
    yield f"missed because read as one with another: {sum(len(comparison.merged) for comparison in comparisons)}"
    yield f"read again at another place: {sum(len(comparison.repeats) for comparison in comparisons)}"
    yield f"read of kinds or parts of the letter that are not annotated: {others}"


def _agreement(first: Sequence[GoldLetter], second: Sequence[GoldLetter]) -> Iterator[str]:
    comparisons = agreement(first, second)
    yield f"{len(first)} letters, annotated twice: the second annotation measured by the first"
    yield f"{'kind':<12}{'first':>6}{'second':>8}{'matched':>9}{'recall':>8}{'precision':>11}{'F1':>7}"
    for kind, score in scores(comparisons).items():
        recall, precision, f1 = _share(score.recall), _share(score.precision), _share(score.f1)
        yield f"{kind:<12}{score.gold:>6}{score.read:>8}{score.found:>9}{recall:>8}{precision:>11}{f1:>7}"
    nameless = [sum(fact.concept is None for letter in letters for fact in letter.facts) for letters in (first, second)]
    yield f"annotated without a term: {nameless[0]} and {nameless[1]}"
    yield f"annotated again elsewhere, counted neither way: {sum(len(comparison.repeats) for comparison in comparisons)}"


def _compared(letter: GoldLetter, letters: Path, lexicon: Lexicon) -> tuple[Comparison, str, int]:
    text = text_of_gold(letter, letters)
    read, others = read_facts(read_letter(text, document=Path(letter.letter).name, lexicon=lexicon))
    summary = split(text, lexicon).summary
    judged = [fact for fact in read if any(_overlap(summary, span) for span in fact.spans)]
    return compare(letter.facts, judged), text, others + len(read) - len(judged)


def _differences(letter: GoldLetter, comparison: Comparison, text: str) -> Iterator[str]:
    for what, facts in (("missed", comparison.missed), ("extra", comparison.extra)):
        for fact in sorted(facts, key=lambda fact: fact.spans):
            polarity = "absent" if fact.absent else "present"
            words = " ... ".join(" ".join(text[start:end].split()) for start, end in fact.spans)
            name = fact.concept or f"no term ({fact.term})"
            yield f'{letter.letter}: {what}: {fact.kind} {name} {polarity} {fact.spans[0]}: "{words}"'


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


if __name__ == "__main__":
    sys.exit(main())
