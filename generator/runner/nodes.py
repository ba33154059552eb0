"""Cards, their groups and their examples as pytest's nodes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

# pytest has no public names for the parts of a failure's text; these have been the same
# since its version 3, and are what keeps the text whole on its way from an xdist worker.
from _pytest._code.code import (
    ExceptionChainRepr,
    ReprEntry,
    ReprFileLocation,
    ReprTraceback,
)
from msgspec.structs import replace

from generator.cards.catalog import read_card
from generator.cards.examination import examination_errors
from generator.cards.examples import Example, Group, groups_of
from generator.cards.model import Treatment
from generator.config import SettingsError
from generator.diagnostics import as_text, has_errors
from generator.runner.errors import RunnerError
from generator.runner.failure import explain
from generator.runner.ledger import Source, fences_of
from generator.runner.session import FailureKind
from generator.runner.verification import Result, SharedRun, shared_runs
from generator.source import path_for_readers
from generator.untrusted import harmless

if TYPE_CHECKING:
    from generator.runner.plugin import CardPlugin


class CardFile(pytest.File):
    """A card; its children are its groups."""

    plugin: CardPlugin

    def collect(self) -> Iterator[CardGroup]:
        """The card's groups; raises `CollectError` with what is wrong with the card."""
        try:
            settings = self.plugin.settings()
        except SettingsError as error:
            raise self.CollectError(as_text(error.diagnostics)) from None
        parsed = read_card(self.path, settings)
        card = parsed.card
        name = path_for_readers(self.path, self.config.rootpath)
        diagnostics = list(parsed.diagnostics)
        if card is not None:
            diagnostics += examination_errors(card, settings, self.plugin.own_hub())
        if card is None or has_errors(diagnostics):
            raise self.CollectError(as_text(replace(item, path=name) for item in diagnostics))
        self.plugin.ledger.add_card(name, fences_of(card))
        groups = groups_of(card)
        run_of = {group.name: run for run in shared_runs(name, groups) for group in run.groups}
        for group in groups:
            run = run_of[group.name]
            yield CardGroup.from_parent(
                self, name=group.name, group=group, run=run, plugin=self.plugin
            )


def card_file(path: Path, parent: pytest.Collector, plugin: CardPlugin) -> CardFile:
    """The node of the card in the file `path`, wherever that is."""
    name = path_for_readers(path, parent.config.rootpath)
    node: CardFile = CardFile.from_parent(parent, path=path, nodeid=name)
    node.plugin = plugin
    return node


class CardGroup(pytest.Collector):
    """A group, whose code is executed by `run`, perhaps for others as well."""

    def __init__(self, *, group: Group, run: SharedRun, plugin: CardPlugin, **rest: Any) -> None:
        """`rest` is what every collector has."""
        super().__init__(**rest)
        self.group = group
        self.run = run
        self.plugin = plugin

    def collect(self) -> Iterator[ExampleItem]:
        """The group's examples."""
        for example in self.group.examples:
            yield ExampleItem.from_parent(self, name=example.id, example=example)


class ExampleError(Exception):
    """An example failed; `result` says how."""

    def __init__(self, result: Result) -> None:
        """Of a result with a failure."""
        super().__init__(result.outcome.failure and result.outcome.failure.summary)
        self.result = result


class ExampleItem(pytest.Item):
    """An example of a card, as a test."""

    parent: CardGroup
    result: Result | None = None

    def __init__(self, *, example: Example, **rest: Any) -> None:
        """`rest` is what every item has."""
        super().__init__(**rest)
        self.example = example

    def runtest(self) -> None:
        """Execute the example, after what it depends on, unless a record shows its outcome."""
        block = self.example.block
        if block.treatment is Treatment.SKIP:
            pytest.skip(block.attributes.skip or "")
        group = self.parent
        group.plugin.begin(group.run)
        result = group.plugin.verifier().result(group.run, group.group, self.example)
        self.result = result
        # Into pytest's own hands, so that -s, the sections of a failure and JUnit work.
        sys.stdout.write(harmless(result.outcome.stdout))
        sys.stderr.write(harmless(result.outcome.stderr))
        if result.outcome.failure:
            raise ExampleError(result)

    @property
    def unanswered(self) -> dict[str, str]:
        """The addresses that nothing answered, each with what to do about it.

        None are told where the code says that it fails: that may be why.
        """
        if self.result is None or self.example.block.treatment is Treatment.RAISE:
            return {}
        return {harmless(item.url): harmless(item.reason or "") for item in self.result.unanswered}

    def reportinfo(self) -> tuple[Path, int, str]:
        """The card, the line of the example's fence from 0, and the example's name."""
        return self.path, self.fence_line - 1, self.full_name

    @property
    def fence_line(self) -> int:
        """The line in which the example's fence opens."""
        return self.example.block.span.start.line

    @property
    def source(self) -> Source:
        """Where the example's outcome is from."""
        if self.result is not None and self.result.running is None:
            return Source.RECORD
        is_executed = self.parent.group is self.parent.run.groups[0]
        return Source.EXECUTED if is_executed else Source.CREDITED

    @property
    def full_name(self) -> str:
        """The example's name in its card: `en_US::block-1`."""
        return f"{self.parent.name}::{self.name}"

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The failure in terms of the card."""
        error = excinfo.value
        if isinstance(error, ExampleError):
            return _failure_text(error.result, self)
        if isinstance(error, RunnerError):
            return str(error)
        return super().repr_failure(excinfo, style)


def _failure_text(result: Result, item: ExampleItem) -> ExceptionChainRepr | str:

    failure, running = result.outcome.failure, result.running
    if failure is None or running is None:
        raise RuntimeError(f"{item.nodeid} did not fail in this run")
    explanation = explain(failure, item.full_name, running, item.config.rootpath)
    message = explanation.message.splitlines() or [""]
    entries = [
        ReprEntry(
            list(place.source),
            None,
            None,
            ReprFileLocation(place.path, place.line, f"in {place.function}"),
            "short",
        )
        for place in explanation.places
    ]
    told = [*message, *(line for text in explanation.earlier for line in text.splitlines())]
    entries[-1].lines = [*entries[-1].lines, *(f"E   {line}" for line in told)]
    trace = ReprTraceback(entries, None, "short")
    crash = ReprFileLocation(explanation.path, explanation.line, message[0])
    text = ExceptionChainRepr([(trace, crash, None)])
    if result.unanswered and failure.kind is not FailureKind.DEPENDENCY:
        reasons = "\n\n".join(harmless(exchange.reason or "") for exchange in result.unanswered)
        text.addsection("What the network could not answer", reasons)
    return text
