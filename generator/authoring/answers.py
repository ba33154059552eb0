"""What is to be known for something, from the command line, or else from somebody to ask."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

from generator.authoring.errors import AuthoringError
from generator.translating import say

Answer = TypeVar("Answer")


class Answers:
    """What was given already, by the names of options, and whom to ask for the rest.

    `ask` shows a question and gives the line that was typed; without it the defaults are taken.
    `settled` are the questions that are not asked when they have a default.
    """

    def __init__(
        self,
        given: Mapping[str, str | None],
        ask: Callable[[str], str] | None,
        tell: Callable[[str], object],
        settled: Collection[str] = (),
    ) -> None:
        self._given = {name: text for name, text in given.items() if text is not None}
        self._ask = ask
        self._tell = tell
        self._settled = settled

    def require(self, names: tuple[str, ...]) -> None:
        """Raise `AuthoringError` when one of `names` is neither given nor can be asked for."""
        missing = [f"--{name}" for name in names if name not in self._given]
        if missing and self._ask is None:
            first = ", ".join(missing[:-1])
            named = f"{first} and {missing[-1]}" if first else missing[0]
            raise AuthoringError(f"give {named}; they are asked for only in a terminal")

    def get(
        self, name: str, question: str, default: str | None, read: Callable[[str], Answer]
    ) -> Answer:
        """The answer, as `read` understands it, which raises `AuthoringError` for a bad one.

        What was given is not asked for, and is refused when it is bad; who is asked may correct
        it. An empty line is the `default`, if there is one, and behind a bad answer what it could
        be instead.
        """
        if name in self._given:
            return _read_option(name, self._given[name].strip(), read)
        if default is not None and (self._ask is None or name in self._settled):
            return _read_option(name, default, read)
        if self._ask is None:
            raise AuthoringError(f"give --{name}: {question}")
        while True:
            text = self._ask(f"{say(question)}{f' [{default}]' if default else ''}: ").strip()
            if not text and default is None:
                self._tell(say("this one is needed"))
                continue
            try:
                return read(text or default or "")
            except AuthoringError as error:
                self._tell(say(str(error)))
                default = error.mended or default


def _read_option(name: str, text: str, read: Callable[[str], Answer]) -> Answer:
    try:
        return read(text)
    except AuthoringError as error:
        instead = f"; for example: {error.mended}" if error.mended else ""
        raise AuthoringError(f"--{name}: {error}{instead}") from None
