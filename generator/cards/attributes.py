"""What the info string of a Python fence says behind the language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct

from generator.cards import rules
from generator.cards.model import Attributes
from generator.cards.rules import Rule
from generator.diagnostics import did_you_mean
from generator.source import Position, Span

MAX_TIMEOUT = 86_400
"""Seconds that a block may ask for at most."""


class AttributeUse(Struct, frozen=True):
    """An attribute as it may be written, and what it does, by language code."""

    example: str
    meaning: Mapping[str, str]


ATTRIBUTE_USES: Mapping[str, AttributeUse] = {
    "skip": AttributeUse(
        'skip="needs 8 GPUs"',
        {
            "en_US": "It is neither run nor compiled; the page shows the reason.",
            "zh_CN": "不运行，也不编译；页面上会显示原因。",
        },
    ),
    "compile-only": AttributeUse(
        "compile-only",
        {"en_US": "It is compiled, and not run.", "zh_CN": "只编译，不运行。"},
    ),
    "raises": AttributeUse(
        "raises=ValueError",
        {
            "en_US": "It is run, and must raise this exception; the group goes on.",
            "zh_CN": "运行，且必须抛出这个异常；同组后面的代码照常运行。",
        },
    ),
    "timeout": AttributeUse(
        "timeout=300",
        {
            "en_US": "It may take so many seconds, which do not count for its group.",
            "zh_CN": "最多可用这么多秒，且不计入所在组的时限。",
        },
    ),
    "runtime": AttributeUse(
        "runtime=megengine",
        {
            "en_US": "On the sample code: the whole card runs in this runtime of the hub.",
            "zh_CN": "写在示例代码上：整张卡片在站点的这个运行环境里运行。",
        },
    ),
    "varying-output": AttributeUse(
        "varying-output",
        {
            "en_US": "Its output is recorded, and not compared with that of the next run.",
            "zh_CN": "记录输出，但不与下一次运行的输出比较。",
        },
    ),
}
"""The attributes that there are, by name."""

NAMES = tuple(ATTRIBUTE_USES)

_FLAGS = frozenset({"compile-only", "varying-output"})
_VALUE_HINTS = {
    "skip": 'write the reason that readers will see, as in skip="needs 8 GPUs"',
    "raises": "write the name of an exception, as in raises=ValueError",
    "timeout": "write a number of seconds above 0, as in timeout=300",
    "runtime": "write the name of a runtime in site.yaml, as in runtime=megengine",
}
_CONTRADICTIONS: Mapping[str, tuple[str, ...]] = {
    "skip": ("compile-only", "raises", "timeout", "varying-output"),
    "compile-only": ("raises", "timeout", "varying-output"),
}
_WHY = {
    "skip": "a block that is skipped is not run",
    "compile-only": "a block that is compiled only is not run",
}
_STRAIGHT = ('"', "'")
_CLOSING = {'"': '"', "'": "'", "“": "”", "”": "”", "‘": "’", "’": "’"}
_NAME = re.compile(r"[^\s=]+")
_SIGN = re.compile(r"\s*=\s*")
_SPACE = re.compile(r"\s*")
_BARE = re.compile(r"\S*")
_EXCEPTION = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_SECONDS = re.compile(r"[0-9]+(?:\.[0-9]+)?", re.ASCII)


class AttributeProblem(Struct, frozen=True):
    """Something wrong with one attribute."""

    rule: Rule
    span: Span
    message: str
    hint: str


class ReadAttributes(Struct, frozen=True):
    """The attributes that could be understood, and what is wrong with the others."""

    attributes: Attributes
    problems: tuple[AttributeProblem, ...]


class _Word(Struct, frozen=True):
    """An attribute as it is written: `value` is none when there is no `=` behind the name."""

    name: str
    value: str | None
    span: Span
    fault: str = ""


def read_attributes(info: str, start: Position) -> ReadAttributes:
    """The attributes in the info string `info` of a Python fence, which stands at `start`.

    Of each attribute the first that is well formed counts.
    """
    problems: list[AttributeProblem] = []
    accepted: dict[str, _Word] = {}
    written: set[str] = set()
    for word in _words(info, start):
        problem = _problem(word, written)
        written.add(word.name)
        if problem:
            problems.append(problem)
        else:
            accepted[word.name] = word
    problems += _contradictions(accepted)
    return ReadAttributes(_attributes(accepted), tuple(problems))


def _words(info: str, start: Position) -> Iterator[_Word]:
    index = _skip_space(info, _bare_end(info, 0))
    while index < len(info):
        end, name, value, fault = _word(info, index)
        span = Span.at(start.line, start.column + index, end - index)
        yield _Word(name, value, span, fault)
        index = _skip_space(info, end)


def _word(info: str, index: int) -> tuple[int, str, str | None, str]:
    """Where the attribute that begins at `index` ends, its name, value, and fault."""
    match = _NAME.match(info, index)
    end = match.end() if match else index + 1
    name = info[index:end]
    sign = _SIGN.match(info, end)
    if sign is None:
        return end, name, None, ""
    end, value, fault = _value(info, sign.end())
    if sign.group() != "=":
        fault = "there is a space beside ="
    return end, name, value, fault


def _value(info: str, index: int) -> tuple[int, str, str]:
    """Where the value that begins at `index` ends, the value, and what is wrong with it."""
    opening = info[index : index + 1]
    if opening in _CLOSING:
        closing = info.find(_CLOSING[opening], index + 1)
        if closing < 0:
            return len(info), "", "its quotation mark is never closed"
        if opening not in _STRAIGHT:
            return closing + 1, "", "its quotation marks are not straight ones (\" or ')"
        if info[closing + 1 : closing + 2].strip():
            return _bare_end(info, closing), "", "something follows right behind its quotation mark"
        return closing + 1, info[index + 1 : closing], ""
    end = _bare_end(info, index)
    return end, info[index:end], ""


def _bare_end(info: str, index: int) -> int:
    match = _BARE.match(info, index)
    return match.end() if match else index


def _skip_space(info: str, index: int) -> int:
    space = _SPACE.match(info, index)
    return space.end() if space else index


def _problem(word: _Word, written: set[str]) -> AttributeProblem | None:
    name, value = word.name, word.value
    if word.fault:
        message = f'the attribute "{name}" can\'t be read: {word.fault}'
        hint = 'write name=value, or name="a value with spaces"'
        return AttributeProblem(rules.BAD_ATTRIBUTE, word.span, message, hint)
    if name not in NAMES:
        message = f'unknown attribute "{name}"'
        hint = did_you_mean(name, NAMES)
        return AttributeProblem(rules.UNKNOWN_ATTRIBUTE, word.span, message, hint)
    if name in written:
        message = f'the attribute "{name}" stands here a second time'
        return AttributeProblem(rules.DUPLICATE_ATTRIBUTE, word.span, message, "keep one")
    if name in _FLAGS and value is not None:
        message = f'the attribute "{name}" takes no value'
        hint = f"write only {name}"
        return AttributeProblem(rules.ATTRIBUTE_VALUE, word.span, message, hint)
    if name not in _FLAGS:
        complaint = _VALUE_CHECKS[name](value or "")
        if complaint:
            message = f'the attribute "{name}" {complaint}'
            return AttributeProblem(rules.ATTRIBUTE_VALUE, word.span, message, _VALUE_HINTS[name])
    return None


def _reason_complaint(value: str) -> str:
    return "" if value.strip() else "has no reason"


def _exception_complaint(value: str) -> str:
    if not value:
        return "names no exception"
    return "" if _EXCEPTION.fullmatch(value) else f'can\'t be "{value}"'


def _seconds_complaint(value: str) -> str:
    if not value:
        return "has no number"
    if not _SECONDS.fullmatch(value) or len(value) > 20 or float(value) == 0:
        return f'can\'t be "{value}"'
    return f"is more than {MAX_TIMEOUT:,} seconds" if float(value) > MAX_TIMEOUT else ""


def _runtime_complaint(value: str) -> str:
    return "" if value else "names no runtime"


_VALUE_CHECKS: Mapping[str, Callable[[str], str]] = {
    "skip": _reason_complaint,
    "raises": _exception_complaint,
    "timeout": _seconds_complaint,
    "runtime": _runtime_complaint,
}


def _contradictions(words: Mapping[str, _Word]) -> Iterator[AttributeProblem]:
    for first, others in _CONTRADICTIONS.items():
        for other in others:
            if first in words and other in words:
                message = f'the attribute "{other}" contradicts "{first}": {_WHY[first]}'
                hint = f"keep {first}, or {other}"
                span = words[other].span
                yield AttributeProblem(rules.CONTRADICTING_ATTRIBUTES, span, message, hint)


def _attributes(words: Mapping[str, _Word]) -> Attributes:
    values = {name: word.value for name, word in words.items()}
    timeout = values.get("timeout")
    reason = values.get("skip")
    return Attributes(
        skip=reason.strip() if reason else None,
        compile_only="compile-only" in words,
        raises=values.get("raises"),
        timeout=float(timeout) if timeout else None,
        runtime=values.get("runtime"),
        varying_output="varying-output" in words,
        spans={name: word.span for name, word in words.items()},
    )
