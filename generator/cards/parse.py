"""From the bytes of a file to a card, or to what keeps it from being one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from msgspec import Struct

from generator.cards import rules
from generator.cards.allowances import find_allowances, not_allowed, unused_in_structure
from generator.cards.document import Document, take_apart
from generator.cards.front_matter import read_front_matter
from generator.cards.model import Card, FrontMatter
from generator.cards.structure import check_structure
from generator.config import Settings
from generator.diagnostics import Diagnostic, has_errors, in_source_order
from generator.levels import at_levels
from generator.source import Span

MAX_BYTES = 1 << 20
"""A card larger than this is refused: no page of that size serves a reader."""

MAX_LINE_LENGTH = 20_000
"""A line of more code points than this is refused: it is data, not text."""

_LINE_END = re.compile(r"\r\n?")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
# What hides text from a reviewer, or shows it in another order than it is run (CVE-2021-42574);
# the flag of a region is written with tags, and joiners belong to emoji and some scripts.
_DECEPTIVE = re.compile(
    "\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,6}\U000e007f"
    "|(?P<hidden>[\u202a-\u202e\u2066-\u2069\u200b\u2060\ufeff\U000e0000-\U000e007f]"
    "|(?<=[\x21-\x7e])[\u200c\u200d]|[\u200c\u200d](?=[\x21-\x7e]))"
)
_MOST_TOLD = 20
_HARMLESS = frozenset(
    rule.code
    for rule in (
        rules.TEXT_BEFORE_SECTIONS,
        rules.MISSING_SECTION,
        rules.DECEPTIVE_CHARACTER,
    )
)
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


class ParsedCard(Struct, frozen=True):
    """A card, if the file is one, and the problems found in it.

    `readable` is the card as far as it can be read, which may be so with errors, too; there is
    none where more of what it says would be misunderstood than understood.
    """

    card: Card | None
    diagnostics: tuple[Diagnostic, ...]
    readable: Card | None = None


def parse_card(path: Path, data: bytes, settings: Settings) -> ParsedCard:
    """The card in `data`, the content of the file `path`; never raises for what is in it."""
    name = str(path)
    refusal = _refusal(name, data)
    if refusal:
        return ParsedCard(None, (refusal,))
    text = _LINE_END.sub("\n", data.decode("utf-8-sig"))
    document = take_apart(name, text)
    head = read_front_matter(document, settings)
    in_body = [
        *islice(_control_characters(name, text), _MOST_TOLD),
        *islice(_deceptive_characters(name, text), _MOST_TOLD),
    ]
    if document.front_matter is None or document.front_matter.is_closed:
        in_body += check_structure(document, settings)
    diagnostics = [*head.diagnostics, *in_body]
    if head.front_matter and "summary" not in head.front_matter.unusable:
        diagnostics += _languages_without_counterpart(document, head.front_matter, settings)
    allowed = find_allowances(document)
    found = [
        *not_allowed(diagnostics, allowed.allowances),
        *unused_in_structure(name, diagnostics, allowed.allowances),
        *allowed.problems,
    ]
    told = in_source_order(at_levels(found, settings.checks))
    if head.front_matter is None or has_errors(
        item for item in in_body if item.code not in _HARMLESS
    ):
        return ParsedCard(None, told)
    card = Card(
        id=path.stem,
        path=path,
        text=text,
        front_matter=head.front_matter,
        sample=document.preamble.code_blocks[0],
        sections=document.sections,
        allowances=allowed.allowances,
    )
    # Whether there is a card does not depend on how grave the hub takes its problems.
    return ParsedCard(None if has_errors(diagnostics) else card, told, card)


def _refusal(name: str, data: bytes) -> Diagnostic | None:
    start = Span.at(1, 1, 0)
    if len(data) > MAX_BYTES:
        message = f"the file has {len(data):,} bytes; a card has at most {MAX_BYTES:,}"
        return rules.TOO_LARGE.at(name, start, message, "link to large data instead")
    if data.startswith(_UTF16_MARKS):
        message = "the file is UTF-16 or UTF-32, not UTF-8"
        return rules.NOT_UTF8.at(name, start, message, "save it as UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = _LINE_END.sub("\n", error.object[: error.start].decode("utf-8", "replace"))
        span = Span.at(before.count("\n") + 1, len(before) - before.rfind("\n"))
        message = f"the byte 0x{data[error.start]:02x} is not UTF-8"
        return rules.NOT_UTF8.at(name, span, message, "save the file as UTF-8")
    for number, line in enumerate(_LINE_END.sub("\n", text).split("\n"), 1):
        if len(line) > MAX_LINE_LENGTH:
            message = f"the line has {len(line):,} characters; at most {MAX_LINE_LENGTH:,} are read"
            return rules.TOO_LARGE.at(name, Span.at(number, 1, 0), message, "break the line")
    return None


def _control_characters(name: str, text: str) -> Iterator[Diagnostic]:
    for number, line in enumerate(text.split("\n"), 1):
        match = _CONTROL.search(line)
        if match:
            message = f"the line has a control character (U+{ord(match.group()):04X})"
            span = Span.at(number, match.start() + 1)
            yield rules.CONTROL_CHARACTER.at(name, span, message, "remove the character")


def _deceptive_characters(name: str, text: str) -> Iterator[Diagnostic]:
    if text.isascii():
        return
    for number, line in enumerate(text.split("\n"), 1):
        hidden = (match for match in _DECEPTIVE.finditer(line) if match["hidden"])
        match = next(hidden, None)
        if match:
            message = f"the line has an invisible character (U+{ord(match.group()):04X})"
            span = Span.at(number, match.start() + 1)
            hint = "remove it: what is read must be what is run"
            yield rules.DECEPTIVE_CHARACTER.at(name, span, message, hint)


def _languages_without_counterpart(
    document: Document, front_matter: FrontMatter, settings: Settings
) -> Iterator[Diagnostic]:
    written = {section.language: section for section in document.sections}
    for language in settings.languages:
        code = language.code
        if code in front_matter.summary and code not in written:
            span = front_matter.spans[("summary", code)]
            message = f"there is a summary in {code}, but no section"
            hint = f"add a section <!-- section: {code} -->, or remove the summary"
            yield rules.SUMMARY_WITHOUT_SECTION.at(document.path, span, message, hint)
        if code in written and code not in front_matter.summary:
            message = f"there is a section in {code}, but no summary"
            hint = f"add the line {code}: … below summary: in the front matter"
            span = written[code].span
            yield rules.SECTION_WITHOUT_SUMMARY.at(document.path, span, message, hint)
