"""`hubcards schema`: prints the JSON Schema of the front matter."""

from __future__ import annotations

import argparse
import sys

from generator.cards.schema import schema_text
from generator.cli.hub import settings_of
from generator.cli.writing import writing
from generator.exit_codes import FINE
from generator.files import write_whole


def run(options: argparse.Namespace) -> int:
    """Print the schema, or write it; the exit code. Raises `UsageError`."""
    settings = settings_of(options)
    text = schema_text(settings, settings.base_url)
    if options.output:
        with writing(options.output, "--output"):
            write_whole(options.output, text.encode())
    else:
        sys.stdout.write(text)
    return FINE
