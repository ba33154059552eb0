"""Whether two cells of a table say the same in two languages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from msgspec import Struct

from generator.cards.parity.links import language_marks
from generator.cards.parity.names import compact, key_of_identifier, numbered_names, stands_in
from generator.cards.parity.numbers import Number, all_values, numbers_of_cell
from generator.cards.tables import Cell

_LONGEST_CELL = 500
_LONGEST_DATE = 30
_DATE = re.compile(r"(?:19|20)\d\d\s?[-/.年]|[-/.]\s?(?:19|20)\d\d", re.ASCII)
_UNIT = re.compile(r"[百千万亿%‰]|[(（]\s?(?:[kKMBGT]|millions?|thousands?|billions?)\b")
_CITATION = re.compile(r"\[[0-9]{1,3}\]")
_SIGNED = re.compile(r"(?P<sign>[-−–+]?)[0-9][0-9.,]{0,30}\s?(?:[%‰]|[A-Za-z]{1,3})?")
_NUMBER = re.compile(r"[0-9]+")


class Manner(Struct, frozen=True):
    """In what all the cells of a column differ, because its header says something else.

    `scale` is the power of ten by which the unit is another one; `is_turned` tells that one
    language speaks of a loss and the other of a gain.
    """

    scale: Decimal = Decimal(1)
    is_turned: bool = False


_SAME_MANNER = Manner()


def manner_of_column(header: tuple[Cell, Cell], cells: Sequence[tuple[Cell, Cell]]) -> Manner:
    """In what the cells of a column differ; one alone tells it only by its header's unit."""
    different = [(one, two) for one, two in cells if one.text != two.text]
    is_alone = len(cells) == 1
    if not different or (is_alone and not any(_UNIT.search(title.text) for title in header)):
        return _SAME_MANNER
    is_turned = not is_alone and not any(_have_same_sign(one, two) for one, two in cells)
    return Manner(_scale(different), is_turned)


def have_same_numbers(one: Cell, two: Cell, scale: Decimal = Decimal(1)) -> bool:
    """Whether each number in one cell is in the other."""
    if one.text == two.text:
        return True
    mine, theirs = _numbers(one), _numbers(two)
    if not mine and not theirs:
        return True
    if len(mine) == len(theirs) and not _are_dates(one, two):
        return all(_are_same(a, b, scale) for a, b in zip(mine, theirs, strict=True))
    # What one writes in digits, the other may write in words, or as part of a name.
    in_one, in_two = all_values(one.text), all_values(two.text)
    return all(a.keys & in_two for a in mine) and all(b.keys & in_one for b in theirs)


def say_the_same(one: Cell, two: Cell, manner: Manner) -> bool:
    """Whether two cells of a column have the same numbers and name the same."""
    return one.text == two.text or (
        have_same_numbers(one, two, manner.scale)
        and (manner.is_turned or _have_same_sign(one, two))
        and _name_the_same(one.text[:_LONGEST_CELL], two.text[:_LONGEST_CELL])
    )


def _scale(cells: Sequence[tuple[Cell, Cell]]) -> Decimal:
    ratios = set()
    for one, two in cells:
        mine, theirs = _numbers(one), _numbers(two)
        if len(mine) != 1 or len(theirs) != 1 or mine[0].keys & theirs[0].keys:
            continue
        if mine[0].amount and theirs[0].amount and None in (mine[0].factor, theirs[0].factor):
            ratios.add((mine[0].amount / theirs[0].amount).normalize())
    ratio = ratios.pop() if len(ratios) == 1 else Decimal(1)
    return ratio if ratio.as_tuple().digits == (1,) else Decimal(1)


def _are_same(one: Number, two: Number, scale: Decimal) -> bool:
    return bool(one.keys & two.keys) or one.amount / scale == two.amount


def _are_dates(one: Cell, two: Cell) -> bool:
    """Whether both are dates, in which each language has its own order."""
    return all(len(cell.text) <= _LONGEST_DATE and _DATE.search(cell.text) for cell in (one, two))


def _have_same_sign(one: Cell, two: Cell) -> bool:
    """Whether both are below zero or neither is; true of what is no number alone."""
    mine, theirs = _SIGNED.fullmatch(one.text), _SIGNED.fullmatch(two.text)
    return not (mine and theirs) or _is_below_zero(mine) == _is_below_zero(theirs)


def _is_below_zero(number: re.Match[str]) -> bool:
    return number["sign"] not in {"", "+"}


def _name_the_same(one: str, two: str) -> bool:
    """Whether no name of one has another number in the other, and no code is other code."""
    mine, theirs = key_of_identifier(one), key_of_identifier(two)
    if mine and theirs and language_marks(one) == language_marks(two):
        return stands_in(mine, theirs) or stands_in(theirs, mine)
    in_one, in_two = compact([one]), compact([two])
    only_one = {name for name in numbered_names(one) if not stands_in(name, in_two)}
    only_two = {name for name in numbered_names(two) if not stands_in(name, in_one)}
    return not any(_differ_in_number(a, b) for a in only_one for b in only_two)


def _differ_in_number(one: str, two: str) -> bool:
    """Whether two names have the same letters and other numbers; COCO17 is COCO2017, v1 is v1.0."""
    letters = _NUMBER.sub("0", one)
    if letters != _NUMBER.sub("0", two):
        return False
    if letters == "v0" and one.rstrip("0") == two.rstrip("0"):
        return False
    numbers = zip(_NUMBER.findall(one), _NUMBER.findall(two), strict=True)
    return not all(a == b or _are_one_year(a, b) for a, b in numbers)


def _are_one_year(one: str, two: str) -> bool:
    return {len(one), len(two)} == {2, 4} and one[-2:] == two[-2:]


def _numbers(cell: Cell) -> tuple[Number, ...]:
    return numbers_of_cell(_CITATION.sub("", cell.text[:_LONGEST_CELL]))
