"""The Python of a code block as a syntax tree, and where its parts stand in the card."""

from __future__ import annotations

import ast
import re
import sys
import warnings
from collections.abc import Iterable

from msgspec import Struct

from generator.cards.model import CodeBlock
from generator.source import Position, Span


class ParsedCode(Struct, frozen=True):
    """A block and its tree; `lines` are those of its code, `nodes` all of the tree's.

    The tree's line numbers are those of the card, its columns those of the code, in bytes of
    UTF-8. There is none when there is a `fault`.
    """

    block: CodeBlock
    lines: tuple[str, ...]
    tree: ast.Module | None
    nodes: tuple[ast.AST, ...] = ()
    fault: SyntaxFault | None = None

    def position(self, line: int, byte_column: int) -> Position:
        """Where the byte `byte_column`, from 0, of the card's line `line` stands in the card."""
        return self._position(line, _characters(self.text(line), byte_column))

    def span(self, node: ast.stmt | ast.expr | ast.keyword) -> Span:
        """Where `node` of the tree stands in the card."""
        end_line, end_column = node.end_lineno, node.end_col_offset
        if end_line is None or end_column is None:
            end_line, end_column = node.lineno, node.col_offset
        return Span(
            self.position(node.lineno, node.col_offset), self.position(end_line, end_column)
        )

    def word_span(self, word: str, line: int, byte_column: int) -> Span | None:
        """Where `word` stands in the card, if that is what stands at this place of the code."""
        text = self.text(line)
        start = _characters(text, byte_column)
        if not text.startswith(word, start):
            return None
        position = self._position(line, start)
        return Span.at(position.line, position.column, len(word))

    def find_word(self, word: str, node: ast.expr) -> Span | None:
        """Where `word` stands first in the lines of `node`, behind its beginning."""
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1):
            text = self.text(line)
            start = _characters(text, node.col_offset) if line == node.lineno else 0
            match = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)").search(text, start)
            if match:
                position = self._position(line, match.start())
                return Span.at(position.line, position.column, len(word))
        return None

    def holds(self, line: int) -> bool:
        """Whether the card's line `line` is one of the code's."""
        return 0 <= line - self.block.code_line < len(self.lines)

    def text(self, line: int) -> str:
        """The code's part of the card's line `line`."""
        return self.lines[line - self.block.code_line] if self.holds(line) else ""

    def _position(self, line: int, index: int) -> Position:
        columns = self.block.code_columns
        number = line - self.block.code_line
        first = columns[number] if 0 <= number < len(columns) else 1
        return Position(line, first + index)


class SyntaxFault(Struct, frozen=True):
    """Why a block has no tree. It is `certain` when no interpreter would compile the code."""

    message: str
    span: Span
    is_certain: bool


_LINE = re.compile(r"\bline (\d+)")
_PLACED = (
    *(ast.stmt, ast.expr, ast.excepthandler, ast.arg, ast.keyword, ast.alias),
    ast.pattern,
)


def parse_code(block: CodeBlock, python: str) -> ParsedCode:
    """The tree of the Python block `block`, in the syntax of Python `python`, such as `3.10`.

    What only a newer interpreter than this one could judge is no certain fault.
    """
    lines = tuple(block.code.split("\n")[:-1])
    wanted = _version(python)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(block.code, feature_version=wanted)
            # What the grammar alone allows: a return outside of a function, two equal parameters.
            compile(tree, "<card>", "exec", dont_inherit=True)
    except SyntaxError as error:
        fault = SyntaxFault(
            _told(error, block), _fault_span(block, lines, error), _is_known(wanted)
        )
        return ParsedCode(block, lines, None, fault=fault)
    except (RecursionError, MemoryError, ValueError):
        start = _span_at(block, lines, 0, 0)
        fault = SyntaxFault("the code is nested too deeply", start, is_certain=False)
        return ParsedCode(block, lines, None, fault=fault)
    return code_of_tree(block, tree)


def tree_of(code: str) -> ast.Module | None:
    """The tree of some code, with its own lines, in this interpreter's syntax; of others none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def code_of_tree(block: CodeBlock, tree: ast.Module) -> ParsedCode:
    """The block with the tree of its code, which is changed to have the card's lines."""
    nodes = tuple(ast.walk(tree))
    shift = block.code_line - 1
    for node in nodes:
        if isinstance(node, _PLACED):
            node.lineno += shift
            if node.end_lineno is not None:
                node.end_lineno += shift
    return ParsedCode(block, tuple(block.code.split("\n")[:-1]), tree, nodes)


def literal_text(node: ast.AST | None) -> str | None:
    """The text of a string literal; of everything else none."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return None


def literal_number(node: ast.AST) -> float | None:
    """The value of a number that is written out, with or without a sign; else none."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        value = literal_number(node.operand)
        return -value if value is not None and isinstance(node.op, ast.USub) else value
    if (
        isinstance(node, ast.Constant)
        and isinstance(node.value, int | float)
        and not isinstance(node.value, bool)
    ):
        try:
            return float(node.value)
        except OverflowError:
            return None
    return None


def dotted_name(node: ast.expr) -> str:
    """`a.b.c` of the expression `a.b.c`; empty for every other one."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join(reversed([*parts, node.id]))


def imported_names(codes: Iterable[ParsedCode]) -> dict[str, str]:
    """What is bound by the imports anywhere in `codes`: the full dotted name, by the name."""
    found: dict[str, str] = {}
    for code in codes:
        for node in code.nodes:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    root = alias.name.partition(".")[0]
                    found[alias.asname or root] = alias.name if alias.asname else root
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                for alias in node.names:
                    found[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return found


def full_name(node: ast.expr, imported: dict[str, str]) -> str:
    """The dotted name of what `node` refers to, its first part being what was imported."""
    root, dot, rest = dotted_name(node).partition(".")
    return imported.get(root, root) + dot + rest


def _version(python: str) -> tuple[int, int]:
    major, _, minor = python.partition(".")
    return int(major), int(minor)


def _is_known(wanted: tuple[int, int]) -> bool:
    return wanted <= sys.version_info[:2]


def _told(error: SyntaxError, block: CodeBlock) -> str:
    # Python's own words end with what it guesses; a card's reader wants one line.
    words = " ".join((error.msg or "invalid syntax").split())
    return _LINE.sub(lambda match: f"line {int(match[1]) + block.code_line - 1}", words)


def _fault_span(block: CodeBlock, lines: tuple[str, ...], error: SyntaxError) -> Span:
    number = min(max((error.lineno or 1) - 1, 0), max(len(lines) - 1, 0))
    return _span_at(block, lines, number, max((error.offset or 1) - 1, 0))


def _span_at(block: CodeBlock, lines: tuple[str, ...], number: int, index: int) -> Span:
    column = block.code_columns[number] if number < len(block.code_columns) else 1
    length = len(lines[number]) if number < len(lines) else 0
    return Span.at(block.code_line + number, column + min(index, length))


def _characters(text: str, byte_column: int) -> int:
    if text.isascii():
        return byte_column
    return len(text.encode("utf-8")[:byte_column].decode("utf-8", "ignore"))
