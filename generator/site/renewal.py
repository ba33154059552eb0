"""What a build does when something has changed: makes that anew, and no more."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from pathlib import Path

from msgspec.structs import replace

from generator.config import SettingsError
from generator.diagnostics import Diagnostic, has_errors, in_source_order
from generator.site.addresses import PAGEFIND, PAGEFIND_OF_GUIDE
from generator.site.build import Build, Coming
from generator.site.card_links import (
    Anchors,
    CardLinks,
    anchors_from_json,
    broken_links,
    links_from_json,
)
from generator.site.digests import digest_of_all
from generator.site.draft import Draft
from generator.site.hub import Hub
from generator.site.ingredients import Source, renew_signatures
from generator.site.listed import ListedCard, listed_from_bytes
from generator.site.memory import (
    DamagedError,
    Digests,
    KnownCard,
    KnownFile,
    KnownListing,
    KnownOutput,
    Memory,
)
from generator.site.output import Tree
from generator.site.pages import Neighbour
from generator.site.rendering import renderer_here, write_cards
from generator.site.search.extent import Search
from generator.site.search.guide import guide_documents
from generator.site.search.pagefind import index_documents
from generator.site.site import PlannedFile, planned_files
from generator.site.work import Beside, RenderingTask, hub_of, neighbours_as_json, site_for_work
from generator.site.writing import WrittenCard

_ANCHORS_AT_HAND = 64


def renew(
    build: Build,
    key: str,
    token: str,
    draft: Draft,
    cards: Sequence[Source],
    known: Mapping[str, KnownCard],
) -> tuple[int, list[Diagnostic]]:
    """Has the draft be a site of these cards, unless there is an error among what is told.

    `key` is the site's, `token` its version's, `known` are the cards of the last build by their
    ids. Gives how many cards were rendered, and what there is to tell of them.
    """
    site = site_for_work(build, key)
    hub = hub_of(site)
    rendered, diagnostics = _render_changed(build, site, draft, cards, known)
    if not has_errors(diagnostics):
        build.coming(Coming(token, draft.tree.folder, _made(draft.memory, rendered)))
        paths = {card.id: card.path for card in cards}
        listed, links = _told(draft.memory, paths)
        _write_common(hub, draft, key, listed)
        anchors_of = lru_cache(maxsize=_ANCHORS_AT_HAND)(partial(_anchors, draft.memory))
        diagnostics += broken_links(hub.settings, links, paths.keys(), anchors_of, draft.tree.has)
    return len(rendered), diagnostics


def _made(memory: Memory, rendered: Iterable[str]) -> Iterator[str]:
    """Where the files of these cards are, but of those with links that are still to be looked at.

    Nothing is looked for before it is asked for, which only a preview does.
    """
    for card_id in rendered:
        listing, output = memory.listing(card_id), memory.output(card_id)
        if listing and output and not listing.links:
            yield from output.files


def _render_changed(
    build: Build, site: bytes, draft: Draft, cards: Sequence[Source], known: Mapping[str, KnownCard]
) -> tuple[Sequence[str], list[Diagnostic]]:
    """Renders the cards that are not as they were; their ids, and what is wrong with them."""
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
            for index in _beside_others(cards, changed, known)
            if known[cards[index].id].neighbours != _neighbours(cards, index, titles)
        ]
        diagnostics += _render(build, site, draft, cards, beside, known, titles)
    renew_signatures(
        draft.memory, [cards[index] for index in sorted({*unchanged} - {*beside})], known
    )
    for card_id in known.keys() - {card.id for card in cards}:
        _forget(draft, card_id)
    return [cards[index].id for index in (*changed, *beside)], diagnostics


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
            Path(cards[index].path),
            cards[index].own,
            cards[index].updated,
            _beside(cards, index - 1, titles),
            _beside(cards, index + 1, titles),
        )
        for index in wanted
    ]
    diagnostics: list[Diagnostic] = []
    settings_problems: list[Diagnostic] = []
    renderer = build.renderer or renderer_here(build.jobs)
    written = write_cards(site, tasks, draft.tree, draft.place.documents, renderer)
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
            path=source.path,
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
    memory.keep_listing(KnownListing(card.id, card.links, card.anchors, card.listed))
    memory.keep_output(KnownOutput(card.id, written.files, written.documents))


def _forget(draft: Draft, card_id: str) -> None:
    output = draft.memory.output(card_id)
    if output:
        draft.remove(output.files)
        for path in output.documents:
            draft.place.documents.remove(path)
    draft.memory.forget_card(card_id)


def _told(
    memory: Memory, paths: Mapping[str, str]
) -> tuple[Sequence[ListedCard], Sequence[CardLinks]]:
    """What the cards at these paths, by their ids, tell to be listed, and their links."""
    listed, links = [], []
    for item in memory.listings():
        listed.append(listed_from_bytes(item.listed))
        if item.links:
            links.append(CardLinks(item.id, paths[item.id], links_from_json(item.links)))
    return listed, links


def _write_common(hub: Hub, draft: Draft, key: str, listed: Sequence[ListedCard]) -> None:
    """Writes what belongs to no card, and removes of it what is no more; `key` is the site's."""
    before = draft.memory.common()
    planned = [
        replace(file, key=digest_of_all(key, file.key)) if file.key else file
        for file in planned_files(hub, listed)
    ]
    if hub.search is Search.FULL_TEXT and listed:
        documents = [output.documents for output in draft.memory.outputs()]
        planned += _planned_index(draft.place.documents, documents, before)
        planned += _planned_index_of_guide(hub, digest_of_all(key, PAGEFIND_OF_GUIDE), before)
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
    kept = _kept(key, before)
    if kept:
        yield from kept
        return
    if tree.paths() != {path for item in documents for path in item}:
        raise DamagedError
    for path, content in index_documents(tree.folder, PAGEFIND):
        yield PlannedFile(path, key, partial(bytes, content))


def _planned_index_of_guide(
    hub: Hub, key: str, before: Mapping[str, KnownFile]
) -> Iterator[PlannedFile]:
    """The index of the guide's words: one of its own, that no changed card has made anew."""
    kept = _kept(key, before)
    if kept or not hub.settings.guide:
        yield from kept
        return
    with tempfile.TemporaryDirectory() as name:
        tree = Tree(Path(name))
        for path, content in guide_documents(hub):
            tree.write(path, content)
        for path, content in index_documents(tree.folder, PAGEFIND_OF_GUIDE):
            yield PlannedFile(path, key, partial(bytes, content))


def _kept(key: str, before: Mapping[str, KnownFile]) -> Sequence[PlannedFile]:
    return [PlannedFile(file.path, key, bytes) for file in before.values() if file.key == key]


def _anchors(memory: Memory, card_id: str) -> Anchors | None:
    known = memory.listing(card_id)
    return anchors_from_json(known.anchors) if known else None


def _beside_others(
    cards: Sequence[Source], changed: Sequence[int], known: Mapping[str, KnownCard]
) -> Sequence[int]:
    """Where unchanged cards are that may have other cards beside them than before."""
    anew = {*changed}
    if any(cards[index].id not in known for index in changed) or len(cards) != len(known):
        return [index for index in range(len(cards)) if index not in anew]
    # All are where they were; only the changed may be called otherwise.
    near = {place + step for place in changed for step in (-1, 1)}
    return sorted(index for index in near - anew if 0 <= index < len(cards))


def _beside(cards: Sequence[Source], index: int, titles: Mapping[str, str]) -> Beside:
    if not 0 <= index < len(cards):
        return None
    card = cards[index]
    return Neighbour(card.id, titles[card.id]) if card.id in titles else Path(card.path)


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
