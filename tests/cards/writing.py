"""Cards written for tests: a valid one around the code and text that a test is about."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from generator.cards.catalog import read_catalog
from generator.cards.model import Card
from generator.cards.parse import parse_card
from generator.config import Settings, load_settings
from generator.diagnostics import Diagnostic, in_source_order

ROOT = Path(__file__).parent.parent.parent
HEAD = """\
---
template: hub1
title: A model
summary: {zh_CN: 模型, en_US: A model}
author: Somebody
tags: [vision]
github-link: https://github.com/owner/name
---
"""
SAMPLE_LINE = HEAD.count("\n") + 2
"""The line of the first line of sample code."""


def python(code: str, attributes: str = "") -> str:
    """A Python fence."""
    info = f"python {attributes}".strip()
    return f"```{info}\n{code.rstrip()}\n```\n"


def card_text(sample: str = "pass", zh: str = "中文。", en: str = "English.") -> str:
    """A card with this sample code (or its whole fence) and these sections."""
    fence = sample if sample.startswith("```") else python(sample)
    return f"{HEAD}{fence}<!-- section: zh_CN -->\n{zh}\n<!-- section: en_US -->\n{en}\n"


def in_both(code: str, attributes: str = "") -> tuple[str, str]:
    """The same fence for both sections."""
    return python(code, attributes), python(code, attributes)


@dataclass(frozen=True)
class Finding:
    """A diagnostic, short: its code, `line:column`, and its text."""

    code: str
    place: str
    text: str


def settings() -> Settings:
    """This hub's settings."""
    return load_settings(ROOT)


def card_of(text: str) -> Card:
    """The card in `text`, which must be valid."""
    parsed = parse_card(Path("x.md"), text.encode(), settings())
    assert parsed.card is not None, parsed.diagnostics
    return parsed.card


def check(text: str, folder: Path) -> list[Finding]:
    """What `hubcards check` finds in a card with this text."""
    path = folder / "card.md"
    path.write_text(text, encoding="utf-8")
    return findings(read_catalog([path], settings()).diagnostics)


def findings(diagnostics: tuple[Diagnostic, ...]) -> list[Finding]:
    """The diagnostics, short, in source order."""
    return [
        Finding(
            item.code,
            f"{item.span.start.line}:{item.span.start.column}",
            f"{item.message} | {item.hint}",
        )
        for item in in_source_order(diagnostics)
    ]


def place_of(text: str, marked: str) -> str:
    """`line:column` of where `marked` stands first in `text`."""
    before = text[: text.index(marked)]
    return f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"
