"""The files of the site, as pure functions: same cards, hub and times, same bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from generator.cards.examples import SAMPLE
from generator.cards.model import Card
from generator.evidence.model import CardEvidence
from generator.site import pages
from generator.site.addresses import (
    CATALOGUE_DATA,
    FRONT_PAGE,
    card_data,
    card_page,
    catalogue_page,
)
from generator.site.api import model_data, models_data
from generator.site.hub import Hub
from generator.site.markdown.code import code_figure
from generator.site.markdown.render import RenderedSection, SectionRenderer
from generator.site.pages import CardContent, Neighbour, PlacedCard


@dataclass(frozen=True, slots=True)
class OutputFile:
    """A file of the site; `path` is relative to its root, with slashes."""

    path: str
    content: bytes


def place_cards(
    cards: Sequence[Card],
    updated: Mapping[Path, datetime],
    evidence: Mapping[str, CardEvidence],
) -> tuple[PlacedCard, ...]:
    """The cards in the order of the catalogue, each with its neighbours and its evidence.

    `evidence` is by card id, and has only records that are valid.
    """
    neighbours = [Neighbour(card.id, card.front_matter.title) for card in cards]
    before = [None, *neighbours][: len(cards)]
    behind = [*neighbours, None][1:]
    return tuple(
        PlacedCard(card, updated[card.path], evidence.get(card.id), previous, following)
        for card, previous, following in zip(cards, before, behind, strict=True)
    )


def card_files(hub: Hub, placed: PlacedCard, renderer: SectionRenderer) -> tuple[OutputFile, ...]:
    """The pages and the API's answer of one card.

    Raises `RenderError` when the card can't be shown as it is meant.
    """
    card = placed.card
    sample = code_figure(SAMPLE, card.sample.language, card.sample.code)
    sections: dict[str, RenderedSection] = {}
    for language in hub.settings.languages:
        section = card.section(language.code)
        if section:
            sections[language.code] = renderer.render(section, hub.wording(language))
    files = []
    for language in hub.settings.languages:
        shown = hub.shown_language(card, language)
        content = CardContent(sample, sections[shown.code], shown)
        html = pages.card(hub, language, placed, content)
        files.append(OutputFile(card_page(language, card.id), html.encode()))
    full_text = {code: f"{sample}\n{section.html}" for code, section in sections.items()}
    data = model_data(card, placed.updated, full_text, placed.evidence)
    return (*files, OutputFile(card_data(card.id), data))


def common_files(hub: Hub, cards: Sequence[PlacedCard]) -> tuple[OutputFile, ...]:
    """What the site has beside its cards: front page, catalogues, the list of all, assets."""
    models = [(placed.card, placed.updated) for placed in cards]
    return (
        OutputFile(FRONT_PAGE, pages.front_page(hub).encode()),
        *(
            OutputFile(catalogue_page(language), pages.catalogue(hub, language, cards).encode())
            for language in hub.settings.languages
        ),
        OutputFile(CATALOGUE_DATA, models_data(hub.settings, models)),
        *(OutputFile(asset.address, asset.content) for asset in hub.theme.assets.values()),
    )
