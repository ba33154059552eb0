"""Diagnostics as other programs read them: GitHub's annotations, and SARIF 2.1.0."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from msgspec import Struct

from generator.diagnostics import Diagnostic, printable
from generator.excerpt import lines_of, source_line
from generator.source import Span

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


class ReportedRule(Struct, frozen=True):
    """A rule as reports name it; `url` is where it is explained, if anywhere."""

    code: str
    summary: str
    url: str | None = None


def as_github(diagnostics: Iterable[Diagnostic]) -> str:
    """A workflow command a diagnostic, by which GitHub Actions annotates the line."""
    return "".join(f"{_command(item)}\n" for item in diagnostics)


def as_sarif(diagnostics: Sequence[Diagnostic], rules: Iterable[ReportedRule], version: str) -> str:
    """One run of SARIF 2.1.0; `rules` are those that can be broken.

    A result's fingerprint depends on the text of its line and not on its number, so that a
    problem stays the same one when lines are added above it.
    """
    known = {rule.code: rule for rule in rules}
    codes = sorted({*known, *(item.code for item in diagnostics)})
    run = {
        "tool": {
            "driver": {
                "name": "hubcards",
                "semanticVersion": version,
                "rules": [_rule(known.get(code, ReportedRule(code, code))) for code in codes],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": list(_results(diagnostics, {code: i for i, code in enumerate(codes)})),
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _rule(rule: ReportedRule) -> dict[str, Any]:
    described = {"id": rule.code, "shortDescription": {"text": rule.summary}}
    return {**described, "helpUri": rule.url} if rule.url else described


def _command(item: Diagnostic) -> str:
    start, end = item.span.start, item.span.end
    properties = {
        "file": item.path,
        "line": str(start.line),
        "col": str(start.column),
        "endLine": str(end.line),
        "endColumn": str(end.column),
        "title": f"hubcards {item.code}",
    }
    # GitHub refuses columns for what spans several lines.
    dropped = {"col", "endColumn"} if end.line != start.line else set[str]()
    listed = ",".join(
        f"{name}={_property(value)}" for name, value in properties.items() if name not in dropped
    )
    text = f"{printable(item.message)}\n{printable(item.hint)}"
    return f"::{item.severity.value} {listed}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _results(
    diagnostics: Sequence[Diagnostic], places: Mapping[str, int]
) -> Iterable[dict[str, Any]]:
    files = {path: lines_of(path) for path in {item.path for item in diagnostics}}
    seen: Counter[tuple[str, str, str, str]] = Counter()
    for item in diagnostics:
        key = (item.path, item.code, item.message, source_line(files, item).strip())
        seen[key] += 1
        fingerprint = "\0".join((*key, str(seen[key]))).encode("utf-8", "surrogateescape")
        yield {
            "ruleId": item.code,
            "ruleIndex": places[item.code],
            "level": item.severity.value,
            "message": {"text": f"{item.message}; {item.hint}"},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": _uri(item.path)},
                        "region": _region(item.span),
                    }
                }
            ],
            "partialFingerprints": {"hubcards/v1": hashlib.sha256(fingerprint).hexdigest()},
            **_fixes(item),
        }


def _fixes(item: Diagnostic) -> dict[str, Any]:
    if not item.edits:
        return {}
    replacements = [
        {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.text}}
        for edit in item.edits
    ]
    location = {"uri": _uri(item.path)}
    change = {"artifactLocation": location, "replacements": replacements}
    return {"fixes": [{"description": {"text": item.hint}, "artifactChanges": [change]}]}


def _region(span: Span) -> dict[str, int]:
    return {
        "startLine": span.start.line,
        "startColumn": span.start.column,
        "endLine": span.end.line,
        "endColumn": span.end.column,
    }


def _uri(path: str) -> str:
    plain = Path(path)
    prefix = "file://" if plain.is_absolute() else ""
    return prefix + quote(plain.as_posix().encode("utf-8", "surrogateescape"))
