"""Cards that a cluster executes are told of, and recorded, as those that one machine executes."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.clusters import ROOT, cluster, environment
from tests.runner.hubs import card_text, write_card, write_hub

VARYING = ("when", "duration", "peak-memory", "peak_memory")
SLOW = "import time\ntime.sleep(0.7)\nprint({number})\n"


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def root(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HUBCARDS_CACHE_DIR", str(cache))
    write_hub(tmp_path / "hub")
    return tmp_path / "hub"


def write_slow_cards(root: Path, count: int) -> None:
    for number in range(count):
        code = SLOW.format(number=number)
        write_card(root / "cards" / f"net_{number}.md", card_text(code, ["Text."]))


def started_run(root: Path, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "generator", "test", *options],
        cwd=root,
        env=environment(ROOT),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def run_cards(root: Path, *options: str) -> subprocess.CompletedProcess[str]:
    with started_run(root, *options) as running:
        stdout, stderr = running.communicate(timeout=180)
    return subprocess.CompletedProcess("test", running.returncode, stdout, stderr)


def told(result: subprocess.CompletedProcess[str]) -> list[str]:
    """What is told of cards, but for how long they took."""
    lines = [re.sub(r"\d+\.\d+ ?s\b", "… s", line) for line in result.stdout.splitlines()]
    first = next(number for number, line in enumerate(lines) if line.startswith("sandbox:"))
    return lines[first:]


def evidence(root: Path) -> Mapping[str, Any]:
    """All records, but for what is another in each run."""

    def lasting(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: lasting(item) for key, item in value.items() if key not in VARYING}
        return [lasting(item) for item in value] if isinstance(value, list) else value

    return {
        path.name: lasting(json.loads(path.read_text(encoding="utf-8")))
        for path in sorted((root / "evidence").glob("*.json"))
    }


def forget_evidence(root: Path) -> None:
    for path in (root / "evidence").glob("*.json"):
        path.unlink()


def test_report_and_records_are_those_of_one_machine(root: Path, tmp_path: Path) -> None:
    good = ["```python\nprint(answer)\n```\n"]
    write_card(root / "cards" / "good.md", card_text("answer = 42", good, good))
    bad = ["```python\nanswer.missing\n```\n", "```python\nprint('after')\n```\n"]
    write_card(root / "cards" / "wrong.md", card_text("answer = 42", bad))
    asks = "import urllib.request\nurllib.request.urlopen('https://nowhere.example.org/x')"
    write_card(root / "cards" / "asks.md", card_text(asks, ["Text."]))
    here = run_cards(root)
    recorded = evidence(root)
    assert here.returncode == 1
    assert recorded
    forget_evidence(root)
    with cluster(tmp_path, workers=2) as started:
        there = run_cards(root, "--cluster", started.address)
        assert f"cluster: 2 workers at {started.address}" in there.stdout
    assert (there.returncode, told(there)) == (1, told(here))
    assert "AttributeError" in there.stdout
    assert evidence(root) == recorded


def test_a_lost_worker_costs_only_what_it_was_doing(root: Path, tmp_path: Path) -> None:
    write_slow_cards(root, 6)
    with cluster(tmp_path, workers=2) as started:
        with started_run(root, f"--cluster={started.address}") as running:
            until_ready(running)
            time.sleep(1)
            assert running.poll() is None
            started.workers[0].send_signal(signal.SIGKILL)
            stdout, stderr = running.communicate(timeout=120)
        assert running.returncode == 0, (stdout, stderr)
        assert started.workers[1].poll() is None
    assert "6 examples: 6 run, 0 taken from records" in stdout
    assert len(evidence(root)) == 6


def test_without_any_worker_left_the_run_ends(root: Path, tmp_path: Path) -> None:
    write_slow_cards(root, 4)
    with cluster(tmp_path, workers=1) as started:
        with started_run(root, "--cluster", started.address) as running:
            until_ready(running)
            started.workers[0].send_signal(signal.SIGKILL)
            stdout, stderr = running.communicate(timeout=120)
        assert running.returncode == 1
        assert "all its workers are gone; mend it, or run the cards without --cluster" in stdout
        assert "Traceback" not in stdout + stderr


def until_ready(running: subprocess.Popen[str]) -> None:
    for line in running.stdout:
        if line.startswith("sandbox:"):
            return


def test_a_worker_with_another_program_is_refused(root: Path, tmp_path: Path) -> None:
    write_slow_cards(root, 1)
    other = tmp_path / "other"
    shutil.copytree(ROOT / "generator", other / "generator")
    with (other / "generator" / "levels.py").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    with cluster(tmp_path, workers=1, program=other) as started:
        result = run_cards(root, "--cluster", started.address)
    assert result.returncode == 2
    assert re.search(r"it runs hubcards \S+ \(\w+\), and here it is \S+ \(\w+\)", result.stderr)
    assert "Traceback" not in result.stdout + result.stderr
    assert evidence(root) == {}


def test_workers_that_live_long_take_up_what_has_changed(root: Path, tmp_path: Path) -> None:
    write_slow_cards(root, 1)
    with cluster(tmp_path, workers=1) as started:
        assert run_cards(root, "--cluster", started.address).returncode == 0
        (root / "models" / "requirements.txt").write_text("six\n", encoding="utf-8")
        assert run_cards(root, "--fresh", "--cluster", started.address).returncode == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--network", "record"], "--network record is for one machine"),
        (["-n", "2"], "-n shares out what the cluster shares out already; leave it out"),
    ],
)
def test_what_a_cluster_can_not_do_is_refused(
    root: Path, tmp_path: Path, options: list[str], message: str
) -> None:
    write_slow_cards(root, 1)
    with cluster(tmp_path, workers=1) as started:
        result = run_cards(root, "--cluster", started.address, *options)
    assert result.returncode == 2
    assert message in result.stdout + result.stderr
    assert "Traceback" not in result.stdout + result.stderr


def test_an_address_is_needed(root: Path) -> None:
    result = run_cards(root, "--cluster")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("hubcards: --cluster needs the address of a scheduler")
