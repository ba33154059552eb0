"""Every text in the program that its users may be told, as its syntax trees have it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias, TypeGuard

from msgspec import Struct

Scope: TypeAlias = tuple[ast.AST, ...]
"""Where a variable may be given what it is: the function, then the module."""

ROOT = Path(__file__).parents[1]
ERRORS = frozenset(
    {
        *("AddressError", "ArgumentTypeError", "AuthoringError", "CardFileError", "ClusterError"),
        *("EvidenceError", "OutputError", "RunnerError", "RuntimeUnavailableError", "ShapeError"),
        *("UsageError", "YamlError"),
    }
)
"""What is raised with a text for whoever runs the command."""

TELLING = frozenset({"say", "line", "Diagnostic", "Problem", "at", "_failed", "_failure"})
"""What is called with such a text. `at` is what a rule makes a diagnostic with."""

OF_PYTEST = frozenset({"plugin.py", "nodes.py", "session.py"})
"""What speaks to pytest, whose reports are English."""

SAMPLE = "7"
"""What stands for whatever varies: it is a number as well as a text."""


class Message(Struct, frozen=True):
    """A text with a sample for each part that varies, and where it is."""

    place: str
    text: str


def messages() -> Iterator[Message]:
    """All that are written in calls, or in variables of the same function that are passed."""
    for path in sorted(ROOT.glob("generator/**/*.py")):
        if path.name not in OF_PYTEST:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            yield from _messages(tree, (tree,), path.relative_to(ROOT))


def _messages(node: ast.AST, scope: Scope, path: Path) -> Iterator[Message]:
    for child in ast.iter_child_nodes(node):
        is_function = isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef))
        yield from _messages(child, (child, scope[-1]) if is_function else scope, path)
        if isinstance(child, ast.Call) and _name(child.func) in ERRORS | TELLING:
            for argument in (*child.args, *(keyword.value for keyword in child.keywords)):
                for text in _texts(argument, scope):
                    yield Message(f"{path}:{child.lineno}", text)


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _texts(node: ast.expr, scope: Scope, depth: int = 3) -> Iterator[str]:
    """What this may be: each text that a variable is given, and either side of a condition."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body, scope, depth)
        yield from _texts(node.orelse, scope, depth)
    elif isinstance(node, ast.JoinedStr):
        yield from _joined(node, scope, depth)
    elif isinstance(node, ast.Name) and depth:
        for part in scope:
            given = [item for item in ast.walk(part) if _gives(item, node.id)]
            for item in given:
                yield from _texts(item.value, scope, depth - 1)
            if given:
                return
        yield SAMPLE
    else:
        yield SAMPLE


def _gives(node: ast.AST, name: str) -> TypeGuard[ast.Assign]:
    return isinstance(node, ast.Assign) and name in map(_name, node.targets)


def _joined(node: ast.JoinedStr, scope: Scope, depth: int) -> Iterator[str]:
    """One text for each way in which texts of variables can be put into it."""
    found = [""]
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            can_be_read = isinstance(part.value, (ast.Name, ast.IfExp))
            ways = list(_texts(part.value, scope, depth - 1)) if can_be_read else [SAMPLE]
        else:
            ways = [str(part.value)] if isinstance(part, ast.Constant) else [SAMPLE]
        found = [before + way for before in found for way in ways][:20]
    yield from found
