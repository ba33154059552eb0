"""`hubcards list`: the cards of a hub in short."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from rich import box
from rich.table import Table
from rich.text import Text

from generator.authoring.terminal import shown
from generator.cards.examples import language_groups
from generator.cards.model import Card, Treatment
from generator.diagnostics import printable
from generator.evidence.model import CardEvidence, Claim
from generator.translating import say

NONE, PARTLY = "none", "partly"
_WEAKEST_FIRST = (Claim.COMPILED, Claim.EXECUTED, Claim.REPRODUCED)


class CardLine(Struct, frozen=True):
    """A card in short. `evidence` is what its records show, by `evidence_state`."""

    id: str
    title: str
    languages: tuple[str, ...]
    tags: tuple[str, ...]
    path: str
    evidence: str


def card_line(card: Card, evidence: CardEvidence | None) -> CardLine:
    """The card in short; `evidence` must have only records that are valid."""
    front = card.front_matter
    languages = tuple(section.language for section in card.sections)
    return CardLine(
        card.id, front.title, languages, front.tags, str(card.path), evidence_state(card, evidence)
    )


def evidence_state(card: Card, evidence: CardEvidence | None) -> str:
    """The weakest claim of all the card's blocks, in every language, but those that are skipped.

    `partly` when some have no valid record, `none` when none has.
    """
    claims = []
    for group in language_groups(card):
        for example in group.examples:
            if example.block.treatment is not Treatment.SKIP:
                record = evidence.record(group.name, example.id) if evidence else None
                claims.append(record and record.claim)
    if not any(claims):
        return NONE
    return PARTLY if None in claims else next(c.value for c in _WEAKEST_FIRST if c in claims)


def selected(cards: Iterable[Card], tags: Sequence[str], languages: Sequence[str]) -> list[Card]:
    """The cards that have all of the `tags`, and a section in all of the `languages`."""
    return [
        card
        for card in cards
        if set(tags) <= set(card.front_matter.tags) and all(map(card.section, languages))
    ]


def lines_as_json(lines: Iterable[CardLine]) -> str:
    """A JSON array with an object a card."""
    listed: list[Mapping[str, object]] = [
        {
            "id": line.id,
            "title": line.title,
            "languages": line.languages,
            "tags": line.tags,
            "evidence": line.evidence,
            "path": line.path,
        }
        for line in lines
    ]
    return json.dumps(listed, ensure_ascii=False, indent=2) + "\n"


def lines_as_table(lines: Iterable[CardLine]) -> str:
    """A table for a terminal; what is too long for it goes on in the next line."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold", show_edge=False)
    for heading in ("id", "title", "languages", "tags", "evidence"):
        table.add_column(say(heading), overflow="fold")
    for line in lines:
        cells = (
            line.id,
            line.title,
            ", ".join(line.languages),
            ", ".join(line.tags),
            say(line.evidence),
        )
        table.add_row(*(Text(printable(cell)) for cell in cells))
    return shown(table)
