"""Rendered cards as files of trees."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from generator.site.digests import digest_of
from generator.site.memory import Digests
from generator.site.output import Tree
from generator.site.site import OutputFile
from generator.site.work import RenderedCard, RenderingOrder, render_cards


class WrittenCard(Struct, frozen=True):
    """A card whose files are in the tree, and without their content here."""

    card: RenderedCard
    files: Digests
    documents: Digests
    pages: int


def write_batch(order: RenderingOrder, tree: Tree, documents: Tree) -> list[WrittenCard]:
    """Renders cards, and writes their files; raises `OutputError` when that can't be done."""
    return [write_card(card, tree, documents) for card in render_cards(order)]


def write_card(card: RenderedCard, tree: Tree, documents: Tree) -> WrittenCard:
    """Writes the files of a card; raises `OutputError` when that can't be done."""
    return WrittenCard(
        card=replace(card, files=(), documents=()),
        files=_write(card.files, tree),
        documents=_write(card.documents, documents),
        pages=sum(file.path.endswith(".html") for file in card.files),
    )


def _write(files: Sequence[OutputFile], tree: Tree) -> Digests:
    for file in files:
        tree.write(file.path, file.content)
    return {file.path: digest_of(file.content) for file in files}
