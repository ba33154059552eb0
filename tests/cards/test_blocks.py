"""Which lines are code, and which are headings, as GitHub sees them."""

from __future__ import annotations

import html
import re
import textwrap

import pytest
from cmarkgfm import cmark, markdown_to_html
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.cards.blocks import scan_lines
from generator.cards.document import take_apart
from generator.cards.model import LineKind

_PRE = re.compile(
    r'<pre data-sourcepos="(\d+):\d+-\d+:\d+"><code[^>]*>(.*?)</code></pre>', re.DOTALL
)
_HEADING = re.compile(r'<h([1-6]) data-sourcepos="(\d+):')

# Nothing is indented by four: the oracle does not tell indented code from a fence's.
PIECES = st.sampled_from(
    [
        *("```", "````", "~~~", "```python", "  ```", "```not`a fence"),
        *("- ", "- a", "  b", "1. ", "2) c", "> ", "> d", ">", "* * *", "---", "==="),
        *("# h", "####### no", "#no", "text", "", "", "<div>", "</div>"),
        *("<!-- c -->", "<!-- open", "-->", "<!-- section: zh_CN -->", "- ```", "  ~~~", "> ~~~"),
    ]
)
TEXTS = st.lists(st.tuples(st.sampled_from(["", "", " ", "- ", "> "]), PIECES), max_size=14)


def by_github(text: str) -> tuple[list[tuple[int, str]], list[tuple[int, int]]]:
    options = cmark.Options.CMARK_OPT_SOURCEPOS | cmark.Options.CMARK_OPT_UNSAFE
    rendered = markdown_to_html(text, options)
    fences = [(int(line), html.unescape(code)) for line, code in _PRE.findall(rendered)]
    headings = [(int(line), int(level)) for level, line in _HEADING.findall(rendered)]
    return fences, headings


def by_us(text: str) -> tuple[list[tuple[int, str]], list[tuple[int, int]]]:
    # A section comment would end the preamble; to the scanner it is HTML like any other.
    section = take_apart("x.md", "\n" + text.replace("section", "sektion")).preamble
    fences = [(block.span.start.line - 1, block.code) for block in section.code_blocks]
    return fences, [(item.span.start.line - 1, item.level) for item in section.headings]


@settings(max_examples=1500, deadline=None)
@given(TEXTS)
def test_fences_and_headings_are_those_that_github_sees(pieces):
    text = "\n".join([*(indent + piece for indent, piece in pieces), "end"])
    ours, theirs = by_us(text), by_github(text)
    assert ours[0] == [(line, code.replace("section", "sektion")) for line, code in theirs[0]]
    assert [line for line, _ in ours[1]] == [line for line, _ in theirs[1]]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("```\na\n```", ["a\n"]),
        ("~~~\n```\n~~~", ["```\n"]),
        ("````\n```\nin\n```\n````", ["```\nin\n```\n"]),
        ("- item\n\n  ```\n  a\n    b\n  ```\n", ["a\n  b\n"]),
        ("1. ```\n   a\n   ```\n2. b", ["a\n"]),
        ("> ```\n> a\nb", ["a\n"]),
        ("   ```\n   a\n  b\n   ```", ["a\nb\n"]),
        ("    ```\n    a\n", []),
        ("text\n    ```\n", []),
        ("```\nnever closed\n\n# no heading", ["never closed\n\n# no heading\n"]),
        ("<!--\n```\nno\n```\n-->\n```\nyes\n```", ["yes\n"]),
        ("```\n```\n```\n```", ["", ""]),
        ("``` a`b\nno\n", []),
        ("-\t```\n\ta\n\t```", ["a\n"]),
    ],
)
def test_the_code_of_fences_has_no_marks_of_what_they_stand_in(text, code):
    assert [block.code for block in take_apart("x", "\n" + text).preamble.code_blocks] == code
    if code:
        assert [found for _, found in by_github(text)[0]] == code


@given(st.text(alphabet="`~->#*=_<!/ \t\nab1.)\u00e9中", max_size=120))
def test_every_line_is_told_once_in_order(text):
    lines = text.split("\n")
    scanned = scan_lines(lines, 1)
    assert [line.number for line in scanned] == list(range(1, len(lines) + 1))
    for line, source in zip(scanned, lines, strict=True):
        expanded = source.expandtabs(4)
        assert line.content.strip() in expanded or line.content.strip() in source


def test_nesting_without_end_is_read_in_time_that_grows_with_the_text():
    for mark in ("> ", "- ", "1. "):
        deep = scan_lines([mark * 5_000 + "x"] * 20, 1)
        assert max(len(line.containers) for line in deep) <= 32


def test_a_section_comment_in_code_is_code():
    text = textwrap.dedent("""
        <!-- section: zh_CN -->
        ```html
        <!-- section: en_US -->
        ```
        <!--
        <!-- section: en_US -->

        - <!-- section: en_US -->
    """)
    document = take_apart("x.md", text)
    assert [section.language for section in document.sections] == ["zh_CN"]
    (block,) = document.sections[0].code_blocks
    assert block.code == "<!-- section: en_US -->\n"


@pytest.mark.parametrize(
    "comment",
    [
        "<!-- section: zh_CN -->",
        "<!--section:zh_CN-->",
        "  <!--   section :  zh_CN   -->  ",
        "<!-- SECTION: zh_CN -->",
    ],
)
def test_a_section_comment_may_have_odd_spacing(comment):
    (section,) = take_apart("x.md", f"---\n---\n{comment}\ntext").sections
    assert (section.language, section.span.start.line) == ("zh_CN", 3)


def test_setext_headings_and_rules_are_told_apart():
    kinds = [line.kind for line in scan_lines(["a", "---", "", "---", "b", "==="], 1)]
    assert kinds == [
        LineKind.TEXT,
        LineKind.SETEXT_UNDERLINE,
        LineKind.BLANK,
        LineKind.THEMATIC_BREAK,
        LineKind.TEXT,
        LineKind.SETEXT_UNDERLINE,
    ]
