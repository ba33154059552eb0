"""The files of the site, as pure functions: same cards, hub and times, same bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from generator.cards.examples import SAMPLE
from generator.cards.model import Card
from generator.cards.schema import SCHEMA, schema_text
from generator.site.addresses import (
    CATALOGUE_DATA,
    FRONT_PAGE,
    LLMS,
    NOT_FOUND_PAGE,
    ROBOTS,
    SEARCH_GUIDE,
    card_data,
    card_markdown,
    card_notebook,
    card_page,
    card_source,
    feed,
    side_by_side_page,
    variant_notebook,
    variant_page,
)
from generator.site.api import listed_data, model_data, models_data
from generator.site.api_schema import api_schemas
from generator.site.card_links import Anchors, LocalLink, links_and_anchors
from generator.site.card_markdown import markdown_page
from generator.site.card_pages import CardContent, compared_languages, render_card_page
from generator.site.catalogue import CardList, card_lists, list_pages, tile
from generator.site.counterparts import counterpart_ids
from generator.site.digests import digest_of
from generator.site.entrypoints import named_entrypoints
from generator.site.evidence import language_records, variant_records
from generator.site.feeds import atom_feed, newest_first
from generator.site.guide import guide_files
from generator.site.guide_checks import check_files
from generator.site.hub import Hub
from generator.site.listed import ListedCard
from generator.site.llms import llms_text, markdown_line
from generator.site.markdown.code import code_figure
from generator.site.markdown.render import RenderedSection, SectionRenderer
from generator.site.not_found import not_found_page
from generator.site.notebooks import notebook
from generator.site.pages import PlacedCard, front_page
from generator.site.search.documents import search_document
from generator.site.search.entries import SearchEntry, search_entry
from generator.site.search.extent import Search
from generator.site.search.guide import guide_list
from generator.site.search.listing import list_files, search_row
from generator.site.sections import full_texts, shown_sample, shown_sections
from generator.site.side_by_side import side_by_side
from generator.site.sitemap import card_entries, robots, sitemaps
from generator.site.variants import (
    NamedVariant,
    as_executed,
    named_variants,
    section_of_variant,
    with_blocks_of,
)

MOST_VARIANT_BYTES = 16_000_000
"""The variants of a card have pages when their texts are not more than this, all together."""

OF_THE_HUB = "hub"
"""The key of a file that depends on nothing but the hub."""


class OutputFile(Struct, frozen=True):
    """A file of the site; `path` is relative to its root, with slashes."""

    path: str
    content: bytes


class PlannedFile(Struct, frozen=True):
    """A file that belongs to no card.

    `key` is a digest of what it depends on beside the hub, or `OF_THE_HUB`; empty where finding
    that out takes as long as making the file.
    """

    path: str
    key: str
    make: Callable[[], bytes]


class CardOutput(Struct, frozen=True):
    """What a card contributes: its own files, and what there is to say of it in lists.

    `documents` are to be indexed for the search in all words, and not published.
    """

    files: tuple[OutputFile, ...]
    documents: tuple[OutputFile, ...]
    listed: ListedCard
    links: tuple[LocalLink, ...]
    anchors: Anchors


def card_output(hub: Hub, placed: PlacedCard, renderer: SectionRenderer) -> CardOutput:
    """All that there is of a card. Raises `RenderError` for one that can't be shown."""
    card = placed.card
    sections = shown_sections(hub.settings, hub.strings, card, renderer)
    sample = shown_sample(card)
    full_text = full_texts(sample, sections)
    variants = named_variants(card)
    entrypoints = named_entrypoints(hub.settings, card, [item.variant for item in variants])
    entry = search_entry(hub, card, sections, entrypoints, placed.evidence)
    shown_variants = variants if _have_room(hub, card, sections, len(variants)) else ()
    data = model_data(card, placed.updated, full_text, placed.evidence)
    links, anchors = links_and_anchors(card, full_text)
    return CardOutput(
        files=(
            *_pages(hub, placed, sample, sections, entrypoints, shown_variants),
            *_comparisons(hub, placed, sections),
            *_for_tools(hub, placed, shown_variants),
            OutputFile(card_data(card.id), data),
        ),
        documents=tuple(_documents(hub, entry, full_text)),
        listed=_listed(hub, placed, entry),
        links=links,
        anchors=anchors,
    )


def _have_room(hub: Hub, card: Card, sections: Mapping[str, RenderedSection], count: int) -> bool:
    """Whether so many variants may have pages."""
    shown = (hub.shown_language(card, language) for language in hub.settings.languages)
    size = sum(len(sections[language.code].html) for language in shown)
    return size * count <= MOST_VARIANT_BYTES


def _pages(
    hub: Hub,
    placed: PlacedCard,
    sample: str,
    sections: Mapping[str, RenderedSection],
    entrypoints: tuple[str, ...],
    variants: tuple[NamedVariant, ...],
) -> Iterator[OutputFile]:
    card = placed.card
    for language in hub.settings.languages:
        shown = hub.shown_language(card, language)
        section = sections[shown.code]
        content = CardContent(
            sample=sample,
            section=section,
            shown=shown,
            records=language_records(shown.code, placed.evidence),
            headings={
                item.code: counterpart_ids(
                    section.headings, sections[hub.shown_language(card, item).code].headings
                )
                for item in hub.settings.languages
            },
            entrypoints=entrypoints,
            variants=variants,
        )
        html = render_card_page(hub, language, placed, content)
        yield OutputFile(card_page(language, card.id), html.encode())
        for variant in variants:
            html = render_card_page(hub, language, placed, _in_variant(placed, content, variant))
            yield OutputFile(variant_page(language, card.id, variant.name), html.encode())


def _in_variant(placed: PlacedCard, content: CardContent, named: NamedVariant) -> CardContent:
    card, variant = placed.card, named.variant
    shown, records, rendered = content.shown.code, content.records, content.section
    section = card.section(shown)
    if section:
        in_its_words = section_of_variant(section, variant)
        rendered = with_blocks_of(rendered, section, in_its_words)
        executed = as_executed(section, in_its_words)
        records = variant_records(card, variant.label, shown, placed.evidence, executed)
    return replace(
        content,
        sample=code_figure(SAMPLE, variant.block.language, variant.block.code),
        section=rendered,
        records=records,
        variant=named,
    )


def _comparisons(
    hub: Hub, placed: PlacedCard, sections: Mapping[str, RenderedSection]
) -> Iterator[OutputFile]:
    for language in compared_languages(hub, placed.card):
        html = side_by_side(hub, language, placed, sections)
        yield OutputFile(side_by_side_page(language, placed.card.id), html.encode())


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
    tiles = {
        item.code: tile(hub, item, card, entry.entrypoints, evidence).encode() for item in languages
    }
    return ListedCard(
        id=card.id,
        title=front.title,
        author=front.author,
        tags=front.tags,
        summaries=front.summary,
        updated=placed.updated,
        tiles=tiles,
        tile_bytes=max(map(len, tiles.values())),
        tile_digests={code: digest_of(html) for code, html in tiles.items()},
        markdown_lines={
            item.code: markdown_line(hub, card, item).encode()
            for item in hub.written_languages(card)
        },
        data=listed_data(card, placed.updated),
        search_row=search_row(entry, languages),
        sitemap_entries=card_entries(hub, card, placed.updated),
    )


def _for_tools(
    hub: Hub, placed: PlacedCard, variants: Iterable[NamedVariant]
) -> Iterator[OutputFile]:
    card = placed.card
    yield OutputFile(card_source(card.id), placed.source)
    for language in hub.settings.languages:
        page = markdown_page(hub, placed, language)
        yield OutputFile(card_markdown(language, card.id), page.encode())
        section = card.section(language.code)
        if section:
            content = notebook(hub, placed, language, section, card.sample)
            yield OutputFile(card_notebook(language, card.id), content)
            for item in variants:
                in_its_words = section_of_variant(section, item.variant)
                content = notebook(hub, placed, language, in_its_words, item.variant.block)
                path = variant_notebook(language, card.id, item.name)
                yield OutputFile(path, content)


def planned_files(hub: Hub, cards: Sequence[ListedCard]) -> Iterator[PlannedFile]:
    """What the site has beside its cards: front page, catalogues, guide, lists, assets."""
    lists = card_lists(hub, cards)
    for page in list_pages(hub, lists):
        yield PlannedFile(page.path, page.key, partial(_encoded, page.html))
    for path, text in _texts_of_hub(hub):
        yield PlannedFile(path, OF_THE_HUB, partial(_encoded, text))
    for asset in hub.theme.assets.values():
        yield PlannedFile(asset.address, OF_THE_HUB, partial(bytes, asset.content))
    if hub.settings.guide:
        yield PlannedFile(SEARCH_GUIDE, OF_THE_HUB, partial(guide_list, hub))
    for file in _files_of_all(hub, cards, lists):
        yield PlannedFile(file.path, "", partial(bytes, file.content))


def _encoded(text: Callable[[], str]) -> bytes:
    return text().encode()


def common_files(hub: Hub, cards: Sequence[ListedCard]) -> tuple[OutputFile, ...]:
    """The planned files, made."""
    return tuple(OutputFile(file.path, file.make()) for file in planned_files(hub, cards))


def _texts_of_hub(hub: Hub) -> Iterator[tuple[str, Callable[[], str]]]:
    """What depends on nothing but the hub, by path."""
    yield FRONT_PAGE, partial(front_page, hub)
    yield NOT_FOUND_PAGE, partial(not_found_page, hub)
    yield ROBOTS, partial(robots, hub)
    yield SCHEMA, partial(schema_text, hub.settings, hub.base_url)
    for page in (*guide_files(hub), *check_files(hub)):
        yield page.path, page.html
    yield from api_schemas(hub.base_url)


def _files_of_all(
    hub: Hub, cards: Sequence[ListedCard], lists: Sequence[CardList]
) -> Iterator[OutputFile]:
    newest = newest_first(cards)
    yield OutputFile(LLMS, llms_text(hub, cards).encode())
    yield OutputFile(CATALOGUE_DATA, models_data(hub.settings, cards))
    for language in hub.settings.languages:
        yield OutputFile(feed(language), atom_feed(hub, language, newest))
    for path, content in (
        *sitemaps(hub, cards, lists).items(),
        *list_files(hub, cards, [listing.tag for listing in lists if listing.tag is not None]),
    ):
        yield OutputFile(path, content)
