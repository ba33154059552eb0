"""`hubcards check --fix`: shows how problems are mended, and mends them when that is agreed to."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from functools import partial

from generator.cards.catalog import problems_of
from generator.cards.hubconf import read_own_hub
from generator.cli.lines import counted, line, shown_path
from generator.config import Settings
from generator.diagnostics import Diagnostic
from generator.files import rewrite
from generator.fixing.mending import as_diff, mended_files
from generator.translating import say


def fix(options: argparse.Namespace, settings: Settings, diagnostics: Sequence[Diagnostic]) -> bool:
    """Mends what has one right answer, or shows how; whether there is such a thing."""
    judge = partial(problems_of, settings=settings, hub=read_own_hub(settings))
    mended = list(mended_files(diagnostics, judge))
    # Other programs read what is behind the diff.
    shown = sys.stdout if options.format == "text" else sys.stderr
    shown.writelines(as_diff(item, shown_path(item.path)) for item in mended)
    if mended and not options.diff and (options.yes or _agrees(len(mended))):
        for item in mended:
            rewrite(item.path, item.after)
        shown.write(line(f"mended: {counted(len(mended), 'file')}"))
    return bool(mended)


def _agrees(files: int) -> bool:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        sys.stderr.write(line("nothing was changed; say --yes to have it mended"))
        return False
    sys.stderr.write(say(f"mend {counted(files, 'file')} like this? [y/N]") + " ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().casefold() in ("y", "yes")
