"""The JSON Schemas that document the API; they are published beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from generator.site.addresses import absolute, api_schema

_SCHEMAS = Path(__file__).with_name("schema")


def api_schemas(base_url: str) -> Iterator[tuple[str, bytes]]:
    """The path and the content of each schema, of a site that is published at `base_url`.

    A schema's name is that of what it describes: `models.json` of the list of all models,
    `model.json` of each file in `models/`. They refer to each other by relative addresses.
    """
    for file in sorted(_SCHEMAS.glob("*.json")):
        schema = json.loads(file.read_text(encoding="utf-8"))
        path = api_schema(file.name)
        identified = {"$id": absolute(base_url, path), **schema}
        yield path, (json.dumps(identified, ensure_ascii=False, indent=2) + "\n").encode()
