"""What is counted of layers whose numbers can be worked out on paper."""

import json
import sys
import types
from pathlib import Path

import megengine as mge
import megengine.functional as F
import megengine.module as M
import numpy as np

import models

SOURCE = Path(models.__file__).parents[1] / "generator" / "runner" / "facts" / "counting.py"


class OwnWeights(M.Module):
    def __init__(self):
        super().__init__()
        self.weight = mge.Parameter(np.zeros((4, 3, 3, 3), "float32"))

    def forward(self, x):
        return F.conv2d(x, self.weight)


class Twice(M.Module):
    def __init__(self):
        super().__init__()
        self.fc = M.Linear(8, 8, bias=False)

    def forward(self, x):
        return {"once": self.fc(x), "twice": self.fc(self.fc(x))}


MODELS = {
    "conv": (M.Conv2d(4, 6, 3, stride=2, padding=1, groups=2), (2, 4, 10, 10)),
    "transposed": (M.ConvTranspose2d(4, 6, 2, stride=2), (1, 4, 5, 5)),
    "linear": (M.Linear(10, 3), (2, 7, 10)),
    "norm": (M.Sequential(M.Conv2d(3, 4, 1, bias=False), M.BatchNorm2d(4)), (1, 3, 2, 2)),
    "shared": (Twice(), (1, 8)),
    "own": (OwnWeights(), (1, 3, 8, 8)),
}

found = {}
for name, (model, shape) in MODELS.items():
    module = types.ModuleType("counting")
    exec(SOURCE.read_text(encoding="utf-8"), module.__dict__)
    module.begin({name: model})
    model(mge.tensor(np.ones(shape, "float32")))
    # Another call, of another shape, is not to change anything.
    model(mge.tensor(np.ones((shape[0] + 1, *shape[1:]), "float32")))
    (counter,) = module._counters.values()
    assert counter.is_complete
    assert not model._forward_hooks
    assert not model._forward_pre_hooks
    found[name] = counter.counted
Path(sys.argv[1]).write_text(json.dumps(found), encoding="utf-8")
