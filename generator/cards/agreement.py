"""Where the code of a card's languages differs.

Readers of every language are to get the same program. Comments and texts in the reader's own
language (those with letters beyond ASCII) may differ; where white space is all that differs,
the code was meant to be a copy.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import TypeAlias

from generator.cards import rules
from generator.cards.examples import Example, Group
from generator.cards.model import Attributes, CodeBlock
from generator.cards.python_code import ParsedCode
from generator.diagnostics import Diagnostic, Edit
from generator.source import Position, Span

_Placed: TypeAlias = "tuple[Group, CodeBlock]"


def differences_of_languages(
    path: str,
    groups: tuple[Group, ...],
    parsed: Mapping[int, ParsedCode],
    required: Sequence[str],
) -> Iterator[Diagnostic]:
    """A diagnostic for each language whose code is not the first one's, where it begins to differ.

    `parsed` has the code of each block by its first line. Where white space is all that
    differs, the tidy code is copied, or else that of a language that every card must have:
    one of `required`.
    """
    first, *others = groups or (None,)
    for other in others:
        if first is None or other is None:
            continue
        for one, two in zip_longest(first.examples, other.examples):
            problem = _missing(path, first, other, one, two)
            if problem is None and one and two and one.block is not two.block:
                problem = _difference(path, (first, one.block), (other, two.block), parsed)
                if problem is None and one.block.code != two.block.code:
                    pair = (first, one.block), (other, two.block)
                    problem = _other_spacing(path, *_from_and_to(*pair, required))
            if problem:
                yield problem
                break


def _missing(
    path: str, first: Group, other: Group, one: Example | None, two: Example | None
) -> Diagnostic | None:
    if one and two:
        return None
    if one:
        section = other.card.section(other.name)
        span = section.span if section else one.block.info_span
        there, line = first.name, one.block.span.start.line
        message = f"{other.name} has no counterpart of the code of {there} in line {line}"
        return rules.LANGUAGES_DIFFER.at(path, span, message, f"add it to {other.name} as well")
    if two:
        message = f"this code has no counterpart in {first.name}"
        hint = f"add it to {first.name} as well"
        return rules.LANGUAGES_DIFFER.at(path, two.block.info_span, message, hint)
    return None


def _difference(
    path: str, first: _Placed, other: _Placed, parsed: Mapping[int, ParsedCode]
) -> Diagnostic | None:
    (group, one), (_, two) = first, other
    if _treatment(one.attributes) != _treatment(two.attributes):
        line = one.span.start.line
        message = f"this block is run in another way than that of {group.name} in line {line}"
        hint = "write the same attributes at both, so that one run stands for both"
        return rules.LANGUAGES_DIFFER.at(path, two.info_span, message, hint)
    if one.code == two.code:
        return None
    places = _first_difference(parsed[one.code_line], parsed[two.code_line])
    if places is None:
        return None
    line, span = places
    message = f"the code differs from that of {group.name} in line {line}"
    hint = "make them the same; comments and texts may be in the reader's language"
    return rules.LANGUAGES_DIFFER.at(path, span, message, hint)


def _from_and_to(
    first: _Placed, other: _Placed, required: Sequence[str]
) -> tuple[_Placed, _Placed]:
    """Of two blocks with the same code the one to copy, and the one to copy it to."""
    tidy, other_is_tidy = _is_tidy(first[1]), _is_tidy(other[1])
    if tidy == other_is_tidy:
        is_first = first[0].name in required or other[0].name not in required
    else:
        is_first = tidy
    return (first, other) if is_first else (other, first)


def _is_tidy(block: CodeBlock) -> bool:
    lines = block.code.split("\n")
    indents = {char for line in lines for char in line[: len(line) - len(line.lstrip())]}
    return all(line == line.rstrip() for line in lines) and len(indents) <= 1


def _other_spacing(path: str, source: _Placed, target: _Placed) -> Diagnostic | None:
    """A diagnostic for code that is another's but for white space."""
    (group, one), (own, two) = source, target
    if "".join(one.code.split()) != "".join(two.code.split()):
        return None
    line = one.span.start.line
    span = Span.at(two.code_line, two.code_columns[0], 0)
    message = f"this code is that of {group.name} in line {line}, but for white space"
    edits = _copied(one.code, two, own.card.text.split("\n"))
    hint = "copy it; hubcards check --fix does" if edits else "copy it"
    return rules.SPACING_DIFFERS.at(path, span, message, hint, edits)


def _copied(code: str, block: CodeBlock, texts: Sequence[str]) -> tuple[Edit, ...]:
    """The code in the place of the block's, behind what its lines begin with in a list or quote.

    Nothing where that is not the same in all of them. `texts` are the lines of the card.
    """
    prefixes = set()
    for number, (line, column) in enumerate(
        zip(block.code.split("\n"), block.code_columns, strict=False), block.code_line
    ):
        text = texts[number - 1]
        # A tab that belongs to both the list and the code can't be taken apart.
        if text[column - 1 :] != line:
            return ()
        if line.strip():
            prefixes.add(text[: column - 1])
    if len(prefixes) != 1 or not block.is_closed:
        return ()
    (prefix,) = prefixes
    lines = [f"{prefix}{line}" if line else prefix.rstrip() for line in code.split("\n")[:-1]]
    end = Position(block.code_line + block.code.count("\n"), 1)
    copied = "".join(f"{line}\n" for line in lines)
    return (Edit(Span(Position(block.code_line, 1), end), copied),)


def _treatment(attributes: Attributes) -> tuple[object, ...]:
    is_skipped = attributes.skip is not None
    return (
        *(is_skipped, attributes.compile_only, attributes.raises, attributes.timeout),
        *(attributes.runtime, attributes.varying_output),
    )


def _first_difference(one: ParsedCode, two: ParsedCode) -> tuple[int, Span] | None:
    """The line in `one`, and the place in `two`, from which they differ; none if they don't."""
    if one.tree is None or two.tree is None:
        return _first_different_line(one, two)
    pair = _differing_nodes(one.tree.body, two.tree.body)
    if pair is None:
        return None
    mine, other = pair
    line = getattr(mine, "lineno", one.block.code_line + max(len(one.lines) - 1, 0))
    if isinstance(other, ast.stmt | ast.expr):
        position = two.position(other.lineno, other.col_offset)
        return line, Span(position, position)
    last = two.position(two.block.code_line + max(len(two.lines) - 1, 0), 0)
    return line, Span(last, last)


def _first_different_line(one: ParsedCode, two: ParsedCode) -> tuple[int, Span] | None:
    for number, (mine, other) in enumerate(zip_longest(one.lines, two.lines)):
        if mine != other:
            position = two.position(two.block.code_line + number, 0)
            return one.block.code_line + number, Span(position, position)
    return None


def _differing_nodes(one: object, two: object) -> tuple[object, object] | None:
    """The innermost nodes at which two trees first differ."""
    if isinstance(one, list) and isinstance(two, list):
        for mine, other in zip_longest(one, two):
            pair = _differing_nodes(mine, other)
            if pair:
                return pair
        return None
    if isinstance(one, ast.AST) and isinstance(two, ast.AST):
        return _differing_trees(one, two)
    return None if type(one) is type(two) and one == two else (one, two)


def _differing_trees(one: ast.AST, two: ast.AST) -> tuple[object, object] | None:
    if _is_text_of_a_reader(one) or _is_text_of_a_reader(two):
        both_are_texts = _is_text(one) and _is_text(two)
        return None if both_are_texts and _parts(one) == _parts(two) else (one, two)
    if type(one) is not type(two):
        return one, two
    for name in one._fields:
        pair = _differing_nodes(getattr(one, name, None), getattr(two, name, None))
        if pair:
            mine, other = pair
            # What has no place of its own stands where the node stands.
            has_place = hasattr(other, "lineno") and hasattr(mine, "lineno")
            return pair if has_place or not hasattr(two, "lineno") else (one, two)
    return None


def _is_text(node: ast.AST) -> bool:
    is_constant = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return is_constant or isinstance(node, ast.JoinedStr)


def _is_text_of_a_reader(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return any(char.isalpha() and not char.isascii() for char in node.value)
    return isinstance(node, ast.JoinedStr) and any(
        _is_text_of_a_reader(item) for item in node.values
    )


def _parts(node: ast.AST) -> list[str]:
    """What a formatted string is put together from, in any order: languages have their own."""
    if not isinstance(node, ast.JoinedStr):
        return []
    return sorted(ast.dump(item) for item in node.values if isinstance(item, ast.FormattedValue))
