"""A card as Markdown: its page without the looks, and the file that it is written in."""

from __future__ import annotations

from generator.cards.metrics import TableWords, source_with_metrics
from generator.cards.model import Card, Section
from generator.languages import Language
from generator.site.addresses import absolute, card_page
from generator.site.evidence import evidence_in_short, language_records
from generator.site.formats import day
from generator.site.hub import Hub
from generator.site.pages import PlacedCard
from generator.site.plain_markdown import bare_link, fenced, plain_text
from generator.site.sections import table_words


def markdown_page(hub: Hub, placed: PlacedCard, language: Language) -> str:
    """What the page of a card in a language says: facts, sample code, and the section."""
    card = placed.card
    text = hub.strings[language.code]
    shown = hub.shown_language(card, language)
    section = card.section(shown.code)
    records = language_records(shown.code, placed.evidence)
    in_short = evidence_in_short(card, shown.code, records, text)
    parts = [
        title_and_summary(hub, card, language),
        facts(hub, placed, language) + (f"\n- {in_short}" if in_short else ""),
        f"## {text['sample_code']}",
        fenced(card.sample.language, card.sample.code),
        f"## {text['description_heading']}",
    ]
    if shown != language:
        notice = text["fallback_notice"].format(language=language.name, shown=shown.name)
        parts.append(f"> {plain_text(notice)}")
    if section:
        parts.append(section_source(card, section, table_words(hub.strings[section.language])))
    return "\n\n".join(filter(None, parts)) + "\n"


def title_and_summary(hub: Hub, card: Card, language: Language) -> str:
    """What a card is, in a heading and a sentence."""
    front = card.front_matter
    summary = front.summary[hub.summary_language(card, language).code]
    return f"# {plain_text(front.title)}\n\n{plain_text(summary)}"


def facts(hub: Hub, placed: PlacedCard, language: Language) -> str:
    """The facts about a card, and where its page is, as a list."""
    front = placed.card.front_matter
    text = hub.strings[language.code]
    tags = [hub.settings.tags[tag][language.code] for tag in front.tags]
    lines = [
        (text["author"], plain_text(front.author)),
        (text["tags"], plain_text(text["list_separator"].join(tags))),
        (text["repository"], bare_link(front.github_link)),
        (text["updated"], day(text, placed.updated)),
        (
            text["model_page"],
            bare_link(absolute(hub.base_url, card_page(language, placed.card.id))),
        ),
    ]
    return "\n".join(
        f"- {text['fact'].format(name=name, value=value)}" for name, value in lines if value
    )


def section_source(card: Card, section: Section, words: TableWords) -> str:
    """The section as its authors wrote it, with the tables of metrics for which it asks."""
    if not section.lines:
        return ""
    first, last = section.lines[0].number, section.lines[-1].number
    return "\n".join(source_with_metrics(card, section, words)[first - 1 : last]).strip("\n")
