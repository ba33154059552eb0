"""What all the groups of a run share: the settings, the runtime, the mirror."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from generator.cards.examples import Example, Group
from generator.config import Settings
from generator.runner.errors import RunnerError
from generator.runner.mirror.client import Account, Mirror
from generator.runner.mirror.exchange import Exchange
from generator.runner.runtime import Runtime, ensure_runtime
from generator.runner.session import GroupSession, Launch, Outcome, start_session


@dataclass(frozen=True, slots=True)
class RunningGroup:
    """A group's process, and its access to the mirror."""

    session: GroupSession
    mirror: Mirror
    account: Account

    def outcome(self, example: Example) -> Outcome:
        """What executing the example shows, after all it depends on."""
        return self.session.outcome(example)

    def unanswered(self) -> tuple[Exchange, ...]:
        """The requests so far that the mirror could not answer, each address once."""
        try:
            exchanges = self.mirror.exchanges(self.account)
        except RunnerError as error:
            return (Exchange("", "", str(error)),)
        by_url = {exchange.url: exchange for exchange in exchanges if exchange.reason}
        return tuple(by_url.values())


class Workshop:
    """Makes the runtime and starts the mirror when the first group needs them."""

    def __init__(self, settings: Settings, time_limit: float) -> None:
        """`time_limit` is in seconds, for each group."""
        self.settings = settings
        self.time_limit = time_limit
        self._runtime: Runtime | RunnerError | None = None
        self._mirror: Mirror | None = None

    def runtime(self) -> Runtime:
        """The runtime of the cards, made if need be; raises `RuntimeUnavailableError`."""
        if self._runtime is None:
            try:
                self._runtime = ensure_runtime(self.settings, self.settings.default_runtime)
            except RunnerError as error:
                # Not tried again for every group.
                self._runtime = error
        if isinstance(self._runtime, RunnerError):
            raise self._runtime
        return self._runtime

    def start(self, group: Group, path: str) -> RunningGroup:
        """Start the process of a group, whose card is known to its readers as `path`.

        Raises `RunnerError` when the runtime or the mirror can't be had.
        """
        runtime = self.runtime()
        # One group may have killed it; the next is to run all the same.
        if self._mirror is not None and not self._mirror.is_running():
            self._mirror.close()
            self._mirror = None
        if self._mirror is None:
            self._mirror = Mirror(self.settings.root, runtime)
        account = self._mirror.open_account()
        launch = Launch(runtime.python, path, account.variables, self.time_limit)
        return RunningGroup(start_session(group, launch), self._mirror, account)

    def close(self) -> None:
        """Stop the mirror."""
        if self._mirror is not None:
            self._mirror.close()


def path_for_readers(path: Path, root: Path) -> str:
    """A card's path as readers know it: relative to the hub's root if it is there."""
    absolute = path.absolute()
    if absolute.is_relative_to(root.absolute()):
        return absolute.relative_to(root.absolute()).as_posix()
    return absolute.as_posix()
