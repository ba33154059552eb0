"""What a maintainer can rely on when writing `site/site.yaml`."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.config import Settings, SettingsError, load_settings
from generator.diagnostics import as_text
from generator.levels import Level

VALID = """\
title: {zh_CN: 模型中心, en_US: Model Hub}
description: {zh_CN: 模型, en_US: Models}
base-url: https://example.org/hub
repository: https://github.com/example/hub
languages:
  - {code: zh_CN, name: 简体中文, required: true}
  - {code: en_US, name: English}
tags:
  vision: {zh_CN: 视觉, en_US: Vision}
runtimes:
  small: {python: "3.10", requirements: requirements.txt}
default-runtime: small
"""


def load(tmp_path: Path, text: str) -> Settings:
    (tmp_path / "site").mkdir(exist_ok=True)
    (tmp_path / "site" / "site.yaml").write_text(text, encoding="utf-8")
    return load_settings(tmp_path)


def problems(tmp_path: Path, text: str) -> list[tuple[int, int, str, str]]:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, text)
    return [
        (item.span.start.line, item.span.start.column, item.message, item.hint)
        for item in caught.value.diagnostics
    ]


def test_valid_settings_are_typed(tmp_path: Path) -> None:
    settings = load(tmp_path, VALID)
    assert [language.tag for language in settings.languages] == ["zh-CN", "en-US"]
    assert [language.code for language in settings.required_languages] == ["zh_CN"]
    assert settings.base_url == "https://example.org/hub/"
    assert settings.time_limit == 120
    assert settings.mirror.repositories == ()


def test_third_language_is_only_settings(tmp_path: Path) -> None:
    text = VALID.replace("en_US: Model Hub", "en_US: Model Hub, ja_JP: モデルハブ")
    text = text.replace("en_US: Models", "en_US: Models, ja_JP: モデル")
    text = text.replace("en_US: Vision", "en_US: Vision, ja_JP: 画像")
    text = text.replace("tags:\n", "  - {code: ja_JP, name: 日本語}\ntags:\n")
    assert [language.tag for language in load(tmp_path, text).languages][-1] == "ja-JP"


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "message", "hint"),
    [
        ("base-url:", "base-ulr:", 3, 1, 'unknown key "base-ulr"', 'did you mean "base-url"?'),
        (
            "https://example.org/hub",
            "example.org",
            3,
            11,
            "base-url is not written as it should be",
            "write the address of the site, as in https://example.org/hub/",
        ),
        ("required: true", "required: maybe", 6, 41, "must be true or false", "write it"),
        ('"3.10"', "3.10", 11, 19, "runtimes.small.python must be text", 'as in "3.10"'),
        (
            "default-runtime: small",
            "default-runtime: smal",
            12,
            18,
            'there is no runtime "smal"',
            'did you mean "small"?',
        ),
        (", en_US: Vision", "", 9, 3, "tags.vision has no text in en_US", "add en_US: …"),
        ("en_US: Models", "en_US: Models, fr: M", 2, 41, 'unknown language "fr"', "known: zh_CN"),
        (", required: true", "", 5, 1, "no language is required", "add required: true"),
        ("code: en_US", "code: zh_CN", 7, 12, "the language zh_CN stands here twice", "keep one"),
        ("title: {", "title: [", 1, 38, "this is not YAML", "check the indentation"),
    ],
)
def test_each_mistake_has_its_place_and_remedy(
    tmp_path: Path, old: str, new: str, line: int, column: int, message: str, hint: str
) -> None:
    assert old in VALID
    found = problems(tmp_path, VALID.replace(old, new, 1))
    matching = [item for item in found if message in item[2]]
    assert matching, found
    assert matching[0][:2] == (line, column), matching
    assert hint in matching[0][3]


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = VALID.replace("base-url:", "base-ulr:").replace('"3.10"', "3")
    found = [message for _, _, message, _ in problems(tmp_path, text)]
    assert found == [
        'the key "base-url" is missing',
        'unknown key "base-ulr"',
        "runtimes.small.python must be text",
    ]


def test_missing_settings_tell_how_to_name_a_hub(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path)
    assert "--root" in as_text(caught.value.diagnostics)


@given(text=st.text(max_size=200))
def test_no_text_is_too_strange(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("hub")
    (folder / "site").mkdir()
    (folder / "site" / "site.yaml").write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(SettingsError) as caught:
        load_settings(folder)
    assert as_text(caught.value.diagnostics).count("error[E001]") == len(caught.value.diagnostics)


def test_this_hub_s_settings_are_valid() -> None:
    settings = load_settings(Path(__file__).parent.parent)
    assert settings.tags["vision"]["zh_CN"] == "视觉"
    assert set(settings.tags) == {
        *("vision", "detection", "classification", "gan"),
        *("keypoints", "segmentation", "nlp"),
    }


def test_the_hub_sets_the_levels_of_checks(tmp_path: Path) -> None:
    settings = load(tmp_path, f"{VALID}checks: {{E714: error, E512: off, E209: error}}\n")
    assert settings.checks == {"E714": Level.ERROR, "E512": Level.OFF, "E209": Level.ERROR}
    assert load(tmp_path, VALID).checks == {}


LEVELS = "checks.E714 must be 'off', 'warning' or 'error'"


@pytest.mark.parametrize(
    ("line", "column", "message", "hint"),
    [
        ("E5200: off", 3, 'no check has the code "E5200"', 'did you mean "E520"?'),
        ("spelling: off", 3, 'no check has the code "spelling"', "hubcards check prints the codes"),
        ("E714: of", 9, LEVELS, "write one of these"),
        ("E714: true", 9, LEVELS, "write one of these"),
        (
            *("E209: warning", 9),
            *("E209 is always an error: a card with this problem is none", "remove this line"),
        ),
    ],
)
def test_a_level_that_can_not_be_is_told_at_its_place(
    tmp_path: Path, line: str, column: int, message: str, hint: str
) -> None:
    text = f"{VALID}checks:\n  {line}\n"
    assert problems(tmp_path, text) == [(text.count("\n"), column, message, hint)]
