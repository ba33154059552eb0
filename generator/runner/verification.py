"""Verifying cards: what the records show already is taken from them, the rest is executed.

Groups of a card with the same code are executed once, for all of them. What an execution has
shown becomes evidence when it passed, and only then.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from datetime import datetime, timezone

from msgspec import Struct
from msgspec.structs import replace

from generator.cards.examples import Example, Group
from generator.cards.model import Treatment
from generator.evidence.compare import differences
from generator.evidence.model import Claim, Measurement, Record
from generator.runner.crediting import failure_of
from generator.runner.current import CurrentRecords, models_of
from generator.runner.errors import RunnerError
from generator.runner.facts.measuring import Counted, MeasuringError, count, measuring_group
from generator.runner.fingerprint import code_of, fingerprints
from generator.runner.groups import ExecutedGroup, GroupRunner
from generator.runner.mirror.answers import how_to_add
from generator.runner.mirror.claims import claim_of
from generator.runner.mirror.exchange import UNANSWERED, Exchange, identities
from generator.runner.records import Credited, RecordKeeper
from generator.runner.schedule import Job, Schedule
from generator.runner.session import Failure, FailureKind, Outcome

_MEMORY_OF_UNKNOWN = 1 << 30
_RECORDED = (Treatment.EXECUTE, Treatment.RAISE, Treatment.COMPILE)


class Result(Struct, frozen=True):
    """How an example fared, and where: in this run, or, when `running` is none, in a record."""

    outcome: Outcome
    running: ExecutedGroup | None
    unanswered: tuple[Exchange, ...] = ()


class Rules(Struct, frozen=True):
    """How cards are verified.

    `takes_records`: examples are not executed whose record is still valid. `keeps_records`:
    what was shown is kept. `accepts_changes`: also when it is not what was shown before.
    """

    takes_records: bool = True
    keeps_records: bool = True
    accepts_changes: bool = False


@dataclass
class SharedRun:
    """The groups of a card whose code is the same, and what came of their one execution.

    `wanted` are the ids of the examples that somebody asks for.
    """

    path: str
    groups: tuple[Group, ...]
    all_runs: tuple[Credited, ...]
    wanted: set[str] = field(default_factory=set)
    results: dict[str, Result] = field(default_factory=dict)
    change: threading.Condition = field(default_factory=threading.Condition)
    future: Future[None] | None = None

    @property
    def credited(self) -> Credited:
        """The groups' names, that of the one that is executed first, and their examples."""
        return _credited(self.groups)

    @property
    def is_whole(self) -> bool:
        """Whether all of its examples are wanted."""
        return all(example.id in self.wanted for example in self.groups[0].examples)

    @property
    def examples(self) -> tuple[Example, ...]:
        """What is executed: all up to the last that is wanted."""
        examples = self.groups[0].examples
        last = max((n for n, item in enumerate(examples) if item.id in self.wanted), default=-1)
        return examples[: last + 1]


def shared_runs(path: str, groups: Sequence[Group]) -> tuple[SharedRun, ...]:
    """The runs that stand for all the groups of a card, in their order."""
    by_code: dict[str, list[Group]] = {}
    for group in groups:
        by_code.setdefault(code_of(group.examples), []).append(group)
    all_runs = tuple(_credited(same) for same in by_code.values())
    return tuple(SharedRun(path, tuple(same), all_runs) for same in by_code.values())


def _credited(groups: Sequence[Group]) -> Credited:
    examples = tuple(example.id for example in groups[0].examples)
    return Credited(tuple(group.name for group in groups), examples)


class Verifier:
    """Verifies the groups that are asked for, side by side."""

    def __init__(
        self, runner: GroupRunner, keeper: RecordKeeper, schedule: Schedule, rules: Rules
    ) -> None:
        """With what executes groups, what records them, and in which order they come."""
        self._runner = runner
        self._keeper = keeper
        self._current = CurrentRecords(runner.settings, keeper, runner.identify)
        self._schedule = schedule
        self._rules = rules
        self._running: set[ExecutedGroup] = set()
        self._futures: list[Future[None]] = []
        self._lock = threading.Lock()
        self._is_closed = False

    def take_from_records(self, run: SharedRun) -> bool:
        """Give `run` the results that its records show; whether that is all that is wanted."""
        group = run.groups[0]
        records: Mapping[str, Record] = {}
        if self._rules.takes_records:
            records = self._current.of(group, run.credited.names)
        wanted = [e for e in group.examples if e.id in run.wanted and _is_run(e)]
        if any(example.id not in records for example in wanted):
            return False
        for example in group.examples:
            if example.id in run.wanted:
                record = records.get(example.id)
                outcome = _outcome_of(example, record)
                run.results[example.id] = Result(outcome, None, _unanswered(record))
        if records and self._rules.keeps_records:
            self._keeper.credit(group.card, run.credited, run.all_runs)
        return True

    def start(self, run: SharedRun) -> None:
        """Have `run` executed when its turn comes, unless that was asked for before."""
        if run.future is None:
            before = self._keeper.records(run.groups[0].card, run.credited.names)
            peaks = [record.peak_memory for record in before.values()]
            memory = max(peaks, default=_MEMORY_OF_UNKNOWN)
            run.future = self._schedule.add(Job(lambda: self._execute(run), memory))
            self._futures.append(run.future)

    def is_measured(self, run: SharedRun) -> bool:
        """Whether nothing is left to count of `run`, whose results are from records.

        Nothing is counted for the sake of single examples.
        """
        group = run.groups[0]
        if not self._rules.keeps_records or not run.is_whole:
            return True
        records = self._current.of(group, run.credited.names)
        return self._current.is_measured(group, run.credited.names, records)

    def measure(self, run: SharedRun) -> None:
        """Have what `run` loads counted when its turn comes."""
        before = self._keeper.records(run.groups[0].card, run.credited.names)
        memory = max((record.peak_memory for record in before.values()), default=0)
        self._futures.append(self._schedule.add(Job(lambda: self._measure(run), memory)))

    def finish(self) -> None:
        """Wait for all that was started. What kept it from being done is told elsewhere."""
        while wait(self._futures, 0.2).not_done:
            pass

    def result(self, run: SharedRun, group: Group, example: Example) -> Result:
        """How the example of the group fared; waits for it.

        Raises `RunnerError` when nothing can be run.
        """
        with run.change:
            while example.id not in run.results:
                if run.future is None or run.future.done():
                    break
                # Woken now and then, since an interrupt can't reach a thread that waits for good.
                run.change.wait(0.2)
        if example.id not in run.results:
            if run.future is None:
                raise RuntimeError(f"{group.name}::{example.id} was not started")
            run.future.result()
        result = run.results[example.id]
        own = next(item for item in group.examples if item.id == example.id)
        failure = result.outcome.failure
        if failure is not None:
            failure = failure_of(group, run.groups[0], failure)
        return replace(result, outcome=replace(result.outcome, example=own, failure=failure))

    def close(self) -> None:
        """End what still runs."""
        with self._lock:
            self._is_closed = True
            while self._running:
                self._running.pop().cancel()
        self._schedule.close()

    def _execute(self, run: SharedRun) -> None:
        group = run.groups[0]
        environment = self._current.environment(group)
        before = self._keeper.records(group.card, run.credited.names)
        try:
            running = self._runner.start(replace(group, examples=run.examples), run.path)
            with self._lock:
                if self._is_closed:
                    running.close()
                    return
                self._running.add(running)
            try:
                kept = self._execute_in(running, run, environment, before)
            finally:
                with self._lock:
                    # From here on it can't be cancelled: what it has shown is whole.
                    is_whole = running in self._running
                    self._running.discard(running)
                running.close()
            if is_whole and self._rules.keeps_records:
                self._keeper.keep(group.card, run.credited, run.all_runs, kept)
                if run.is_whole:
                    self._measure(run)
        finally:
            with run.change:
                run.change.notify_all()

    def _measure(self, run: SharedRun) -> None:
        group, names = run.groups[0], run.credited.names
        settings = self._runner.settings
        models = models_of(group, settings)
        records = self._current.of(group, names)
        if not models or not records or len(records) < sum(map(_is_run, group.examples)):
            # What does not run is told where it fails.
            return
        valid = self._current.measurement(group, names, records)
        if valid is not None:
            # All that it depends on is as it was, and what was executed anew is so as well.
            return
        try:
            counted = self._counted(run, models)
        except (RunnerError, MeasuringError) as error:
            entrypoints = ", ".join(models.values())
            self._keeper.problems.append(
                f"{run.path}: the parameters and operations of {entrypoints} could not be"
                f" counted, and are not shown: {error}"
            )
            return
        if counted is None or counted.example not in records:
            return
        measurement = Measurement(
            fingerprint=self._current.fingerprint_if_measured(records[counted.example]),
            example=counted.example,
            when=datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            versions=self._runner.versions_of(group),
            models=counted.models,
        )
        self._keeper.keep_measurement(group.card, run.credited, run.all_runs, measurement)

    def _counted(self, run: SharedRun, models: Mapping[str, str]) -> Counted | None:
        """What is counted; nothing when that was cancelled. Raises `MeasuringError`."""
        group = measuring_group(run.groups[0], models)
        running = self._runner.start(group, run.path)
        with self._lock:
            if self._is_closed:
                running.close()
                return None
            self._running.add(running)
        try:
            return count(group, running.outcome)
        except MeasuringError:
            if running not in self._running:
                return None
            raise
        finally:
            with self._lock:
                self._running.discard(running)
            running.close()

    def _execute_in(
        self,
        running: ExecutedGroup,
        run: SharedRun,
        environment: str,
        before: Mapping[str, Record],
    ) -> Mapping[str, Record | None]:
        """What is to be kept of each example that was executed; none of those that failed."""
        kept: dict[str, Record | None] = {}
        requests: dict[str, Mapping[str, str]] = {}
        exchanges: tuple[Exchange, ...] = ()
        for example in run.examples:
            outcome = running.outcome(example)
            seen = running.exchanges()
            asked, exchanges = seen[len(exchanges) :], seen
            if _is_run(example):
                requests[example.id] = identities(asked)
                old = before.get(example.id)
                record = self._record(run, example, outcome, environment, requests, exchanges)
                outcome = self._judged(outcome, old, record)
                kept[example.id] = _to_keep(outcome, old, record)
            unanswered = {item.url: item for item in exchanges if item.reason}
            with run.change:
                run.results[example.id] = Result(outcome, running, tuple(unanswered.values()))
                run.change.notify_all()
        return kept

    def _record(
        self,
        run: SharedRun,
        example: Example,
        outcome: Outcome,
        environment: str,
        requests: Mapping[str, Mapping[str, str]],
        exchanges: Sequence[Exchange],
    ) -> Record:
        group = run.groups[0]
        chain = fingerprints(group, environment, requests)
        fingerprint = next(print_ for item, print_ in chain if item.id == example.id)
        is_compiled = example.block.treatment is Treatment.COMPILE
        settings = self._runner.settings
        return Record(
            fingerprint=fingerprint.whole,
            code=fingerprint.code,
            claim=Claim.COMPILED if is_compiled else claim_of(exchanges, settings),
            when=datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            versions=self._runner.versions_of(group),
            duration=outcome.duration,
            peak_memory=outcome.peak_memory,
            stdout=outcome.stdout,
            exception=outcome.exception,
            arrays=outcome.arrays,
            requests=requests[example.id],
        )

    def _judged(self, outcome: Outcome, old: Record | None, new: Record) -> Outcome:
        """The outcome, failed when it shows something else than before for the same code."""
        varies = outcome.example.block.attributes.varying_output
        if outcome.failure or old is None or old.code != new.code or varies:
            return outcome
        if old.claim is not new.claim:
            # Other weights show something else, and are to.
            return outcome
        changes = differences(old, new)
        if not changes or self._rules.accepts_changes:
            return outcome
        summary = "\n".join(
            (
                f"the output is not what it was on {old.when[:10]}, though the code is the same",
                *changes,
                "to take the new output as the right one: hubcards test --accept",
            )
        )
        line = outcome.example.block.code_line
        return replace(outcome, failure=Failure(FailureKind.CHANGED, summary, line))


def _is_run(example: Example) -> bool:
    return example.block.treatment in _RECORDED


def _to_keep(outcome: Outcome, old: Record | None, new: Record) -> Record | None:
    if outcome.failure and outcome.failure.kind is FailureKind.CHANGED:
        return old
    if outcome.failure:
        # What is valid no longer stays, to be compared with; what would be valid must go.
        return old if old and old.fingerprint != new.fingerprint else None
    is_known = old and old.fingerprint == new.fingerprint and old.claim is new.claim
    return old if old and is_known and not differences(old, new) else new


def _unanswered(record: Record | None) -> tuple[Exchange, ...]:
    """What nothing answered when the record was made, and nothing would now."""
    return tuple(
        Exchange("GET", url, how_to_add(url))
        for url, identity in (record.requests.items() if record else ())
        if identity == UNANSWERED
    )


def _outcome_of(example: Example, record: Record | None) -> Outcome:
    if record is None:
        return Outcome(example, None)
    return Outcome(
        example,
        None,
        duration=record.duration,
        stdout=record.stdout,
        peak_memory=record.peak_memory,
        arrays=record.arrays,
        exception=record.exception,
    )
