"""The variants of a card as the site shows them: each with an address, and snippets of its own."""

from __future__ import annotations

import ast
import io
import tokenize
import unicodedata
from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from generator.cards.model import Card, CodeBlock, Section
from generator.cards.variants import Variant, find_variants
from generator.site.markdown.code import FIGURE_START, code_figure
from generator.site.markdown.render import RenderedSection


class NamedVariant(Struct, frozen=True):
    """A variant and its `name` in addresses, unique in the card even where case is ignored."""

    name: str
    variant: Variant


def named_variants(card: Card) -> tuple[NamedVariant, ...]:
    """The variants of a card's sample code, in its order."""
    taken: set[str] = set()
    return tuple(
        NamedVariant(_name(variant.label, taken), variant)
        for variant in find_variants(card.sample).variants
    )


def section_of_variant(section: Section, variant: Variant) -> Section:
    """The section with the variant's texts in its Python blocks, where they have the active ones.

    `resnet50` for `resnet18`, wherever that is all that a string says.
    """
    blocks = tuple(
        replace(block, code=_with_texts(block.code, variant.texts)) if block.is_python else block
        for block in section.code_blocks
    )
    return section if blocks == section.code_blocks else replace(section, code_blocks=blocks)


def as_executed(section: Section, shown: Section) -> frozenset[str]:
    """The ids of the section's Python blocks before which nothing is `shown` in other words."""
    ids = set()
    pairs = zip(_python_blocks(section), _python_blocks(shown), strict=True)
    for number, (block, shown_block) in enumerate(pairs, 1):
        if block.code != shown_block.code:
            break
        ids.add(f"block-{number}")
    return frozenset(ids)


def with_blocks_of(rendered: RenderedSection, section: Section, shown: Section) -> RenderedSection:
    """The rendered `section` with the Python blocks as they are in `shown`."""
    if shown is section:
        return rendered
    figures = {
        f"block-{number}": code_figure(f"block-{number}", new.language, new.code)
        for number, (old, new) in enumerate(
            zip(_python_blocks(section), _python_blocks(shown), strict=True), 1
        )
        if old.code != new.code
    }
    parts = tuple(
        part[: part.rindex(FIGURE_START)] + figures[block_id] if block_id in figures else part
        for part, block_id in zip(rendered.parts, rendered.block_ids, strict=True)
    )
    return replace(rendered, parts=parts)


def _name(label: str, taken: set[str]) -> str:
    name, number = label, 1
    while (folded := unicodedata.normalize("NFKC", name).casefold()) in taken:
        number += 1
        name = f"{label}-{number}"
    taken.add(folded)
    return name


def _python_blocks(section: Section) -> list[CodeBlock]:
    return [block for block in section.code_blocks if block.is_python]


def _with_texts(code: str, texts: Mapping[str, str]) -> str:
    if not any(text in code for text in texts):
        return code
    lines = code.split("\n")
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(code).readline))
    except (tokenize.TokenError, SyntaxError):
        return code
    for token in reversed(tokens):
        (row, start), (last_row, end) = token.start, token.end
        if token.type == tokenize.STRING and row == last_row and _value(token.string) in texts:
            text = texts[_value(token.string)]
            line = lines[row - 1]
            lines[row - 1] = line[:start] + _literal(text, token.string[-1]) + line[end:]
    return "\n".join(lines)


def _value(literal: str) -> str:
    try:
        value = ast.literal_eval(literal)
    except (SyntaxError, ValueError):
        return ""
    return value if isinstance(value, str) else ""


def _literal(text: str, quote: str) -> str:
    written = repr(text)
    is_plain = written[1:-1] == text and quote not in text
    return f"{quote}{text}{quote}" if is_plain else written
