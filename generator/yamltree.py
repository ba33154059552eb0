"""YAML as a tree that knows where everything stands.

PyYAML's own constructors forget the positions, resolve aliases (whose expansion can be
made to grow without bound) and keep the last of two equal keys. This tree is composed
from the parser's events, so it holds each position, and refuses the other two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import yaml
from msgspec import Struct

from generator.source import Position, Span

MAX_DEPTH = 16

SAFE_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The loader of plain data that is written in C, where PyYAML was built with it."""

_CONSTANTS = {"": None, "~": None, "null": None, "true": True, "false": False}
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(
    r"[-+]?(?:[0-9]{1,64}\.[0-9]{0,64}|\.[0-9]{1,64}|[0-9]{1,64}(?=e))(?:e[-+]?[0-9]{1,3})?"
)


class Scalar(Struct, frozen=True):
    """A single value. What is not a number, `true`, `false` or null is text, dates too.

    `text` is how it is written, quotes and escapes aside: `70.30` is another text than `70.3`.
    """

    value: str | int | float | bool | None
    span: Span
    text: str = ""


class Entry(Struct, frozen=True):
    """A key of a mapping, with its value."""

    key: str
    key_span: Span
    value: Node


class MappingNode(Struct, frozen=True):
    """The entries of a mapping, in the order of the source."""

    entries: tuple[Entry, ...]
    span: Span


class SequenceNode(Struct, frozen=True):
    """The items of a sequence."""

    items: tuple[Node, ...]
    span: Span


Node: TypeAlias = "Scalar | MappingNode | SequenceNode"
PlainPath: TypeAlias = "tuple[str | int, ...]"


@dataclass
class YamlError(Exception):
    """What keeps a text from being read as YAML, where, and how to mend it."""

    span: Span
    message: str
    hint: str
    duplicate_key: bool = False

    def __str__(self) -> str:
        start = self.span.start
        return f"line {start.line}, column {start.column}: {self.message}"


def compose(text: str, first_line: int = 1) -> Node:
    """The tree of the one YAML document in `text`, which stands at `first_line` of its file.

    Raises `YamlError` for text that is not YAML, has more than one document, anchors,
    aliases or tags, an equal key twice, or more than `MAX_DEPTH` levels.
    """
    events = _Events(text, first_line)
    events.skip(yaml.StreamStartEvent)
    if isinstance(events.peek(), yaml.StreamEndEvent):
        return Scalar(None, Span.at(first_line, 1, 0))
    events.skip(yaml.DocumentStartEvent)
    node = _compose_node(events, 0)
    events.skip(yaml.DocumentEndEvent)
    after = events.peek()
    if not isinstance(after, yaml.StreamEndEvent):
        raise YamlError(
            events.span(after),
            "a second YAML document begins here",
            "keep one document: remove the line with only --- or ...",
        )
    return node


def plain(node: Node) -> Any:
    """The tree as ordinary Python values: dict, list, str, int, float, bool, None."""
    if isinstance(node, MappingNode):
        return {entry.key: plain(entry.value) for entry in node.entries}
    if isinstance(node, SequenceNode):
        return [plain(item) for item in node.items]
    return node.value


def value_span(node: Node, path: PlainPath) -> Span:
    """Where the value at `path` stands; of a missing one, what should hold it."""
    for step in path:
        child = _child(node, step)
        if child is None:
            break
        node = child.value if isinstance(child, Entry) else child
    return node.span


def key_span(node: Node, path: PlainPath) -> Span:
    """Where the key that ends `path` stands, or the value if it is not a key."""
    if path:
        parent: Node | Entry | None = node
        for step in path[:-1]:
            parent = _child(parent.value if isinstance(parent, Entry) else parent, step)
        child = _child(parent.value if isinstance(parent, Entry) else parent, path[-1])
        if isinstance(child, Entry):
            return child.key_span
    return value_span(node, path)


def _child(node: Node | None, step: str | int) -> Entry | Node | None:
    if isinstance(node, MappingNode):
        return next((entry for entry in node.entries if entry.key == step), None)
    if isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.items):
        return node.items[step]
    return None


class _Events:
    """PyYAML's events one by one, with its errors as `YamlError`."""

    def __init__(self, text: str, first_line: int) -> None:
        self._first_line = first_line
        self._last_line = first_line + text.count("\n")
        self._events: Iterator[Any] = iter(yaml.parse(text, Loader=SAFE_LOADER))
        self._next: Any = None

    def peek(self) -> Any:
        if self._next is None:
            try:
                self._next = next(self._events)
            except yaml.MarkedYAMLError as error:
                raise self._syntax_error(error) from None
            except yaml.YAMLError as error:
                raise YamlError(
                    Span.at(self._first_line, 1),
                    f"this is not YAML: {str(error).splitlines()[0]}",
                    "remove the character that YAML does not allow",
                ) from None
        return self._next

    def skip(self, *kinds: type[Any]) -> Any:
        event = self.peek()
        if not isinstance(event, kinds):
            raise YamlError(self.span(event), "this is not YAML", "write one mapping of keys")
        self._next = None
        return event

    def span(self, event: Any) -> Span:
        return Span(self._position(event.start_mark), self._position(event.end_mark))

    def _position(self, mark: Any) -> Position:
        return Position(min(self._first_line + mark.line, self._last_line), mark.column + 1)

    def _syntax_error(self, error: yaml.MarkedYAMLError) -> YamlError:
        mark = error.problem_mark or error.context_mark
        position = self._position(mark) if mark else Position(self._first_line, 1)
        problem = " ".join(part for part in (error.problem, error.context) if part)
        return YamlError(
            Span(position, position),
            f"this is not YAML: {problem}",
            _SYNTAX_HINTS.get(error.problem or "", _DEFAULT_SYNTAX_HINT),
        )


_DEFAULT_SYNTAX_HINT = "check the indentation, the quotes and the brackets just before this place"
_SYNTAX_HINTS = {
    "mapping values are not allowed in this context": (
        "put the value in quotes if it contains a colon followed by a space"
    ),
    "found a tab character that violates indentation": "indent with spaces, YAML allows no tabs",
    "found character that cannot start any token": (
        "indent with spaces, and put a value that starts with @, ` or % in quotes"
    ),
}


def _compose_node(events: _Events, depth: int) -> Node:
    event = events.peek()
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        raise YamlError(
            events.span(event),
            "anchors (&name) and aliases (*name) are not allowed here",
            "write the value out; put it in quotes if it starts with & or *",
        )
    if getattr(event, "tag", None) not in (None, "!"):
        raise YamlError(
            events.span(event),
            "type tags (!name) are not allowed here",
            "remove the tag; put the value in quotes if it starts with !",
        )
    if depth > MAX_DEPTH:
        raise YamlError(
            events.span(event), f"more than {MAX_DEPTH} levels of nesting", "nest less deeply"
        )
    if isinstance(event, yaml.MappingStartEvent):
        return _compose_mapping(events, depth)
    if isinstance(event, yaml.SequenceStartEvent):
        return _compose_sequence(events, depth)
    events.skip(yaml.ScalarEvent)
    text = str(event.value)
    return Scalar(_resolve(text, event.implicit[0]), events.span(event), text)


def _compose_mapping(events: _Events, depth: int) -> MappingNode:
    start = events.skip(yaml.MappingStartEvent)
    entries: dict[str, Entry] = {}
    while not isinstance(events.peek(), yaml.MappingEndEvent):
        key_event = events.peek()
        if not isinstance(key_event, yaml.ScalarEvent):
            raise YamlError(events.span(key_event), "a key must be text", "write key: value")
        key_node = _compose_node(events, depth + 1)
        key = str(key_event.value)
        if key in entries:
            first = entries[key].key_span.start.line
            raise YamlError(
                key_node.span,
                f'the key "{key}" stands here a second time (first in line {first})',
                "keep one of the two",
                duplicate_key=True,
            )
        entries[key] = Entry(key, key_node.span, _compose_node(events, depth + 1))
    end = events.skip(yaml.MappingEndEvent)
    span = Span(events.span(start).start, events.span(end).end)
    return MappingNode(tuple(entries.values()), span)


def _compose_sequence(events: _Events, depth: int) -> SequenceNode:
    start = events.skip(yaml.SequenceStartEvent)
    items: list[Node] = []
    while not isinstance(events.peek(), yaml.SequenceEndEvent):
        items.append(_compose_node(events, depth + 1))
    end = events.skip(yaml.SequenceEndEvent)
    return SequenceNode(tuple(items), Span(events.span(start).start, events.span(end).end))


def _resolve(text: str, is_plain: bool) -> str | int | float | bool | None:
    if not is_plain:
        return text
    lowered = text.lower()
    if lowered in _CONSTANTS:
        return _CONSTANTS[lowered]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(lowered):
        return float(text)
    return text
