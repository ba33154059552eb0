"""The files of the site, as pure functions: same cards, hub and times, same bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from generator.cards.examples import SAMPLE
from generator.cards.metrics import section_with_metrics
from generator.cards.schema import SCHEMA, schema_text
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
    feed,
)
from generator.site.api import listed_data, model_data, models_data
from generator.site.api_schema import api_schemas
from generator.site.card_links import CardLinks, card_links, with_links_to_pages
from generator.site.card_markdown import markdown_page
from generator.site.catalogue import list_pages, tile
from generator.site.conforming import conforming
from generator.site.feeds import atom_feed, newest_first
from generator.site.guide import guide_files
from generator.site.hub import Hub, written_codes
from generator.site.listed import ListedCard
from generator.site.llms import llms_text, markdown_line
from generator.site.markdown.code import code_figure
from generator.site.markdown.render import RenderedSection, SectionRenderer
from generator.site.not_found import not_found_page
from generator.site.notebooks import notebook
from generator.site.pages import CardContent, PlacedCard
from generator.site.pictures import without_foreign_pictures
from generator.site.search.documents import search_document
from generator.site.search.entries import SearchEntry, search_entry
from generator.site.search.extent import Search
from generator.site.search.listing import list_files, search_row
from generator.site.sitemap import robots, sitemaps


@dataclass(frozen=True, slots=True)
class OutputFile:
    """A file of the site; `path` is relative to its root, with slashes."""

    path: str
    content: bytes


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file that belongs to no card.

    `key` is a digest of what it depends on beside the hub; empty where finding that out takes
    as long as making the file.
    """

    path: str
    key: str
    make: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class CardOutput:
    """What a card contributes: its own files, and what there is to say of it in lists.

    `documents` are to be indexed for the search in all words, and not published.
    """

    files: tuple[OutputFile, ...]
    documents: tuple[OutputFile, ...]
    listed: ListedCard
    links: CardLinks


def card_output(hub: Hub, placed: PlacedCard, renderer: SectionRenderer) -> CardOutput:
    """All that there is of a card. Raises `RenderError` for one that can't be shown."""
    card = placed.card
    sections: dict[str, RenderedSection] = {}
    for language in hub.settings.languages:
        section = card.section(language.code)
        if section:
            whole = section_with_metrics(card, section, hub.table_words(section.language))
            shown = renderer.render(whole, hub.wording(language))
            shown = without_foreign_pictures(shown, hub.strings[language.code])
            sections[language.code] = conforming(with_links_to_pages(shown))
    sample = code_figure(SAMPLE, card.sample.language, card.sample.code)
    full_text = {code: f"{sample}\n{item.html}" for code, item in sections.items()}
    entry = search_entry(hub, card, sections, placed.evidence)
    data = model_data(card, placed.updated, full_text, placed.evidence)
    return CardOutput(
        files=(
            *_pages(hub, placed, sample, sections),
            *_for_tools(hub, placed),
            OutputFile(card_data(card.id), data),
        ),
        documents=tuple(_documents(hub, entry, full_text)),
        listed=_listed(hub, placed, entry),
        links=card_links(card, full_text),
    )


def _pages(
    hub: Hub, placed: PlacedCard, sample: str, sections: Mapping[str, RenderedSection]
) -> Iterator[OutputFile]:
    for language in hub.settings.languages:
        shown = hub.shown_language(placed.card, language)
        content = CardContent(sample, sections[shown.code], shown)
        html = pages.card(hub, language, placed, content)
        yield OutputFile(card_page(language, placed.card.id), html.encode())


def _documents(hub: Hub, entry: SearchEntry, full_text: Mapping[str, str]) -> Iterator[OutputFile]:
    if hub.search is Search.FULL_TEXT:
        tag_names = [name for tag in entry.tags for name in hub.settings.tags[tag].values()]
        for language in hub.languages_among(full_text):
            document = search_document(entry, tag_names, full_text[language.code])
            yield OutputFile(card_page(language, entry.id), document.encode())


def _listed(hub: Hub, placed: PlacedCard, entry: SearchEntry) -> ListedCard:
    card, evidence = placed.card, placed.evidence
    front = card.front_matter
    languages = hub.settings.languages
    return ListedCard(
        id=card.id,
        title=front.title,
        author=front.author,
        tags=front.tags,
        summaries=front.summary,
        written=written_codes(card),
        updated=placed.updated,
        tiles={item.code: tile(hub, item, card, evidence) for item in languages},
        markdown_lines={
            item.code: markdown_line(hub, card, item) for item in hub.written_languages(card)
        },
        data=listed_data(card, placed.updated),
        search_row=search_row(entry, languages),
    )


def _for_tools(hub: Hub, placed: PlacedCard) -> Iterator[OutputFile]:
    card = placed.card
    yield OutputFile(card_source(card.id), placed.source)
    for language in hub.settings.languages:
        page = markdown_page(hub, placed, language)
        yield OutputFile(card_markdown(language, card.id), page.encode())
        section = card.section(language.code)
        if section:
            content = notebook(hub, placed, language, section, card.sample)
            yield OutputFile(card_notebook(language, card.id), content)


def planned_files(hub: Hub, cards: Sequence[ListedCard]) -> Iterator[PlannedFile]:
    """What the site has beside its cards: front page, catalogues, guide, lists, assets."""
    for page in list_pages(hub, cards):
        yield PlannedFile(page.path, page.key, partial(_encoded, page.html))
    for guide in guide_files(hub):
        yield PlannedFile(guide.path, "guide", partial(_encoded, guide.html))
    for file in _files_of_all(hub, cards):
        yield PlannedFile(file.path, "", partial(bytes, file.content))


def _encoded(html: Callable[[], str]) -> bytes:
    return html().encode()


def common_files(hub: Hub, cards: Sequence[ListedCard]) -> tuple[OutputFile, ...]:
    """The planned files, made."""
    return tuple(OutputFile(file.path, file.make()) for file in planned_files(hub, cards))


def _files_of_all(hub: Hub, cards: Sequence[ListedCard]) -> Iterator[OutputFile]:
    newest = newest_first(cards)
    yield OutputFile(FRONT_PAGE, pages.front_page(hub).encode())
    yield OutputFile(NOT_FOUND_PAGE, not_found_page(hub).encode())
    yield OutputFile(ROBOTS, robots(hub).encode())
    yield OutputFile(SCHEMA, schema_text(hub.settings, hub.base_url).encode())
    yield OutputFile(LLMS, llms_text(hub, cards).encode())
    yield OutputFile(CATALOGUE_DATA, models_data(hub.settings, cards))
    for language in hub.settings.languages:
        yield OutputFile(feed(language), atom_feed(hub, language, newest))
    for path, content in (
        *sitemaps(hub, cards).items(),
        *list_files(hub, cards),
        *api_schemas(hub.base_url),
        *((asset.address, asset.content) for asset in hub.theme.assets.values()),
    ):
        yield OutputFile(path, content)
