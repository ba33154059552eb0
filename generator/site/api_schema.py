"""The JSON Schemas that document the API; they are published beside it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from generator.site.addresses import absolute, api_schema

_SCHEMAS = Path(__file__).with_name("schema")


def api_schemas(base_url: str) -> Iterator[tuple[str, Callable[[], str]]]:
    """The path of each schema and what gives its text, of a site that is published at `base_url`.

    A schema's name is that of what it describes: `models.json` of the list of all models,
    `model.json` of each file in `models/`. They refer to each other by relative addresses.
    """
    for file in sorted(_SCHEMAS.glob("*.json")):
        path = api_schema(file.name)
        yield path, partial(_identified, file, absolute(base_url, path))


def _identified(file: Path, address: str) -> str:
    schema = {"$id": address, **json.loads(file.read_text(encoding="utf-8"))}
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
