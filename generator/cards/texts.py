"""A section's text, read once for all that is checked in it."""

from __future__ import annotations

from dataclasses import dataclass

from generator.cards.model import Section
from generator.cards.prose import Passage, passages
from generator.cards.tables import Table, find_tables


@dataclass(frozen=True, slots=True)
class SectionText:
    """The passages and tables of a section, in their order."""

    section: Section
    passages: tuple[Passage, ...]
    tables: tuple[Table, ...]


def section_text(section: Section) -> SectionText:
    """The text of the section."""
    return SectionText(section, passages(section), tuple(find_tables(section.lines)))
