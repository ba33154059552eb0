"""Every code block of a card stands on its page, exactly as it is executed."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.site.highlight import highlight
from generator.site.markdown.render import RenderError, SectionRenderer
from tests.site.hubs import WORDING, render, section_of

FIGURE = re.compile(r'<figure class="code"(?: id="([^"]*)")?>(.*?)</figure>', re.DOTALL)
CODE = re.compile(r"<code>(.*?)</code>", re.DOTALL)


SCRAPS = [
    "```python", "```", "~~~", "  ```", "> ```py", "- ", "  - ", "> ", "x = 1", "    y", "<div>",
    "</div>", "<pre>", "<p>", "<table><tr><td>", "", "", "| a |", "# h", "*b",
]  # fmt: skip


def figures(html: str) -> list[tuple[str, str]]:
    return [
        (block_id, unescape(re.sub("<[^>]*>", "", CODE.search(body).group(1))))
        for block_id, body in FIGURE.findall(html)
    ]


def test_python_blocks_are_numbered_as_the_examples_that_run_are():
    html = render("```python\na\n```\n\n```bash\nb\n```\n\n- x\n  ```python3\n  c\n  ```\n")
    assert figures(html) == [("block-1", "a\n"), ("", "b\n"), ("block-2", "c\n")]


def test_the_language_is_named_and_an_unknown_one_is_harmless():
    html = render("```python3\nx\n```\n\n```<b>no-such\nif x < y\n```\n\n```\nplain\n```\n")
    assert re.findall("<figcaption>(.*?)</figcaption>", html) == ["Python", "&lt;b&gt;no-such"]
    assert "<code>if x &lt; y\n</code>" in html


def test_tokens_have_classes_and_no_styles():
    html = highlight("python", "def f():\n    return 'x'  # y\n")
    assert '<span class="k">def</span>' in html
    assert "style=" not in html


@pytest.mark.parametrize(
    "language",
    ["python", "python3", "bash", "console", "pycon", "json", "yaml", "c++", "diff", "x"],
)
@pytest.mark.parametrize(
    "code",
    ["\n\n  x = 1  \n\n\n", "\t<a href='&amp;'>\n", "$ ls\nout\n", "", ">>> 1\n1\n", "\\\n'\"\n"],
)
def test_highlighting_changes_no_character(language, code):
    assert unescape(re.sub("<[^>]*>", "", highlight(language, code))) == code


def test_blank_lines_around_code_do_not_keep_it_from_being_highlighted():
    assert highlight("python", "\n\nimport x\n\n\n").startswith(
        '\n\n<span class="kn">import</span>'
    )


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(SCRAPS),
        max_size=14,
    ).map("\n".join)
)
def test_blocks_are_shown_as_they_are_executed_or_the_card_is_refused(markdown):
    section = section_of(markdown)
    try:
        html = SectionRenderer().render(section, WORDING).html
    except RenderError:
        return
    number = 0
    expected = []
    for block in section.code_blocks:
        number += block.is_python
        expected.append((f"block-{number}" if block.is_python else "", block.code))
    assert sorted(figures(html)) == sorted(expected)


@pytest.mark.parametrize(
    "opening", ['<div title="', "<div><!--", "<div title='x", '<p><a href="javascript:']
)
def test_html_that_would_swallow_a_block_is_an_error_at_that_block(opening):
    section = section_of(f"{opening}\n\n```python\nx = 1\n```\n")
    with pytest.raises(RenderError) as caught:
        SectionRenderer().render(section, WORDING)
    assert caught.value.span.start.line == section.code_blocks[0].span.start.line


@pytest.mark.parametrize("tag", ["title", "xmp", "iframe", "plaintext", "noembed", "noframes"])
def test_an_unclosed_tag_that_ends_all_markup_swallows_nothing(tag):
    html = render(f"<{tag}>\n\n```python\nx = 1\n```\n")
    assert [code for _, code in figures(html)] == ["x = 1\n"]
    assert f"<{tag}" not in html
