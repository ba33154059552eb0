"""What a card's page tells search engines, in the words of https://schema.org."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from generator.cards.model import Card
from generator.languages import Language
from generator.site.addresses import absolute, card_page, catalogue_page
from generator.site.formats import iso_time
from generator.site.hub import Hub


def software_source_code(
    hub: Hub, card: Card, language: Language, updated: datetime
) -> Mapping[str, Any]:
    """A card that has a text in `language`, as JSON-LD."""
    front = card.front_matter
    names = hub.settings.tags
    return {
        "@context": "https://schema.org",
        "@type": "SoftwareSourceCode",
        "name": front.title,
        "description": front.summary[hub.summary_language(card, language).code],
        "url": absolute(hub.base_url, card_page(language, card.id)),
        # A text, because nobody says whether it is a person or an organisation.
        "author": front.author,
        "codeRepository": front.github_link,
        "programmingLanguage": "Python",
        "inLanguage": language.tag,
        "keywords": [names[tag][language.code] for tag in front.tags],
        "dateModified": iso_time(updated),
        "isPartOf": {
            "@type": "WebSite",
            "name": hub.settings.title[language.code],
            "url": absolute(hub.base_url, catalogue_page(language)),
        },
    }
