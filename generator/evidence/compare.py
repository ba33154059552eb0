"""Whether what an example shows is what it showed before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest

from generator.evidence.model import ArraySummary, Record

RELATIVE_TOLERANCE = 1e-3
"""What two numbers may differ by, as a part of the larger: other processors round otherwise."""
ABSOLUTE_TOLERANCE = 1e-5

_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,16}\b")
_COUNT = re.compile(r"[-+]?\d+")
_MAX_TOLD = 60


def differences(before: Record, now: Record) -> tuple[str, ...]:
    """In what `now` shows something else than `before`, in words; nothing when it does not.

    Arrays are compared by shape, dtype and range, text number by number; numbers within the
    tolerances. White space and the addresses of objects mean nothing.
    """
    return (
        *_exceptions(before, now),
        *_arrays(before, now),
        *_text(before.stdout, now.stdout),
    )


def _exceptions(before: Record, now: Record) -> Iterator[str]:
    old, new = (_kind_of(record.exception) for record in (before, now))
    if old != new:
        yield f"it raised {old or 'nothing'}, and now {new or 'nothing'}"


def _kind_of(exception: str | None) -> str | None:
    return None if exception is None else exception.partition(":")[0]


def _arrays(before: Record, now: Record) -> Iterator[str]:
    old = {array.name: array for array in before.arrays}
    new = {array.name: array for array in now.arrays}
    for name in dict.fromkeys([*old, *new]):
        if name not in new:
            yield f"{name} is no longer an array"
        elif name not in old:
            yield f"{name} has become an array"
        else:
            yield from _array(old[name], new[name])


def _array(before: ArraySummary, now: ArraySummary) -> Iterator[str]:
    if before.shape != now.shape:
        yield f"{now.name} had the shape {before.shape}, and now {now.shape}"
    elif before.dtype != now.dtype:
        yield f"{now.name} had the dtype {before.dtype}, and now {now.dtype}"
    else:
        scale = max(abs(value or 0.0) for value in (before.minimum, before.maximum))
        for word, old, new in (
            ("least", before.minimum, now.minimum),
            ("greatest", before.maximum, now.maximum),
        ):
            if not _are_close(old, new, scale):
                yield f"{now.name}: its {word} element was {old}, and now is {new}"


def _are_close(old: float | None, new: float | None, scale: float) -> bool:
    if old is None or new is None:
        return old is new
    if old == new:
        return True
    return abs(old - new) <= RELATIVE_TOLERANCE * scale + ABSOLUTE_TOLERANCE


def _text(before: str, now: str) -> Iterator[str]:
    for number, (old, new) in enumerate(zip_longest(_lines(before), _lines(now)), 1):
        if old is None or new is None or not _is_same_line(old, new):
            told = (
                repr(_shortened(line)) if line is not None else "no line" for line in (old, new)
            )
            yield "line {} of its output was {}, and now is {}".format(number, *told)
            return


def _lines(text: str) -> list[str]:
    """The lines that say something; printed arrays break theirs where it suits them."""
    return [line for line in (" ".join(part.split()) for part in text.split("\n")) if line]


def _is_same_line(old: str, new: str) -> bool:
    if old == new:
        return True
    texts = [_ADDRESS.sub("0x", line) for line in (old, new)]
    words = [_NUMBER.sub("#", text).replace(" ", "") for text in texts]
    if words[0] != words[1]:
        return False
    pairs = zip(*(_NUMBER.findall(text) for text in texts), strict=True)
    return all(_is_same_number(a, b) for a, b in pairs)


def _is_same_number(old: str, new: str) -> bool:
    # A count is exact, however large.
    if old == new or _COUNT.fullmatch(old) or _COUNT.fullmatch(new):
        return old == new
    a, b = float(old), float(new)
    return _are_close(a, b, max(abs(a), abs(b)))


def _shortened(line: str) -> str:
    return line if len(line) <= _MAX_TOLD else f"{line[: _MAX_TOLD - 1]}…"
