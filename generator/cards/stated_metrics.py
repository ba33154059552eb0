"""Whether what a card's sections say of its metrics is what its front matter says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from generator.cards import rules
from generator.cards.metrics import in_language, metrics_named_by
from generator.cards.model import Card, Line, LineKind, MetricRow, MetricTable
from generator.cards.parity.numbers import Number, numbers_of_cell
from generator.cards.prose import Passage
from generator.cards.tables import Table
from generator.cards.texts import SectionText
from generator.diagnostics import Diagnostic, did_you_mean
from generator.source import Span

_LIKE_COMMENT = re.compile(r"\s*<!--\s*metrics\b[^>]{0,80}", re.IGNORECASE)
_IN_TEXT = re.compile(r"(?<!\\)<!--\s*metrics\s*:[^>\n]{0,80}>?", re.IGNORECASE)
_SAYS_NOTHING = re.compile(r"\bacc(?:uracy)?\b|准确率|准确度|正确率|精度", re.IGNORECASE)
_FEWEST_ROWS = 2
_NO_TABLE = "this looks like a comment for metrics, but stands for no table"
_ALONE = "write it on a line of its own, in no list, as in <!-- metrics: imagenet -->"


def wrong_metrics(card: Card, texts: Sequence[SectionText]) -> Iterator[Diagnostic]:
    """A diagnostic for each comment that stands for no table, and each value of another one.

    Also for each entrypoint that written tables lack, and each title that the language of a
    table has not.
    """
    path, metrics = str(card.path), card.front_matter.metrics
    if "metrics" in card.front_matter.unusable:
        return
    for text in texts:
        section = text.section
        for line in section.lines:
            if line.kind in (LineKind.HTML, LineKind.TEXT) and _LIKE_COMMENT.match(line.content):
                yield from _comment_problem(path, line, metrics)
        for passage in text.passages:
            yield from _comments_in_text(path, passage)
        if metrics:
            for table in text.written:
                yield from _wrong_values(path, table, metrics, section.language)
            asked = {name for line in section.lines if (name := metrics_named_by(line))}
            for name, metric_table in metrics.items():
                if name in asked:
                    yield from _missing_titles(path, card, name, section.language)
                else:
                    yield from _missing_rows(path, metric_table, text)


def _comments_in_text(path: str, passage: Passage) -> Iterator[Diagnostic]:
    """A diagnostic for each comment for metrics that stands behind something in its line."""
    for match in _IN_TEXT.finditer(passage.text):
        start = match.start()
        is_code = any(code.start <= start < code.end for code in passage.code_spans)
        if passage.text[:start].rpartition("\n")[2].strip() and not is_code:
            span = passage.span(start, match.end())
            yield rules.BAD_METRICS_COMMENT.at(path, span, _NO_TABLE, _ALONE)


def _comment_problem(
    path: str, line: Line, metrics: Mapping[str, MetricTable]
) -> Iterator[Diagnostic]:
    span = Span.at(line.number, line.column, len(line.content))
    name = metrics_named_by(line)
    if name is None:
        yield rules.BAD_METRICS_COMMENT.at(path, span, _NO_TABLE, _ALONE)
    elif name not in metrics:
        message = f'the front matter has no metrics "{name}"'
        hint = did_you_mean(name, list(metrics)) if metrics else "add metrics: to the front matter"
        yield rules.UNKNOWN_METRICS.at(path, span, message, hint)


def _missing_titles(path: str, card: Card, name: str, language: str) -> Iterator[Diagnostic]:
    front = card.front_matter
    table = front.metrics[name]
    titles: list[tuple[tuple[str, ...], Mapping[str, str]]] = [(("dataset",), table.dataset)]
    titles += [(("columns", column), texts) for column, texts in table.columns.items()]
    for place, texts in titles:
        if language not in texts and "" not in texts:
            message = f"{'.'.join(place)} has no text in {language}, where the table is shown"
            hint = f"add {language}: …, or write one text for all languages"
            key = ("metrics", name, *place)
            span = front.spans[key]
            yield rules.UNTRANSLATED_METRICS.at(path, span, message, hint)


def _missing_rows(path: str, metrics: MetricTable, text: SectionText) -> Iterator[Diagnostic]:
    """A diagnostic for each entrypoint that is in no written table, if that is certain.

    It is where a table of several rows has these metrics, and no row of another model.
    """
    written = {_key(cell.text) for table in text.written for row in table.rows for cell in row}
    missing = [row for row in metrics.rows if not _names_of(row) & written]
    for table in text.written if missing else ():
        columns = _columns_of(table, metrics, text.section.language)
        if len(table.rows) >= _FEWEST_ROWS and _is_of(table, metrics, columns):
            last = table.rows[-1]
            span = Span(last[0].span.start, last[-1].span.end)
            for row in missing:
                if any(name in row.values for names in columns for name in names):
                    message = f'the table has no row for "{row.entrypoint}" of the front matter'
                    hint = f"add one, or remove it there: it is in line {row.span.start.line}"
                    yield rules.MISSING_METRICS.at(path, span, message, hint)
            return


def _is_of(table: Table, metrics: MetricTable, columns: Sequence[frozenset[str]]) -> bool:
    """Whether a written table has rows and values of these metrics, and no other rows."""
    known = {key: row for row in metrics.rows for key in _names_of(row)}
    found = 0
    for cells in table.rows:
        row = next(
            (known[key] for key in (_key(cell.text) for cell in cells) if key in known), None
        )
        if row is None:
            return False
        for cell, names in zip(cells, columns, strict=False):
            values = [row.values[name] for name in names if name in row.values]
            if values and not any(_is_value(cell.text, value) for value in values):
                return False
            found += len(values)
    return found > 0


def _wrong_values(
    path: str, written: Table, metrics: Mapping[str, MetricTable], language: str
) -> Iterator[Diagnostic]:
    tables = [(table, _columns_of(written, table, language)) for table in metrics.values()]
    known = {key for table in metrics.values() for row in table.rows for key in _names_of(row)}
    for cells in written.rows:
        name = next((key for key in (_key(cell.text) for cell in cells) if key in known), None)
        own = [
            (row, columns)
            for table, columns in tables
            for row in table.rows
            if name in _names_of(row)
        ]
        for index, cell in enumerate(cells[: len(written.header)]):
            values = [
                (row.values[column], row.spans[column])
                for row, columns in own
                for column in columns[index]
                if column in row.values
            ]
            if values and not any(_is_value(cell.text, value) for value, _ in values):
                value, span = values[0]
                message = f"{cell.text or 'nothing'} stands here, {value} in the front matter"
                hint = f"correct one of them: the value is in line {span.start.line}"
                yield rules.METRICS_DIFFER.at(path, cell.span, message, hint)


def _names_of(row: MetricRow) -> frozenset[str]:
    return frozenset({_key(row.entrypoint), _key(row.model)} - {""})


def _columns_of(table: Table, metrics: MetricTable, language: str) -> Sequence[frozenset[str]]:
    """The columns of the metrics, by their names, that each column of a written table shows.

    A title that only calls a value an accuracy as well is the column's, if it can be no other's.
    """
    by_key: dict[str, set[str]] = {}
    by_core: dict[str, set[str]] = {}
    for name, texts in metrics.columns.items():
        for title in (name, in_language(texts, language)):
            by_key.setdefault(_key(title), set()).add(name)
            by_core.setdefault(_core(title), set()).add(name)
    exact = [frozenset(by_key.get(_key(cell.text), ())) for cell in table.header]
    taken = frozenset().union(*exact)
    cores = [_core(cell.text) for cell in table.header]
    found = []
    for names, core in zip(exact, cores, strict=True):
        near = frozenset(by_core.get(core, ())) - taken
        is_clear = len(by_core.get(core, ())) == cores.count(core) == 1 and not core.isdecimal()
        found.append(names or (near if is_clear and core else frozenset()))
    return found


def _core(title: str) -> str:
    return _key(_SAYS_NOTHING.sub(" ", title))


def _is_value(written: str, value: str) -> bool:
    if written == value:
        return True
    mine, theirs = numbers_of_cell(written), numbers_of_cell(value)
    if len(mine) != len(theirs) or not mine:
        return False
    return all(_is_rounded(a, b) for a, b in zip(mine, theirs, strict=True))


def _is_rounded(written: Number, value: Number) -> bool:
    """Whether one is the other, to as many digits as are written."""
    for one in (written.value, written.amount):
        exponent = one.as_tuple().exponent
        for two in (value.value, value.amount):
            if one == two or (
                isinstance(exponent, int)
                and exponent <= 0
                and abs(one - two) <= Decimal(5).scaleb(exponent - 1)
            ):
                return True
    return False


def _key(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())
