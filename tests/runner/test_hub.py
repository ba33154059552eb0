"""The real megengine.hub, asked by cards whose text nobody has touched."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import pytest

from generator.config import load_settings
from generator.runner.mirror.answers import Found, Unanswered
from generator.runner.mirror.weights import stand_in_weights
from generator.runner.runtime import ensure_runtime
from tests.runner.hubs import HEAD, SITE, VERSION, python, write_hub

ROOT = Path(__file__).parents[2]
WEIGHTS = "https://data.example.org/weights/tiny.pkl"

HUBCONF = f"""\
from megengine.hub import pretrained
from models.tiny import Tiny

PUBLISHED_WEIGHTS = {{"tiny": "{WEIGHTS}"}}

@pretrained(PUBLISHED_WEIGHTS["tiny"])
def tiny():
    return Tiny()
"""

TINY = """\
import random
import megengine as mge
import numpy as np
import megengine.functional as F
import megengine.module as M

class Tiny(M.Module):
    def __init__(self):
        super().__init__()
        self.conv = M.Conv2d(3, 4, 3)
        self.noise = mge.Parameter(np.random.rand(4) + random.random())

    def forward(self, x):
        return F.mean(self.conv(x), axis=(2, 3))
"""

SAMPLE = """
import megengine.hub
model = megengine.hub.load('Example/Models', 'tiny', pretrained=True)
model.eval()
"""

SECTION = """
import urllib
url, filename = ("https://data.example.org/images/cat.jpg", "cat.jpg")
try: urllib.URLopener().retrieve(url, filename)
except: urllib.request.urlretrieve(url, filename)
import numpy as np
import megengine as mge
x = mge.tensor(np.ones((1, 3, 8, 8), dtype="float32"))
print(open(filename, "rb").read(), model(x).shape, repr(model(x).numpy().tobytes()))
"""


@pytest.fixture
def hub(pytester, monkeypatch, runtime_python):
    """A hub of a model that is small, and the runtime of this hub."""
    # pytester moves the home, and with it the cache.
    monkeypatch.setenv("HUBCARDS_CACHE_DIR", str(runtime_python.parents[3]))
    write_hub(pytester.path)
    site = SITE.replace("plain", "megengine").replace(f'"{VERSION}"', '"3.10"')
    files = {
        "site/site.yaml": site,
        "hubconf.py": HUBCONF,
        "models/tiny.py": TINY,
        "models/requirements.txt": (ROOT / "models" / "requirements.txt").read_text("utf-8"),
        "pyproject.toml": "[tool.pytest.ini_options]\n",
        "cards/tiny.md": f"{HEAD}```python{SAMPLE}```\n"
        f"<!-- section: zh_CN -->\n{python(SECTION)}\n"
        f"<!-- section: en_US -->\n{python(SECTION)}",
    }
    for name, text in files.items():
        (pytester.path / name).write_text(text, encoding="utf-8")
    return pytester


def body_of(answer):
    return answer.body.read_bytes()


def test_a_card_of_the_hub_runs_in_each_language(hub):
    result = hub.runpytest_subprocess("cards", "-sv")
    result.assert_outcomes(passed=4)
    shown = [line for line in result.outlines if "a cat" in line]
    # Whoever asks, and whenever: the weights are the same.
    assert len(shown) == 2
    assert len({line.partition("b'")[2].removesuffix("PASSED") for line in shown}) == 1
    assert "(1, 4)" in shown[0]


def test_weights_that_nobody_publishes_are_named_with_what_to_do(hub):
    path = hub.path / "hubconf.py"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"tiny": "https', '"tiny": "http'), encoding="utf-8")
    path.write_text(text.replace('PUBLISHED_WEIGHTS["tiny"])', f'"{WEIGHTS}x")'), encoding="utf-8")
    result = hub.runpytest_subprocess("cards", "-k", "zh_CN and sample")
    result.assert_outcomes(failed=1, deselected=3)
    result.stdout.fnmatch_lines(
        [
            ">   model = megengine.hub.load('Example/Models', 'tiny', pretrained=True)",
            "megengine/hub/hub.py:*: in load",
            f"no entrypoint has weights at {WEIGHTS}x*PUBLISHED_WEIGHTS of hubconf.py*",
        ]
    )


def test_an_error_in_a_model_is_shown_at_the_file_of_this_checkout(hub):
    path = hub.path / "models" / "tiny.py"
    path.write_text(TINY.replace("M.Conv2d(3, 4, 3)", "M.Conv2d(nothing)"), encoding="utf-8")
    result = hub.runpytest_subprocess("cards", "-k", "zh_CN and sample")
    result.assert_outcomes(failed=1, deselected=3)
    result.stdout.fnmatch_lines(["models/tiny.py:10: in __init__", "E   NameError: *nothing*"])
    # The model does not exist, so that its weights were not asked for.
    assert "could not answer" not in result.stdout.str()


def test_a_stand_in_is_made_once_and_is_the_same_when_made_again(hub, tmp_path):
    settings = load_settings(hub.path)
    runtime = ensure_runtime(settings, "megengine")
    digests = set()
    for folder in ("one", "two"):
        cache = tmp_path / folder
        answer = stand_in_weights(settings, runtime, cache, WEIGHTS)
        assert isinstance(answer, Found)
        digests.add(hashlib.sha256(body_of(answer)).hexdigest())
        (made,) = cache.rglob("*.pkl")
        before = made.stat().st_ino
        assert stand_in_weights(settings, runtime, cache, WEIGHTS) == answer
        assert made.stat().st_ino == before
    assert len(digests) == 1


def test_a_stand_in_has_the_architecture_and_is_not_trivial(hub, runtime_python, tmp_path):
    settings = load_settings(hub.path)
    runtime = ensure_runtime(settings, "megengine")
    answer = stand_in_weights(settings, runtime, tmp_path, WEIGHTS)
    path = tmp_path / "weights.pkl"
    path.write_bytes(body_of(answer))
    code = (
        "import megengine, sys; state = megengine.load(sys.argv[1]);"
        "print(sorted((k, v.shape) for k, v in state.items()), abs(state['conv.weight']).sum() > 0)"
    )
    command = [runtime_python, "-c", code, path]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == (
        "[('conv.bias', (1, 4, 1, 1)), ('conv.weight', (4, 3, 3, 3)), ('noise', (4,))] True\n"
    )


def test_a_stand_in_changes_with_the_sources_and_old_ones_do_not_pile_up(hub, tmp_path):
    settings = load_settings(hub.path)
    runtime = ensure_runtime(settings, "megengine")
    bodies = set()
    for width in range(5, 10):
        text = TINY.replace("(3, 4, 3)", f"(3, {width}, 3)")
        (hub.path / "models" / "tiny.py").write_text(text, encoding="utf-8")
        bodies.add(stand_in_weights(settings, runtime, tmp_path, WEIGHTS).body)
    assert len(bodies) == 5
    assert len(list(tmp_path.rglob("*.pkl"))) == 3
    assert not list(tmp_path.rglob("*.part"))


def test_a_stand_in_that_can_not_be_made_says_why(hub, tmp_path):
    settings = load_settings(hub.path)
    runtime = ensure_runtime(settings, "megengine")
    (hub.path / "models" / "tiny.py").write_text("raise OSError('no model')", encoding="utf-8")
    answer = stand_in_weights(settings, runtime, tmp_path, WEIGHTS)
    assert isinstance(answer, Unanswered)
    assert "OSError: no model" in answer.reason
    assert not list(tmp_path.rglob("*.pkl"))
