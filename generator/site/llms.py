"""`llms.txt`: what there is, for language models, in the form of https://llmstxt.org."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.languages import Language
from generator.site.addresses import CATALOGUE_DATA, absolute, card_markdown
from generator.site.hub import Hub
from generator.site.pages import PlacedCard
from generator.site.plain_markdown import plain_text


def llms_text(hub: Hub, cards: Sequence[PlacedCard]) -> str:
    """The hub's name, then for each language a list of the cards written in it."""
    settings = hub.settings
    titles = dict.fromkeys(settings.title[language.code] for language in settings.languages)
    lines = [f"# {plain_text(' · '.join(titles))}", ""]
    for language in settings.languages:
        lines += [f"> {plain_text(settings.description[language.code])}", ">"]
    lines.pop()
    for language in settings.languages:
        entries = list(_entries(hub, language, cards))
        if entries:
            lines += ["", f"## {plain_text(language.name)}", "", *entries]
    # A heading of the form itself: what may be left out where there is little room.
    lines += ["", "## Optional", ""]
    text = hub.strings[hub.fallback.code]
    about = plain_text(text["all_models_data"])
    lines.append(f"- [models.json]({absolute(hub.base_url, CATALOGUE_DATA)}): {about}")
    return "\n".join(lines) + "\n"


def _entries(hub: Hub, language: Language, cards: Sequence[PlacedCard]) -> Iterator[str]:
    for placed in cards:
        front = placed.card.front_matter
        if placed.card.section(language.code):
            page = absolute(hub.base_url, card_markdown(language, placed.card.id))
            about = front.summary[hub.summary_language(placed.card, language).code]
            yield f"- [{plain_text(front.title)}]({page}): {plain_text(about)}"
