"""Problems that a card's author knows of, and says why they are to stay.

A line `<!-- hubcards: allow E530 reason="a name of the paper" -->` allows problems of these
codes in the block that follows it: a paragraph, a table, a list, a quote, a code block, or a
section's comment. In the front matter it is `# hubcards: allow …`, for the key below it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from generator.cards import rules
from generator.cards.document import Document
from generator.cards.model import Allowance, Line, LineKind, Section
from generator.cards.rules import Rule
from generator.diagnostics import Diagnostic, nearest, printable, shortened
from generator.source import Span

_BEGIN = re.compile(r"(?:<!--|#)[ \t]*hubcards[ \t]*:")
_ALLOW = re.compile(
    r'[ \t]*allow(?P<codes>(?:[ \t,]+(?!reason\b)[^\s,="]+)*)'
    r'(?:[ \t,]+reason[ \t]*=[ \t]*"(?P<reason>[^">]*)")?[ \t]*'
)
_CODE = re.compile(r"[^\s,]+")
_FENCE = frozenset({LineKind.FENCE_CODE, LineKind.FENCE_CLOSE})
_GOES_ON: Mapping[LineKind, frozenset[LineKind]] = {
    LineKind.FENCE_OPEN: _FENCE,
    LineKind.TEXT: frozenset({LineKind.TEXT, LineKind.SETEXT_UNDERLINE}),
    LineKind.INDENTED_CODE: frozenset({LineKind.INDENTED_CODE, LineKind.BLANK}),
}
_OF_NO_CARD = frozenset(
    {
        rules.UNMENTIONED_ENTRYPOINT.code,
        rules.UNREADABLE_HUBCONF.code,
        rules.DAMAGED_AGREEMENT.code,
    }
)
_FOUND_LATER = frozenset({rules.STALE_TRANSLATION.code, rules.NOT_AGREED.code})
_FIRST_OF_TEXT, _FIRST_OF_LINKS, _OF_ALLOWANCES = "E500", "E800", "E900"

MOST = 200
"""More allowances than this are not read: each is compared with every problem of the card."""


class _Written(Struct, frozen=True):
    """What is written in one line: its place, and the lines of the block that follows."""

    text: str
    span: Span
    scope: range


class FoundAllowances(Struct, frozen=True):
    """The allowances of a card, and what is wrong with how they are written."""

    allowances: tuple[Allowance, ...]
    problems: tuple[Diagnostic, ...]


def is_allowance(line: Line) -> bool:
    """Whether the line is for this module, and no text of the card."""
    return line.kind is LineKind.HTML and _BEGIN.match(line.content.strip()) is not None


def find_allowances(document: Document) -> FoundAllowances:
    """The allowances in the front matter, around the sample code and in the sections."""
    allowances: list[Allowance] = []
    problems: list[Diagnostic] = []
    for written in (*_in_front_matter(document), *_in_body(document)):
        for found in _read(document.path, written):
            if isinstance(found, Allowance):
                allowances.append(found)
            else:
                problems.append(found)
            if len(allowances) + len(problems) > MOST:
                hint = "mend what can be mended"
                message = f"a card allows no more than {MOST} problems"
                stop = rules.BAD_ALLOWANCE.at(document.path, written.span, message, hint)
                return FoundAllowances(tuple(allowances), (*problems, stop))
    return FoundAllowances(tuple(allowances), tuple(problems))


def not_allowed(
    diagnostics: Iterable[Diagnostic], allowances: Sequence[Allowance]
) -> Iterator[Diagnostic]:
    """The diagnostics of a card that none of its allowances is for."""
    for item in diagnostics:
        if not any(_is_for(allowance, item) for allowance in allowances):
            yield item


def unused_in_structure(
    path: str, diagnostics: Sequence[Diagnostic], allowances: Sequence[Allowance]
) -> Iterator[Diagnostic]:
    """A diagnostic for each allowance of what parsing finds that is for none of these."""
    wanted = [item for item in allowances if item.code < _FIRST_OF_TEXT]
    return _unused(path, diagnostics, wanted)


def unused_in_text(
    path: str, diagnostics: Sequence[Diagnostic], allowances: Sequence[Allowance]
) -> Iterator[Diagnostic]:
    """A diagnostic for each allowance of what examining finds that is for none of these.

    What only the network or the history can show is judged nowhere: it may come and go.
    """
    wanted = [
        item
        for item in allowances
        if _FIRST_OF_TEXT < item.code < _FIRST_OF_LINKS and item.code not in _FOUND_LATER
    ]
    return _unused(path, diagnostics, wanted)


def _unused(
    path: str, diagnostics: Sequence[Diagnostic], allowances: Iterable[Allowance]
) -> Iterator[Diagnostic]:
    for allowance in allowances:
        if not any(_is_for(allowance, item) for item in diagnostics):
            message = f"there is no {allowance.code} to allow in what follows"
            hint = "remove the code, or put the line right above what it is for"
            yield rules.UNUSED_ALLOWANCE.at(path, allowance.span, message, hint)


def _is_for(allowance: Allowance, diagnostic: Diagnostic) -> bool:
    # What is in one language only may be allowed there, or where it is missed.
    places = (diagnostic.span, diagnostic.counterpart)
    return allowance.code == diagnostic.code and any(
        place and allowance.first_line <= place.start.line <= allowance.last_line
        for place in places
    )


def _read(path: str, written: _Written) -> Iterator[Allowance | Diagnostic]:
    match = _ALLOW.fullmatch(written.text)
    if match is None or not match["codes"].strip():
        message = "this line for hubcards can't be read"
        hint = 'write allow, codes and a reason on one line, as in allow E530 reason="…"'
        yield rules.BAD_ALLOWANCE.at(path, written.span, message, hint)
        return
    if not (match["reason"] or "").strip():
        message = "nothing says why this is allowed"
        yield rules.NO_REASON.at(path, written.span, message, 'add reason="…" behind the codes')
        return
    known = {rule.code: rule for rule in rules.all_rules()}
    for word in _CODE.finditer(written.text, *match.span("codes")):
        code = word.group()
        start = written.span.start
        span = Span.at(start.line, start.column + word.start(), len(code))
        refusal = _refusal(code, known)
        if refusal:
            yield rules.NOT_ALLOWABLE.at(path, span, *refusal)
        else:
            first, last = written.scope.start, written.scope.stop - 1
            yield Allowance(code, match["reason"].strip(), span, first, last)


def can_be_allowed(rule: Rule) -> bool:
    """Whether a card may say why it has this problem, and keep it."""
    return not (rules.is_essential(rule) or rule.code in _OF_NO_CARD or rule.code > _OF_ALLOWANCES)


def _refusal(code: str, known: Mapping[str, Rule]) -> tuple[str, str] | None:
    if code not in known:
        near = nearest(code, known)
        hint = f'did you mean "{near}"?' if near else "hubcards check prints the codes"
        return f'no check has the code "{printable(shortened(code))}"', hint
    if not can_be_allowed(known[code]):
        return f"{code} can't be allowed in a card", f"mend it: hubcards explain {code} says how"
    return None


def _in_front_matter(document: Document) -> Iterator[_Written]:
    front_matter = document.front_matter
    if front_matter is None or not front_matter.is_closed:
        return
    lines = front_matter.text.split("\n")
    for index, line in enumerate(lines):
        text = line.lstrip(" \t")
        begin = _BEGIN.match(text) if text.startswith("#") else None
        if begin:
            number, column = front_matter.first_line + index, len(line) - len(text) + 1
            span = Span.at(number, column + begin.end(), len(text) - begin.end())
            scope = _entry_below(lines, index + 1)
            shifted = range(*(front_matter.first_line + end for end in (scope.start, scope.stop)))
            yield _Written(text[begin.end() :], span, shifted)


def _entry_below(lines: Sequence[str], index: int) -> range:
    while index < len(lines) and lines[index].lstrip()[:1] in ("", "#"):
        index += 1
    if index == len(lines):
        return range(index, index)
    indent, end = _indent(lines[index]), index + 1
    while end < len(lines) and (not lines[end].strip() or _indent(lines[end]) > indent):
        end += 1
    return range(index, end)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _in_body(document: Document) -> Iterator[_Written]:
    parts: tuple[Section, ...] = (document.preamble, *document.sections)
    for part, following in zip(parts, (*document.sections, None), strict=True):
        for index, line in enumerate(part.lines):
            if not is_allowance(line):
                continue
            content = line.content.strip()
            begin = _BEGIN.match(content)
            start = begin.end() if begin else 0
            column = line.column + line.content.index("<") + start
            span = Span.at(line.number, column, len(content) - start)
            # What is not closed here, or has text behind it, is no allowance that can be read.
            text = content[start:-3] if content.endswith("-->") else ""
            yield _Written(text, span, _block_below(line, part.lines[index + 1 :], following))


def _block_below(comment: Line, lines: Sequence[Line], following: Section | None) -> range:
    rest = [line for line in lines if not is_allowance(line)]
    while rest and rest[0].kind is LineKind.BLANK:
        rest = rest[1:]
    if not rest:
        number = following.span.start.line if following else 0
        return range(number, number + 1)
    first, depth = rest[0], len(comment.containers)
    last = first.number
    if len(first.containers) > depth:
        block = first.containers[depth].list_line
        inside = [
            line.number
            for line in rest
            if len(line.containers) > depth and line.containers[depth].list_line == block
        ]
        return range(first.number, max(inside) + 1)
    kinds = _GOES_ON.get(first.kind, frozenset())
    for line in rest[1:]:
        if line.kind not in kinds or line.number != last + 1:
            break
        last = line.number
    return range(first.number, last + 1)
