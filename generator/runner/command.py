"""What `hubcards test` and `hubcards runtime` do."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from generator.config import Settings
from generator.runner.errors import RunnerError

if TYPE_CHECKING:
    from generator.runner.runtime import Runtime

INTERRUPTED = 130

# In pytest's own order.
_PYTEST_SETTINGS = (
    *("pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini"),
    *("pyproject.toml", "tox.ini", "setup.cfg"),
)


def run_tests(settings: Settings, arguments: Sequence[str]) -> int:
    """Run cards by pytest: those that `arguments` name, or all of `cards/` in the root.

    `arguments` are pytest's: files, folders and node ids, relative to the current folder,
    and options. The result is an exit code: 0 when every example passed, 1 when one failed
    or a card has errors, 2 for wrong usage, for nothing to run, and when there is no
    runtime, 130 when interrupted. Nothing but cards is collected, and no `conftest.py` is
    read, since the cards may be a stranger's. Raises `RunnerError` when pytest is missing.
    """
    try:
        import pytest
    except ImportError:
        raise RunnerError(_WHAT_IS_MISSING) from None
    code = pytest.main(
        [
            *("-p", "hubcards", "--only-cards", "--noconftest"),
            "--continue-on-collection-errors",
            # It would tell that this package is imported already, which nobody can change.
            *("-W", "ignore:Module already imported:pytest.PytestAssertRewriteWarning"),
            *("--rootdir", str(settings.root), "-c", str(_pytest_settings(settings.root))),
            *arguments,
        ]
    )
    return {
        pytest.ExitCode.OK: 0,
        pytest.ExitCode.TESTS_FAILED: 1,
        pytest.ExitCode.INTERRUPTED: INTERRUPTED,
        pytest.ExitCode.USAGE_ERROR: 2,
        pytest.ExitCode.NO_TESTS_COLLECTED: 2,
    }.get(pytest.ExitCode(code), int(code))


def make_runtime(settings: Settings, name: str | None) -> Runtime:
    """The runtime called `name`, or the default one, made if it is not there.

    Raises `RunnerError` when it can't be made.
    """
    try:
        from generator.runner.runtime import ensure_runtime
    except ImportError:
        raise RunnerError(_WHAT_IS_MISSING) from None
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


_WHAT_IS_MISSING = (
    "running cards needs more packages than building the site; install them with"
    " pip install 'hubcards[run]'"
)
