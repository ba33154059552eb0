"""`hubcards mirror`: lists and changes what answers cards in the network's place."""

from __future__ import annotations

import argparse
import sys

from generator.cli.errors import UsageError
from generator.cli.hub import settings_of
from generator.cli.lines import line, shown_path
from generator.cli.reporting import tell_of_evidence
from generator.exit_codes import FINE
from generator.runner.errors import RunnerError
from generator.runner.mirror.command import forget, keep_in_hub, list_mirror
from generator.runner.mirror.inventory import as_json, as_text


def run(options: argparse.Namespace) -> int:
    """Print or change what the mirror has; the exit code. Raises `UsageError`."""
    settings = settings_of(options)
    try:
        for url in options.keep or ():
            sys.stdout.write(line(f"kept as {shown_path(keep_in_hub(settings, url))}"))
        if options.forget:
            forget(settings, options.forget)
        if options.keep or options.forget:
            return FINE
        listed, problems = list_mirror(settings)
    except RunnerError as error:
        raise UsageError(str(error)) from None
    tell_of_evidence(problems)
    sys.stdout.write(as_json(listed) if options.format == "json" else as_text(listed))
    return FINE
