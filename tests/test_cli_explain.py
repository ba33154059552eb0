"""`hubcards explain` tells more of a code, in the user's language."""

from __future__ import annotations

from pathlib import Path

from tests.authoring.hubs import SITE, write_hub
from tests.test_cli import hubcards


def test_a_code_is_explained_with_an_example() -> None:
    result = hubcards("explain", "E320", LC_ALL="C")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith("E320 (error)\nIt is checked that each attribute")
    assert "    ```python compile-onyl\n" in result.stdout


def test_it_is_told_in_chinese_where_the_environment_is_chinese() -> None:
    result = hubcards("explain", "e512", LC_ALL="zh_CN.UTF-8")
    text, _, examples = result.stdout.partition("\n\n不要写\n")
    assert text == "E512 (警告)\n\n没有卡片提到的模型，没有人会发现。"
    wrong, _, rest = examples.partition("\n\n应写\n")
    assert "resnet34" in wrong
    assert rest.endswith("\n\nhttps://megengine.github.io/models/zh-CN/guide/check-e512.html\n")


def test_outside_of_a_hub_no_guide_is_named(tmp_path: Path) -> None:
    result = hubcards("explain", "e512", cwd=tmp_path, LC_ALL="C")
    assert (result.returncode, result.stderr) == (0, "")
    assert "http" not in result.stdout


def test_the_level_is_that_of_the_hub_beside_the_usual_one(tmp_path: Path) -> None:
    write_hub(tmp_path / "hub", f"{SITE}checks: {{E714: error, E711: off}}\n")
    for code, chinese, english in (
        ("E714", "本中心：错误，默认：警告", "error in this hub, warning by default"),
        ("E711", "本中心：关闭，默认：警告", "off in this hub, warning by default"),
        ("E712", "警告", "warning"),
    ):
        for locale, level in (("zh_CN.UTF-8", chinese), ("C", english)):
            told = hubcards("explain", code, cwd=tmp_path / "hub", LC_ALL=locale).stdout
            assert told.startswith(f"{code} ({level})\n")


def test_white_space_at_the_ends_of_lines_is_seen() -> None:
    told = hubcards("explain", "E740", LC_ALL="C").stdout
    before, _, after = told.partition("\nwrite\n")
    assert "    文字·\n" in before
    assert "·" not in after


def test_what_is_like_no_code_leads_to_the_list_of_codes() -> None:
    told = hubcards("explain", "foo", LC_ALL="C").stderr
    address = "https://megengine.github.io/models/en-US/guide/checks.html"
    assert told == f'hubcards: there is no code "foo"; they are listed at {address}\n'


def test_an_unknown_code_leads_to_the_nearest() -> None:
    result = hubcards("explain", "E3200")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == 'hubcards: there is no code "E3200"; did you mean "E320"?\n'


def test_what_is_no_code_is_shown_harmlessly() -> None:
    result = hubcards("explain", "\x1b[31m")
    assert result.returncode == 2
    assert "\x1b" not in result.stderr
