"""What a preview shows at the moment, and waiting for it to be something else."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping

from msgspec import Struct

from generator.diagnostics import Diagnostic, Severity, printable
from generator.translating import say


class Problem(Struct, frozen=True):
    """What keeps the site from being shown as it is now written; `place` may be empty."""

    place: str
    code: str
    message: str
    hint: str


class Shown(Struct, frozen=True):
    """What a preview shows.

    `base_path` begins and ends with a slash. `version` tells one version of the site from
    another, and is empty while there is none. `coming` is the one that will be there in a moment,
    if nothing is in its way, and `pages` are what is made of it, by their paths in the site.
    """

    base_path: str
    version: str
    problems: tuple[Problem, ...] = ()
    coming: str = ""
    pages: Mapping[str, bytes] = {}

    def as_json(self) -> str:
        """What the script in the pages is told, on one line.

        It has the version that is coming, so that the page is asked for meanwhile.
        """
        problems = [
            {"place": item.place, "code": item.code, "message": item.message, "hint": item.hint}
            for item in self.problems
        ]
        return json.dumps({"version": self.coming or self.version, "problems": problems})


class Board:
    """Where the builder puts what is to be shown, for all who serve it to look at."""

    def __init__(self, shown: Shown) -> None:
        self._shown = shown
        self._changed = threading.Condition()

    @property
    def shown(self) -> Shown:
        """What is there now."""
        with self._changed:
            return self._shown

    def show(self, shown: Shown) -> None:
        """Puts `shown` there, and wakes those who wait."""
        with self._changed:
            self._shown = shown
            self._changed.notify_all()

    def wait_for_what_comes(self) -> Shown:
        """What is there as soon as nothing else is coming."""
        with self._changed:
            self._changed.wait_for(lambda: not self._shown.coming)
            return self._shown

    def wait_for_other(self, than: Shown, seconds: float) -> Shown:
        """What is there as soon as it is not `than`, or when the time is over."""
        with self._changed:
            self._changed.wait_for(lambda: self._shown != than, seconds)
            return self._shown


def problem_of(diagnostic: Diagnostic) -> Problem:
    """A diagnostic as it is shown over a page."""
    start = diagnostic.span.start
    return Problem(
        place=f"{printable(diagnostic.path)}:{start.line}:{start.column}",
        code=diagnostic.code,
        message=printable(say(diagnostic.message)),
        hint=printable(say(diagnostic.hint)),
    )


def problems_among(diagnostics: tuple[Diagnostic, ...]) -> tuple[Problem, ...]:
    """The errors, which keep a site from being published."""
    return tuple(problem_of(item) for item in diagnostics if item.severity is Severity.ERROR)
