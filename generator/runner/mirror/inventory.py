"""What the mirror has, and what cards ask it for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from pathlib import Path

from msgspec import Struct
from msgspec.structs import asdict

from generator.config import Settings
from generator.evidence.model import CardEvidence
from generator.runner.mirror.address import normal
from generator.runner.mirror.answers import RECORD_COMMAND, is_weights
from generator.runner.mirror.recordings import (
    DamagedBodyError,
    Recorded,
    RecordedRedirect,
    Recordings,
)
from generator.translating import say


class Kind(Enum):
    """Where the mirror has an answer from."""

    FILE = "file"
    ARCHIVE = "archive"
    RECORDED = "recorded"
    REDIRECT = "redirect"
    STAND_IN = "stand-in"
    MISSING = "missing"


class Listed(Struct, frozen=True):
    """An address: how it is answered, and the ids of the cards that were seen to ask for it.

    `source` is the file or the folders of the hub that the answer is made of, or where a
    redirect leads to. `problem` says why an answer can't be given here. `size` is in bytes,
    `when` a time of UTC; both are known of what was recorded.
    """

    url: str
    kind: Kind
    cards: tuple[str, ...]
    source: str | None = None
    sha256: str | None = None
    size: int | None = None
    when: str | None = None
    problem: str | None = None


def requests_of(evidence: Iterable[CardEvidence]) -> dict[str, tuple[str, ...]]:
    """The ids of the cards whose records show that they asked for it, by address."""
    found: dict[str, set[str]] = {}
    for card in evidence:
        for run in card.runs:
            for record in run.records.values():
                for url in record.requests:
                    found.setdefault(normal(url), set()).add(card.card_id)
    return {url: tuple(sorted(cards)) for url, cards in found.items()}


def inventory(
    settings: Settings, recordings: Recordings, requests: Mapping[str, Sequence[str]]
) -> tuple[Listed, ...]:
    """What the mirror has and what it was asked for, by address.

    `requests` has the ids of the cards that ask for an address, in normal form. Every
    recorded body is read, to see whether it is still what was recorded. Raises `RunnerError`
    when the recordings can't be read.
    """
    recorded = recordings.all()
    own = _own(settings)
    found = []
    for url in sorted({*requests, *recorded, *own}):
        cards = tuple(requests.get(url, ()))
        if url in own:
            kind, source = own[url]
            found.append(Listed(url, kind, cards, source))
        elif url in recorded:
            found.append(_of_recorded(url, recorded[url], cards, recordings))
        else:
            kind = Kind.STAND_IN if is_weights(settings, url) else Kind.MISSING
            found.append(Listed(url, kind, cards))
    return tuple(found)


def as_text(listed: Sequence[Listed]) -> str:
    """The list for people to read."""
    lines = []
    for item in listed:
        asked = ", ".join(item.cards) or "no card that was run"
        lines += [item.url, f"  {say(_answer(item))}", f"  {say(f'asked for by {asked}')}"]
        if item.problem:
            problem = f"but {item.problem}; to record it again: {RECORD_COMMAND}"
            lines.append(f"  {say(problem)}")
    return "".join(f"{line}\n" for line in (*lines, _summary(listed)))


def as_json(listed: Sequence[Listed]) -> str:
    """The list for programs to read; what is not known of an answer is null."""
    found = [{**asdict(item), "kind": item.kind.value} for item in listed]
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def _own(settings: Settings) -> dict[str, tuple[Kind, str]]:
    repositories = {
        normal(item.url): (Kind.ARCHIVE, ", ".join(item.include))
        for item in settings.mirror.repositories
    }
    folder = settings.folder.relative_to(settings.root)
    files = {
        normal(item.url): (Kind.FILE, Path(folder, item.path).as_posix())
        for item in settings.mirror.files
    }
    return {**repositories, **files}


def _of_recorded(
    url: str, recorded: Recorded, cards: tuple[str, ...], recordings: Recordings
) -> Listed:
    if isinstance(recorded, RecordedRedirect):
        return Listed(url, Kind.REDIRECT, cards, recorded.location, when=recorded.when)
    problem = None
    try:
        recordings.body(recorded)
    except DamagedBodyError as error:
        problem = str(error)
    return Listed(
        url,
        Kind.RECORDED,
        cards,
        sha256=recorded.sha256,
        size=recorded.size,
        when=recorded.when,
        problem=problem,
    )


def _answer(item: Listed) -> str:
    day = (item.when or "")[:10]
    return {
        Kind.FILE: f"file: {item.source}",
        Kind.ARCHIVE: f"archive of this checkout: {item.source}",
        Kind.RECORDED: f"recorded on {day}: {item.size or 0:,} bytes, sha256 {item.sha256}",
        Kind.REDIRECT: f"recorded on {day}: redirect to {item.source}",
        Kind.STAND_IN: "stand-in weights, as the published ones are not recorded",
        Kind.MISSING: "missing: it is neither in the settings nor recorded",
    }[item.kind]


def _summary(listed: Sequence[Listed]) -> str:
    counts = {kind: sum(item.kind is kind for item in listed) for kind in Kind}
    told = ", ".join(say(f"{count} {kind.value}") for kind, count in counts.items() if count)
    return say(f"{len(listed)} addresses: {told}" if listed else "no addresses")
