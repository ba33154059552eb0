"""What `hubcards test` and `hubcards runtime` do."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from generator.cache import cache_folder
from generator.config import Settings
from generator.exit_codes import INTERRUPTED
from generator.layout import CARDS_FOLDER
from generator.runner.current import CurrentRecords
from generator.runner.errors import RunnerError
from generator.runner.mirror.identity import identifier
from generator.runner.records import RecordKeeper
from generator.runner.unchanged import ledger_if_unchanged

if TYPE_CHECKING:
    from generator.runner.plugin import MakeRunner
    from generator.runner.runtime import Runtime
    from generator.runner.workshop import Workshop

_OPTIONS = {
    f"--{name}": f"--card-{name}"
    for name in ("accept", "fresh", "jobs", "network", "require-sandbox", "time-limit")
}
_OPTIONS_THAT_LET_PYTEST_BE = frozenset({"--accept", "--fresh"})
# In pytest's own order.
_PYTEST_SETTINGS = (
    *("pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini"),
    *("pyproject.toml", "tox.ini", "setup.cfg"),
)


def run_tests(
    settings: Settings, arguments: Sequence[str], elsewhere: MakeRunner | None = None
) -> int:
    """Run cards by pytest: those that `arguments` name, or all of `cards/` in the root.

    When only cards or folders are named, and their records show all that there is to see, it
    is told from them, and pytest is not started.

    `arguments` are pytest's: files, folders and node ids, relative to the current folder,
    and options. The result is an exit code: 0 when every example passed, 1 when one failed
    or a card has errors, 2 for wrong usage, for nothing to run, and when there is no
    runtime, 130 when interrupted. Nothing but cards is collected, and no `conftest.py` is
    read, since the cards may be a stranger's. Groups are executed on this machine, or by what
    `elsewhere` makes. Raises `RunnerError` when pytest is missing.
    """
    paths = _cards_to_run(settings, arguments)
    if paths and "--fresh" not in arguments and _told_from_records(settings, paths):
        return 0
    if elsewhere is not None:
        with _extra_for_running():
            from generator.runner.plugin import RunElsewhere
        return _run_by_pytest(settings, arguments, [RunElsewhere(elsewhere)])
    with _begun_workshop(settings) if paths else nullcontext() as workshop:
        return _run_by_pytest(settings, arguments, _at_hand(workshop))


def _at_hand(workshop: Workshop | None) -> Sequence[object]:
    # Only here, since it imports pytest.
    with _extra_for_running():
        from generator.runner.plugin import WorkshopAtHand
    return [WorkshopAtHand(workshop)] if workshop else []


def _run_by_pytest(settings: Settings, arguments: Sequence[str], plugins: Sequence[object]) -> int:
    with _extra_for_running():
        import pytest

    code = pytest.main(
        [
            *("-p", "hubcards", "--only-cards", "--noconftest"),
            # Dear to import, and of no use for cards.
            *("-p", "no:hypothesispytest"),
            # Collects garbage for a second at the end, of which cards make none in this process.
            *("-p", "no:unraisableexception"),
            "--continue-on-collection-errors",
            # It would tell that this package is imported already, which nobody can change.
            *("-W", "ignore:Module already imported:pytest.PytestAssertRewriteWarning"),
            *("--rootdir", str(settings.root), "-c", str(_pytest_settings(settings.root))),
            *map(_pytest_option, arguments),
        ],
        plugins=plugins,
    )
    return {
        pytest.ExitCode.OK: 0,
        pytest.ExitCode.TESTS_FAILED: 1,
        pytest.ExitCode.INTERRUPTED: INTERRUPTED,
        pytest.ExitCode.USAGE_ERROR: 2,
        pytest.ExitCode.NO_TESTS_COLLECTED: 2,
    }.get(pytest.ExitCode(code), int(code))


def _current_records(settings: Settings, problems: list[str]) -> CurrentRecords:
    keeper = RecordKeeper(settings.root, cache_folder(), problems)
    return CurrentRecords(settings, keeper, identifier(settings))


def _cards_to_run(settings: Settings, arguments: Sequence[str]) -> Sequence[Path]:
    """Where the cards are that are run, by this program alone; none if that is up to pytest."""
    named = [Path(item) for item in arguments if item not in _OPTIONS_THAT_LET_PYTEST_BE]
    if os.environ.get("PYTEST_ADDOPTS") or not all(path.exists() for path in named):
        return ()
    return named or [settings.root / CARDS_FOLDER]


@contextmanager
def _begun_workshop(settings: Settings) -> Iterator[Workshop]:
    """A workshop as the default options have it, which gets ready while pytest is imported."""
    with _extra_for_running():
        from generator.runner.mirror.modes import NetworkMode
        from generator.runner.workshop import Needs, Workshop

    workshop = Workshop(settings, settings.time_limit, NetworkMode.REPLAY, Needs.WHAT_THERE_IS)
    try:
        workshop.begin()
        yield workshop
    finally:
        workshop.close()


def _told_from_records(settings: Settings, paths: Sequence[Path]) -> bool:
    """Whether the records show everything; then it has been printed."""
    problems: list[str] = []
    try:
        ledger = ledger_if_unchanged(settings, paths, _current_records(settings, problems))
    except RunnerError:
        # Told when the cards are run, as for any run that can't begin.
        return False
    if ledger is None or problems:
        return False
    sys.stdout.writelines(f"{line}\n" for line in (*ledger.lines(), ledger.sources()))
    return True


def _pytest_option(argument: str) -> str:
    """Our options by the names that they have among those of other plugins."""
    name, equals, value = argument.partition("=")
    return f"{_OPTIONS.get(name, name)}{equals}{value}"


def make_runtime(settings: Settings, name: str | None) -> Runtime:
    """The runtime called `name`, or the default one, made if it is not there.

    Raises `RunnerError` when it can't be made.
    """
    with _extra_for_running():
        from generator.runner.runtime import ensure_runtime
    return ensure_runtime(settings, name or settings.default_runtime)


def runtime_text(runtime: Runtime) -> str:
    """What a runtime holds, as lines of text: its Python, its folder, each package."""
    from generator.runner.runtime import describe

    contents = describe(runtime)
    width = max(map(len, contents.packages), default=0)
    lines = [
        f"runtime {runtime.name}: Python {contents.python}",
        f"folder  {runtime.folder}",
        "",
        *(f"{name:{width}}  {version}" for name, version in contents.packages.items()),
    ]
    return "".join(f"{line}\n" for line in lines)


def _pytest_settings(root: Path) -> Path:
    # Named outright: pytest would else take those of the folder in which the cards are.
    found = (root / name for name in _PYTEST_SETTINGS if (root / name).is_file())
    return next(found, Path(os.devnull))


@contextmanager
def _extra_for_running() -> Iterator[None]:
    try:
        yield
    except ImportError:
        raise RunnerError(
            'running cards needs more packages than building the site: the extra "run" of'
            " hubcards; in its checkout, sh tools/install.sh .venv '.[run]' installs it"
        ) from None
