"""The published weights, recorded once: from then on the same cards reproduce what they show."""

from __future__ import annotations

import hashlib
import json
import subprocess

import pytest

from tests.runner.hubs import SITE, VERSION, card_text, python, write_card, write_hub
from tests.runner.publisher import Publisher
from tests.runner.test_hub import HUBCONF, ROOT, TINY

ASKS = """
import urllib.request
weights = urllib.request.urlopen("{url}").read()
print(weights.decode())
"""


@pytest.fixture
def publisher():
    publisher = Publisher({"/weights/tiny.pkl": b"published"})
    publisher.start()
    yield publisher
    publisher.stop()


def publish_at(hub, publisher, site=SITE):
    site = site.replace("https://data.example.org/weights/*", publisher.url("/weights/*"))
    text = f'{site}  hosts: ["{publisher.host}"]\n'
    (hub.path / "site" / "site.yaml").write_text(text, encoding="utf-8")


@pytest.fixture
def asking(hub, publisher):
    """A hub whose one card prints the weights that it gets."""
    publish_at(hub, publisher)
    text = card_text(ASKS.format(url=publisher.url("/weights/tiny.pkl")), [python("x = 1")])
    write_card(hub.path / "cards" / "good.md", text)
    return hub


def run(hub, *arguments):
    return hub.runpytest_subprocess("-p", "hubcards", "--only-cards", *arguments)


def records(hub, card="good"):
    evidence = json.loads((hub.path / "evidence" / f"{card}.json").read_text(encoding="utf-8"))
    return [record for item in evidence["runs"] for record in item["records"].values()]


def claims(hub, card="good"):
    return {record["claim"] for record in records(hub, card)}


def test_a_recorded_run_reproduces_and_so_does_one_without_the_publisher(asking, publisher):
    run(asking, "--card-network", "record").assert_outcomes(passed=2)
    assert claims(asking) == {"reproduced"}
    before = records(asking)
    publisher.stop()
    result = run(asking)
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["*0 run*2 taken from records*"])
    run(asking, "--card-fresh").assert_outcomes(passed=2)
    assert records(asking) == before
    assert before[0]["stdout"] == ["published", ""]
    url = publisher.url("/weights/tiny.pkl")
    identity = f"recorded:{hashlib.sha256(b'published').hexdigest()}"
    assert before[0]["requests"] == {url: identity}


def test_other_weights_that_are_recorded_run_the_card_again(asking, publisher):
    run(asking, "--card-network", "record")
    publisher.bodies["/weights/tiny.pkl"] = b"newer"
    (asking.path / "site" / "mirror" / "recorded.json").unlink()
    result = run(asking, "--card-network", "record", "--card-accept")
    result.assert_outcomes(passed=2)
    assert records(asking)[0]["stdout"] == ["newer", ""]
    assert claims(asking) == {"reproduced"}


def test_without_the_body_the_card_fails_and_says_how_to_get_it(asking, cache):
    run(asking, "--card-network", "record")
    (body,) = (cache / "recorded").glob(hashlib.sha256(b"published").hexdigest())
    body.unlink()
    # What was seen elsewhere is as true here.
    run(asking).stdout.fnmatch_lines(["*2 taken from records*"])
    result = run(asking, "--card-fresh")
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["*to record it again: hubcards test --network record*"])


def test_live_leaves_neither_answers_nor_evidence(asking):
    run(asking, "--card-network", "live").assert_outcomes(passed=2)
    assert not (asking.path / "evidence").exists()
    assert not (asking.path / "site" / "mirror" / "recorded.json").exists()


SAMPLE = """
import megengine.hub
model = megengine.hub.load('example/models', 'tiny', pretrained=True)
print(float(model.noise.numpy().min()), float(model.noise.numpy().max()))
"""

MAKE_WEIGHTS = """
import sys
sys.path.insert(0, ".")
import megengine, hubconf
state = hubconf.tiny().state_dict()
state["noise"] = state["noise"] * 0 + 7
megengine.save(state, "published.pkl")
"""


def test_the_real_hub_gets_the_published_weights(pytester, monkeypatch, runtime_python, publisher):
    # pytester moves the home, and with it the cache.
    monkeypatch.setenv("HUBCARDS_CACHE_DIR", str(runtime_python.parents[3]))
    write_hub(pytester.path)
    publish_at(pytester, publisher, SITE.replace("plain", "megengine").replace(VERSION, "3.10"))
    url = publisher.url("/weights/tiny.pkl")
    files = {
        "hubconf.py": HUBCONF.replace("https://data.example.org/weights/tiny.pkl", url),
        "models/tiny.py": TINY,
        "models/requirements.txt": (ROOT / "models" / "requirements.txt").read_text("utf-8"),
        "pyproject.toml": "[tool.pytest.ini_options]\n",
        "cards/tiny.md": card_text(SAMPLE),
    }
    for name, text in files.items():
        (pytester.path / name).write_text(text, encoding="utf-8")
    subprocess.run([runtime_python, "-c", MAKE_WEIGHTS], cwd=pytester.path, check=True)
    weights = (pytester.path / "published.pkl").read_bytes()
    publisher.bodies["/weights/tiny.pkl"] = weights

    run(pytester).assert_outcomes(passed=1)
    (stand_in,) = records(pytester, "tiny")
    assert stand_in["claim"] == "executed"
    assert stand_in["stdout"] != ["7.0 7.0", ""]

    run(pytester, "--card-network", "record", "--card-accept").assert_outcomes(passed=1)
    publisher.stop()
    run(pytester, "--card-fresh").assert_outcomes(passed=1)
    (record,) = records(pytester, "tiny")
    assert record["claim"] == "reproduced"
    assert record["stdout"] == ["7.0 7.0", ""]
    assert record["requests"][url] == f"recorded:{hashlib.sha256(weights).hexdigest()}"
