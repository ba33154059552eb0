"""Problems found in files, as data, and how they are printed."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Sequence
from enum import Enum

from msgspec import Struct

from generator.source import Span

_MAX_SHOWN = 60


class Severity(str, Enum):
    """`ERROR` keeps a card from being published; `WARNING` does not."""

    ERROR = "error"
    WARNING = "warning"


class Edit(Struct, frozen=True):
    """Text that is to take the place of what stands at `span`."""

    span: Span
    text: str


class Diagnostic(Struct, frozen=True):
    """One problem: where it is, what is wrong, and how to mend it.

    `edits` mend it where there is one right answer; they are made together. `counterpart` is
    the place in another language of what is missing here, or is another there.
    """

    path: str
    span: Span
    code: str
    severity: Severity
    message: str
    hint: str
    edits: tuple[Edit, ...] = ()
    counterpart: Span | None = None


def in_source_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The diagnostics without repetitions, sorted by path, then position, then code."""
    return tuple(sorted(set(diagnostics), key=lambda d: (d.path, d.span, d.code, d.message)))


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether any of the diagnostics is an error."""
    return any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` was most likely meant to be, if any is near."""
    by_folded = {name.casefold(): name for name in known}
    matches = difflib.get_close_matches(word.casefold()[:100], by_folded, n=1, cutoff=0.6)
    return by_folded[matches[0]] if matches else None


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """A hint that names the nearest known word, or all of them when none is near."""
    match = nearest(word, known)
    return f'did you mean "{match}"?' if match else "known: " + ", ".join(known)


def shortened(text: str) -> str:
    """`text` as a message can show it, however long it is."""
    return text if len(text) <= _MAX_SHOWN else f"{text[: _MAX_SHOWN - 1]}…"


def printable(text: str) -> str:
    """`text` on one line and harmless to a terminal: what can't be shown is escaped."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
        for char in text
    )


class ReportWords(Struct, frozen=True):
    """What a report for people says itself, in one language."""

    error: str = "error"
    warning: str = "warning"
    hint: str = "hint"
    colon: str = ": "

    def headline(self, item: Diagnostic) -> str:
        """`path:line:col: severity[code]: message`."""
        start = item.span.start
        severity = self.error if item.severity is Severity.ERROR else self.warning
        place = f"{printable(item.path)}:{start.line}:{start.column}"
        return f"{place}: {severity}[{item.code}]{self.colon}{printable(item.message)}"

    def advice(self, item: Diagnostic) -> str:
        """How to mend it."""
        return f"  {self.hint}{self.colon}{printable(item.hint)}"


ENGLISH_REPORT = ReportWords()


def as_text(diagnostics: Iterable[Diagnostic], words: ReportWords = ENGLISH_REPORT) -> str:
    """Two lines a diagnostic: `path:line:col: severity[code]: message`, then the hint."""
    lines: list[str] = []
    for item in diagnostics:
        lines += [words.headline(item), words.advice(item)]
    return "".join(f"{line}\n" for line in lines)


def as_json(diagnostics: Iterable[Diagnostic]) -> str:
    """A JSON array with an object a diagnostic; lines and columns count from 1."""
    return (
        json.dumps(
            [
                {
                    "path": item.path,
                    **_span_as_data(item.span),
                    "code": item.code,
                    "severity": item.severity.value,
                    "message": item.message,
                    "hint": item.hint,
                    "edits": [
                        {**_span_as_data(edit.span), "text": edit.text} for edit in item.edits
                    ],
                }
                for item in diagnostics
            ],
            ensure_ascii=False,
            indent=2,
        )
        + "\n"
    )


def _span_as_data(span: Span) -> dict[str, int]:
    return {
        "line": span.start.line,
        "column": span.start.column,
        "endLine": span.end.line,
        "endColumn": span.end.column,
    }
