"""What there is to find of the guide: its pages, and those of the checks, in each language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from html import escape

from msgspec import Struct

from generator.cards.explanations import load_explanations
from generator.languages import Language
from generator.site.addresses import absolute, check_name, guide_page
from generator.site.guide import GUIDE_PAGES, guide_languages, guide_title, rendered_guide_page
from generator.site.hub import Hub
from generator.site.markdown.headings import PlacedHeading
from generator.site.markdown.render import SectionRenderer
from generator.site.plain_markdown import plain_text


class GuideText(Struct, frozen=True):
    """A page of the guide in one language; `html` is safe."""

    title: str
    summary: str
    headings: tuple[PlacedHeading, ...]
    html: str


class GuideEntry(Struct, frozen=True):
    """A page of the guide; `texts` are by language code."""

    name: str
    texts: Mapping[str, GuideText]


def guide_entries(hub: Hub) -> Iterator[GuideEntry]:
    """Each page of the guide, unless the hub does without it."""
    if not hub.settings.guide:
        return
    languages = guide_languages(hub)
    renderer = cache(SectionRenderer)
    for name in GUIDE_PAGES:
        texts = {}
        for language in languages:
            shown = rendered_guide_page(hub, name, language, renderer)
            title, *headings = shown.headings
            texts[language.code] = GuideText(title.text, "", tuple(headings), shown.html)
        yield GuideEntry(name, texts)
    for code, explanation in load_explanations().items():
        texts = {}
        for language in languages:
            told = explanation.text[language.code]
            example = (explanation.example.wrong, explanation.example.right)
            html = "".join(f"<p>{escape(text)}</p>" for text in (told, *example))
            gist = explanation.gist(language.code)
            texts[language.code] = GuideText(code, gist, (), html)
        yield GuideEntry(check_name(code), texts)


def guide_lines(hub: Hub, language: Language) -> Iterator[str]:
    """Lines of a list in Markdown that lead to the pages of the guide in a language.

    Those of the single checks are listed on one of them, and would outnumber a small hub's cards.
    """
    if hub.settings.guide and language in guide_languages(hub):
        for name in GUIDE_PAGES:
            url = absolute(hub.base_url, guide_page(language, name))
            yield f"- [{plain_text(guide_title(name, language.code))}]({url})"
