"""What is counted of the models that cards load, kept, and no longer believed."""

from __future__ import annotations

import json

import pytest

from generator.cards.catalog import read_catalog
from generator.config import load_settings
from generator.runner.valid_evidence import ValidEvidence
from tests.runner.hubs import HEAD, python
from tests.runner.test_hub import TINY, hub

__all__ = ["hub"]

SAMPLE = """
import megengine.hub
model = megengine.hub.load('Example/Models', 'tiny')
"""
CALLS = """
import megengine as mge
import numpy as np
print(model(mge.tensor(np.ones((2, 3, 8, 8), dtype="float32"))).shape)
"""
LATER = """
model.conv = None
"""


@pytest.fixture
def counting_hub(hub):
    """A hub with a card that calls its model, and then takes it apart."""
    model = TINY.replace(
        "        self.noise = mge.Parameter(np.random.rand(4) + random.random())\n", ""
    )
    (hub.path / "models" / "tiny.py").write_text(model, encoding="utf-8")
    write(hub, SAMPLE, CALLS, LATER)
    return hub


def write(hub, sample, *blocks):
    text = f"{HEAD}```python{sample}```\n\n<!-- section: zh_CN -->\n\n" + "\n".join(
        map(python, blocks)
    )
    text = text.replace(", en_US: Card", "")
    (hub.path / "cards" / "tiny.md").write_text(text, encoding="utf-8")


def run(hub, *arguments):
    return hub.runpytest_subprocess("-p", "hubcards", "--only-cards", *arguments)


def measurements(hub):
    path = hub.path / "evidence" / "tiny.json"
    runs = json.loads(path.read_text(encoding="utf-8"))["runs"]
    return [item["measurement"] for item in runs if "measurement" in item]


def facts(hub):
    (measurement,) = measurements(hub)
    return measurement["models"]


def valid_facts(hub):
    settings = load_settings(hub.path)
    (card,) = read_catalog([hub.path / "cards"], settings).cards
    found = ValidEvidence(settings).of(card)
    assert found.problems == ()
    runs = found.evidence.runs if found.evidence else ()
    return [item.measurement for item in runs if item.measurement]


def test_a_model_is_counted_at_the_first_call_of_the_card(counting_hub):
    run(counting_hub).assert_outcomes(passed=3)
    assert facts(counting_hub) == {
        "tiny": {
            "parameters": 4 * 27 + 4,
            "weight_bytes": 4 * (4 * 27 + 4),
            "inputs": [[2, 3, 8, 8]],
            "outputs": [[2, 4]],
            "multiply_adds": 2 * 4 * 36 * 27,
            "activations": 2 * 4 * 36,
        }
    }
    assert measurements(counting_hub)[0]["example"] == "block-1"
    (shown,) = valid_facts(counting_hub)
    assert shown.models[0].entrypoint == "tiny"


def test_what_is_counted_is_kept_and_counted_no_second_time(counting_hub):
    run(counting_hub)
    path = counting_hub.path / "evidence" / "tiny.json"
    before = path.read_bytes()
    assert "3 taken from records" in run(counting_hub).stdout.str()
    assert path.read_bytes() == before


def test_only_what_is_missing_is_counted_and_nothing_executed_again(counting_hub):
    run(counting_hub)
    path = counting_hub.path / "evidence" / "tiny.json"
    kept = json.loads(path.read_text(encoding="utf-8"))
    whole = json.loads(json.dumps(kept))
    del kept["runs"][0]["measurement"]
    path.write_text(json.dumps(kept), encoding="utf-8")
    assert "0 run, 3 taken from records" in run(counting_hub).stdout.str()
    again = json.loads(path.read_text(encoding="utf-8"))
    for item in (again, whole):
        del item["runs"][0]["measurement"]["when"]
    assert again == whole


def test_facts_of_a_model_that_has_changed_are_not_shown_and_made_again(counting_hub):
    run(counting_hub)
    path = counting_hub.path / "models" / "tiny.py"
    text = path.read_text(encoding="utf-8").replace("Conv2d(3, 4, 3)", "Conv2d(3, 4, 1)")
    path.write_text(text, encoding="utf-8")
    assert valid_facts(counting_hub) == []
    assert facts(counting_hub)["tiny"]["parameters"] == 112
    run(counting_hub)
    assert facts(counting_hub)["tiny"]["parameters"] == 16
    assert len(valid_facts(counting_hub)) == 1


def test_facts_that_other_code_has_counted_are_not_shown(counting_hub):
    run(counting_hub)
    path = counting_hub.path / "evidence" / "tiny.json"
    kept = json.loads(path.read_text(encoding="utf-8"))
    kept["runs"][0]["measurement"]["fingerprint"] = "0" * 32
    path.write_text(json.dumps(kept), encoding="utf-8")
    assert valid_facts(counting_hub) == []


def test_a_failure_to_count_is_told_and_fails_no_example(counting_hub):
    # It runs by itself, but not when somebody watches.
    sample = SAMPLE + "\nmodel.register_forward_pre_hook = None\n"
    write(counting_hub, sample, CALLS)
    result = run(counting_hub)
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(
        ["cards/tiny.md: the parameters and operations of tiny could not be counted,*TypeError*"]
    )
    assert measurements(counting_hub) == []


def test_what_is_no_module_has_no_facts_and_is_not_looked_at_again(counting_hub):
    sample = SAMPLE.replace("megengine.hub.load(", "[megengine.hub.load(").replace("')", "')]")
    write(counting_hub, sample, "print(len(model))")
    run(counting_hub).assert_outcomes(passed=2)
    assert facts(counting_hub) == {}
    assert "2 taken from records" in run(counting_hub).stdout.str()


def test_what_the_code_of_a_card_keeps_from_being_told_is_no_measurement(counting_hub):
    write(counting_hub, SAMPLE, f"import sys\nsys.stdout.write = lambda text: None\n{CALLS}")
    result = run(counting_hub)
    result.stdout.fnmatch_lines(["*could not be counted*not told in a form that can be read*"])
    assert measurements(counting_hub) == []


def test_a_model_that_is_never_called_has_parameters_and_no_operations(counting_hub):
    write(counting_hub, SAMPLE, "print(model)")
    run(counting_hub)
    assert facts(counting_hub)["tiny"] == {
        "parameters": 112,
        "weight_bytes": 448,
        "inputs": [],
        "outputs": [],
    }
