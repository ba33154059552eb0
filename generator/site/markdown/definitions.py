"""What a paragraph defines rather than says: link references and footnotes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

_LABEL = r"\[(?P<label>(?:\\.|[^\[\]\\]){1,999})\]"
_REFERENCE = re.compile(
    _LABEL
    + r""":[ \t]*\n?[ \t]*(?:<(?P<angled>[^<>\n]*)>|(?P<plain>[^\s<]\S*))
    (?:(?:[ \t]+|[ \t]*\n[ \t]*)
       (?:"(?P<double>[^"]{0,999})"|'(?P<single>[^']{0,999})'|\((?P<round>[^()]{0,999})\)))?
    [ \t]*(?:\n|$)""",
    re.VERBOSE,
)
_REFERENCE_WITHOUT_TITLE = re.compile(
    _LABEL + r":[ \t]*\n?[ \t]*(?:<(?P<angled>[^<>\n]*)>|(?P<plain>[^\s<]\S*))[ \t]*(?:\n|$)"
)
_FOOTNOTE = re.compile(r"\[\^(?P<label>[^\s\[\]]{1,200})\]:[ \t]*")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


class Reference(Struct, frozen=True):
    """Where a reference link leads."""

    target: str
    title: str


class FootnoteStart(Struct, frozen=True):
    """A footnote begins in line `index` of a paragraph, with `text`."""

    index: int
    label: str
    text: str


def normal_label(label: str) -> str:
    """The form in which the labels of references are compared."""
    return " ".join(label.split()).casefold()


def take_references(text: str) -> tuple[Mapping[str, Reference], str]:
    """The references that a paragraph begins with, by their normal labels, and the rest."""
    references: dict[str, Reference] = {}
    while text.startswith("["):
        match = _REFERENCE.match(text) or _REFERENCE_WITHOUT_TITLE.match(text)
        label = match and normal_label(match.group("label"))
        if not match or not label or label.startswith("^"):
            break
        groups = match.groupdict()
        target = groups["angled"] if groups["angled"] is not None else groups["plain"]
        if groups["plain"] and target.count("(") != target.count(")"):
            break
        title = groups.get("double") or groups.get("single") or groups.get("round") or ""
        references.setdefault(label, Reference(_unescape(target), _unescape(title)))
        text = text[match.end() :]
    return references, text


def footnote_starts(texts: Sequence[str]) -> Iterator[FootnoteStart]:
    """The lines of a paragraph at which footnotes begin."""
    for index, text in enumerate(texts):
        match = _FOOTNOTE.match(text) if text.startswith("[^") else None
        if match:
            yield FootnoteStart(index, normal_label(match.group("label")), text[match.end() :])


def _unescape(text: str) -> str:
    return _ESCAPE.sub(r"\1", text)
