"""The files of the site, as pure functions: same cards, hub and times, same bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
    LLMS,
    NOT_FOUND_PAGE,
    ROBOTS,
    card_data,
    card_markdown,
    card_notebook,
    card_page,
    card_source,
    catalogue_page,
    feed,
)
from generator.site.api import model_data, models_data
from generator.site.card_markdown import markdown_page, source_file
from generator.site.feeds import atom_feed, newest_first
from generator.site.hub import Hub
from generator.site.llms import llms_text
from generator.site.markdown.code import code_figure
from generator.site.markdown.render import RenderedSection, SectionRenderer
from generator.site.not_found import not_found_page
from generator.site.notebooks import notebook
from generator.site.pages import CardContent, Neighbour, PlacedCard
from generator.site.sitemap import robots, sitemaps


@dataclass(frozen=True, slots=True)
class OutputFile:
    """A file of the site; `path` is relative to its root, with slashes."""

    path: str
    content: bytes


@dataclass(frozen=True, slots=True)
class RenderedCard:
    """A card's sample code as HTML, and its sections by language code."""

    sample: str
    sections: Mapping[str, RenderedSection]

    @property
    def full_text(self) -> Mapping[str, str]:
        """All that the card says, as HTML, by language code."""
        return {code: f"{self.sample}\n{item.html}" for code, item in self.sections.items()}


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


def render_card(hub: Hub, card: Card, renderer: SectionRenderer) -> RenderedCard:
    """The card's code and its sections. Raises `RenderError` for one that can't be shown."""
    sections: dict[str, RenderedSection] = {}
    for language in hub.settings.languages:
        section = card.section(language.code)
        if section:
            sections[language.code] = renderer.render(section, hub.wording(language))
    sample = code_figure(SAMPLE, card.sample.language, card.sample.code)
    return RenderedCard(sample, sections)


def card_files(hub: Hub, placed: PlacedCard, rendered: RenderedCard) -> tuple[OutputFile, ...]:
    """The pages of one card, its files to take away, and the API's answer.

    Raises `RenderError` when the card's file has been changed since it was read.
    """
    card = placed.card
    files = []
    for language in hub.settings.languages:
        shown = hub.shown_language(card, language)
        content = CardContent(rendered.sample, rendered.sections[shown.code], shown)
        html = pages.card(hub, language, placed, content)
        files.append(OutputFile(card_page(language, card.id), html.encode()))
    data = model_data(card, placed.updated, rendered.full_text, placed.evidence)
    return (*files, *_for_tools(hub, placed), OutputFile(card_data(card.id), data))


def _for_tools(hub: Hub, placed: PlacedCard) -> Iterator[OutputFile]:
    card = placed.card
    yield OutputFile(card_source(card.id), source_file(card))
    for language in hub.settings.languages:
        page = markdown_page(hub, placed, language)
        yield OutputFile(card_markdown(language, card.id), page.encode())
        section = card.section(language.code)
        if section:
            content = notebook(hub, placed, language, section, card.sample)
            yield OutputFile(card_notebook(language, card.id), content)


def common_files(hub: Hub, cards: Sequence[PlacedCard]) -> tuple[OutputFile, ...]:
    """What the site has beside its cards: front page, catalogues, lists for machines, assets."""
    models = [(placed.card, placed.updated) for placed in cards]
    newest = newest_first(cards)
    return (
        OutputFile(FRONT_PAGE, pages.front_page(hub).encode()),
        *(
            OutputFile(catalogue_page(language), pages.catalogue(hub, language, cards).encode())
            for language in hub.settings.languages
        ),
        OutputFile(NOT_FOUND_PAGE, not_found_page(hub).encode()),
        OutputFile(ROBOTS, robots(hub).encode()),
        OutputFile(LLMS, llms_text(hub, cards).encode()),
        *(OutputFile(path, content) for path, content in sitemaps(hub, cards).items()),
        *(
            OutputFile(feed(language), atom_feed(hub, language, newest))
            for language in hub.settings.languages
        ),
        OutputFile(CATALOGUE_DATA, models_data(hub.settings, models)),
        *(OutputFile(asset.address, asset.content) for asset in hub.theme.assets.values()),
    )
