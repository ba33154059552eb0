"""What all the groups of a run share: the settings, the runtimes, the mirror."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from pathlib import Path

from msgspec import Struct

from generator.cache import cache_folder
from generator.cards.examples import Example, Group
from generator.cards.hubconf import read_own_hub
from generator.config import Settings
from generator.runner.current import runtime_of
from generator.runner.errors import RunnerError
from generator.runner.mirror.answers import Answer, Found, recorded_answer
from generator.runner.mirror.client import Account, Mirror
from generator.runner.mirror.exchange import Exchange
from generator.runner.mirror.identity import STAND_IN, identifier
from generator.runner.mirror.modes import NetworkMode
from generator.runner.mirror.recordings import recordings_of
from generator.runner.mirror.seeding import Moved, Seeds, plant
from generator.runner.mirror.weights import stand_in_weights
from generator.runner.runtime import Runtime, ensure_runtime, is_made, planned_runtime
from generator.runner.sandbox.probe import enforced
from generator.runner.schedule import available_memory, cores
from generator.runner.session import GroupSession, Launch, Outcome
from generator.runner.stand_ins import weights_of
from generator.runner.warm import WarmRuntime


class RunningGroup(Struct, frozen=True, eq=False):
    """A group's process, and its access to the mirror."""

    session: GroupSession
    mirror: Mirror
    account: Account
    seeds: Seeds
    moved: Moved

    @property
    def group(self) -> Group:
        """What is executed."""
        return self.session.group

    @property
    def path(self) -> str:
        """The card's path as its readers know it."""
        return self.session.launch.path

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return self.session.workspace.folder

    def outcome(self, example: Example) -> Outcome:
        """What executing the example shows, after all it depends on."""
        return self.session.outcome(example)

    def exchanges(self) -> tuple[Exchange, ...]:
        """What was asked of the network so far, in order."""
        try:
            exchanges = self.mirror.exchanges(self.account)
            self.moved.note(exchanges)
            return self.seeds.among(exchanges)
        except RunnerError as error:
            return (Exchange("", "", str(error)),)

    def cancel(self) -> None:
        """End every process of the group at once; for another thread than the one that runs it."""
        self.session.cancel()

    def close(self) -> None:
        """End every process of the group."""
        self.session.close()


class Needs(Enum):
    """What a machine must be able to keep the code of cards from."""

    WHOLE_SANDBOX = "all that the sandbox is for"
    WHAT_THERE_IS = "all that it can"


class Workshop:
    """Makes runtimes and starts the mirror when the first group needs them.

    Several threads may ask at once.
    """

    def __init__(
        self, settings: Settings, time_limit: float, network: NetworkMode, needs: Needs
    ) -> None:
        """`time_limit` is in seconds, for each group."""
        self._needs = needs
        self.settings = settings
        self.time_limit = time_limit
        self.network = network
        self.identify = identifier(settings)
        self._own_hub = read_own_hub(settings)
        self._recordings = recordings_of(settings, cache_folder())
        self._moved = Moved()
        self._lock = threading.RLock()
        self._warm_lock = threading.Lock()
        self._mirror_lock = threading.Lock()
        self._beginnings: list[threading.Thread] = []
        self._runtimes: dict[str, Runtime | RunnerError] = {}
        self._warm: dict[str, WarmRuntime] = {}
        self.unenforced: tuple[str, ...] = ()
        self._mirror: Mirror | None = None

    @property
    def places(self) -> int:
        """How many groups run at a time: one a processor."""
        return cores()

    @property
    def memory(self) -> int:
        """How many bytes there are for the groups at a time."""
        return available_memory()

    def prepare(self, runtimes: Iterable[str], tell: Callable[[str], None]) -> None:
        """Starts the mirror and the runtimes, and tells what the sandbox enforces.

        Raises `RunnerError` when something can't be had.
        """
        self.begin_mirror()
        for name in runtimes:
            problem = self.warm(name).problem
            if problem:
                tell(f"runtime {name}: nothing is imported beforehand: {problem}")
        tell(enforced(self.unenforced))

    def make_runtime(self, name: str) -> Runtime:
        """The runtime with this name, made if need be; raises `RuntimeUnavailableError`."""
        with self._lock:
            if name not in self._runtimes:
                try:
                    self._runtimes[name] = ensure_runtime(self.settings, name)
                except RunnerError as error:
                    # Not tried again for every group.
                    self._runtimes[name] = error
            runtime = self._runtimes[name]
        if isinstance(runtime, RunnerError):
            raise runtime
        return runtime

    def warm(self, name: str) -> WarmRuntime:
        """The interpreter from which the groups of a runtime start.

        Raises `RuntimeUnavailableError` when it can't be had, and `RunnerError` when this
        machine does not shut groups in as is needed.
        """
        runtime = self.make_runtime(name)
        definition = self.settings.runtimes[name]
        with self._warm_lock:
            if name not in self._warm:
                preload = tuple(definition.preload)
                self._warm[name] = WarmRuntime(runtime.python, preload, definition.seed)
                self.unenforced = self._warm[name].missing()
            if self.unenforced and self._needs is Needs.WHOLE_SANDBOX:
                raise RunnerError(f"nothing was run, as required: {enforced(self.unenforced)}")
            return self._warm[name]

    def start(self, group: Group, path: str) -> RunningGroup:
        """Start the process of a group, whose card is known to its readers as `path`.

        Raises `RunnerError` when the runtime or the mirror can't be had.
        """
        name = runtime_of(group.card, self.settings)
        runtime, warm = self.make_runtime(name), self.warm(name)
        weights = weights_of(group, self.settings, self._own_hub, name)
        self._make_stand_ins(weights)
        mirror = self._running_mirror()
        account = mirror.open_account()
        limits = self.settings.limits
        launch = Launch(runtime.python, path, account.variables, self.time_limit, limits)
        session = warm.start_group(group, launch)
        try:
            seeds = self._seeds(weights, session.workspace.hub)
        except BaseException:
            session.close()
            raise
        return RunningGroup(session, mirror, account, seeds, self._moved)

    def versions_of(self, group: Group) -> Mapping[str, str]:
        """The versions in the group's runtime, by the names shown to readers."""
        name = runtime_of(group.card, self.settings)
        versions = self.warm(name).versions
        names = {"python": "Python", **self.settings.runtimes[name].preload}
        return {names[key]: version for key, version in versions.items() if key in names}

    def close(self) -> None:
        """Stop the mirror and the interpreters; may be called again."""
        while self._beginnings:
            self._beginnings.pop().join()
        with self._warm_lock, self._mirror_lock:
            if self._mirror is not None:
                self._mirror.close()
                self._mirror = None
            while self._warm:
                self._warm.popitem()[1].close()

    def _make_stand_ins(self, weights: Sequence[str]) -> None:
        if self.network is NetworkMode.REPLAY:
            for url in weights:
                # What can't be made is told when it is asked for.
                self._stand_in(url)

    def _stand_in(self, url: str) -> Answer | None:
        if not self.identify(url).startswith(STAND_IN):
            return None
        maker = self.make_runtime(self.settings.default_runtime)
        return stand_in_weights(self.settings, maker, cache_folder(), url)

    def _seeds(self, weights: Sequence[str], hub: Path) -> Seeds:
        """What the group would download of what has been downloaded in this run already."""
        seeds = Seeds()
        known = [url for url in weights if self._moved.has(url, self.identify(url))]
        for url in known if self.network is NetworkMode.REPLAY else ():
            answer = recorded_answer(self.settings, self._recordings, url) or self._stand_in(url)
            # Without a copy it is downloaded again.
            with contextlib.suppress(OSError):
                seed = plant(hub, url, answer) if isinstance(answer, Found) else None
                seeds.seeds.extend([seed] if seed else [])
        return seeds

    def begin(self) -> None:
        """Begin to start what nearly all groups need, so that the first need not wait for it.

        Does nothing while the default runtime is not there: making it takes minutes, and tells
        of them on the terminal.
        """
        name = self.settings.default_runtime
        with contextlib.suppress(RunnerError):
            if is_made(planned_runtime(self.settings, name)):
                self.begin_mirror()
                self._begin(lambda: self.warm(name))

    def begin_mirror(self) -> None:
        """Begin to start the mirror."""
        self._begin(self._running_mirror)

    def _begin(self, start: Callable[[], object]) -> None:
        def try_to_start() -> None:
            # What keeps it from starting is told to the group that asks for it.
            with contextlib.suppress(RunnerError):
                start()

        thread = threading.Thread(target=try_to_start, daemon=True)
        self._beginnings.append(thread)
        thread.start()

    def _running_mirror(self) -> Mirror:
        # Stand-in weights are those of the default runtime, whichever one asks for them.
        runtime = self.make_runtime(self.settings.default_runtime)
        with self._mirror_lock:
            # One group may have killed it; the next is to run all the same.
            if self._mirror is not None and not self._mirror.is_running():
                self._mirror.close()
                self._mirror = None
            if self._mirror is None:
                self._mirror = Mirror(self.settings.root, runtime, self.network)
            return self._mirror
