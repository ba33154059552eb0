"""The cards of this hub are as the format wants them."""

from __future__ import annotations

from pathlib import Path

from generator.cards.catalog import read_catalog
from generator.cards.examples import groups_of
from generator.config import load_settings
from generator.runner.valid_evidence import ValidEvidence

ROOT = Path(__file__).parent.parent.parent


def test_every_card_of_this_hub_is_valid_and_without_a_warning() -> None:
    catalog = read_catalog([ROOT / "cards"], load_settings(ROOT))
    assert catalog.diagnostics == ()
    assert len(catalog.cards) == len(list((ROOT / "cards").glob("*.md"))) > 0


def test_cards_are_named_by_organisation_task_and_model() -> None:
    for path in (ROOT / "cards").glob("*.md"):
        assert len(path.stem.split("_")) >= 3, path


def test_every_example_of_this_hub_has_a_record_that_holds() -> None:
    settings = load_settings(ROOT)
    cards = read_catalog([ROOT / "cards"], settings).cards
    source = ValidEvidence(settings)
    for card in cards:
        found = source.of(card)
        assert found.problems == ()
        for group in groups_of(card):
            for example in group.examples:
                name = f"{card.id}::{group.name}::{example.id}"
                assert found.evidence is not None
                assert found.evidence.record(group.name, example.id), name
