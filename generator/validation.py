"""What pydantic finds wrong with a YAML tree, in the reader's words and with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from pydantic import ValidationError

from generator.diagnostics import did_you_mean
from generator.source import Span
from generator.yamltree import Node, PlainPath, key_span, value_span

_WANTED = {
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "dict_type": "must be a mapping of keys to values",
    "model_type": "must be a mapping of keys to values",
    "model_attributes_type": "must be a mapping of keys to values",
    "string_too_short": "must not be empty",
    "too_short": "must have at least one entry",
}
_HINTS = {
    "string_type": "put the value in quotes if it is meant as text",
    "list_type": "write [first, second], or one line with a dash for each",
    "tuple_type": "write [first, second], or one line with a dash for each",
    "dict_type": "write each entry as key: value on an indented line of its own",
    "model_type": "write each entry as key: value on an indented line of its own",
    "model_attributes_type": "write each entry as key: value on an indented line of its own",
    "string_too_short": "write the text",
    "too_short": "add one",
    "enum": "write one of these",
}


class ShapeProblemKind(Enum):
    """How a tree departs from its model."""

    UNKNOWN_KEY = "unknown key"
    MISSING_KEY = "missing key"
    WRONG_VALUE = "wrong value"


@dataclass(frozen=True, slots=True)
class ShapeProblem:
    """One departure of a tree from its model."""

    kind: ShapeProblemKind
    path: PlainPath
    span: Span
    message: str
    hint: str


def shape_problems(
    error: ValidationError,
    node: Node,
    known_keys: Mapping[PlainPath, Sequence[str]],
    value_hints: Mapping[str, str],
) -> Iterator[ShapeProblem]:
    """The problems that `error` tells of the tree `node`.

    `known_keys` has the keys that a mapping may have, by the mapping's path with `*` for
    an index or a free key; `value_hints` how to write a value, by its nearest named key.
    """
    for item in error.errors(include_url=False, include_input=False):
        path: PlainPath = tuple(step for step in item["loc"] if step != "[key]")
        kind = str(item["type"])
        name = _name_of(path)
        if kind == "extra_forbidden":
            known = _keys_at(known_keys, path[:-1])
            yield ShapeProblem(
                ShapeProblemKind.UNKNOWN_KEY,
                path,
                key_span(node, path),
                f'unknown key "{path[-1]}"',
                did_you_mean(str(path[-1]), known),
            )
        elif kind == "missing":
            yield ShapeProblem(
                ShapeProblemKind.MISSING_KEY,
                path,
                _head(value_span(node, path[:-1])),
                f'the key "{name}" is missing',
                value_hints.get(str(path[-1]), f"add a line {path[-1]}: …"),
            )
        else:
            wanted = _WANTED.get(kind) or _fallback(item)
            hint = value_hints.get(_last_name(path)) or _HINTS.get(kind, "write it differently")
            yield ShapeProblem(
                ShapeProblemKind.WRONG_VALUE,
                path,
                value_span(node, path),
                f"{name} {wanted}",
                hint,
            )


def _name_of(path: PlainPath) -> str:
    """How people speak of it: `summary.zh_CN`, and of an item of a list `tags, item 2`."""
    if not path:
        return "the document"
    names = ".".join(str(step) for step in path if isinstance(step, str))
    places = "".join(f", item {step + 1}" for step in path if isinstance(step, int))
    return f"{names}{places}"


def _fallback(item: Any) -> str:
    if item["type"] == "string_pattern_mismatch":
        return "is not written as it should be"
    if item["type"] == "string_too_long":
        return f"has more than {item['ctx']['max_length']:,} characters"
    if item["type"] == "enum":
        return f"must be {item['ctx']['expected']}"
    return str(item["msg"]).removeprefix("Value error, ")


def _last_name(path: PlainPath) -> str:
    return next((step for step in reversed(path) if isinstance(step, str)), "")


def _keys_at(known_keys: Mapping[PlainPath, Sequence[str]], path: PlainPath) -> Sequence[str]:
    for pattern, keys in known_keys.items():
        if len(pattern) == len(path) and all(
            want in ("*", step) for want, step in zip(pattern, path, strict=True)
        ):
            return keys
    return ()


def _head(span: Span) -> Span:
    return Span(span.start, span.start)
