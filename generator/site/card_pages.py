"""The page of a card, and those of its variants."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import quote

from markupsafe import Markup
from msgspec import Struct
from msgspec.structs import replace

from generator.cards.examples import SAMPLE
from generator.cards.model import Card
from generator.languages import Language
from generator.site.accuracy_chart import accuracy_chart
from generator.site.addresses import (
    absolute,
    card_markdown,
    card_notebook,
    card_page,
    card_source,
    side_by_side_page,
    variant_notebook,
    variant_page,
)
from generator.site.evidence import (
    BlockEvidence,
    Records,
    blocks_evidence,
    evidence_in_short,
    records_of_variants,
)
from generator.site.facts import shown_facts
from generator.site.formats import day
from generator.site.hub import Hub
from generator.site.markdown.render import RenderedSection
from generator.site.pages import (
    LanguageLink,
    Neighbour,
    Page,
    PlacedCard,
    language_links,
    render,
    summary_text,
    tag_links,
)
from generator.site.reporting import report_url
from generator.site.structured_data import software_source_code
from generator.site.theme import CARD_TEMPLATE
from generator.site.variants import NamedVariant


class CardContent(Struct, frozen=True):
    """A card, or one of its variants, in the language that its page shows.

    `sample` is HTML. `records` are those of the blocks as they are shown. `headings` are the
    ids of the section's headings in each language, by its code.
    """

    sample: str
    section: RenderedSection
    shown: Language
    records: Records
    headings: Mapping[str, tuple[str, ...]]
    entrypoints: tuple[str, ...]
    variants: tuple[NamedVariant, ...]
    variant: NamedVariant | None = None


class Download(Struct, frozen=True):
    """A file to take away, and under which name."""

    href: str
    name: str


class Part(Struct, frozen=True):
    """A piece of a card's HTML, and what there is to say of the code block at its end."""

    html: Markup
    evidence: BlockEvidence | None


class NeighbourLink(Struct, frozen=True):
    """The link to the card before or behind."""

    href: str
    title: str


class VariantLink(Struct, frozen=True):
    """The link to the page for a variant, or for the sample code as it is."""

    label: str
    href: str
    is_current: bool


class Comparison(Struct, frozen=True):
    """The link to a language beside the one that every card is written in."""

    language: Language
    href: str


def render_card_page(hub: Hub, language: Language, placed: PlacedCard, content: CardContent) -> str:
    """The page of a card or a variant, at its address.

    The canonical page of one that falls back to another language is the card's page in that
    one; that of a variant is the card's.
    """
    card, front, variant = placed.card, placed.card.front_matter, content.variant
    address = _address(card, variant)
    path = address(language)
    text = hub.strings[language.code]
    variants = {} if variant else records_of_variants(placed.evidence)
    evidence = blocks_evidence(card, content.shown.code, content.records, variants, text)
    section = content.section
    facts = shown_facts(card, content.shown.code, placed.evidence, text)
    page = Page(
        hub=hub,
        path=path,
        language=language,
        title=f"{front.title} · {variant.variant.label}" if variant else front.title,
        description=summary_text(hub, card, language).text,
        canonical=absolute(hub.base_url, card_page(content.shown, card.id)),
        languages=_language_links(hub, path, address, placed, content, language),
        default_url=absolute(hub.base_url, card_page(hub.fallback, card.id)),
    )
    return render(
        hub,
        CARD_TEMPLATE,
        page,
        card=card,
        summary=summary_text(hub, card, language),
        tags=tag_links(hub, path, front.tags, language),
        updated=placed.updated,
        updated_day=day(text, placed.updated),
        in_short=evidence_in_short(card, content.shown.code, content.records, text),
        edit_url=edit_url(hub, card),
        report_url=report_url(hub.settings, card, absolute(hub.base_url, path)),
        comparisons=_comparisons(page, card),
        entrypoints=content.entrypoints,
        variants=_variant_links(page, card, content),
        sample=_part(content.sample, evidence.get(SAMPLE)),
        section=[
            _part(html, evidence.get(block_id))
            for html, block_id in zip(section.parts, section.block_ids, strict=True)
        ],
        facts=facts,
        chart=accuracy_chart(facts.points, text) if facts else None,
        headings=section.headings,
        shown=content.shown,
        behind=placed.behind.get(content.shown.code, 0),
        markdown_href=page.to(card_markdown(language, card.id)),
        notebook=_notebook_download(page, card, content),
        source=Download(page.to(card_source(card.id)), f"{card.id}.md"),
        structured_data=software_source_code(hub, card, content.shown, placed.updated),
        previous=_neighbour_link(page, placed.previous),
        next=_neighbour_link(page, placed.next),
    )


def edit_url(hub: Hub, card: Card) -> str | None:
    """Where the card's source can be read and edited, if it is part of the hub's repository."""
    try:
        path = card.path.resolve().relative_to(hub.settings.root.resolve())
    except ValueError:
        return None
    return f"{hub.settings.repository}/blob/HEAD/{quote(path.as_posix())}"


def compared_languages(hub: Hub, card: Card) -> tuple[Language, ...]:
    """The languages of a card that are shown beside the one that every card is written in."""
    return tuple(item for item in hub.written_languages(card) if item != hub.fallback)


def _address(card: Card, variant: NamedVariant | None) -> Callable[[Language], str]:
    if variant is None:
        return lambda language: card_page(language, card.id)
    name = variant.name
    return lambda language: variant_page(language, card.id, name)


def _language_links(
    hub: Hub,
    path: str,
    address: Callable[[Language], str],
    placed: PlacedCard,
    content: CardContent,
    language: Language,
) -> tuple[LanguageLink, ...]:
    written = hub.written_languages(placed.card)
    canonical = _address(placed.card, None)
    links = language_links(hub, path, address, written, language, canonical)
    return tuple(
        replace(link, headings=ids)
        if link.language != language and (ids := content.headings[link.language.code])
        else link
        for link in links
    )


def _variant_links(page: Page, card: Card, content: CardContent) -> tuple[VariantLink, ...]:
    if not content.variants:
        return ()
    labels = dict.fromkeys(item.variant.active_label for item in content.variants)
    as_it_is = VariantLink(
        " + ".join(labels), page.to(card_page(page.language, card.id)), content.variant is None
    )
    return (
        as_it_is,
        *(
            VariantLink(
                item.variant.label,
                page.to(variant_page(page.language, card.id, item.name)),
                item == content.variant,
            )
            for item in content.variants
        ),
    )


def _comparisons(page: Page, card: Card) -> Sequence[Comparison]:
    return [
        Comparison(language, page.to(side_by_side_page(language, card.id)))
        for language in compared_languages(page.hub, card)
    ]


def _part(html: str, evidence: BlockEvidence | None) -> Part:
    return Part(Markup(html), evidence)  # noqa: S704 # escaped or sanitised by the renderer


def _notebook_download(page: Page, card: Card, content: CardContent) -> Download:
    shown, variant = content.shown, content.variant
    if variant is None:
        return Download(page.to(card_notebook(shown, card.id)), f"{card.id}.{shown.tag}.ipynb")
    return Download(
        page.to(variant_notebook(shown, card.id, variant.name)),
        f"{card.id}.{variant.variant.label}.{shown.tag}.ipynb",
    )


def _neighbour_link(page: Page, neighbour: Neighbour | None) -> NeighbourLink | None:
    if neighbour is None:
        return None
    return NeighbourLink(page.to(card_page(page.language, neighbour.id)), neighbour.title)
