"""`hubcards completion`: prints what lets a shell complete the command."""

from __future__ import annotations

import argparse
import sys

from generator.authoring.completion import shell_code
from generator.exit_codes import FINE


def run(options: argparse.Namespace) -> int:
    """Print the code for the shell; the exit code."""
    sys.stdout.write(shell_code(options.shell))
    return FINE
