"""Commented-out alternatives of active statements in the sample code.

An alternative assigns to the same target as an active statement, has the same shape, and
differs from it in literals only: then it is certain to be meant as code, and to be meant
instead. All other comments are left alone.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from generator.cards import rules
from generator.cards.model import CodeBlock, Treatment
from generator.cards.python_code import ParsedCode, code_of_tree, literal_text, tree_of
from generator.diagnostics import Diagnostic
from generator.source import Position, Span

MAX_VARIANTS = 50
"""A card has at most so many: each is executed by itself."""

MAX_LINES = 60
"""An alternative of more lines than this is not looked for."""

_Assignment: TypeAlias = ast.Assign | ast.AnnAssign
_Literal: TypeAlias = tuple[str, bool, str]

_BEGINNING = re.compile(r"#\s*[^\W\d][\w.\[\]'\", ]*(?::[^=]*)?=(?!=)")
_HASH = re.compile(r"#\s?")
_STRING_OR_COMMENT = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|#.*")
_OPENING = re.compile(r"[(\[{]")
_CLOSING = re.compile(r"[)\]}]")
_UNFIT_FOR_LABEL = re.compile(r"[^\w.+=-]+")
_MAX_LABEL = 60
_NO_ENTRYPOINT = frozenset({"repo_info", "repo", "github"})


class Variant(Struct, frozen=True):
    """The sample code with an alternative active, and the active statement commented out.

    `label` is what distinguishes it, unique in the card, and `active_label` what distinguishes
    the statement that it takes the place of. `texts` are those of that statement with those
    that the alternative has for them. `span` is where the alternative stands, commented out.
    """

    label: str
    active_label: str
    texts: Mapping[str, str]
    code: ParsedCode
    span: Span

    @property
    def block(self) -> CodeBlock:
        """The sample code as it is run."""
        return self.code.block


class _Alternative(Struct, frozen=True):
    """A commented statement: its lines, from 0, and what it is an alternative of."""

    first: int
    last: int
    statement: _Assignment
    active: _Assignment


class FoundVariants(Struct, frozen=True):
    """The variants of a card, and its alternatives that are none, because they say nothing new.

    `duplicates` are where they stand, and the line in which the same stands before;
    `surplus` is the first alternative that would be one variant too many.
    """

    variants: tuple[Variant, ...] = ()
    duplicates: tuple[tuple[Span, int], ...] = ()
    surplus: Span | None = None


def find_variants(sample: CodeBlock) -> FoundVariants:
    """The variants of the sample code `sample`; none when it is not executed."""
    if sample.treatment is not Treatment.EXECUTE or "#" not in sample.code:
        return FoundVariants()
    lines = sample.code.split("\n")[:-1]
    tree = tree_of(sample.code)
    if tree is None or not _has_beginning(lines):
        return FoundVariants()
    fresh: list[_Alternative] = []
    duplicates = []
    surplus = None
    seen: dict[tuple[int, str], int] = {}
    for alternative in _alternatives(lines, _assignments(tree), _comment_lines(sample.code)):
        active = alternative.active
        seen.setdefault((active.lineno, ast.dump(_plain(active))), active.lineno - 1)
        key = (active.lineno, ast.dump(_plain(alternative.statement)))
        span = _span(sample, lines, alternative)
        if key in seen:
            duplicates.append((span, sample.code_line + seen[key]))
        elif len(fresh) == MAX_VARIANTS:
            surplus = span
            break
        else:
            seen[key] = alternative.first
            fresh.append(alternative)
    labels = _labels(fresh)
    variants = []
    for alternative, label in zip(fresh, labels, strict=True):
        code = _activated(sample, lines, tree, alternative)
        if code:
            variants.append(
                Variant(
                    label=label,
                    active_label=_label(_words(_differing(alternative.active, alternative))),
                    texts=_replaced_texts(alternative),
                    code=code,
                    span=_span(sample, lines, alternative),
                )
            )
    return FoundVariants(tuple(variants), tuple(duplicates), surplus)


def useless_alternatives(path: str, found: FoundVariants) -> Iterator[Diagnostic]:
    """A diagnostic for each alternative that is the same as another, or one too many."""
    for span, line in found.duplicates:
        message = f"this alternative is the same as line {line}"
        hint = "remove it, or change what it loads"
        yield rules.DUPLICATE_VARIANT.at(path, span, message, hint)
    if found.surplus:
        message = f"the sample code has more than {MAX_VARIANTS} alternatives"
        hint = "leave some out, or write a card for some of the models"
        yield rules.TOO_MANY_VARIANTS.at(path, found.surplus, message, hint)


def _has_beginning(lines: Sequence[str]) -> bool:
    return any(_BEGINNING.match(line.lstrip()) for line in lines)


def _assignments(tree: ast.Module) -> tuple[_Assignment, ...]:
    return tuple(
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.AnnAssign) and all(map(_is_name, _targets(node)))
    )


def _targets(statement: _Assignment) -> list[ast.expr]:
    return statement.targets if isinstance(statement, ast.Assign) else [statement.target]


def _is_name(target: ast.expr) -> bool:
    if isinstance(target, ast.Tuple | ast.List):
        return all(map(_is_name, target.elts))
    return isinstance(target, ast.Name)


def _comment_lines(code: str) -> dict[int, int]:
    """Where the comments begin that have a line for themselves: the column by the line, from 0."""
    found = {}
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type == tokenize.COMMENT and not token.line[: token.start[1]].strip():
            found[token.start[0] - 1] = token.start[1]
    return found


def _alternatives(
    lines: Sequence[str], active: Sequence[_Assignment], comments: dict[int, int]
) -> Iterator[_Alternative]:
    behind = -1
    alike: dict[tuple[int, str], list[_Assignment]] = {}
    for item in sorted(active, key=_line):
        alike.setdefault((item.col_offset, _shape(item)), []).append(item)
    for number, column in comments.items():
        if number <= behind or not _BEGINNING.match(lines[number], column):
            continue
        parsed = _statement(lines, number, column, comments)
        if parsed is None:
            continue
        statement, last = parsed
        if not _literals(_plain(statement)):
            continue
        counterpart = _counterpart(number, alike.get((column, _shape(statement)), ()))
        if counterpart is not None:
            yield _Alternative(number, last, statement, counterpart)
            behind = last


def _statement(
    lines: Sequence[str], first: int, column: int, comments: dict[int, int]
) -> tuple[_Assignment, int] | None:
    """The assignment that is commented out from line `first` on, and its last line."""
    texts: list[str] = []
    open_brackets = 0
    for number in range(first, min(first + MAX_LINES, len(lines))):
        if comments.get(number) != column:
            return None
        texts.append(_HASH.sub("", lines[number][column:], count=1))
        bare = _STRING_OR_COMMENT.sub("", texts[-1])
        open_brackets += len(_OPENING.findall(bare)) - len(_CLOSING.findall(bare))
        if open_brackets <= 0 and not bare.rstrip().endswith("\\"):
            tree = tree_of("\n".join((texts[0].lstrip(), *texts[1:])) + "\n")
            found = _assignments(tree) if tree is not None and len(tree.body) == 1 else ()
            return (found[0], number) if tree and found[:1] == tuple(tree.body) else None
    return None


def _counterpart(number: int, alike: Sequence[_Assignment]) -> _Assignment | None:
    """Of what an alternative in line `number` may replace the nearest, before it if any."""
    if not alike:
        return None
    return alike[max(bisect_right(alike, number, key=_line) - 1, 0)]


def _line(statement: _Assignment) -> int:
    return statement.lineno


def _shape(statement: _Assignment) -> str:
    """What alternatives have in common: the targets, and the value but for its literals."""
    targets = ",".join(map(ast.dump, _targets(statement)))
    return f"{targets}={_outline(statement.value)}"


def _outline(node: object) -> str:
    if isinstance(node, ast.Constant):
        return type(node.value).__name__
    if isinstance(node, ast.Call):
        arguments = [_outline(item) for item in node.args if not _is_literal(item)]
        arguments += sorted(
            f"{item.arg}={_outline(item.value)}"
            for item in node.keywords
            if not _is_literal(item.value)
        )
        return f"{_outline(node.func)}({','.join(arguments)})"
    if isinstance(node, ast.AST):
        fields = (_outline(value) for _, value in ast.iter_fields(node))
        return f"{type(node).__name__}[{';'.join(fields)}]"
    if isinstance(node, list):
        return f"[{','.join(map(_outline, node))}]"
    return repr(node)


def _is_literal(node: ast.expr) -> bool:
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return all(map(_is_literal, node.elts))
    if isinstance(node, ast.Dict):
        return all(key is not None and _is_literal(key) for key in node.keys) and all(
            map(_is_literal, node.values)
        )
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.operand, ast.Constant)
    return isinstance(node, ast.Constant)


def _plain(statement: _Assignment) -> ast.expr:
    return statement.value or ast.Constant(None)


def _labels(alternatives: Sequence[_Alternative]) -> list[str]:
    """For each what distinguishes it from what is active, and from the others."""
    differences = [_words(_differing(item.statement, item)) for item in alternatives]
    labels: list[str] = []
    for words in differences:
        label = _label(words)
        for count in range(2, len(words) + 1):
            if label not in labels:
                break
            label = "+".join(words[:count])
        labels.append(_numbered(label[:_MAX_LABEL], labels))
    return labels


def _numbered(label: str, taken: Sequence[str]) -> str:
    number = 1
    numbered = label
    while numbered in taken:
        number += 1
        numbered = f"{label}-{number}"
    return numbered


def _label(words: Sequence[str]) -> str:
    return words[0] if words else "variant"


def _differing(statement: _Assignment, alternative: _Alternative) -> list[_Literal]:
    """The literals of `statement`, one of the two, that the other one has not; in their order."""
    is_active = statement is alternative.active
    other = alternative.statement if is_active else alternative.active
    others = {place: text for place, _, text in _literals(_plain(other))}
    own = _literals(_plain(statement))
    return [literal for literal in own if others.get(literal[0]) != literal[2]]


def _words(literals: Sequence[_Literal]) -> list[str]:
    """The literals as words; the entrypoint first."""
    texts = [text for _, is_text, text in literals if is_text]
    others = [text for _, is_text, text in literals if not is_text]
    words = [_UNFIT_FOR_LABEL.sub("-", text).strip("-") for text in (*texts, *others)]
    return [word for word in dict.fromkeys(words) if word]


def _replaced_texts(alternative: _Alternative) -> Mapping[str, str]:
    own = {
        place: text
        for place, is_text, text in _differing(alternative.statement, alternative)
        if is_text
    }
    active = _differing(alternative.active, alternative)
    return {text: own[place] for place, is_text, text in active if is_text and place in own}


def _literals(value: ast.expr) -> list[_Literal]:
    """Place, whether it is a text, and the word for it, of each literal in `value`.

    Of a call's texts the second comes first: the entrypoint, which stands behind the
    repository.
    """
    found: list[_Literal] = []
    for node in ast.walk(value):
        if isinstance(node, ast.Call):
            arguments = [(str(n), "", item) for n, item in enumerate(node.args)]
            arguments += [(str(item.arg), str(item.arg), item.value) for item in node.keywords]
            where = ast.dump(node.func)
            repositories: list[_Literal] = []
            for place, name, item in arguments:
                text = literal_text(item)
                word = (text, True) if text is not None else (_written(name, item), False)
                entry = (f"{where}:{place}", word[1], word[0])
                is_repository = place == "0" or name in _NO_ENTRYPOINT
                if _is_literal(item):
                    (repositories if is_repository else found).append(entry)
            found += repositories
    if not found and _is_literal(value):
        text = literal_text(value)
        found.append(("", text is not None, text if text is not None else ast.unparse(value)))
    return found


def _written(name: str, value: ast.expr) -> str:
    return f"{name}={ast.unparse(value)}" if name else ast.unparse(value)


def _span(sample: CodeBlock, lines: Sequence[str], alternative: _Alternative) -> Span:
    first, last = alternative.first, alternative.last
    column = len(lines[first]) - len(lines[first].lstrip())
    return Span(
        Position(sample.code_line + first, sample.code_columns[first] + column),
        Position(sample.code_line + last, sample.code_columns[last] + len(lines[last].rstrip())),
    )


def _activated(
    sample: CodeBlock, lines: Sequence[str], tree: ast.Module, alternative: _Alternative
) -> ParsedCode | None:
    """The sample code with the alternative in place of the active statement.

    It has as many lines. Where no code stands between the two, the alternative stays in its
    own lines, so that what is told of it points there, and the active statement is commented
    out in its; else the alternative takes the active one's.
    """
    active = alternative.active
    start, end = active.lineno - 1, (active.end_lineno or active.lineno) - 1
    if not _stands_alone(active, lines):
        return None
    texts, columns = list(lines), list(sample.code_columns)
    indent = lines[start][: active.col_offset]
    if _is_next_to(alternative, start, end, tree):
        for number in range(start, end + 1):
            texts[number] = f"{indent}# {lines[number].removeprefix(indent)}"
        for number in range(alternative.first, alternative.last + 1):
            column = len(lines[number]) - len(lines[number].lstrip())
            comment = lines[number][column:]
            text = _HASH.sub("", comment, count=1)
            if number == alternative.first:
                text = text.lstrip()
            columns[number] += len(comment) - len(text)
            texts[number] = indent + text
    else:
        for number in range(start, end + 1):
            texts[number] = ""
        texts[start] = indent + ast.unparse(alternative.statement)
    code = "".join(f"{text}\n" for text in texts)
    parsed = tree_of(code)
    if parsed is None:
        return None
    block = replace(sample, code=code, code_columns=tuple(columns))
    return code_of_tree(block, parsed)


def _stands_alone(active: _Assignment, lines: Sequence[str]) -> bool:
    """Whether no other statement has a part in the statement's lines."""
    last = lines[(active.end_lineno or active.lineno) - 1].encode("utf-8")
    before = lines[active.lineno - 1].encode("utf-8")[: active.col_offset]
    behind = last[active.end_col_offset :].strip()
    return not before.strip() and (not behind or behind.startswith(b"#"))


def _is_next_to(alternative: _Alternative, start: int, end: int, tree: ast.Module) -> bool:
    low, high = sorted((start, alternative.first))
    return not any(
        low < node.lineno - 1 <= high and not start <= node.lineno - 1 <= end
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt)
    )
