"""Numbers in a text, however its language writes them.

Two numbers are the same when one reading of the first is one of the second: `1,000` is
`1000`, `25.6M` is `2560 万`, `76.3%` is `0.763`. Numbers in words (`two`, `十二`) are read only to
be compared with: they are never asked for, for words such as 一 and `one` mostly count nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from msgspec import Struct

from generator.cards.prose import Passage

SMALL = 10
"""Whole numbers up to this are written as words as well, when they count: 2 种, two."""

_LONGEST = 40
# What is as wide as it was keeps its place; spaces that do not break belong to one number.
_PLAIN = str.maketrans("０１２３４５６７８９．，％\u00a0\u2009\u202f", "0123456789.,%___")
_BY = re.compile(r"(?<=\d)(\s?)[xX*](?=\s?\d+(?![\dA-Za-z]))")
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
_SUFFIX = (
    r"(?:\s?(?P<factor>%|％|‰|万亿|千亿|百亿|十亿|百万|千万|亿|万|千|百"
    r"|(?:percent|thousand|millions?|billion|trillion|hundred|[kKMBGT])(?![A-Za-z0-9])))?"
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
_MONTH = re.compile(r"\s*月")
_CITATION = re.compile(r"\[\d+(?:\s*[-,]\s*\d+)*\]")
_DIGIT = re.compile(r"\d")
_DIGITS = re.compile(r"\d+(?:\.\d+)?", re.ASCII)

_SMALL_WORDS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
)
_UNITS = {word: value for value, word in enumerate(_SMALL_WORDS)}
_TEN_WORDS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_TENS = {word: 10 * value for value, word in enumerate(_TEN_WORDS, start=2)}
_OTHER_WORDS = {
    "single": 1,
    "once": 1,
    "both": 2,
    "pair": 2,
    "twice": 2,
    "double": 2,
    "dozen": 12,
}
_ORDINALS = (
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"),
    *("tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth"),
    *("seventeenth", "eighteenth", "nineteenth", "twentieth"),
)
_OTHER_WORDS |= {word: value for value, word in enumerate(_ORDINALS, start=1)}
_HUGE_WORDS = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}
_ENGLISH = re.compile(
    r"\b(?:" + "|".join([*_UNITS, *_TENS, *_OTHER_WORDS, *_HUGE_WORDS]) + r")s?\b", re.IGNORECASE
)
_CHINESE = re.compile("[零〇一二两三四五六七八九十百千万亿单双]+")
_CHINESE_DIGITS = {
    **{char: value for value, char in enumerate("零一二三四五六七八九")},
    "〇": 0,
    "两": 2,
    "单": 1,
    "双": 2,
}
_CHINESE_UNITS = {"十": 10, "百": 100, "千": 1000}
_CHINESE_HUGE = {"万": 10**4, "亿": 10**8}
_LONGEST_WORD = 12


class Quantity(Struct, frozen=True):
    """A number in a passage: what it may be read as, and its place in the passage's text."""

    readings: frozenset[Decimal]
    start: int
    end: int


def find_quantities(passage: Passage) -> tuple[Quantity, ...]:
    """The numbers of a passage that every language must have, in their order.

    They are all those in code spans, and in prose those that are not small counts, parts of
    names (`ResNet-50`), months or citations.
    """
    found = [*_in_prose(passage), *_in_code(passage)]
    return tuple(sorted(found, key=lambda item: item.start))


def numbers_of_cell(text: str) -> tuple[frozenset[Decimal], ...]:
    """The readings of each number in a text that is a cell of a table, small ones included."""
    clean = _clean(text) if _DIGIT.search(text) else ""
    return tuple(_readings(match) for match in _IN_PROSE.finditer(clean) if _is_readable(match))


def all_values(text: str) -> frozenset[Decimal]:
    """Every number in a text, by digits or in words, whatever it is there for."""
    values: set[Decimal] = set()
    if _DIGIT.search(text):
        clean = _clean(text)
        for digits in _DIGITS.finditer(clean):
            if len(digits.group()) <= _LONGEST:
                values.add(Decimal(digits.group()))
        for match in _IN_PROSE.finditer(clean):
            if _is_readable(match):
                values |= _readings(match)
    values.update(map(Decimal, _english_values(text)))
    values.update(map(Decimal, _chinese_values(text)))
    if "半" in text or "half" in text:
        values |= {Decimal("0.5"), Decimal(50)}
    return frozenset(values)


def _in_prose(passage: Passage) -> Iterator[Quantity]:
    prose = passage.prose
    if not _DIGIT.search(prose):
        return
    clean = _CITATION.sub(lambda cited: " " * len(cited.group()), _clean(prose))
    for match in _IN_PROSE.finditer(clean):
        if not _is_readable(match) or _MONTH.match(clean, match.end()):
            continue
        is_whole = match["fraction"] is None and match["factor"] is None
        if is_whole and Decimal(match["number"].replace(",", "").replace("_", "")) <= SMALL:
            continue
        yield Quantity(_readings(match), match.start(), match.end())


def _in_code(passage: Passage) -> Iterator[Quantity]:
    for span in passage.code_spans:
        for match in _IN_CODE.finditer(_BY.sub(r"\1×", span.code)):
            if _is_readable(match):
                start, end = span.start + match.start(), span.start + match.end()
                yield Quantity(frozenset({_value(match)}), start, end)


def _clean(text: str) -> str:
    return _BY.sub(r"\1×", text.translate(_PLAIN))


def _is_readable(match: re.Match[str]) -> bool:
    return match.end() - match.start() <= _LONGEST


def _value(match: re.Match[str]) -> Decimal:
    fraction = match["fraction"] or ""
    whole = match["number"].replace(",", "").replace("_", "") or "0"
    number = Decimal(whole + (fraction if fraction != "." else ""))
    return number.scaleb(int(match["exponent"])) if match["exponent"] else number


def _readings(match: re.Match[str]) -> frozenset[Decimal]:
    value = _value(match)
    factor = _FACTORS.get((match["factor"] or "").lower())
    return frozenset({value} if factor is None else {value, value * factor})


def _english_values(text: str) -> Iterator[int]:
    """The numbers in English words: each word's, and that of words in a row."""
    total, part, end = 0, 0, -2
    for match in _ENGLISH.finditer(text):
        word = match.group().lower()
        word = word if word in _UNITS or word in _TENS else word.removesuffix("s")
        if text[end : match.start()] not in (" ", "-"):
            total = part = 0
        if word in _HUGE_WORDS:
            part = (part or 1) * _HUGE_WORDS[word]
            yield _HUGE_WORDS[word]
        else:
            value = _UNITS.get(word, _TENS.get(word, _OTHER_WORDS.get(word, 0)))
            total, part = (total + part, value) if part >= 1000 else (total, part + value)
            yield value
        yield total + part
        end = match.end()


def _chinese_values(text: str) -> Iterator[int]:
    """The numbers in Chinese numerals: each run's, and each digit's in it."""
    for match in _CHINESE.finditer(text):
        run = match.group()[:_LONGEST_WORD]
        yield _chinese_value(run)
        yield from (_CHINESE_DIGITS[char] for char in run if char in _CHINESE_DIGITS)


def _chinese_value(run: str) -> int:
    total = section = digit = 0
    for char in run:
        if char in _CHINESE_DIGITS:
            digit = _CHINESE_DIGITS[char]
        elif char in _CHINESE_UNITS:
            section += (digit or 1) * _CHINESE_UNITS[char]
            digit = 0
        else:
            total = (total + section + digit or 1) * _CHINESE_HUGE[char]
            section = digit = 0
    return total + section + digit
