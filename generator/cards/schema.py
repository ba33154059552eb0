"""The JSON Schema of the front matter, for editors and for other programs.

It is of draft 7, which the YAML language server knows best. Whatever the parser accepts, it
accepts; what one can't say in it, such as that an address has a port that can be, is left to
`hubcards check`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from generator.cards.front_matter import TEMPLATES, shape_schema
from generator.config import Settings

SCHEMA = "schema/card.json"
"""Where the schema is in the site."""

_DIALECT = "http://json-schema.org/draft-07/schema#"
_ADDRESS = r'^[Hh][Tt][Tt][Pp][Ss]?://[^\s/?#<>"\\][^\s<>"\\]*$'
# One line of text, which is more than space.
_LINE = (
    r"^\s*[^\s\u0000-\u001f\u007f-\u009f]"
    r"([^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f])?\s*$"
)
_PARTS = {"MetricsShape": "table"}
_MEANINGS = {
    "template": "The format of the card.",
    "title": "The model's name, as readers see it.",
    "summary": "One sentence on the model, in each language of the card.",
    "author": "Who publishes the model.",
    "tags": "What the model is for, in the words of the hub.",
    "github-link": "The http or https address of the source code.",
    "metrics": "Tables of what the models achieve, by name; sections show them.",
    "table": "What was measured on, the columns, and their values by entrypoint.",
}


def schema_address(base_url: str) -> str:
    """The address of the schema, of a site that is published at `base_url`."""
    return f"{base_url.rstrip('/')}/{SCHEMA}"


def card_schema(settings: Settings, base_url: str) -> Mapping[str, Any]:
    """The schema of the front matter of this hub's cards.

    It knows the tags and languages of the settings. `base_url` is where the site is published.
    """
    shape = _without_our_names(shape_schema())
    properties = {name: {**part} for name, part in shape["properties"].items()}
    for name, part in properties.items():
        part.pop("title", None)
        if name in _MEANINGS:
            part["description"] = _MEANINGS[name]
        if part.get("type") == "string":
            part["pattern"] = _LINE
    text = {key: value for key, value in properties["title"].items() if key != "description"}
    properties["template"] = {**_described("template"), "enum": list(TEMPLATES)}
    properties["summary"] = {
        **_described("summary"),
        "type": "object",
        "properties": {
            language.code: {"description": language.name, **text} for language in settings.languages
        },
        "required": [language.code for language in settings.required_languages],
        "additionalProperties": False,
    }
    properties["tags"] = {
        **_described("tags"),
        "type": "array",
        "items": {
            "enum": list(settings.tags),
            "enumDescriptions": [" · ".join(names.values()) for names in settings.tags.values()],
        },
        "uniqueItems": True,
    }
    properties["github-link"] = {**_described("github-link"), "type": "string", "pattern": _ADDRESS}
    return {
        "$schema": _DIALECT,
        "$id": schema_address(base_url),
        "title": "The front matter of a model card",
        **{key: part for key, part in shape.items() if key not in ("title", "properties")},
        "properties": properties,
    }


def schema_text(settings: Settings, base_url: str) -> str:
    """The schema as JSON."""
    return json.dumps(card_schema(settings, base_url), ensure_ascii=False, indent=2) + "\n"


def _without_our_names(shape: Mapping[str, Any]) -> Mapping[str, Any]:
    """The shape, in which a part is called as its readers know it, and not as our class."""
    text = json.dumps(shape)
    for ours, theirs in _PARTS.items():
        text = text.replace(f'"#/$defs/{ours}"', f'"#/$defs/{theirs}"')
    named: Mapping[str, Any] = json.loads(text)
    parts = {
        _PARTS[name]: {**part, "title": _PARTS[name], "description": _MEANINGS[_PARTS[name]]}
        for name, part in shape.get("$defs", {}).items()
    }
    return {**named, "$defs": parts}


def _described(name: str) -> Mapping[str, str]:
    return {"description": _MEANINGS[name]}
