"""`hubcards show`: shows a card in the terminal."""

from __future__ import annotations

import argparse
import sys

from generator.authoring.command import show
from generator.authoring.errors import AuthoringError
from generator.cli.errors import UsageError
from generator.cli.hub import settings_of
from generator.cli.readable import readable_cards
from generator.exit_codes import FINE
from generator.runner.valid_evidence import ValidEvidence


def run(options: argparse.Namespace) -> int:
    """Print the card; the exit code. Raises `UsageError`."""
    settings = settings_of(options)
    catalog = readable_cards(options, settings)
    try:
        text = show(
            settings,
            catalog,
            options.card_id,
            options.language,
            ValidEvidence(settings),
        )
    except AuthoringError as error:
        raise UsageError(str(error)) from None
    sys.stdout.write(text)
    return FINE
