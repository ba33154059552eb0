"""The work of a build that can be shared out: a batch of cards to render.

It depends on nothing but the batch and the files of its cards, and gives the same wherever it
is done.
"""

from __future__ import annotations

import json
import pickle
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from generator.cards.catalog import CardFileError, card_bytes
from generator.cards.model import Card
from generator.cards.parse import parse_card
from generator.config import Settings, SettingsError
from generator.diagnostics import Diagnostic, Severity, has_errors
from generator.evidence.source import EvidenceSource
from generator.site.card_links import anchors_as_json, links_as_json
from generator.site.digests import digest_of
from generator.site.hub import Hub, load_hub
from generator.site.ingredients import program_digest
from generator.site.kept_templates import CompiledTemplates
from generator.site.listed import listed_as_bytes
from generator.site.markdown.render import RenderError, SectionRenderer
from generator.site.pages import Neighbour, PlacedCard
from generator.site.search.extent import Search
from generator.site.site import CardOutput, OutputFile, card_output
from generator.source import FILE_START, Span

if TYPE_CHECKING:
    from generator.site.build import Build

Beside: TypeAlias = "Neighbour | Path | None"
"""The card before or behind another: what is known of it, its file, or that there is none."""


class RenderingTask(Struct, frozen=True):
    """A card to be rendered. `updated` is in UTC; `own` is what its `Source` has."""

    path: Path
    own: str
    updated: datetime
    previous: Beside
    next: Beside


class RenderingOrder(Struct, frozen=True):
    """Cards to be rendered; `site` comes from `site_for_work`, the same for all batches."""

    site: bytes
    tasks: tuple[RenderingTask, ...]


class RenderedCard(Struct, frozen=True):
    """What came of a card.

    `content` is a digest of its file; `title` and `neighbours`, as JSON, are what others
    depend on, and what it depends on, of the cards beside it. `output` is None for a card that
    has errors. `settings_problems` are those of templates.
    """

    id: str
    content: str
    title: str
    neighbours: str
    diagnostics: tuple[Diagnostic, ...]
    problems: tuple[str, ...]
    settings_problems: tuple[Diagnostic, ...] = ()
    files: tuple[OutputFile, ...] = ()
    documents: tuple[OutputFile, ...] = ()
    listed: bytes = b""
    links: str = ""
    anchors: str = ""


class _Parsed(Struct, frozen=True):
    """A card's file; `content` is a digest of it."""

    data: bytes
    content: str
    card: Card | None
    diagnostics: tuple[Diagnostic, ...]


@dataclass
class _Workplace:
    """What is dear to make, and used for one card after the other."""

    hub: Hub
    evidence: EvidenceSource
    renderer: SectionRenderer
    parsed: dict[Path, _Parsed] = field(default_factory=dict)
    titles: dict[Path, str] = field(default_factory=dict)


class SiteForWork(Struct, frozen=True):
    """What all batches of a site have in common; `key` is another when anything of it is.

    `build` keeps what is remembered of one build from another, where a process outlives them:
    the records may have changed since, and the key says nothing of them.
    """

    settings: Settings
    base_url: str | None
    search: Search
    evidence: EvidenceSource
    compiled: CompiledTemplates | None
    key: str
    build: str


def site_for_work(build: Build, key: str) -> bytes:
    """What all batches of a build have in common; `key` is the site's."""
    compiled = CompiledTemplates(build.compiled, program_digest()) if build.compiled else None
    return pickle.dumps(
        SiteForWork(
            *(build.settings, build.base_url, build.search, build.evidence, compiled),
            *(key, secrets.token_hex(8)),
        )
    )


@lru_cache(maxsize=1)
def unpacked_site(site: bytes) -> SiteForWork:
    """What `site_for_work` has packed."""
    unpacked: SiteForWork = pickle.loads(site)  # noqa: S301 # from `site_for_work`
    return unpacked


def hub_of(site: bytes) -> Hub:
    """The hub of such a site. Raises `SettingsError` when it can't be used."""
    return _workplace(site).hub


def render_cards(order: RenderingOrder) -> list[RenderedCard]:
    """What came of the cards, in their order."""
    place = _workplace(order.site)
    place.parsed.clear()
    place.titles.clear()
    return [_rendered(place, task) for task in order.tasks]


def neighbours_as_json(previous: Neighbour | None, following: Neighbour | None) -> str:
    """What a card's pages depend on of the cards beside it."""
    return json.dumps([item and [item.id, item.title] for item in (previous, following)])


@lru_cache(maxsize=1)
def _workplace(site: bytes) -> _Workplace:
    found = unpacked_site(site)
    hub = _hub(
        pickle.dumps((found.settings, found.base_url, found.search, found.compiled, found.key))
    )
    return _Workplace(hub, found.evidence, SectionRenderer())


@lru_cache(maxsize=1)
def _hub(packed: bytes) -> Hub:
    """The hub of all builds that have these settings, and whose site has this key."""
    settings, base_url, search, compiled, _ = pickle.loads(packed)  # noqa: S301 # from just above
    return load_hub(settings, base_url, search, compiled)


def _rendered(place: _Workplace, task: RenderingTask) -> RenderedCard:
    parsed = place.parsed.pop(task.path, None) or _parse(place, task.path)
    card = parsed.card
    if card is None or has_errors(parsed.diagnostics):
        return RenderedCard(task.path.stem, parsed.content, "", "", parsed.diagnostics, ())
    place.titles[task.path] = card.front_matter.title
    previous, following = _neighbour(place, task.previous), _neighbour(place, task.next)
    found = place.evidence.of(card)
    placed = PlacedCard(
        card, parsed.data, task.updated, found.evidence, previous, following, found.behind
    )
    output, problems, settings_problems = _output(place, placed)
    return RenderedCard(
        id=card.id,
        content=parsed.content,
        title=card.front_matter.title,
        neighbours=neighbours_as_json(previous, following),
        diagnostics=(*parsed.diagnostics, *problems),
        problems=found.problems,
        settings_problems=settings_problems,
        files=output.files if output else (),
        documents=output.documents if output else (),
        listed=listed_as_bytes(output.listed) if output else b"",
        links=links_as_json(output.links) if output else "",
        anchors=anchors_as_json(output.anchors) if output else "",
    )


def _output(
    place: _Workplace, placed: PlacedCard
) -> tuple[CardOutput | None, tuple[Diagnostic, ...], tuple[Diagnostic, ...]]:
    try:
        return card_output(place.hub, placed, place.renderer), (), ()
    except RenderError as error:
        problem = _unrendered(placed.card, error.span, error.message, error.hint)
    except RecursionError:
        message, hint = "the card is nested too deeply to be shown", "nest less deeply"
        problem = _unrendered(placed.card, FILE_START, message, hint)
    except SettingsError as error:
        return None, (), error.diagnostics
    return None, (problem,), ()


def _unrendered(card: Card, span: Span, message: str, hint: str) -> Diagnostic:
    return Diagnostic(str(card.path), span, "E401", Severity.ERROR, message, hint)


def _neighbour(place: _Workplace, beside: Beside) -> Neighbour | None:
    if not isinstance(beside, Path):
        return beside
    if beside not in place.titles:
        # Most likely it is the next to be rendered.
        place.parsed[beside] = parsed = _parse(place, beside)
        # Without a title it has errors, with which nothing is published.
        place.titles[beside] = parsed.card.front_matter.title if parsed.card else ""
    return Neighbour(beside.stem, place.titles[beside])


def _parse(place: _Workplace, path: Path) -> _Parsed:
    try:
        data = card_bytes(path)
    except CardFileError as error:
        return _Parsed(b"", "", None, (error.diagnostic,))
    parsed = parse_card(path, data, place.hub.settings)
    return _Parsed(data, digest_of(data), parsed.card, parsed.diagnostics)
