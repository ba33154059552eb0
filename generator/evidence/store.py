"""Verification records as files: one a card, small, readable, and stable under `diff`."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Struct

from generator.evidence.model import (
    ArraySummary,
    CardEvidence,
    Claim,
    Measurement,
    ModelFacts,
    Record,
    Run,
)
from generator.evidence.places import record_file
from generator.files import write_whole

_T = TypeVar("_T")

_Moment = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")]
_Count = Annotated[int, Meta(ge=0)]

# In JSON no string has a line's end in it, so that this finds lists of numbers only.
_SHAPE = re.compile(r"\[\n\s*\d+(?:,\n\s*\d+)*\n\s*\]")


@dataclass
class EvidenceError(Exception):
    """A file of records can't be used: which, and why."""

    path: Path
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


def read_evidence(folder: Path, card_id: str) -> CardEvidence | None:
    """The records of a card that `folder` keeps, if there are any.

    Raises `EvidenceError` when they can't be read, or are not what was written.
    """
    path = record_file(folder, card_id)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise EvidenceError(path, f"can't be read: {error.strerror}") from None
    stored = as_stored(path, content, _StoredCard)
    if stored.card != card_id:
        raise EvidenceError(path, f'has the records of another card, "{stored.card}"')
    return CardEvidence(card_id, tuple(map(_run, stored.runs)))


def as_stored(path: Path, content: bytes, shape: type[_T]) -> _T:
    """The content of the file at `path`, which is JSON of this shape.

    Raises `EvidenceError` when it is not.
    """
    try:
        return msgspec.json.decode(content, type=shape)
    except (ValueError, RecursionError) as error:
        raise EvidenceError(path, f"is damaged: {error}") from None


def write_evidence(folder: Path, evidence: CardEvidence) -> None:
    """Keep the records of a card in `folder`, in place of those before.

    Nothing is written when nothing has changed, and the file goes when there is no record.
    Raises `OSError`.
    """
    path = record_file(folder, evidence.card_id)
    runs = [run for run in evidence.runs if run.records]
    if not runs:
        path.unlink(missing_ok=True)
        return
    stored = {"card": evidence.card_id, "runs": [_stored_run(run) for run in runs]}
    text = json.dumps(stored, ensure_ascii=False, indent=1)
    content = (_SHAPE.sub(_in_one_line, text) + "\n").encode("utf-8")
    if path.is_file() and path.read_bytes() == content:
        return
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(path, content)


def _in_one_line(match: re.Match[str]) -> str:
    return re.sub(r"\s+", " ", match.group()).replace("[ ", "[").replace(" ]", "]")


class _Stored(Struct, frozen=True, forbid_unknown_fields=True):
    pass


def _check_calendar(when: str) -> None:
    try:
        datetime.strptime(f"{when}+0000", "%Y-%m-%dT%H:%M:%SZ%z")
    except ValueError:
        raise ValueError(f"`when` is {when}, which is on no calendar") from None


class _StoredArray(_Stored, frozen=True):
    name: str
    kind: str
    shape: tuple[int, ...]
    dtype: str
    minimum: float | None = None
    maximum: float | None = None


class _StoredRecord(_Stored, frozen=True):
    claim: Claim
    fingerprint: str
    code: str
    when: _Moment
    versions: dict[str, str]
    duration: Annotated[float, Meta(ge=0)]
    peak_memory: _Count
    requests: dict[str, str] = {}
    exception: str | None = None
    arrays: tuple[_StoredArray, ...] = ()
    # As lines, so that a change of one is a change of one line in the file.
    stdout: tuple[str, ...] | str = ""

    def __post_init__(self) -> None:
        _check_calendar(self.when)


class _StoredFacts(_Stored, frozen=True):
    parameters: _Count
    weight_bytes: _Count
    inputs: tuple[tuple[_Count, ...], ...] = ()
    outputs: tuple[tuple[_Count, ...], ...] = ()
    multiply_adds: _Count | None = None
    activations: _Count | None = None


class _StoredMeasurement(_Stored, frozen=True):
    fingerprint: str
    example: str
    when: _Moment
    versions: dict[str, str]
    models: dict[str, _StoredFacts]

    def __post_init__(self) -> None:
        _check_calendar(self.when)


class _StoredRun(_Stored, frozen=True):
    groups: tuple[str, ...]
    records: dict[str, _StoredRecord]
    measurement: _StoredMeasurement | None = None


class _StoredCard(_Stored, frozen=True):
    card: str
    runs: tuple[_StoredRun, ...]


def _run(stored: _StoredRun) -> Run:
    measured = stored.measurement
    measurement = None
    if measured is not None:
        models = (
            ModelFacts(name, **msgspec.structs.asdict(facts))
            for name, facts in measured.models.items()
        )
        measurement = Measurement(
            fingerprint=measured.fingerprint,
            example=measured.example,
            when=measured.when,
            versions=measured.versions,
            models=tuple(models),
        )
    return Run(stored.groups, _records(stored.records), measurement)


def _records(stored: dict[str, _StoredRecord]) -> dict[str, Record]:
    return {
        example: Record(
            fingerprint=record.fingerprint,
            code=record.code,
            claim=record.claim,
            when=record.when,
            versions=record.versions,
            duration=record.duration,
            peak_memory=record.peak_memory,
            stdout=_text(record.stdout),
            exception=record.exception,
            arrays=tuple(ArraySummary(**msgspec.structs.asdict(array)) for array in record.arrays),
            requests=record.requests,
        )
        for example, record in stored.items()
    }


def _text(stdout: tuple[str, ...] | str) -> str:
    return stdout if isinstance(stdout, str) else "\n".join(stdout)


def _stored_run(run: Run) -> dict[str, Any]:
    records = {example: _stored_record(record) for example, record in run.records.items()}
    stored: dict[str, Any] = {"groups": list(run.groups), "records": records}
    if run.measurement:
        stored["measurement"] = _stored_measurement(run.measurement)
    return stored


def _stored_measurement(measurement: Measurement) -> dict[str, Any]:
    return {
        "fingerprint": measurement.fingerprint,
        "example": measurement.example,
        "when": measurement.when,
        "versions": dict(measurement.versions),
        "models": {facts.entrypoint: _stored_facts(facts) for facts in measurement.models},
    }


def _stored_facts(facts: ModelFacts) -> dict[str, Any]:
    stored: dict[str, Any] = {
        "parameters": facts.parameters,
        "weight_bytes": facts.weight_bytes,
        "inputs": [list(shape) for shape in facts.inputs],
        "outputs": [list(shape) for shape in facts.outputs],
    }
    if facts.multiply_adds is not None and facts.activations is not None:
        stored |= {"multiply_adds": facts.multiply_adds, "activations": facts.activations}
    return stored


def _stored_record(record: Record) -> dict[str, Any]:
    stored: dict[str, Any] = {
        "claim": record.claim.value,
        "fingerprint": record.fingerprint,
        "code": record.code,
        "when": record.when,
        "versions": dict(record.versions),
        "duration": round(record.duration, 3),
        "peak_memory": record.peak_memory,
    }
    if record.requests:
        stored["requests"] = dict(sorted(record.requests.items()))
    if record.exception is not None:
        stored["exception"] = record.exception
    if record.arrays:
        stored["arrays"] = [_stored_array(array) for array in record.arrays]
    if record.stdout:
        stored["stdout"] = record.stdout.split("\n")
    return stored


def _stored_array(array: ArraySummary) -> dict[str, Any]:
    stored: dict[str, Any] = {
        "name": array.name,
        "kind": array.kind,
        "shape": list(array.shape),
        "dtype": array.dtype,
    }
    if array.minimum is not None and array.maximum is not None:
        stored |= {"minimum": array.minimum, "maximum": array.maximum}
    return stored
