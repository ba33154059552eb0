"""When a card was last changed: by its commits, or by its file where there are none."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import datetime, timezone
from pathlib import Path

import pytest

from generator.site.history import source_date, update_times

OLD = datetime(2001, 2, 3, 4, 5, 6, tzinfo=timezone.utc)
NEW = datetime(2002, 3, 4, 5, 6, 7, tzinfo=timezone.utc)
FILE_TIME = datetime(2010, 1, 1, tzinfo=timezone.utc)


def git(folder: Path, *arguments: str, moment: datetime = OLD) -> None:
    environment = {
        **os.environ,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_COMMITTER_DATE": moment.isoformat(),
        "GIT_AUTHOR_DATE": NEW.isoformat(),
    }
    identity = ["-c", "user.name=n", "-c", "user.email=e@example.org"]
    subprocess.run(
        ["git", "-C", folder, *identity, *arguments],
        check=True,
        env=environment,
        capture_output=True,
    )


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    os.utime(path, (FILE_TIME.timestamp(), FILE_TIME.timestamp()))
    return path


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    root.mkdir()
    git(root, "init", "--quiet")
    return root


def times(paths: list[Path], undated: datetime | None = None) -> dict[Path, datetime]:
    found = update_times({str(path): path.stat() for path in paths}, undated)
    return {Path(path): moment for path, moment in found.items()}


def test_a_committed_card_has_the_time_of_its_last_commit(repository):
    first = write(repository / "cards" / "a b.md", "a")
    second = write(repository / "cards" / "深" / "残差网络.md", "b")
    git(repository, "add", ".")
    git(repository, "commit", "-m", "both", moment=OLD)
    write(second, "changed")
    git(repository, "commit", "-am", "second", moment=NEW)
    write(repository / "README.md", "x")
    git(repository, "add", ".")
    git(repository, "commit", "-m", "another file")
    assert times([first, second]) == {first: OLD, second: NEW}


def test_an_edited_staged_or_unknown_card_has_the_time_of_its_file(repository):
    names = ("edited", "staged", "unknown", "clean")
    edited, staged, unknown, clean = (repository / f"{name}.md" for name in names)
    for path in (edited, clean):
        write(path, "a")
    git(repository, "add", ".")
    git(repository, "commit", "-m", "x")
    write(edited, "changed")
    write(staged, "b")
    git(repository, "add", "staged.md")
    write(unknown, "b")
    assert times([edited, staged, unknown, clean]) == {
        edited: FILE_TIME,
        staged: FILE_TIME,
        unknown: FILE_TIME,
        clean: OLD,
    }


def test_a_card_on_a_merged_branch_has_the_time_of_its_own_commit(repository):
    write(repository / "x", "x")
    git(repository, "add", ".")
    git(repository, "commit", "-m", "x")
    git(repository, "switch", "-c", "branch")
    card = write(repository / "card.md", "a")
    git(repository, "add", ".")
    git(repository, "commit", "-m", "card", moment=NEW)
    git(repository, "switch", "-")
    git(repository, "merge", "--no-ff", "-m", "merge", "branch")
    assert times([card]) == {card: NEW}


def test_cards_of_several_repositories_and_of_none_go_together(repository, tmp_path):
    inside = write(repository / "card.md", "a")
    git(repository, "add", ".")
    git(repository, "commit", "-m", "x")
    outside = write(tmp_path / "card.md", "a")
    assert times([outside, inside]) == {outside: FILE_TIME, inside: OLD}


def test_a_repository_without_commits_or_that_is_broken_is_no_error(repository):
    card = write(repository / "card.md", "a")
    assert times([card]) == {card: FILE_TIME}
    shutil.rmtree(repository / ".git" / "objects")
    (repository / ".git" / "HEAD").write_text("nonsense", encoding="utf-8")
    assert times([card]) == {card: FILE_TIME}


def test_without_git_a_card_has_the_time_of_its_file(repository, monkeypatch):
    card = write(repository / "card.md", "a")
    git(repository, "add", ".")
    git(repository, "commit", "-m", "x")
    monkeypatch.setenv("PATH", str(repository))
    assert times([card]) == {card: FILE_TIME}


def test_nothing_that_a_stranger_s_repository_configures_is_executed(repository, tmp_path):
    card = write(repository / "card.md", "a")
    git(repository, "add", ".")
    git(repository, "commit", "-m", "x")
    trap = tmp_path / "sprung"
    script = write(tmp_path / "trap.sh", f"#!/bin/sh\ntouch {trap}\n")
    script.chmod(0o755)
    for name in ("core.fsmonitor", "core.pager", "diff.external", "gpg.program"):
        git(repository, "config", name, str(script))
    git(repository, "config", "log.showSignature", "true")
    write(card, "changed")
    assert times([card]) == {card: FILE_TIME}
    assert not trap.exists()


def test_files_without_a_commit_have_the_time_that_was_asked_for(repository):
    committed = write(repository / "a.md", "a")
    git(repository, "add", ".")
    git(repository, "commit", "-m", "a", moment=OLD)
    new = write(repository / "b.md", "b")
    assert times([committed, new], NEW) == {committed: OLD, new: NEW}


def test_the_time_to_use_is_named_by_the_environment():
    assert source_date({}) is None
    assert source_date({"SOURCE_DATE_EPOCH": "981173106"}) == OLD


@pytest.mark.parametrize("seconds", ["", "soon", "-1", "1.5", "1_0", "٣", "9" * 20, "9" * 5000])
def test_a_time_that_is_none_is_an_error(seconds):
    with pytest.raises(ValueError, match="SOURCE_DATE_EPOCH is"):
        source_date({"SOURCE_DATE_EPOCH": seconds})
