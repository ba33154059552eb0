"""The records of the cards that are run: read once, kept as each group ends."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock
from msgspec import Struct
from msgspec.structs import replace

from generator.cards.model import Card
from generator.evidence.model import CardEvidence, Measurement, Record, Run
from generator.evidence.places import evidence_folder
from generator.evidence.store import EvidenceError, read_evidence, write_evidence


class Credited(Struct, frozen=True):
    """Groups of a card that one run stands for, and the ids of the examples in each."""

    names: tuple[str, ...]
    examples: tuple[str, ...]


@dataclass
class RecordKeeper:
    """Reads and keeps records; `problems` are those of files that could not be used."""

    root: Path
    cache: Path
    problems: list[str] = field(default_factory=list)
    _known: dict[Path, CardEvidence] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def records(self, card: Card, names: Sequence[str]) -> Mapping[str, Record]:
        """The records, valid or not, of the first of the groups `names` that has any."""
        run = _run(self._evidence(card), names)
        return run.records if run else {}

    def measurement(self, card: Card, names: Sequence[str]) -> Measurement | None:
        """What was counted, valid or not, of the first of the groups `names` that has records."""
        run = _run(self._evidence(card), names)
        return run.measurement if run else None

    def keep(
        self,
        card: Card,
        run: Credited,
        runs: Sequence[Credited],
        kept: Mapping[str, Record | None],
    ) -> None:
        """Keep the records of `run`, which is one of all the card's `runs`, in its evidence.

        `kept` has a record by example, or none for one that is to go; others stay. Of groups
        and examples that the card no longer has, nothing stays. Raises `OSError`.
        """
        self._renew(
            card, runs, lambda old: _with_records(old, kept) if old.groups == run.names else old
        )

    def keep_measurement(
        self, card: Card, run: Credited, runs: Sequence[Credited], measurement: Measurement
    ) -> None:
        """Keep what was counted of `run`, as `keep` keeps records. Raises `OSError`."""

        def measured(old: Run) -> Run:
            return replace(old, measurement=measurement) if old.groups == run.names else old

        self._renew(card, runs, measured)

    def credit(self, card: Card, run: Credited, runs: Sequence[Credited]) -> None:
        """See to it that all the groups of `run` are credited for what one of them has shown."""
        evidence = self._known.get(card.path)
        if evidence and not any(known.groups == run.names for known in evidence.runs):
            self.keep(card, run, runs, {})

    def _renew(self, card: Card, runs: Sequence[Credited], renewed: Callable[[Run], Run]) -> None:
        folder = evidence_folder(self.root, self.cache, card.path)
        with self._lock, self._locked(folder, card):
            evidence = self._read(card)
            kept = []
            for credited in runs:
                old = _run(evidence, credited.names) or Run((), {})
                run = renewed(replace(old, groups=credited.names))
                found = {e: run.records[e] for e in credited.examples if e in run.records}
                kept.append(replace(run, records=found))
            evidence = CardEvidence(card.id, tuple(kept))
            write_evidence(folder, evidence)
            self._known[card.path] = evidence

    def _evidence(self, card: Card) -> CardEvidence:
        with self._lock:
            if card.path not in self._known:
                self._known[card.path] = self._read(card)
            return self._known[card.path]

    def _read(self, card: Card) -> CardEvidence:
        folder = evidence_folder(self.root, self.cache, card.path)
        try:
            return read_evidence(folder, card.id) or CardEvidence(card.id)
        except EvidenceError as error:
            self.problems.append(f"{error}; the card is run again")
            return CardEvidence(card.id)

    def _locked(self, folder: Path, card: Card) -> FileLock:
        # Not in the folder itself: there are only records in it.
        locks = self.cache / "locks"
        locks.mkdir(parents=True, exist_ok=True)
        name = f"{folder.absolute()}\0{card.id}".encode("utf-8", "surrogateescape")
        return FileLock(locks / f"{hashlib.sha256(name).hexdigest()[:24]}.lock")


def _with_records(run: Run, kept: Mapping[str, Record | None]) -> Run:
    records = {**run.records, **kept}
    return replace(run, records={e: record for e, record in records.items() if record})


def _run(evidence: CardEvidence, names: Sequence[str]) -> Run | None:
    for name in names:
        for run in evidence.runs:
            if name in run.groups and run.records:
                return run
    return None
