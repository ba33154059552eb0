"""A hub says how grave it takes each kind of problem, and every command goes by that."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from generator.cards.catalog import read_catalog
from generator.cards.parse import parse_card
from generator.cards.rules import Rule, all_rules, is_essential
from generator.diagnostics import Severity
from generator.levels import Level, at_levels
from generator.source import FILE_START
from tests.cards.writing import card_text, settings

EMPTY = card_text("pass", en="")
WARNED = card_text("pass", en="A clasification.")
REFUSED = card_text("print(model)")


def found(
    folder: Path, text: str, levels: dict[str, Level]
) -> tuple[list[tuple[str, str]], list[str]]:
    """The codes with their severities, and the ids of the cards that are none the worse."""
    path = folder / "card.md"
    path.write_text(text, encoding="utf-8")
    catalog = read_catalog([path], replace(settings(), checks=levels))
    told = [(item.code, item.severity.value) for item in catalog.diagnostics]
    return told, [card.id for card in catalog.cards]


@pytest.mark.parametrize(
    ("text", "code", "usual"),
    [(WARNED, "E710", "warning"), (EMPTY, "E311", "warning"), (REFUSED, "E502", "error")],
)
def test_a_problem_is_as_grave_as_the_hub_takes_it(
    tmp_path: Path, text: str, code: str, usual: str
) -> None:
    is_fine = {"warning": ["card"], "error": []}
    assert found(tmp_path, text, {}) == ([(code, usual)], is_fine[usual])
    assert found(tmp_path, text, {code: Level.OFF}) == ([], ["card"])
    assert found(tmp_path, text, {code: Level.WARNING}) == ([(code, "warning")], ["card"])
    assert found(tmp_path, text, {code: Level.ERROR}) == ([(code, "error")], [])
    assert found(tmp_path, text, {"E714": Level.OFF}) == ([(code, usual)], is_fine[usual])


def test_what_the_structure_shows_can_become_an_error_without_hiding_the_rest(
    tmp_path: Path,
) -> None:
    text = card_text("print(model)", en="")
    told, _ = found(tmp_path, text, {"E311": Level.ERROR})
    assert told == [("E502", "error"), ("E311", "error")]
    parsed = parse_card(
        Path("x.md"), text.encode(), replace(settings(), checks={"E311": Level.ERROR})
    )
    assert [item.severity for item in parsed.diagnostics] == [Severity.ERROR]


@given(st.dictionaries(st.sampled_from(all_rules()), st.sampled_from(Level)))
def test_levels_change_severities_and_nothing_else(levels: dict[Rule, Level]) -> None:
    by_code = {rule.code: level for rule, level in levels.items()}
    usual = [rule.at("a.md", FILE_START, "message", "hint") for rule in all_rules()]
    told = list(at_levels(usual, by_code))
    assert list(at_levels(told, by_code)) == told
    kept = [item for item in usual if by_code.get(item.code) is not Level.OFF]
    assert [replace(item, severity=Severity.ERROR) for item in told] == [
        replace(item, severity=Severity.ERROR) for item in kept
    ]
    for item, before in zip(told, kept, strict=True):
        level = by_code.get(item.code)
        assert item.severity.value == (level.value if level else before.severity.value)


def test_what_makes_a_file_no_card_is_essential() -> None:
    codes = {rule.code for rule in all_rules() if is_essential(rule)}
    assert {"E101", "E203", "E209", "E301", "E308", "E326"} <= codes
    assert not codes & {"E310", "E501", "E502", "E604", "E714"}
