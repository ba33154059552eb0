"""Verification records to test the site with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.evidence.model import CardEvidence, Record, Run
from tests.evidence import samples

_QUIET = {"stdout": "", "arrays": (), "requests": {}}
_MEASURED = {"when": "2026-01-31T09:05:59Z", "duration": 5.409, "peak_memory": 319_311_872}


def record(**changes: Any) -> Record:
    """A record of code that was executed and showed nothing, with `changes`."""
    return samples.record(**{**_QUIET, **_MEASURED, **changes})


def card_evidence(card_id: str, records: Mapping[str, Mapping[str, Record]]) -> CardEvidence:
    """The evidence of a card: records by example, by the names of their groups with spaces."""
    runs = (Run(tuple(groups.split()), examples) for groups, examples in records.items())
    return CardEvidence(card_id, tuple(runs))
