"""Slips of the hand: words that are written with one letter wrong."""

from __future__ import annotations

from itertools import takewhile

_SHORTEST = 5


def is_slip(written: str, meant: str) -> bool:
    """Whether one letter is missing, put in, wrong, or swapped with the next one.

    Of short words that is never said: `nlg` may be another thing than `nlp`.
    """
    start = _in_common(written, meant)
    rest, other = written[start:], meant[start:]
    end = _in_common(rest[::-1], other[::-1])
    rest, other = rest[: len(rest) - end], other[: len(other) - end]
    if min(len(written), len(meant)) < _SHORTEST or not (rest + other).isalpha():
        return False
    return max(len(rest), len(other)) == 1 or (len(rest) == 2 and rest == other[::-1])


def _in_common(one: str, two: str) -> int:
    """How many letters both begin with."""
    pairs = zip(one, two, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
