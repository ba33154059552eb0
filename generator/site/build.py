"""Building a site: renders what has changed, and publishes the whole, or nothing."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field
from msgspec.structs import replace

from generator.cards.files import card_files, duplicate_ids
from generator.config import Settings
from generator.diagnostics import Diagnostic, Severity, has_errors, in_source_order
from generator.evidence.source import EvidenceSource, NoEvidence
from generator.site.draft import last_version, new_draft
from generator.site.history import source_date, update_times
from generator.site.ingredients import (
    renew_signatures,
    site_key,
    sources,
    statuses,
    version_token,
)
from generator.site.memory import DamagedError, Memory, discard, remembered
from generator.site.output import OutputError
from generator.site.publication import Place, building_at
from generator.site.search.extent import Search
from generator.source import Position, Span

if TYPE_CHECKING:
    from generator.site.rendering import Renderer


class BuildReport(Struct, frozen=True):
    """What a build has published; `pages` are the HTML files among the `files`.

    `rendered` says how many cards were not as they had been. With an error among the
    `diagnostics` nothing was published. `problems` are those of evidence.
    """

    output: Path
    cards: int = 0
    pages: int = 0
    files: int = 0
    rendered: int = 0
    seconds: float = 0.0
    diagnostics: tuple[Diagnostic, ...] = ()
    problems: tuple[str, ...] = ()


def no_progress(_done: int, _all: int) -> None:
    """Tells nobody how many cards are rendered."""


class Coming(Struct, frozen=True):
    """Another version, with this token, of which no card has an error.

    Its files at `paths`, which can be gone through once, are in `folder` so far, and stay as they
    are if it becomes one: what it has beside its cards is still to be made, and links may turn
    out to lead nowhere.
    """

    token: str
    folder: Path
    paths: Iterator[str]


def nobody_waits(_coming: Coming) -> None:
    """Tells nobody that there will be another version in a moment."""


def told_nobody(_token: str) -> None:
    """Tells nobody that there is another version."""


class Build(Struct, frozen=True):
    """What is to be built: a site of the cards in these files and folders.

    It will be found at `base_url`, or where the settings say. Cards are rendered by `jobs`
    processes here, or by the `renderer`; `progress` is told how many of how many are done.
    `coming` is told of another version when its cards are made, and `published` its token, as
    soon as everybody sees it. Compiled templates are kept in the folder `compiled`, if there is to
    be one.
    """

    settings: Settings
    paths: Sequence[Path]
    output: Path
    base_url: str | None = None
    jobs: int = 1
    evidence: EvidenceSource = field(default_factory=NoEvidence)
    search: Search = Search.LIST
    progress: Callable[[int, int], None] = no_progress
    coming: Callable[[Coming], None] = nobody_waits
    published: Callable[[str], None] = told_nobody
    renderer: Renderer | None = None
    compiled: Path | None = None


def build_site(build: Build) -> BuildReport:
    """Publishes the site at `build.output`. Only what has changed since the last build is made.

    A card with an error is a diagnostic, and nothing is published then. Raises `SettingsError`
    for a template or a catalogue of words that can't be used, and `OutputError` when the
    site can't be written or indexed.
    """
    start = time.perf_counter()
    with building_at(build.output) as place:
        try:
            with remembered(place.memory) as memory:
                report = _build(build, place, memory)
        except DamagedError:
            discard(place.memory)
            with remembered(place.memory) as memory:
                report = _build(build, place, memory)
    return replace(report, seconds=time.perf_counter() - start)


def _build(build: Build, place: Place, memory: Memory) -> BuildReport:
    last = last_version(place, memory)
    known = memory.cards()
    key = site_key(build.settings, build.base_url or build.settings.base_url, build.search)
    files = sorted(card_files(build.paths), key=lambda file: file.id)
    found = statuses(files)
    cards = sources(files, found, _update_times(found), build.settings, build.evidence, known, key)
    duplicates = tuple(duplicate_ids(files))
    if duplicates:
        return BuildReport(build.output, diagnostics=in_source_order(duplicates))
    token = version_token(key, cards)
    if last == token:
        renew_signatures(memory, cards, known)
        memory.commit()
        return _report(build, memory, 0)
    # Dear to import, and most builds of a large hub change nothing or little.
    from generator.site.renewal import renew

    draft = new_draft(place, memory, last)
    try:
        rendered, diagnostics = renew(build, key, token, draft, cards, known)
        if has_errors(diagnostics):
            draft.undo()
            return BuildReport(build.output, diagnostics=in_source_order(diagnostics))
    except BaseException:
        draft.undo()
        raise
    draft.publish(token)
    build.published(token)
    draft.follow(token)
    return _report(build, memory, rendered)


def _report(build: Build, memory: Memory, rendered: int) -> BuildReport:
    totals, common = memory.totals(), memory.common()
    notes = [(card, json.loads(card.notes)) for card in memory.noted_cards()]
    return BuildReport(
        output=build.output,
        cards=totals.cards,
        pages=totals.pages + sum(path.endswith(".html") for path in common),
        files=totals.files + len(common),
        rendered=rendered,
        diagnostics=in_source_order(
            _diagnostic(card.path, item) for card, note in notes for item in note["diagnostics"]
        ),
        problems=tuple(dict.fromkeys(item for _, note in notes for item in note["problems"])),
    )


def _update_times(statuses: Mapping[str, os.stat_result | None]) -> Mapping[str, datetime]:
    try:
        undated = source_date(os.environ)
    except ValueError as error:
        raise OutputError(str(error), "unset it, or give seconds since 1970") from None
    return update_times(statuses, undated)


def _diagnostic(path: str, data: list[Any]) -> Diagnostic:
    (line, column, end_line, end_column), code, severity, message, hint = data
    span = Span(Position(line, column), Position(end_line, end_column))
    return Diagnostic(path, span, code, Severity(severity), message, hint)
