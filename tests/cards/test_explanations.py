"""Every problem is explained in both languages, and the examples show what they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.cards.explanations import Example, explained_codes, load_explanations
from generator.cards.rules import all_rules
from generator.translating import language_of
from tests.cards.writing import HEAD, card_text, check, python

OTHER_CODES = {"E001", "E002", "E003", "E401", "E402"}
"""Those of settings, themes and pages, which are no rules for cards."""
EXPLANATIONS = load_explanations()
EXAMPLES = {
    code: item.example for code, item in EXPLANATIONS.items() if item.example.at != "elsewhere"
}
TOLD = {code: item.example for code, item in EXPLANATIONS.items() if item.example.at == "elsewhere"}
"""What it takes more for than a few lines: a file, other code, the network, the history."""


def test_every_rule_has_an_explanation_and_nothing_else_has() -> None:
    codes = [rule.code for rule in all_rules()]
    assert len(codes) == len(set(codes)) > 40
    assert set(EXPLANATIONS) == {*codes, *OTHER_CODES}
    assert explained_codes() == tuple(EXPLANATIONS)


@pytest.mark.parametrize("code", EXPLANATIONS)
def test_the_explanation_is_written_in_both_languages(code: str) -> None:
    english, chinese = EXPLANATIONS[code].text["en_US"], EXPLANATIONS[code].text["zh_CN"]
    assert english.endswith(".")
    assert english.isascii()
    assert chinese.endswith("。")


@pytest.mark.parametrize("code", TOLD)
def test_what_few_lines_can_not_show_is_told_by_two_texts(code: str) -> None:
    assert TOLD[code].wrong.strip() != TOLD[code].right.strip() != ""


@pytest.mark.parametrize("code", EXPLANATIONS)
def test_the_gist_is_a_whole_sentence(code: str) -> None:
    for language, end in (("en_US", "."), ("zh_CN", "。")):
        gist = EXPLANATIONS[code].gist(language)
        assert EXPLANATIONS[code].text[language].startswith(gist)
        assert gist.endswith(end)


@pytest.mark.parametrize("code", EXAMPLES)
def test_the_example_has_the_problem_before_and_not_after(code: str, tmp_path: Path) -> None:
    example = EXAMPLES[code]
    assert code in {found.code for found in check(card_with(example, example.wrong), tmp_path)}
    assert check(card_with(example, example.right), tmp_path) == []


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en_US"),
        ({"LANG": "zh_CN.UTF-8"}, "zh_CN"),
        ({"LANG": "zh_TW"}, "zh_CN"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en_US"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, "zh_CN"),
        ({"LANG": "de_DE.UTF-8", "LC_MESSAGES": "zh_CN"}, "zh_CN"),
    ],
)
def test_the_language_is_that_of_the_environment(
    environment: dict[str, str], language: str
) -> None:
    assert language_of(environment) == language


def card_with(example: Example, text: str) -> str:
    """A card that is valid but for `text`, put where the example belongs."""
    if example.at == "front-matter":
        key = text.partition(":")[0]
        old = next(line for line in HEAD.split("\n") if line.startswith(f"{key}:"))
        return card_text().replace(old, text, 1)
    if example.at == "sections":
        return f"{HEAD}{python('pass')}{text}\n"
    argument = {"sample": "sample", "section": "en", "chinese": "zh"}[example.at]
    return card_text(**{argument: f"{text}\n"})
