"""`hubcards build`: from the cards of a hub to its published site."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from generator.cards.model import Card
from generator.config import Settings, SettingsError
from generator.diagnostics import Diagnostic, Severity, in_source_order
from generator.evidence.model import CardEvidence
from generator.site.card_links import CardLinks, broken_links
from generator.site.history import source_date, update_times
from generator.site.hub import Hub, Search, load_hub
from generator.site.listed import ListedCard
from generator.site.markdown.render import RenderError, SectionRenderer
from generator.site.pages import PlacedCard
from generator.site.publish import Draft, OutputError, new_draft
from generator.site.search.pagefind import index_documents
from generator.site.site import OutputFile, card_output, common_files, place_cards
from generator.source import FILE_START, Span

PARALLEL_FROM = 100
"""With fewer cards, starting processes takes longer than rendering."""

_BATCHES_PER_PROCESS = 4


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did. With diagnostics, nothing was published."""

    output: Path
    cards: int
    pages: int
    files: int
    seconds: float
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class _Written:
    """What became of some files: how many there are, and what was wrong with the rest.

    `settings_problems` are kept apart: they are the hub's, not a card's.
    """

    pages: int = 0
    files: int = 0
    diagnostics: tuple[Diagnostic, ...] = ()
    settings_problems: tuple[Diagnostic, ...] = ()
    listed: tuple[ListedCard, ...] = ()
    links: tuple[CardLinks, ...] = ()


def build_site(
    settings: Settings,
    cards: Sequence[Card],
    output: Path,
    base_url: str | None,
    jobs: int,
    evidence: Mapping[str, CardEvidence],
    search: Search = Search.LIST,
) -> BuildReport:
    """Renders the cards with `jobs` processes, and publishes the site at `output`.

    `base_url` is where the site will be found, by default what the settings say. `evidence`,
    by card id, is shown as it is given: it must have only records that are valid. A card that
    can't be rendered is a diagnostic, and nothing is published then. Raises `SettingsError`
    for a template or a catalogue of words that can't be used, and `OutputError` when the
    site can't be written or indexed.
    """
    start = time.perf_counter()
    hub = load_hub(settings, base_url, search)
    placed = place_cards(cards, _update_times(cards), evidence)
    with new_draft(output) as draft, TemporaryDirectory(prefix="hubcards-") as name:
        documents = Path(name)
        written = list(_write_all_cards(hub, placed, draft, documents, jobs))
        problems = [problem for part in written for problem in part.settings_problems]
        if problems:
            raise SettingsError(in_source_order(problems))
        listed = [card for part in written for card in part.listed]
        links = [item for part in written for item in part.links]
        written.append(_write(draft, common_files(hub, listed)))
        diagnostics = in_source_order(
            [
                *(item for part in written for item in part.diagnostics),
                *broken_links(hub, links, {card.id for card in cards}, draft.has),
            ]
        )
        if not diagnostics:
            if search is Search.FULL_TEXT and listed:
                files = index_documents(documents)
                written.append(_write(draft, [OutputFile(*file) for file in files]))
            draft.publish()
    return BuildReport(
        output=output,
        cards=len(placed),
        pages=sum(part.pages for part in written),
        files=sum(part.files for part in written),
        seconds=time.perf_counter() - start,
        diagnostics=diagnostics,
    )


def _update_times(cards: Sequence[Card]) -> Mapping[Path, datetime]:
    try:
        undated = source_date(os.environ)
    except ValueError as error:
        raise OutputError(str(error), "unset it, or give seconds since 1970") from None
    return update_times((card.path for card in cards), undated)


def _write_all_cards(
    hub: Hub, placed: Sequence[PlacedCard], draft: Draft, documents: Path, jobs: int
) -> Iterator[_Written]:
    if jobs <= 1 or len(placed) < PARALLEL_FROM:
        yield _write_cards(hub, placed, draft, documents)
        return
    size = -(-len(placed) // (jobs * _BATCHES_PER_PROCESS))
    batches = [placed[first : first + size] for first in range(0, len(placed), size)]
    with ProcessPoolExecutor(max_workers=jobs) as pool:
        futures = [
            pool.submit(
                _write_batch, hub.settings, hub.base_url, hub.search, batch, draft, documents
            )
            for batch in batches
        ]
        try:
            for future in futures:
                yield future.result()
        except BrokenProcessPool:
            message = "a process that rendered cards was killed"
            hint = "see whether memory ran out, and build with --jobs 1"
            raise OutputError(message, hint) from None
        finally:
            pool.shutdown(cancel_futures=True)


def _write_batch(
    settings: Settings,
    base_url: str,
    search: Search,
    placed: Sequence[PlacedCard],
    draft: Draft,
    documents: Path,
) -> _Written:
    return _write_cards(load_hub(settings, base_url, search), placed, draft, documents)


def _write_cards(hub: Hub, placed: Sequence[PlacedCard], draft: Draft, documents: Path) -> _Written:
    renderer = SectionRenderer()
    parts = [_write_card(hub, item, renderer, draft, documents) for item in placed]
    return _Written(
        pages=sum(part.pages for part in parts),
        files=sum(part.files for part in parts),
        diagnostics=tuple(item for part in parts for item in part.diagnostics),
        settings_problems=tuple(item for part in parts for item in part.settings_problems),
        listed=tuple(item for part in parts for item in part.listed),
        links=tuple(item for part in parts for item in part.links),
    )


def _write_card(
    hub: Hub, placed: PlacedCard, renderer: SectionRenderer, draft: Draft, documents: Path
) -> _Written:
    try:
        output = card_output(hub, placed, renderer)
        for document in output.documents:
            target = documents.joinpath(*document.path.split("/"))
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(document.content)
        written = _write(draft, output.files)
        return replace(written, listed=(output.listed,), links=(output.links,))
    except RenderError as error:
        problem = _unrendered(placed.card, error.span, error.message, error.hint)
    except RecursionError:
        message, hint = "the card is nested too deeply to be shown", "nest less deeply"
        problem = _unrendered(placed.card, FILE_START, message, hint)
    except SettingsError as error:
        return _Written(settings_problems=error.diagnostics)
    return _Written(diagnostics=(problem,))


def _write(draft: Draft, files: Sequence[OutputFile]) -> _Written:
    for file in files:
        draft.write(file.path, file.content)
    return _Written(sum(file.path.endswith(".html") for file in files), len(files))


def _unrendered(card: Card, span: Span, message: str, hint: str) -> Diagnostic:
    return Diagnostic(str(card.path), span, "E401", Severity.ERROR, message, hint)
