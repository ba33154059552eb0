"""The JSON API, in the shape in which the MegEngine hub serves it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from generator.cards.model import Card
from generator.config import Settings
from generator.diagnostics import printable
from generator.evidence.model import (
    ArraySummary,
    CardEvidence,
    Measurement,
    ModelFacts,
    Record,
    Run,
)
from generator.site.formats import iso_time
from generator.site.listed import ListedCard
from generator.untrusted import harmless


def models_data(settings: Settings, cards: Iterable[ListedCard]) -> bytes:
    """All cards, and the names of all tags by language."""
    tags = json.dumps(
        {tag: dict(names) for tag, names in settings.tags.items()}, ensure_ascii=False
    )
    models = b", ".join([card.data for card in cards])
    return b'{"models": [%b], "tags": %b}\n' % (models, tags.encode())


def listed_data(card: Card, updated: datetime) -> bytes:
    """A card as it stands among all of them."""
    return json.dumps(_meta(card, updated), ensure_ascii=False).encode()


def model_data(
    card: Card,
    updated: datetime,
    full_text: Mapping[str, str],
    evidence: CardEvidence | None,
) -> bytes:
    """One card; `full_text` has its HTML, the sample code included, by language code.

    `evidence` has only records that are valid.
    """
    return _json(
        {
            "meta": _meta(card, updated),
            "content": {"sampleCode": card.sample.code, "fullText": dict(full_text)},
            "evidence": [_run(run) for run in evidence.runs] if evidence else [],
            "facts": [_facts(*counted) for counted in evidence.models] if evidence else [],
        }
    )


def _meta(card: Card, updated: datetime) -> dict[str, Any]:
    front = card.front_matter
    return {
        "id": card.id,
        "title": front.title,
        "author": front.author,
        "summary": dict(front.summary),
        "githubLink": front.github_link,
        "tags": list(front.tags),
        "updateTime": iso_time(updated),
    }


def _run(run: Run) -> dict[str, Any]:
    records = {example: _record(record) for example, record in run.records.items()}
    return {"groups": [printable(name) for name in run.groups], "records": records}


def _record(record: Record) -> dict[str, Any]:
    """A record; text that a card's code has made is as harmless as it is on the pages."""
    return {
        "claim": record.claim.value,
        "fingerprint": record.fingerprint,
        "when": record.when,
        "versions": _versions(record.versions),
        "duration": record.duration,
        "peakMemory": record.peak_memory,
        "stdout": harmless(record.stdout),
        "exception": None if record.exception is None else harmless(record.exception),
        "arrays": [_array(array) for array in record.arrays],
        "requests": {printable(url): printable(item) for url, item in record.requests.items()},
    }


def _facts(facts: ModelFacts, measurement: Measurement) -> dict[str, Any]:
    return {
        "entrypoint": printable(facts.entrypoint),
        "parameters": facts.parameters,
        "weightBytes": facts.weight_bytes,
        "inputs": [list(shape) for shape in facts.inputs],
        "outputs": [list(shape) for shape in facts.outputs],
        "multiplyAdds": facts.multiply_adds,
        "activations": facts.activations,
        "fingerprint": measurement.fingerprint,
        "when": measurement.when,
        "versions": _versions(measurement.versions),
    }


def _versions(versions: Mapping[str, str]) -> dict[str, str]:
    return {printable(name): printable(item) for name, item in versions.items()}


def _array(array: ArraySummary) -> dict[str, Any]:
    return {
        "name": printable(array.name),
        "kind": printable(array.kind),
        "shape": list(array.shape),
        "dtype": printable(array.dtype),
        "minimum": _number(array.minimum),
        "maximum": _number(array.maximum),
    }


def _number(value: float | None) -> float | None:
    # JSON has no other numbers than finite ones.
    return value if value is not None and math.isfinite(value) else None


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False) + "\n").encode()
