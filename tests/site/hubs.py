"""Hubs and cards to test the site with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from generator.cards.catalog import parse_catalog
from generator.cards.document import take_apart
from generator.cards.files import CardFile
from generator.cards.model import Card, Section
from generator.config import Settings, load_settings
from generator.diagnostics import as_text
from generator.evidence.model import CardEvidence
from generator.evidence.source import FoundEvidence
from generator.site.build import Build, BuildReport, build_site
from generator.site.hub import load_hub
from generator.site.markdown.footnotes import FootnoteNames
from generator.site.markdown.render import SectionRenderer, Wording
from generator.site.pages import Neighbour, PlacedCard
from generator.site.site import card_output, common_files

SITE = """\
title: {zh_CN: 模型中心, en_US: Model Hub}
description: {zh_CN: 模型, en_US: Models}
base-url: https://example.org/hub/
repository: https://github.com/example/models
languages:
  - {code: zh_CN, name: 简体中文, required: true}
  - {code: en_US, name: English}
tags:
  vision: {zh_CN: 视觉, en_US: Vision}
  nlp: {zh_CN: 自然语言处理, en_US: NLP}
runtimes:
  plain: {python: "3.10", requirements: models/requirements.txt}
default-runtime: plain
"""

SAMPLE = "import megengine.hub\nmodel = megengine.hub.load('a/b', 'net')\n"

MOMENT = datetime(2026, 1, 31, 12, 30, 5, tzinfo=timezone.utc)

WORDING = Wording(FootnoteNames("Footnotes", "Back to {number}"), "done", "not done")


def write_hub(root: Path, site: str = SITE) -> Settings:
    """The settings of a new hub."""
    (root / "site").mkdir(parents=True)
    (root / "site" / "site.yaml").write_text(site, encoding="utf-8")
    return load_settings(root)


def card_text(
    sections: Mapping[str, str],
    *,
    title: str = "Net",
    summary: Mapping[str, str] | None = None,
    author: str = "Somebody",
    tags: Sequence[str] = ("vision",),
    link: str = "https://github.com/example/models",
    sample: str = SAMPLE,
) -> str:
    """The text of a card with these sections, Markdown by language code."""
    summaries = summary or {code: f"summary {code}" for code in sections}
    return "\n".join(
        [
            "---",
            "template: hub1",
            f"title: {_quoted(title)}",
            "summary:",
            *(f"  {code}: {_quoted(text)}" for code, text in summaries.items()),
            f"author: {_quoted(author)}",
            f"tags: [{', '.join(tags)}]",
            f"github-link: {_quoted(link)}",
            "---",
            "```python",
            sample.rstrip("\n"),
            "```",
            *(f"<!-- section: {code} -->\n\n{text}\n" for code, text in sections.items()),
        ]
    )


def write_card(settings: Settings, name: str, text: str) -> Path:
    """A card of the hub, in its folder `cards`."""
    path = settings.root / "cards" / f"{name}.md"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def read_cards(settings: Settings) -> tuple[Card, ...]:
    """The cards of the hub, which must all be valid."""
    catalog = parse_catalog([settings.root / "cards"], settings)
    assert catalog.diagnostics == (), as_text(catalog.diagnostics)
    return catalog.cards


def place_cards(
    cards: Sequence[Card],
    updated: Mapping[Path, datetime],
    evidence: Mapping[str, CardEvidence],
    behind: Mapping[str, Mapping[str, int]] | None = None,
) -> tuple[PlacedCard, ...]:
    """The cards in the order of the catalogue, each with its neighbours and its evidence.

    `evidence` is by card id, and has only records that are valid; so is `behind`.
    """
    neighbours = [Neighbour(card.id, card.front_matter.title) for card in cards]
    before = [None, *neighbours][: len(cards)]
    after = [*neighbours, None][1:]
    return tuple(
        PlacedCard(
            card,
            card.path.read_bytes(),
            updated[card.path],
            evidence.get(card.id),
            previous,
            following,
            (behind or {}).get(card.id, {}),
        )
        for card, previous, following in zip(cards, before, after, strict=True)
    )


def render_files(
    settings: Settings,
    base_url: str | None = None,
    evidence: Mapping[str, CardEvidence] | None = None,
    updated: Mapping[str, datetime] | None = None,
    behind: Mapping[str, Mapping[str, int]] | None = None,
) -> Mapping[str, bytes]:
    """All the site's files by their paths; `updated` and `behind` are by card id."""
    hub = load_hub(settings, base_url)
    cards = read_cards(settings)
    times = {card.path: (updated or {}).get(card.id, MOMENT) for card in cards}
    placed = place_cards(cards, times, evidence or {}, behind)
    renderer = SectionRenderer()
    outputs = [card_output(hub, item, renderer) for item in placed]
    files = [*common_files(hub, [output.listed for output in outputs])]
    files += [file for output in outputs for file in output.files]
    paths = [file.path for file in files]
    assert len(paths) == len(set(paths))
    return {file.path: file.content for file in files}


@dataclass(frozen=True)
class GivenEvidence:
    """A source that tells what it was given, by card id."""

    evidence: Mapping[str, CardEvidence]

    def key(self, card: CardFile) -> str:
        found = self.evidence.get(card.id)
        return repr(found) if found else ""

    def of(self, card: Card) -> FoundEvidence:
        return FoundEvidence(self.evidence.get(card.id))

    def is_at_home(self) -> bool:
        return True


def build(
    settings: Settings,
    output: Path,
    evidence: Mapping[str, CardEvidence] | None = None,
    **how: Any,
) -> BuildReport:
    """What came of building the site of the hub's cards."""
    source = GivenEvidence(evidence or {})
    return build_site(Build(settings, [settings.root / "cards"], output, evidence=source, **how))


def section_of(markdown: str) -> Section:
    """A section with this text."""
    text = f"```python\nx\n```\n<!-- section: en_US -->\n{markdown}"
    return take_apart("card.md", text).sections[0]


def render(markdown: str) -> str:
    """The HTML of a section with this text."""
    return SectionRenderer().render(section_of(markdown), WORDING).html


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
