"""White space that nobody sees, at the ends of lines and of the file."""

from __future__ import annotations

from pathlib import Path

from tests.cards.writing import card_text, check


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
