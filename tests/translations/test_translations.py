"""A translation that was left behind is told, until somebody says that it follows again."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from generator.cards.catalog import read_catalog
from generator.config import Settings, load_settings
from generator.diagnostics import Severity
from generator.evidence.store import EvidenceError
from generator.translations.agreeing import agree
from generator.translations.history import Changes, History, Version, changes_of
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
    found = judged(settings, tmp_path)
    assert (found.diagnostics, found.behind, found.problems) == ((), {}, ())


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
    assert "read both" in found.diagnostics[0].hint
    assert found.behind == {}
    agreed(hub, tmp_path)
    assert judged(hub, tmp_path).diagnostics == ()


def test_white_space_and_python_are_no_change_of_the_text(hub: Settings, tmp_path: Path) -> None:
    written(hub, zh_CN=("先缩放。", "先缩放。  \n\n```python\nx = 1\n```\n"))
    assert judged(hub, tmp_path).diagnostics == ()


@pytest.mark.parametrize(
    ("language", "old", "new"),
    [
        ("en_US", "Resize first.", "Resize\nfirst."),
        ("zh_CN", "先缩放。", "先\n缩放。"),
        ("zh_CN", "先缩放。", "先 缩放。"),
        ("zh_CN", "先缩放。", "<!-- 待查 -->\n先缩放。"),
        ("zh_CN", "先缩放。", "先缩放。 <!-- 待查 -->"),
        ("en_US", "Good.", '<!-- hubcards: allow E620 reason="as it was" -->\n\nGood.'),
        ("en_US", "Good.", "<!-- a\n\ncomment -->\n\nGood."),
    ],
)
def test_what_readers_do_not_see_is_no_change(
    hub: Settings, tmp_path: Path, language: str, old: str, new: str
) -> None:
    written(hub, **{language: (old, new)})
    assert judged(hub, tmp_path).diagnostics == ()


@pytest.mark.parametrize(
    "new",
    ["Resizefirst.", "`Resize <!-- first -->`.", "```\n<!-- Resize first. -->\n```", "<b>x</b>"],
)
def test_what_readers_see_is_a_change(hub: Settings, tmp_path: Path, new: str) -> None:
    written(hub, en_US=("Resize first.", new))
    assert places(judged(hub, tmp_path)) == [("E620", line_of(hub, "## 用法"))]


def test_texts_that_did_not_change_belong_together_wherever_they_stand(
    hub: Settings, tmp_path: Path
) -> None:
    written(hub, zh_CN=("## 用法", "## 新的\n\n一节。\n\n## 用法"))
    assert judged(hub, tmp_path).diagnostics == ()
    written(
        hub,
        zh_CN=(
            "## 用法\n\n先缩放。\n\n## 结果\n\n很好",
            "## 新的\n\n先旋转。\n\n## 用法\n\n先缩放。\n\n## 结果\n\n见 `a.b`。很好",
        ),
    )
    assert places(judged(hub, tmp_path)) == [("E620", line_of(hub, "## Results"))]
    written(
        hub,
        zh_CN=("## 用法\n\n先缩放", "## 新的\n\n一节。\n\n## 用法\n\n先裁剪"),
        en_US=("## Usage", "## New\n\nA part.\n\n## Usage"),
    )
    found = places(judged(hub, tmp_path))
    assert sorted(found) == [("E620", line_of(hub, "## Usage")), ("E621", line_of(hub, "## New"))]


def commit(root: Path, message: str) -> str:
    git = ["git", "-C", str(root), "-c", "user.name=x", "-c", "user.email=x@example.org"]
    if not (root / ".git").exists():
        subprocess.run(["git", "init", "-q", str(root)], check=True)
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run([*git, "commit", "-qm", message], check=True)
    done = subprocess.run([*git, "log", "-1", "--format=%h"], check=True, capture_output=True)
    return done.stdout.decode().strip()


def test_the_commit_is_found_when_a_later_one_puts_a_section_above(
    hub: Settings, tmp_path: Path
) -> None:
    commit(hub.root, "one")
    written(hub, zh_CN=("很好", "极好"))
    changed = commit(hub.root, "two")
    written(
        hub,
        zh_CN=(
            "## 用法\n\n先缩放。\n\n## 结果\n\n很好",
            "## 新\n\n一。\n\n## 用法\n\n先缩放。\n\n## 结果\n\n极好",
        ),
        en_US=("## Usage", "## New\n\nA part.\n\n## Usage"),
    )
    commit(hub.root, "three")
    (stale,) = [item for item in judged(hub, tmp_path).diagnostics if item.code == "E620"]
    assert f"in commit {changed}" in stale.message


def test_a_change_is_followed_back_past_a_section_that_came_with_the_next() -> None:
    texts = {"four": "anxcz", "three": "anxcz", "two": "abcz", "one": "aocz", "zero": "aocz"}
    kept = [Version(commit, {"zh_CN": tuple(hashes)}) for commit, hashes in texts.items()]
    history = History((Version("", {"zh_CN": tuple("anxcz")}), *kept), is_whole=True)
    assert changes_of("zh_CN", "x", "o", history) == Changes(("three", "two"), are_all=True)
    assert changes_of("zh_CN", "z", "gone", history) == Changes(("zero",), are_all=True)
    unknown = History(history.versions[:3], is_whole=False)
    assert changes_of("zh_CN", "x", "o", unknown) == Changes((), are_all=False)


def test_a_history_that_is_not_at_hand_is_said_to_be_so(hub: Settings, tmp_path: Path) -> None:
    commit(hub.root, "one")
    written(hub, zh_CN=("先缩放", "先裁剪"))
    commit(hub.root, "two")
    clone = tmp_path / "clone"
    url = hub.root.resolve().as_uri()
    subprocess.run(["git", "clone", "-q", "--depth", "1", url, str(clone)], check=True)
    shallow = load_settings(clone)
    (stale,) = judged(shallow, tmp_path).diagnostics
    assert "in a commit that is not at hand" in stale.message
    assert "--unshallow" in stale.hint
    sections = (clone / "cards" / f"{NAME}.md").read_text(encoding="utf-8")
    (clone / "cards" / f"{NAME}.md").write_text(sections.replace("先裁剪", "先旋转"), "utf-8")
    (stale,) = judged(shallow, tmp_path).diagnostics
    assert "is not committed" in stale.message


def test_without_git_nothing_is_said_of_commits(
    hub: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(hub.root, "one")
    written(hub, zh_CN=("先缩放", "先裁剪"))
    monkeypatch.setenv("PATH", str(tmp_path))
    (stale,) = judged(hub, tmp_path).diagnostics
    assert "in a commit that is not at hand" in stale.message


def test_the_commits_that_are_missing_are_counted_and_the_last_is_named(
    hub: Settings, tmp_path: Path
) -> None:
    commit(hub.root, "one")
    written(hub, zh_CN=("先缩放", "先裁剪"))
    commit(hub.root, "two")
    written(hub, zh_CN=("先缩放", "先旋转"))
    last = commit(hub.root, "three")
    written(hub, zh_CN=("先缩放", "先旋转"), en_US=("Overview", "Summary"))
    commit(hub.root, "four")
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
    found = judged(hub, tmp_path)
    (problem,) = found.problems
    assert problem.startswith(str(EvidenceError(path, "is damaged")))
    (told,) = found.diagnostics
    assert (told.path, told.code, told.severity) == (str(path), "E622", Severity.ERROR)


def test_cards_of_the_hub_that_nobody_agreed_to_are_counted(tmp_path: Path) -> None:
    settings = write_hub(tmp_path / "hub")
    written(settings)
    (card,) = judged(settings, tmp_path).unagreed
    assert card.stem == NAME
    agreed(settings, tmp_path)
    assert judged(settings, tmp_path).unagreed == ()
    write_card(settings, NAME, card_text({"zh_CN": "概述。"}))
    (settings.root / "evidence" / f"{NAME}.translations.json").unlink()
    assert judged(settings, tmp_path).unagreed == ()


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
