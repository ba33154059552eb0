"""The cards of this hub are as the format wants them."""

from __future__ import annotations

from pathlib import Path

from generator.cards.catalog import read_catalog
from generator.config import load_settings

ROOT = Path(__file__).parent.parent.parent


def test_every_card_of_this_hub_is_valid_and_without_a_warning() -> None:
    catalog = read_catalog([ROOT / "cards"], load_settings(ROOT))
    assert catalog.diagnostics == ()
    assert len(catalog.cards) == len(list((ROOT / "cards").glob("*.md"))) > 0


def test_cards_are_named_by_organisation_task_and_model() -> None:
    for path in (ROOT / "cards").glob("*.md"):
        assert len(path.stem.split("_")) >= 3, path
