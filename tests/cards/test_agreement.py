"""Readers of every language get the same program; where they don't, authors are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cards.writing import card_text, check, place_of, python


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("x = 1  # 一", "x = 1  # one"),
        ("# 先\nx = 1", "x   =  (1)\n\n"),
        ("print('类别')", "print('class')"),
        ("n = 1\nprint(f'类别 {n:3d}')", "n = 1\nprint(f'the class is {n:3d}')"),
        ("a = b = 1\nprint(f'{a} 的 {b}')", "a = b = 1\nprint(f'{b} of {a}')"),
        ('x = "a"', "x = 'a'"),
    ],
)
def test_comments_white_space_and_texts_may_differ(tmp_path: Path, zh: str, en: str) -> None:
    assert check(card_text("pass", python(zh), python(en)), tmp_path) == []


@pytest.mark.parametrize(
    ("zh", "en", "there", "here"),
    [
        ("x = 1\ny = 2\n", "x = 1\n# more\ny = 3\n", "y = 2", "3\n```"),
        ("x = 1", "x = 1\ny = 2", "x = 1", "y = 2"),
        ("x = [\n  1,\n  2,\n]", "x = [\n  1,\n  20,\n]", "  2,", "20,"),
        ("n = 1\nprint(f'类 {n}')", "n = 1\nprint(f'class {n + 1}')", "print", "f'class"),
        ("x = 'a.jpg'", "x = 'b.jpg'", "x = 'a", "'b.jpg'"),
        ("import os", "import sys", "import os", "import sys"),
        ("x = 1\nx += 1", "x = 1\nx -= 1", "x += 1", "x -= 1"),
        ("x = True", "x = 1", "x = True", "1\n```\n"),
        (
            "if 1:\n    x = 1",
            "if 1:\n    x = 1\nelse:\n    x = 2",
            "if 1",
            "if 1:\n    x = 1\nelse",
        ),
    ],
)
def test_the_first_difference_is_told_at_its_place(
    tmp_path: Path, zh: str, en: str, there: str, here: str
) -> None:
    text = card_text("pass", python(zh), python(en))
    (problem,) = check(text, tmp_path)
    section = text.index("section: en_US")
    before = text[: text.index(here, section)]
    assert problem.code == "E520"
    if "\ny = 2" not in en:
        assert problem.place == f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"
    assert f"zh_CN in line {place_of(text, there).split(':')[0]} " in problem.text


def test_code_that_is_in_one_language_only_is_told(tmp_path: Path) -> None:
    both, more = python("x = 1"), python("y = 2")
    missing = card_text("pass", f"{both}\n{more}", both)
    (problem,) = check(missing, tmp_path)
    assert (problem.code, problem.place) == ("E520", place_of(missing, "<!-- section: en_US"))
    added = card_text("pass", both, f"{both}\n{more}")
    (problem,) = check(added, tmp_path)
    assert (problem.code, problem.place) == ("E520", place_of(added, "python\ny = 2"))


def test_other_attributes_are_a_difference_but_not_another_reason(tmp_path: Path) -> None:
    code = "x = 1"
    reasons = card_text("pass", python(code, 'skip="太大"'), python(code, 'skip="too big"'))
    assert check(reasons, tmp_path) == []
    text = card_text("pass", python(code), python(code, "timeout=3"))
    (problem,) = check(text, tmp_path)
    assert (problem.code, problem.place) == ("E520", place_of(text, "python timeout=3"))


@pytest.mark.parametrize(
    ("zh", "en", "told"),
    [
        ("x  = 1", "x = 1", "en_US"),
        ("x = 1 ", "x = 1", "zh_CN"),
        ("if 1:\n\tx = 1\n    # a", "if 1:\n    x = 1\n    # a", "zh_CN"),
        ("x = 1", "x = 1 ", "en_US"),
        ("y = 1 \nx = 1", "y  = 1\nx = 1 ", "en_US"),
    ],
)
def test_untidy_code_is_told_and_otherwise_that_of_the_language_that_may_be_missing(
    tmp_path: Path, zh: str, en: str, told: str
) -> None:
    text = card_text("pass", f"```python\n{zh}\n```", f"```python\n{en}\n```")
    (problem,) = [item for item in check(text, tmp_path) if item.code == "E521"]
    section = text.index(f"section: {told}")
    line = text[: text.index("```python", section)].count("\n") + 2
    assert problem.place == f"{line}:1"


def test_the_required_language_is_copied_wherever_it_stands(tmp_path: Path) -> None:
    text = card_text("pass", python("x = 1"), python("x  = 1"))
    swapped = text.replace("zh_CN -->", "xx -->").replace("section: en_US", "section: zh_CN")
    swapped = swapped.replace("xx -->", "en_US -->")
    (problem,) = check(swapped, tmp_path)
    assert (problem.code, problem.place) == ("E521", place_of(swapped, "x = 1\n"))


def test_other_languages_than_python_are_not_compared_as_programs(tmp_path: Path) -> None:
    found = check(card_text("pass", "```console\n$ 一\n```", "nothing"), tmp_path)
    assert [item.code for item in found] == ["E602"]
