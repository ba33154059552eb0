"""`hubcards serve`: shows the site while it is being written."""

from __future__ import annotations

import argparse
import contextlib
import sys
from typing import TYPE_CHECKING

from generator.cache import cache_folder
from generator.cli.errors import UsageError
from generator.cli.hub import cards_folder, settings_of
from generator.cli.lines import counted, line
from generator.cli.reporting import tell_of_evidence, told
from generator.evidence.places import evidence_folder
from generator.exit_codes import FINE
from generator.runner.valid_evidence import ValidEvidence

if TYPE_CHECKING:
    from generator.preview.building import Rebuilt


def run(options: argparse.Namespace) -> int:
    """Serve the site until it is interrupted; the exit code. Raises `UsageError`."""
    try:
        from generator.preview.building import Previewed
        from generator.preview.command import preview_folder, serve
        from generator.preview.server import AddressError
    except ModuleNotFoundError as error:
        message = f"{error.name} is not installed; install hubcards[serve] to see the site"
        raise UsageError(message) from None
    settings = settings_of(options)
    cards = cards_folder(options, settings)
    cache = cache_folder()
    output = preview_folder(cache, settings.root, cards)
    previewed = Previewed(settings.root, cards, output, options.jobs, ValidEvidence)
    records = evidence_folder(settings.root, cache, cards / "card.md")
    try:
        with contextlib.suppress(KeyboardInterrupt):
            serve(
                *(previewed, settings, records, options.host, options.port),
                announce=_announce,
                report=_report_rebuilt,
            )
    except AddressError as error:
        raise UsageError(str(error)) from None
    return FINE


def _announce(url: str) -> None:
    sys.stdout.write(line(f"{url}  (Ctrl-C ends it)"))
    sys.stdout.flush()


def _report_rebuilt(rebuilt: Rebuilt) -> None:
    sys.stderr.write(told(rebuilt.diagnostics))
    if rebuilt.report:
        tell_of_evidence(rebuilt.report.problems)
    if rebuilt.shown.problems:
        if not rebuilt.diagnostics:
            sys.stderr.writelines(
                line(f"{item.message}; {item.hint}") for item in rebuilt.shown.problems
            )
        sys.stderr.write(line("the last version without problems is shown"))
    elif rebuilt.report:
        report = rebuilt.report
        sys.stdout.write(
            line(
                f"{counted(report.cards, 'card')}, {report.rendered:,} of them rendered,"
                f" in {report.seconds:.2f} s"
            )
        )
        sys.stdout.flush()
