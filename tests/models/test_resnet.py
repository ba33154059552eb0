"""The residual networks are those of the papers, and take the published weights."""

from __future__ import annotations

import pytest

from tests.models.conftest import STATE_DICTS

ENTRYPOINTS = sorted(STATE_DICTS)
# As published with the architectures.
PARAMETERS = {
    "resnet18": 11_689_512,
    "resnet34": 21_797_672,
    "resnet50": 25_557_032,
    "resnet101": 44_549_160,
    "resnet152": 60_192_808,
    "resnext50_32x4d": 25_028_904,
}
# In units of 10^9, for 224 x 224 pixels; they tell in which convolution the strides are.
MULTIPLICATIONS = {
    "resnet18": 1.81,
    "resnet34": 3.66,
    "resnet50": 4.09,
    "resnet101": 7.80,
    "resnet152": 11.51,
    "resnext50_32x4d": 4.23,
}
ADDRESS = "https://data.megengine.org.cn/models/weights/"
WEIGHTS = {
    "resnet18": ADDRESS + "resnet18_naiveaug_70312_78a63ca6.pkl",
    "resnet34": ADDRESS + "resnet34_naiveaug_73960_fd9d869d.pkl",
    "resnet50": ADDRESS + "resnet50_fbaug_76254_4e14b7d1.pkl",
    "resnet101": ADDRESS + "resnet101_fbaug_77944_b7932921.pkl",
    "resnet152": ADDRESS + "resnet152_fbaug_78582_7551aff3.pkl",
    "resnext50_32x4d": ADDRESS + "resnext50_32x4d_fbaug_77592_c4b04e5e.pkl",
}


@pytest.mark.parametrize("entrypoint", ENTRYPOINTS)
def test_parameters_have_the_names_and_shapes_of_the_published_weights(probe, entrypoint):
    found = probe("architectures")[entrypoint]
    assert found["shapes"] == STATE_DICTS[entrypoint]
    assert found["loads_strictly"]


@pytest.mark.parametrize("entrypoint", ENTRYPOINTS)
def test_size_is_the_published_one(probe, entrypoint):
    found = probe("architectures")[entrypoint]
    assert found["parameters"] == PARAMETERS[entrypoint]
    assert round(found["multiplications"] / 1e9, 2) == MULTIPLICATIONS[entrypoint]


@pytest.mark.parametrize("entrypoint", ENTRYPOINTS)
def test_fresh_weights_give_probabilities(probe, entrypoint):
    found = probe("architectures")[entrypoint]
    assert found["probabilities_shape"] == [1, 1000]
    assert found["probabilities_sum"] == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("entrypoint", ["resnet18", "resnet50", "resnext50_32x4d"])
def test_logits_are_those_of_the_formulas(probe, entrypoint):
    assert probe("computation")["error"][entrypoint] < 1e-4


def test_training_lowers_the_loss_and_changes_every_parameter(probe):
    found = probe("computation")["training"]
    assert found["losses"][-1] < found["losses"][0]
    assert found["unchanged"] == []


def test_trace_gives_the_same_logits_for_every_size(probe):
    assert probe("computation")["traced"] == {"imperative": 0, "symbolic": 0, "to dump": 0}


def test_zero_init_residual_begins_with_identity(probe):
    assert probe("computation")["identity_at_first"]


def test_features_of_every_stage(probe):
    assert probe("computation")["feature_shapes"] == {
        "stem": [2, 64, 16, 25],
        "res2": [2, 256, 16, 25],
        "res3": [2, 512, 8, 13],
        "res4": [2, 1024, 4, 7],
        "res5": [2, 2048, 2, 4],
    }


def test_hub_lists_exactly_the_entrypoints(probe):
    found = probe("hub")
    assert found["imported_from_cache"]
    assert sorted(found["entrypoints"]) == ENTRYPOINTS


def test_hub_has_the_published_addresses(probe):
    assert probe("hub")["published_weights"] == WEIGHTS


def test_hub_loads_pretrained_weights(probe):
    found = probe("hub")
    assert found["weights_loaded"]
    assert found["logits"] == [1, 1000]


@pytest.mark.parametrize("entrypoint", ENTRYPOINTS)
def test_hub_help_tells_what_to_give_and_what_comes(probe, entrypoint):
    found = probe("hub")
    text = found["help"][entrypoint]
    assert found["first_parameters"][entrypoint] == "pretrained"
    assert f"{PARAMETERS[entrypoint]:,} parameters" in text
    for word in ("arXiv", "(N, 3, H, W)", "(N, num_classes)", "pretrained=True"):
        assert word in text
