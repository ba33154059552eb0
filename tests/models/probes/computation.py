"""Whether a network computes what the papers say, in eval mode, in training and in a trace."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import megengine
import megengine.functional as F
import numpy as np
from megengine import jit
from megengine.autodiff import GradManager
from megengine.optimizer import SGD

import hubconf

RNG = np.random.default_rng(1)


def written_out(state: dict, depths: tuple, inner: int, images: np.ndarray) -> np.ndarray:
    """The logits by the formulas of the papers, from the state dict alone.

    `inner` is the index of the block's convolution that has the stride.
    """

    def convolve(x, name, stride, padding):
        weight = megengine.tensor(state[f"{name}.weight"])
        groups = weight.shape[0] if weight.ndim == 5 else 1
        return F.conv2d(x, weight, stride=stride, padding=padding, groups=groups)

    def normalise(x, name):
        mean, variance, scale, shift = (
            megengine.tensor(state[f"{name}.{part}"].reshape(1, -1, 1, 1))
            for part in ("running_mean", "running_var", "weight", "bias")
        )
        return (x - mean) / F.sqrt(variance + 1e-5) * scale + shift

    def positive(x):
        return F.maximum(x, 0)

    def block(x, name, stride):
        last = max(i for i in (1, 2, 3) if f"{name}.conv{i}.weight" in state)
        out = x
        for i in range(1, last + 1):
            side = state[f"{name}.conv{i}.weight"].shape[-1]
            out = convolve(out, f"{name}.conv{i}", stride if i == inner else 1, side // 2)
            out = normalise(out, f"{name}.bn{i}")
            out = positive(out) if i < last else out
        if f"{name}.downsample.0.weight" in state:
            x = convolve(x, f"{name}.downsample.0", stride, 0)
            x = normalise(x, f"{name}.downsample.1")
        return positive(out + x)

    x = positive(normalise(convolve(megengine.tensor(images), "conv1", 2, 3), "bn1"))
    x = F.max_pool2d(x, 3, 2, 1)
    for stage, depth in enumerate(depths, 1):
        for index in range(depth):
            x = block(x, f"layer{stage}.{index}", 2 if stage > 1 and index == 0 else 1)
    pooled = x.numpy().mean(axis=(2, 3))
    return pooled @ state["fc.weight"].T + state["fc.bias"]


def random_state(model) -> dict:
    """A state dict as of a trained model: no normalisation is the identity."""
    state = model.state_dict()
    for name, value in state.items():
        if "bn" in name or "downsample.1" in name:
            low, high = (-0.2, 0.2) if name.endswith(("bias", "mean")) else (0.5, 1.0)
            state[name] = RNG.uniform(low, high, value.shape).astype(np.float32)
    return state


def error_of(entrypoint: str, depths: tuple, inner: int) -> float:
    """How far the model is from `written_out`, relative to the largest logit."""
    model = getattr(hubconf, entrypoint)()
    state = random_state(model)
    model.load_state_dict(state)
    model.eval()
    images = RNG.standard_normal((2, 3, 96, 64), dtype=np.float32)
    expected = written_out(state, depths, inner, images)
    return float(np.abs(model(images).numpy() - expected).max() / np.abs(expected).max())


def training() -> dict:
    model = hubconf.resnet18(num_classes=4)
    model.train()
    images = RNG.standard_normal((4, 3, 64, 64), dtype=np.float32)
    labels = megengine.tensor(np.arange(4, dtype=np.int32))
    before = model.state_dict()
    optimizer = SGD(model.parameters(), lr=0.01)
    losses = []
    for _ in range(8):
        with GradManager().attach(model.parameters()) as gradients:
            loss = F.nn.cross_entropy(model(images), labels)
            gradients.backward(loss)
        optimizer.step().clear_grad()
        losses.append(float(loss.numpy()))
    after = model.state_dict()
    return {
        "losses": losses,
        "unchanged": [name for name in before if (before[name] == after[name]).all()],
    }


def traced(**options: bool) -> float:
    model = hubconf.resnet18()
    model.eval()
    classify = jit.trace(model, **options)
    images = RNG.standard_normal((2, 3, 64, 64), dtype=np.float32)
    other = RNG.standard_normal((1, 3, 32, 96), dtype=np.float32)
    return max(
        float(np.abs(classify(megengine.tensor(x)).numpy() - model(x).numpy()).max())
        for x in (images, images, other)
    )


def identity_at_first() -> bool:
    model = hubconf.resnet18(zero_init_residual=True)
    model.eval()
    features = model.extract_features(np.ones((1, 3, 64, 64), dtype=np.float32))
    return bool((features["res2"].numpy() == features["stem"].numpy()).all())


def feature_shapes() -> dict:
    model = hubconf.resnext50_32x4d()
    model.eval()
    features = model.extract_features(np.zeros((2, 3, 64, 99), dtype=np.float32))
    return {name: list(feature.shape) for name, feature in features.items()}


def main(target: str) -> None:
    megengine.random.seed(3)
    found = {
        "error": {
            "resnet18": error_of("resnet18", (2, 2, 2, 2), 1),
            "resnet50": error_of("resnet50", (3, 4, 6, 3), 2),
            "resnext50_32x4d": error_of("resnext50_32x4d", (3, 4, 6, 3), 2),
        },
        "training": training(),
        "traced": {
            "imperative": traced(symbolic=False),
            "symbolic": traced(symbolic=True),
            "to dump": traced(symbolic=True, capture_as_const=True),
        },
        "identity_at_first": identity_at_first(),
        "feature_shapes": feature_shapes(),
    }
    Path(target).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
