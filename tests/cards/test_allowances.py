"""An author allows a problem where it is, says why, and is told when that is needed no more."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from generator.cards.allowances import MOST
from generator.cards.catalog import read_catalog
from generator.cards.parse import parse_card
from generator.levels import Level
from tests.cards.writing import HEAD, card_text, check, place_of, settings

ALLOW = '<!-- hubcards: allow E710 reason="so it is" -->'


@pytest.mark.parametrize(
    "block",
    [
        "A clasification.",
        "Many lines\nof a clasification,\nand on.",
        "- one\n- two\n\n  and a clasification",
        "- one\n\n- two\n    - a clasification",
        "> A quote,\n> a clasification.",
        "| A | clasification |\n| - | - |",
        "#### A clasification",
        "A clasification\n===",
    ],
)
def test_what_is_allowed_is_not_told_in_the_block_that_follows(tmp_path: Path, block: str) -> None:
    bare, blank = f"{ALLOW}\n{block}", f"{ALLOW}\n\n\n{block}"
    for en in (bare, blank):
        codes = {item.code for item in check(card_text("pass", "中文。", en), tmp_path)}
        assert not codes & {"E710", "E901"}
    after = card_text("pass", "中文。", f"{bare}\n\n<!-- an end -->\n\nAnother clasification.")
    (told,) = [item for item in check(after, tmp_path) if item.code == "E710"]
    assert told.place.startswith(f"{after[: after.index('Another')].count(chr(10)) + 1}:")
    before = card_text("pass", "中文。", f"A clasification.\n\n{bare}")
    assert [i.place for i in check(before, tmp_path) if i.code == "E710"] == [
        place_of(before, "clasification")
    ]


def test_several_codes_and_lines_are_for_one_block(tmp_path: Path) -> None:
    marks = '<!-- hubcards: allow E703, E702 reason="a quotation" -->'
    text = card_text("pass", en=f"{ALLOW}\n{marks}\n\nA (clasification,, as it was.")
    assert check(text, tmp_path) == []


def test_code_is_allowed_in_a_section_and_before_the_first_one(tmp_path: Path) -> None:
    allow = '<!-- hubcards: allow E502 reason="the reader defines it" -->'
    fence = "```python\nprint(model)\n```"
    assert check(card_text("pass", en="Text."), tmp_path) == []
    text = card_text("pass").replace("```python", f"{allow}\n```python", 1)
    assert [item.code for item in check(text, tmp_path)] == ["E901"]
    assert check(text.replace("pass", "print(model)"), tmp_path) == []
    both = card_text("pass", f"{allow}\n{fence}", f"{allow}\n{fence}")
    assert check(both, tmp_path) == []


def test_what_is_said_at_a_section_comment_is_allowed_above_it(tmp_path: Path) -> None:
    text = card_text("pass", en="")
    assert [item.code for item in check(text, tmp_path)] == ["E311"]
    allow = '<!-- hubcards: allow E311 reason="later" -->\n'
    assert check(text.replace("<!-- section: en", f"{allow}\n<!-- section: en"), tmp_path) == []


def test_what_is_said_in_the_front_matter_is_allowed_above_the_key(tmp_path: Path) -> None:
    text = f"{HEAD}```python\npass\n```\n<!-- section: zh_CN -->\n中文。\n"
    assert [item.code for item in check(text, tmp_path)] == ["E312"]
    allow = '# hubcards: allow E312 reason="the text comes later"\n'
    assert check(text.replace("summary:", f"{allow}summary:"), tmp_path) == []
    elsewhere = text.replace("author:", f"{allow}author:")
    assert {item.code for item in check(elsewhere, tmp_path)} == {"E312", "E901"}


@pytest.mark.parametrize(
    ("comment", "code", "marked"),
    [
        (ALLOW, "E901", "E710"),
        (ALLOW.replace("E710", "E311"), "E901", "E311"),
        (ALLOW.replace("E710", "E710 E7I1"), "E902", "E7I1"),
        (ALLOW.replace("E710", "E209"), "E902", "E209"),
        (ALLOW.replace("E710", "E901"), "E902", "E901"),
        (ALLOW.replace("E710", "E512"), "E902", "E512"),
        ("<!-- hubcards: allow E710 -->", "E903", " allow"),
        ('<!-- hubcards: allow E710 reason=" " -->', "E903", " allow"),
        ('<!-- hubcards: allow reason="so" -->', "E904", " allow"),
        ("<!-- hubcards: ignore -->", "E904", " ignore"),
        ("<!-- hubcards: allow E710 reason=so -->", "E904", " allow"),
        ('<!-- hubcards: allow E710\nreason="so" -->', "E904", " allow"),
        ('- <!-- hubcards: allow E710 reason="so" -->', "E901", "E710"),
    ],
)
def test_what_is_wrong_with_an_allowance_is_told(
    tmp_path: Path, comment: str, code: str, marked: str
) -> None:
    text = card_text("pass", en=f"Text.\n\n{comment}\n\nText.")
    places = [item.place for item in check(text, tmp_path) if item.code == code]
    assert places == [place_of(text, marked)]


def test_an_allowance_without_a_reason_allows_nothing(tmp_path: Path) -> None:
    text = card_text("pass", en="<!-- hubcards: allow E710 -->\nA clasification.")
    assert [item.code for item in check(text, tmp_path)] == ["E903", "E710"]


def test_what_the_hub_turned_off_may_still_be_allowed(tmp_path: Path) -> None:
    path = tmp_path / "card.md"
    path.write_text(card_text("pass", en=f"{ALLOW}\nA clasification."), encoding="utf-8")
    levels = {"E710": Level.OFF}
    assert read_catalog([path], replace(settings(), checks=levels)).diagnostics == ()


def test_what_only_the_network_or_the_history_shows_is_never_unneeded(tmp_path: Path) -> None:
    allow = ALLOW.replace("E710", "E620 E801")
    assert check(card_text("pass", en=f"{allow}\nText."), tmp_path) == []


def test_a_card_has_no_more_allowances_than_can_be_compared(tmp_path: Path) -> None:
    text = card_text("pass", en=f"{ALLOW}\n" * (MOST + 50))
    found = [item for item in check(text, tmp_path) if item.code == "E904"]
    assert len(found) == 1


@given(st.text(st.sampled_from('<!->#: \thubcards allow E710,reason="x"'), max_size=80))
def test_no_comment_is_too_odd_to_be_read(text: str) -> None:
    for comment in (f"<!-- hubcards:{text}", f"<!-- hubcards: allow{text}-->"):
        parse_card(Path("x.md"), card_text("pass", en=comment).encode(), settings())
        head = card_text("pass").replace("author:", f"# {comment}\n# hubcards:{text}\nauthor:")
        parse_card(Path("x.md"), head.encode(), settings())
