"""Names that the code of a group uses and nothing in it defines.

Only what is surely missing is told. Where names may come from somewhere else (`exec`,
`globals()`, a module that adds builtins), nothing is said.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace
from pyflakes import messages
from pyflakes.checker import Checker

from generator.cards import rules
from generator.cards.examples import Group
from generator.cards.model import Treatment
from generator.cards.python_code import ParsedCode, dotted_name
from generator.diagnostics import Diagnostic, nearest
from generator.source import Span

USUAL_IMPORTS: Mapping[str, str] = {
    "F": "import megengine.functional as F",
    "M": "import megengine.module as M",
    "T": "import megengine.data.transform as T",
    "cv2": "import cv2",
    "hub": "from megengine import hub",
    "megengine": "import megengine",
    "mge": "import megengine as mge",
    "np": "import numpy as np",
    "plt": "import matplotlib.pyplot as plt",
    "torch": "import torch",
    **{
        name: f"import {name}"
        for name in ("json", "math", "numpy", "os", "random", "sys", "time", "urllib")
    },
}
"""How names are usually imported in cards."""

_Place: TypeAlias = tuple[int, int]

# What some interpreter has built in, or adds when it starts, whatever this one has.
_BUILTINS = frozenset(
    (
        *("aiter", "anext", "BaseExceptionGroup", "EncodingWarning", "ExceptionGroup"),
        *("PythonFinalizationError", "WindowsError", "copyright", "credits", "exit"),
        *("help", "license", "quit"),
    )
)
_OF_PYTHON_2 = frozenset(
    (
        *("basestring", "cmp", "execfile", "file", "long", "raw_input", "reduce"),
        *("reload", "unichr", "unicode", "xrange"),
    )
)
# Gettext puts it among the builtins.
_EXEMPT = frozenset({"_"})
_MAKING_NAMES = frozenset({"exec", "execfile", "globals", "locals", "vars", "__builtins__"})
# Members of an enumeration become names of the module.
_ENUM_EXPORTS = frozenset({"_convert_", "global_enum"})
_CATCHING = frozenset({"NameError", "UnboundLocalError", "Exception", "BaseException"})
_CONDITIONAL = (
    *(ast.If, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.With, ast.AsyncWith, ast.Match),
    *(ast.IfExp, ast.BoolOp, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp),
    *(ast.GeneratorExp, ast.ClassDef),
)
_VERSION_WORDS = frozenset({"version_info", "PY2", "PY3", "python_version", "hexversion"})
_LAZY_ANNOTATIONS = 14
_MOST_HINTS = 20
_PLAIN_HINT = "define it, or import it, before it is used"
_WORD = re.compile(r"[^\W\d]\w*")


class _Context(Struct, frozen=True):
    """What surrounds a node.

    `is_exempt`: a look-up may fail and do no harm, or does not happen. `is_conditional`: it
    may not happen. `is_later`: it happens when a function is called. `string` is the
    formatted string that it is in.
    """

    is_exempt: bool = False
    is_conditional: bool = False
    is_in_function: bool = False
    is_later: bool = False
    is_for_python_2: bool = False
    string: ast.JoinedStr | None = None


class _Use(Struct, frozen=True):
    """A look-up of a name, and what surrounds it."""

    name: str
    context: _Context


@dataclass(slots=True)
class _Names:
    """The look-ups of names by line and column, and what else there is to know of names."""

    uses: dict[_Place, _Use] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    perhaps_deleted: set[str] = field(default_factory=set)
    may_come_from_elsewhere: bool = False


def undefined_names(
    path: str, group: Group, parsed: Mapping[int, ParsedCode], python: str
) -> Iterator[Diagnostic]:
    """A diagnostic for each name that is missing when `group` runs, at its first use.

    It runs in Python `python`, such as `3.10`.

    `parsed` has the code of each block by its first line. Raises `RecursionError` for code
    that is nested too deeply.
    """
    run = [
        parsed[example.block.code_line]
        for example in group.examples
        if example.block.treatment in (Treatment.EXECUTE, Treatment.RAISE)
    ]
    complaints = _complaints(path, run)
    if not complaints:
        return
    names = _names(run, annotations_wait=_minor(python) >= _LAZY_ANNOTATIONS)
    if names.may_come_from_elsewhere:
        return
    told: set[str] = set()
    for complaint in sorted(complaints, key=lambda item: (item.lineno, item.col)):
        place = (complaint.lineno, complaint.col)
        use = names.uses.get(place)
        code = next(item for item in run if item.holds(complaint.lineno))
        is_local = isinstance(complaint, messages.UndefinedLocal)
        if (
            use is None
            or use.name != complaint.message_args[0]
            or use.name in told
            or code.block.treatment is Treatment.RAISE
            or not _is_surely_missing(use, names, is_local=is_local)
        ):
            continue
        told.add(use.name)
        span = _span_of(code, use, place)
        if is_local:
            message = f'the local name "{use.name}" is used before it is assigned'
            hint = f"assign it first, or write global {use.name} at the function's beginning"
        else:
            message = f'the name "{use.name}" is not defined'
            # To look for what was meant takes long; with so many problems it is something else.
            is_worth_it = len(told) <= _MOST_HINTS
            hint = _hint(use.name, group, run, span) if is_worth_it else _PLAIN_HINT
        yield rules.UNDEFINED_NAME.at(path, span, message, hint)


def _complaints(path: str, run: Sequence[ParsedCode]) -> list[messages.Message]:
    body = [statement for code in run if code.tree for statement in code.tree.body]
    checker = Checker(
        ast.Module(body=body, type_ignores=[]),
        filename=path,
        builtins=_BUILTINS | _EXEMPT | _words_of_broken(run),
        withDoctest=False,
    )
    wanted = (messages.UndefinedName, messages.UndefinedLocal)
    return [message for message in checker.messages if isinstance(message, wanted)]


def _words_of_broken(run: Iterable[ParsedCode]) -> frozenset[str]:
    """What a block without a tree may define: that is a problem, and shall make no others."""
    return frozenset(
        word for code in run if code.tree is None for word in _WORD.findall(code.block.code)
    )


def _is_surely_missing(use: _Use, names: _Names, *, is_local: bool) -> bool:
    context = use.context
    if context.is_exempt or use.name in names.perhaps_deleted:
        return False
    if use.name in names.deleted and context.is_later:
        # It may have been called before.
        return False
    if context.is_for_python_2 and use.name in _OF_PYTHON_2:
        return False
    return not (is_local and context.is_conditional)


def _span_of(code: ParsedCode, use: _Use, place: _Place) -> Span:
    span = code.word_span(use.name, *place)
    string = use.context.string
    if span or string is None:
        start = code.position(*place)
        return span or Span.at(start.line, start.column, len(use.name))
    # Older interpreters don't know where the parts of a formatted string stand.
    return code.find_word(use.name, string) or code.span(string)


def _hint(name: str, group: Group, run: Sequence[ParsedCode], span: Span) -> str:
    for example in group.examples:
        block = example.block
        is_left_out = block.treatment in (Treatment.SKIP, Treatment.COMPILE)
        if is_left_out and block.code_line < span.start.line and name in _WORD.findall(block.code):
            line = block.span.start.line
            return f"the block in line {line} has it, but that is {block.treatment.value}"
    if name in USUAL_IMPORTS:
        return f'add "{USUAL_IMPORTS[name]}" before it'
    bound = {word for code in run for word in _bound(code, span.start.line)}
    usable = bound | {word for word in dir(builtins) if word.islower()}
    known = nearest(name, sorted(usable - {name}))
    return f'did you mean "{known}"?' if known else _PLAIN_HINT


def _bound(code: ParsedCode, last_line: int) -> Iterator[str]:
    for node in code.nodes:
        if getattr(node, "lineno", last_line) > last_line:
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from ((item.asname or item.name).partition(".")[0] for item in node.names)


def _minor(python: str) -> int:
    return int(python.partition(".")[2])


def _names(run: Sequence[ParsedCode], *, annotations_wait: bool) -> _Names:
    names = _Names()
    for code in run:
        if code.tree is not None:
            # What a block imports from __future__ holds for those behind it as well.
            annotations_wait = annotations_wait or _postpones_annotations(code.tree)
            _collect(code.tree, names, annotations_wait=annotations_wait)
    return names


def _postpones_annotations(tree: ast.Module) -> bool:
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == "__future__"
        and any(alias.name == "annotations" for alias in node.names)
        for node in tree.body
    )


def _collect(tree: ast.Module, names: _Names, *, annotations_wait: bool) -> None:
    waiting: list[tuple[ast.AST, _Context]] = [(tree, _Context())]
    while waiting:
        node, context = waiting.pop()
        if isinstance(node, ast.Name):
            _note_name(node, context, names)
        names.may_come_from_elsewhere |= _makes_names(node)
        waiting += _children(node, context, annotations_wait=annotations_wait)


def _note_name(node: ast.Name, context: _Context, names: _Names) -> None:
    if isinstance(node.ctx, ast.Del):
        (names.perhaps_deleted if context.is_conditional else names.deleted).add(node.id)
    names.uses[node.lineno, node.col_offset] = _Use(node.id, context)


def _makes_names(node: ast.AST) -> bool:
    """Whether `node` may define names in a way that can't be read from the code."""
    if isinstance(node, ast.Name):
        return node.id in _MAKING_NAMES
    if isinstance(node, ast.Import):
        return any(alias.name == "builtins" for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        return node.module == "builtins"
    if not isinstance(node, ast.Attribute):
        return False
    return node.attr in _ENUM_EXPORTS or dotted_name(node) == "sys.modules"


def _children(
    node: ast.AST, context: _Context, *, annotations_wait: bool
) -> Iterator[tuple[ast.AST, _Context]]:
    inner = _context_inside(node, context)
    for name, value in ast.iter_fields(node):
        is_guarded = isinstance(node, ast.Try) and name == "body" and _catches_missing_names(node)
        is_postponed = name in ("annotation", "returns") and (
            annotations_wait or (isinstance(node, ast.AnnAssign) and context.is_in_function)
        )
        part = replace(inner, is_exempt=True) if is_guarded or is_postponed else inner
        for child in value if isinstance(value, list) else (value,):
            if isinstance(child, ast.AST):
                yield child, part


def _context_inside(node: ast.AST, context: _Context) -> _Context:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return replace(context, is_conditional=False, is_in_function=True, is_later=True)
    if isinstance(node, ast.Lambda):
        return replace(context, is_conditional=True, is_later=True)
    if isinstance(node, ast.JoinedStr):
        return replace(context, string=node)
    if isinstance(node, ast.If | ast.IfExp) and _asks_for_version(node.test):
        return replace(context, is_conditional=True, is_for_python_2=True)
    return replace(context, is_conditional=True) if isinstance(node, _CONDITIONAL) else context


def _asks_for_version(test: ast.expr) -> bool:
    words = {
        getattr(node, "attr", "") or getattr(node, "id", "")
        for node in ast.walk(test)
        if isinstance(node, ast.Name | ast.Attribute)
    }
    return bool(words & _VERSION_WORDS)


def _catches_missing_names(node: ast.Try) -> bool:
    for handler in node.handlers:
        caught = handler.type
        types = caught.elts if isinstance(caught, ast.Tuple) else [caught]
        if any(kind is None or dotted_name(kind) in _CATCHING for kind in types):
            return True
    return False
