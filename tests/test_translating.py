"""The command speaks the language of its user."""

from __future__ import annotations

import argparse
import ast
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.cards.catalog import read_catalog
from generator.cards.explanations import load_explanations
from generator.linkcheck.answers import State
from generator.linkcheck.command import ANSWERS
from generator.translating import CHINESE, ENGLISH, diagnostics_in, load_catalogue, translated
from tests.cards.test_explanations import EXAMPLES, card_with
from tests.cards.writing import settings
from tests.messages_in_source import SAMPLE, Message, messages
from tests.test_cli import hubcards

ROOT = Path(__file__).parents[1]
CATALOGUE = load_catalogue(CHINESE)
PLACE = re.compile(r"\{(\w+)(?::\w+)?\}")
HAN = re.compile("[\u4e00-\u9fff]")
COMMANDS = ["build", "serve", "check", "explain", "test", "runtime", "mirror", "new", "list"]
COMMANDS += ["show", "schema", "completion"]


PUT_TOGETHER = {
    "7 is hard to read on the 7 page: its contrast is 7",
    "--7: 7; for example: 7",
    'unknown 7 "7"; 7',
    "the row has 7, the header of its table 7",
}
"""What is nothing without its parts, which are in the catalogue in each way that there is."""


def told() -> list[Message]:
    """The messages in the source, once each; what has no words is none."""
    found = {message.text: message for message in messages()}
    return [item for text, item in found.items() if " " in text and re.search("[a-z]{3}", text)]


def texts_in_the_source() -> list[str]:
    files = [*ROOT.glob("generator/**/*.py"), Path(argparse.__file__)]
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in files)
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


@pytest.mark.parametrize("message", told(), ids=lambda message: message.place)
def test_each_message_in_the_source_is_in_the_catalogue(message: Message) -> None:
    if message.text in PUT_TOGETHER:
        return
    own = translated(message.text, CHINESE)
    assert HAN.search(own), message.text
    # Names of code and of commands are as they are; four words are a sentence.
    words = re.sub(r'"[^"]*"|`[^`]*`', "", own)
    assert not re.search(r"([a-z]{2,} ){3}[a-z]{2,}", words), own


def test_messages_are_found_in_the_source_in_each_way_that_they_are_written() -> None:
    texts = {message.text for message in messages()}
    assert {
        "this one is needed",
        f"{SAMPLE} is not a whole number above 0",
        f"the text in {SAMPLE} (line {SAMPLE}) changed after this one, and is not committed",
        f"the text in {SAMPLE} (line {SAMPLE}) changed after this one, in commit {SAMPLE}",
        "add metrics: to the front matter",
    } <= texts
    assert any(text.startswith(f'"{SAMPLE}" names no repository; write owner') for text in texts)
    assert len(texts) > 300


def test_what_stands_around_code_in_a_list_is_told_in_chinese() -> None:
    text = "3 in `(H x W x 3)`, ResNet 5 in `a, b`, 7 and 2 more of line 4 (zh_CN) is not said here"
    own = "`(H x W x 3)` 里的 3, `a, b` 里的 ResNet 5, 7 等 2 处"
    assert translated(text, CHINESE) == f"第 4 行（zh_CN）的 {own} 在这里没有提到"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "缺少参数：COMMAND"),
        (("check", "--format", "x"), "参数 --format：不能是 'x'（可选："),
        (("build", "--jobs", "0"), "参数 --jobs：'0' 不是大于 0 的整数"),
        (("build", "--base-url", "x"), "参数 --base-url：'x' 不是 http 或 https 地址"),
        (("check", "--foo"), "未知的参数：--foo"),
        (("mirror", "--keep", "a", "--forget", "b"), "参数 --forget：不能与 --keep 同用"),
    ],
)
def test_what_is_wrong_with_the_arguments_is_told_in_chinese(
    arguments: tuple[str, ...], told: str
) -> None:
    result = hubcards(*arguments, LC_ALL="zh_CN.UTF-8")
    assert result.returncode == 2
    assert result.stderr.startswith("用法: hubcards")
    assert f": 错误：{told}" in result.stderr


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
    own = [line for line in english.splitlines() if len(line.split()) > 6 and "[" not in line]
    assert HAN.search(chinese)
    assert [line for line in own if line in chinese] == []
    assert chinese.startswith("用法: hubcards")
    assert "show this help" not in chinese


def test_all_codes_are_explained_in_the_languages_of_the_command() -> None:
    assert all(set(item.text) == {CHINESE, ENGLISH} for item in load_explanations().values())


@pytest.mark.parametrize("state", ANSWERS)
def test_what_became_of_a_link_is_told_in_chinese(state: State) -> None:
    _, message, hint = ANSWERS[state]
    for text in (message, hint):
        assert HAN.search(translated(text.format(detail="https://example.org/new"), CHINESE))
