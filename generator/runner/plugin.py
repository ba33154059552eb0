"""The pytest plugin: the examples of model cards as tests. This and `nodes` know of pytest.

Its node ids are `cards/<id>.md::<group>::<example>`, without line numbers. In a project
that has no `site/site.yaml` in its root, it does nothing. What is dear to import is only
imported when there is a card to collect.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Generator, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard

import pytest

from generator.layout import CARD_SUFFIX, CARDS_FOLDER

if TYPE_CHECKING:
    from generator.cards.hubconf import OwnHub
    from generator.config import Settings
    from generator.runner.groups import GroupRunner
    from generator.runner.ledger import Ledger
    from generator.runner.mirror.modes import NetworkMode
    from generator.runner.nodes import ExampleItem
    from generator.runner.verification import SharedRun, Verifier
    from generator.runner.workshop import Needs, Workshop

    MakeRunner: TypeAlias = Callable[[Settings, float, NetworkMode, Needs], GroupRunner]
    """Makes what executes groups: of a hub, with seconds for each, a network, and a sandbox."""

NETWORK_MODES = ("replay", "record", "live")
_SETTINGS = Path("site", "site.yaml")
_REPORT_KEY = "hubcards"
_WORKSHOP_AT_HAND: pytest.StashKey[Workshop] = pytest.StashKey()
_ELSEWHERE: pytest.StashKey[MakeRunner] = pytest.StashKey()
_EXAMPLE_OF_VARIANT = re.compile(
    r"(?P<path>[^\[\]]+\.md)::(?P<group>\w+\[[^\[\]]*\])::(?P<example>[\w-]+)"
)


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
    group.addoption(
        "--card-fresh",
        action="store_true",
        help="execute everything, also what a valid record shows already",
    )
    group.addoption(
        "--card-accept",
        action="store_true",
        help="take output that has changed, though the code has not, as the right one",
    )
    group.addoption(
        "--card-network",
        choices=NETWORK_MODES,
        default=NETWORK_MODES[0],
        help="what answers the cards: the mirror (replay), the network, once, for the mirror"
        " to keep its answers (record), or the network (live, which leaves no evidence)",
    )
    group.addoption(
        "--card-require-sandbox",
        action="store_true",
        help="run nothing when this machine can't keep cards from doing harm in every way",
    )
    group.addoption(
        "--card-jobs",
        type=_places,
        metavar="N",
        help="how many groups run at a time (default: one a core, and as memory allows)",
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


def _places(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


class WorkshopAtHand:
    """Brings a run the workshop that was begun for it while pytest was imported."""

    def __init__(self, workshop: Workshop) -> None:
        """`workshop` must be one as the run's options would have it."""
        self._workshop = workshop

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Hand it over."""
        config.stash[_WORKSHOP_AT_HAND] = self._workshop


class RunElsewhere:
    """Has the groups of a run executed by something else than this machine."""

    def __init__(self, make_runner: MakeRunner) -> None:
        """`make_runner` is told what the run's options want."""
        self._make_runner = make_runner

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Hand it over."""
        config.stash[_ELSEWHERE] = self._make_runner


class CardPlugin:
    """The hooks in a hub."""

    def __init__(self, config: pytest.Config) -> None:
        """Of the run that `config` is of."""
        from generator.runner.ledger import Ledger

        self._config = config
        self._root = config.rootpath
        self._only_cards = bool(config.option.only_cards)
        self._is_xdist_worker = hasattr(config, "workerinput")
        self._settings: Settings | None = None
        self._own_hub: OwnHub | None = None
        self._runner: GroupRunner | None = None
        self._verifier: Verifier | None = None
        self._begun: set[int] = set()
        self._problems: list[str] = []
        self.ledger: Ledger = Ledger()
        if self._only_cards and config.args_source is not pytest.Config.ArgsSource.ARGS:
            config.args[:] = [str(self._root / CARDS_FOLDER)]
        self._chosen: dict[tuple[Path, str], set[str]] = {}
        config.args[:] = [self._without_example_of_variant(item) for item in config.args]

    def _without_example_of_variant(self, argument: str) -> str:
        # pytest takes all behind the first bracket for one name, and would find no such test.
        match = _EXAMPLE_OF_VARIANT.fullmatch(argument)
        if match is None:
            return argument
        place = (Path(match["path"]).resolve(), match["group"])
        self._chosen.setdefault(place, set()).add(match["example"])
        return f"{match['path']}::{match['group']}"

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Of a variant, keep the examples that were asked for by their ids."""
        if self._chosen:
            left_out = [item for item in items if self._is_left_out(item)]
            items[:] = [item for item in items if item not in left_out]
            self._config.hook.pytest_deselected(items=left_out)

    def _is_left_out(self, item: pytest.Item) -> bool:
        if not _is_example(item):
            return False
        chosen = self._chosen.get((item.path.resolve(), item.parent.name))
        return chosen is not None and item.name not in chosen

    def settings(self) -> Settings:
        """The hub's settings; raises `SettingsError`."""
        if self._settings is None:
            from generator.config import load_settings

            self._settings = load_settings(self._root)
        return self._settings

    def own_hub(self) -> OwnHub:
        """The hub's own entrypoints; raises `SettingsError`."""
        if self._own_hub is None:
            from generator.cards.hubconf import read_own_hub

            self._own_hub = read_own_hub(self.settings())
        return self._own_hub

    def runner(self) -> GroupRunner:
        """What executes the groups of this run.

        Raises `SettingsError`, and `RunnerError` when it can't do what the options want.
        """
        if self._runner is None:
            self._runner = self._config.stash.get(_WORKSHOP_AT_HAND, None)
        if self._runner is None:
            from generator.runner.mirror.modes import NetworkMode
            from generator.runner.workshop import Needs, Workshop

            options, settings = self._config.option, self.settings()
            limit = options.card_time_limit or settings.time_limit
            network = NetworkMode(options.card_network)
            is_strict = options.card_require_sandbox
            needs = Needs.WHOLE_SANDBOX if is_strict else Needs.WHAT_THERE_IS
            make_runner = self._config.stash.get(_ELSEWHERE, Workshop)
            self._runner = make_runner(settings, limit, network, needs)
        return self._runner

    def verifier(self) -> Verifier:
        """What verifies the examples of this run; raises `SettingsError`."""
        if self._verifier is None:
            from generator.cache import cache_folder
            from generator.runner.records import RecordKeeper
            from generator.runner.schedule import Schedule
            from generator.runner.verification import Rules, Verifier

            options = self._config.option
            # With xdist it is the processes that are side by side.
            runner = self.runner()
            places = 1 if self._is_xdist_worker else options.card_jobs or runner.places
            is_live = options.card_network == "live"
            rules = Rules(
                takes_records=not options.card_fresh and options.card_network == "replay",
                keeps_records=not is_live,
                accepts_changes=options.card_accept,
            )
            self._verifier = Verifier(
                runner,
                RecordKeeper(self._root, cache_folder(), self._problems),
                Schedule(places, runner.memory),
                rules,
            )
        return self._verifier

    def begin(self, run: SharedRun) -> None:
        """See to it that there will be results of `run`: from records, or by executing it."""
        if id(run) not in self._begun:
            self._begun.add(id(run))
            if not self.verifier().take_from_records(run):
                self.verifier().start(run)
            elif not self.verifier().is_measured(run):
                self.verifier().measure(run)

    def pytest_report_header(self) -> str | None:
        """One line on what the cards run in, when they are what the run is about."""
        if not self._only_cards:
            return None
        from generator.config import SettingsError

        try:
            settings = self.settings()
        except SettingsError:
            return None
        runtime = settings.runtimes[settings.default_runtime]
        return (
            f"cards: runtime {settings.default_runtime} (Python {runtime.python},"
            f" {runtime.requirements}); network: {self._config.option.card_network}"
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
            from generator.runner.nodes import card_file

            found.append(card_file(file_path, parent, self))
        return found

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note which examples are wanted of each run."""
        for run, example_id in _wanted(session.items):
            run.wanted.add(example_id)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        """Begin all that is wanted, before the first test waits for its result.

        What is long to make is made now, while pytest captures no output. What no test waits
        for is waited for at the end, unless the run is broken off.
        """
        self._begin_session(session)
        result = yield
        if self._verifier is not None:
            self._verifier.finish()
        return result

    def _begin_session(self, session: pytest.Session) -> None:
        if self._is_xdist_worker or session.config.option.collectonly:
            return
        from generator.runner.errors import RunnerError

        try:
            if session.config.pluginmanager.hasplugin("dsession"):
                self._begin_xdist()
            else:
                self._begin_all(session.items)
        except RunnerError as error:
            raise pytest.UsageError(*str(error).splitlines()) from None

    def _begin_xdist(self) -> None:
        from generator.runner.errors import RunnerError
        from generator.runner.runtime import ensure_runtime

        if _ELSEWHERE in self._config.stash:
            raise RunnerError("-n shares out what the cluster shares out already; leave it out")
        # It is the workers that have the items, and they have no terminal.
        if self._only_cards:
            ensure_runtime(self.settings(), self.settings().default_runtime)

    def _begin_all(self, items: Iterable[pytest.Item]) -> None:
        runs = {id(run): run for run, _ in _wanted(items)}
        if not runs:
            return
        self._begun |= runs.keys()
        verifier = self.verifier()
        missing: list[SharedRun] = []
        known: list[SharedRun] = []
        for run in runs.values():
            (known if verifier.take_from_records(run) else missing).append(run)
        unmeasured = [run for run in known if not verifier.is_measured(run)]
        if missing or unmeasured:
            from generator.runner.current import runtime_of

            cards = [run.groups[0].card for run in (*missing, *unmeasured)]
            names = dict.fromkeys(runtime_of(card, self.settings()) for card in cards)
            self.runner().prepare(names, self._tell)
        for run in missing:
            verifier.start(run)
        for run in unmeasured:
            verifier.measure(run)

    def _tell(self, line: str) -> None:
        reporter = self._config.pluginmanager.get_plugin("terminalreporter")
        if reporter:
            reporter.ensure_newline()
            reporter.write_line(line)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Say in the report of an example what the ledger wants to know."""
        report = yield
        if _is_example(item):
            setattr(
                report,
                _REPORT_KEY,
                {
                    "card": item.nodeid.partition("::")[0],
                    "line": item.fence_line,
                    "source": item.source.value,
                },
            )
            if report.when == "call" and item.result is not None:
                # How long it waited for its turn, or for nothing, says nothing of the example.
                report.duration = item.result.outcome.duration
                getattr(report, _REPORT_KEY)["unanswered"] = item.unanswered
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Enter an example into the ledger."""
        from generator.runner.ledger import Source

        told = getattr(report, _REPORT_KEY, None)
        if told and (report.when == "call" or report.outcome != "passed"):
            self.ledger.add_example(told["card"], told["line"], has_failed=report.failed)
            # Of an example that failed, its own report says so.
            if report.passed and told.get("unanswered"):
                self.ledger.add_unanswered(told["card"], told["unanswered"])
            if report.outcome != "skipped":
                self.ledger.add_source(Source(told["source"]))

    def pytest_sessionfinish(self) -> None:
        """End what still runs, and tell the controller of xdist what only a worker knows."""
        if self._verifier is not None:
            self._verifier.close()
        if self._is_xdist_worker:
            output: dict[str, Any] = self._config.workeroutput  # type: ignore[attr-defined]
            output[_REPORT_KEY] = {"fences": self.ledger.as_data(), "problems": self._problems}

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take in what an xdist worker knows."""
        told = getattr(node, "workeroutput", {}).get(_REPORT_KEY, {})
        self.ledger.take_in(told.get("fences", {}))
        self._problems += told.get("problems", ())

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Any:
        """Give the examples that share a process to one worker, unless another way is asked for."""
        if not self._only_cards or config.getvalue("dist") != "load":
            return None
        from generator.runner.distribution import CardScheduling

        return CardScheduling(config, log)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Print the ledger."""
        if self.ledger.fences and not self._config.option.collectonly:
            terminalreporter.section("ledger of code blocks")
            for line in self.ledger.lines():
                terminalreporter.line(line)
            terminalreporter.line(self.ledger.sources())
            for line in self.ledger.unanswered_lines():
                terminalreporter.line(line)
        for problem in dict.fromkeys(self._problems):
            terminalreporter.line(problem)

    def pytest_unconfigure(self) -> None:
        """Stop what was started to execute groups."""
        if self._runner is not None:
            self._runner.close()

    def _is_card(self, path: Path, session: pytest.Session) -> bool:
        if session.isinitpath(path):
            return True
        is_hidden = path.name.startswith(".")
        return not is_hidden and (self._only_cards or self._is_in_cards_folder(path))

    def _is_in_cards_folder(self, path: Path) -> bool:
        return path.is_relative_to(self._root / CARDS_FOLDER)


def _is_example(item: pytest.Item) -> TypeGuard[ExampleItem]:
    # What knows of examples is dear to import, and not there when no card was collected.
    nodes = sys.modules.get("generator.runner.nodes")
    return nodes is not None and isinstance(item, nodes.ExampleItem)


def _wanted(items: Iterable[pytest.Item]) -> Iterable[tuple[SharedRun, str]]:
    for item in items:
        if _is_example(item):
            yield item.parent.run, item.example.id
