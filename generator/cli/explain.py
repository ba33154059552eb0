"""`hubcards explain`: tells more of a problem's code."""

from __future__ import annotations

import argparse
import contextlib
import sys

from generator.cards.explanations import as_terminal_text, load_explanations
from generator.cards.rules import all_rules
from generator.cli.errors import UsageError
from generator.cli.hub import settings_of
from generator.config import SettingsError
from generator.diagnostics import Severity, nearest, printable, shortened
from generator.exit_codes import FINE
from generator.hub_levels import hub_level
from generator.site.addresses import checks_url, explanation_url
from generator.translating import users_language


def run(options: argparse.Namespace) -> int:
    """Print the explanation; the exit code. Raises `UsageError` for a code that there is not."""
    settings = None
    with contextlib.suppress(SettingsError):
        settings = settings_of(options)
    language = users_language()
    known = load_explanations()
    code = options.code.upper()
    if code not in known:
        near = nearest(code, known)
        url = checks_url(settings, language) if settings else None
        where = f"they are listed at {url}" if url else "hubcards check prints the codes"
        hint = f'did you mean "{near}"?' if near else where
        raise UsageError(f'there is no code "{printable(shortened(options.code))}"; {hint}')
    rule = {rule.code: rule for rule in all_rules()}.get(code)
    # What is no rule for cards keeps the whole hub from being read or published.
    severity, summary = (rule.severity, rule.summary) if rule else (Severity.ERROR, None)
    level = hub_level(code, severity, settings.checks if settings else {})
    sys.stdout.write(as_terminal_text(known[code], summary, level, language))
    url = explanation_url(settings, language, code) if settings else None
    sys.stdout.write(f"\n{url}\n" if url else "")
    return FINE
