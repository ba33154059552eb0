"""Counts what the models of a card have and compute. Read as text, and run in a runtime.

Only the standard library is used, in the form that CPython 3.7 has it, and the framework that
the card has imported. A model is counted when the card first calls it, with what it is given
there: forward hooks see the shapes.
"""

from __future__ import annotations

import json
import sys
from typing import Any

MARK = "hubcards counted: "

_MOST_DIMENSIONS = 64


class Counter:
    """Counts one model, from its first call; `counted` is complete when that is over."""

    def __init__(self, model: Any, library: Any) -> None:
        self._model = model
        self._library = library
        self._handles: list[Any] = []
        self._has_begun = False
        self._multiply_adds = 0
        self._activations = 0
        self._misses: set[type] = set()
        self.is_complete = False
        self.counted: dict[str, Any] = {"inputs": [], "outputs": [], **_sizes(model)}
        self._watch(model.register_forward_pre_hook, self._begin)
        for module in model.modules():
            self._watch(module.register_forward_hook, self._add)

    def _watch(self, register: Any, hook: Any) -> None:
        self._handles.append(register(hook))

    def _begin(self, model: Any, inputs: Any) -> None:
        if not self._has_begun:
            self._has_begun = True
            self.counted.update(_sizes(model), inputs=_shapes(inputs))
            self._misses = _uncounted(model, self._library)

    def _add(self, module: Any, inputs: Any, outputs: Any) -> None:
        if not self._has_begun or self.is_complete:
            return
        kind = _layer_kind(module, self._library)
        if kind is not None:
            result = _first(outputs)
            size = _size(result)
            self._activations += size
            self._multiply_adds += _multiply_adds(kind, module, _first(inputs), result, size)
        if module is self._model:
            self._end(outputs)

    def _end(self, outputs: Any) -> None:
        self.is_complete = True
        self.counted["outputs"] = _shapes(outputs)
        if not self._misses and self._activations:
            self.counted["multiply_adds"] = self._multiply_adds
            self.counted["activations"] = self._activations
        for handle in self._handles:
            handle.remove()


_counters: dict[str, Counter] = {}


def begin(models: dict[str, Any]) -> None:
    """Count those of `models`, by the name to be told, that are modules of MegEngine."""
    library = sys.modules.get("megengine.module")
    if library is None:
        return
    for name, model in models.items():
        if isinstance(model, library.Module):
            _counters[name] = Counter(model, library)


def tell() -> None:
    """Print what is counted so far, in one line."""
    told = {name: counter.counted for name, counter in _counters.items()}
    is_complete = all(counter.is_complete for counter in _counters.values())
    line = MARK + json.dumps({"is_complete": is_complete, "models": told})
    # The card may have left a line of its own unfinished.
    sys.stdout.write("\n" + line + "\n")


def _sizes(model: Any) -> dict[str, Any]:
    parameters = list(model.parameters())
    buffers = list(model.buffers())
    return {
        "parameters": sum(map(_size, parameters)),
        "weight_bytes": sum(_size(item) * _item_size(item) for item in parameters + buffers),
        "multiply_adds": None,
        "activations": None,
    }


def _item_size(array: Any) -> int:
    return int(array.numpy().dtype.itemsize)


def _layer_kind(module: Any, library: Any) -> str | None:
    """Of the layers that are counted, which one the module is."""
    if isinstance(module, (library.ConvTranspose2d, library.ConvTranspose3d)):
        return "transposed convolution"
    if isinstance(module, library.LocalConv2d):
        return "local convolution"
    convolutions = (library.Conv1d, library.Conv2d, library.Conv3d, library.DeformableConv2d)
    if isinstance(module, convolutions):
        return "convolution"
    return "linear" if isinstance(module, library.Linear) else None


def _multiply_adds(kind: str, module: Any, given: Any, result: Any, size: int) -> int:
    """Each weight is used once for every place of the result (of the input, when transposed)."""
    weights = _size(module.weight)
    if kind == "transposed convolution":
        return _size(given) // int(given.shape[1]) * weights
    if kind == "local convolution":
        return int(result.shape[0]) * weights
    channels = module.out_features if kind == "linear" else int(result.shape[1])
    return size // channels * weights


def _uncounted(model: Any, library: Any) -> set[type]:
    """The classes with weights of their own, of which it is not known what they compute."""
    names = ("BatchNorm1d", "BatchNorm2d", "SyncBatchNorm", "GroupNorm", "InstanceNorm")
    others = ("LayerNorm", "GeneralNorm", "Embedding", "PReLU")
    simple = tuple(getattr(library, name) for name in (*names, *others) if hasattr(library, name))
    return {
        type(module)
        for module in model.modules()
        if _layer_kind(module, library) is None
        and not isinstance(module, simple)
        and any(len(item.shape) > 1 for item in module.parameters(recursive=False))
    }


def _first(values: Any) -> Any:
    return values[0] if isinstance(values, (tuple, list)) else values


def _size(array: Any) -> int:
    size = 1
    for side in array.shape:
        size *= int(side)
    return size


def _shapes(values: Any) -> list[list[int]]:
    """The shapes of the arrays in `values`, in their order."""
    if hasattr(values, "shape"):
        return [[int(side) for side in values.shape][:_MOST_DIMENSIONS]]
    if isinstance(values, dict):
        values = list(values.values())
    if isinstance(values, (tuple, list)):
        return [shape for value in values for shape in _shapes(value)]
    return []
