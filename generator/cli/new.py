"""`hubcards new`: begins a card."""

from __future__ import annotations

import argparse
import sys
from importlib.util import find_spec

from generator.authoring import command
from generator.authoring.arguments import NEW_OPTIONS
from generator.authoring.errors import AuthoringError
from generator.cli.errors import UsageError
from generator.cli.hub import place_of_cards, settings_of
from generator.cli.writing import writing
from generator.exit_codes import FINE


def run(options: argparse.Namespace) -> int:
    """Begin the card; the exit code. Raises `UsageError`."""
    settings = settings_of(options)
    folder = place_of_cards(options, settings)
    try:
        with writing(folder, "--cards"):
            done = command.new(
                settings,
                folder,
                {name: getattr(options, name) for name in NEW_OPTIONS},
                options.hubconf,
                NEW_OPTIONS if options.defaults else (),
                "serve" if _is_installed("watchfiles") else "build",
            )
    except AuthoringError as error:
        raise UsageError(str(error)) from None
    sys.stdout.write(done)
    return FINE


def _is_installed(package: str) -> bool:
    # One that is there by name only, for whatever reason, has no specification.
    try:
        return find_spec(package) is not None
    except ValueError:
        return False
