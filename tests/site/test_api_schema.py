"""The API answers as the schemas say that are published beside it, and says nothing else."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource

from generator.cards.catalog import read_catalog
from generator.config import Settings, load_settings
from generator.evidence.model import ArraySummary, CardEvidence, Claim
from generator.evidence.store import read_evidence
from generator.site.hub import load_hub
from generator.site.markdown.render import SectionRenderer
from generator.site.site import card_output, common_files
from tests.site.hubs import (
    MOMENT,
    SITE,
    card_text,
    place_cards,
    render_files,
    write_card,
    write_hub,
)
from tests.site.records import card_evidence, record

ROOT = Path(__file__).parents[2]
API = "api/v1/"
NASTY = "</script>\u2028<!--\x1f'\"\\{{ 7*7 }}深度"


def validator(files: Mapping[str, bytes], name: str, *, closed: bool) -> Draft202012Validator:
    """Of the schema with this name, found by its address as a reader's tool finds it."""
    schemas = [json.loads(text) for path, text in files.items() if path.startswith(f"{API}schema/")]
    if closed:
        schemas = [without_surprises(schema) for schema in schemas]
    by_address = {schema["$id"]: schema for schema in schemas}
    registry = Registry().with_resources(
        (address, Resource.from_contents(schema)) for address, schema in by_address.items()
    )
    schema = next(item for address, item in by_address.items() if address.endswith(f"/{name}"))
    return Draft202012Validator(schema, registry=registry, format_checker=FormatChecker())


def without_surprises(schema: Any) -> Any:
    """The schema as our own tests hold us to it: a field that it does not document is an error.

    Published schemas allow more, so that a reader who validates is not broken by a new field.
    """
    schema = copy.deepcopy(schema)
    parts = [schema]
    while parts:
        part = parts.pop()
        if isinstance(part, dict):
            if "properties" in part:
                part.setdefault("additionalProperties", False)
            parts += part.values()
        elif isinstance(part, list):
            parts += part
    return schema


def complaints(files: Mapping[str, bytes], *, closed: bool = True) -> list[str]:
    """What in the answers the schemas do not allow."""
    found = []
    for path, content in files.items():
        if not path.startswith(API) or path.startswith(f"{API}schema/"):
            continue
        name = "models.json" if path == f"{API}models.json" else "model.json"
        errors = validator(files, name, closed=closed).iter_errors(json.loads(content))
        found += [f"{path}: {error.json_path}: {error.message}" for error in errors]
    return found


@pytest.fixture
def answers(settings: Settings) -> Mapping[str, bytes]:
    both = {"zh_CN": "## 说明\n\n```python\nx = 1\n```\n", "en_US": "text"}
    write_card(settings, "a_net", card_text(both))
    nasty = NASTY.replace("\u2028", "").replace("\x1f", "")
    alone = card_text({"zh_CN": "x"}, title=nasty, author=nasty, summary={"zh_CN": nasty}, tags=[])
    write_card(settings, "b_单语", alone)
    arrays = (
        ArraySummary(NASTY, "Tensor", (1, 3), "float32", -1.5, 2.0),
        ArraySummary("e", "Tensor", (), "float32", float("nan"), float("inf")),
    )
    records = {
        "sample": record(claim=Claim.REPRODUCED, arrays=arrays, requests={NASTY: NASTY}),
        "block-1": record(stdout=NASTY, exception=NASTY),
    }
    evidence: dict[str, CardEvidence] = {"a_net": card_evidence("a_net", {"zh_CN": records})}
    return render_files(settings, evidence=evidence)


def test_every_answer_is_as_the_schema_says_and_has_no_field_that_it_does_not(answers):
    assert complaints(answers) == []


def test_the_answers_about_this_hub_s_cards_and_their_evidence_are_as_the_schema_says():
    settings = load_settings(ROOT)
    cards = read_catalog([ROOT / "cards"], settings).cards
    kept = {card.id: read_evidence(ROOT / "evidence", card.id) for card in cards}
    evidence = {card_id: item for card_id, item in kept.items() if item and item.runs}
    assert evidence
    hub = load_hub(settings, None)
    placed = place_cards(cards, {card.path: MOMENT for card in cards}, evidence)
    outputs = [card_output(hub, item, SectionRenderer()) for item in placed]
    files = [*common_files(hub, [output.listed for output in outputs])]
    files += [file for output in outputs for file in output.files]
    assert complaints({file.path: file.content for file in files}) == []


def test_the_schemas_are_schemas_at_the_addresses_that_they_name(answers):
    names = [path for path in answers if path.startswith(f"{API}schema/")]
    assert names == [f"{API}schema/model.json", f"{API}schema/models.json"]
    for name in names:
        schema = json.loads(answers[name])
        Draft202012Validator.check_schema(schema)
        assert schema["$id"] == urljoin("https://example.org/hub/", name)


def test_a_reader_who_validates_is_not_broken_by_a_field_that_is_new(answers):
    more = json.loads(answers[f"{API}models.json"])
    more["models"][0]["new"] = {"any": "thing"}
    changed = {**answers, f"{API}models.json": json.dumps(more).encode()}
    assert complaints(changed, closed=False) == []
    assert complaints(changed) != []


@pytest.mark.parametrize("field", ["id", "title", "author", "summary", "githubLink", "updateTime"])
def test_the_fields_of_the_megengine_hub_are_required_as_they_were(answers, field):
    less = json.loads(answers[f"{API}models.json"])
    del less["models"][0][field]
    changed = {**answers, f"{API}models.json": json.dumps(less).encode()}
    assert complaints(changed, closed=False) == [
        f"{API}models.json: $.models[0]: '{field}' is a required property"
    ]


def test_the_schemas_follow_the_site_s_address(tmp_path):
    settings = write_hub(tmp_path / "hub", SITE)
    write_card(settings, "net", card_text({"zh_CN": "x"}))
    files = render_files(settings, "https://other.example/")
    assert complaints(files) == []
    assert json.loads(files[f"{API}schema/model.json"])["$id"] == (
        "https://other.example/api/v1/schema/model.json"
    )
