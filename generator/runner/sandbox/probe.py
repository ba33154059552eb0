"""What this machine keeps a card's code from, and what it does not: by trying it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from generator.runner.warm import WarmRuntime


def missing(python: Path = Path(sys.executable)) -> tuple[str, ...]:
    """What nothing keeps the code of a card from on this machine, a phrase each; mostly none.

    A process is shut in by `python` as that of a group is, with nothing to execute. Raises
    `RuntimeUnavailableError` when that can't be started.
    """
    runtime = WarmRuntime(python)
    try:
        return runtime.missing()
    finally:
        runtime.close()


def enforced(missing: Sequence[str]) -> str:
    """One line on the sandbox for the people who start a run."""
    if not missing:
        return "sandbox: everything is enforced"
    return f"sandbox: not enforced: {'; '.join(missing)}"
