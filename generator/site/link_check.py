"""Links of cards that lead nowhere, found without building the site they would be on."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from generator.cards.catalog import read_card
from generator.cards.files import CardFile
from generator.cards.model import Card
from generator.cards.schema import SCHEMA
from generator.config import Settings
from generator.diagnostics import Diagnostic
from generator.site import addresses
from generator.site.link_targets import local_targets

if TYPE_CHECKING:
    from generator.site.card_links import Anchors, LocalLink

_FILES_OF_ALL = frozenset(
    {
        addresses.FRONT_PAGE,
        addresses.NOT_FOUND_PAGE,
        addresses.ROBOTS,
        addresses.SITEMAP,
        addresses.LLMS,
        SCHEMA,
    }
)
_FOLDERS_OF_ALL = tuple(
    f"{name}/" for name in (addresses.ASSETS, addresses.API, addresses.SEARCH, "feeds", "sitemaps")
)
_LIST = re.compile(r"(?:index|page-\d+|tag-[^/]+)\.html")
_OF_VARIANT = re.compile(r"(?:variant-[^/]+\.html|notebooks/variant-[^/]+\.ipynb)")


def links_to_nowhere(
    cards: Sequence[Card], files: Callable[[], Sequence[CardFile]], settings: Settings
) -> tuple[Diagnostic, ...]:
    """The links of these cards that lead nowhere, as a build of all cards in `files` tells them.

    Cards whose links all seem right are not rendered, nor are those that nobody links into.
    Raises `SettingsError` for a catalogue of words that can't be used.
    """
    targets = {card.id: tuple(dict.fromkeys(local_targets(card))) for card in cards}
    if not any(targets.values()):
        return ()
    # Dear to import, and most cards link to other sites alone.
    from generator.site.card_links import CardLinks, LocalLink, broken_links, page_target

    paths = {file.id: file.path for file in files()}
    links_and_anchors_of = _reader(cards, paths, settings)

    def anchors_of(card_id: str) -> Anchors | None:
        found = links_and_anchors_of(card_id)
        return found[1] if found else None

    is_file = _judge_of_files(settings, paths)

    def problems(card: Card, links: Sequence[LocalLink]) -> tuple[Diagnostic, ...]:
        written = [CardLinks(card.id, str(card.path), tuple(links))]
        return tuple(broken_links(settings, written, paths, anchors_of, is_file))

    found: list[Diagnostic] = []
    for card in cards:
        seeming = [
            LocalLink(code, page_target(target), (section.span,))
            for code, target in targets[card.id]
            if (section := card.section(code))
        ]
        shown = links_and_anchors_of(card.id) if problems(card, seeming) else None
        found += problems(card, shown[0]) if shown else ()
    return tuple(found)


def _reader(
    cards: Sequence[Card], paths: Mapping[str, str], settings: Settings
) -> Callable[[str], tuple[tuple[LocalLink, ...], Anchors] | None]:
    """What tells what a card with an id links to, and what in it; None if it can't be shown."""
    from generator.site.card_links import links_and_anchors
    from generator.site.markdown.render import RenderError, SectionRenderer
    from generator.site.sections import full_texts, shown_sample, shown_sections
    from generator.site.strings import load_strings

    known = {card.id: card for card in cards}
    strings, renderer = load_strings(settings), SectionRenderer()

    @cache
    def read(card_id: str) -> tuple[tuple[LocalLink, ...], Anchors] | None:
        card = known.get(card_id) or read_card(Path(paths[card_id]), settings).readable
        if card is None:
            return None
        try:
            sections = shown_sections(settings, strings, card, renderer)
        except (RenderError, RecursionError):
            return None
        return links_and_anchors(card, full_texts(shown_sample(card), sections))

    return read


def _judge_of_files(settings: Settings, ids: Collection[str]) -> Callable[[str], bool]:
    """What tells whether the site may have a file at a path beside the cards' own pages.

    What depends on the code of a card or on the number of cards is taken to be there.
    """
    tags = frozenset(language.tag for language in settings.languages)
    sources = frozenset(map(addresses.card_source, ids))

    def is_file(path: str) -> bool:
        if path in _FILES_OF_ALL or path in sources or path.startswith(_FOLDERS_OF_ALL):
            return True
        folder, _, rest = path.partition("/")
        if folder not in tags:
            return False
        name, _, inside = rest.partition("/")
        if name == "guide":
            return settings.guide
        if not inside:
            return bool(_LIST.fullmatch(name))
        own = ("index.md", "side-by-side.html", f"{name}.ipynb")
        return name in ids and (inside in own or bool(_OF_VARIANT.fullmatch(inside)))

    return is_file
