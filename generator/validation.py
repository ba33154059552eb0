"""What is wrong with a YAML tree that has not the shape of a type, with its place.

The type says what is wanted, as msgspec reads it. That library stops at the first thing that
is wrong, and knows no places; here all of them are looked for in the tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any, TypeVar

import msgspec
from msgspec import Struct, inspect

from generator.diagnostics import did_you_mean
from generator.source import Span
from generator.yamltree import MappingNode, Node, PlainPath, Scalar, SequenceNode, plain

_T = TypeVar("_T")

_TEXT_HINT = "put the value in quotes if it is meant as text"
_LIST_HINT = "write [first, second], or one line with a dash for each"
_MAPPING_HINT = "write each entry as key: value on an indented line of its own"
_OTHER_HINT = "write it differently"


class ShapeProblemKind(Enum):
    """How a tree departs from its type."""

    UNKNOWN_KEY = "unknown key"
    MISSING_KEY = "missing key"
    WRONG_VALUE = "wrong value"


class ShapeProblem(Struct, frozen=True):
    """One departure of a tree from its type."""

    kind: ShapeProblemKind
    path: PlainPath
    span: Span
    message: str
    hint: str


class ShapeError(Exception):
    """A tree has not the shape of a type; the `problems` say where."""

    def __init__(self, problems: tuple[ShapeProblem, ...]) -> None:
        super().__init__(f"{len(problems)} problems of shape")
        self.problems = problems


def shaped(node: Node, wanted: type[_T], value_hints: Mapping[str, str]) -> _T:
    """The tree as a value of this type, which is a `msgspec.Struct`.

    `value_hints` says how to write a value, by its nearest named key. Raises `ShapeError` with
    all that is wrong.
    """
    try:
        return msgspec.convert(plain(node), wanted)
    except msgspec.ValidationError as error:
        problems = tuple(_problems(node, inspect.type_info(wanted), (), value_hints))
        if not problems:
            raise AssertionError(f"{error}: and nothing is wrong with the tree") from error
        raise ShapeError(problems) from None


def _problems(
    node: Node, wanted: inspect.Type, path: PlainPath, value_hints: Mapping[str, str]
) -> Iterator[ShapeProblem]:
    match wanted:
        case inspect.UnionType(types=types):
            # Of those with None, the only unions that the types have.
            if not (isinstance(node, Scalar) and node.value is None):
                (other,) = (item for item in types if not isinstance(item, inspect.NoneType))
                yield from _problems(node, other, path, value_hints)
        case inspect.StructType():
            yield from _struct_problems(node, wanted, path, value_hints)
        case inspect.DictType():
            yield from _dict_problems(node, wanted, path, value_hints)
        case inspect.VarTupleType():
            yield from _list_problems(node, wanted, path, value_hints)
        case _:
            wrong = _wrong_leaf(plain(node), wanted)
            if wrong:
                yield _wrong(node, path, *wrong, value_hints)


def _struct_problems(
    node: Node, wanted: inspect.StructType, path: PlainPath, value_hints: Mapping[str, str]
) -> Iterator[ShapeProblem]:
    if not isinstance(node, MappingNode):
        yield _wrong(node, path, "must be a mapping of keys to values", _MAPPING_HINT, value_hints)
        return
    entries = {entry.key: entry for entry in node.entries}
    fields = {field.encode_name: field for field in wanted.fields}
    for key, field in fields.items():
        if key in entries:
            yield from _problems(entries[key].value, field.type, (*path, key), value_hints)
        elif field.required:
            yield ShapeProblem(
                ShapeProblemKind.MISSING_KEY,
                (*path, key),
                Span(node.span.start, node.span.start),
                f'the key "{name_of((*path, key))}" is missing',
                value_hints.get(key, f"add a line {key}: …"),
            )
    for key, entry in entries.items():
        if key not in fields:
            yield ShapeProblem(
                ShapeProblemKind.UNKNOWN_KEY,
                (*path, key),
                entry.key_span,
                f'unknown key "{key}"',
                did_you_mean(key, list(fields)),
            )


def _dict_problems(
    node: Node, wanted: inspect.DictType, path: PlainPath, value_hints: Mapping[str, str]
) -> Iterator[ShapeProblem]:
    if not isinstance(node, MappingNode):
        yield _wrong(node, path, "must be a mapping of keys to values", _MAPPING_HINT, value_hints)
        return
    if len(node.entries) < (wanted.min_length or 0):
        yield _wrong(node, path, "must have at least one entry", "add one", value_hints)
    for entry in node.entries:
        inside = (*path, entry.key)
        wrong = _wrong_leaf(entry.key, wanted.key_type)
        if wrong:
            yield _wrong(entry.value, inside, *wrong, value_hints)
        yield from _problems(entry.value, wanted.value_type, inside, value_hints)


def _list_problems(
    node: Node, wanted: inspect.VarTupleType, path: PlainPath, value_hints: Mapping[str, str]
) -> Iterator[ShapeProblem]:
    if not isinstance(node, SequenceNode):
        yield _wrong(node, path, "must be a list", _LIST_HINT, value_hints)
        return
    if len(node.items) < (wanted.min_length or 0):
        yield _wrong(node, path, "must have at least one entry", "add one", value_hints)
    if wanted.max_length is not None and len(node.items) > wanted.max_length:
        message = f"must have at most {wanted.max_length:,} entries"
        yield _wrong(node, path, message, "remove some", value_hints)
    for index, item in enumerate(node.items):
        yield from _problems(item, wanted.item_type, (*path, index), value_hints)


def _wrong_leaf(value: Any, wanted: inspect.Type) -> tuple[str, str] | None:
    """What a single value must be and is not, and how to write it."""
    match wanted:
        case inspect.StrType():
            return _wrong_text(value, wanted)
        case inspect.IntType():
            if not isinstance(value, int) or isinstance(value, bool):
                return "must be a whole number", _OTHER_HINT
            return _out_of_range(value, wanted)
        case inspect.FloatType():
            if not isinstance(value, (int, float)) or isinstance(value, bool):
                return "must be a number", _OTHER_HINT
            return _out_of_range(value, wanted)
        case inspect.BoolType():
            if not isinstance(value, bool):
                return "must be true or false", _OTHER_HINT
        case inspect.EnumType(cls=choices):
            words = [str(choice.value) for choice in choices]
            if value not in words:
                *most, last = map(repr, words)
                return f"must be {', '.join(most)} or {last}", "write one of these"
    return None


def _wrong_text(value: Any, wanted: inspect.StrType) -> tuple[str, str] | None:
    if not isinstance(value, str):
        return "must be text", _TEXT_HINT
    if len(value) < (wanted.min_length or 0):
        return "must not be empty", "write the text"
    if wanted.max_length is not None and len(value) > wanted.max_length:
        return f"has more than {wanted.max_length:,} characters", _OTHER_HINT
    if wanted.pattern is not None and not re.search(wanted.pattern, value):
        return "is not written as it should be", _OTHER_HINT
    return None


def _out_of_range(
    value: float, wanted: inspect.IntType | inspect.FloatType
) -> tuple[str, str] | None:
    if wanted.gt is not None and not value > wanted.gt:
        return f"must be above {wanted.gt:,}", _OTHER_HINT
    if wanted.le is not None and not value <= wanted.le:
        return f"must be at most {wanted.le:,}", _OTHER_HINT
    return None


def _wrong(
    node: Node, path: PlainPath, message: str, hint: str, value_hints: Mapping[str, str]
) -> ShapeProblem:
    return ShapeProblem(
        ShapeProblemKind.WRONG_VALUE,
        path,
        node.span,
        f"{name_of(path)} {message}",
        value_hints.get(last_name(path), hint),
    )


def name_of(path: PlainPath) -> str:
    """How people speak of it: `summary.zh_CN`, and of an item of a list `tags, item 2`."""
    if not path:
        return "the document"
    names = ".".join(str(step) for step in path if isinstance(step, str))
    places = "".join(f", item {step + 1}" for step in path if isinstance(step, int))
    return f"{names}{places}"


def last_name(path: PlainPath) -> str:
    """The nearest named key above what is at `path`, or its own."""
    return next((step for step in reversed(path) if isinstance(step, str)), "")
