"""Edits change what they say, and no other byte of the file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.diagnostics import Edit
from generator.fixing.edits import with_edits
from generator.source import Position, Span

texts = st.text(st.sampled_from("ab 中\u2028\x0b\U0001f600\n"), max_size=40)
line_ends = st.sampled_from(["\n", "\r\n", "\r"])


def edit(line: int, column: int, length: int, text: str) -> Edit:
    return Edit(Span.at(line, column, length), text)


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_only_what_is_named_is_changed(mark: str, end: str) -> None:
    before = f"{mark}one{end}zwei 中 three{end}four{end}"
    edits = [[edit(1, 1, 3, "1")], [edit(2, 6, 1, "文"), edit(2, 13, 0, "!")]]
    after = with_edits(before.encode(), edits)
    assert after.decode() == f"{mark}1{end}zwei 文 three!{end}four{end}"


def test_lines_that_are_put_in_end_as_those_of_the_file() -> None:
    whole_lines = Edit(Span(Position(2, 1), Position(4, 1)), "x\ny\n")
    assert with_edits(b"a\r\nb\r\nc\r\nd", [[whole_lines]]) == b"a\r\nx\r\ny\r\nd"


def test_lines_that_are_put_in_end_as_those_in_whose_place_they_come() -> None:
    replaced = Edit(Span(Position(2, 1), Position(4, 1)), "x\ny\nz\n")
    assert with_edits(b"a\nb\r\nc\r\nd", [[replaced]]) == b"a\nx\r\ny\r\nz\r\nd"
    mixed = Edit(Span(Position(1, 1), Position(3, 1)), "x\ny\n")
    assert with_edits(b"a\nb\r\nc", [[mixed]]) == b"x\ny\r\nc"
    assert with_edits(b"a\nb\r\nc", [[edit(3, 2, 0, "\n")]]) == b"a\nb\r\nc\r\n"
    assert with_edits(b"a", [[edit(1, 2, 0, "\n")]]) == b"a\n"


def test_a_group_is_made_whole_or_not_at_all() -> None:
    groups = [[edit(1, 1, 2, "X")], [edit(1, 2, 2, "Y"), edit(1, 5, 1, "Z")]]
    assert with_edits(b"abcdef", groups) == b"Xcdef"


@given(texts, line_ends, st.data())
def test_what_lies_outside_of_the_edits_stays(text: str, end: str, data: st.DataObject) -> None:
    lines = text.split("\n")
    number = data.draw(st.integers(1, len(lines)))
    start = data.draw(st.integers(0, len(lines[number - 1])))
    stop = data.draw(st.integers(start, len(lines[number - 1])))
    before = end.join(lines).encode()
    after = with_edits(before, [[edit(number, start + 1, stop - start, "NEW")]])
    line = lines[number - 1]
    changed = [*lines[: number - 1], f"{line[:start]}NEW{line[stop:]}", *lines[number:]]
    assert after == end.join(changed).encode()
