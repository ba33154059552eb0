"""From a card to what is run of it: groups of examples, as plain data."""

from __future__ import annotations

from dataclasses import dataclass

from generator.cards.model import Card, CodeBlock

SAMPLE = "sample"


@dataclass(frozen=True, slots=True)
class Example:
    """A block that is run and reported by itself.

    `id` is unique in its group and has no line number, so that it survives edits
    elsewhere: `sample`, or `block-2` for the second Python block of the section.
    """

    id: str
    block: CodeBlock


@dataclass(frozen=True, slots=True)
class Group:
    """The examples that share one namespace and one process, in the order of execution.

    Each depends on all before it. `name` is the code of the section's language, or
    `sample[resnet34]` for a variant of the sample code with the first section.
    """

    card: Card
    name: str
    examples: tuple[Example, ...]


def groups_of(card: Card) -> tuple[Group, ...]:
    """A group for each section, in source order: the sample code, then its Python blocks."""
    sample = [Example(SAMPLE, card.sample)] if card.sample.is_python else []
    groups = []
    for section in card.sections:
        blocks = (block for block in section.code_blocks if block.is_python)
        numbered = [Example(f"block-{number}", block) for number, block in enumerate(blocks, 1)]
        groups.append(Group(card, section.language, (*sample, *numbered)))
    return tuple(groups)
