"""Brackets, quotation marks and doubled punctuation in the text of a card."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from msgspec import Struct

from generator.cards import rules
from generator.cards.prose import CodeSpan, Passage, PassageKind
from generator.diagnostics import Diagnostic, shortened

CLOSING = {
    "(": ")",
    "（": "）",
    "[": "]",
    "［": "］",
    "【": "】",
    "《": "》",
    "「": "」",
    "『": "』",
    "“": "”",
}
_MARK = re.compile(f"[{re.escape(''.join([*CLOSING, *CLOSING.values()]))}]")
# In these the two widths may be mixed, which is another problem.
_SAME = {"（": "(", "）": ")", "［": "[", "］": "]"}
_INTERVAL = re.compile(r"[\[(（][^\[\]()（）,，]+[,，][^\[\]()（）,，]+[\])）]")
_ENUMERATOR = re.compile(
    r"(?:^|[\s。；;，,、：:\ue001])(?:[0-9]{1,2}|[A-Za-z]|[ivx]{1,4}|[一二三四五六七八九十]{1,3})$"
)
_LABEL = re.compile(r"\w{1,3}\)", re.ASCII)
_FACE = re.compile(r"(?:(?:^|\s)[:;]['-]?|\^_\^|>_<|T_T)$")
_QUOTED = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"")
_CODE_BRACKET = re.compile(r"[()\[\]]")
_STRAIGHT = re.compile('"')
_INCHES = re.compile(r'[0-9]"')
_OPENS = re.compile(r'[^"A-Za-z0-9.,!?=\\]?"[A-Za-z\u4e00-\u9fff\ue000]')
_DOUBLED = re.compile(
    r"(?:，，|、、|；；|：：|[，；：、][，。；：、]|。[，；：、]|(?<!。)。。(?!。))|(?<![,;]),,(?![,;])|(?<!\.)\.,(?=\s)"
)
_LAST_WORD = re.compile(r"[\w.]*$")
_LONGEST_ABBREVIATION = 4
_LONG_ABBREVIATIONS = frozenset(
    {"approx", "assoc", "coeff", "comput", "equiv", "illus", "param", "params", "suppl", "transl"}
)
_SHORTEST_CODE = 4
_DEEPEST = 20
_MOST_TOLD = 5
_LONGEST_INTERVAL = 60


class Pair(Struct, frozen=True):
    """Two brackets that belong together, by their places in a passage's text."""

    start: int
    end: int


class Brackets(Struct, frozen=True):
    """The brackets of a text: those with a counterpart, and the places of those without."""

    pairs: tuple[Pair, ...]
    unclosed: tuple[int, ...]
    unopened: tuple[int, ...]


def match_brackets(text: str, start: int = 0, end: int | None = None) -> Brackets:
    """Which brackets and quotation marks of `text[start:end]` belong together."""
    pairs: list[Pair] = []
    stack: list[int] = []
    unclosed: list[int] = []
    unopened: list[int] = []
    for mark in _MARK.finditer(text, start, len(text) if end is None else end):
        if mark.group() in CLOSING:
            stack.append(mark.start())
            continue
        depth = _partner(text, stack, mark)
        if depth is None:
            unopened.append(mark.start())
        else:
            unclosed += stack[depth + 1 :]
            pairs.append(Pair(stack[depth], mark.end()))
            del stack[depth:]
    return Brackets(tuple(pairs), tuple(sorted([*unclosed, *stack])), tuple(unopened))


def _partner(text: str, stack: Sequence[int], mark: re.Match[str]) -> int | None:
    closing = _SAME.get(mark.group(), mark.group())
    for depth in range(len(stack) - 1, max(len(stack) - _DEEPEST, 0) - 1, -1):
        wanted = CLOSING[text[stack[depth]]]
        if _SAME.get(wanted, wanted) == closing:
            return depth
        is_short = mark.end() - stack[depth] <= _LONGEST_INTERVAL
        if is_short and _INTERVAL.fullmatch(text, stack[depth], mark.end()):
            return depth
    return None


def unbalanced_code(path: str, passage: Passage) -> Iterator[Diagnostic]:
    """A diagnostic for each code span with one bracket too many at its end, or its beginning.

    A span that shows a piece of code (`T.Compose([`), an interval, or brackets alone is as
    it is meant.
    """
    for span in passage.code_spans:
        place = _stray_bracket(span)
        if place is None:
            continue
        bracket = span.code[place]
        message = f'the bracket "{bracket}" has no counterpart in `{shortened(span.code)}`'
        hint = "remove it, or write the other one"
        start = span.start + place
        yield rules.UNBALANCED_CODE.at(path, passage.span(start, start + 1), message, hint)


def _stray_bracket(span: CodeSpan) -> int | None:
    code = span.code.strip()
    if len(code) < _SHORTEST_CODE or "\\" in code or not _CODE_BRACKET.search(code):
        return None
    first = span.code.index(code)
    blank = _QUOTED.sub(lambda quoted: " " * len(quoted.group()), code)
    found = match_brackets(blank)
    if _INTERVAL.fullmatch(code) or _LABEL.fullmatch(code):
        return None
    if len(found.unopened) == 1 and found.unopened[0] == len(code) - 1:
        is_mismatch = found.unclosed == (0,)
        if is_mismatch or not found.unclosed:
            return first + len(code) - 1
    if found.unclosed == (0,) and not found.unopened:
        return first
    return None


def unbalanced_text(path: str, passages: Sequence[Passage]) -> Iterator[Diagnostic]:
    """A diagnostic for each bracket or quotation mark that lacks the other one.

    A quotation of several paragraphs opens each of them, and is closed in the last.
    """
    for passage, following in zip_longest(passages, passages[1:]):
        goes_on = following is not None and following.text.startswith(("“", '"'))
        for start, end in units(passage):
            found = match_brackets(passage.prose, start, end)
            for place in found.unclosed[:_MOST_TOLD]:
                is_face = _FACE.search(passage.text, max(start, place - 3), place)
                if not is_face and not (goes_on and passage.text[place] == "“"):
                    yield _unbalanced(path, passage, place, "is never closed")
            quote = _open_quote(passage.prose, start, end)
            if quote is not None and not goes_on:
                yield _unbalanced(path, passage, quote, "is never closed")
            for place in found.unopened[:_MOST_TOLD]:
                before = slice(max(start, place - 6), place)
                is_enumerator = _ENUMERATOR.search(passage.prose[before])
                if not is_enumerator and not _FACE.search(passage.text[before]):
                    yield _unbalanced(path, passage, place, "closes nothing")


def _open_quote(prose: str, start: int, end: int) -> int | None:
    """The last straight quotation mark, if it opens; those behind numbers are inches."""
    places = [match.start() for match in _STRAIGHT.finditer(prose, start, end)]
    if len(places) % 2 == 0 or _INCHES.search(prose, start, end):
        return None
    last = places[-1]
    return last if _OPENS.match(prose, max(last - 1, start)) else None


def units(passage: Passage) -> Iterator[tuple[int, int]]:
    """The parts of a passage over which no sentence reaches: the rows of a table, or all of it."""
    if passage.kind is not PassageKind.TABLE:
        yield 0, len(passage.text)
        return
    for start, line in zip(passage.starts, passage.lines, strict=True):
        yield start, start + len(line.content)


def _unbalanced(path: str, passage: Passage, place: int, problem: str) -> Diagnostic:
    message = f'"{passage.text[place]}" {problem}'
    hint = "remove it, or write the other one"
    return rules.UNBALANCED_TEXT.at(path, passage.span(place, place + 1), message, hint)


def repeated_punctuation(path: str, passage: Passage) -> Iterator[Diagnostic]:
    """A diagnostic for marks such as `，，` and `，。` of which one is too many."""
    for match in _DOUBLED.finditer(passage.prose):
        if match.group() == ".," and _is_abbreviation(passage.prose, match.start()):
            continue
        message = f'the punctuation "{match.group()}" is doubled'
        span = passage.span(match.start(), match.end())
        yield rules.REPEATED_PUNCTUATION.at(path, span, message, "keep the mark that is meant")


def _is_abbreviation(prose: str, end: int) -> bool:
    """Whether the word before `end` may be one: those with a capital are of titles (Trans.)."""
    found = _LAST_WORD.search(prose[max(end - 20, 0) : end])
    word = found.group() if found else ""
    is_title = word[:1].isupper() or "." in word
    return is_title or len(word) <= _LONGEST_ABBREVIATION or word in _LONG_ABBREVIATIONS
