"""A parser of arguments that speaks the language of its user, as all of the command does."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from typing import Any, NoReturn

from generator.translating import say


class SpeakingParser(argparse.ArgumentParser):
    """argparse's parser, and those of its commands; what argparse says itself is translated."""

    def __init__(self, *, add_help: bool = True, **options: Any) -> None:
        super().__init__(add_help=False, formatter_class=_SpeakingFormatter, **options)
        self._positionals.title = say("positional arguments")
        self._optionals.title = say("options")
        if add_help:
            self.add_argument(
                "-h", "--help", action="help", help=say("show this help message and exit")
            )

    def error(self, message: str) -> NoReturn:
        """Tell what is wrong with the arguments, and end."""
        self.print_usage(sys.stderr)
        argument, colon, problem = message.partition(": ")
        if colon and argument.startswith("argument "):
            message = f"{argument}: {say(problem)}"
        self.exit(2, f"{self.prog}: {say(f'error: {say(message)}')}\n")


class _SpeakingFormatter(argparse.HelpFormatter):
    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, say("usage: ") if prefix is None else prefix)
