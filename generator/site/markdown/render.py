"""A section of a card as sanitised HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.util import HTML_PLACEHOLDER_RE
from msgspec import Struct
from msgspec.structs import replace

from generator.cards.blocks import scan_lines
from generator.cards.model import CodeBlock, Line, Section
from generator.site.digests import digest_of
from generator.site.markdown.blocks import CODE_TAG, HTML_TAG, INDEX, Blocks, build_blocks
from generator.site.markdown.code import code_figure
from generator.site.markdown.definitions import Reference
from generator.site.markdown.emphasis import EmphasisTag
from generator.site.markdown.footnotes import FootnoteNames, append_footnotes
from generator.site.markdown.headings import PlacedHeading
from generator.site.markdown.nesting import leaves_too_much_open
from generator.site.markdown.placement import CODE_ID, HEADING_ID, Placed, place
from generator.site.markdown.sanitizer import Sanitizer
from generator.site.markdown.spans import MARKED_TAG, register, without_raw_text_tags
from generator.source import Span

_HEADING_TAGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_MOST_EMPHASIS = 1_000
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_T = TypeVar("_T")
_HTML_PLACE = re.compile(rf'<{HTML_TAG} {INDEX}="(\d+)"></{HTML_TAG}>')


class Wording(Struct, frozen=True):
    """What the renderer itself says, in one language."""

    footnotes: FootnoteNames
    task_done: str
    task_open: str


class RenderedSection(Struct, frozen=True):
    """A section as HTML that is safe to show, and the headings in it.

    It comes in parts, so that something can be put behind each code block. `block_ids` are
    those of the blocks with which the parts end, empty for one that is not Python; the last
    part ends with none.
    """

    parts: tuple[str, ...]
    block_ids: tuple[str, ...]
    headings: tuple[PlacedHeading, ...]

    @property
    def html(self) -> str:
        """The whole section."""
        return "".join(self.parts)


@dataclass
class RenderError(Exception):
    """A section can't be shown as it is meant: where, why, and how to mend it."""

    span: Span
    message: str
    hint: str

    def __str__(self) -> str:
        return self.message


class SectionRenderer:
    """Renders one section after another. It is costly to make, and not for two threads."""

    def __init__(self) -> None:
        self._references: dict[str, Reference] = {}
        self._footnotes: dict[str, list[str]] = {}
        self._sanitizer = Sanitizer()
        # Not "html": some versions write an attribute that equals its name without a value there.
        self._md = Markdown(output_format="xhtml")
        register(self._md, self._references, self._footnotes)

    def render(self, section: Section, wording: Wording) -> RenderedSection:
        """`section` as sanitised HTML, its Python blocks with the ids `block-1`, `block-2`.

        Raises `RenderError` when HTML in the section hides a code block, or leaves so much open
        that what a browser makes of it is far larger than the section.
        """
        mark = _mark(section.lines)
        blocks = build_blocks([_without_control(line) for line in section.lines])
        raw_html = self._to_html(blocks, mark, wording)
        if self._has_html_of_its_own(blocks) and leaves_too_much_open(raw_html):
            raise RenderError(
                section.span,
                "too many HTML tags are left open in this section",
                "close each tag where the text ends that it is for",
            )
        html = self._sanitizer.clean(raw_html, mark)
        figures = list(_figures(section.code_blocks, blocks))
        task_labels = {True: wording.task_done, False: wording.task_open}
        placed = place(html, [figure.html for figure in figures], task_labels)
        _check_code(section.code_blocks, placed)
        block_ids = [figures[index].block_id for index in placed.code]
        return RenderedSection(placed.parts, (*block_ids, ""), placed.headings)

    def _to_html(self, blocks: Blocks, mark: str, wording: Wording) -> str:
        self._md.reset()
        _refill(self._references, blocks.references)
        _refill(self._footnotes, blocks.footnotes)
        root = blocks.root
        self._md.treeprocessors["inline"].run(root)
        append_footnotes(
            root,
            content=lambda label: self._footnote(label, blocks),
            own_id=lambda name: mark + name,
            names=wording.footnotes,
        )
        for element in root.iter():
            if element.tag in _HEADING_TAGS and not element.attrib:
                element.set("id", mark + HEADING_ID)
            elif element.tag == CODE_TAG:
                element.tag = "pre"
                element.set("id", f"{mark}{CODE_ID}{element.attrib.pop(INDEX)}")
        self._md.treeprocessors["unescape"].run(root)
        return self._serialize(root, blocks)

    def _serialize(self, root: Element, blocks: Blocks) -> str:
        html = str(self._md.serializer(root)).removeprefix("<div>").removesuffix("</div>")
        # Up to here all of a card's own angle brackets are escaped, or not yet put back.
        html = html.replace(f"<{MARKED_TAG}>", "").replace(f"</{MARKED_TAG}>", "")
        html = _HTML_PLACE.sub(
            lambda match: without_raw_text_tags(blocks.html[int(match.group(1))]) + "\n", html
        )
        stash = self._md.htmlStash.rawHtmlBlocks
        return HTML_PLACEHOLDER_RE.sub(lambda match: str(stash[int(match.group(1))]), html)

    def _has_html_of_its_own(self, blocks: Blocks) -> bool:
        stash = self._md.htmlStash.rawHtmlBlocks
        if blocks.html or len(stash) > _MOST_EMPHASIS:
            return True
        return not all(isinstance(html, EmphasisTag) for html in stash)

    def _footnote(self, label: str, beside: Blocks) -> Element:
        blocks = build_blocks(scan_lines(self._footnotes[label]), beside)
        self._md.treeprocessors["inline"].run(blocks.root)
        return blocks.root


class _Figure(Struct, frozen=True):
    block_id: str
    html: str


def _figures(code_blocks: Sequence[CodeBlock], blocks: Blocks) -> Iterator[_Figure]:
    number = 0
    for block in code_blocks:
        number += block.is_python
        block_id = f"block-{number}" if block.is_python else ""
        yield _Figure(block_id, code_figure(block_id, block.language, block.code))
    for code in blocks.code[len(code_blocks) :]:
        yield _Figure("", code_figure("", code.language, code.code))


def _check_code(code_blocks: Sequence[CodeBlock], placed: Placed) -> None:
    for index, block in enumerate(code_blocks):
        if placed.code.count(index) != 1:
            raise RenderError(
                block.span,
                "the HTML before this code block hides it",
                "close the tag, the attribute or the comment that is open here",
            )


def _mark(lines: Sequence[Line]) -> str:
    # What a card would have to contain to forge an id is the hash of all that it contains.
    text = "\n".join(line.content for line in lines)
    return digest_of(text.encode("utf-8", "surrogatepass"))


def _without_control(line: Line) -> Line:
    # Python-Markdown marks its own places with control characters.
    if _CONTROL.search(line.content) is None:
        return line
    return replace(line, content=_CONTROL.sub("\ufffd", line.content))


def _refill(mapping: dict[str, _T], content: dict[str, _T]) -> None:
    mapping.clear()
    mapping.update(content)
