"""Two languages of a card next to each other, for those who review a translation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from markupsafe import Markup
from msgspec import Struct

from generator.languages import Language
from generator.site.addresses import absolute, card_page, side_by_side_page
from generator.site.counterparts import matched_headings
from generator.site.hub import Hub
from generator.site.markdown.code import FIGURE_START
from generator.site.markdown.headings import PlacedHeading
from generator.site.markdown.render import RenderedSection
from generator.site.pages import Page, PlacedCard, language_links, render, summary_text
from generator.site.theme import SIDE_BY_SIDE_TEMPLATE

_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)((?:[^>\"]|\"[^\"]*\")*)>")
_NAMED = re.compile(r" (id|aria-labelledby|aria-describedby)=\"([^\"]*)\"")
_LOCAL = re.compile(r" href=\"#([^\"]*)\"")
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_NO_DEPTH = frozenset({"area", "br", "col", "hr", "img", "input", "span", "wbr"})


class Row(Struct, frozen=True):
    """What stands below a heading in each of two languages; None where one has nothing."""

    left: Markup | None
    right: Markup | None


class _Chunk(Struct, frozen=True):
    """What stands below a heading, up to the next; or before the first, at level 0."""

    level: int
    html: str


def side_by_side(
    hub: Hub,
    language: Language,
    placed: PlacedCard,
    sections: Mapping[str, RenderedSection],
) -> str:
    """The page of a card that has `sections` in `language` and in the fallback language."""
    card = placed.card
    path = side_by_side_page(language, card.id)
    page = Page(
        hub=hub,
        path=path,
        language=language,
        title=card.front_matter.title,
        description=summary_text(hub, card, language).text,
        canonical=absolute(hub.base_url, card_page(language, card.id)),
        languages=language_links(
            hub, path, lambda item: card_page(item, card.id), hub.written_languages(card), language
        ),
        default_url=absolute(hub.base_url, card_page(hub.fallback, card.id)),
    )
    return render(
        hub,
        SIDE_BY_SIDE_TEMPLATE,
        page,
        card=card,
        card_href=page.to(card_page(language, card.id)),
        left=hub.fallback,
        right=language,
        summaries=[
            summary_text(hub, card, hub.fallback).text,
            card.front_matter.summary.get(language.code, ""),
        ],
        behind=placed.behind.get(language.code, 0),
        rows=rows_of(sections[hub.fallback.code], sections[language.code]),
    )


def rows_of(left: RenderedSection, right: RenderedSection) -> tuple[Row, ...]:
    """The two sections, aligned by their headings.

    All that could be in both, the ids and the links to them, begins with the side's name.
    """
    lefts, rights = list(_chunks(left, "left")), list(_chunks(right, "right"))
    pairs = [(0, 0)]
    pairs += [(i + 1, j + 1) for i, j in matched_headings(_levels(lefts), _levels(rights))]
    rows = []
    done_left = done_right = 0
    for i, j in [*pairs, (len(lefts), len(rights))]:
        rows += [Row(_html(chunk), None) for chunk in lefts[done_left:i]]
        rows += [Row(None, _html(chunk)) for chunk in rights[done_right:j]]
        if i < len(lefts) and j < len(rights):
            rows.append(Row(_html(lefts[i]), _html(rights[j])))
        done_left, done_right = i + 1, j + 1
    return tuple(row for row in rows if row.left or row.right)


def _levels(chunks: Sequence[_Chunk]) -> list[PlacedHeading]:
    return [PlacedHeading(chunk.level, "", "") for chunk in chunks[1:]]


def _html(chunk: _Chunk) -> Markup:
    return Markup(chunk.html.strip())  # noqa: S704 # sanitised by the renderer


def _chunks(section: RenderedSection, side: str) -> Iterator[_Chunk]:
    pieces: list[str] = []
    level = depth = 0
    for part in section.parts:
        # Most tags of a page are in its code, where none names anything or is a heading.
        prose, figure_start, figure = part.partition(FIGURE_START)
        end = 0
        for tag in _TAG.finditer(prose):
            is_end, name, attributes = tag.groups()
            if not is_end and not depth and name in _HEADINGS:
                pieces.append(prose[end : tag.start()])
                yield _Chunk(level, "".join(pieces))
                pieces, level, end = [], int(name[1]), tag.start()
            if "=" in attributes:
                pieces.append(f"{prose[end : tag.start()]}<{name}{_with_side(attributes, side)}>")
                end = tag.end()
            if name not in _NO_DEPTH and not attributes.endswith("/"):
                depth += -1 if is_end else 1
        pieces.append(prose[end:])
        if figure:
            attributes, _, rest = figure.partition(">")
            pieces.append(f"{figure_start}{_with_side(attributes, side)}>{rest}")
    yield _Chunk(level, "".join(pieces))


def _with_side(attributes: str, side: str) -> str:
    named = _NAMED.sub(rf' \1="{side}-\2"', attributes)
    return _LOCAL.sub(rf' href="#{side}-\1"', named)
