"""From a card to what is run of it: groups of examples, as plain data."""

from __future__ import annotations

from msgspec import Struct

from generator.cards.model import Card, CodeBlock
from generator.cards.variants import find_variants

SAMPLE = "sample"


class Example(Struct, frozen=True):
    """A block that is run and reported by itself.

    `id` is unique in its group and has no line number, so that it survives edits
    elsewhere: `sample`, or `block-2` for the second Python block of the section.
    """

    id: str
    block: CodeBlock


class Group(Struct, frozen=True):
    """The examples that share one namespace and one process, in the order of execution.

    Each depends on all before it. `name` is the code of the section's language, or
    `sample[resnet34]` for a variant of the sample code with the first section.
    """

    card: Card
    name: str
    examples: tuple[Example, ...]


def groups_of(card: Card) -> tuple[Group, ...]:
    """A group for each section, then one for each variant of the sample code.

    Sections come in source order, each the sample code, then its Python blocks; variants in
    theirs, each the changed sample code, then the first section's blocks.
    """
    groups = language_groups(card)
    if not groups or not card.sample.is_python:
        return groups
    behind = groups[0].examples[1:]
    variants = (
        Group(card, f"{SAMPLE}[{variant.label}]", (Example(SAMPLE, variant.block), *behind))
        for variant in find_variants(card.sample).variants
    )
    return (*groups, *variants)


def language_groups(card: Card) -> tuple[Group, ...]:
    """A group for each section, in source order: the sample code, then its Python blocks."""
    sample = [Example(SAMPLE, card.sample)] if card.sample.is_python else []
    groups = []
    for section in card.sections:
        blocks = (block for block in section.code_blocks if block.is_python)
        numbered = [Example(f"block-{number}", block) for number, block in enumerate(blocks, 1)]
        groups.append(Group(card, section.language, (*sample, *numbered)))
    return tuple(groups)
