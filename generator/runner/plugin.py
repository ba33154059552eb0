"""The pytest plugin: the examples of model cards as tests. All that knows of pytest is here.

Its node ids are `cards/<id>.md::<language>::<example>`, without line numbers. In a project
that has no `site/site.yaml` in its root, it does nothing. What is dear to import is only
imported when there is a card to collect.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Generator, Iterator
from dataclasses import replace
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

if TYPE_CHECKING:
    from generator.cards.examples import Example, Group
    from generator.runner.errors import RunnerError
    from generator.runner.session import Failure
    from generator.runner.workshop import RunningGroup, Workshop

CARDS_FOLDER = "cards"
CARD_SUFFIX = ".md"
_SETTINGS = Path("site", "site.yaml")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of this plugin."""
    group = parser.getgroup("hubcards", "model cards")
    group.addoption(
        "--only-cards",
        action="store_true",
        help="collect model cards and nothing else: every *.md in the folders that are given",
    )
    group.addoption(
        "--card-time-limit",
        type=_seconds,
        metavar="SECONDS",
        help="what a group may take (the sample code and one section), instead of the setting",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Come alive in the root of a hub, and only there."""
    if (config.rootpath / _SETTINGS).is_file():
        config.pluginmanager.register(CardPlugin(config), "hubcards-cards")


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 86_400:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return seconds


class CardPlugin:
    """The hooks in a hub."""

    def __init__(self, config: pytest.Config) -> None:
        """Of the run that `config` is of."""
        self._config = config
        self._root = config.rootpath
        self._only_cards = bool(config.option.only_cards)
        self._is_xdist_worker = hasattr(config, "workerinput")
        self._workshop: Workshop | None = None
        if self._only_cards and config.args_source is not pytest.Config.ArgsSource.ARGS:
            config.args[:] = [str(self._root / CARDS_FOLDER)]

    def workshop(self) -> Workshop:
        """The workshop of this run; raises `SettingsError`."""
        if self._workshop is None:
            from generator.config import load_settings
            from generator.runner.workshop import Workshop

            settings = load_settings(self._root)
            limit = self._config.option.card_time_limit or settings.time_limit
            self._workshop = Workshop(settings, limit)
        return self._workshop

    def pytest_report_header(self) -> str | None:
        """One line on what the cards run in, when they are what the run is about."""
        if not self._only_cards:
            return None
        from generator.config import SettingsError

        try:
            settings = self.workshop().settings
        except SettingsError:
            return None
        runtime = settings.runtimes[settings.default_runtime]
        return (
            f"cards: runtime {settings.default_runtime} (Python {runtime.python},"
            f" {runtime.requirements}); network: the mirror of {_SETTINGS.as_posix()}"
        )

    @pytest.hookimpl(tryfirst=True)
    def pytest_collect_directory(
        self, path: Path, parent: pytest.Collector
    ) -> pytest.Collector | None:
        """Keep an `__init__.py` among cards from being imported."""
        is_of_cards = self._only_cards or self._is_in_cards_folder(path)
        return pytest.Dir.from_parent(parent, path=path) if is_of_cards else None

    @pytest.hookimpl(wrapper=True)
    def pytest_collect_file(
        self, file_path: Path, parent: pytest.Collector
    ) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
        """Collect cards; and nothing else, when only cards are asked for."""
        found = yield
        if self._only_cards:
            found = []
        if file_path.suffix == CARD_SUFFIX and self._is_card(file_path, parent.session):
            found.append(_card_file(file_path, parent, self))
        return found

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Make the runtime before the first test, while pytest captures no output."""
        if self._is_xdist_worker or session.config.option.collectonly:
            return
        # With xdist it is the workers that have the items, and they have no terminal.
        is_likely = self._only_cards and session.config.pluginmanager.hasplugin("dsession")
        if is_likely or any(isinstance(item, ExampleItem) for item in session.items):
            from generator.runner.errors import RunnerError

            try:
                self.workshop().runtime()
            except RunnerError as error:
                raise pytest.UsageError(*str(error).splitlines()) from None

    def pytest_unconfigure(self) -> None:
        """Stop what the workshop has started."""
        if self._workshop is not None:
            self._workshop.close()

    def _is_card(self, path: Path, session: pytest.Session) -> bool:
        if session.isinitpath(path):
            return True
        is_hidden = path.name.startswith(".")
        return not is_hidden and (self._only_cards or self._is_in_cards_folder(path))

    def _is_in_cards_folder(self, path: Path) -> bool:
        return path.is_relative_to(self._root / CARDS_FOLDER)


class CardFile(pytest.File):
    """A card; its children are its groups."""

    plugin: CardPlugin

    def collect(self) -> Iterator[CardGroup]:
        """The card's groups; raises `CollectError` with what is wrong with the card."""
        from generator.cards.catalog import read_card
        from generator.cards.examples import groups_of
        from generator.config import SettingsError
        from generator.diagnostics import as_text, has_errors
        from generator.runner.workshop import path_for_readers

        try:
            settings = self.plugin.workshop().settings
        except SettingsError as error:
            raise self.CollectError(as_text(error.diagnostics)) from None
        parsed = read_card(self.path, settings)
        card = parsed.card
        if card is None or has_errors(parsed.diagnostics):
            name = path_for_readers(self.path, self.config.rootpath)
            raise self.CollectError(as_text(replace(d, path=name) for d in parsed.diagnostics))
        for group in groups_of(card):
            yield CardGroup.from_parent(self, name=group.name, group=group, plugin=self.plugin)


def _card_file(path: Path, parent: pytest.Collector, plugin: CardPlugin) -> CardFile:
    from generator.runner.workshop import path_for_readers

    name = path_for_readers(path, parent.config.rootpath)
    node: CardFile = CardFile.from_parent(parent, path=path, nodeid=name)
    node.plugin = plugin
    return node


class CardGroup(pytest.Collector):
    """A group; its process runs from the first to the last of its examples."""

    def __init__(self, *, group: Group, plugin: CardPlugin, **rest: Any) -> None:
        """`rest` is what every collector has."""
        super().__init__(**rest)
        self.group = group
        self.plugin = plugin
        self.running: RunningGroup | None = None
        self.problem: RunnerError | None = None

    def collect(self) -> Iterator[ExampleItem]:
        """The group's examples."""
        for example in self.group.examples:
            yield ExampleItem.from_parent(self, name=example.id, example=example)

    def setup(self) -> None:
        """Start the group's process."""
        from generator.runner.errors import RunnerError
        from generator.runner.workshop import path_for_readers

        path = path_for_readers(self.group.card.path, self.config.rootpath)
        try:
            self.running = self.plugin.workshop().start(self.group, path)
        except RunnerError as error:
            # Told by each example: of what fails here, pytest would show this program's code.
            self.problem = error

    def running_group(self) -> RunningGroup:
        """The group's process; raises `RunnerError` when it could not be started."""
        if self.problem is not None:
            raise self.problem
        if self.running is None:
            raise RuntimeError(f"the process of {self.nodeid} is not running")
        return self.running

    def teardown(self) -> None:
        """End every process of the group."""
        if self.running is not None:
            self.running.session.close()
            self.running = None


class ExampleError(Exception):
    """An example failed; `failure` says how."""

    def __init__(self, failure: Failure) -> None:
        """Of an outcome."""
        super().__init__(failure.summary)
        self.failure = failure


class ExampleItem(pytest.Item):
    """An example of a card, as a test."""

    parent: CardGroup

    def __init__(self, *, example: Example, **rest: Any) -> None:
        """`rest` is what every item has."""
        super().__init__(**rest)
        self.example = example

    def runtest(self) -> None:
        """Execute the example, after what it depends on."""
        from generator.runner.output import harmless

        outcome = self.parent.running_group().outcome(self.example)
        # Into pytest's own hands, so that -s, the sections of a failure and JUnit work.
        sys.stdout.write(harmless(outcome.stdout))
        sys.stderr.write(harmless(outcome.stderr))
        if outcome.failure:
            raise ExampleError(outcome.failure)

    def reportinfo(self) -> tuple[Path, int, str]:
        """The card, the line of the example's fence from 0, and the example's name."""
        line = self.example.block.span.start.line
        return self.path, line - 1, self.full_name

    @property
    def full_name(self) -> str:
        """The example's name in its card: `en_US::block-1`."""
        return f"{self.parent.name}::{self.name}"

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The failure in terms of the card."""
        from generator.runner.errors import RunnerError

        error = excinfo.value
        if isinstance(error, ExampleError):
            return _failure_text(error.failure, self)
        if isinstance(error, RunnerError):
            return str(error)
        return super().repr_failure(excinfo, style)


def _failure_text(failure: Failure, item: ExampleItem) -> ExceptionChainRepr:
    from generator.runner.failure import explain
    from generator.runner.output import harmless
    from generator.runner.session import FailureKind

    running = item.parent.running_group()
    explanation = explain(failure, item.full_name, running.session, item.config.rootpath)
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
    unanswered = running.unanswered()
    if unanswered and failure.kind is not FailureKind.DEPENDENCY:
        reasons = "\n\n".join(harmless(exchange.reason or "") for exchange in unanswered)
        text.addsection("What the network could not answer", reasons)
    return text
