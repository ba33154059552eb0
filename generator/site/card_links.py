"""Where the links of cards lead inside of the site, and which of them lead nowhere.

Cards link to each other as the files that they are, `[VGG](megengine_vision_vgg.md#usage)`, which
also works where their source is read; on the pages such a link leads to the other card's page.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from html import escape, unescape
from typing import TypeAlias
from urllib.parse import unquote

from msgspec import Struct
from msgspec.structs import replace

from generator.cards.links import address_of
from generator.cards.model import Card, Link, Section
from generator.config import Settings
from generator.diagnostics import Diagnostic, Severity, nearest, shortened
from generator.layout import CARD_SUFFIX
from generator.site.link_targets import leads_elsewhere
from generator.site.markdown.render import RenderedSection
from generator.source import Position, Span

# Most tags of a page are those of its code, which name nothing and lead nowhere.
_TAG = re.compile(
    r"<(?!span class=\"\w+\">)([a-z][a-z0-9]*)((?:\s+[a-z:-]+(?:=\"[^\"]*\")?)+)\s*/?>"
)
_HREF = re.compile(r" href=\"([^\"]*)\"")
_TARGET = re.compile(r" (?:href|src)=\"([^\"]*)\"")
_ID = re.compile(r" id=\"([^\"]*)\"")
_TO_CARD = re.compile(rf"(?:[^?#/:]+/)*([^?#/:]+){re.escape(CARD_SUFFIX)}(#.*)?", re.DOTALL)
_PAGE_AS_MARKDOWN = "index"
_INDEX = "index.html"
_TOP = ("", "top")
_SHOWN_ANCHORS = 5


class LocalLink(Struct, frozen=True):
    """A link or picture of a section that leads into the site, and where it stands."""

    language: str
    target: str
    spans: tuple[Span, ...]


class CardLinks(Struct, frozen=True):
    """The links of a card that need a look at the others."""

    card_id: str
    path: str
    links: tuple[LocalLink, ...]


def with_links_to_pages(section: RenderedSection) -> RenderedSection:
    """The section in which links to other cards' files lead to their pages."""
    if CARD_SUFFIX not in section.html:
        return section
    return replace(section, parts=tuple(_TAG.sub(_with_page, part) for part in section.parts))


Anchors: TypeAlias = "Mapping[str, frozenset[str]]"
"""The anchors of a card, by language code."""


def links_and_anchors(
    card: Card, full_text: Mapping[str, str]
) -> tuple[tuple[LocalLink, ...], Anchors]:
    """What a card that says `full_text`, HTML by language code, links to, and what in it."""
    anchors: dict[str, frozenset[str]] = {}
    links: list[LocalLink] = []
    for code, html in full_text.items():
        anchors[code], targets = _anchors_and_targets(html)
        section = card.section(code)
        links += (
            LocalLink(code, target, _spans(section, target))
            for target in dict.fromkeys(targets)
            if section and not _is_right_by_itself(target, anchors[code])
        )
    return tuple(links), anchors


def links_as_json(links: Sequence[LocalLink]) -> str:
    """The links as text, to be kept; empty when there are none."""
    if not links:
        return ""
    return json.dumps(
        [
            (link.language, link.target, [_span_as_data(span) for span in link.spans])
            for link in links
        ]
    )


def links_from_json(text: str) -> tuple[LocalLink, ...]:
    """What `links_as_json` made `text` of."""
    return tuple(
        LocalLink(language, target, tuple(Span(Position(*a), Position(*b)) for a, b in spans))
        for language, target, spans in (json.loads(text) if text else ())
    )


def anchors_as_json(anchors: Anchors) -> str:
    """The anchors as text, to be kept."""
    return json.dumps({code: sorted(names) for code, names in anchors.items()})


def anchors_from_json(text: str) -> Anchors:
    """What `anchors_as_json` made `text` of."""
    return {code: frozenset(names) for code, names in json.loads(text).items()}


def _span_as_data(span: Span) -> list[list[int]]:
    return [[place.line, place.column] for place in (span.start, span.end)]


def broken_links(
    settings: Settings,
    cards: Iterable[CardLinks],
    ids: Collection[str],
    anchors_of: Callable[[str], Anchors | None],
    is_file: Callable[[str], bool],
) -> Iterator[Diagnostic]:
    """The links that lead nowhere.

    `ids` are those of all cards, also of such as could not be rendered, which have no anchors;
    `is_file` tells whether the site has a file at a path.
    """
    site = _Site(settings, ids, anchors_of, is_file)
    for card in cards:
        for link in card.links:
            problem = site.problem(card, link)
            if problem:
                for span in link.spans:
                    yield Diagnostic(card.path, span, "E402", Severity.ERROR, *problem)


class _Site(Struct, frozen=True):
    settings: Settings
    ids: Collection[str]
    anchors_of: Callable[[str], Anchors | None]
    is_file: Callable[[str], bool]

    def problem(self, card: CardLinks, link: LocalLink) -> tuple[str, str] | None:
        """What is wrong with a link, and how to mend it."""
        path, anchor = _path_and_anchor(link.target)
        if path.startswith("/"):
            return (
                f'"{shortened(path)}" begins at the root of the server, where the site may not be',
                "write a relative link, as in other.md, or a whole address",
            )
        file = _resolved(self._page(link.language, card), path)
        language, wanted = self._named_card(file)
        if not wanted:
            return None if file and self.is_file(file) else _no_file(path)
        if wanted not in self.ids:
            # The guide has its folder among those of the cards.
            return None if file and self.is_file(file) else _no_card(wanted, self.ids)
        known = None if anchor in _TOP else self.anchors_of(wanted)
        if known is None:
            return None
        anchors = known.get(language) or known[self.settings.required_languages[0].code]
        where = "this page" if wanted == card.card_id else f'the page of "{wanted}"'
        return _no_anchor(where, anchor, anchors)

    def _page(self, code: str, card: CardLinks) -> str:
        tags = (item.tag for item in self.settings.languages if item.code == code)
        return f"{next(tags)}/{card.card_id}/{_INDEX}"

    def _named_card(self, file: str | None) -> tuple[str, str]:
        for language in self.settings.languages:
            start, end = f"{language.tag}/", f"/{_INDEX}"
            if file and file.startswith(start) and file.endswith(end):
                return language.code, file[len(start) : -len(end)]
        return "", ""


def _no_file(path: str) -> tuple[str, str]:
    hint = "link to a card by its file's name, as in other.md, to all else by its whole address"
    return f'the site has no file "{shortened(path)}"', hint


def _no_card(wanted: str, known: Collection[str]) -> tuple[str, str]:
    match = nearest(wanted, known)
    hint = f'did you mean "{match}{CARD_SUFFIX}"?' if match else _no_file("")[1]
    return f'there is no card "{shortened(wanted)}"', hint


def _no_anchor(where: str, anchor: str, known: Collection[str]) -> tuple[str, str] | None:
    if anchor in known:
        return None
    match = nearest(anchor, known)
    shown = ", ".join(f'"#{name}"' for name in sorted(known)[:_SHOWN_ANCHORS])
    hint = f'did you mean "#{match}"?' if match else f"there are {shown}"
    return f'{where} has no heading or anchor "#{shortened(anchor)}"', hint


def _with_page(tag: re.Match[str]) -> str:
    name = tag.group(1)
    return _HREF.sub(_page_href, tag.group()) if name == "a" else tag.group()


def _page_href(href: re.Match[str]) -> str:
    return f' href="{escape(page_target(unescape(href.group(1))))}"'


def page_target(target: str) -> str:
    """Where a link leads on the page: one to a card's file leads to that card's page."""
    match = _TO_CARD.fullmatch(target)
    if not match or match.group(1) == _PAGE_AS_MARKDOWN:
        return target
    card_id, anchor = match.groups()
    return f"../{card_id}/{_INDEX}{anchor or ''}"


def _anchors_and_targets(html: str) -> tuple[frozenset[str], list[str]]:
    anchors: set[str] = set()
    targets: list[str] = []
    for tag in _TAG.finditer(html):
        name, attributes = tag.groups()
        anchors.update(map(unescape, _ID.findall(attributes)))
        if name in ("a", "img"):
            targets += map(unescape, _TARGET.findall(attributes))
    return frozenset(anchors), targets


def _is_right_by_itself(target: str, anchors: Collection[str]) -> bool:
    if leads_elsewhere(target):
        return True
    return target.startswith("#") and unquote(target[1:]) in anchors


def _spans(section: Section, target: str) -> tuple[Span, ...]:
    spans = tuple(link.span for link in section.links if _same(_rendered(link), target))
    # Better a place that is too wide than a broken link that nobody hears of.
    return spans or (section.span,)


def _rendered(link: Link) -> str:
    return page_target(address_of(link))


def _same(source: str, target: str) -> bool:
    return unquote(source) == unquote(target)


def _path_and_anchor(target: str) -> tuple[str, str]:
    # As browsers read it.
    path, _, anchor = target.strip().replace("\\", "/").partition("#")
    return unquote(path.partition("?")[0]), unquote(anchor)


def _resolved(page: str, path: str) -> str | None:
    """The file of the site that `path` names on `page`; None for one outside of the site."""
    if not path:
        return page
    file = posixpath.normpath(posixpath.join(posixpath.dirname(page), path))
    if file == ".." or file.startswith("../"):
        return None
    is_folder = posixpath.basename(path) in ("", ".", "..")
    return posixpath.normpath(f"{file}/{_INDEX}") if is_folder else file
