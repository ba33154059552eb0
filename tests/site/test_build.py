"""What a build leaves on the disk: one whole version of the site, or the one before."""

from __future__ import annotations

import dataclasses
import multiprocessing
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from generator.config import Settings, SettingsError
from generator.diagnostics import as_text
from generator.site.build import PARALLEL_FROM, build_site
from generator.site.publish import MARKER, OutputError, new_draft
from tests.site.hubs import card_text, read_cards, write_card
from tests.site.records import card_evidence, record

GOOD = card_text({"zh_CN": "## 标题\n\n```python\nx = 1\n```\n", "en_US": "text *x*\n"})
HIDDEN_CODE = card_text({"zh_CN": '<div title="\n\n```python\nx = 1\n```\n'})


def snapshot(folder: Path) -> Mapping[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def build(settings: Settings, output: Path, jobs: int = 1):
    return build_site(settings, read_cards(settings), output, None, jobs, {})


@pytest.fixture
def output(settings: Settings) -> Path:
    return settings.root / "site" / "public"


def test_a_build_publishes_pages_and_counts_them(settings, output):
    write_card(settings, "net", GOOD)
    report = build(settings, output)
    assert report.diagnostics == ()
    assert report.cards == 1
    assert report.pages == len(list(output.rglob("*.html"))) == 8
    assert report.files == len(snapshot(output)) - 1
    assert (output / "zh-CN" / "net" / "index.html").is_file()
    assert (output / MARKER).is_file()
    assert [path.name for path in output.parent.iterdir() if path.name.startswith(".")] == []


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
    cards = read_cards(settings)
    for jobs in (1, 3):
        build_site(settings, cards, tmp_path / str(jobs), None, jobs, evidence)
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


def test_a_folder_is_refused_before_any_work_is_done(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(OutputError), new_draft(tmp_path):
        pytest.fail("a draft was made")


def test_what_somebody_puts_there_during_the_build_is_left_alone(tmp_path):
    output = tmp_path / "public"
    with new_draft(output) as draft:
        draft.write("index.html", b"new")
        output.mkdir()
        (output / "thesis.txt").write_text("years of work", encoding="utf-8")
        with pytest.raises(OutputError, match="has files that hubcards did not make"):
            draft.publish()
    assert snapshot(tmp_path) == {"public/thesis.txt": b"years of work"}


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


def test_a_name_that_is_too_long_for_the_disk_is_no_traceback(settings, output):
    path = write_card(settings, "net", GOOD)
    (card,) = read_cards(settings)
    assert card.path == path
    card = dataclasses.replace(card, id="n" * 252)
    with pytest.raises(OutputError, match="can't be written"):
        build_site(settings, [card], output, None, 1, {})
    assert not output.exists()


@pytest.mark.parametrize(
    "path", ["../x", "/etc/x", "a/../../x", "a//b", "", ".", "a/./b", "a\\..\\b", "a\0b"]
)
def test_nothing_is_written_outside_of_the_output(tmp_path, path):
    with new_draft(tmp_path / "public") as draft, pytest.raises(OutputError):
        draft.write(path, b"x")
    assert list(tmp_path.iterdir()) == []


def test_an_exception_while_building_leaves_the_old_site_and_no_rests(tmp_path):
    output = tmp_path / "public"
    with new_draft(output) as draft:
        draft.write("index.html", b"old")
        draft.publish()

    def fail() -> None:
        with new_draft(output) as draft:
            draft.write("index.html", b"new")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert (output / "index.html").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["public"]


def publish_many(output: Path, content: bytes, times: int) -> None:
    for _ in range(times):
        with new_draft(output) as draft:
            for name in ("a", "b/c", "d"):
                draft.write(name, content)
            draft.publish()


def test_builds_at_the_same_time_leave_one_whole_version(tmp_path):
    output = tmp_path / "public"
    context = multiprocessing.get_context("spawn")
    builders = [
        context.Process(target=publish_many, args=(output, letter, 60))
        for letter in (b"1", b"2", b"3")
    ]
    for builder in builders:
        builder.start()
    for builder in builders:
        builder.join()
    assert [builder.exitcode for builder in builders] == [0, 0, 0]
    files = snapshot(output)
    assert set(files) == {MARKER, "a", "b/c", "d"}
    assert len({content for name, content in files.items() if name != MARKER}) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["public"]


def test_a_site_can_be_read_by_others(settings, output):
    write_card(settings, "net", GOOD)
    build(settings, output)
    umask = os.umask(0)
    os.umask(umask)
    assert output.stat().st_mode & 0o777 == 0o777 & ~umask
