"""Markdown looks as it does on GitHub: the same text gives HTML of the same shape."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.site.hubs import render
from tests.site.oracle import github, shape

SNIPPETS = (
    Path(__file__)
    .with_name("github_snippets.txt")
    .read_text(encoding="utf-8")
    .removesuffix("\n")
    .split("\n%%%%\n")
)

WORDS = st.lists(
    st.sampled_from(
        [
            "one",
            "two",
            "**bold**",
            "*em*",
            "`code`",
            "[link](u)",
            "snake_case",
            "~~gone~~",
            "三",
            "。",
        ]
    ),
    min_size=1,
    max_size=4,
).map(" ".join)


@pytest.mark.parametrize("markdown", SNIPPETS)
def test_a_construct_is_shaped_as_on_github(markdown):
    assert shape(render(markdown)) == shape(github(markdown))


def indented(prefix: str, rest: str, lines: list[str]) -> list[str]:
    return [
        (prefix if index == 0 else rest if line else "") + line for index, line in enumerate(lines)
    ]


@st.composite
def list_of(draw, blocks):
    marker = draw(st.sampled_from(["- ", "* ", "+ ", "1. ", "3) ", "10. "]))
    gap = draw(st.sampled_from([[], [""]]))
    lines: list[str] = []
    for item in draw(st.lists(blocks, min_size=1, max_size=3)):
        lines += [*(gap if lines else []), *indented(marker, " " * len(marker), item)]
    return lines


@st.composite
def quote_of(draw, blocks):
    return [("> " + line).rstrip() for line in draw(blocks)]


@st.composite
def sequence_of(draw, blocks):
    lines: list[str] = []
    for block in draw(st.lists(blocks, min_size=1, max_size=3)):
        gap = draw(st.sampled_from([[], [""]])) if lines else []
        lines += [*gap, *block]
    return lines


def table(*cells: str) -> list[str]:
    # The blank lines: to the scanner, tables are paragraphs, which may go on without the
    # indentation of a list; GitHub reads such lines as text that is no table.
    return ["text", "", "| a | b |", "| --- | :-: |", f"| {cells[0]} | {cells[1]} |", ""]


LEAVES = st.one_of(
    WORDS.map(lambda text: [text]),
    st.tuples(WORDS, WORDS).map(list),
    WORDS.map(lambda text: [f"### {text}"]),
    WORDS.map(lambda text: ["```python", "x = 1", "", f"    # {text}", "```"]),
    WORDS.map(lambda text: ["~~~", text, "~~~"]),
    st.tuples(WORDS, WORDS).map(lambda two: table(*two)),
)
DOCUMENTS = st.recursive(
    LEAVES,
    lambda blocks: st.one_of(list_of(blocks), quote_of(blocks), sequence_of(blocks)),
    max_leaves=12,
)


@settings(max_examples=400, deadline=None)
@given(DOCUMENTS)
def test_nested_blocks_are_shaped_as_on_github(lines):
    markdown = "\n".join(lines)
    assert shape(render(markdown)) == shape(github(markdown))


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(["*", "**", "***", "_", "__", "a", "中", " ", "，", "(", ")", "!", "`x`"]),
        min_size=1,
        max_size=10,
    ).map("".join)
)
def test_emphasis_is_found_where_github_finds_it(text):
    markdown = f"x {text} x"
    assert shape(render(markdown)) == shape(github(markdown))
