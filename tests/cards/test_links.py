"""Where the links of a section lead to, and where that stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.cards.model import LinkKind
from tests.cards.writing import card_of, card_text


def links(markdown: str):
    return card_of(card_text(zh=markdown)).sections[0].links


@pytest.mark.parametrize(
    ("markdown", "kind", "targets"),
    [
        ("[a](https://x.example)", LinkKind.INLINE, ["https://x.example"]),
        ("[a](<https://x.example/a b> 'title')", LinkKind.INLINE, ["https://x.example/a b"]),
        ("[a](b(c)d)", LinkKind.INLINE, ["b(c)d"]),
        ("[a\nb](c)", LinkKind.INLINE, ["c"]),
        ("![a](b.png)", LinkKind.IMAGE, ["b.png"]),
        ("[![a](b.png)](c)", None, ["b.png", "c"]),
        ("<https://x.example/>", LinkKind.AUTOLINK, ["https://x.example/"]),
        ("see https://x.example/a.", LinkKind.AUTOLINK, ["https://x.example/a"]),
        ("(https://x.example/a_(b))", LinkKind.AUTOLINK, ["https://x.example/a_(b)"]),
        ("www.example.org, yes", LinkKind.AUTOLINK, ["www.example.org"]),
        ("[a][r]\n\n[r]: https://x.example", LinkKind.DEFINITION, ["https://x.example"]),
        ('<a href="https://x.example">a</a>', LinkKind.HTML, ["https://x.example"]),
        ("<div>\n<img src='a.png'>\n</div>", LinkKind.HTML, ["a.png"]),
        ("| [a](b) | c |\n| - | - |\n| d | [e](f) |", LinkKind.INLINE, ["b", "f"]),
        ("- [a](b)\n  > [c](d)", LinkKind.INLINE, ["b", "d"]),
        ("# [a](b)", LinkKind.INLINE, ["b"]),
    ],
)
def test_links_are_found_in_the_order_of_the_source(markdown, kind, targets):
    found = links(markdown)
    assert [link.target for link in found] == targets
    if kind:
        assert {link.kind for link in found} == {kind}


@pytest.mark.parametrize(
    "markdown",
    [
        "`[a](b)`",
        "```text\n[a](b)\n```",
        r"\[a](b)",
        "[a] (b)",
        "[^1]\n\n[^1]: note",
        "xhttps://x.example",
        "<!-- [a](b) -->",
        "    [a](b)",
    ],
)
def test_what_is_no_link_is_none(markdown):
    assert links(markdown) == ()


@given(st.text(alphabet="[]()<>!`\\ahtps:/.w\n'\"", max_size=80))
def test_each_target_stands_where_it_is_said_to(text):
    card = card_of(card_text(zh=f"x\n\n{text}\n\nx"))
    lines = card.text.split("\n")
    for link in card.sections[0].links:
        span = link.span
        assert span.start.line == span.end.line
        shown = lines[span.start.line - 1][span.start.column - 1 : span.end.column - 1]
        assert shown == link.target
