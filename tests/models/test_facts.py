"""What is counted of models, by the real MegEngine."""

from __future__ import annotations

import pytest

from generator.cards.catalog import read_catalog
from generator.runner.valid_evidence import ValidEvidence
from tests.models.conftest import ROOT

# Parameters, and multiply-adds in billions, as torchvision publishes them with its weights
# (`num_params` and `_ops` in torchvision/models/resnet.py);
# activations in millions as the model cards of pytorch-image-models have them. At 224 x 224.
PUBLISHED = {
    "resnet18": (11_689_512, 1.814, 2.5),
    "resnet34": (21_797_672, 3.664, 3.7),
    "resnet50": (25_557_032, 4.089, 11.1),
    "resnet101": (44_549_160, 7.801, 16.2),
    "resnet152": (60_192_808, 11.514, 22.6),
    "resnext50_32x4d": (25_028_904, 4.23, 14.4),
}


@pytest.fixture(scope="module")
def facts(settings):
    (card,) = read_catalog([ROOT / "cards" / "megengine_vision_resnet.md"], settings).cards
    found = ValidEvidence(settings).of(card)
    assert found.evidence is not None
    return {facts.entrypoint: facts for facts, _ in found.evidence.models}


@pytest.mark.parametrize("entrypoint", PUBLISHED)
def test_this_hubs_records_have_the_published_numbers_of_the_resnets(facts, entrypoint):
    counted = facts[entrypoint]
    parameters, multiply_adds, activations = PUBLISHED[entrypoint]
    assert counted.parameters == parameters
    assert round(counted.multiply_adds / 1e9, 3) == multiply_adds
    assert round(counted.activations / 1e6, 1) == activations
    assert (counted.inputs, counted.outputs) == (((1, 3, 224, 224),), ((1, 1000),))


def test_the_resnet_of_18_layers_is_counted_to_the_last_one(facts):
    # By hand: 7 x 7 x 3 weights at 64 x 112 x 112 places; in the first stage four times 9 x 64 at
    # 64 x 56 x 56; in each later one 2.5 of the same, a shortcut of 1 / 18 of it; 512 x 1000.
    stem = 147 * 64 * 112**2
    stage = 9 * 64 * 64 * 56**2
    later = stage * 7 // 2 + stage // 18 * 1
    assert facts["resnet18"].multiply_adds == stem + 4 * stage + 3 * later + 512_000
    assert facts["resnet18"].multiply_adds == 1_814_073_344
    buffers = 2 * 4_800
    assert facts["resnet18"].weight_bytes == 4 * (11_689_512 + buffers)


def test_all_six_are_counted(facts):
    assert set(facts) == set(PUBLISHED)


@pytest.mark.parametrize(
    ("name", "multiply_adds", "activations", "parameters"),
    [
        # 2 x 6 x 5 x 5 elements come out, each from 2 channels of 3 x 3.
        ("conv", 300 * 18, 300, 6 * 18 + 6),
        # Each of 4 x 5 x 5 elements goes into 6 channels of 2 x 2.
        ("transposed", 100 * 24, 600, 4 * 6 * 4 + 6),
        ("linear", 42 * 10, 42, 33),
        ("norm", 16 * 3, 16, 12 + 8),
        ("shared", 3 * 64, 24, 64),
        ("own", None, None, 108),
    ],
)
def test_layers_are_counted_as_on_paper(probe, name, multiply_adds, activations, parameters):
    found = probe("counting")[name]
    assert found["multiply_adds"] == multiply_adds
    assert found["activations"] == activations
    assert found["parameters"] == parameters


def test_outputs_by_name_have_their_shapes(probe):
    assert probe("counting")["shared"]["outputs"] == [[1, 8], [1, 8]]
    assert probe("counting")["conv"]["inputs"] == [[2, 4, 10, 10]]
