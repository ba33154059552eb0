"""A build on a cluster writes what a build on one machine writes, whatever happens to a worker."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from generator.config import Settings
from tests.cluster.clusters import ROOT, cluster, environment
from tests.site.hubs import card_text, write_card, write_hub

TEXT = "\n\n".join(f"## Part {number}\n\n*Text* of `part` {number}." for number in range(40))
CARDS = 200


def build_command(settings: Settings, output: Path, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "generator", "build", "--no-full-text"),
            *("--output", str(output), *options),
        ],
        cwd=settings.root,
        env=environment(ROOT),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def built(settings: Settings, output: Path, *options: str) -> subprocess.CompletedProcess[str]:
    with build_command(settings, output, *options) as running:
        stdout, stderr = running.communicate(timeout=120)
    return subprocess.CompletedProcess("build", running.returncode, stdout, stderr)


def snapshot(folder: Path) -> Mapping[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def write_cards(settings: Settings, count: int) -> None:
    for number in range(count):
        text = card_text(
            {"zh_CN": f"中 {number}\n\n{TEXT}", "en_US": f"en {number}\n\n{TEXT}"},
            title=f"N{number}",
        )
        path = write_card(settings, f"net_{number:03}", text)
        os.utime(path, (1_700_000_000, 1_700_000_000))


def test_a_killed_worker_changes_no_byte_of_the_site(settings: Settings, tmp_path: Path) -> None:
    write_cards(settings, CARDS)
    local = tmp_path / "local"
    assert built(settings, local).returncode == 0
    there = tmp_path / "there"
    with cluster(tmp_path, workers=2) as started:
        with build_command(settings, there, "--cluster", started.address) as running:
            until_some_are_written(tmp_path, running)
            started.workers[0].send_signal(signal.SIGKILL)
            assert running.poll() is None, running.communicate()
            stdout, stderr = running.communicate(timeout=120)
        assert running.returncode == 0, stderr
        assert f"{CARDS} cards, {CARDS} of them rendered" in stdout
        assert started.workers[1].poll() is None
    assert snapshot(there) == snapshot(local)


def until_some_are_written(folder: Path, running: subprocess.Popen[str]) -> None:
    while running.poll() is None:
        if sum(1 for _ in folder.glob(".there*/**/net_*/index.html")) > 20:
            return
        time.sleep(0.02)


def test_without_any_worker_left_the_old_site_stays(settings: Settings, tmp_path: Path) -> None:
    _with_a_site_of_one_card(settings, tmp_path / "there")
    before = snapshot(tmp_path / "there")
    write_cards(settings, CARDS)
    with cluster(tmp_path, workers=2) as started:
        with build_command(settings, tmp_path / "there", "--cluster", started.address) as running:
            until_some_are_written(tmp_path, running)
            for worker in started.workers:
                worker.send_signal(signal.SIGKILL)
            _, stderr = running.communicate(timeout=120)
        assert running.returncode == 2
        told = "all its workers are gone; mend the cluster, or build without it"
        assert stderr == f"hubcards: the cluster at {started.address}: {told}\n"
    assert snapshot(tmp_path / "there") == before
    assert built(settings, tmp_path / "there").returncode == 0


def test_without_its_scheduler_the_old_site_stays(settings: Settings, tmp_path: Path) -> None:
    _with_a_site_of_one_card(settings, tmp_path / "there")
    before = snapshot(tmp_path / "there")
    write_cards(settings, CARDS)
    with cluster(tmp_path, workers=2) as started:
        with build_command(settings, tmp_path / "there", "--cluster", started.address) as running:
            until_some_are_written(tmp_path, running)
            started.scheduler.send_signal(signal.SIGKILL)
            _, stderr = running.communicate(timeout=120)
        assert running.returncode == 2
        assert stderr.startswith(f"hubcards: the cluster at {started.address}: ")
        assert stderr.count("\n") == 1
    assert snapshot(tmp_path / "there") == before


def _with_a_site_of_one_card(settings: Settings, output: Path) -> None:
    write_cards(settings, 1)
    assert built(settings, output).returncode == 0


def test_an_incremental_build_takes_up_what_changed_with_long_lived_workers(
    settings: Settings, tmp_path: Path
) -> None:
    write_cards(settings, 3)
    there = tmp_path / "there"
    with cluster(tmp_path, workers=1) as started:
        assert built(settings, there, "--cluster", started.address).returncode == 0
        changed = card_text({"zh_CN": "新", "en_US": "new"}, title="N1")
        path = write_card(settings, "net_001", changed)
        os.utime(path, (1_700_000_000, 1_700_000_000))
        again = built(settings, there, "--cluster", started.address)
        assert "3 cards, 1 of them rendered" in again.stdout
        assert built(settings, tmp_path / "local").returncode == 0
        assert snapshot(there) == snapshot(tmp_path / "local")

        write_card(settings, "net_001", changed.replace("---\n", "---\nunknown: 1\n", 1))
        refused = built(settings, there, "--cluster", started.address)
        refused_here = built(settings, tmp_path / "local")
        assert refused_here.stderr.startswith("cards/net_001.md:2:1: error")
        assert (refused.returncode, refused.stderr) == (1, refused_here.stderr)


def test_a_worker_with_another_program_is_refused(settings: Settings, tmp_path: Path) -> None:
    write_cards(settings, 1)
    other = tmp_path / "other"
    shutil.copytree(ROOT / "generator", other / "generator")
    with (other / "generator" / "levels.py").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    with cluster(tmp_path, workers=1, program=other) as started:
        result = built(settings, tmp_path / "out", "--cluster", started.address)
    assert result.returncode == 2
    assert re.search(r"it runs hubcards \S+ \(\w+\), and here it is \S+ \(\w+\)", result.stderr)
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense://x", "x:y:z"])
def test_no_cluster_at_the_address_is_wrong_usage(
    settings: Settings, tmp_path: Path, address: str
) -> None:
    write_cards(settings, 1)
    result = built(settings, tmp_path / "out", "--cluster", address)
    assert result.returncode == 2
    assert result.stderr.startswith(f"hubcards: there is no Dask cluster at {address}; ")
    assert result.stderr.count("\n") == 1


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return write_hub(tmp_path / "hub")
