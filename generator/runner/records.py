"""The records of the cards that are run: read once, kept as each group ends."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock

from generator.cards.model import Card
from generator.evidence.model import CardEvidence, Record, Run
from generator.evidence.places import evidence_folder
from generator.evidence.store import EvidenceError, read_evidence, write_evidence


@dataclass(frozen=True, slots=True)
class Credited:
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
        with self._lock:
            if card.path not in self._known:
                self._known[card.path] = self._read(card)
            evidence = self._known[card.path]
        return _records(evidence, names)

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
        folder = evidence_folder(self.root, self.cache, card.path)
        with self._lock, self._locked(folder, card):
            evidence = self._read(card)
            renewed = []
            for credited in runs:
                records: dict[str, Record | None] = {**_records(evidence, credited.names)}
                if credited == run:
                    records |= kept
                found = {example: records.get(example) for example in credited.examples}
                renewed.append(Run(credited.names, {e: item for e, item in found.items() if item}))
            evidence = CardEvidence(card.id, tuple(renewed))
            write_evidence(folder, evidence)
            self._known[card.path] = evidence

    def credit(self, card: Card, run: Credited, runs: Sequence[Credited]) -> None:
        """See to it that all the groups of `run` are credited for what one of them has shown."""
        evidence = self._known.get(card.path)
        if evidence and not any(known.groups == run.names for known in evidence.runs):
            self.keep(card, run, runs, {})

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


def _records(evidence: CardEvidence, names: Sequence[str]) -> Mapping[str, Record]:
    for name in names:
        for run in evidence.runs:
            if name in run.groups and run.records:
                return run.records
    return {}
