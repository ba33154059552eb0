"""A card as a Jupyter notebook, in which its code runs as it stands.

The format is that of https://nbformat.readthedocs.io/en/latest/format_description.html, 4.5.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, TypeAlias

import msgspec

from generator.cards.metrics import source_with_metrics
from generator.cards.model import (
    CodeBlock,
    Container,
    Line,
    LineKind,
    LinkKind,
    Section,
    Treatment,
)
from generator.languages import Language
from generator.site.card_markdown import facts, title_and_summary
from generator.site.hub import Hub
from generator.site.pages import PlacedCard
from generator.site.plain_markdown import fenced, plain_text
from generator.site.sections import table_words
from generator.site.strings import Strings

_Cell: TypeAlias = "dict[str, Any]"

_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
# Jupyter's own programs go on behind a cell with this tag when it raises.
_RAISES = {"tags": ["raises-exception"]}
_MOST_REPEATED = 200_000
_RUN = frozenset({Treatment.EXECUTE, Treatment.RAISE})
_DEFINITION = re.compile(r"\[([^\]\n]+)\]:")
_REFERENCE = re.compile(r"\[([^\[\]]+)\]")


def notebook(
    hub: Hub, placed: PlacedCard, language: Language, section: Section, sample: CodeBlock
) -> bytes:
    """The card's `section`, which is in `language`, behind the sample code.

    A Python block is a code cell, unless it is not meant to be run: then its cell is Markdown
    that says why. The ids of cells are those of the blocks, the same in every build.
    """
    card = placed.card
    text = hub.strings[language.code]
    words = table_words(hub.strings[section.language])
    head = f"{title_and_summary(hub, card, language)}\n\n{facts(hub, placed, language)}"
    cells = [
        _markdown_cell("title", head),
        _block_cell("sample", sample, text),
        *_section_cells(source_with_metrics(card, section, words), section, text),
    ]
    content = {"cells": cells, "metadata": _METADATA, "nbformat": 4, "nbformat_minor": 5}
    # As Jupyter writes it, so that saving an unchanged notebook changes nothing.
    return msgspec.json.format(msgspec.json.encode(content), indent=1) + b"\n"


def _section_cells(source: Sequence[str], section: Section, text: Strings) -> Iterator[_Cell]:
    if not section.lines:
        return
    definitions = _definitions(section)
    # Many mentions of long targets must not make a small card a huge notebook.
    room = _MOST_REPEATED
    first = section.lines[0].number
    blocks = [block for block in section.code_blocks if block.is_python]
    starts = [0, *(block.span.end.line + 1 - first for block in blocks)]
    ends = [*(block.span.start.line - first for block in blocks), len(section.lines)]
    for number, (start, end) in enumerate(zip(starts, ends, strict=True), 1):
        lines = section.lines[start:end]
        words = _words(lines, source)
        if words:
            defined = "\n".join(_defined_elsewhere(words, lines, definitions))
            room -= len(defined)
            with_links = f"{words}\n\n{defined}" if defined and room >= 0 else words
            yield _markdown_cell(f"text-{number}", with_links)
        if number <= len(blocks):
            yield _block_cell(f"block-{number}", blocks[number - 1], text)


def _block_cell(cell_id: str, block: CodeBlock, text: Strings) -> _Cell:
    treatment = block.treatment
    if treatment in _RUN:
        metadata = _RAISES if treatment is Treatment.RAISE else {}
        return {
            "cell_type": "code",
            "execution_count": None,
            "id": cell_id,
            "metadata": metadata,
            "outputs": [],
            "source": _lines(block.code),
        }
    code = fenced(block.language, block.code)
    reason = block.attributes.skip
    if treatment is Treatment.COMPILE:
        reason = text["compile_only"]
    if not reason:
        return _markdown_cell(cell_id, code)
    note = text["fact"].format(name=text["not_executed"], value=plain_text(reason))
    return _markdown_cell(cell_id, f"{code}\n\n> {note}")


def _markdown_cell(cell_id: str, words: str) -> _Cell:
    return {"cell_type": "markdown", "id": cell_id, "metadata": {}, "source": _lines(words)}


def _lines(text: str) -> list[str]:
    return text.rstrip("\n").splitlines(keepends=True)


def _words(lines: Sequence[Line], source: Sequence[str]) -> str:
    """These lines as Markdown that stands by itself."""
    if all(line.kind is LineKind.BLANK for line in lines):
        return ""
    groups = groupby(lines, key=lambda line: _left_items(line, lines[0].number))
    return "\n".join(_outdented(group, items, source) for items, group in groups).strip("\n")


def _defined_elsewhere(
    words: str, lines: Sequence[Line], definitions: Mapping[str, Line]
) -> Iterator[str]:
    """The definitions of the links in `words`, which are of `lines`, that are not there too."""
    labels = dict.fromkeys(_label(match.group(1)) for match in _REFERENCE.finditer(words))
    for label in labels:
        definition = definitions.get(label)
        if definition and not lines[0].number <= definition.number <= lines[-1].number:
            yield definition.content


def _left_items(line: Line, first: int) -> tuple[Container, ...]:
    """The items of lists that `line` is in and that begin before the line `first`."""
    return tuple(item for item in line.containers if item.first_line < first)


def _outdented(lines: Iterable[Line], items: tuple[Container, ...], source: Sequence[str]) -> str:
    text = "\n".join(source[line.number - 1] for line in lines)
    # What follows code in a list begins a cell, where its indentation would make it code.
    return textwrap.dedent(text) if items else text


def _definitions(section: Section) -> Mapping[str, Line]:
    """The lines that define the targets of links, by what links call them."""
    definitions: dict[str, Line] = {}
    if not section.lines:
        return definitions
    first = section.lines[0].number
    for link in section.links:
        if link.kind is LinkKind.DEFINITION:
            line = section.lines[link.span.start.line - first]
            match = _DEFINITION.match(line.content)
            if match:
                definitions.setdefault(_label(match.group(1)), line)
    return definitions


def _label(text: str) -> str:
    return " ".join(text.split()).casefold()
