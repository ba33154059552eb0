"""Names of models, data and code in a text: what a translation keeps as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from generator.cards.prose import Passage

_TOKEN = re.compile(r"(?<![A-Za-z0-9_/@.-])[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)*", re.ASCII)
_IDENTIFIER = re.compile(r"(?<![A-Za-z0-9_])[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*", re.ASCII)
_LOWER_SUFFIX = re.compile(r"(?:-[a-z]+)+$")
_SIZE = re.compile(r"(?!0[xX])[0-9]+(?:[xX][0-9]+)+d?")
_VERSION = re.compile(r"[vV](?=[0-9]+(?:\.[0-9]+)+$)")
_MEMORY = re.compile(r"-[0-9]+[GT]B?$")
_PLURAL = re.compile(r"(?<=[0-9])s$")
_FAMILY = re.compile(
    r"(?P<stem>[A-Za-z][A-Za-z_]{0,40}-?)[0-9]{1,4}"
    r"(?P<others>(?:(?:\s?[/,，、]\s?|\s?(?:和|与|或|及|and|or)\s?)-?[0-9]{1,4}(?![0-9A-Za-z]|\.[0-9])){1,20})",
    re.ASCII,
)
_MEASURE = re.compile(r"[0-9][0-9.]*-?[A-Za-z]{1,5}")
_COMMON = re.compile(
    r"top-?[0-9]+|(?:fp|bf|float|u?int)-?[0-9]+|[a-z]?[0-9]+(?:st|nd|rd|th)|utf-?8|[a-z]+-[0-9.]+"
)
_DIGITS = re.compile(r"[0-9]+")
_BY = re.compile(r"(?<=[0-9])×(?=[0-9])")
_SEPARATORS = re.compile(r"[-_.\s`*]+")
_SHORTEST = 4
_LONGEST = 100


class Name(Struct, frozen=True):
    """A name in a passage: its letters and digits in lower case, and its place in the text."""

    key: str
    start: int
    end: int


def find_names(passage: Passage) -> tuple[Name, ...]:
    """The names in a passage: in prose, words with digits; in code, identifiers that are no word.

    A word in code that is also one of English (`model`, `mean`) may be translated.
    """
    return tuple(sorted({*_in_prose(passage), *_in_code(passage)}, key=lambda name: name.start))


def compact(texts: Sequence[str]) -> str:
    """The texts as names are looked up in them; `ResNet-18/34` has both names."""
    shortened = (
        f"{family['stem']}{number}"
        for text in texts
        for family in _FAMILY.finditer(text)
        for number in _DIGITS.findall(family["others"])
    )
    return "\n".join(_key(text) for text in (*texts, *shortened))


def stands_in(key: str, compact_text: str) -> bool:
    """Whether the name with this key stands in a text that `compact` gave, however spaced."""
    at = compact_text.find(key)
    while at >= 0:
        end = at + len(key)
        around = compact_text[max(at - 1, 0) : at] + compact_text[end : end + 1]
        if not any(char.isdigit() for char in around):
            return True
        at = compact_text.find(key, end)
    return False


def numbered_names(text: str) -> frozenset[str]:
    """The keys of the words in a text that begin with a letter and have a number in them."""
    words = (match.group() for match in _TOKEN.finditer(text))
    return frozenset(
        _key(word)
        for word in words
        if word[0].isalpha() and not word.isalpha() and len(word) <= _LONGEST
    )


def key_of_identifier(text: str) -> str:
    """The key of a text that is nothing but a name of code, no single word; else nothing."""
    is_identifier = len(text) <= _LONGEST and _IDENTIFIER.fullmatch(text)
    return _key(text) if is_identifier and ("." in text or "_" in text) else ""


def _in_prose(passage: Passage) -> Iterator[Name]:
    for match in _TOKEN.finditer(passage.prose):
        word = match.group()
        if word.isdigit() or word.isalpha() or len(word) > _LONGEST:
            continue
        word = _PLURAL.sub("", _MEMORY.sub("", _LOWER_SUFFIX.sub("", word)))
        if _is_name(word):
            key = _key(_VERSION.sub("", word))
            yield Name(key, match.start(), match.start() + len(word))


def _is_name(word: str) -> bool:
    digits = sum(char.isdigit() for char in word)
    has_letter = any(char.isalpha() for char in word)
    return (
        has_letter
        and digits > 0
        and len(_key(word)) >= _SHORTEST
        and not (digits == 1 and word[0].isdigit())
        and not _SIZE.fullmatch(word)
        and not _MEASURE.fullmatch(word)
        and not _COMMON.fullmatch(word.lower() if word[:3].lower() == "top" else word)
    )


def _in_code(passage: Passage) -> Iterator[Name]:
    for span in passage.code_spans:
        for match in _IDENTIFIER.finditer(span.code):
            word = match.group()
            is_call = span.code.startswith("(", match.end())
            is_word = word.isalpha() and (word.islower() or word.isupper() or word.istitle())
            if (not is_word or is_call) and len(_key(word)) > 1 and len(word) <= _LONGEST:
                yield Name(_key(word), span.start + match.start(), span.start + match.end())


def _key(text: str) -> str:
    return _SEPARATORS.sub("", _BY.sub("x", text)).casefold()
