"""White space that nobody sees, at the ends of lines and of the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cards.writing import card_text, check, place_of


def test_a_last_line_that_does_not_end_is_told_where_it_stops(tmp_path: Path) -> None:
    text = card_text()
    assert text.endswith("\n")
    assert check(text, tmp_path) == []
    (found,) = check(text.rstrip("\n"), tmp_path)
    last = text.rstrip("\n").rpartition("\n")[2]
    assert (found.code, found.place) == ("E741", f"{text.count(chr(10))}:{len(last) + 1}")


def test_white_space_at_the_end_of_a_line_is_told_but_for_a_hard_break(tmp_path: Path) -> None:
    assert [item.code for item in check(card_text(en="Text. \n\nMore.\n"), tmp_path)] == ["E740"]
    assert check(card_text(en="One line  \nand another.\n"), tmp_path) == []


@pytest.mark.parametrize(
    ("old", "new", "marked"),
    [
        ("author: Somebody", "author: Somebody \t", " \t\ntags"),
        ("---\n```", "--- \n```", " \n```python"),
        ("```python\npass", "```python \npass", " \npass"),
        ("en_US -->", "en_US -->  ", "  \nEnglish"),
        ("English.", "| A | B |  \n| - | - |  \n| 1 | 2 |", "  \n| -"),
    ],
)
def test_white_space_at_the_end_is_told_outside_of_paragraphs_too(
    tmp_path: Path, old: str, new: str, marked: str
) -> None:
    text = card_text(zh="| A | B |\n| - | - |\n| 1 | 2 |" if "|" in new else "中文。")
    text = text.replace(old, new, 1)
    found = [item for item in check(text, tmp_path) if item.code == "E740"]
    assert found[0].place == place_of(text, marked)


@pytest.mark.parametrize(
    "block",
    ["    code\n     \n    more", "\tcode\n\t\n\n  \n\tmore", "A `span \nof two` lines."],
)
def test_white_space_in_code_is_left_alone(tmp_path: Path, block: str) -> None:
    text = card_text("pass", f"文字。\n\n{block}", f"Text.\n\n{block}")
    assert [item for item in check(text, tmp_path) if item.code == "E740"] == []
    after = card_text("pass", en=f"Text.\n\n{block}\n  \nText.")
    assert [item.code for item in check(after, tmp_path) if item.code == "E740"] == ["E740"]
