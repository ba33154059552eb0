"""What stands inside a block: Python-Markdown's inline patterns, by GitHub's rules.

They run in the order of their precedence: what binds tightest (code, escapes, HTML tags)
first, then links and images, addresses that stand bare in the text, and last emphasis.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from html import unescape
from typing import TypeAlias
from urllib.parse import quote
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor, Pattern
from markdown.treeprocessors import InlineProcessor as InlineTreeprocessor
from markdown.util import ETX, HTML_PLACEHOLDER_RE, STX, AtomicString, Registry, code_escape
from msgspec import Struct

from generator.site.markdown import footnotes
from generator.site.markdown.definitions import Reference, normal_label
from generator.site.markdown.emphasis import DELIMITER_RUN, EmphasisTag, Marks, read_marks

MARKED_TAG = "marked"
"""An element that is none: what stands in it stands in its parent."""

MAX_BRACKETS = 32
"""Brackets nested deeper than this are no links."""

_TIGHT = re.compile(
    r"""
    (?P<escape>\\[!-/:-@\[-`{-~])
    |(?P<break>(?:(?<=[ ])[ ]+|\\)(?=\n))
    |(?P<ticks>`+)
    |(?<!\]\()(?:
        <(?P<address>[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*)>
        |<(?P<mail>[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253})>
        |(?P<html>
            <[A-Za-z][A-Za-z0-9-]*
                (?:\s+[A-Za-z_:][\w.:-]*
                    (?:\s*=\s*(?:[^\s"'=<>`]+|'[^']{0,4000}'|"[^"]{0,4000}"))?){0,64}
                \s*/?>
            |</[A-Za-z][A-Za-z0-9-]*\s*>
            |<!---?>
            |<!--(?s:.){0,4000}?-->
            |<\?(?s:.){0,4000}?\?>
            |<![A-Za-z][^>]{0,4000}>
            |<!\[CDATA\[(?s:.){0,4000}?\]\]>))
    """,
    re.VERBOSE,
)
_TAG_FILTER = re.compile(
    r"<(?=/?(?:title|textarea|style|xmp|iframe|noembed|noframes|script|plaintext)\b)",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"[\[\]]")
_DESTINATION = re.compile(
    r"""\([ \t]*\n?[ \t]*
    (?:<(?P<angled>[^<>\n]{0,4000})>
       |(?P<plain>(?!<)[^\s()]{0,4000}(?:\([^\s()]{0,4000}\)[^\s()]{0,4000}){0,16}))
    (?:\s+(?:"(?P<double>[^"]{0,1000})"|'(?P<single>[^']{0,1000})'
       |\((?P<round>[^()]{0,1000})\)))?
    \s*\)""",
    re.VERBOSE,
)
_LABEL = re.compile(r"\[(?P<label>[^\[\]]{0,999})\]")
_FIRST_DELIMITER = re.compile(r"[*_~].*", re.DOTALL)
# Of a long run of brackets, the first ones can't be links: they are taken together.
_LINK_START = re.compile(rf"(?<!!)\[(?:\[+(?=\[{{{MAX_BRACKETS}}}))?")
_IMAGE_START = re.compile(r"!\[")
_BARE_ADDRESS = re.compile(
    r"""
    (?P<web>(?<![a-z0-9])https?://(?=[^\s/<]))
    |(?P<www>(?<![^\s*_~(])www\.(?=[^\s/<.]))
    |(?P<mail>(?<![a-z0-9.+_-])[a-z0-9.+_-]{1,64}@[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63}){1,8})
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_ADDRESS_REST = re.compile(r"[^\s<\x02]*")
_TRAILING_ENTITY = re.compile(r"&[A-Za-z0-9]+;$")
_ESCAPED = re.compile(rf"{STX}(\d+){ETX}")

_KEPT_IN_ADDRESSES = "!#$%&'()*+,-./:;=?@_~"

_Handled: TypeAlias = "tuple[Element | str | None, int | None, int | None]"


class _Target(Struct, frozen=True):
    """Where a link or image leads, and where it ends in the text."""

    text: str
    target: str
    title: str
    end: int


def register(md: Markdown, references: Mapping[str, Reference], footnotes: Collection[str]) -> None:
    """Makes `md` read GitHub's marks inside of blocks, and no others.

    `references` and the labels in `footnotes` are looked into when a block is read.
    """
    links = _Links(md, references, footnotes)
    images = _Images(md, references)
    patterns: Registry[Pattern] = Registry()
    patterns.register(_Pattern(md, _TIGHT, _TightSpans(md).read), "tight", 60)
    patterns.register(_Pattern(md, _LINK_START, links.read), "link", 50)
    patterns.register(_Pattern(md, _IMAGE_START, images.read), "image", 40)
    addresses = _Pattern(md, _BARE_ADDRESS, read_bare_address, outside=("a",))
    patterns.register(addresses, "address", 30)
    patterns.register(_Pattern(md, _FIRST_DELIMITER, _Emphasis(md).read), "emphasis", 20)
    md.inlinePatterns = patterns
    # The one that Python-Markdown made for itself goes on using the patterns that it began with.
    md.treeprocessors.register(InlineTreeprocessor(md), "inline", 20)


class _Pattern(InlineProcessor):
    """A kind of span as Python-Markdown wants it: where it may begin, and how it is read.

    It is not looked for inside of the elements in `outside`.
    """

    def __init__(
        self,
        md: Markdown,
        beginning: re.Pattern[str],
        read: Callable[[re.Match[str], str], _Handled],
        outside: tuple[str, ...] = (),
    ) -> None:
        super().__init__("", md)
        self.compiled_re = beginning
        self.ANCESTOR_EXCLUDES = outside  # type: ignore[misc] # it is read from instances
        self._read = read

    # The library gave this method a second form without renaming it.
    def handleMatch(self, m: re.Match[str], data: str) -> _Handled:  # type: ignore[override] # noqa: N802
        return self._read(m, data)


class _TightSpans:
    """Escapes, hard breaks, code, addresses in angle brackets and HTML tags."""

    def __init__(self, md: Markdown) -> None:
        self._md = md

    def read(self, m: re.Match[str], data: str) -> _Handled:
        text = m.group()
        if m.lastgroup == "escape":
            return _literal(text[1]), m.start(), m.end()
        if m.lastgroup == "break":
            return Element("br"), m.start(), m.end()
        if m.lastgroup == "ticks":
            return self._code(m, data)
        if m.lastgroup == "html":
            return self._md.htmlStash.store(without_raw_text_tags(text)), m.start(), m.end()
        prefix = "mailto:" if m.lastgroup == "mail" else ""
        return _address(prefix + text[1:-1], AtomicString(text[1:-1])), m.start(), m.end()

    def _code(self, m: re.Match[str], data: str) -> _Handled:
        # A run has no partner only if it is the last of its length: there can't be many.
        ticks = len(m.group())
        closing = re.compile(rf"(?<!`)`{{{ticks}}}(?!`)").search(data, m.end())
        if closing is None:
            return m.group(), m.start(), m.end()
        code = data[m.end() : closing.start()].replace("\n", " ")
        if code.startswith(" ") and code.endswith(" ") and code.strip():
            code = code[1:-1]
        element = Element("code")
        element.text = AtomicString(code_escape(code))
        return element, m.start(), closing.end()


class _Bracketed:
    """What links and images have in common: a text in brackets, and where it leads."""

    def __init__(self, md: Markdown, references: Mapping[str, Reference]) -> None:
        self._md = md
        self._references = references

    def target(self, data: str, start: int) -> _Target | None:
        """The text in the brackets that open before `start`, its target and its end."""
        end = _closing_bracket(data, start)
        if end is None:
            return None
        text = data[start:end]
        inline = _DESTINATION.match(data, end + 1)
        if inline:
            groups = inline.groupdict()
            title = groups["double"] or groups["single"] or groups["round"] or ""
            target = groups["plain"] if groups["angled"] is None else groups["angled"]
            return _Target(text, self.source(target), self.source(title), inline.end())
        label = _LABEL.match(data, end + 1)
        reference = self._reference((label and label.group("label")) or text)
        if label and reference is None and label.group("label"):
            return None
        if reference is None:
            return None
        return _Target(text, reference.target, reference.title, label.end() if label else end + 1)

    def source(self, text: str) -> str:
        """`text` as it was before the tighter spans in it were taken out."""
        text = self._md.inlinePatterns["link"].unescape(text)
        text = HTML_PLACEHOLDER_RE.sub(self._stashed_html, text)
        return _ESCAPED.sub(lambda m: chr(int(m.group(1))), text)

    def _stashed_html(self, m: re.Match[str]) -> str:
        return str(self._md.htmlStash.rawHtmlBlocks[int(m.group(1))])

    def _reference(self, label: str) -> Reference | None:
        return self._references.get(normal_label(self.source(label)))


class _Links(_Bracketed):
    """Links and references to footnotes."""

    def __init__(
        self, md: Markdown, references: Mapping[str, Reference], footnotes: Collection[str]
    ) -> None:
        super().__init__(md, references)
        self._footnotes = footnotes

    def read(self, m: re.Match[str], data: str) -> _Handled:
        if data.startswith("^", m.end()):
            end = _closing_bracket(data, m.end())
            label = normal_label(self.source(data[m.end() + 1 : end])) if end else ""
            if end and label in self._footnotes:
                return footnotes.reference(label), m.start(), end + 1
        target = self.target(data, m.end()) if len(m.group()) == 1 else None
        if target is None or self._has_link(target.text):
            return m.group(), m.start(), m.end()
        element = _address(target.target, target.text)
        if target.title:
            element.set("title", target.title)
        return element, m.start(), target.end

    def _has_link(self, text: str) -> bool:
        return any(
            self.target(text, bracket.end()) is not None for bracket in _LINK_START.finditer(text)
        )


class _Images(_Bracketed):
    """Images. What their text says in marks, their alternative says in words."""

    def read(self, m: re.Match[str], data: str) -> _Handled:
        target = self.target(data, m.end())
        if target is None:
            return m.group(), m.start(), m.end()
        marks = iter(read_marks(target.text))
        text = DELIMITER_RUN.sub(lambda _: next(marks).literal, target.text)
        alternative = self.source(text)
        element = Element("img", {"src": _encoded(target.target), "alt": alternative})
        if target.title:
            element.set("title", target.title)
        return element, m.start(), target.end


def read_bare_address(m: re.Match[str], data: str) -> _Handled:
    """The link that an address makes which stands in the text with no mark around it."""
    if m.lastgroup == "mail":
        text = m.group().rstrip(".")
        end = m.start() + len(text)
        if text[-1] in "-_":
            return text, m.start(), end
        return _address(f"mailto:{text}", AtomicString(text)), m.start(), end
    rest = _ADDRESS_REST.match(data, m.start())
    text = without_trailing_marks(rest.group() if rest else m.group())
    prefix = "http://" if m.lastgroup == "www" else ""
    return _address(prefix + text, AtomicString(text)), m.start(), m.start() + len(text)


class _Emphasis:
    """Emphasis and strikethrough: one match for all that follows the first delimiter run."""

    def __init__(self, md: Markdown) -> None:
        self._md = md

    def read(self, m: re.Match[str], data: str) -> _Handled:
        marks = iter(read_marks(data))
        element = Element(MARKED_TAG)
        element.text = DELIMITER_RUN.sub(lambda _: self._html(next(marks)), m.group())
        return element, m.start(), m.end()

    def _html(self, marks: Marks) -> str:
        store = self._md.htmlStash.store
        closed = "".join(store(EmphasisTag(f"</{tag}>")) for tag in marks.closed)
        opened = "".join(store(EmphasisTag(f"<{tag}>")) for tag in marks.opened)
        return closed + "".join(_literal(char) for char in marks.literal) + opened


def without_raw_text_tags(html: str) -> str:
    """`html` with the tags escaped after which a browser would read no other tags."""
    return _TAG_FILTER.sub("&lt;", html)


def without_trailing_marks(address: str) -> str:
    """The part of `address` that is one, by GitHub's rule for addresses that stand bare."""
    while True:
        shorter = address.rstrip("?!.,:*_~'\"")
        if shorter.endswith(")") and shorter.count(")") > shorter.count("("):
            shorter = shorter[:-1]
        shorter = _TRAILING_ENTITY.sub("", shorter)
        if shorter == address:
            return address
        address = shorter


def _literal(char: str) -> str:
    # Python-Markdown turns this back into the character when no pattern can see it any more.
    return "&amp;" if char == "&" else f"{STX}{ord(char)}{ETX}"


def _address(target: str, text: str) -> Element:
    element = Element("a", {"href": _encoded(target)})
    element.text = text
    return element


def _encoded(address: str) -> str:
    return quote(unescape(address), safe=_KEPT_IN_ADDRESSES)


def _closing_bracket(data: str, start: int) -> int | None:
    depth = 1
    for bracket in _BRACKET.finditer(data, start):
        depth += 1 if bracket.group() == "[" else -1
        if depth == 0:
            return bracket.start()
        if depth > MAX_BRACKETS:
            return None
    return None
