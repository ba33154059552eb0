"""How Chinese is set: full-width letters and marks, and spaces beside words, code and marks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from generator.cards import rules
from generator.cards.prose import CODE, MARKUP, Passage, PassageKind
from generator.diagnostics import Diagnostic, shortened

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HAN = re.compile(f"[{HAN}]")
_FULL_WIDTH_WORD = re.compile(r"[０-９Ａ-Ｚａ-ｚ％＋－＝／]+")
_FULL_POINT = re.compile(rf"(?<=[{HAN}])．(?=\s*(?:$|[{HAN}]))")
_FULL_WIDTH_MARK = re.compile(r"[，。；：！？（）、％．０-９Ａ-Ｚａ-ｚ]")
_WIDE_SPACE = re.compile(r"(?<=[^\s|])\u3000+(?=[^\s|])")
# A space inside of emphasis marks, or behind them, is what lets Markdown see them.
_SPACE_BEFORE = re.compile(
    rf"(?<=[{HAN}A-Za-z0-9{CODE}]){MARKUP}*(?P<gap> +)(?=(?P<mark>[，。；：！？、（）]))"
)
_ENUMERATED = re.compile(r"(?:^|[\s，；。：])（?[0-9A-Za-z一二三四五六七八九十]{1,3}[）、]$")
_SPACE_BEHIND = re.compile(rf"(?P<mark>[，；：、（）])(?P<gap> +)(?=[{HAN}])")
_SPOKEN_OF = re.compile(r"[“‘\"'「『(].[”’\"'」』)]")
_WORD = rf"(?:(?<![A-Za-z0-9._+/-])[A-Za-z0-9](?:[A-Za-z0-9._+/-]*[A-Za-z0-9])?|(?<!{CODE}){CODE}+)"
_TIGHT = re.compile(
    rf"(?<=[{HAN}])(?P<gap>{MARKUP}*)(?P<after>{_WORD})|(?P<word>{_WORD})(?={MARKUP}*[{HAN}])"
)
_SEPARATED = re.compile(rf"(?<!{CODE}){CODE}+(?:\s*[,，、;；]\s*{CODE}+){{3,}}")
_SEPARATOR = re.compile(r"[,，、;；]")
_ITEM_END = re.compile(r"\s*(?:$|[。；！？）|])")
_COMMA, _LIST_COMMA = "，", "、"
_FINER = frozenset({",", _LIST_COMMA})
_LETTER = re.compile(r"[A-Za-z]")
_LONGEST_REMARK = 60


def full_width_words(path: str, passage: Passage) -> Iterator[Diagnostic]:
    """A diagnostic for each full-width letter or digit in Chinese text, and for each point."""
    for match in _FULL_WIDTH_WORD.finditer(passage.prose):
        yield _full_width(path, passage, match)
    for match in _FULL_POINT.finditer(passage.prose):
        span = passage.span(match.start(), match.end())
        yield rules.FULL_WIDTH.at(path, span, f'"{match.group()}" is no Chinese stop', 'write "。"')


def full_width_marks(path: str, passage: Passage) -> Iterator[Diagnostic]:
    """A diagnostic for each full-width mark in text that is not Chinese.

    Those beside a Han character belong to Chinese words that are quoted, and so does the bracket
    that closes one of them; one that stands alone in quotation marks or brackets is spoken of.
    """
    prose = passage.prose
    for match in _FULL_WIDTH_MARK.finditer(prose):
        opening = prose.rfind("（", max(match.start() - _LONGEST_REMARK, 0), match.start())
        is_closing = match.group().startswith("）") and opening >= 0
        if not (
            _is_beside_han(prose, match.start(), match.end())
            or (is_closing and _is_beside_han(prose, opening, opening + 1))
            or _SPOKEN_OF.fullmatch(prose, max(match.start() - 1, 0), match.end() + 1)
        ):
            yield _full_width(path, passage, match)


def _is_beside_han(prose: str, start: int, end: int) -> bool:
    return bool(_HAN.search(prose, max(start - 2, 0), end + 2))


def _full_width(path: str, passage: Passage, match: re.Match[str]) -> Diagnostic:
    wide = match.group()
    narrow = "".join(_narrow(char) for char in wide)
    message = f'"{shortened(wide)}" is full-width'
    hint = f'write "{shortened(narrow)}"'
    span = passage.span(match.start(), match.end())
    return rules.FULL_WIDTH.at(path, span, message, hint)


def _narrow(char: str) -> str:
    if char in "。、":
        return "." if char == "。" else ","
    return chr(ord(char) - 0xFEE0)


def missing_spacing(path: str, passage: Passage) -> Iterator[Diagnostic]:
    """A diagnostic for each Latin word and code span that touches a Han character.

    Numbers alone may touch (3个), and single letters that make one word with it (X光).
    """
    if passage.in_references or not _HAN.search(passage.prose):
        return
    for match in _TIGHT.finditer(passage.prose):
        kind = "after" if match.group("after") else "word"
        start, end = match.span(kind)
        shown = passage.text[start:end].strip("`")
        is_word = _LETTER.search(shown) is not None and len(shown) > 1
        if is_word or (match.group(kind).startswith(CODE) and not _HAN.search(shown)):
            message = f'"{shortened(shown)}" touches a Chinese character'
            hint = "put a space between them"
            yield rules.NO_SPACING.at(path, passage.span(start, end), message, hint)


def wide_spaces(path: str, passage: Passage) -> Iterator[Diagnostic]:
    """A diagnostic for each full-width space inside a text; those that indent it may stand."""
    if passage.kind is PassageKind.TABLE:
        return
    for match in _WIDE_SPACE.finditer(passage.prose):
        message = "a full-width space (U+3000) stands in the text"
        span = passage.span(match.start(), match.end())
        yield rules.FULL_WIDTH.at(path, span, message, "remove it, or write a usual space")


def needless_spaces(path: str, passage: Passage) -> Iterator[Diagnostic]:
    """A diagnostic for each space beside a full-width mark, which has its own space around.

    One behind a mark of enumeration, as in `（1） `, is left alone.
    """
    for pattern in (_SPACE_BEFORE, _SPACE_BEHIND):
        for match in pattern.finditer(passage.prose):
            start = match.start("gap")
            if _ENUMERATED.search(passage.prose[max(start - 6, 0) : start]):
                continue
            message = f'a space stands beside the full-width "{match["mark"]}"'
            span = passage.span(*match.span("gap"))
            yield rules.NEEDLESS_SPACE.at(path, span, message, "remove the space")


def mixed_separators(path: str, passage: Passage) -> Iterator[Diagnostic]:
    """A diagnostic for the one comma that stands in an enumeration of code for another mark.

    A semicolon, or a comma that may end a clause, sets groups of items apart and is left alone.
    """
    for run in _SEPARATED.finditer(passage.prose):
        found = list(_SEPARATOR.finditer(passage.prose, run.start(), run.end()))
        counts = Counter(match.group() for match in found)
        usual = max(counts, key=lambda mark: counts[mark])
        if set(counts) - {usual} != {_COMMA} or counts[_COMMA] != 1 or usual not in _FINER:
            continue
        match = next(match for match in found if match.group() == _COMMA)
        is_last_item = match is found[-1] and _ITEM_END.match(passage.prose, run.end())
        if usual == "," or is_last_item:
            message = f'"{_COMMA}" separates here, "{usual}" elsewhere'
            span = passage.span(match.start(), match.end())
            yield rules.MIXED_SEPARATORS.at(path, span, message, f'write "{_LIST_COMMA}"')
