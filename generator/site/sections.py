"""A card's sections as its pages show them."""

from __future__ import annotations

from collections.abc import Mapping

from generator.cards.examples import SAMPLE
from generator.cards.metrics import TableWords, section_with_metrics
from generator.cards.model import Card
from generator.config import Settings
from generator.site.card_links import with_links_to_pages
from generator.site.conforming import conforming
from generator.site.markdown.code import code_figure
from generator.site.markdown.footnotes import FootnoteNames
from generator.site.markdown.render import RenderedSection, SectionRenderer, Wording
from generator.site.pictures import without_foreign_pictures
from generator.site.strings import Strings


def wording(text: Strings) -> Wording:
    """What the Markdown renderer says, in the language of `text`."""
    names = FootnoteNames(heading=text["footnotes"], back=text["back_to_footnote"])
    return Wording(names, task_done=text["task_done"], task_open=text["task_open"])


def table_words(text: Strings) -> TableWords:
    """What tables of metrics say, in the language of `text`."""
    return TableWords(text["metrics_model"], text["metrics_entrypoint"], text["metrics_dataset"])


def shown_sections(
    settings: Settings, strings: Mapping[str, Strings], card: Card, renderer: SectionRenderer
) -> Mapping[str, RenderedSection]:
    """The sections by language code. Raises `RenderError` for one that can't be shown."""
    sections: dict[str, RenderedSection] = {}
    for language in settings.languages:
        section = card.section(language.code)
        if section:
            text = strings[language.code]
            whole = section_with_metrics(card, section, table_words(text))
            shown = without_foreign_pictures(renderer.render(whole, wording(text)), text)
            sections[language.code] = conforming(with_links_to_pages(shown))
    return sections


def shown_sample(card: Card) -> str:
    """The sample code as HTML."""
    return code_figure(SAMPLE, card.sample.language, card.sample.code)


def full_texts(sample: str, sections: Mapping[str, RenderedSection]) -> Mapping[str, str]:
    """All that the card says, as HTML by language code: the shown sample code and a section."""
    return {code: f"{sample}\n{item.html}" for code, item in sections.items()}
