"""What a build leaves on the disk: one whole version of the site, or the one before."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from generator.cards.explanations import explained_codes
from generator.config import Settings, SettingsError
from generator.diagnostics import as_text
from generator.site.guide import GUIDE_PAGES
from generator.site.output import MARKER, OutputError, Tree
from generator.site.rendering import PARALLEL_FROM
from tests.site.hubs import build, card_text, write_card
from tests.site.records import card_evidence, record

GOOD = card_text({"zh_CN": "## 标题\n\n```python\nx = 1\n```\n", "en_US": "text *x*\n"})
HIDDEN_CODE = card_text({"zh_CN": '<div title="\n\n```python\nx = 1\n```\n'})


def snapshot(folder: Path) -> Mapping[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def output(settings: Settings) -> Path:
    return settings.root / "site" / "public"


def test_a_build_publishes_pages_and_counts_them(settings, output):
    write_card(settings, "net", GOOD)
    report = build(settings, output)
    assert report.diagnostics == ()
    assert report.cards == 1
    guide = 2 * (len(GUIDE_PAGES) + len(explained_codes()))
    assert report.pages == len(list(output.rglob("*.html"))) == 9 + guide
    assert report.files == len(snapshot(output)) - 1
    assert (output / "zh-CN" / "net" / "index.html").is_file()
    assert (output / MARKER).is_file()
    beside = [path.name for path in output.parent.iterdir() if path.name.startswith(".")]
    assert beside == [".public.hubcards"]
    assert (output.parent / beside[0] / ".gitignore").read_text(encoding="utf-8") == "*\n"


def test_a_card_that_is_gone_is_gone_from_the_site(settings, output):
    path = write_card(settings, "net", GOOD)
    write_card(settings, "other", GOOD)
    build(settings, output)
    path.unlink()
    build(settings, output)
    assert not (output / "zh-CN" / "net").exists()
    assert (output / "zh-CN" / "other").exists()


def test_two_builds_are_the_same_bytes_wherever_and_with_how_many_processes(settings, tmp_path):
    for number in range(PARALLEL_FROM + 5):
        path = write_card(settings, f"net_{number:03}", GOOD.replace("x = 1", f"x = {number}"))
        os.utime(path, (1, 1))
    one = build(settings, tmp_path / "one", jobs=1)
    three = build(settings, tmp_path / "deep" / "three", jobs=3)
    assert snapshot(tmp_path / "one") == snapshot(tmp_path / "deep" / "three")
    assert (one.pages, one.files) == (three.pages, three.files)


def test_evidence_is_on_the_pages_whoever_renders_them(settings, tmp_path):
    evidence = {}
    for number in range(PARALLEL_FROM + 5):
        name = f"net_{number:03}"
        path = write_card(settings, name, GOOD.replace("x = 1", f"x = {number}"))
        os.utime(path, (1, 1))
        shown = record(stdout=f"shown by {number}\n")
        evidence[name] = card_evidence(name, {"zh_CN": {"block-1": shown}})
    for jobs in (1, 3):
        build(settings, tmp_path / str(jobs), evidence, jobs=jobs)
    assert snapshot(tmp_path / "1") == snapshot(tmp_path / "3")
    for number in (0, PARALLEL_FROM):
        page = (tmp_path / "3" / "zh-CN" / f"net_{number:03}" / "index.html").read_text("utf-8")
        assert f"<samp>shown by {number}</samp>" in page


@pytest.mark.parametrize("number", [1, PARALLEL_FROM + 1])
def test_a_card_that_can_not_be_shown_is_named_and_nothing_is_published(settings, output, number):
    for index in range(number):
        write_card(settings, f"net_{index}", GOOD)
    build(settings, output)
    before = snapshot(output)
    write_card(settings, "broken", HIDDEN_CODE)
    report = build(settings, output, jobs=2)
    text = as_text(report.diagnostics)
    assert "broken.md:18:1: error[E401]: the HTML before this code block hides it" in text
    assert snapshot(output) == before


@pytest.mark.parametrize("number", [1, PARALLEL_FROM + 1])
def test_a_template_that_fails_is_an_error_of_the_settings(settings, output, number):
    for index in range(number):
        write_card(settings, f"net_{index}", GOOD)
    build(settings, output)
    before = snapshot(output)
    templates = settings.root / "site" / "templates"
    templates.mkdir()
    (templates / "card.html").write_text("{{ page.nothing }}", encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        build(settings, output, jobs=2)
    assert "card.html:1:1" in as_text(caught.value.diagnostics)
    assert len(caught.value.diagnostics) == 1
    assert snapshot(output) == before


def test_a_folder_that_holds_something_else_is_refused(settings, output):
    write_card(settings, "net", GOOD)
    output.mkdir()
    (output / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(OutputError, match="has files that hubcards did not make"):
        build(settings, output)
    assert snapshot(output) == {"thesis.txt": b"years of work"}


def test_the_hub_itself_its_cards_and_a_file_are_refused(settings):
    write_card(settings, "net", GOOD)
    for place in (settings.root, settings.root / "cards", settings.root / "cards" / "net.md"):
        before = snapshot(settings.root)
        with pytest.raises(OutputError):
            build(settings, place)
        assert snapshot(settings.root) == before


def test_an_empty_folder_is_taken(settings, output):
    write_card(settings, "net", GOOD)
    output.mkdir()
    assert build(settings, output).diagnostics == ()
    assert (output / "index.html").is_file()


def test_an_output_that_is_a_link_stays_one(settings, tmp_path):
    write_card(settings, "net", GOOD)
    target = tmp_path / "target"
    target.mkdir()
    link = tmp_path / "link"
    link.symlink_to(target)
    build(settings, link)
    assert link.is_symlink()
    assert (target / "index.html").is_file()


def test_a_place_that_can_not_be_written_is_named(settings, tmp_path):
    write_card(settings, "net", GOOD)
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(OutputError, match="can't be written"):
        build(settings, tmp_path / "file" / "public")


@pytest.mark.parametrize(
    "path", ["../x", "/etc/x", "a/../../x", "a//b", "", ".", "a/./b", "a\\..\\b", "a\0b"]
)
def test_nothing_is_written_outside_of_the_output(tmp_path, path):
    tree = Tree(tmp_path / "public")
    for change in (lambda: tree.write(path, b"x"), lambda: tree.remove(path)):
        with pytest.raises(OutputError):
            change()
    assert list(tmp_path.iterdir()) == []


def test_a_site_can_be_read_by_others(settings, output):
    write_card(settings, "net", GOOD)
    build(settings, output)
    umask = os.umask(0)
    os.umask(umask)
    assert output.stat().st_mode & 0o777 == 0o777 & ~umask
