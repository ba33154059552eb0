"""What the head of a card must say, and how each fault in it is told."""

from __future__ import annotations

import pytest

from tests.cards.writing import HEAD, Finding, card_text, check, place_of


def found(tmp_path, old, new, code):
    """The one finding with this code when `old` in the head is `new`."""
    assert old in HEAD
    text = card_text().replace(old, new, 1)
    (finding,) = [item for item in check(text, tmp_path) if item.code == code]
    return text, finding


def test_the_head_that_these_tests_change_has_no_fault(tmp_path):
    assert check(card_text(), tmp_path) == []


@pytest.mark.parametrize(
    ("old", "new", "code", "marked", "says"),
    [
        ("title: A model", "title: [", "E203", None, ""),
        ("title: A model", "title: a\ntitle: b", "E204", "title: b", "title"),
        ("author:", "autor:", "E205", "autor", 'did you mean "author"'),
        ("author: Somebody\n", "", "E206", None, "author"),
        ("title: A model", "title: [a, b]", "E207", "[a, b]", "title"),
        ("title: A model", "title: 3", "E207", "3", "title"),
        ("title: A model", "title: ''", "E207", "''", "title"),
        ("title: A model", "title: null", "E207", "null", "title"),
        ("author: Somebody", "author: {a: b}", "E207", "{a: b}", "author"),
        ("tags: [vision]", "tags: vision", "E207", "vision", "tags: [vision, classification]"),
        ("tags: [vision]", "tags: [vision, 3]", "E207", "3]", ""),
        ("template: hub1", "template: hub2", "E208", "hub2", 'did you mean "hub1"'),
        ("[vision]", "[visoin]", "E209", "visoin", 'did you mean "vision"'),
        ("[vision]", "[vision, gan, vision]", "E210", "vision]", "second time"),
        ("en_US: A model}", "en_GB: A model}", "E211", "en_GB", "en_US"),
        ("zh_CN: 模型, ", "", "E212", "summary", "zh_CN"),
        ("https://github.com/owner/name", "ftp://a/b", "E213", "ftp://a/b", "https://"),
        ("https://github.com/owner/name", "https:// a", "E213", "https:// a", "address"),
        ("https://github.com/owner/name", "https://a:b/", "E213", "https://a:b/", "address"),
        ("https://github.com/owner/name", "javascript:alert(1)", "E213", "javascript", "address"),
    ],
)
def test_a_fault_is_told_at_its_place_with_what_to_do(tmp_path, old, new, code, marked, says):
    text, finding = found(tmp_path, old, new, code)
    assert says in finding.text
    if marked:
        assert finding.place == place_of(text, marked)


def test_a_card_without_a_head_is_told_how_to_begin(tmp_path):
    first, *_ = check(card_text().removeprefix("---\n"), tmp_path)
    assert (first.code, first.place) == ("E201", "1:1")
    assert "---" in first.text


def test_a_head_that_never_ends_is_told_where_it_begins(tmp_path):
    text = card_text().replace("name\n---\n", "name\n")
    assert [(item.code, item.place) for item in check(text, tmp_path)] == [("E202", "1:1")]


def test_all_faults_are_told_at_once_in_the_order_of_the_source(tmp_path):
    text = card_text().replace("hub1", "hub9").replace("[vision]", "[a, b]")
    text = text.replace("https://", "")
    assert [item.code for item in check(text, tmp_path)] == ["E208", "E209", "E209", "E213"]


@pytest.mark.parametrize(
    "value",
    [
        "!!python/object/apply:os.system ['true']",
        "!!binary aGk=",
        "*nothing",
        "&a [*a]",
        "{" * 40 + "}" * 40,
        "[" * 5_000,
        "\t- a",
        "'unclosed",
        "? [complex, key]\n: b",
        "2026-01-01: 3",
        "\x85",
        "a: b: c",
        "%TAG ! x",
        "---\nb",
        "0" * 10_000,
        "<<: {a: b}",
    ],
)
def test_strange_yaml_is_a_fault_like_any_other(tmp_path, value):
    findings = check(card_text().replace("A model\n", f"{value}\n", 1), tmp_path)
    assert findings
    assert all(isinstance(item, Finding) for item in findings)


def test_aliases_that_would_grow_without_bound_are_refused(tmp_path):
    bomb = "a: &a [x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(20)
    )
    findings = check(card_text().replace("title:", f"{bomb}title:"), tmp_path)
    assert "E203" in [item.code for item in findings]


def test_odd_but_good_heads_are_accepted(tmp_path):
    text = card_text().replace(
        "summary: {zh_CN: 模型, en_US: A model}",
        "summary:\n    zh_CN: 模型\n    en_US: >-\n      A\n      model",
    )
    text = text.replace("tags: [vision]", "tags:\n- vision\n- gan")
    spaces = text.replace("---\n", "---  \n").replace("vision\n", "vision   \n")
    assert [item.code for item in check(spaces, tmp_path)] == ["E740"] * 3
    assert check(text, tmp_path) == []
    assert check("\ufeff" + text.replace("\n", "\r\n"), tmp_path) == []
    assert check(text.replace("\n", "\r"), tmp_path) == []
