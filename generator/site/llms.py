"""`llms.txt`: what there is, for language models, in the form of https://llmstxt.org."""

from __future__ import annotations

from collections.abc import Sequence

from generator.cards.model import Card
from generator.languages import Language
from generator.site.addresses import CATALOGUE_DATA, absolute, card_markdown
from generator.site.guide_entries import guide_lines
from generator.site.hub import Hub
from generator.site.listed import ListedCard
from generator.site.plain_markdown import plain_text


def llms_text(hub: Hub, cards: Sequence[ListedCard]) -> str:
    """The hub's name, then for each language a list of the cards written in it, then the guide."""
    settings = hub.settings
    titles = dict.fromkeys(settings.title[language.code] for language in settings.languages)
    lines = [f"# {plain_text(' · '.join(titles))}", ""]
    for language in settings.languages:
        lines += [f"> {plain_text(settings.description[language.code])}", ">"]
    lines.pop()
    for language in settings.languages:
        written = [line for card in cards if (line := card.markdown_lines.get(language.code))]
        if written:
            lines += ["", f"## {plain_text(language.name)}", "", b"\n".join(written).decode()]
    for language in settings.languages:
        pages = list(guide_lines(hub, language))
        if pages:
            lines += ["", f"## {plain_text(hub.strings[language.code]['guide'])}", "", *pages]
    # A heading of the form itself: what may be left out where there is little room.
    lines += ["", "## Optional", ""]
    text = hub.strings[hub.fallback.code]
    about = plain_text(text["all_models_data"])
    lines.append(f"- [models.json]({absolute(hub.base_url, CATALOGUE_DATA)}): {about}")
    return "\n".join(lines) + "\n"


def markdown_line(hub: Hub, card: Card, language: Language) -> str:
    """The line of a list that leads to the card."""
    front = card.front_matter
    page = absolute(hub.base_url, card_markdown(language, card.id))
    about = front.summary[hub.summary_language(card, language).code]
    return f"- [{plain_text(front.title)}]({page}): {plain_text(about)}"
