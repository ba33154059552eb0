"""What a model may be given, and what it says to anything else."""

from __future__ import annotations

import pytest

WANTED = "the model takes a batch of images, a float32 Tensor or array of shape (N, 3, H, W)"
FLOAT_HINT = ": normalise the images and convert them with .astype('float32')"
BATCH_CHANNELS_LAST_HINT = ": put the channels first with .transpose(0, 3, 1, 2)"
CHANNELS_LAST_HINT = (
    ": make a batch of this one image, channels first, with images.transpose(2, 0, 1)[np.newaxis]"
)
# name: exception, what follows WANTED
REFUSED = {
    "None": ("TypeError", "; got None, which is what cv2.imread gives for a missing file"),
    "str": ("TypeError", "; got a str: read the image first, as with cv2.imread"),
    "bytes": ("TypeError", "; got a bytes: read the image first, as with cv2.imread"),
    "dict": ("TypeError", "; got a value of the type dict"),
    "object": ("TypeError", "; got a value of the type object"),
    "array of objects": ("TypeError", "; got an array of Python objects"),
    "generator": ("TypeError", "; got a value of the type generator"),
    "uint8": ("TypeError", "; got the dtype uint8" + FLOAT_HINT),
    "int32 tensor": ("TypeError", "; got the dtype int32" + FLOAT_HINT),
    "bool": ("TypeError", "; got the dtype bool"),
    "complex": ("TypeError", "; got the dtype complex64"),
    "array of str": ("TypeError", "; got the dtype str224"),
    "number": ("ValueError", "; got the shape ()"),
    "empty list": ("ValueError", "; got the shape (0,)"),
    "image": (
        "ValueError",
        "; got the shape (3, 48, 64): make a batch of this one image with images[np.newaxis]",
    ),
    "image tensor": (
        "ValueError",
        "; got the shape (3, 48, 64): make a batch of this one image with images[np.newaxis]",
    ),
    "image channels last": (
        "ValueError",
        "; got the shape (48, 64, 3)" + CHANNELS_LAST_HINT,
    ),
    "matrix": ("ValueError", "; got the shape (48, 64)"),
    "five dimensions": ("ValueError", "; got the shape (1, 2, 3, 48, 64)"),
    "channels last": (
        "ValueError",
        "; got 48 channels in the shape (2, 48, 64, 3)" + BATCH_CHANNELS_LAST_HINT,
    ),
    "grey": ("ValueError", "; got 1 channels in the shape (2, 1, 48, 64)"),
    "no image": ("ValueError", "; got the shape (0, 3, 48, 64), a batch without images"),
    "low": (
        "ValueError",
        " with H and W of at least 32; got the shape (2, 3, 31, 64): resize the images",
    ),
    "narrow tensor": (
        "ValueError",
        " with H and W of at least 32; got the shape (2, 3, 48, 31): resize the images",
    ),
    "images of two sizes": ("ValueError", "; got a list whose items are not images of one shape"),
    "ragged lists": ("ValueError", "; got a list whose items are not images of one shape"),
    "list with None": ("ValueError", "; got a list whose items are not images of one shape"),
}


def test_every_form_of_a_batch_gives_the_same_logits(probe):
    found = probe("images")
    different = [name for name, is_same in found["forms"].items() if not is_same]
    assert len(found["forms"]) == 10
    assert different == []
    assert found["half_forms"] == {"float16": True, "float16 tensor": True}
    assert found["logits_dtype"] == "float32"


def test_oblong_images_and_batches_are_taken(probe):
    found = probe("images")
    assert found["shapes"] == [[1, 1000], [1, 1000], [3, 1000], [1, 1000]]
    assert found["not_finite"] == [2, 1000]


def test_preprocessed_photograph_is_taken_as_it_comes(probe):
    found = probe("images")["photograph"]
    assert found["shape"] == [1, 3, 224, 224]
    assert found["logits"] == [1, 1000]
    low, high = found["range"]
    assert -2.2 < low < high < 2.7


def test_each_refused_input_was_tried(probe):
    assert set(probe("images")["refused"]) == set(REFUSED)


@pytest.mark.parametrize("name", REFUSED)
def test_refused_input_is_told_what_is_wrong(probe, name):
    kind, rest = REFUSED[name]
    assert probe("images")["refused"][name] == [kind, WANTED + rest]


def test_trace_refuses_what_is_no_batch(probe):
    assert probe("images")["refused_in_trace"] == ["ValueError", f"{WANTED}; got 3 dimensions"]


def test_options(probe):
    found = probe("images")["options"]
    assert found["num_classes=10"] == [2, 10]
    assert found["num_classes=np.int64(3)"] == [2, 3]
    assert found["num_classes=0"] == ["ValueError", "num_classes is at least 1; got 0"]
    assert found["num_classes=2.5"] == ["TypeError", "num_classes is a whole number; got 2.5"]
    assert found["num_classes=True"] == ["TypeError", "num_classes is a whole number; got True"]
    assert found["classes=10"][0] == "TypeError"
    assert "'classes'" in found["classes=10"][1]
    assert found["groups=2"][0] == "ValueError"
    assert "Bottleneck" in found["groups=2"][1]


def test_published_weights_are_for_their_own_classes(probe):
    kind, message = probe("images")["options"]["pretrained, num_classes=10"]
    assert kind == "ValueError"
    assert (
        "the published weights of resnet18 are for 1000 classes, not for num_classes=10" in message
    )
    assert "model.fc = megengine.module.Linear(model.fc.in_features, 10)" in message
