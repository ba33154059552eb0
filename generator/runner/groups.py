"""Executing groups: what those who ask for it know, wherever that is done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Protocol

from generator.cards.examples import Example, Group
from generator.config import Settings
from generator.runner.mirror.exchange import Exchange
from generator.runner.session import Outcome


class ExecutedGroup(Protocol):
    """A group that is executed, or was."""

    @property
    def group(self) -> Group:
        """What is executed."""

    @property
    def path(self) -> str:
        """The card's path as its readers know it."""

    @property
    def folder(self) -> Path:
        """Where its files are, or were, on the machine that executes it."""

    def outcome(self, example: Example) -> Outcome:
        """What executing the example shows, after all it depends on."""

    def exchanges(self) -> tuple[Exchange, ...]:
        """What was asked of the network up to the last outcome, in order."""

    def cancel(self) -> None:
        """End it at once; for another thread than the one that waits for its outcomes."""

    def close(self) -> None:
        """End every process of the group."""


class GroupRunner(Protocol):
    """Where groups are executed."""

    @property
    def settings(self) -> Settings:
        """The hub's settings."""

    @property
    def identify(self) -> Callable[[str], str]:
        """What identifies the answers at an address."""

    @property
    def places(self) -> int:
        """How many groups it executes at a time."""

    @property
    def memory(self) -> int:
        """How many bytes the groups at a time may take together."""

    def prepare(self, runtimes: Iterable[str], tell: Callable[[str], None]) -> None:
        """Makes ready what groups in these runtimes need, and tells people what they should know.

        Raises `RunnerError` when nothing can be run.
        """

    def start(self, group: Group, path: str) -> ExecutedGroup:
        """Begins to execute a group, whose card is known to its readers as `path`.

        Raises `RunnerError` when that can't be done.
        """

    def versions_of(self, group: Group) -> Mapping[str, str]:
        """The versions in the runtime of a group that has outcomes, by the names for readers."""

    def close(self) -> None:
        """Stops what was started; may be called again."""
