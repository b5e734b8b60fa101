"""What a draft of a determination is, as values: sections of lines, and sentences that name the nodes they rest on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Draft", "Line", "Section", "Sentence", "Words"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: ``nodes`` are the IRIs of the proof that it rests on, ``words`` the numbers of what it quotes."""

    id: str
    text: str
    nodes: tuple[str, ...]
    words: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """Quoted words: they stand at characters ``start`` to ``end`` of ``document``; ``node`` is the quotation in the case."""

    number: int
    node: str
    text: str
    start: int | None
    end: int | None
    document: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a section.

    ``kind`` is ``paragraph``; ``criterion``, which has a ``status`` and stands ``depth`` below others; ``decision``, whose
    ``status`` is a verdict; ``field``, which has a ``label``; ``note``, which tells about the draft and not about the case;
    or ``blank``, which a person has to fill in.
    """

    kind: str
    label: str = ""
    note: str = ""
    sentences: tuple[Sentence, ...] = ()
    status: str = ""
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, from level 1, with what stands below it."""

    id: str
    heading: str
    level: int
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """The draft for one case."""

    file: str
    case: str
    as_of: str | None
    kb_version: str
    title: str
    notice: str
    sections: tuple[Section, ...]
    words: tuple[Words, ...]

    def sentences(self) -> Iterator[Sentence]:
        """Yield every sentence in the order of reading."""
        return (sentence for section in self.sections for line in section.lines for sentence in line.sentences)
