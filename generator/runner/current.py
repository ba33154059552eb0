"""Which records still show what would be seen today. Runs nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from generator.cards.entrypoints import loaded_models
from generator.cards.examples import SAMPLE, Group, groups_of
from generator.cards.model import Card, Treatment
from generator.cards.python_code import parse_code
from generator.config import Settings
from generator.evidence.model import CardEvidence, Measurement, Record, Run
from generator.runner.errors import RunnerError
from generator.runner.fingerprint import (
    counting_code,
    environment_of,
    measurement_fingerprint,
    valid_records,
)
from generator.runner.records import RecordKeeper


class CurrentRecords:
    """The valid records of groups."""

    def __init__(
        self, settings: Settings, keeper: RecordKeeper, identify: Callable[[str], str]
    ) -> None:
        """`identify` says what identifies the answer that the network would give today."""
        self._settings = settings
        self._keeper = keeper
        self._identify = identify
        self._environments: dict[str, str] = {}
        self._counting: str | None = None

    def of(self, group: Group, names: Iterable[str]) -> Mapping[str, Record]:
        """The valid records of a group, by example, kept under one of `names`.

        Raises `RunnerError` when what they depend on can't be read.
        """
        records = self._keeper.records(group.card, tuple(names))
        return valid_records(group, records, self.environment(group), self._identify)

    def measurement(
        self, group: Group, names: Iterable[str], records: Mapping[str, Record]
    ) -> Measurement | None:
        """What was counted of a group's models, kept under one of `names`, if it is valid.

        `records` are the group's valid ones.
        """
        kept = self._keeper.measurement(group.card, tuple(names))
        record = records.get(kept.example) if kept else None
        is_valid = kept and record and kept.fingerprint == self.fingerprint_if_measured(record)
        return kept if is_valid else None

    def fingerprint_if_measured(self, record: Record) -> str:
        """The fingerprint of a measurement that ends with the example of `record` today."""
        if self._counting is None:
            self._counting = counting_code()
        return measurement_fingerprint(record, self._counting)

    def is_measured(
        self, group: Group, names: Iterable[str], records: Mapping[str, Record]
    ) -> bool:
        """Whether nothing is left to count of a group with these valid `records`."""
        if not models_of(group, self._settings):
            return True
        return self.measurement(group, names, records) is not None

    def environment(self, group: Group) -> str:
        """A digest of what all the examples of the group's runtime depend on.

        Raises `RunnerError` when that can't be read.
        """
        runtime = runtime_of(group.card, self._settings)
        if runtime not in self._environments:
            self._environments[runtime] = environment_of(self._settings, runtime)
        return self._environments[runtime]


def runtime_of(card: Card, settings: Settings) -> str:
    """The name of the runtime in which the card runs."""
    return card.sample.attributes.runtime or settings.default_runtime


def models_of(group: Group, settings: Settings) -> Mapping[str, str]:
    """The entrypoints that the group's sample code loads, by the name of the variable."""
    sample = group.examples[0] if group.examples else None
    if sample is None or sample.id != SAMPLE or sample.block.treatment is not Treatment.EXECUTE:
        return {}
    if "hub" not in sample.block.code:
        return {}
    python = settings.runtimes[runtime_of(group.card, settings)].python
    return loaded_models(parse_code(sample.block, python))


def current_evidence(
    cards: Iterable[Card], current: CurrentRecords, problems: list[str]
) -> dict[str, CardEvidence]:
    """The evidence of each card that is valid today, by the card's id.

    What can't be told is none; why not is added to `problems`.
    """
    found = {}
    for card in cards:
        try:
            runs = [
                Run((group.name,), records, current.measurement(group, [group.name], records))
                for group in groups_of(card)
                if (records := current.of(group, [group.name]))
            ]
        except RunnerError as error:
            problems.append(str(error))
            return {}
        if runs:
            found[card.id] = CardEvidence(card.id, tuple(runs))
    return found
