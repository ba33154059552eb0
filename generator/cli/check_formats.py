"""What `hubcards check` tells programs."""

from __future__ import annotations

from collections.abc import Sequence

from generator import __version__
from generator.cards.rules import summaries
from generator.cli.reporting import in_own_words
from generator.config import Settings
from generator.diagnostics import Diagnostic, as_json
from generator.reports import ReportedRule, as_github, as_sarif
from generator.site.addresses import explanation_url
from generator.translating import users_language


def for_programs(
    report_format: str, diagnostics: Sequence[Diagnostic], settings: Settings | None
) -> str:
    """The report in a format for programs; there are no settings when these are what is wrong."""
    if report_format == "json":
        return as_json(diagnostics)
    if report_format == "github":
        return as_github(in_own_words(diagnostics))
    return as_sarif(diagnostics, _sarif_rules(settings), __version__)


def _sarif_rules(settings: Settings | None) -> Sequence[ReportedRule]:
    language = users_language()
    return [
        ReportedRule(code, summary, explanation_url(settings, language, code) if settings else None)
        for code, summary in summaries().items()
    ]
