"""How long it takes from a saved card to the reloaded page, in a real browser.

    .venv/bin/python -m benchmarks.preview [--cards 1000] [--rounds 10]

`hubcards serve` previews a hub with so many cards, and Chromium shows one of them. What is
measured is the time from writing the card's file until the browser has painted the page with
its new words, by the browser's own clock: whoever asks a page from outside learns of it later.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.corpus import card, write_corpus
from benchmarks.environment import environment_of_users

ROOT = Path(__file__).parent.parent
_SECONDS_TO_WAIT = 30
_TARGETS = {1000: "; the target is at most 150 ms"}
# The later of the two: all words are there, and there is something to be seen.
_PAINTED = """() => {
  const [paint] = performance.getEntriesByName("first-contentful-paint");
  const [page] = performance.getEntriesByType("navigation");
  return paint && performance.timeOrigin + Math.max(paint.startTime, page.domInteractive);
}"""


def main() -> None:
    """Measure, and print the median, and the range."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cards", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hubcards-benchmark-") as name:
        root = Path(name).resolve() / "hub"
        write_corpus(root, options.cards)
        number = options.cards // 2
        with preview_of(root, Path(name) / "cache") as url, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
            page = browser.new_page()
            page.goto(f"{url}en-US/corpus_vision_net{number:06}/", wait_until="load")
            seconds = [reloaded(page, root, number, edition) for edition in range(options.rounds)]
            browser.close()
    milliseconds = sorted(1000 * item for item in seconds)
    median = statistics.median(milliseconds)
    print(
        f"{options.cards:,} cards: from the saved card to the page {median:.0f} ms"
        f" ({milliseconds[0]:.0f} to {milliseconds[-1]:.0f} ms, {options.rounds} times)"
        f"{_TARGETS.get(options.cards, '')}"
    )


@contextmanager
def preview_of(root: Path, cache: Path) -> Iterator[str]:
    """A preview of the hub that has built it: the address of its front page."""
    command = [sys.executable, "-m", "generator", "--root", str(root), "serve"]
    environment = {**environment_of_users(), "HUBCARDS_CACHE_DIR": str(cache)}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:
        try:
            lines = iter(process.stdout or ())
            url = next(lines).split(" ")[0]
            next(lines)
            yield url
        finally:
            process.kill()


def reloaded(page: Page, root: Path, number: int, edition: int) -> float:
    """Save another edition of a card; the seconds until the page shows its new words."""
    mark = f"Edition{edition}x"
    text = card(number).replace("## ", f"## {mark} ")
    path = root / "cards" / f"corpus_vision_net{number:06}.md"
    time.sleep(1)
    start = time.time()
    path.write_text(text, encoding="utf-8")
    page.get_by_text(mark).first.wait_for(timeout=1000 * _SECONDS_TO_WAIT)
    painted: float = page.wait_for_function(_PAINTED).json_value()
    return painted / 1000 - start


if __name__ == "__main__":
    main()
