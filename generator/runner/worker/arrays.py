"""What the arrays look like that a block has left in the namespace.

They are known by what they have, and not by their class, since the worker knows no library.
Nothing that an object does when it is looked at becomes a failure of the block.
"""

from __future__ import annotations

import dis
import sys
import types
from collections.abc import Iterator
from typing import Any

MOST_ARRAYS = 20
MOST_ELEMENTS = 50_000_000
_MOST_DIMENSIONS = 64
_LONGEST_TEXT = 200
_NUMBERS = "biuf"
_AT_MODULE_LEVEL = ("STORE_NAME", "STORE_GLOBAL")
_IN_FUNCTIONS = ("STORE_GLOBAL",)


def summaries(code: Any, namespace: dict[str, Any], known: set[str]) -> list[dict[str, Any]]:
    """The arrays under the names that `code` has bound, or that were not `known` before it."""
    bound = set(_bound_names(code, _AT_MODULE_LEVEL))
    found: list[dict[str, Any]] = []
    for name, value in list(namespace.items()):
        if len(found) == MOST_ARRAYS:
            break
        is_new = name in bound or name not in known
        if is_new and isinstance(name, str) and not name.startswith("_"):
            summary = summary_if_any(name, value)
            if summary is not None:
                found.append(summary)
    return found


def _bound_names(code: Any, instructions: tuple[str, ...]) -> Iterator[str]:
    for instruction in dis.get_instructions(code):
        if instruction.opname in instructions:
            yield instruction.argval
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _bound_names(constant, _IN_FUNCTIONS)


def summary_if_any(name: str, value: Any) -> dict[str, Any] | None:
    """What `value` looks like, if it is an array."""
    try:
        if isinstance(value, (type, types.ModuleType)):
            return None
        if not hasattr(value, "shape") or not hasattr(value, "dtype"):
            return None
        shape = [int(size) for size in value.shape]
        if len(shape) > _MOST_DIMENSIONS or any(size < 0 for size in shape):
            return None
        summary: dict[str, Any] = {
            "name": name[:_LONGEST_TEXT],
            "kind": str(type(value).__name__)[:_LONGEST_TEXT],
            "shape": shape,
            "dtype": _name_of(value.dtype)[:_LONGEST_TEXT],
            "minimum": None,
            "maximum": None,
        }
    except BaseException:
        return None
    try:
        summary["minimum"], summary["maximum"] = _range_of(value, shape)
    except BaseException:
        return summary
    return summary


def _name_of(dtype: Any) -> str:
    for attribute in ("name", "__name__"):
        name = getattr(dtype, attribute, None)
        if isinstance(name, str):
            return name
    return str(dtype)


def _range_of(value: Any, shape: list[int]) -> tuple[float | None, float | None]:
    """The least and the greatest of the finite elements, of which there may be none."""
    numpy = sys.modules.get("numpy")
    count = 1
    for size in shape:
        count *= size
    if numpy is None or not 0 < count <= MOST_ELEMENTS:
        return None, None
    array = numpy.asarray(value.numpy() if hasattr(value, "numpy") else value)
    if array.dtype.kind not in _NUMBERS or list(array.shape) != shape:
        return None, None
    if array.dtype.kind == "f":
        array = array[numpy.isfinite(array)]
        if not array.size:
            return None, None
    return float(array.min()), float(array.max())
