"""The guide for authors: pages that come with this program, the same in every hub.

Their sources lie in `generator/guide/`, a file for each page with a section for each language, as
in cards. A line `<!-- table: name -->` stands for what the code itself knows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from pathlib import Path

from markupsafe import Markup
from msgspec import Struct

from generator.cards.document import take_apart
from generator.cards.model import Section
from generator.languages import Language
from generator.site.addresses import absolute, guide_page
from generator.site.conforming import conforming
from generator.site.guide_tables import guide_table
from generator.site.hub import Hub
from generator.site.markdown.render import RenderedSection, SectionRenderer
from generator.site.pages import Page, language_links, render
from generator.site.sections import wording
from generator.site.theme import GUIDE_TEMPLATE

SOURCES = Path(__file__).parents[1] / "guide"

GUIDE_INDEX = "index"
GUIDE_PAGES = (GUIDE_INDEX, "format", "attributes", "checks", "evidence", "mirror")
"""The names of the pages, in the order in which they are read."""

_ENGLISH = "en_US"
_TABLE = re.compile(r"^<!-- table: ([a-z-]+) -->$", re.MULTILINE)


class GuideFile(Struct, frozen=True):
    """A page of the guide, yet to be made."""

    path: str
    html: Callable[[], str]


class GuidePlace(Struct, frozen=True):
    """Where a page is, in each language, and what it is called; `among` is one of `GUIDE_PAGES`."""

    address: Callable[[Language], str]
    among: str
    title: str
    description: str


class GuideLink(Struct, frozen=True):
    """The link to a page of the guide."""

    href: str
    title: str
    is_current: bool


def guide_files(hub: Hub) -> Iterator[GuideFile]:
    """The pages of the guide in each language, unless the hub does without them."""
    if hub.settings.guide:
        # Dear to make, and not needed where no page is made.
        renderer = cache(SectionRenderer)
        for name in GUIDE_PAGES:
            for language in hub.settings.languages:
                yield GuideFile(
                    guide_page(language, name), partial(_html, hub, name, language, renderer)
                )


def guide_languages(hub: Hub) -> tuple[Language, ...]:
    """Those of the hub's languages in which the guide is written."""
    return hub.languages_among(_texts(GUIDE_INDEX))


def guide_text(hub: Hub, name: str, code: str) -> str:
    """The Markdown of the page in the language with this code, its tables filled in."""
    return _TABLE.sub(
        lambda match: guide_table(match.group(1), hub.settings, code), _texts(name)[code]
    )


def code_shown(hub: Hub, language: Language) -> str:
    """The code of the language in which the guide's pages in `language` are written."""
    texts = _texts(GUIDE_INDEX)
    for code in (language.code, hub.fallback.code):
        if code in texts:
            return code
    return _ENGLISH


def render_guide_page(
    hub: Hub,
    language: Language,
    template: str,
    place: GuidePlace,
    **values: object,
) -> str:
    """A page of the guide as HTML, with the links to the others."""
    path = place.address(language)
    code = code_shown(hub, language)
    written = guide_languages(hub)
    canonical = next((item for item in written if item.code == code), language)
    page = Page(
        hub=hub,
        path=path,
        language=language,
        title=place.title,
        description=place.description,
        canonical=absolute(hub.base_url, place.address(canonical)),
        languages=language_links(hub, path, place.address, written, language),
        default_url=absolute(hub.base_url, place.address(hub.fallback)),
    )
    return render(
        hub,
        template,
        page,
        lang="" if code == language.code else code.replace("_", "-"),
        guide_pages=[
            GuideLink(
                page.to(guide_page(language, other)), guide_title(other, code), other == place.among
            )
            for other in GUIDE_PAGES
        ],
        **values,
    )


def _html(hub: Hub, name: str, language: Language, renderer: Callable[[], SectionRenderer]) -> str:
    shown = rendered_guide_page(hub, name, language, renderer)
    return render_guide_page(
        hub,
        language,
        GUIDE_TEMPLATE,
        GuidePlace(
            address=lambda item: guide_page(item, name),
            among=name,
            title=shown.headings[0].text,
            description=hub.strings[language.code]["guide_description"],
        ),
        content=Markup(shown.html),  # noqa: S704 # sanitised by the renderer
    )


def rendered_guide_page(
    hub: Hub, name: str, language: Language, renderer: Callable[[], SectionRenderer]
) -> RenderedSection:
    """What a page of the guide says in a language, as HTML that is safe."""
    section = _section(hub, name, code_shown(hub, language))
    return conforming(renderer().render(section, wording(hub.strings[language.code])))


def _section(hub: Hub, name: str, code: str) -> Section:
    text = f"<!-- section: {code} -->\n{guide_text(hub, name, code)}"
    return take_apart(str(SOURCES / f"{name}.md"), text).sections[0]


def guide_title(name: str, code: str) -> str:
    """What a page of the guide is called in the language with this code."""
    return _texts(name)[code].lstrip().partition("\n")[0].removeprefix("# ")


@cache
def _texts(name: str) -> Mapping[str, str]:
    """The page in each language, by its code; read once, since it is a part of this program."""
    path = SOURCES / f"{name}.md"
    text = path.read_text(encoding="utf-8")
    lines = text.split("\n")
    sections = take_apart(str(path), text).sections
    starts = [section.span.start.line for section in sections]
    ends = [*(start - 1 for start in starts[1:]), len(lines)]
    return {
        section.language: "\n".join(lines[start:end])
        for section, start, end in zip(sections, starts, ends, strict=True)
    }
