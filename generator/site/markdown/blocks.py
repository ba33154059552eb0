"""From the block structure of a section's lines to a tree of elements.

What stands inside the blocks is still Markdown; HTML blocks and code stay out of the tree,
where elements named `HTML_TAG` and `CODE_TAG` keep their places.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, SubElement

from markdown.util import AtomicString, code_escape
from msgspec import Struct

from generator.cards.model import Container, ContainerKind, Line, LineKind
from generator.site.markdown.definitions import Reference, footnote_starts, take_references
from generator.site.markdown.tables import Table, find_table

HTML_TAG = "html-block"
CODE_TAG = "code-block"
INDEX = "index"

MAX_PARAGRAPH = 1 << 14
"""A paragraph of more characters than this is shown as it is written: reading the marks in
it could take minutes, and nobody writes one."""

_ATX = re.compile(r"(#{1,6})[ \t]*(.*?)(?:(?:^|[ \t]+)#+)?[ \t]*$")
_MARK = re.compile(r"[\\`<\[*_~@]|://|www\.|  \n", re.IGNORECASE)
_TASK = re.compile(r"\[([ xX])\][ \t]+(?=\S)")
_FENCE_MARKER = re.compile(r"(?:`+|~+)[ \t]*(\S*)")
_LEAVES_OF_MANY_LINES = {
    LineKind.TEXT: {LineKind.TEXT, LineKind.SETEXT_UNDERLINE},
    LineKind.HTML: {LineKind.HTML},
    LineKind.INDENTED_CODE: {LineKind.INDENTED_CODE},
    LineKind.FENCE_OPEN: {LineKind.FENCE_CODE, LineKind.FENCE_CLOSE},
}


class FencedCode(Struct, frozen=True):
    """The code of a fence as its lines have it; `language` is the info string's first word."""

    language: str
    code: str


@dataclass(slots=True)
class Blocks:
    """The blocks of a text: their tree, and what belongs at the indices of its places.

    `footnotes` has the lines of each footnote by its label, in the order of the source.
    """

    root: Element = field(default_factory=lambda: Element("div"))
    html: list[str] = field(default_factory=list)
    code: list[FencedCode] = field(default_factory=list)
    references: dict[str, Reference] = field(default_factory=dict)
    footnotes: dict[str, list[str]] = field(default_factory=dict)


def build_blocks(lines: Sequence[Line], beside: Blocks | None = None) -> Blocks:
    """The blocks that `lines` make up; their HTML and code are kept with those of `beside`."""
    builder = _Builder(Blocks(html=beside.html, code=beside.code) if beside else Blocks())
    for line in lines:
        builder.add(line)
    return builder.finish()


@dataclass(slots=True)
class _List:
    """A list under construction; it is loose when a blank line parts what it holds."""

    element: Element
    line: int
    is_loose: bool = False


@dataclass(slots=True)
class _Open:
    """An open container, the list it is an item of, and the list that it ends with."""

    container: Container | None
    element: Element
    quotes: int
    item_of: _List | None = None
    last_list: _List | None = None


@dataclass(slots=True)
class _Leaf:
    """A block without blocks in it, under construction; `ended` says how, if by a line."""

    kind: LineKind
    containers: tuple[Container, ...]
    texts: list[str]
    ended: LineKind | None = None
    blanks: int = 0


class _Builder:
    def __init__(self, blocks: Blocks) -> None:
        self._blocks = blocks
        self._stack = [_Open(None, self._blocks.root, 0)]
        self._lists: list[_List] = []
        self._leaf: _Leaf | None = None
        self._blank: Line | None = None
        self._footnote: _Leaf | None = None

    def add(self, line: Line) -> None:
        if line.kind is LineKind.BLANK:
            self._add_blank(line)
        elif self._leaf and _goes_on(self._leaf, line):
            _extend(self._leaf, line)
            self._blank = None
        else:
            self._end_leaf()
            self._open_containers(line.containers)
            self._note_child()
            self._leaf = _Leaf(line.kind, line.containers, [line.content])

    def finish(self) -> Blocks:
        self._end_leaf()
        for items in self._lists:
            for item in items.element:
                _make_task(item, items.element)
                if not items.is_loose:
                    _unwrap_paragraphs(item)
        return self._blocks

    def _add_blank(self, line: Line) -> None:
        if line.containers and line.containers[-1].first_line == line.number:
            # An item or a quote that begins with nothing is no gap between two blocks.
            self._end_leaf()
            self._open_containers(line.containers)
            return
        if self._leaf and self._leaf.kind is LineKind.INDENTED_CODE:
            self._leaf.blanks += 1
        else:
            self._end_leaf()
        self._blank = line

    def _open_containers(self, containers: tuple[Container, ...]) -> None:
        depth = 0
        while (
            depth < min(len(containers), len(self._stack) - 1)
            and self._stack[depth + 1].container == containers[depth]
        ):
            depth += 1
        del self._stack[depth + 1 :]
        for container in containers[depth:]:
            if container.kind is ContainerKind.QUOTE:
                self._open_quote(container)
            else:
                self._open_item(container)

    def _open_quote(self, container: Container) -> None:
        self._note_child()
        parent = self._stack[-1]
        element = self._append(Element("blockquote"))
        self._stack.append(_Open(container, element, parent.quotes + 1))

    def _open_item(self, container: Container) -> None:
        parent = self._stack[-1]
        items = parent.last_list
        if items and items.line == container.list_line:
            items.is_loose = items.is_loose or self._is_after_blank()
            self._blank = None
        else:
            self._note_child()
            element = self._append(_list_element(container))
            items = parent.last_list = _List(element, container.list_line)
            self._lists.append(items)
        item = SubElement(items.element, "li")
        self._stack.append(_Open(container, item, parent.quotes, item_of=items))

    def _note_child(self) -> None:
        parent = self._stack[-1]
        if parent.item_of and len(parent.element) and self._is_after_blank():
            parent.item_of.is_loose = True
        self._blank = None

    def _append(self, element: Element) -> Element:
        parent = self._stack[-1]
        parent.last_list = None
        parent.element.append(element)
        return element

    def _is_after_blank(self) -> bool:
        if self._blank is None:
            return False
        # A line with only a quote's marker is blank inside of the quote alone.
        quotes = sum(c.kind is ContainerKind.QUOTE for c in self._blank.containers)
        return quotes == self._stack[-1].quotes

    def _end_leaf(self) -> None:
        leaf, self._leaf = self._leaf, None
        if leaf is None:
            return
        note, self._footnote = self._footnote, None
        if note and leaf.kind is LineKind.INDENTED_CODE and leaf.containers == note.containers:
            note.texts += ["", *leaf.texts]
            self._footnote = note
            return
        if leaf.kind is LineKind.TEXT:
            self._add_paragraph(leaf)
        elif leaf.kind is LineKind.HEADING:
            self._add_heading(leaf.texts[0])
        elif leaf.kind is LineKind.THEMATIC_BREAK:
            self._append(Element("hr"))
        elif leaf.kind is LineKind.INDENTED_CODE:
            self._add_indented_code(leaf.texts)
        elif leaf.kind is LineKind.FENCE_OPEN:
            self._add_fence(leaf)
        elif leaf.kind is LineKind.HTML:
            self._add_place(HTML_TAG, len(self._blocks.html))
            self._blocks.html.append("\n".join(leaf.texts))

    def _add_paragraph(self, leaf: _Leaf) -> None:
        underline = leaf.texts.pop().strip() if leaf.ended else ""
        texts = self._take_footnotes(leaf)
        references, text = take_references("\n".join(texts))
        for label, reference in references.items():
            self._blocks.references.setdefault(label, reference)
        texts = text.split("\n") if text.strip() else []
        table = find_table(texts)
        if table:
            self._add_table(table, texts[: table.first], underline)
        elif texts and underline:
            self._add_inline("h1" if underline.startswith("=") else "h2", text)
        elif texts:
            self._add_inline("p", text)
        else:
            self._add_underline(underline)

    def _take_footnotes(self, leaf: _Leaf) -> list[str]:
        texts = leaf.texts
        starts = list(footnote_starts(texts))
        ends = [*(start.index for start in starts[1:]), len(texts)]
        for start, end in zip(starts, ends, strict=False):
            note = [start.text, *texts[start.index + 1 : end]]
            self._blocks.footnotes.setdefault(start.label, note)
            self._footnote = _Leaf(leaf.kind, leaf.containers, note)
        return texts[: starts[0].index] if starts else texts

    def _add_table(self, table: Table, before: list[str], underline: str) -> None:
        if before:
            self._add_inline("p", "\n".join(before))
        self._append(_table_element(table))
        self._add_underline(underline)

    def _add_underline(self, underline: str) -> None:
        # Below what is no paragraph after all, the line underlines nothing.
        if underline.startswith("---"):
            self._append(Element("hr"))
        elif underline:
            self._add_inline("p", underline)

    def _add_heading(self, source: str) -> None:
        match = _ATX.match(source)
        if match:
            self._add_inline(f"h{len(match.group(1))}", match.group(2))

    def _add_inline(self, tag: str, text: str) -> None:
        self._append(Element(tag)).text = _inline(text.strip())

    def _add_indented_code(self, texts: list[str]) -> None:
        pre = self._append(Element("pre"))
        code = SubElement(pre, "code")
        code.text = AtomicString(code_escape("".join(f"{text}\n" for text in texts)))

    def _add_fence(self, leaf: _Leaf) -> None:
        self._add_place(CODE_TAG, len(self._blocks.code))
        opening, *code = leaf.texts
        if leaf.ended:
            code.pop()
        marker = _FENCE_MARKER.match(opening)
        language = marker.group(1).lower() if marker else ""
        self._blocks.code.append(FencedCode(language, "".join(f"{text}\n" for text in code)))

    def _add_place(self, tag: str, index: int) -> None:
        self._append(Element(tag, {INDEX: str(index)}))


def _goes_on(leaf: _Leaf, line: Line) -> bool:
    return (
        leaf.ended is None
        and leaf.containers == line.containers
        and line.kind in _LEAVES_OF_MANY_LINES.get(leaf.kind, ())
    )


def _extend(leaf: _Leaf, line: Line) -> None:
    leaf.texts += [""] * leaf.blanks
    leaf.blanks = 0
    leaf.texts.append(line.content)
    if line.kind in (LineKind.SETEXT_UNDERLINE, LineKind.FENCE_CLOSE):
        leaf.ended = line.kind


def _inline(text: str) -> str:
    # Python-Markdown need not look for marks in a text that has none, and must not in some.
    if len(text) > MAX_PARAGRAPH or not _MARK.search(text):
        return AtomicString(text)
    return text


def _list_element(container: Container) -> Element:
    if container.kind is ContainerKind.BULLET_ITEM:
        return Element("ul")
    element = Element("ol")
    if container.number != 1:
        element.set("start", str(container.number))
    return element


def _table_element(table: Table) -> Element:
    element = Element("table")
    _add_row(SubElement(element, "thead"), "th", table.head, table.alignments)
    if table.rows:
        body = SubElement(element, "tbody")
        for row in table.rows:
            _add_row(body, "td", row, table.alignments)
    return element


def _add_row(parent: Element, tag: str, cells: Sequence[str], alignments: Sequence[str]) -> None:
    row = SubElement(parent, "tr")
    for text, alignment in zip(cells, alignments, strict=True):
        cell = SubElement(row, tag)
        cell.text = _inline(text)
        if alignment:
            cell.set("align", alignment)


def _make_task(item: Element, items: Element) -> None:
    task = _TASK.match(item[0].text or "") if len(item) and item[0].tag == "p" else None
    if task:
        box = SubElement(item[0], "input")
        if task.group(1) != " ":
            box.set("checked", "checked")
        box.tail = _inline(" " + str(item[0].text)[task.end() :])
        item[0].text = None
        item.set("class", "task-list-item")
        items.set("class", "task-list")


def _unwrap_paragraphs(item: Element) -> None:
    children = list(item)
    item[:] = []
    for child in children:
        if child.tag != "p":
            item.append(child)
            continue
        if len(item):
            item[-1].tail = child.text
        else:
            item.text = child.text
        item.extend(child)
