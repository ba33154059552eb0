"""What has moved once in a run is not moved again, and is known to have been taken."""

from __future__ import annotations

import json
import re

import pytest

from generator.evidence.model import Claim
from generator.runner.mirror.answers import Found
from generator.runner.mirror.claims import claim_of
from generator.runner.mirror.exchange import Exchange
from generator.runner.mirror.seeding import Moved, Seeds, plant
from tests.runner.hubs import SITE, VERSION, card_text, python, write_card, write_hub
from tests.runner.test_hub import HUBCONF, ROOT, TINY, WEIGHTS


@pytest.fixture
def seed(tmp_path):
    body = tmp_path / "body"
    body.write_bytes(b"weights")
    (tmp_path / "mge").mkdir()
    seed = plant(tmp_path / "mge", WEIGHTS, Found(body, "x/y", "recorded:1"))
    assert seed, "the file system of temporary files keeps no time of access"
    return seed


def exchange(name):
    return Exchange("GET", f"https://example.org/{name}", None, "file:1")


def test_a_copy_that_nobody_reads_was_not_taken(seed):
    assert seed.path.stat().st_size == 7
    assert list(seed.path.parent.iterdir()) == [seed.path]
    assert Seeds([seed]).among((exchange("a"),)) == (exchange("a"),)


@pytest.mark.parametrize("take", ["read", "delete", "replace"])
def test_a_copy_that_was_taken_stands_among_the_exchanges_and_stays_there(seed, take):
    seeds = Seeds([seed])
    assert seeds.among((exchange("a"),)) == (exchange("a"),)
    if take == "read":
        assert seed.path.read_bytes() == b"weights"
    elif take == "delete":
        seed.path.unlink()
    else:
        other = seed.path.with_name("other")
        other.write_bytes(b"")
        other.replace(seed.path)
    taken = Exchange("SEEDED", WEIGHTS, None, "recorded:1")
    assert seeds.among((exchange("a"), exchange("b"))) == (exchange("a"), exchange("b"), taken)
    later = tuple(map(exchange, "abc"))
    assert seeds.among(later) == (*later[:2], taken, later[2])


def test_writing_into_a_copy_changes_nothing_of_the_original(seed, tmp_path):
    seed.path.write_bytes(b"changed")
    assert (tmp_path / "body").read_bytes() == b"weights"


def test_a_copy_of_published_weights_that_was_taken_is_published_weights(tmp_path):
    settings = write_hub(tmp_path)
    taken = Exchange("SEEDED", WEIGHTS, None, "recorded:1")
    assert claim_of([taken], settings) is Claim.REPRODUCED


def test_only_what_was_downloaded_has_moved():
    moved = Moved()
    moved.note([exchange("a"), Exchange("HEAD", "https://example.org/b", None, "file:1")])
    assert moved.has("https://example.org/a", "file:1")
    assert not moved.has("https://example.org/a", "file:2")
    assert not moved.has("https://example.org/b", "file:1")


SAMPLE = """
import glob, megengine.hub, os
home = os.environ["MGE_HOME"]
before = len(glob.glob(os.path.join(home, "serialized", "*")))
model = megengine.hub.load('example/models', 'tiny', pretrained=True)
"""


def test_the_second_group_of_the_real_hub_downloads_nothing(pytester, monkeypatch, runtime_python):
    # pytester moves the home, and with it the cache.
    monkeypatch.setenv("HUBCARDS_CACHE_DIR", str(runtime_python.parents[3]))
    write_hub(pytester.path)
    files = {
        "site/site.yaml": SITE.replace("plain", "megengine").replace(VERSION, "3.10"),
        "hubconf.py": HUBCONF,
        "models/tiny.py": TINY,
        "models/requirements.txt": (ROOT / "models" / "requirements.txt").read_text("utf-8"),
        "pyproject.toml": "[tool.pytest.ini_options]\n",
    }
    for name, text in files.items():
        (pytester.path / name).write_text(text, encoding="utf-8")
    sections = [[python(f"print({language!r}, before)")] for language in ("zh", "en")]
    write_card(pytester.path / "cards" / "tiny.md", card_text(SAMPLE, *sections))
    options = ("-p", "hubcards", "--only-cards", "--card-jobs", "1")
    pytester.runpytest_subprocess(*options).assert_outcomes(passed=4)
    text = (pytester.path / "evidence" / "tiny.json").read_text(encoding="utf-8")
    records = [run["records"] for run in json.loads(text)["runs"]]
    assert [item["block-1"]["stdout"][0] for item in records] == ["zh 0", "en 1"]
    # Yet what it depended on is known.
    first, second = (item["sample"]["requests"] for item in records)
    assert first == second
    assert re.fullmatch("stand-in:[0-9a-f]{64}", second[WEIGHTS])
    again = pytester.runpytest_subprocess(*options)
    again.stdout.fnmatch_lines(["*4 taken from records*"])
