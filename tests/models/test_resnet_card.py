"""The ResNet card says the same in both languages, and nothing that the code contradicts."""

from __future__ import annotations

import math
import re

import pytest

from generator.cards.catalog import read_catalog
from generator.cards.model import Card, LineKind
from tests.models.conftest import ROOT, STATE_DICTS

LANGUAGES = ("zh_CN", "en_US")


@pytest.fixture(scope="module")
def card(settings) -> Card:
    catalog = read_catalog([ROOT / "cards" / "megengine_vision_resnet.md"], settings)
    assert catalog.diagnostics == ()
    return catalog.cards[0]


def prose(card: Card, language: str) -> str:
    lines = card.section(language).lines
    return "\n".join(line.content for line in lines if line.kind is LineKind.TEXT)


def accuracy_table(card: Card, language: str) -> list[tuple[str, ...]]:
    row = re.compile(r"\| (.+?) \| `(\w+)` \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|")
    return row.findall(prose(card, language))


def test_languages_have_the_same_code_headings_and_links(card):
    chinese, english = (card.section(language) for language in LANGUAGES)
    assert [block.code for block in chinese.code_blocks] == [
        block.code for block in english.code_blocks
    ]
    assert [h.level for h in chinese.headings] == [h.level for h in english.headings]
    assert [link.target for link in chinese.links] == [link.target for link in english.links]
    assert accuracy_table(card, "zh_CN") == accuracy_table(card, "en_US")


def test_preprocessing_is_the_same_in_prose_and_code(card):
    for language in LANGUAGES:
        text = prose(card, language)
        code = card.section(language).code_blocks[0].code
        for constants in ("[103.530, 116.280, 123.675]", "[57.375, 57.120, 58.395]"):
            assert constants in text
            assert constants in code
        assert re.search(r"`256`.*`224 x 224`", text)
        assert "Resize(256)" in code
        assert "CenterCrop(224)" in code


def test_table_has_every_entrypoint_of_the_sample_code(card):
    in_sample = re.findall(r"'megengine/models', '(\w+)'", card.sample.code)
    assert [row[1] for row in accuracy_table(card, "en_US")] == in_sample
    assert sorted(in_sample) == sorted(STATE_DICTS)


def test_top_1_accuracy_is_the_one_in_the_name_of_the_weights(card, probe):
    addresses = probe("hub")["published_weights"]
    for _, entrypoint, top_1, _, _ in accuracy_table(card, "en_US"):
        assert f"_{top_1.replace('.', '')}_" in addresses[entrypoint]


def test_parameter_counts_are_those_of_the_weights(card):
    for _, entrypoint, _, _, millions in accuracy_table(card, "en_US"):
        shapes = STATE_DICTS[entrypoint]
        count = sum(math.prod(s) for name, s in shapes.items() if "running" not in name)
        assert millions == f"{count / 1e6:.2f}"
