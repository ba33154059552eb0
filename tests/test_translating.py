"""The command speaks the language of its user."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.cards.catalog import read_catalog
from generator.cards.explanations import load_explanations
from generator.translating import CHINESE, ENGLISH, diagnostics_in, load_catalogue, translated
from tests.cards.test_explanations import EXAMPLES, card_with
from tests.cards.writing import settings
from tests.test_cli import hubcards

ROOT = Path(__file__).parents[1]
CATALOGUE = load_catalogue(CHINESE)
PLACE = re.compile(r"\{(\w+)(?::\w+)?\}")
HAN = re.compile("[\u4e00-\u9fff]")
COMMANDS = ["build", "serve", "check", "explain", "test", "runtime", "mirror", "new", "list"]
COMMANDS += ["show", "schema", "completion"]


def texts_in_the_source() -> list[str]:
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in ROOT.glob("generator/**/*.py"))
    nodes = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return [node.value for node in nodes if isinstance(node.value, str)]


SOURCE = "\0".join(texts_in_the_source())


def without_doubled_braces(text: str) -> str:
    return text.replace("{{", "\1").replace("}}", "\2")


@pytest.mark.parametrize("english", CATALOGUE)
def test_an_entry_is_for_a_message_that_there_is(english: str) -> None:
    # Many are put together of parts: it is their words that must be there.
    words = re.findall("[a-z]{3,}", PLACE.sub(" ", english))
    assert [word for word in words if word not in SOURCE] == []


@pytest.mark.parametrize("english", CATALOGUE)
def test_an_entry_is_chinese_and_names_nothing_that_it_is_not_given(english: str) -> None:
    own = CATALOGUE[english]
    assert HAN.search(own) or "：" in own or "；" in own or english == "id"
    given, wanted = (set(PLACE.findall(without_doubled_braces(text))) for text in (english, own))
    assert wanted <= given


@pytest.mark.parametrize("code", EXAMPLES)
def test_each_problem_is_told_in_chinese(code: str, tmp_path: Path) -> None:
    path = tmp_path / "card.md"
    path.write_text(card_with(EXAMPLES[code], EXAMPLES[code].wrong), encoding="utf-8")
    found = read_catalog([path], settings()).diagnostics
    assert code in {item.code for item in found}
    for item in diagnostics_in(CHINESE, found):
        assert HAN.search(item.message), item.message
        assert HAN.search(item.hint), item.hint
    assert diagnostics_in(ENGLISH, found) == found


@given(st.text())
def test_what_a_card_says_stays_as_it_is(value: str) -> None:
    assert translated(f'unknown tag "{value}"', CHINESE) == f"未知的标签“{value}”"


@pytest.mark.parametrize("piece", [" in line ", ", ", "; ", '" ', "x"])
def test_long_texts_of_cards_are_not_searched_for_ever(piece: str) -> None:
    for text in (piece * 150, f"{piece * 100000} (en_US)"):
        assert translated(f"{text} stands here", CHINESE).count(piece) >= text.count(piece)


@given(st.text())
def test_whatever_is_said_can_be_said_in_chinese(text: str) -> None:
    assert isinstance(translated(text, CHINESE), str)
    assert translated(text, ENGLISH) == text


def test_a_report_is_in_the_language_of_the_environment(tmp_path: Path) -> None:
    path = tmp_path / "net.md"
    path.write_text("# no card\n", encoding="utf-8")
    chinese = hubcards("check", str(path), LC_ALL="zh_CN.GBK")
    assert "错误[E201]：卡片没有文件头" in chinese.stdout
    assert "\n  建议：文件请以一行 ---" in chinese.stdout
    assert re.search(r"\n已检查 1 张卡片：\d 个错误，0 个警告\n$", chinese.stdout)
    english = hubcards("check", str(path), LC_ALL="C", LANG="zh_CN.UTF-8")
    assert "error[E201]: the card has no front matter" in english.stdout
    assert "建议" not in english.stdout


def test_what_is_for_programs_is_english_everywhere(tmp_path: Path) -> None:
    path = tmp_path / "net.md"
    path.write_text("# no card\n", encoding="utf-8")
    for form in ("json", "sarif"):
        chinese = hubcards("check", str(path), "--format", form, LC_ALL="zh_CN.UTF-8").stdout
        english = hubcards("check", str(path), "--format", form, LC_ALL="C").stdout
        assert chinese.replace("/zh-CN/", "/en-US/") == english


def test_wrong_usage_is_told_in_chinese() -> None:
    result = hubcards("show", "megengine_vision_resent", LC_ALL="zh_CN.UTF-8")
    told = "没有卡片“megengine_vision_resent”；是不是“megengine_vision_resnet”？"
    assert (result.returncode, result.stderr) == (2, f"hubcards: {told}\n")


def test_an_option_that_is_refused_is_told_in_chinese_with_all_its_parts() -> None:
    wrong = '"(" is never closed; remove it, or write the other one'
    own = "“(”没有结束；请删除，或补上另一个"
    assert translated(f"--title: {wrong}; for example: (a)", CHINESE) == (
        f"--title：{own}；例如：(a)"
    )
    assert translated(f"--title: {wrong}", CHINESE) == f"--title：{own}"
    assert translated(wrong, CHINESE) == own


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_each_command_is_told_in_chinese(command: str) -> None:
    chinese = hubcards(command, "--help", LC_ALL="zh_CN.UTF-8").stdout
    english = hubcards(command, "--help", LC_ALL="C").stdout
    # Usage, and what argparse says itself, are as they are.
    own = [line for line in english.splitlines() if len(line.split()) > 6 and "[" not in line]
    assert HAN.search(chinese)
    assert [line for line in own if line in chinese and "show this help" not in line] == []


def test_all_codes_are_explained_in_the_languages_of_the_command() -> None:
    assert all(set(item.text) == {CHINESE, ENGLISH} for item in load_explanations().values())
