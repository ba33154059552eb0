"""A build makes only what has changed, and what it publishes is what a clean build would."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as how
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from generator.config import Settings, load_settings
from generator.diagnostics import as_text
from generator.site import renewal
from generator.site.addresses import PAGEFIND_OF_GUIDE
from generator.site.output import MARKER
from generator.site.publication import Place
from generator.site.search.extent import Search
from tests.site.hubs import SITE, build, card_text, write_card, write_hub
from tests.site.records import card_evidence, record

ROOT = Path(__file__).parents[2]
WITHOUT_GUIDE = f"{SITE}guide: false\n"
IDS = ["alpha", "beta", "delta", "gamma", "omega"]


def snapshot(folder: Path) -> Mapping[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def write_dated(settings: Settings, name: str, text: str) -> Path:
    path = write_card(settings, name, text)
    # Dates come from the file where there is no history.
    os.utime(path, (1_700_000_000, 1_700_000_000))
    return path


def clean_build(settings: Settings, folder: Path, evidence=None, **how: Any) -> Mapping[str, bytes]:
    shutil.rmtree(folder, ignore_errors=True)
    report = build(settings, folder / "out", evidence, **how)
    assert not report.problems, as_text(report.diagnostics)
    return snapshot(folder / "out")


@pytest.fixture
def output(settings: Settings) -> Path:
    return settings.root / "site" / "public"


def numbered(number: int, *, title: str = "") -> str:
    return card_text(
        {"zh_CN": f"中 {number}", "en_US": f"en {number}"}, title=title or f"N{number}"
    )


def test_a_build_with_nothing_changed_renders_nothing_and_touches_nothing(settings, output):
    for number in range(5):
        write_dated(settings, f"net_{number}", numbered(number))
    first = build(settings, output)
    before = {path: path.stat().st_mtime_ns for path in output.rglob("*")}
    second = build(settings, output)
    assert (first.rendered, second.rendered) == (5, 0)
    assert (first.cards, first.pages, first.files) == (second.cards, second.pages, second.files)
    assert {path: path.stat().st_mtime_ns for path in output.rglob("*")} == before


def test_a_changed_card_renders_itself_and_those_that_show_its_title(settings, output):
    for number in range(9):
        write_dated(settings, f"net_{number}", numbered(number))
    build(settings, output)
    write_dated(settings, "net_4", numbered(44, title="N4"))
    assert build(settings, output).rendered == 1
    write_dated(settings, "net_4", numbered(44, title="Another"))
    assert build(settings, output).rendered == 3
    page = (output / "en-US" / "net_5" / "index.html").read_text(encoding="utf-8")
    assert "Another" in page
    (settings.root / "cards" / "net_4.md").unlink()
    assert build(settings, output).rendered == 2
    assert snapshot(output) == clean_build(settings, settings.root / "clean")


def test_the_guide_is_indexed_anew_only_when_the_hub_has_changed(settings, output, monkeypatch):
    full = {"search": Search.FULL_TEXT}
    write_dated(settings, "a", card_text({"zh_CN": "文字"}))
    build(settings, output, **full)
    entry = output / PAGEFIND_OF_GUIDE / "pagefind-entry.json"
    seen = entry.stat().st_mtime_ns
    write_dated(settings, "b", card_text({"zh_CN": "新的文字"}))
    with monkeypatch.context() as patch:
        patch.setattr(renewal, "guide_documents", None)
        build(settings, output, **full)
    assert entry.stat().st_mtime_ns == seen
    for text in (WITHOUT_GUIDE, SITE):
        (settings.root / "site" / "site.yaml").write_text(text, encoding="utf-8")
        changed = load_settings(settings.root)
        build(changed, output, **full)
        assert entry.exists() == changed.guide
        assert snapshot(output) == clean_build(changed, settings.root / "clean", **full)


def test_warnings_are_told_in_every_build(settings, output):
    write_dated(settings, "net", numbered(1).replace("---\n", "---\nunknown: 1\n", 1))
    first, second = build(settings, output), build(settings, output)
    assert second.rendered == 0 or second.diagnostics == first.diagnostics
    assert as_text(first.diagnostics) == as_text(second.diagnostics) != ""


def test_what_is_kept_may_be_removed_or_moved_with_the_hub(settings, output, tmp_path):
    for number in range(3):
        write_dated(settings, f"net_{number}", numbered(number))
    build(settings, output)
    before = snapshot(output)
    shutil.rmtree(Place(output).beside)
    build(settings, output)
    assert snapshot(output) == before
    moved = tmp_path / "moved"
    shutil.copytree(settings.root, moved)
    again = load_settings(moved)
    report = build(again, moved / "site" / "public")
    assert snapshot(moved / "site" / "public") == before
    assert report.rendered == 0


@pytest.mark.parametrize("seed", range(12))
def test_a_damaged_memory_makes_no_other_site(settings, output, seed):
    chance = random.Random(seed)
    for number in range(3):
        write_dated(settings, f"net_{number}", numbered(number))
    build(settings, output)
    memory = Place(output).memory
    data = bytearray(memory.read_bytes())
    for _ in range(chance.choice([1, 20, 2000])):
        data[chance.randrange(len(data))] = chance.randrange(256)
    memory.write_bytes(data[: chance.choice([len(data), len(data) // 2])])
    write_dated(settings, "net_1", numbered(100))
    build(settings, output)
    assert snapshot(output) == clean_build(settings, settings.root / "clean")


def test_a_row_that_was_tampered_with_is_not_believed(settings, output):
    for number in range(3):
        write_dated(settings, f"net_{number}", numbered(number))
    build(settings, output)
    connection = sqlite3.connect(Place(output).memory)
    connection.execute("update listings set listed = replace(listed, 'N2', 'N9')")
    connection.commit()
    connection.close()
    write_dated(settings, "net_1", numbered(100))
    build(settings, output)
    assert snapshot(output) == clean_build(settings, settings.root / "clean")


def test_another_version_is_told_when_its_cards_are_made_and_when_everybody_sees_it(
    settings, output
):
    told = []

    def note(name: str, folder: Path, paths: Iterable[str] | None = None) -> None:
        files = snapshot(folder)
        pages = files.values() if paths is None else [files[path] for path in paths]
        told.append((name, any(b"New words" in page for page in pages)))

    def build_and_note() -> None:
        told.clear()
        build(
            settings,
            output,
            coming=lambda coming: (
                note("made", coming.folder, coming.paths),
                note("coming", output),
            ),
            published=lambda _token: note("published", output),
        )

    write_dated(settings, "net", numbered(1))
    build_and_note()
    assert [name for name, _ in told] == ["made", "coming", "published"]
    write_dated(settings, "net", numbered(1, title="New words"))
    build_and_note()
    assert told == [("made", True), ("coming", False), ("published", True)]
    build_and_note()
    assert told == []
    write_dated(settings, "net", "---\ntitle: 1\n---\n")
    build_and_note()
    assert told == []


def test_no_page_is_told_as_made_whose_links_may_lead_nowhere(settings, output):
    told = []
    for name, text in {"net": "[x](other.md)", "other": "text"}.items():
        write_dated(settings, name, card_text({"zh_CN": text}))
    build(settings, output, coming=lambda coming: told.extend(coming.paths))
    assert any("other" in path for path in told)
    assert not any("net" in path for path in told)


def test_an_error_leaves_the_site_and_a_mended_card_is_quick_again(settings, output):
    for number in range(5):
        write_dated(settings, f"net_{number}", numbered(number))
    build(settings, output)
    before = snapshot(output)
    write_dated(settings, "net_2", "---\ntitle: 1\n---\n")
    write_dated(settings, "net_3", numbered(33, title="N3"))
    report = build(settings, output)
    assert any(item.severity.value == "error" for item in report.diagnostics)
    assert snapshot(output) == before
    write_dated(settings, "net_2", numbered(22, title="N2"))
    assert build(settings, output).rendered == 2
    assert snapshot(output) == clean_build(settings, settings.root / "clean")


class Edits(RuleBasedStateMachine):
    """Random edits, with builds in between, each compared with a clean one."""

    folder: Path

    @initialize()
    def begin(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.settings = write_hub(self.folder / "hub", WITHOUT_GUIDE)
        self.evidence: dict[str, object] = {}
        (self.settings.root / "cards").mkdir()

    @rule(
        name=st.sampled_from(IDS),
        number=st.integers(0, 3),
        tags=st.lists(st.sampled_from(["vision", "nlp"]), unique=True),
        chinese_only=st.booleans(),
        folder=st.sampled_from(["", "sub/"]),
    )
    def write(
        self, name: str, number: int, tags: list[str], chinese_only: bool, folder: str
    ) -> None:
        self.delete(name)
        sections = {"zh_CN": f"## 标题 {number}\n\n```python\nx = {number}\n```"}
        if not chinese_only:
            sections["en_US"] = f"text {number}"
        (self.settings.root / "cards" / "sub").mkdir(exist_ok=True)
        write_dated(
            self.settings, folder + name, card_text(sections, title=f"T{number}", tags=tags)
        )

    @rule(name=st.sampled_from(IDS))
    def delete(self, name: str) -> None:
        for folder in ("", "sub"):
            (self.settings.root / "cards" / folder / f"{name}.md").unlink(missing_ok=True)

    @rule(word=st.sampled_from(["Hub", "Models"]), repository=st.sampled_from("ab"))
    def change_a_setting(self, word: str, repository: str) -> None:
        site = WITHOUT_GUIDE.replace("Model Hub", word).replace(
            "example/models", f"example/{repository}"
        )
        (self.settings.root / "site" / "site.yaml").write_text(site, encoding="utf-8")
        self.settings = load_settings(self.settings.root)

    @rule(text=st.sampled_from(["", "<p>one</p>", "<p>two</p>"]))
    def change_a_template(self, text: str) -> None:
        path = self.settings.root / "site" / "templates" / "site-footer.html"
        path.parent.mkdir(exist_ok=True)
        path.unlink(missing_ok=True)
        if text:
            path.write_text(text, encoding="utf-8")

    @rule(word=st.sampled_from(["", "Beispielcode", "Sample"]))
    def change_a_word(self, word: str) -> None:
        path = self.settings.root / "site" / "strings" / "en_US.yaml"
        path.parent.mkdir(exist_ok=True)
        path.unlink(missing_ok=True)
        if word:
            path.write_text(f"sample_code: {word}\n", encoding="utf-8")

    @rule(name=st.sampled_from(IDS), stdout=st.sampled_from(["", "1\n", "2\n"]))
    def change_a_record(self, name: str, stdout: str) -> None:
        self.evidence.pop(name, None)
        if stdout:
            shown = {"sample": record(stdout=stdout)}
            self.evidence[name] = card_evidence(name, {"zh_CN en_US": shown})

    @rule()
    def lose_the_spare(self) -> None:
        shutil.rmtree(Place(self.folder / "out").spare.folder, ignore_errors=True)

    @invariant()
    def is_as_a_clean_build(self) -> None:
        if not hasattr(self, "settings"):
            return
        report = build(self.settings, self.folder / "out", self.evidence)
        assert report.diagnostics == ()
        ours = snapshot(self.folder / "out")
        assert ours == clean_build(self.settings, self.folder / "clean", self.evidence)
        assert report.files == len(ours) - 1
        assert report.pages == sum(path.endswith(".html") for path in ours)


def test_any_sequence_of_edits_comes_to_what_a_clean_build_writes(tmp_path):
    class EditsHere(Edits):
        folder = tmp_path / "edits"

    run_state_machine_as_test(
        EditsHere,
        settings=how(
            max_examples=12,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def in_a_process(settings: Settings, output: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "generator", "--root", str(settings.root), "build"]
    command += ["--output", str(output), "--jobs", "2", "--no-full-text"]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def write_many(settings: Settings, edition: int, cards: int = 90) -> None:
    for number in range(cards):
        write_dated(settings, f"net_{number:03}", numbered(number, title=f"E{edition} {number}"))


def test_a_build_that_is_killed_at_any_moment_leaves_one_whole_version(settings, output):
    write_many(settings, 0)
    build(settings, output)
    whole = {snapshot(output)[MARKER]: snapshot(output)}
    chance = random.Random(1)
    started = time.monotonic()
    assert in_a_process(settings, settings.root / "other").wait() == 0
    longest = time.monotonic() - started
    for edition in range(1, 9):
        write_many(settings, edition)
        clean = clean_build(settings, settings.root / "clean")
        whole[clean[MARKER]] = clean
        process = in_a_process(settings, output)
        time.sleep(chance.uniform(0.1, longest))
        process.send_signal(signal.SIGKILL)
        process.wait()
        published = snapshot(output)
        assert published == whole[published[MARKER]]
        if edition % 2:
            build(settings, output)
            assert snapshot(output) == clean


def test_two_builds_at_once_wait_for_each_other(settings, output):
    write_many(settings, 0)
    processes = [in_a_process(settings, output) for _ in range(3)]
    assert [process.wait() for process in processes] == [0, 0, 0]
    assert snapshot(output) == clean_build(settings, settings.root / "clean")


def with_little_disk(settings: Settings, output: Path, blocks: int) -> subprocess.CompletedProcess:
    command = f"ulimit -f {blocks}; trap '' XFSZ; exec \"$@\""
    arguments = [sys.executable, "-m", "generator", "--root", str(settings.root), "build"]
    arguments += ["--output", str(output), "--jobs", "1", "--no-full-text"]
    return subprocess.run(
        ["bash", "-c", command, "bash", *arguments], cwd=ROOT, capture_output=True, check=False
    )


def test_a_disk_that_is_full_is_told_and_leaves_the_old_site(settings, output):
    write_many(settings, 0)
    build(settings, output)
    before = snapshot(output)
    write_many(settings, 1)
    done = with_little_disk(settings, output, 8)
    assert done.returncode == 2
    assert b"can't be" in done.stderr
    assert b"Traceback" not in done.stderr
    assert snapshot(output) == before
    build(settings, output)
    assert snapshot(output) == clean_build(settings, settings.root / "clean")


def environments() -> list[Mapping[str, str]]:
    return [{"TZ": "Asia/Shanghai", "LC_ALL": "C"}, {"TZ": "America/Lima", "LC_ALL": "C.UTF-8"}]


@pytest.mark.parametrize("environment", environments())
def test_the_same_input_is_the_same_bytes_in_another_zone_locale_and_folder(
    settings, tmp_path, environment
):
    for number in range(70):
        write_dated(settings, f"net_{number}", numbered(number))
    shutil.copytree(settings.root, tmp_path / "elsewhere")
    command = [sys.executable, "-m", "generator", "--root", str(tmp_path / "elsewhere"), "build"]
    command += ["--jobs", "2", "--no-full-text", "--output", str(tmp_path / "there")]
    subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, check=True, capture_output=True
    )
    assert snapshot(tmp_path / "there") == clean_build(settings, tmp_path / "here")
