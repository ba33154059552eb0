"""What the body of a card must have, each fault and what only looks like one."""

from __future__ import annotations

import pytest

from tests.cards.writing import HEAD, card_text, check, place_of, python

GOOD = card_text()
FENCE = python("pass")


def codes(text, tmp_path):
    return [(item.code, item.place) for item in check(text, tmp_path)]


@pytest.mark.parametrize(
    ("old", "new", "code", "marked"),
    [
        (FENCE, "", "E301", "<!-- section: zh_CN"),
        (FENCE, FENCE + "\n" + FENCE.replace("pass", "x = 1"), "E302", "```python\nx = 1"),
        (FENCE, "Some text.\n\n" + FENCE, "E303", "Some text."),
        (FENCE, FENCE + "\n---\n", "E303", "---\n<!-- section: zh_CN"),
        (FENCE, FENCE + "\n# Title\n", "E303", "# Title"),
        ("English.", "```text\nopen", "E304", "```text"),
        ("<!-- section: en_US -->", "<!-- section en_US -->", "E305", "<!-- section en_US"),
        ("<!-- section: en_US -->", "> <!-- section: en_US -->", "E305", "<!-- section: en_US"),
        ("section: en_US", "section: en_UK", "E306", "<!-- section: en_UK"),
        ("section: en_US", "section: zh_CN", "E307", None),
        ("English.", "> " * 40 + "deep", "E309", None),
        ("```python", "```text", "E310", "text"),
        ("```python", "```", "E310", None),
        ("English.", "  \n\n", "E311", "<!-- section: en_US"),
        ("<!-- section: en_US -->\nEnglish.", "", "E312", "A model}"),
        (", en_US: A model", "", "E313", "<!-- section: en_US"),
    ],
)
def test_a_fault_of_the_body_is_told_where_it_is(tmp_path, old, new, code, marked):
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    found = dict(codes(text, tmp_path))
    assert code in found
    if marked:
        assert found[code] == place_of(text, marked)


def test_a_required_section_that_is_missing_is_named(tmp_path):
    text = GOOD.replace("section: zh_CN", "section: en_US").replace(
        "<!-- section: en_US -->\nEnglish.", ""
    )
    findings = {item.code: item.text for item in check(text, tmp_path)}
    assert "<!-- section: zh_CN -->" in findings["E308"]


@pytest.mark.parametrize(
    "english",
    [
        "```html\n<!-- section: fr_FR -->\n```",
        "- list\n\n  ```python\n  pass\n  ```",
        "a\n\n---\n\nb",
        "| a | b |\n| - | - |\n| c | d |",
        "a | b\n- | -\nc | d",
        "`<!-- section: x -->` in code",
        "<details>\n\ntext\n\n</details>",
        "<!-- a comment about the section -->\ntext",
        "~~~\ntilde\n~~~   ",
        "a  \nb  ",
        "> quote\n> ```\n> code\n> ```",
        "Section: en_US",
        "[^1]\n\n[^1]: note",
    ],
)
def test_what_github_accepts_is_accepted(tmp_path, english):
    # The other language has the same code, so that only the form is judged.
    text = card_text(zh=english, en=english)
    style = "E740"
    assert [code for code, _ in codes(text, tmp_path) if code != style] == []


def test_text_before_everything_is_no_front_matter(tmp_path):
    (first, _), *_ = codes("\n" + HEAD + FENCE, tmp_path)
    assert first == "E201"
