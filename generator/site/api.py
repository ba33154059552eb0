"""The JSON API, in the shape in which the MegEngine hub serves it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from generator.cards.model import Card
from generator.config import Settings
from generator.site.formats import iso_time


def models_data(settings: Settings, models: Iterable[tuple[Card, datetime]]) -> bytes:
    """All cards, and the names of all tags by language."""
    return _json(
        {
            "models": [_meta(card, updated) for card, updated in models],
            "tags": {tag: dict(names) for tag, names in settings.tags.items()},
        }
    )


def model_data(card: Card, updated: datetime, full_text: Mapping[str, str]) -> bytes:
    """One card; `full_text` has its HTML, the sample code included, by language code."""
    return _json(
        {
            "meta": _meta(card, updated),
            "content": {"sampleCode": card.sample.code, "fullText": dict(full_text)},
        }
    )


def _meta(card: Card, updated: datetime) -> dict[str, Any]:
    front = card.front_matter
    return {
        "id": card.id,
        "title": front.title,
        "author": front.author,
        "summary": dict(front.summary),
        "githubLink": front.github_link,
        "tags": list(front.tags),
        "updateTime": iso_time(updated),
    }


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False) + "\n").encode()
