"""`hubcards runtime`: makes the interpreter in which cards run."""

from __future__ import annotations

import argparse
import sys

from generator.cli.errors import UsageError
from generator.cli.hub import settings_of
from generator.diagnostics import did_you_mean
from generator.exit_codes import FINE
from generator.runner.command import make_runtime, runtime_text
from generator.runner.errors import RunnerError


def run(options: argparse.Namespace) -> int:
    """Make the runtime, and print what it holds; the exit code. Raises `UsageError`."""
    settings = settings_of(options)
    if options.name is not None and options.name not in settings.runtimes:
        hint = did_you_mean(options.name, list(settings.runtimes))
        raise UsageError(f'site.yaml has no runtime "{options.name}"; {hint}')
    try:
        runtime = make_runtime(settings, options.name)
        sys.stdout.write(f"{runtime.python}\n" if options.python else runtime_text(runtime))
    except RunnerError as error:
        raise UsageError(str(error)) from None
    return FINE
