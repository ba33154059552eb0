"""Telling what is wrong with cards and their evidence."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from generator.cli.lines import line
from generator.diagnostics import Diagnostic
from generator.translating import diagnostics_in, report_words, users_language


def told(diagnostics: Sequence[Diagnostic]) -> str:
    """The diagnostics, with the lines that they are about."""
    if not diagnostics:
        return ""
    # The widths of all characters are dear to import, and most builds have nothing to tell.
    from generator.excerpt import as_excerpts

    return as_excerpts(in_own_words(diagnostics), report_words(users_language()))


def in_own_words(diagnostics: Sequence[Diagnostic]) -> Sequence[Diagnostic]:
    """The diagnostics in the language of whoever runs the command."""
    return diagnostics_in(users_language(), diagnostics)


def tell_of_evidence(problems: Iterable[str]) -> None:
    """Says what is wrong with evidence."""
    sys.stderr.writelines(line(f"evidence: {problem}") for problem in problems)
