"""Constants of preprocessing in a card's text, against those in its code.

What the text calls the mean or the standard deviation, and the sizes it resizes and crops
to, must be among those that the code has. Where the code does not say, nothing is said.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum

from msgspec import Struct

from generator.cards import rules
from generator.cards.model import Line, LineKind, Section
from generator.cards.python_code import ParsedCode, dotted_name, literal_number
from generator.diagnostics import Diagnostic
from generator.source import Position, Span


class Quantity(Enum):
    """A constant that texts state."""

    MEAN = "mean"
    DEVIATION = "standard deviation"
    RESIZE = "size to resize to"
    CROP = "size to crop to"


_PROSE = (LineKind.TEXT, LineKind.HEADING)
_NUMBER = r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?"
_LIST = re.compile(
    rf"[\[(（]\s*({_NUMBER}(?:\s*[,，、]\s*{_NUMBER})+)\s*(?:,\s*)?[\])）]", re.ASCII
)
_ONE_NUMBER = re.compile(_NUMBER, re.ASCII)
_LIST_WORDS = re.compile(
    r"(?P<DEVIATION>\bstd\b|\bstandard[ -]deviations?\b|标准差)"
    r"|(?P<MEAN>\bmeans?\b|均值|平均值)|(?P<END>[。.!?！？](?!\d))",
    re.IGNORECASE,
)
_SIZE_WORDS = re.compile(
    r"(?P<CROP>\bcrop(?:ped|ping|s)?\b|裁剪|裁切)"
    r"|(?P<RESIZE>\bres(?:iz|zi)(?:ed?|ing)\b|\breszied\b|\bresizes?\b|\brescaled?\b|缩放)"
    r"|(?P<END>[。.!?！？;；](?!\d))",
    re.IGNORECASE,
)
_SIZE_SPAN = re.compile(r"`\s*\(?\s*(\d{2,4})(?:\s*[xX×*,]\s*(\d{2,4}))?\s*\)?\s*`", re.ASCII)
_SPAN = re.compile(r"`[^`\n]*`")
_NEAR = 24
_NEAR_SIZE = 32
_SAME_SENTENCE = 160
_SENTENCE_END = re.compile(r"[。!?！？;；]|\.(?!\d)")
_CLAUSE_END = re.compile(r"[,，、`]|[。!?！？;；]|\.(?!\d)")
_SAME_TOPIC = 400
_MAYBE = re.compile(
    r"\b(?:not|no|never|without|instead|rather|larger|smaller|least|most|between|or|may|might|can"
    r"|could|would|try|if|e\.g)\b|n['’]t\b|不|没|未|无需|无须|勿|可|或|若|如果|至少|至多|例如",
    re.IGNORECASE,
)
# What is done to images for training is not what the code of a card does to one.
_PURPOSE = re.compile(
    r"(?P<training>\brandom(?:ly)?\b|\b(?:for|during|in|at|while|when) training\b"
    r"|\btrain(?:ing)?[ -](?:time|images|crops?)\b|随机|训练(?:时|中|阶段|期间|图片)|用于训练)"
    r"|\b(?:tests?|testing|evaluations?|evaluated|validation|inference)\b|测试|推理|评估|验证",
    re.IGNORECASE,
)
# A mean of results is none of pixels.
_RESULTS = re.compile(
    r"\b(?:runs?|seeds?|trials?|folds?|accurac(?:y|ies)|scores?|epochs?|top-?[15]|mAP|m?IoU"
    r"|latenc(?:y|ies)|loss(?:es)?|errors?|experiments?|results?)\b"
    r"|运行|实验|试验|[两三四五六七八九十0-9] ?次|种子|准确率|精度|得分|耗时|延迟|损失|误差|结果",
    re.IGNORECASE,
)
_RGB = re.compile(r"\bRGB\b")


class _Constant(Struct, frozen=True):
    """Numbers in code, or none where they can't be read from it, and their line in the card."""

    numbers: tuple[float, ...] | None
    line: int


class _Paragraph(Struct, frozen=True):
    """Text without line ends in between, and where each of its lines begins in it."""

    text: str
    starts: tuple[int, ...]
    lines: tuple[Line, ...]

    def span(self, start: int, end: int) -> Span:
        """The place in the card of a piece of the text."""
        return Span(self._position(start), self._position(end))

    def _position(self, index: int) -> Position:
        number = bisect_right(self.starts, index) - 1
        line = self.lines[number]
        return Position(line.number, line.column + index - self.starts[number])


def wrong_constants(
    path: str, section: Section, own: Sequence[ParsedCode], all_code: Sequence[ParsedCode]
) -> Iterator[Diagnostic]:
    """A diagnostic for each constant in the section's text that its code has otherwise.

    `own` is the code that goes with the section; where that has none of a quantity, that of
    the whole card, `all_code`, counts.
    """
    stated = [
        (paragraph, *found)
        for paragraph in _paragraphs(section.lines)
        for found in (*_lists(paragraph.text), *_sizes(paragraph.text))
    ]
    if not stated:
        return
    own_constants = _constants(own)
    is_whole = all(quantity in own_constants for _, quantity, *_ in stated)
    all_constants = own_constants if is_whole else _constants(all_code)
    for paragraph, quantity, numbers, start, end in stated:
        known = own_constants.get(quantity) or all_constants.get(quantity) or []
        if not known or _agrees(
            quantity, numbers, known, is_rgb=_speaks_of_rgb(paragraph.text, start)
        ):
            continue
        text = paragraph.text[start:end].strip("` ")
        there = known[0]
        message = f"the {quantity.value} is {text} here, but another in the code"
        value = _written(there.numbers or ())
        hint = f"the code has {value} in line {there.line}: make them the same"
        yield rules.WRONG_CONSTANT.at(path, paragraph.span(start, end), message, hint)


def _agrees(
    quantity: Quantity, numbers: tuple[float, ...], known: Sequence[_Constant], *, is_rgb: bool
) -> bool:
    for constant in known:
        if constant.numbers is None:
            return True
        if quantity in (Quantity.RESIZE, Quantity.CROP):
            if set(numbers) == set(constant.numbers):
                return True
        elif (
            len(constant.numbers) != len(numbers)
            or _same(numbers, constant.numbers)
            or (is_rgb and _same(numbers[::-1], constant.numbers))
        ):
            return True
    return False


def _speaks_of_rgb(text: str, index: int) -> bool:
    return _RGB.search(text, max(index - _SAME_TOPIC, 0), index + _SAME_TOPIC) is not None


def _same(one: Sequence[float], two: Sequence[float]) -> bool:
    """Whether the numbers are equal, or the same on the scales from 0 to 1 and from 0 to 255."""
    return any(
        all(abs(a * scale - b) <= tolerance for a, b in zip(one, two, strict=True))
        for scale, tolerance in ((1.0, 1e-9), (255.0, 0.13), (1 / 255.0, 5e-4))
    )


def _written(numbers: Sequence[float]) -> str:
    texts = [f"{number:g}" for number in numbers]
    return texts[0] if len(set(texts)) == 1 else f"[{', '.join(texts)}]"


def _paragraphs(lines: Iterable[Line]) -> Iterator[_Paragraph]:
    current: list[Line] = []
    for line in lines:
        goes_on = line.kind is LineKind.TEXT and (
            not current or current[-1].containers == line.containers
        )
        if current and not goes_on:
            yield _paragraph(current)
            current = []
        if line.kind in _PROSE:
            current.append(line)
        if line.kind is LineKind.HEADING and current:
            yield _paragraph(current)
            current = []
    if current:
        yield _paragraph(current)


def _paragraph(lines: Sequence[Line]) -> _Paragraph:
    starts, length = [], 0
    for line in lines:
        starts.append(length)
        length += len(line.content) + 1
    return _Paragraph(" ".join(line.content for line in lines), tuple(starts), tuple(lines))


def _lists(text: str) -> Iterator[tuple[Quantity, tuple[float, ...], int, int]]:
    """The lists of numbers that the text calls a mean or a deviation, with their places."""
    behind = 0
    for match in _LIST.finditer(text):
        start = max(behind, match.start() - _NEAR)
        quantity = _last_word(_LIST_WORDS, text, start, match.start())
        behind = match.end()
        is_certain = not (
            _MAYBE.search(text, start, match.start())
            or _RESULTS.search(_said_before(text, match.start()))
        )
        if quantity and is_certain:
            numbers = tuple(float(item) for item in _ONE_NUMBER.findall(match.group(1)))
            yield quantity, numbers, match.start(), match.end()


def _sizes(text: str) -> Iterator[tuple[Quantity, tuple[float, ...], int, int]]:
    """The sizes in code spans that the text resizes or crops to, with their places."""
    behind = 0
    for span in _SPAN.finditer(text):
        start = max(behind, span.start() - _NEAR_SIZE)
        behind = span.end()
        match = _SIZE_SPAN.fullmatch(span.group())
        quantity = _last_word(_SIZE_WORDS, text, start, span.start())
        is_certain = not (
            _MAYBE.search(text, start, span.start()) or _is_for_training(text, *span.span())
        )
        if match and quantity and is_certain:
            numbers = tuple(float(item) for item in match.groups() if item)
            yield quantity, numbers, span.start() + 1, span.end() - 1


def _said_before(text: str, end: int) -> str:
    """What the sentence says before `end`."""
    said = text[max(0, end - _SAME_SENTENCE) : end]
    ends = [match.end() for match in _SENTENCE_END.finditer(said)]
    return said[ends[-1] :] if ends else said


def _is_for_training(text: str, start: int, end: int) -> bool:
    behind = _CLAUSE_END.split(text[end : end + _NEAR], maxsplit=1)[0]
    purposes = list(_PURPOSE.finditer(behind)) or list(_PURPOSE.finditer(_said_before(text, start)))
    return bool(purposes) and purposes[-1]["training"] is not None


def _last_word(pattern: re.Pattern[str], text: str, start: int, end: int) -> Quantity | None:
    """The quantity of the last word before `end`, if the sentence is still the same."""
    last = None
    for match in pattern.finditer(text, start, end):
        last = match.lastgroup
    return None if last in (None, "END") else Quantity[str(last)]


def _constants(codes: Iterable[ParsedCode]) -> dict[Quantity, list[_Constant]]:
    found: dict[Quantity, list[_Constant]] = {}
    for code in codes:
        for node in code.nodes:
            if isinstance(node, ast.Call):
                for quantity, value in _arguments(node):
                    found.setdefault(quantity, []).append(_constant(value, node.lineno))
    return found


def _arguments(call: ast.Call) -> Iterator[tuple[Quantity, ast.expr | None]]:
    name = dotted_name(call.func).rpartition(".")[2].casefold().replace("_", "")
    keywords = {item.arg: item.value for item in call.keywords if item.arg}
    if "normalize" in name or "normalise" in name:
        # Functions take the image first: what is not a keyword says nothing of its meaning.
        is_transform = bool(call.args) and isinstance(call.args[0], ast.List | ast.Tuple)
        arguments = call.args if is_transform else []
        mean = keywords.get("mean", arguments[0] if arguments else None)
        deviation = keywords.get("std", arguments[1] if len(arguments) > 1 else None)
        yield Quantity.MEAN, mean
        yield Quantity.DEVIATION, deviation
    elif name.endswith("crop") and not name.startswith("random"):
        yield Quantity.CROP, _size(call, keywords)
    elif "resize" in name and not name.startswith("random"):
        yield Quantity.RESIZE, _size(call, keywords)


def _size(call: ast.Call, keywords: dict[str, ast.expr]) -> ast.expr | None:
    for name in ("output_size", "size"):
        if name in keywords:
            return keywords[name]
    return call.args[0] if len(call.args) == 1 else None


def _constant(value: ast.expr | None, line: int) -> _Constant:
    if value is None:
        return _Constant(None, line)
    items = value.elts if isinstance(value, ast.List | ast.Tuple) else [value]
    numbers = [literal_number(item) for item in items]
    whole = tuple(number for number in numbers if number is not None)
    is_whole = len(whole) == len(numbers) > 0
    return _Constant(whole if is_whole else None, value.lineno)
