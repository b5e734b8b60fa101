"""Dates, counts, schedules, strengths and grades, read by the grammar in ``amounts.lark``."""

from __future__ import annotations

import re
from calendar import IllegalMonthError, monthrange
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal, InvalidOperation
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from lark import Lark, Tree
from lark import Token as Leaf
from lark.exceptions import UnexpectedInput, UnexpectedToken
from lark.lexer import Lexer

from imr_kb.letters.tokens import Token

__all__ = ["Amount", "AmountReader", "Kind", "Word"]

#: No amount is longer than this many tokens.
_LONGEST: Final = 14
_SIGNS: Final = {"/": "SLASH", "-": "HYPHEN", "+": "PLUS", ",": "COMMA", ":": "COLON", "(": "LPAR", ")": "RPAR"}
#: How a level of the spine is written, and the signs after which its number stands alone for the next one.
_LEVEL: Final = re.compile(r"[CTLS]\d{1,2}", re.IGNORECASE)
_RANGED: Final = frozenset("-/")
_CENTURY: Final = 2000
#: Weeks are kept so exactly, and rounded down, that the days they came from are not exceeded.
_FINE: Final = Decimal("0.0001")
#: Numbers as large as this are slips, and none that a record counts in.
_TOO_LARGE: Final = Decimal(10**12)
_WEEKS_A_MONTH: Final = Decimal(52) / Decimal(12)
_WEEKS_A_YEAR: Final = Decimal(52)
_DAYS_A_WEEK: Final = 7


class Kind(StrEnum):
    """What an amount measures."""

    DATE = "date"
    AGE = "age"
    COUNT = "count"
    UNITS = "units"
    QUANTITY = "quantity"
    SCHEDULE = "schedule"
    RATE = "rate"
    WEEKS = "weeks"
    STRENGTH = "strength"
    MEASURE = "measure"
    PERCENT = "percent"
    GRADE = "grade"
    PER_DAY = "per-day"
    BARE = "bare"
    MONTH = "month"
    MONTH_RATE = "month-rate"
    HOURS = "hours"


@dataclass(frozen=True, slots=True)
class Amount:
    """One amount: tokens ``start`` to ``end``, its value, and a second one where the kind has it (weeks, highest grade)."""

    kind: Kind
    start: int
    end: int
    value: Decimal = Decimal(0)
    second: Decimal | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """A word or phrase of which amounts are made: its symbol in the grammar and the number it stands for."""

    terminal: str
    value: int | None


class _Given(Lexer):
    """Pass on tokens that were made before."""

    def __init__(self, lexer_conf: Any) -> None:
        """Accept what Lark hands to every lexer."""

    def lex(self, data: Any, _state: Any = None) -> Iterator[Leaf]:
        """Return the tokens as they are."""
        return iter(data)


class AmountReader:
    """Reads amounts among tokens with the number words and units of the ontology."""

    def __init__(self, words: Mapping[tuple[str, ...], Word]) -> None:
        """Build the grammar; ``words`` maps a phrase in lower case to what it stands for."""
        self._words = words
        lengths: dict[str, set[int]] = {}
        for phrase in words:
            lengths.setdefault(phrase[0], set()).add(len(phrase))
        self._lengths = {word: sorted(found, reverse=True) for word, found in lengths.items()}
        grammar = (Path(__file__).parent / "amounts.lark").read_text(encoding="utf-8")
        self._lark = Lark(grammar, parser="lalr", lexer=_Given)
        self._shape = lru_cache(maxsize=4096)(self._parse)

    def read(self, tokens: Sequence[Token]) -> list[Amount]:
        """Return the amounts among ``tokens`` from left to right; the longest reading wins and none overlap."""
        symbols = self._symbols(tokens)
        amounts: list[Amount] = []
        position = 0
        while position < len(symbols):
            if symbols[position] is None:
                position += 1
                continue
            run = []
            for symbol in symbols[position : position + _LONGEST]:
                if symbol is None:
                    break
                run.append(symbol)
            amount = self._longest(run)
            if amount is None:
                position += 1
            else:
                amounts.append(amount)
                position += next(offset for offset, symbol in enumerate(run, 1) if symbol.end == amount.end)
        return amounts

    def _symbols(self, tokens: Sequence[Token]) -> list[_Symbol | None]:
        symbols: list[_Symbol | None] = []
        position, levels = 0, _ends_of_levels(tokens)
        while position < len(tokens):
            possible = tokens[position].kind != "word" or tokens[position].lower in self._lengths
            possible = possible and position not in levels
            symbol = self._symbol(tokens, position) if possible else None
            symbols.append(symbol)
            position = symbol.end if symbol else position + 1
        return symbols

    def _symbol(self, tokens: Sequence[Token], position: int) -> _Symbol | None:
        token = tokens[position]
        for length in self._lengths.get(token.lower, ()):
            phrase = tuple(one.lower for one in tokens[position : position + length])
            word = self._words.get(phrase) if len(phrase) == length else None
            if word is not None:
                return _Symbol(word.terminal, word.value, position, position + length)
        if token.kind == "date":
            return _Symbol("DATE", token.text, position, position + 1)
        if token.kind == "number":
            return _Symbol("DEC" if "." in token.text else "INT", token.text.replace(",", ""), position, position + 1)
        if token.text in _SIGNS:
            return _Symbol(_SIGNS[token.text], None, position, position + 1)
        return None

    def _longest(self, run: Sequence[_Symbol]) -> Amount | None:
        shape = self._shape(tuple(symbol.terminal for symbol in run))
        while shape is not None:
            length, tree = shape
            found = _value(tree, run)
            if found is not None:
                kind, value, second, day = found
                return Amount(kind, run[0].start, run[length - 1].end, value, second, day)
            shape = self._shape(tuple(symbol.terminal for symbol in run[: length - 1])) if length > 1 else None
        return None

    def _parse(self, terminals: tuple[str, ...]) -> tuple[int, Tree[Leaf]] | None:
        """Return how many of ``terminals`` the longest amount takes and its tree, whose leaves are positions."""
        leaves = [Leaf(terminal, str(position)) for position, terminal in enumerate(terminals)]
        length = len(leaves)
        while length:
            try:
                return length, self._lark.parse(leaves[:length])
            except UnexpectedToken as error:
                failed = int(error.token) if error.token.type != "$END" else length
                length = min(failed, length - 1) if failed == length else failed
            except UnexpectedInput:
                return None
        return None


def _ends_of_levels(tokens: Sequence[Token]) -> set[int]:
    """Return the places of the numbers that count nothing: with them a level of the spine goes on, as in "L4-5"."""
    found: set[int] = set()
    for place in range(2, len(tokens)):
        ranged = tokens[place].kind == "number" and tokens[place - 1].text in _RANGED
        if ranged and (place - 2 in found or _LEVEL.fullmatch(tokens[place - 2].text)):
            found.add(place)
    return found


@dataclass(frozen=True, slots=True)
class _Symbol:
    terminal: str
    value: int | str | None
    start: int
    end: int


#: Forms of two numbers that can write a month, and the years that a record tells of.
_WRITTEN_AS_MONTH: Final = frozenset({"grade", "bare_range"})
_YEARS: Final = range(1950, 2100)

_Found = tuple[Kind, Decimal, Decimal | None, date | None]


def _value(tree: Tree[Leaf], run: Sequence[_Symbol]) -> _Found | None:
    """Return what ``tree`` over ``run`` amounts to, or nothing where the numbers make no sense, as in month 13."""
    rule = str(tree.data)
    numbers = [_number(child, run) for child in tree.children if isinstance(child, Tree) and child.data == "number"]
    leaves = [run[int(child)] for child in tree.children if isinstance(child, Leaf)]
    if rule == "date":
        day = _date(leaves)
        return None if day is None else (Kind.DATE, Decimal(0), None, day)
    if rule == "month_of_year":
        last = _last_of_month(leaves)
        return None if last is None else (Kind.MONTH, Decimal(0), None, last)
    if rule == "schedule":
        rate, duration = (_value(child, run) for child in tree.children if isinstance(child, Tree))
        return None if rate is None or duration is None else (Kind.SCHEDULE, rate[1], duration[1], None)
    if rule == "lasting":
        return next((_value(child, run) for child in tree.children if isinstance(child, Tree)), None)
    if rule in _WRITTEN_AS_MONTH and (last := _month_in_numbers(numbers)) is not None:
        return Kind.MONTH, Decimal(0), None, last
    if rule in _SINGLE:
        if not numbers:
            numbers = [
                Decimal(leaf.value or 0) for leaf in leaves if leaf.terminal in {"MULTIPLIER", "DAILY", "LENGTH"}
            ]
        kind, weigh = _SINGLE[rule]
        value, second = weigh(numbers)
        if rule == "per_day" and leaves and leaves[-1].terminal == "DAILY" and len(numbers) == 0:
            return None
        return kind, value, second, None
    return None


def _number(tree: Tree[Leaf], run: Sequence[_Symbol]) -> Decimal:
    try:
        number = Decimal(run[int(str(tree.children[0]))].value or 0)
    except InvalidOperation:
        return Decimal(0)
    return number if number < _TOO_LARGE else Decimal(0)


def _date(leaves: Sequence[_Symbol]) -> date | None:
    if len(leaves) == 1:
        parts = str(leaves[0].value).replace("-", "/").split("/")
        month, day, year = (int(part) for part in parts)
    else:
        month, day, year = (int(leaf.value or 0) for leaf in leaves if leaf.terminal in {"MONTH", "INT"})
    try:
        return date(year + _CENTURY if year < 100 else year, month, day)
    except ValueError:
        return None


def _month_in_numbers(numbers: Sequence[Decimal]) -> date | None:
    """Return the last day of the month that two numbers write: "04/2014", "4-2014"; no grade is out of a year."""
    month, year = numbers
    return _end_of_month(int(month), int(year)) if year in _YEARS and month == int(month) else None


def _last_of_month(leaves: Sequence[_Symbol]) -> date | None:
    month, year = (int(leaf.value or 0) for leaf in leaves if leaf.terminal in {"MONTH", "INT"})
    return _end_of_month(month, year)


def _end_of_month(month: int, year: int) -> date | None:
    try:
        return date(year, month, monthrange(year, month)[1])
    except (ValueError, IllegalMonthError):
        return None


def _first(numbers: Sequence[Decimal]) -> tuple[Decimal, None]:
    return numbers[0], None


def _largest(numbers: Sequence[Decimal]) -> tuple[Decimal, None]:
    return max(numbers), None


def _pair(numbers: Sequence[Decimal]) -> tuple[Decimal, Decimal]:
    return numbers[0], numbers[1]


def _range_pair(numbers: Sequence[Decimal]) -> tuple[Decimal, Decimal]:
    return max(numbers[:2]), numbers[2]


def _one(_numbers: Sequence[Decimal]) -> tuple[Decimal, None]:
    return Decimal(1), None


def _times(factor: Decimal) -> Callable[[Sequence[Decimal]], tuple[Decimal, None]]:
    return lambda numbers: ((max(numbers) * factor).quantize(_FINE, ROUND_DOWN).normalize(), None)


def _just_below(numbers: Sequence[Decimal]) -> tuple[Decimal, Decimal]:
    return numbers[0] - Decimal("0.5"), numbers[1]


_SINGLE: Final[Mapping[str, tuple[Kind, Callable[[Sequence[Decimal]], tuple[Decimal, Decimal | None]]]]] = {
    "age": (Kind.AGE, _first),
    "crossed": (Kind.SCHEDULE, _pair),
    "rate": (Kind.RATE, _first),
    "rate_range": (Kind.RATE, _largest),
    "rate_of_one": (Kind.RATE, _one),
    "month_rate": (Kind.MONTH_RATE, _first),
    "month_rate_range": (Kind.MONTH_RATE, _largest),
    "month_rate_of_one": (Kind.MONTH_RATE, _one),
    "hours": (Kind.HOURS, _first),
    "weeks": (Kind.WEEKS, _first),
    "weeks_range": (Kind.WEEKS, _largest),
    "months": (Kind.WEEKS, _times(_WEEKS_A_MONTH)),
    "years": (Kind.WEEKS, _times(_WEEKS_A_YEAR)),
    "days": (Kind.WEEKS, _times(Decimal(1) / _DAYS_A_WEEK)),
    "days_range": (Kind.WEEKS, _times(Decimal(1) / _DAYS_A_WEEK)),
    "count": (Kind.COUNT, _first),
    "count_range": (Kind.COUNT, _largest),
    "multiplied": (Kind.COUNT, _first),
    "part": (Kind.COUNT, _first),
    "quantity": (Kind.QUANTITY, _first),
    "units": (Kind.UNITS, _first),
    "units_range": (Kind.UNITS, _largest),
    "strength": (Kind.STRENGTH, _first),
    "concentration": (Kind.MEASURE, _first),
    "measure": (Kind.MEASURE, _first),
    "percent": (Kind.PERCENT, _largest),
    "grade": (Kind.GRADE, _pair),
    "grade_range": (Kind.GRADE, _range_pair),
    "grade_above": (Kind.GRADE, _pair),
    "grade_below": (Kind.GRADE, _just_below),
    "grade_alone": (Kind.GRADE, _first),
    "per_day": (Kind.PER_DAY, _first),
    "per_day_range": (Kind.PER_DAY, _largest),
    "daily": (Kind.PER_DAY, _first),
    "bare": (Kind.BARE, _first),
    "bare_range": (Kind.BARE, _largest),
}
