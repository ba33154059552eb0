"""The links of a text, with the place of each target."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import TypeAlias

from generator.cards.model import Line, LineKind, Link, LinkKind
from generator.source import Span

_TOKEN = re.compile(
    r"""(?P<escape>\\[!-/:-@\[-`{-~])
    |(?P<ticks>`+)
    |(?P<autolink><[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*>)
    |(?P<tag><(?:a|img)\s[^<>]*>)
    |(?P<open>!?\[)
    |(?P<close>\])
    |(?P<bare>(?<![A-Za-z0-9_/])(?:https?://|www\.)[^\s<]+)""",
    re.VERBOSE | re.IGNORECASE,
)
_DESTINATION = re.compile(
    r"""\(\s*(?:<(?P<angled>[^<>\n]*)>|(?P<plain>[^\s()<]*(?:\([^\s()]*\)[^\s()]*)*))
    (?:\s+(?:"[^"]*"|'[^']*'|\([^()]*\)))?\s*\)""",
    re.VERBOSE,
)
_DEFINITION = re.compile(r"\[(?!\^)[^\]\n]+\]:[ \t]*(?:<(?P<angled>[^<>]*)>|(?P<plain>\S+))")
_ATTRIBUTE = re.compile(
    r"""\s(?:href|src)\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<plain>[^\s"'>]+))""",
    re.IGNORECASE,
)
# Trying all tokens at each character takes long, and most paragraphs have none.
_ANY = re.compile(r"[`<\[\]]|://|www\.", re.IGNORECASE)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_Handled: TypeAlias = "tuple[int, tuple[Link, ...]]"


def address_of(link: Link) -> str:
    """The address that a link names: its target with no escapes in it."""
    if link.kind is LinkKind.AUTOLINK:
        is_bare = link.target[:4].lower() == "www."
        return unescape(f"http://{link.target}" if is_bare else link.target)
    is_html = link.kind is LinkKind.HTML
    return unescape(link.target if is_html else _ESCAPE.sub(r"\1", link.target))


def find_links(lines: Sequence[Line]) -> tuple[Link, ...]:
    """The links and images that stand in these lines, in source order."""
    links: list[Link] = []
    for paragraph in _paragraphs(lines):
        if _ANY.search(paragraph.text):
            links.extend(_links_of(paragraph))
    for line in lines:
        if line.kind is LineKind.HTML:
            links.extend(_tag_links(_Text((line,)), 0, line.content))
    return tuple(sorted(links, key=lambda link: link.span))


class _Text:
    """Lines joined to one text, and the way back from an index in it to the source."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        self.text = "\n".join(line.content for line in lines)
        self._starts = [0]
        for line in lines:
            self._starts.append(self._starts[-1] + len(line.content) + 1)
        self._at = 0

    def span(self, start: int, end: int) -> Span:
        """The source of `text[start:end]`, which is in one line; calls come in rising order."""
        while self._starts[self._at + 1] <= start:
            self._at += 1
        while self._starts[self._at] > start:
            self._at -= 1
        line = self.lines[self._at]
        return Span.at(line.number, line.column + start - self._starts[self._at], end - start)


def _paragraphs(lines: Sequence[Line]) -> Iterator[_Text]:
    current: list[Line] = []
    for line in lines:
        if current and (
            line.kind is not LineKind.TEXT or line.containers != current[-1].containers
        ):
            yield _Text(current)
            current = []
        if line.kind is LineKind.HEADING:
            yield _Text((line,))
        elif line.kind is LineKind.TEXT:
            current.append(line)
    if current:
        yield _Text(current)


@dataclass
class _State:
    """What the tokens so far leave open: brackets (is it an image's?), lone tick runs."""

    brackets: list[bool] = field(default_factory=list)
    lone_ticks: set[int] = field(default_factory=set)


def _links_of(source: _Text) -> Iterator[Link]:
    definitions: dict[int, int] = {}
    for line, start in zip(source.lines, _line_starts(source), strict=True):
        definition = _DEFINITION.match(line.content)
        if definition:
            definitions[start] = start + definition.end()
            yield _link(source, LinkKind.DEFINITION, definition, start)
    state = _State()
    token = _TOKEN.search(source.text)
    while token:
        # The address of a definition is not a bare one as well.
        end = definitions.get(token.start())
        if end is None:
            end, links = _HANDLERS[str(token.lastgroup)](source, token, state)
            yield from links
        token = _TOKEN.search(source.text, end)


def _escape(_source: _Text, token: re.Match[str], _state: _State) -> _Handled:
    return token.end(), ()


def _ticks(source: _Text, token: re.Match[str], state: _State) -> _Handled:
    length = len(token.group())
    if length not in state.lone_ticks:
        closing = re.compile(rf"(?<!`)`{{{length}}}(?!`)").search(source.text, token.end())
        if closing:
            return closing.end(), ()
        # Remembered, so that many unmatched runs do not each search the whole text.
        state.lone_ticks.add(length)
    return token.end(), ()


def _autolink(source: _Text, token: re.Match[str], _state: _State) -> _Handled:
    span = source.span(token.start() + 1, token.end() - 1)
    return token.end(), (Link(LinkKind.AUTOLINK, token.group()[1:-1], span),)


def _tag(source: _Text, token: re.Match[str], _state: _State) -> _Handled:
    return token.end(), tuple(_tag_links(source, token.start(), token.group()))


def _open_bracket(_source: _Text, token: re.Match[str], state: _State) -> _Handled:
    state.brackets.append(token.group() == "![")
    return token.end(), ()


def _close_bracket(source: _Text, token: re.Match[str], state: _State) -> _Handled:
    if not state.brackets:
        return token.end(), ()
    kind = LinkKind.IMAGE if state.brackets.pop() else LinkKind.INLINE
    destination = _DESTINATION.match(source.text, token.end())
    if destination is None:
        return token.end(), ()
    return destination.end(), (_link(source, kind, destination),)


def _bare(source: _Text, token: re.Match[str], _state: _State) -> _Handled:
    target = _without_trailing_punctuation(token.group())
    end = token.start() + len(target)
    return end, (Link(LinkKind.AUTOLINK, target, source.span(token.start(), end)),)


_HANDLERS: Mapping[str, Callable[[_Text, re.Match[str], _State], _Handled]] = {
    "escape": _escape,
    "ticks": _ticks,
    "autolink": _autolink,
    "tag": _tag,
    "open": _open_bracket,
    "close": _close_bracket,
    "bare": _bare,
}


def _line_starts(source: _Text) -> Iterator[int]:
    start = 0
    for line in source.lines:
        yield start
        start += len(line.content) + 1


def _link(source: _Text, kind: LinkKind, match: re.Match[str], offset: int = 0) -> Link:
    group = "plain" if match.group("angled") is None else "angled"
    start, end = match.span(group)
    return Link(kind, match.group(group), source.span(offset + start, offset + end))


def _tag_links(source: _Text, offset: int, tag: str) -> Iterator[Link]:
    for match in _ATTRIBUTE.finditer(tag):
        group = str(match.lastgroup)
        start, end = match.span(group)
        span = source.span(offset + start, offset + end)
        yield Link(LinkKind.HTML, match.group(group), span)


def _without_trailing_punctuation(url: str) -> str:
    # The rule of GitHub Flavored Markdown, section "Autolinks (extension)".
    while url:
        stripped = url.rstrip("?!.,:*_~'\"")
        if stripped.endswith(")") and stripped.count(")") > stripped.count("("):
            stripped = stripped[:-1]
        stripped = re.sub(r"&[A-Za-z0-9]+;$", "", stripped)
        if stripped == url:
            break
        url = stripped
    return url
