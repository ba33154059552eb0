"""How long executing ten cards takes, beside the other ways there are.

    .venv/bin/python -m benchmarks.execution [--cards 10] [--rounds 3]

All the ways run the same copies of this hub's ResNet card, each with other prose and other
comments in its code, in the same runtime, and get the network's answers from the same
mirror. The ways take turns, round by round; what is printed is the median of each, and its
ratio to the first: a new interpreter for each card, with all its Python blocks joined into
one file, one card after the other, which is how PyTorch Hub's tests run its cards. That way
keeps what it downloads for the next card; ours gives every group an empty home of its own.
No other way counts what models have and compute; ours does it once for each state of a card.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.environment import environment_of_users
from generator.cards.catalog import read_catalog
from generator.cards.model import Card
from generator.config import Settings, load_settings
from generator.runner.interpreters import find_uv
from generator.runner.mirror.client import Mirror
from generator.runner.runtime import Runtime, ensure_runtime

ROOT = Path(__file__).parent.parent
CARD = ROOT / "cards" / "megengine_vision_resnet.md"
PEERS = ("pytest-markdown-docs==0.9.2", "sybil[pytest]==9.3.0")
SYBIL_CONFTEST = """\
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser

pytest_collect_file = Sybil(parsers=[PythonCodeBlockParser()], patterns=["*.md"]).pytest()
"""


@dataclass(frozen=True, slots=True)
class Way:
    """A way to execute the cards; `execute` gives how many of the cards passed."""

    name: str
    execute: Callable[[], str]


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cards", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hubcards-benchmark-") as name:
        folder = Path(name).resolve()
        settings = make_hub(folder / "hub", options.cards)
        runtime = ensure_runtime(settings, settings.default_runtime)
        mirror = Mirror(settings.root, runtime)
        try:
            network = {**environment_of_users(), **mirror.open_account().variables}
            ways = all_ways(settings, runtime, network, folder)
            report(ways, measure(ways, options.rounds), options.cards)
        finally:
            mirror.close()


def make_hub(root: Path, cards: int) -> Settings:
    """A hub at `root` with copies of the card, no two of them equal in prose or code."""
    for part in ("site", "models"):
        ignored = shutil.ignore_patterns("public", "__pycache__")
        shutil.copytree(ROOT / part, root / part, ignore=ignored)
    shutil.copy(ROOT / "hubconf.py", root)
    (root / "cards").mkdir()
    # The other ways know of no variants.
    text = re.sub(r"(?m)^# (?:model =|or any).*\n", "", CARD.read_text(encoding="utf-8"))
    for number in range(cards):
        copy = re.sub(r"(?m)^(### .*)$", rf"\1 ({number})", text)
        copy = copy.replace("# the shorter side", f"# the shorter side, in copy {number}")
        path = root / "cards" / f"benchmark_vision_copy{number}.md"
        path.write_text(copy, encoding="utf-8")
    return load_settings(root)


def all_ways(
    settings: Settings, runtime: Runtime, network: Mapping[str, str], folder: Path
) -> list[Way]:
    """The ways to be compared, the one that is the measure of the others first."""
    cards = read_catalog([settings.root / "cards"], settings).cards
    peers = install_peers(runtime, folder / "peers")
    return [
        Way("a process a card", lambda: one_process_a_card(cards, runtime, network, folder)),
        Way("hubcards, and models counted", lambda: hubcards_with_counting(settings)),
        Way("hubcards, everything", lambda: hubcards(settings, "--fresh")),
        Way("hubcards, nothing changed", lambda: hubcards(settings)),
        Way("Sybil", lambda: peer(cards, runtime, network, folder, peers, SYBIL_CONFTEST)),
        Way(
            "pytest-markdown-docs",
            lambda: peer(cards, runtime, network, folder, peers, "", "--markdown-docs"),
        ),
    ]


def one_process_a_card(
    cards: tuple[Card, ...], runtime: Runtime, network: Mapping[str, str], folder: Path
) -> str:
    """Join the blocks of each card, and run them one card after the other."""
    work = fresh(folder / "process")
    environment = {**network, "MGE_HOME": str(work / "mge")}
    passed = 0
    for card in cards:
        blocks = [card.sample, *(block for part in card.sections for block in part.code_blocks)]
        script = work / f"{card.id}.py"
        code = "\n".join(block.code for block in blocks if block.is_python)
        script.write_text(code, encoding="utf-8")
        passed += run([str(runtime.python), str(script)], work, environment).returncode == 0
    return f"{passed} of {len(cards)} cards"


def hubcards_with_counting(settings: Settings) -> str:
    """Run the cards as if they were new, and have what their models are counted as well."""
    shutil.rmtree(settings.root / "evidence", ignore_errors=True)
    return hubcards(settings, "--fresh")


def hubcards(settings: Settings, *options: str) -> str:
    """Run the cards as a user of this program does."""
    command = [sys.executable, "-m", "generator", "--root", str(settings.root), "test", *options]
    done = run(command, ROOT, environment_of_users())
    return last_line(done)


def install_peers(runtime: Runtime, folder: Path) -> Path:
    """The peers, in a folder of their own for the runtime's interpreter."""
    command = [str(find_uv()), "pip", "install", "--quiet", "--target", str(folder)]
    subprocess.run([*command, "--python", str(runtime.python), *PEERS], check=True)
    return folder


def peer(
    cards: tuple[Card, ...],
    runtime: Runtime,
    network: Mapping[str, str],
    folder: Path,
    peers: Path,
    conftest: str,
    *options: str,
) -> str:
    """Run the cards by a plugin of pytest, all of them in one process."""
    work = fresh(folder / "peer")
    (work / "conftest.py").write_text(conftest, encoding="utf-8")
    for card in cards:
        shutil.copy(card.path, work)
    environment = {**network, "MGE_HOME": str(work / "mge"), "PYTHONPATH": str(peers)}
    plugins = ("-p", "no:cacheprovider", "-p", "no:hubcards")
    command = [str(runtime.python), "-m", "pytest", "-q", *plugins, *options, str(work)]
    return last_line(run(command, work, environment))


def fresh(folder: Path) -> Path:
    """An empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def run(
    command: list[str], folder: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False
    )


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    """What pytest says at the end."""
    lines = [line for line in done.stdout.splitlines() if line.strip()]
    return lines[-1].strip("= ") if lines else done.stderr[-200:]


def measure(ways: list[Way], rounds: int) -> dict[str, tuple[list[float], str]]:
    """Seconds of each round by way, and what the last round said."""
    seen: dict[str, tuple[list[float], str]] = {way.name: ([], "") for way in ways}
    for _ in range(rounds):
        for way in ways:
            started = time.perf_counter()
            said = way.execute()
            seconds = [*seen[way.name][0], time.perf_counter() - started]
            seen[way.name] = (seconds, said)
    return seen


def report(ways: list[Way], seen: dict[str, tuple[list[float], str]], cards: int) -> None:
    """Print the medians, and their ratios to the first."""
    base = statistics.median(seen[ways[0].name][0])
    print(f"{cards} cards, {os.cpu_count()} processors, medians of {len(seen[ways[0].name][0])}")
    for way in ways:
        seconds, said = seen[way.name]
        median = statistics.median(seconds)
        print(f"{way.name:28} {median:8.2f} s  {median / base:6.3f}  {said}")


if __name__ == "__main__":
    main()
