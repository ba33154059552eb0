"""Which fences are Python though they do not say so, and what the card would be if they did.

A fence without a language is taken for Python only where nothing else is possible: its code
uses what it imports, from a library that is known, or it goes on with the values of the code
before it, and would run there.
"""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from generator.cards.attributes import read_attributes
from generator.cards.model import Card, CodeBlock, Section
from generator.cards.near_python import looks_like_python
from generator.cards.python_code import tree_of

_LIBRARIES = frozenset({"PIL", "cv2", "matplotlib", "megengine", "numpy", "requests", "torch"})
_BUILTINS = frozenset(dir(builtins))
_IMPORTS = (ast.Import, ast.ImportFrom)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def meant_as_python(section: Section, sample: CodeBlock | None) -> Iterator[CodeBlock]:
    """The blocks of the section that are Python and do not say so, behind this sample code."""
    before = [sample] if sample else []
    for block in section.code_blocks:
        is_meant = not block.is_python and (
            looks_like_python(block.language) if block.info else is_surely_python(block, before)
        )
        if is_meant:
            yield block
        if block.is_python or is_meant:
            before.append(block)


def is_surely_python(block: CodeBlock, before: Sequence[CodeBlock] = ()) -> bool:
    """Whether the block is nothing but Python, behind these blocks of Python."""
    tree = tree_of(block.code)
    if tree is None or not any(isinstance(node, ast.Call) for node in ast.walk(tree)):
        return False
    known = [found for found in (tree_of(item.code) for item in before) if found]
    return _uses_its_imports(tree, known) or _goes_on(tree, known)


def as_meant(card: Card) -> Card:
    """The card with these blocks said to be Python; itself if it has none."""
    meant = {
        block.code_line: _said_to_be_python(block)
        for section in card.sections
        for block in meant_as_python(section, card.sample)
    }
    if not meant:
        return card
    sections = (
        replace(
            section,
            code_blocks=tuple(meant.get(block.code_line, block) for block in section.code_blocks),
        )
        for section in card.sections
    )
    return replace(card, sections=tuple(sections))


def _said_to_be_python(block: CodeBlock) -> CodeBlock:
    rest = block.info.partition(" ")[2]
    info = f"python {rest}".strip()
    return replace(
        block, info=info, attributes=read_attributes(info, block.info_span.start).attributes
    )


def _uses_its_imports(tree: ast.Module, before: Iterable[ast.Module]) -> bool:
    """Whether it imports something of a known library, and does something with it."""
    known = {*sys.stdlib_module_names, *_LIBRARIES, *map(_root, _imported(before))}
    # Other languages have lines like these, but not of these libraries.
    names = {
        (alias.asname or _root(alias.name))
        for node in tree.body
        if isinstance(node, _IMPORTS)
        for alias in node.names
        if _root((node.module or "") if isinstance(node, ast.ImportFrom) else alias.name) in known
    }
    others = [node for node in tree.body if not isinstance(node, _IMPORTS)]
    return bool(names & _loaded(others))


def _goes_on(tree: ast.Module, before: Sequence[ast.Module]) -> bool:
    """Whether all that it names is there, and it calls something with a value of the code before.

    Outputs have calls in them as well, as in `Tensor([1.0])`, but not of a program's values.
    """
    bound = _bound((tree, *before)) | _BUILTINS
    # A line of prose can be an expression as well: model.sum() is 3.
    is_all_done = all(
        isinstance(node.value, ast.Call) for node in tree.body if isinstance(node, ast.Expr)
    )
    if not is_all_done or not _loaded([tree]) <= bound:
        return False
    values = _stored(before)
    return any(isinstance(node, ast.Call) and _loaded([node]) & values for node in ast.walk(tree))


def _bound(trees: Iterable[ast.Module]) -> frozenset[str]:
    names = set(_stored(trees))
    for node in _nodes(trees):
        if isinstance(node, _IMPORTS):
            names.update(alias.asname or _root(alias.name) for alias in node.names)
        elif isinstance(node, _DEFINITIONS):
            names.add(node.name)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
    return frozenset(names)


def _imported(trees: Iterable[ast.Module]) -> Iterator[str]:
    for node in _nodes(trees):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def _stored(trees: Iterable[ast.AST]) -> frozenset[str]:
    return _names(trees, ast.Store)


def _loaded(trees: Iterable[ast.AST]) -> frozenset[str]:
    return _names(trees, ast.Load)


def _names(trees: Iterable[ast.AST], context: type[ast.expr_context]) -> frozenset[str]:
    return frozenset(
        node.id
        for node in _nodes(trees)
        if isinstance(node, ast.Name) and isinstance(node.ctx, context)
    )


def _nodes(trees: Iterable[ast.AST]) -> Iterator[ast.AST]:
    for tree in trees:
        yield from ast.walk(tree)


def _root(module: str) -> str:
    return module.partition(".")[0]
