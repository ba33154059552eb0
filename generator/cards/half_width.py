"""Half-width punctuation in Chinese text, where full-width marks are meant."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator

from generator.cards import rules
from generator.cards.chinese import HAN
from generator.cards.prose import CODE, MARKUP, Passage, PassageKind
from generator.cards.punctuation import match_brackets, units
from generator.diagnostics import Diagnostic

_HAN = re.compile(f"[{HAN}]")
_FULL = {",": "，", ";": "；", ":": "：", "!": "！", "?": "？", ".": "。"}
_SHORTCODE = r"[a-z+-][a-z0-9_+-]{0,40}:"
_MARK = re.compile(
    rf"(?<=[{HAN}）》】」』”]){MARKUP}*(?P<behind>[,;!?](?!/)|:(?!/|{_SHORTCODE})|\.(?=\s|$))"
    rf"|(?P<before>[,;!?])[ \n]*{MARKUP}*(?=[{HAN}])"
)
_NAME = r"[A-Za-z0-9][A-Za-z0-9+_.-]*"
_ITEM = rf"(?:{CODE}+|{_NAME})"
_LIST = re.compile(rf"(?<![A-Za-z0-9+_.{CODE}-]){_ITEM}(?:\s*[,，、;；]\s*{_ITEM})+")
_SEPARATOR = re.compile(r"[,，、;；]")
_CHINESE_BEFORE = re.compile(rf"[{HAN}，。；：、（）！？]\s*{MARKUP}*$")
_CHINESE_BEHIND = re.compile(rf"{MARKUP}*\s*[{HAN}，。；：、（）！？]")
_LIST_GOES_ON = re.compile(rf"{MARKUP}*\s*(?:等|和|与|及|以及|或)")
_CAPITAL = re.compile(r"[A-Z]")
_DIGIT = re.compile(r"[0-9]")
_REMARK = re.compile(rf"(?<=[{HAN}]){MARKUP}*(?P<gap> ?)$")
_REMARK_TEXT = re.compile(rf"[^,，;]*(?:[A-Za-z]{{2}}|{CODE})[^,，;]*")
_FULL_STOP = re.compile(
    rf"(?<=[{HAN}])(?: ?{MARKUP}*(?P<word>[A-Za-z0-9][A-Za-z0-9+_-]+|{CODE}+){MARKUP}*)\."
    rf"(?=\s*$|\s+[{HAN}])"
)
_QUOTE = re.compile(r'"')
_QUOTED = re.compile(rf"[{HAN}](?:[{HAN}，。、；：！？·—…A-Za-z0-9 -]{{0,60}}[{HAN}。！？])?")
_DATA_BEFORE = re.compile(r"(?:[A-Za-z0-9=:{\[(\\]|[=:,]\s)$")
_ELLIPSIS = re.compile(rf"(?<=[{HAN}])\.{{3,6}}(?!\.)")
_FEWEST_HALF_WIDTH = 2
_CONTEXT = 12


def half_width_marks(path: str, passage: Passage) -> Iterator[Diagnostic]:
    """A diagnostic for each half-width mark in Chinese text.

    That is a mark beside a Han character, one that separates the items of a list or ends a
    sentence in it, and brackets and quotation marks around or behind some. References are left
    out: there are standards for them that want half-width marks.
    """
    if passage.in_references or not _HAN.search(passage.prose):
        return
    for match in _MARK.finditer(passage.prose):
        kind = str(match.lastgroup)
        mark, start = match.group(kind), match.start(kind)
        yield _half_width(path, passage, start, start + 1, f'"{mark}"', f'"{_FULL[mark]}"')
    for match in _ELLIPSIS.finditer(passage.prose):
        yield _half_width(path, passage, match.start(), match.end(), '"..."', '"……"')
    yield from _separators(path, passage)
    yield from _full_stops(path, passage)
    for first, last in units(passage):
        yield from _brackets(path, passage, first, last)
        yield from _quotes(path, passage, first, last)


def _half_width(
    path: str, passage: Passage, start: int, end: int, mark: str, wanted: str
) -> Diagnostic:
    message = f"the half-width {mark} stands in Chinese text"
    hint = f"write {wanted}, without spaces around"
    return rules.HALF_WIDTH.at(path, passage.span(start, end), message, hint)


def _separators(path: str, passage: Passage) -> Iterator[Diagnostic]:
    """Those between code, or between names, in a Chinese sentence."""
    for run in _LIST.finditer(passage.prose):
        if not _is_in_chinese(passage.prose, run):
            continue
        found = list(_SEPARATOR.finditer(passage.prose, run.start(), run.end()))
        comma = _comma_of(Counter(match.group() for match in found))
        for match in found:
            if match.group() in _FULL:
                wanted = comma if match.group() == "," else "；"
                mark = f'"{match.group()}"'
                yield _half_width(path, passage, *match.span(), mark, f'"{wanted}"')


def _is_in_chinese(prose: str, run: re.Match[str]) -> bool:
    items = [item for item in re.split(r"\s*[,，、;；]\s*", run.group()) if item[0] != CODE]
    is_behind = _CHINESE_BEFORE.search(prose[max(run.start() - _CONTEXT, 0) : run.start()])
    if not items:
        return bool(is_behind or _CHINESE_BEHIND.match(prose, run.end()))
    # Other words may be a quotation, an address or a date, which have commas of their own.
    are_names = all(_CAPITAL.search(item) for item in items)
    return bool(is_behind and are_names and _LIST_GOES_ON.match(prose, run.end()))


def _comma_of(counts: Counter[str]) -> str:
    """The comma that a list is to have: the full-width one that it has, unless by mistake."""
    is_slip = counts["，"] == 1 and counts[","] >= _FEWEST_HALF_WIDTH
    return "，" if counts["，"] > counts["、"] and not is_slip else "、"


def _full_stops(path: str, passage: Passage) -> Iterator[Diagnostic]:
    """Those behind a name or code that ends a Chinese sentence."""
    if passage.kind is PassageKind.TABLE:
        return
    for match in _FULL_STOP.finditer(passage.prose):
        word = match["word"]
        # Others may be abbreviations.
        is_name = len(_CAPITAL.findall(word)) > 1 or (_CAPITAL.search(word) and _DIGIT.search(word))
        if word[0] == CODE or is_name:
            yield _half_width(path, passage, match.end() - 1, match.end(), '"."', '"。"')


def _brackets(path: str, passage: Passage, first: int, last: int) -> Iterator[Diagnostic]:
    prose = passage.prose
    # Looked up in order, since brackets may be nested as deeply as a text is long.
    han = [match.start() for match in _HAN.finditer(prose, first, last)]
    for pair in match_brackets(prose, first, last).pairs:
        opening, closing = prose[pair.start], prose[pair.end - 1]
        is_chinese = bisect_left(han, pair.start) < bisect_left(han, pair.end)
        if not is_chinese and not _is_remark(prose, pair.start, pair.end):
            continue
        if (opening, closing) == ("(", ")"):
            yield _half_width(path, passage, pair.start, pair.end, "(…)", "（…）")
        elif (opening, closing) == ("(", "）"):
            yield _half_width(path, passage, pair.start, pair.start + 1, '"("', '"（"')
        elif (opening, closing) == ("（", ")"):
            yield _half_width(path, passage, pair.end - 1, pair.end, '")"', '"）"')


def _is_remark(prose: str, start: int, end: int) -> bool:
    """Whether a word or code in brackets stands behind Chinese, and touches some.

    A list of words may be a tuple.
    """
    before = _REMARK.search(prose[max(start - _CONTEXT, 0) : start])
    if before is None:
        return False
    touches = not before["gap"] or _HAN.match(prose, end)
    return bool(touches) and _REMARK_TEXT.fullmatch(prose, start + 1, end - 1) is not None


def _quotes(path: str, passage: Passage, first: int, last: int) -> Iterator[Diagnostic]:
    """Straight ones around Chinese words."""
    places = [match.start() for match in _QUOTE.finditer(passage.prose, first, last)]
    if len(places) % 2:
        return
    for start, end in zip(places[::2], places[1::2], strict=True):
        before, after = passage.prose[max(start - 2, 0) : start], passage.prose[end + 1 : end + 2]
        if _DATA_BEFORE.search(before) or after == ":":
            continue
        if _QUOTED.fullmatch(passage.prose, start + 1, end):
            yield _half_width(path, passage, start, end + 1, '"…"', "“…”")
