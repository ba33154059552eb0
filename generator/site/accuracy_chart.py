"""The chart of models' accuracies over their numbers of parameters, as places in a picture.

Lengths are in the picture's own units, from its upper left corner; a letter is `FONT` high.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator, Sequence

from msgspec import Struct

from generator.site import formats
from generator.site.facts import Point
from generator.site.strings import Strings

WIDTH, HEIGHT = 320.0, 310.0
FONT = 12.0
MOST_MODELS = 12
"""With more, their names would hide each other."""

_LEFT, _RIGHT, _TOP, _BOTTOM = 38.0, 8.0, 26.0, 44.0
_RADIUS = 5.0
_LETTER = 0.62 * FONT
_SHAPES = ("circle", "square", "triangle", "diamond")
_LONGEST_NAME = 24
_LEAST_SPAN = 1e-3
_STEPS = (1.0, 2.0, 5.0, 10.0)
_GAP = 3.0


class Box(Struct, frozen=True):
    """A rectangle."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Box) -> bool:
        """Whether the two have a place in common."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


class Tick(Struct, frozen=True):
    """A mark of an axis: where it is along the axis, and the number there."""

    at: float
    label: str


class Mark(Struct, frozen=True):
    """A model: the mark's shape as the data of an SVG path, its place, and its name with its own.

    `name_box` is what the name takes, `x` and `y` is the mark's middle. `has_line` when the name
    is so far away that a line has to lead to it.
    """

    entrypoint: str
    shape: str
    path: str
    x: float
    y: float
    name_box: Box
    has_line: bool

    @property
    def baseline(self) -> float:
        """Where the letters of the name stand."""
        return round(self.name_box.bottom - 0.3 * FONT, 1)


class AccuracyChart(Struct, frozen=True):
    """What the template draws; `text` says the same in words."""

    width: float
    height: float
    frame: Box
    parameters: tuple[Tick, ...]
    accuracies: tuple[Tick, ...]
    marks: tuple[Mark, ...]
    text: str


def accuracy_chart(points: Sequence[Point], text: Strings) -> AccuracyChart | None:
    """The chart of `points`; none when there are too few to compare, or too many to tell apart."""
    if not 2 <= len(points) <= MOST_MODELS:
        return None
    frame = Box(_LEFT, _TOP, WIDTH - _RIGHT, HEIGHT - _BOTTOM)
    across = _scale(0.0, max(point.parameters for point in points), 5)
    values = [point.accuracy for point in points]
    upward = _scale(min(values), max(values), 5)
    places = [
        (
            _on(point.parameters, across, frame.left, frame.right),
            _on(point.accuracy, upward, frame.bottom, frame.top),
        )
        for point in points
    ]
    boxes = _name_boxes([_shortened(point.entrypoint) for point in points], places, frame)
    if boxes is None:
        return None
    return AccuracyChart(
        width=WIDTH,
        height=HEIGHT,
        frame=frame,
        parameters=tuple(
            Tick(_on(value, across, frame.left, frame.right), formats.number(text, value))
            for value in across
        ),
        accuracies=tuple(
            Tick(_on(value, upward, frame.bottom, frame.top), formats.number(text, value))
            for value in upward
        ),
        marks=tuple(
            Mark(
                _shortened(point.entrypoint),
                _SHAPES[number % len(_SHAPES)],
                _path(_SHAPES[number % len(_SHAPES)], x, y),
                x,
                y,
                box,
                has_line=not _is_near(box, x, y),
            )
            for number, (point, (x, y), box) in enumerate(zip(points, places, boxes, strict=True))
        ),
        text=" · ".join(
            text["facts_chart_point"].format(
                entrypoint=point.entrypoint,
                parameters=formats.number(text, point.parameters),
                accuracy=formats.number(text, point.accuracy),
            )
            for point in points
        ),
    )


def _scale(low: float, high: float, most: int) -> tuple[float, ...]:
    """At least two round numbers at equal distances, of which the outer ones hold all between."""
    span = max(high - low, _LEAST_SPAN)
    power = 10.0 ** math.floor(math.log10(span / most))
    step = next(power * factor for factor in _STEPS if power * factor * most >= span)
    first, last = math.floor(low / step), math.ceil(high / step)
    return tuple(round(number * step, 9) for number in range(first, max(last, first + 1) + 1))


def _on(value: float, scale: Sequence[float], start: float, end: float) -> float:
    return round(start + (value - scale[0]) / (scale[-1] - scale[0]) * (end - start), 1)


def _name_boxes(
    names: Sequence[str], places: Sequence[tuple[float, float]], frame: Box
) -> list[Box] | None:
    """Where the names stand, so that they hide neither each other nor a mark; none if they must."""
    taken = [Box(x - _RADIUS, y - _RADIUS, x + _RADIUS, y + _RADIUS) for x, y in places]
    found: dict[int, Box] = {}
    # From the right: there is the least room beside a mark.
    for number in sorted(range(len(names)), key=lambda number: -places[number][0]):
        width = sum(map(_width, names[number]))
        for box in _candidates(*places[number], width):
            is_inside = (
                box.left >= frame.left
                and box.right <= frame.right
                and box.top >= frame.top
                and box.bottom <= frame.bottom
            )
            if is_inside and not any(box.overlaps(other) for other in taken):
                found[number] = box
                taken.append(box)
                break
        else:
            return None
    return [found[number] for number in range(len(names))]


def _candidates(x: float, y: float, width: float) -> Iterator[Box]:
    """Boxes of a name at a mark: beside it, above or below it, then farther and farther away."""
    height = 1.2 * FONT
    far = _RADIUS + _GAP
    beside = y - height / 2
    for distance in range(20):
        for sign in (1, -1) if distance else (1,):
            top = beside + sign * distance * height
            for left in (x + far, x - far - width, x - width / 2):
                if distance or left != x - width / 2:
                    yield _box(left, top, width, height)
        if distance == 0:
            for top in (y - far - height, y + far):
                for left in (x - width / 2, x - _RADIUS, x + _RADIUS - width):
                    yield _box(left, top, width, height)


def _box(left: float, top: float, width: float, height: float) -> Box:
    return Box(round(left, 1), round(top, 1), round(left + width, 1), round(top + height, 1))


def _is_near(box: Box, x: float, y: float) -> bool:
    reach = _RADIUS + _GAP + 1
    return box.left - reach <= x <= box.right + reach and box.top - reach <= y <= box.bottom + reach


def _width(character: str) -> float:
    if unicodedata.combining(character):
        return 0.0
    return FONT if unicodedata.east_asian_width(character) in "WF" else _LETTER


def _shortened(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"


def _path(shape: str, x: float, y: float) -> str:
    r = _RADIUS
    if shape == "circle":
        return f"M{x - r:g} {y:g}a{r:g} {r:g} 0 1 0 {2 * r:g} 0a{r:g} {r:g} 0 1 0 {-2 * r:g} 0z"
    if shape == "square":
        side = 0.9 * r
        return f"M{x - side:g} {y - side:g}h{2 * side:g}v{2 * side:g}h{-2 * side:g}z"
    if shape == "triangle":
        return f"M{x:g} {y - r:g}l{r:g} {2 * r:g}h{-2 * r:g}z"
    return f"M{x:g} {y - r:g}l{r:g} {r:g}l{-r:g} {r:g}l{-r:g} {-r:g}z"
