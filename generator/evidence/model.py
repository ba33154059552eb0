"""What running a card has shown, as plain immutable data."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from msgspec import Struct, field


class Claim(Enum):
    """What a record shows, and no more than that."""

    COMPILED = "compiled"
    """The code has the syntax of its language; nothing of it was run."""
    EXECUTED = "executed"
    """The code ran, with stand-in weights where it asked for published ones."""
    REPRODUCED = "reproduced"
    """The code ran with the published weights, known by their hash."""


class ArraySummary(Struct, frozen=True):
    """A tensor or array that an example left behind under `name`, or printed.

    `minimum` and `maximum` are of its finite elements; there are none in an empty array, and
    in one of something else than numbers.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    dtype: str
    minimum: float | None = None
    maximum: float | None = None


class Record(Struct, frozen=True):
    """What executing one example showed: its verification record.

    `fingerprint` is that of everything the outcome depended on; `code` that of the code up
    to the example's end, and of its attributes, alone. `exception` is what an example raised
    that is expected to, as `type: message`. `duration` is in seconds, `peak_memory` in bytes.
    `requests` has what the network answered while it ran: by address, what identifies the
    answer. `versions` are those of the runtime, by the name shown to readers. `when` is a
    time of UTC, as `2026-01-31T12:00:00Z`.
    """

    fingerprint: str
    code: str
    claim: Claim
    when: str
    versions: Mapping[str, str]
    duration: float
    peak_memory: int
    stdout: str = ""
    exception: str | None = None
    arrays: tuple[ArraySummary, ...] = ()
    requests: Mapping[str, str] = field(default_factory=dict)


class ModelFacts(Struct, frozen=True):
    """What was counted of a model that a card loads, when the card first called it.

    `entrypoint` is the name by which it was loaded. `parameters` are numbers; `weight_bytes`
    has those of its parameters and buffers. `inputs` are the shapes of what it was given,
    `outputs` of what it gave; empty when it was not called. `multiply_adds` and `activations`,
    the elements that came out, are those of its convolutional and fully connected layers;
    none when it has weights in layers of other kinds, or was not called.
    """

    entrypoint: str
    parameters: int
    weight_bytes: int
    inputs: tuple[tuple[int, ...], ...] = ()
    outputs: tuple[tuple[int, ...], ...] = ()
    multiply_adds: int | None = None
    activations: int | None = None


class Measurement(Struct, frozen=True):
    """What was counted of the models that a run loads; of none, when there was nothing to count.

    `example` is the id of the last example that was executed for it; `fingerprint` covers what
    that example's record depended on, and the counting. `when` and `versions` are as a record's.
    """

    fingerprint: str
    example: str
    when: str
    versions: Mapping[str, str]
    models: tuple[ModelFacts, ...] = ()


class Run(Struct, frozen=True):
    """One execution of a group's examples, for which all of `groups` are credited.

    More than one when their code is the same: that of two languages, mostly. `records` are
    by the example's id.
    """

    groups: tuple[str, ...]
    records: Mapping[str, Record]
    measurement: Measurement | None = None


class CardEvidence(Struct, frozen=True):
    """The records of one card."""

    card_id: str
    runs: tuple[Run, ...] = ()

    @property
    def models(self) -> tuple[tuple[ModelFacts, Measurement], ...]:
        """The models of all runs, each entrypoint once, with the measurement that each is of."""
        found: dict[str, tuple[ModelFacts, Measurement]] = {}
        for run in self.runs:
            for facts in run.measurement.models if run.measurement else ():
                if run.measurement:
                    found.setdefault(facts.entrypoint, (facts, run.measurement))
        return tuple(found.values())

    def records(self, group: str) -> Mapping[str, Record]:
        """The records of the group with this name, by the ids of its examples."""
        return next((run.records for run in self.runs if group in run.groups), {})

    def record(self, group: str, example: str) -> Record | None:
        """The record of the example with this id in the group with this name, if there is one."""
        return self.records(group).get(example)
