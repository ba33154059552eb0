"""What tables say of models' accuracies, against the entrypoints and their published weights."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from msgspec import Struct

from generator.cards import rules
from generator.cards.entrypoints import Load
from generator.cards.hubconf import Entrypoints, OwnHub
from generator.cards.metrics import as_table
from generator.cards.model import Card, Section
from generator.cards.tables import Cell, Table, find_tables
from generator.diagnostics import Diagnostic, nearest

# Headings, in lower case and without anything but letters and digits.
_MODEL = re.compile(
    r"(?:pretrained)?models?(?:names?)?|networks?|architectures?|模型(?:名称)?|网络"
)
_ENTRYPOINT = re.compile(r"entrypoints?(?:names?)?|入口(?:名称)?")
_TOP_1 = re.compile(
    r"(?:imagenet)?(?:1k)?(?:val)?top1(?:acc|accuracy|准确率|精度|正确率)?|"
    r"(?:imagenet|验证集)?top1(?:准确率|精度|正确率)"
)
_ACCURACY = re.compile(r"acc|accuracy|准确率|精度|正确率")
_ANY_ACCURACY = re.compile(r"top[15]|acc|准确率|精度|正确率")
_NOT_ACCURACY = re.compile(r"err|错误|loss|损失")

_QUALIFIER = re.compile(r"\s*[(（\[].*[)）\]]\s*$")
_NUMBER = re.compile(r"(\d{1,3}(?:\.\d+)?|0?\.\d+)\s*%?", re.ASCII)
_DIGITS = re.compile(r"(?<![A-Za-z0-9])(\d{4,5})(?![A-Za-z0-9])", re.ASCII)
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*", re.ASCII)
_FAMILY = re.compile(r"[a-z]*(?:net|former|vgg|vit|inception|xception)", re.IGNORECASE)
_NO_MODEL = re.compile(
    r"(?:average|avg|mean|total|baseline|ours|none|na|runs?|exp(?:eriment)?|seed|fold|trial|version|v"
    r"|epoch|stage|step|set|config|group|model|net|row|top)[0-9]*|imagenet.*|mxnet"
)
_DECIMALS_KEPT = 3
_WHOLE = Decimal(100)
_LONGEST_NAME = 200


class _Columns(Struct, frozen=True):
    """Where the columns of a table are, from 0."""

    model: int | None
    entrypoint: int | None
    top_1: int | None


class _Row(Struct, frozen=True):
    """What a row says: `cell` names the model, and has nothing but its name if `is_plain`."""

    cell: Cell
    entrypoint: str
    is_plain: bool


def wrong_accuracies(card: Card, loads: Iterable[Load], hub: OwnHub) -> Iterator[Diagnostic]:
    """A diagnostic for each model and accuracy in a table that is not as this hub has it.

    Nothing is said of a card that loads from other places as well, or loads nothing: its
    tables may speak of models that are not here.
    """
    known = list(loads)
    entrypoints = hub.entrypoints
    if entrypoints is None or entrypoints.loadable is None or not known:
        return
    if not all(load.is_own for load in known):
        return
    for section in card.sections:
        for table in find_tables(section.lines):
            yield from _table_problems(str(card.path), table, entrypoints)
        for metrics in card.front_matter.metrics.values():
            table = as_table(metrics, section.language)
            yield from _table_problems(str(card.path), table, entrypoints)


def stated_accuracies(
    card: Card, section: Section, entrypoints: Iterable[str]
) -> Mapping[str, Decimal]:
    """The top-1 accuracy in percent that a section's tables and the metrics state, by entrypoint.

    Of an entrypoint with several, the first; rows that say more than a model's name, such as
    how it was trained, are of other models.
    """
    by_key = {_key(name): name for name in entrypoints}
    found: dict[str, Decimal] = {}
    metrics = card.front_matter.metrics.values()
    stated_once = (as_table(item, section.language) for item in metrics)
    for table in (*find_tables(section.lines), *stated_once):
        columns = _columns(table)
        if columns is None or columns.top_1 is None:
            continue
        for cells in table.rows:
            row = _row(cells, columns, by_key)
            if row is None or not row.entrypoint or not row.is_plain:
                continue
            stated = (
                _NUMBER.fullmatch(cells[columns.top_1].text) if columns.top_1 < len(cells) else None
            )
            if stated:
                found.setdefault(row.entrypoint, _in_percent(stated))
    return {name: value for name, value in found.items() if value <= _WHOLE}


def _in_percent(stated: re.Match[str]) -> Decimal:
    value = Decimal(stated.group(1))
    is_fraction = "." in stated.group(1) and value <= 1 and not stated.group().endswith("%")
    return value * _WHOLE if is_fraction else value


def _table_problems(path: str, table: Table, entrypoints: Entrypoints) -> Iterator[Diagnostic]:
    columns = _columns(table)
    if columns is None:
        return
    by_key = {_key(name): name for name in entrypoints.lines}
    for cells in table.rows:
        row = _row(cells, columns, by_key)
        if row is None:
            continue
        if not row.entrypoint:
            message = f'hubconf.py has no entrypoint for the model "{row.cell.text}"'
            match = nearest(_key(row.cell.text), by_key)
            near = f'did you mean "{by_key[match]}"?' if match else ""
            hint = near or "known: " + ", ".join(entrypoints.lines)
            yield rules.UNKNOWN_MODEL.at(path, row.cell.span, message, hint)
            continue
        yield from _model_problem(path, cells, columns, row, by_key)
        if row.is_plain and columns.top_1 is not None and columns.top_1 < len(cells):
            address = entrypoints.weights.get(row.entrypoint)
            yield from _accuracy_problem(path, cells[columns.top_1], row, address)


def _columns(table: Table) -> _Columns | None:
    titles = [_key(cell.text) for cell in table.header]
    if not any(_ANY_ACCURACY.search(t) and not _NOT_ACCURACY.search(t) for t in titles):
        return None
    model = _first(titles, _MODEL)
    entrypoint = _first(titles, _ENTRYPOINT)
    if model is None and entrypoint is None:
        return None
    top_1 = _first(titles, _TOP_1)
    return _Columns(model, entrypoint, _first(titles, _ACCURACY) if top_1 is None else top_1)


def _first(titles: list[str], pattern: re.Pattern[str]) -> int | None:
    found = [number for number, title in enumerate(titles) if pattern.fullmatch(title)]
    return found[0] if len(found) == 1 else None


def _row(cells: tuple[Cell, ...], columns: _Columns, by_key: dict[str, str]) -> _Row | None:
    column = columns.model if columns.entrypoint is None else columns.entrypoint
    if column is None or column >= len(cells):
        return None
    cell = cells[column]
    if len(cell.text) > _LONGEST_NAME:
        return None
    exact = by_key.get(_key(cell.text), "")
    bare = _QUALIFIER.sub("", cell.text)
    if exact or not any(char.isalnum() for char in bare):
        return _Row(cell, exact, is_plain=True) if exact else None
    if "+" in bare:
        return None
    entrypoint = by_key.get(_key(bare), "")
    if not entrypoint and not (
        _has_values(cells, cell)
        and (_is_code(bare) if column == columns.entrypoint else _names_a_model(bare, by_key))
    ):
        return None
    return _Row(cell, entrypoint, is_plain=bare == cell.text)


def _has_values(cells: tuple[Cell, ...], name: Cell) -> bool:
    """Whether a row says something of what it names, and is no title of those below it."""
    return any(char.isdigit() for cell in cells if cell is not name for char in cell.text)


def _is_code(text: str) -> bool:
    return text.isidentifier() and text.isascii() and not _NO_MODEL.fullmatch(_key(text))


def _names_a_model(text: str, by_key: Mapping[str, str]) -> bool:
    """Whether a name that is not known is certainly meant for a model of this hub.

    An average or a baseline is not, nor is a family's name, nor a known model's with a word
    before or after it: that is another one's.
    """
    key = _key(text)
    if any(known.startswith(key) for known in by_key) or _NO_MODEL.fullmatch(key):
        return False
    if any(_key(word) in by_key for word in text.split()):
        return False
    is_name = _WORD.fullmatch(text) and (not text.isalpha() or _FAMILY.fullmatch(text))
    return bool(is_name) or nearest(key, by_key) is not None


def _model_problem(
    path: str, cells: tuple[Cell, ...], columns: _Columns, row: _Row, by_key: dict[str, str]
) -> Iterator[Diagnostic]:
    if columns.entrypoint is None or columns.model is None or columns.model >= len(cells):
        return
    cell = cells[columns.model]
    named = by_key.get(_key(cell.text), row.entrypoint)
    if named != row.entrypoint:
        message = f'the row names the model "{cell.text}", but the entrypoint "{row.entrypoint}"'
        hint = f'write the model of "{row.entrypoint}", or the entrypoint "{named}"'
        yield rules.DIFFERENT_MODELS.at(path, cell.span, message, hint)


def _accuracy_problem(
    path: str, cell: Cell, row: _Row, address: str | None
) -> Iterator[Diagnostic]:
    published = _published_accuracy(address or "", row.entrypoint)
    match = _NUMBER.fullmatch(cell.text)
    if published is None or match is None:
        return
    stated = Decimal(match.group(1))
    if stated not in (_rounded(published, stated), _rounded(published / 100, stated)):
        weights = PurePosixPath(urlsplit(address or "").path).name
        message = f"the accuracy of {row.entrypoint} is {published}, by the name of its weights"
        hint = f"write {published}, or publish the weights to which {stated} belongs ({weights})"
        yield rules.WRONG_ACCURACY.at(path, cell.span, message, hint)


def _published_accuracy(address: str, entrypoint: str) -> Decimal | None:
    """The accuracy in percent that the name of a weights file carries: 70.312 in `…_70312_…`."""
    name = PurePosixPath(urlsplit(address).path).stem
    digits = _DIGITS.findall(name.replace(entrypoint, " ").replace("_", " "))
    if len(digits) != 1:
        return None
    return Decimal(digits[0]).scaleb(2 - len(digits[0]))


def _rounded(value: Decimal, like: Decimal) -> Decimal:
    exponent = like.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -_DECIMALS_KEPT - 2:
        return value
    return value.quantize(Decimal(1).scaleb(exponent), ROUND_HALF_UP)


def _key(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())
