"""A translation that was left behind is told, until somebody says that it follows again."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from generator.cards.catalog import read_catalog
from generator.config import Settings
from generator.evidence.store import EvidenceError
from generator.translations.agreeing import agree
from generator.translations.staleness import Translations, judge_translations
from tests.site.hubs import card_text, render_files, write_card, write_hub

SECTIONS = {
    "zh_CN": "概述。\n\n## 用法\n\n先缩放。\n\n## 结果\n\n很好。",
    "en_US": "Overview.\n\n## Usage\n\nResize first.\n\n## Results\n\nGood.",
}
NAME = "a_b_net"


def written(settings: Settings, **changes: tuple[str, str]) -> Path:
    """The card, with `old, new` changed in the section of that language."""
    sections = dict(SECTIONS)
    for language, (old, new) in changes.items():
        assert old in sections[language]
        sections[language] = sections[language].replace(old, new)
    return write_card(settings, NAME, card_text(sections))


def judged(settings: Settings, cache: Path) -> Translations:
    cards = read_catalog([settings.root / "cards"], settings).cards
    return judge_translations(settings, cards, cache)


def agreed(settings: Settings, cache: Path) -> None:
    agree(settings, read_catalog([settings.root / "cards"], settings).cards, cache)


@pytest.fixture
def hub(tmp_path: Path) -> Settings:
    settings = write_hub(tmp_path / "hub")
    written(settings)
    agreed(settings, tmp_path)
    return settings


def places(found: Translations) -> list[tuple[str, int]]:
    return [(item.code, item.span.start.line) for item in found.diagnostics]


def line_of(settings: Settings, text: str) -> int:
    source = (settings.root / "cards" / f"{NAME}.md").read_text(encoding="utf-8")
    return source[: source.index(text)].count("\n") + 1


def test_what_was_agreed_to_is_no_problem(hub: Settings, tmp_path: Path) -> None:
    assert judged(hub, tmp_path) == Translations((), {}, ())


def test_nothing_is_said_of_a_card_that_nobody_agreed_to(tmp_path: Path) -> None:
    settings = write_hub(tmp_path / "hub")
    written(settings)
    assert judged(settings, tmp_path) == Translations((), {}, ())


def test_a_text_whose_counterpart_changed_is_told_at_its_heading(
    hub: Settings, tmp_path: Path
) -> None:
    written(hub, zh_CN=("先缩放", "先裁剪"))
    found = judged(hub, tmp_path)
    assert places(found) == [("E620", line_of(hub, "## Usage"))]
    assert found.behind == {NAME: {"en_US": 1}}
    written(hub, en_US=("Good", "Bad"))
    found = judged(hub, tmp_path)
    assert places(found) == [("E620", line_of(hub, "## 结果"))]
    assert found.behind == {NAME: {"zh_CN": 1}}


def test_texts_that_changed_together_are_to_be_agreed_to(hub: Settings, tmp_path: Path) -> None:
    written(hub, zh_CN=("先缩放", "先裁剪"), en_US=("Resize first", "Crop first"))
    found = judged(hub, tmp_path)
    assert places(found) == [("E621", line_of(hub, "## Usage"))]
    assert found.behind == {}
    agreed(hub, tmp_path)
    assert judged(hub, tmp_path).diagnostics == ()


def test_white_space_and_python_are_no_change_of_the_text(hub: Settings, tmp_path: Path) -> None:
    written(hub, zh_CN=("先缩放。", "先缩放。  \n\n```python\nx = 1\n```\n"))
    assert judged(hub, tmp_path).diagnostics == ()


def test_the_commits_that_are_missing_are_counted_and_the_last_is_named(
    hub: Settings, tmp_path: Path
) -> None:
    def commit(message: str) -> str:
        git = ["git", "-C", str(hub.root), "-c", "user.name=x", "-c", "user.email=x@example.org"]
        subprocess.run([*git, "add", "-A"], check=True)
        subprocess.run([*git, "commit", "-qm", message], check=True)
        done = subprocess.run([*git, "log", "-1", "--format=%h"], check=True, capture_output=True)
        return done.stdout.decode().strip()

    subprocess.run(["git", "init", "-q", str(hub.root)], check=True)
    commit("one")
    written(hub, zh_CN=("先缩放", "先裁剪"))
    commit("two")
    written(hub, zh_CN=("先缩放", "先旋转"))
    last = commit("three")
    written(hub, zh_CN=("先缩放", "先旋转"), en_US=("Overview", "Summary"))
    commit("four")
    found = judged(hub, tmp_path)
    assert found.behind == {NAME: {"en_US": 2, "zh_CN": 1}}
    assert [last in item.message for item in found.diagnostics] == [False, True]
    written(hub, zh_CN=("先缩放", "先翻转"), en_US=("Overview", "Summary"))
    assert "not committed" in judged(hub, tmp_path).diagnostics[1].message
    assert judged(hub, tmp_path).behind[NAME]["en_US"] == 3


def test_a_damaged_file_is_told_and_keeps_no_other_from_being_judged(
    hub: Settings, tmp_path: Path
) -> None:
    path = hub.root / "evidence" / f"{NAME}.translations.json"
    path.write_text("{", encoding="utf-8")
    (problem,) = judged(hub, tmp_path).problems
    assert problem.startswith(str(EvidenceError(path, "is damaged")))


def test_cards_outside_the_hub_leave_no_file_there(hub: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    card = folder / f"{NAME}.md"
    card.write_text(card_text(SECTIONS), encoding="utf-8")
    (path,) = agree(hub, read_catalog([card], hub).cards, tmp_path / "cache")
    assert path.is_relative_to(tmp_path / "cache")
    assert list(folder.iterdir()) == [card]


def test_the_page_says_how_far_its_text_is_behind(hub: Settings) -> None:
    files = render_files(hub, behind={NAME: {"en_US": 2}})
    assert "Changes: 2" in files[f"en-US/{NAME}/index.html"].decode()
    assert "改动数" not in files[f"zh-CN/{NAME}/index.html"].decode()
