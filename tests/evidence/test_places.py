"""Where records and agreements are, and of which cards there are any."""

from __future__ import annotations

from pathlib import Path

from generator.evidence.places import agreed_cards, agreement_file, record_file, recorded_cards


def test_records_and_agreements_are_not_taken_for_each_other(tmp_path: Path) -> None:
    record_file(tmp_path, "net").write_text("{}", encoding="utf-8")
    for card in ("net", "other"):
        agreement_file(tmp_path, card).write_text("{}", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("no record", encoding="utf-8")
    assert recorded_cards(tmp_path) == {"net"}
    assert agreed_cards(tmp_path) == {"net", "other"}


def test_a_hub_without_records_has_none(tmp_path: Path) -> None:
    assert recorded_cards(tmp_path / "evidence") == agreed_cards(tmp_path / "evidence") == set()
