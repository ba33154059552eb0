"""Building a site: renders what has changed, and publishes the whole, or nothing."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from generator.cards.catalog import duplicate_ids, find_cards
from generator.config import Settings, SettingsError
from generator.diagnostics import Diagnostic, Severity, has_errors, in_source_order
from generator.evidence.source import EvidenceSource, NoEvidence
from generator.site.card_links import CardLinks, broken_links, links_from_json
from generator.site.draft import Draft, last_version, new_draft
from generator.site.history import source_date, update_times
from generator.site.hub import Hub, Search, load_hub
from generator.site.ingredients import Source, digest_of_all, site_key, sources, version_token
from generator.site.listed import listed_from_json
from generator.site.memory import (
    DamagedError,
    Digests,
    KnownCard,
    KnownFile,
    KnownOutput,
    Memory,
    discard,
    remembered,
)
from generator.site.output import OutputError, Tree
from generator.site.pages import Neighbour
from generator.site.publication import Place, building_at
from generator.site.rendering import WrittenCard, write_cards
from generator.site.search.pagefind import index_documents
from generator.site.site import PlannedFile, planned_files
from generator.site.work import Beside, RenderingTask, neighbours_as_json, site_for_work
from generator.source import Position, Span


@dataclass(frozen=True, slots=True)
class BuildReport:
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


@dataclass(frozen=True, slots=True)
class Build:
    """What is to be built: a site of the cards in these files and folders.

    It will be found at `base_url`, or where the settings say. Cards are rendered by `jobs`
    processes, and `progress` is told how many of how many are done.
    """

    settings: Settings
    paths: Sequence[Path]
    output: Path
    base_url: str | None = None
    jobs: int = 1
    evidence: EvidenceSource = field(default_factory=NoEvidence)
    search: Search = Search.LIST
    progress: Callable[[int, int], None] = no_progress


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
    paths = sorted(find_cards(build.paths), key=lambda path: path.stem)
    times = _update_times(paths)
    cards = sources(paths, times, build.settings, build.evidence, known, key)
    duplicates = tuple(duplicate_ids(paths))
    if duplicates:
        return BuildReport(build.output, diagnostics=in_source_order(duplicates))
    token = version_token(key, cards)
    if last is not None and last.token == token:
        _renew_signatures(memory, cards, known)
        memory.commit()
        return _report(build, memory, known.values(), 0)
    hub = load_hub(build.settings, build.base_url, build.search)
    draft = new_draft(place, memory, last)
    try:
        site = site_for_work(build.settings, build.base_url, build.search, build.evidence, key)
        rendered, diagnostics = _render_changed(build, site, draft, cards, known)
        if not has_errors(diagnostics):
            _write_common(hub, draft, key)
            ids = {card.id for card in cards}
            diagnostics += broken_links(hub, _links(memory, cards), ids, draft.tree.has)
        if has_errors(diagnostics):
            draft.undo()
            return BuildReport(build.output, diagnostics=in_source_order(diagnostics))
    except BaseException:
        draft.undo()
        raise
    draft.publish(token)
    return _report(build, memory, memory.cards().values(), rendered)


def _report(
    build: Build, memory: Memory, cards: Collection[KnownCard], rendered: int
) -> BuildReport:
    common = memory.common()
    notes = [(card, json.loads(card.notes)) for card in cards if card.notes]
    return BuildReport(
        output=build.output,
        cards=len(cards),
        pages=sum(card.pages for card in cards) + sum(path.endswith(".html") for path in common),
        files=sum(card.files for card in cards) + len(common),
        rendered=rendered,
        diagnostics=in_source_order(
            _diagnostic(card.path, item) for card, note in notes for item in note["diagnostics"]
        ),
        problems=tuple(dict.fromkeys(item for _, note in notes for item in note["problems"])),
    )


def _update_times(paths: Iterable[Path]) -> Mapping[Path, datetime]:
    try:
        undated = source_date(os.environ)
    except ValueError as error:
        raise OutputError(str(error), "unset it, or give seconds since 1970") from None
    return update_times(paths, undated)


def _renew_signatures(
    memory: Memory, cards: Iterable[Source], known: Mapping[str, KnownCard]
) -> None:
    for card in cards:
        before = known.get(card.id)
        if before and before.own == card.own:
            renewed = replace(before, signature=card.signature, path=str(card.path))
            if renewed != before:
                memory.keep_card(renewed)


def _render_changed(
    build: Build, site: bytes, draft: Draft, cards: Sequence[Source], known: Mapping[str, KnownCard]
) -> tuple[int, list[Diagnostic]]:
    """Renders the cards that are not as they were; how many, and what is wrong with them."""
    titles = {
        card.id: before.title
        for card in cards
        if (before := known.get(card.id)) and before.own == card.own
    }
    changed = [index for index, card in enumerate(cards) if card.id not in titles]
    unchanged = [index for index, card in enumerate(cards) if card.id in titles]
    diagnostics = _render(build, site, draft, cards, changed, known, titles)
    beside = []
    if not has_errors(diagnostics):
        beside = [
            index
            for index in unchanged
            if known[cards[index].id].neighbours != _neighbours(cards, index, titles)
        ]
        diagnostics += _render(build, site, draft, cards, beside, known, titles)
    _renew_signatures(draft.memory, (cards[i] for i in unchanged if i not in {*beside}), known)
    for card_id in known.keys() - {card.id for card in cards}:
        _forget(draft, card_id)
    return len(changed) + len(beside), diagnostics


def _render(
    build: Build,
    site: bytes,
    draft: Draft,
    cards: Sequence[Source],
    wanted: Sequence[int],
    known: Mapping[str, KnownCard],
    titles: dict[str, str],
) -> list[Diagnostic]:
    """Renders the cards at these places, and adds their titles to `titles`."""
    tasks = [
        RenderingTask(
            cards[index].path,
            cards[index].updated,
            _beside(cards, index - 1, titles),
            _beside(cards, index + 1, titles),
        )
        for index in wanted
    ]
    diagnostics: list[Diagnostic] = []
    settings_problems: list[Diagnostic] = []
    written = write_cards(site, tasks, draft.tree, draft.place.documents, build.jobs)
    for done, (index, item) in enumerate(zip(wanted, written, strict=True), 1):
        diagnostics += item.card.diagnostics
        settings_problems += item.card.settings_problems
        titles[item.card.id] = item.card.title
        draft.changes.update(item.files)
        if item.card.listed:
            _keep(draft, cards[index], item, is_known=item.card.id in known)
        build.progress(done, len(tasks))
    if settings_problems:
        raise SettingsError(in_source_order(settings_problems))
    return diagnostics


def _keep(draft: Draft, source: Source, written: WrittenCard, *, is_known: bool) -> None:
    card, memory = written.card, draft.memory
    before = memory.output(card.id) if is_known else None
    if before:
        draft.remove(before.files.keys() - written.files.keys())
        for path in before.documents.keys() - written.documents.keys():
            draft.place.documents.remove(path)
    notes = ""
    if card.diagnostics or card.problems:
        diagnostics = [_as_data(item) for item in card.diagnostics]
        notes = json.dumps({"diagnostics": diagnostics, "problems": card.problems})
    # What was read is what counts, should the file have been changed in between.
    is_as_seen = card.content == source.content
    memory.keep_card(
        KnownCard(
            id=card.id,
            path=str(source.path),
            signature=source.signature if is_as_seen else "",
            content=card.content,
            own=source.own if is_as_seen else "",
            neighbours=card.neighbours,
            title=card.title,
            pages=written.pages,
            files=len(written.files),
            notes=notes,
        )
    )
    memory.keep_output(
        KnownOutput(card.id, card.listed, written.files, written.documents, card.links)
    )


def _forget(draft: Draft, card_id: str) -> None:
    output = draft.memory.output(card_id)
    if output:
        draft.remove(output.files)
        for path in output.documents:
            draft.place.documents.remove(path)
    draft.memory.forget_card(card_id)


def _write_common(hub: Hub, draft: Draft, key: str) -> None:
    """Writes what belongs to no card, and removes of it what is no more; `key` is the site's."""
    before = draft.memory.common()
    listed, documents = [], []
    for output in draft.memory.outputs():
        listed.append(listed_from_json(output.listed))
        documents.append(output.documents)
    planned = [
        replace(file, key=digest_of_all(key, file.key)) if file.key else file
        for file in planned_files(hub, listed)
    ]
    if hub.search is Search.FULL_TEXT and listed:
        planned += _planned_index(draft.place.documents, documents, before)
    after = set()
    for file in planned:
        draft.put(file, before.get(file.path))
        after.add(file.path)
    for path in before.keys() - after:
        draft.remove([path])
        draft.memory.forget_file(path)


def _planned_index(
    tree: Tree, documents: Sequence[Digests], before: Mapping[str, KnownFile]
) -> Iterator[PlannedFile]:
    """The index of all words, which is only made when a word has changed."""
    key = digest_of_all(*(f"{path}\n{item[path]}" for item in documents for path in sorted(item)))
    kept = [file for file in before.values() if file.key == key]
    if kept:
        for file in kept:
            yield PlannedFile(file.path, key, bytes)
        return
    if tree.paths() != {path for item in documents for path in item}:
        raise DamagedError
    for path, content in index_documents(tree.folder):
        yield PlannedFile(path, key, partial(bytes, content))


def _links(memory: Memory, cards: Iterable[Source]) -> list[CardLinks]:
    paths = {card.id: str(card.path) for card in cards}
    return [links_from_json(output.links, paths[output.id]) for output in memory.outputs()]


def _beside(cards: Sequence[Source], index: int, titles: Mapping[str, str]) -> Beside:
    if not 0 <= index < len(cards):
        return None
    card = cards[index]
    return Neighbour(card.id, titles[card.id]) if card.id in titles else card.path


def _neighbours(cards: Sequence[Source], index: int, titles: Mapping[str, str]) -> str:
    """What the card at this place depends on of those beside it, all of whose titles are known."""
    previous, following = (_beside(cards, index + step, titles) for step in (-1, 1))
    if isinstance(previous, Path) or isinstance(following, Path):
        return ""
    return neighbours_as_json(previous, following)


def _as_data(diagnostic: Diagnostic) -> list[object]:
    start, end = diagnostic.span.start, diagnostic.span.end
    return [
        [start.line, start.column, end.line, end.column],
        *(diagnostic.code, diagnostic.severity.value, diagnostic.message, diagnostic.hint),
    ]


def _diagnostic(path: str, data: list[Any]) -> Diagnostic:
    (line, column, end_line, end_column), code, severity, message, hint = data
    span = Span(Position(line, column), Position(end_line, end_column))
    return Diagnostic(path, span, code, Severity(severity), message, hint)
