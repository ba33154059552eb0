"""Numbers in a text, however its language writes them.

`1,000` is `1000`, `25.6M` is `2560 万`, `76.3%` is `0.763`, and `10³` is `1e3`. Numbers in words
are read only to be compared with: they are never asked for, for words such as 一 and `one`
mostly count nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import TypeAlias

from msgspec import Struct

from generator.cards.parity.number_words import values_in_words
from generator.cards.prose import Passage

SMALL = 10
"""Whole numbers up to this are written as words as well, when they count: 2 种, two."""

Key: TypeAlias = Decimal | str
"""What two numbers that are the same have in common."""

_LONGEST = 40
# What is as wide as it was keeps its place; spaces that do not break belong to one number.
_PLAIN = str.maketrans("０１２３４５６７８９．，％\u00a0\u2009\u202f", "0123456789.,%___")
_BY = re.compile(r"(?<=\d)(?<!\b0)(\s?)[xX*](?=\s?\d+(?:\s?[xX*×]\s?\d+){0,6}d?(?![\dA-Za-z]))")
_POWER = re.compile(
    r"(?<![A-Za-z0-9_.])(?<![A-Za-z][-_])"
    r"(?:(?P<times>\d{1,20}(?:\.\d{1,20})?)\s?(?:[×xX*·]|\\times)\s?)?10"
    r"(?:(?P<raised>[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3})"
    r"|(?:\^\{?|\*\*|<sup>)(?P<exponent>[-+−]?\d{1,3})(?!\d)(?:\}|</sup>)?)",
    re.ASCII,
)
_RAISED = str.maketrans("⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹−", "-+0123456789-")
_FACTORS = {
    "%": Decimal("0.01"),
    "％": Decimal("0.01"),
    "‰": Decimal("0.001"),
    "percent": Decimal("0.01"),
    "k": Decimal(1000),
    "thousand": Decimal(1000),
    "m": Decimal(10**6),
    "million": Decimal(10**6),
    "millions": Decimal(10**6),
    "b": Decimal(10**9),
    "g": Decimal(10**9),
    "billion": Decimal(10**9),
    "t": Decimal(10**12),
    "trillion": Decimal(10**12),
    "hundred": Decimal(100),
    "hundred thousand": Decimal(10**5),
    "hundred million": Decimal(10**8),
    "hundred billion": Decimal(10**11),
    "百": Decimal(100),
    "千": Decimal(1000),
    "万": Decimal(10**4),
    "百万": Decimal(10**6),
    "千万": Decimal(10**7),
    "亿": Decimal(10**8),
    "十亿": Decimal(10**9),
    "百亿": Decimal(10**10),
    "千亿": Decimal(10**11),
    "万亿": Decimal(10**12),
}
_NAMES = {factor: f" {factor}" for factor in _FACTORS.values()}
_SUFFIX = (
    r"(?:\s?(?P<factor>%|％|‰|(?:percent|(?:hundred )?(?:thousand|million|billion)"
    r"|hundred|millions|trillion|[kKMBGT])(?![A-Za-z0-9])|[MGT](?=FLOP|MAC))"
    r"|\s?[余多]?(?P<unit>万亿|千亿|百亿|十亿|百万|千万|亿|万|千|百))?"
)
_IN_PROSE = re.compile(
    r"(?<![A-Za-z0-9_.])(?<![A-Za-z_][-.])"
    r"(?P<number>(?<!\d[,_])\d{1,3}(?:[,_]\d{3})+(?![\d,_])|\d+)(?P<fraction>\.\d+)?"
    rf"(?:[eE](?P<exponent>[-+]?\d{{1,3}})(?!\d))?(?!\.?\d)(?![A-Za-z]{{1,20}}\d){_SUFFIX}",
    re.ASCII,
)
_IN_CODE = re.compile(
    r"(?<![A-Za-z0-9_.])(?P<number>\d+|(?=\.\d))(?P<fraction>\.\d*)?"
    r"(?:[eE](?P<exponent>[-+]?\d{1,3}))?(?![\w.])",
    re.ASCII,
)
_UNITS = frozenset("百千万亿")
_SIZE_GOES_ON = re.compile(r"\s?×\s?\d")
_SIZE_BEFORE = re.compile(r"\d\s?×\s?$")
_MONTH = re.compile(r"\s*月")
_CITATION = re.compile(r"\[\d+(?:\s*[-,]\s*\d+)*\]")
_DIGIT = re.compile(r"\d")
_DIGITS = re.compile(r"\d+(?:\.\d+)?", re.ASCII)


class Number(Struct, frozen=True):
    """A number as it is written; `factor` is that of a letter or word behind it, if any."""

    value: Decimal
    factor: Decimal | None = None

    @property
    def amount(self) -> Decimal:
        """How much it is, the factor being part of it."""
        return self.value if self.factor is None else self.value * self.factor

    @property
    def keys(self) -> frozenset[Key]:
        """What any number that is the same has one of.

        A number with no factor may go without it because a text names the unit elsewhere: it is
        the same as one with any factor. Two with a factor are the same if they are as much.
        """
        written = str(self.value.normalize())
        names = _NAMES.values() if self.factor is None else (_NAMES[self.factor],)
        return frozenset({self.amount, *[written + name for name in names]})


class Quantity(Struct, frozen=True):
    """A number in a text, and its place there."""

    number: Number
    start: int
    end: int


def find_quantities(passage: Passage) -> tuple[Quantity, ...]:
    """The numbers of a passage that every language must have, in their order.

    They are all those in code spans, and in prose those that are not small counts, parts of
    names (`ResNet-50`), months or citations.
    """
    found = [*_in_prose(passage), *_in_code(passage)]
    return tuple(sorted(found, key=lambda item: item.start))


def numbers_of_cell(text: str) -> tuple[Number, ...]:
    """Each number in a text that is a cell of a table, small ones included."""
    return tuple(item.number for item in _quantities(_clean(text)) if _DIGIT.search(text))


def all_values(text: str) -> frozenset[Key]:
    """The keys of every number in a text, by digits or in words, whatever it is there for."""
    numbers = {Number(value) for value in values_in_words(text)}
    if _DIGIT.search(text):
        clean = _clean(text)
        at, rest = 0, []
        for item in _quantities(clean):
            numbers.add(item.number)
            if item.number.factor is not None:
                rest.append(clean[at : item.start])
                at = item.end
        for digits in _DIGITS.finditer(" ".join((*rest, clean[at:]))):
            if len(digits.group()) <= _LONGEST:
                numbers.add(Number(Decimal(digits.group())))
    return frozenset(key for number in numbers for key in number.keys)


def _in_prose(passage: Passage) -> Iterator[Quantity]:
    prose = passage.prose
    if not _DIGIT.search(prose):
        return
    clean = _CITATION.sub(lambda cited: " " * len(cited.group()), _clean(prose))
    for item in _quantities(clean):
        if _MONTH.match(clean, item.end):
            continue
        is_count = clean[item.start : item.end].isdigit() and item.number.amount <= SMALL
        if not is_count or _is_in_size(clean, item):
            yield item


def _is_in_size(clean: str, item: Quantity) -> bool:
    before = clean[max(item.start - 4, 0) : item.start]
    return bool(_SIZE_GOES_ON.match(clean, item.end) or _SIZE_BEFORE.search(before))


def _in_code(passage: Passage) -> Iterator[Quantity]:
    for span in passage.code_spans:
        for match in _IN_CODE.finditer(_BY.sub(r"\1×", span.code)):
            if _is_readable(match):
                start, end = span.start + match.start(), span.start + match.end()
                yield Quantity(Number(_value(match)), start, end)


def _clean(text: str) -> str:
    return _BY.sub(r"\1×", _POWER.sub(_as_exponent, text.translate(_PLAIN)))


def _as_exponent(power: re.Match[str]) -> str:
    exponent = (power["raised"] or power["exponent"]).translate(_RAISED)
    return f"{power['times'] or 1}e{exponent}".ljust(len(power.group()))


def _quantities(clean: str) -> Iterator[Quantity]:
    """The numbers in a text that `_clean` gave; 1 亿 2000 万 is one."""
    last: Quantity | None = None
    for match in _IN_PROSE.finditer(clean):
        if not _is_readable(match):
            continue
        factor = match["factor"] or match["unit"]
        number = Number(_value(match), _FACTORS[factor.lower()] if factor else None)
        item = Quantity(number, match.start(), match.end())
        if last and match["unit"] and _goes_on(clean, last, item):
            total = Number(last.number.amount + number.amount)
            last = Quantity(total, last.start, item.end)
            continue
        if last:
            yield last
        last = item
    if last:
        yield last


def _goes_on(clean: str, one: Quantity, two: Quantity) -> bool:
    return (
        clean[one.end - 1] in _UNITS
        and clean[one.end : two.start] in ("", " ")
        and one.number.factor is not None
        and two.number.amount < one.number.factor
    )


def _is_readable(match: re.Match[str]) -> bool:
    return match.end() - match.start() <= _LONGEST


def _value(match: re.Match[str]) -> Decimal:
    fraction = match["fraction"] or ""
    whole = match["number"].replace(",", "").replace("_", "") or "0"
    number = Decimal(whole + (fraction if fraction != "." else ""))
    return number.scaleb(int(match["exponent"])) if match["exponent"] else number
