"""What `forward` takes, and what it says to anything else."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import cv2
import megengine.data.transform as T
import numpy as np
from megengine import jit, tensor

import hubconf

ROOT = Path(hubconf.__file__).parent
BATCH = np.random.default_rng(2).standard_normal((2, 3, 48, 64), dtype=np.float32)
HALF_EXACT = BATCH.astype(np.float16).astype(np.float32)


def photograph() -> np.ndarray:
    image = cv2.imread(str(ROOT / "site" / "mirror" / "cat.jpg"))
    preprocess = T.Compose(
        [
            T.Resize(256),
            T.CenterCrop(224),
            T.Normalize(mean=[103.530, 116.280, 123.675], std=[57.375, 57.120, 58.395]),
            T.ToMode("CHW"),
        ]
    )
    return preprocess.apply(image)[np.newaxis, :]


# Each is the same batch in another form.
FORMS = {
    "array": BATCH,
    "tensor": tensor(BATCH),
    "nested lists": BATCH.tolist(),
    "list of arrays": list(BATCH),
    "tuple of tensors": tuple(tensor(image) for image in BATCH),
    "float64": BATCH.astype(np.float64),
    "big-endian": BATCH.astype(">f4"),
    "column-major": np.asfortranarray(BATCH),
    "view of channels-last": np.ascontiguousarray(BATCH.transpose(0, 2, 3, 1)).transpose(
        0, 3, 1, 2
    ),
    "read-only": np.frombuffer(BATCH.tobytes(), dtype=np.float32).reshape(BATCH.shape),
}
HALF_FORMS = {
    "float16": HALF_EXACT.astype(np.float16),
    "float16 tensor": tensor(HALF_EXACT.astype(np.float16)),
}
SHAPES = [(1, 3, 32, 32), (1, 3, 33, 97), (3, 3, 32, 64), (1, 3, 224, 224)]
REFUSED = {
    "None": None,
    "str": "cat.jpg",
    "bytes": b"\xff\xd8",
    "dict": {"images": BATCH},
    "object": object(),
    "array of objects": np.array([None, None]),
    "generator": (image for image in BATCH),
    "uint8": BATCH.astype(np.uint8),
    "int32 tensor": tensor(BATCH.astype(np.int32)),
    "bool": BATCH > 0,
    "complex": BATCH.astype(np.complex64),
    "array of str": np.array(["cat.jpg"]),
    "number": 1.0,
    "empty list": [],
    "image": BATCH[0],
    "image tensor": tensor(BATCH[0]),
    "image channels last": BATCH[0].transpose(1, 2, 0),
    "matrix": BATCH[0, 0],
    "five dimensions": BATCH[np.newaxis],
    "channels last": BATCH.transpose(0, 2, 3, 1),
    "grey": BATCH[:, :1],
    "no image": BATCH[:0],
    "low": BATCH[:, :, :31],
    "narrow tensor": tensor(BATCH[..., :31]),
    "images of two sizes": [BATCH[0], BATCH[1, :, :32]],
    "ragged lists": [[1.0, 2.0], [3.0]],
    "list with None": [BATCH[0], None],
}


def answer(model, images) -> list:
    try:
        model(images)
    except (TypeError, ValueError) as error:
        return [type(error).__name__, str(error)]
    return ["accepted", ""]


def answer_in_trace(images) -> list:
    model = hubconf.resnet18()
    return answer(jit.trace(model, symbolic=True), images)


def options_answer(**options) -> list:
    try:
        hubconf.resnet18(**options)
    except (TypeError, ValueError) as error:
        return [type(error).__name__, str(error)]
    return ["accepted", ""]


def main(target: str) -> None:
    model = hubconf.resnet18()
    model.eval()
    expected = model(BATCH).numpy()
    of_half = model(HALF_EXACT).numpy()
    image = photograph()
    not_finite = BATCH.copy()
    not_finite[0, 0, 0, :2] = [np.nan, np.inf]
    found = {
        "forms": {name: bool((model(x).numpy() == expected).all()) for name, x in FORMS.items()},
        "half_forms": {
            name: bool((model(x).numpy() == of_half).all()) for name, x in HALF_FORMS.items()
        },
        "shapes": [list(model(np.zeros(shape, dtype=np.float32)).shape) for shape in SHAPES],
        "not_finite": list(model(not_finite).shape),
        "logits_dtype": str(np.dtype(model(BATCH.astype(np.float64)).dtype)),
        "photograph": {
            "shape": list(image.shape),
            "dtype": str(image.dtype),
            "range": [float(image.min()), float(image.max())],
            "logits": list(model(image).shape),
        },
        "refused": {name: answer(model, images) for name, images in REFUSED.items()},
        "refused_in_trace": answer_in_trace(tensor(BATCH[0])),
        "options": {
            "num_classes=10": list(hubconf.resnet18(num_classes=10)(BATCH).shape),
            "num_classes=np.int64(3)": list(hubconf.resnet18(num_classes=np.int64(3))(BATCH).shape),
            "num_classes=0": options_answer(num_classes=0),
            "num_classes=2.5": options_answer(num_classes=2.5),
            "num_classes=True": options_answer(num_classes=True),
            "classes=10": options_answer(classes=10),
            "groups=2": options_answer(groups=2),
            "pretrained, num_classes=10": options_answer(pretrained=True, num_classes=10),
        },
    }
    Path(target).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
