"""How a title may have been meant: the ways to set it as Chinese and Latin text is set."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.cards.chinese import HAN

_FULL = str.maketrans(",;:!?()", "，；：！？（）")
_HALF = str.maketrans(
    {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0x3001: ","}
)
_WIDE_WORD = re.compile(r"[０-９Ａ-Ｚａ-ｚ％＋－＝／]+")
_WIDE_BRACKET = str.maketrans("（）", "()")
_MARK = re.compile(rf"(?<=[{HAN}）])\s*[,;:!?]\s*|\s*[,;:!?]\s*(?=[{HAN}（])|[()]")
_TOUCHING = re.compile(rf"(?<=[{HAN}])(?=[A-Za-z0-9`])|(?<=[A-Za-z0-9%`+])(?=[{HAN}])")
_NO_SPACE_BESIDE = re.compile(rf"[{HAN}\u3001-\u3011\u2018-\u201d\uff01-\uff0f\uff1a-\uff1f]")


def ways_to_set(text: str) -> Iterator[str]:
    """Ways to write `text` with spaces and the widths of punctuation that are usual, best first."""
    narrow = _WIDE_WORD.sub(lambda word: word.group().translate(_HALF), text)
    spaced = _TOUCHING.sub(" ", narrow)
    full = _MARK.sub(lambda mark: mark.group().strip().translate(_FULL), narrow)
    yield from (spaced, _TOUCHING.sub(" ", full), spaced.translate(_WIDE_BRACKET))
    yield _TOUCHING.sub(" ", full.translate(_WIDE_BRACKET))
    yield re.sub(r"\s+", " ", spaced.translate(_HALF)).strip()


def behind_chinese(text: str) -> str:
    """`text` to be put behind Chinese words: with a space before it, if it begins otherwise."""
    return text if _NO_SPACE_BESIDE.match(text) else f" {text}"
