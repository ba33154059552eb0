"""Numbers that a text has in words: `two`, 十二, `March`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

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
_CHINESE = re.compile(
    "(?:(?P<share>[百千万])分之)?(?P<whole>[零〇一二两三四五六七八九十百千万亿单双]+)"
    "(?:点(?P<decimals>[零〇一二三四五六七八九]+))?"
)
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
_HALF = re.compile(r"半|half|halv")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = re.compile(
    r"\b(?P<month>jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)"
    r"(?:uary|ruary|ch|il|ust|ember|tember|ober)?\b",
    re.IGNORECASE,
)


def values_in_words(text: str) -> Iterator[Decimal]:
    """The numbers in the words of a text, of any language; a month is its number."""
    yield from map(Decimal, _english_values(text))
    yield from _chinese_values(text)
    for match in _MONTH.finditer(text):
        yield Decimal(_MONTHS.index(match["month"][:3].lower()) + 1)
    if _HALF.search(text):
        yield from (Decimal("0.5"), Decimal(50))


def _english_values(text: str) -> Iterator[int]:
    """The numbers in English words: each word's, and that of words in a row."""
    total, part, end = 0, 0, -2
    for match in _ENGLISH.finditer(text):
        word = match.group().lower()
        word = word if word in _UNITS or word in _TENS else word.removesuffix("s")
        between = text[end : match.start()]
        if between not in (" ", "-") and not (between == " and " and total + part >= 100):
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


def _chinese_values(text: str) -> Iterator[Decimal]:
    """The numbers in Chinese numerals: each run's, and each digit's in it."""
    for match in _CHINESE.finditer(text):
        run = match["whole"][:_LONGEST_WORD]
        value = Decimal(_chinese_value(run))
        if match["decimals"]:
            value += Decimal(f"0.{_digits(match['decimals'][:_LONGEST_WORD])}")
        yield value
        if match["share"]:
            yield value / {**_CHINESE_UNITS, **_CHINESE_HUGE}[match["share"]]
        yield from (Decimal(_CHINESE_DIGITS[char]) for char in run if char in _CHINESE_DIGITS)


def _digits(run: str) -> str:
    return "".join(str(_CHINESE_DIGITS[char]) for char in run)


def _chinese_value(run: str) -> int:
    if len(run) > 1 and all(char in _CHINESE_DIGITS for char in run):
        return int(_digits(run))
    total = section = digit = 0
    for char in run:
        if char in _CHINESE_DIGITS:
            digit = _CHINESE_DIGITS[char]
        elif char in _CHINESE_UNITS:
            section += (digit or 1) * _CHINESE_UNITS[char]
            digit = 0
        else:
            huge, part = _CHINESE_HUGE[char], section + digit
            # 一亿两千万 adds what 三万亿 multiplies.
            total = total + part * huge if total >= huge else ((total + part) or 1) * huge
            section = digit = 0
    return total + section + digit
