"""`hubcards check`: reports the problems of cards."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import datetime, timezone
from functools import partial
from pathlib import Path
from typing import NamedTuple

from generator import __version__
from generator.cache import cache_folder
from generator.cards.catalog import Catalog, read_catalog
from generator.cards.files import CardFile, card_files
from generator.cli.check_fix import fix
from generator.cli.check_formats import for_programs
from generator.cli.errors import UsageError
from generator.cli.hub import cards_folder, settings_of
from generator.cli.lines import counted, line, shown_path
from generator.cli.reporting import told
from generator.config import Settings
from generator.diagnostics import Diagnostic, Severity, has_errors, in_source_order
from generator.exit_codes import FINE, PROBLEMS
from generator.layout import CARD_SUFFIX, CARDS_FOLDER
from generator.levels import at_levels
from generator.site.link_check import links_to_nowhere
from generator.translating import report_words, users_language
from generator.translations.agreeing import agree
from generator.translations.staleness import judge_translations


class _Diagnosed(NamedTuple):
    """What was found: the cards, their problems, and the cards that nobody has agreed to."""

    catalog: Catalog
    diagnostics: tuple[Diagnostic, ...]
    unagreed: tuple[Path, ...]


def run(options: argparse.Namespace) -> int:
    """Report the problems; the exit code tells whether there is an error. Raises `UsageError`."""
    settings = settings_of(options)
    if options.agree and not options.paths:
        raise UsageError("name the cards whose languages say the same, behind --agree")
    if (options.yes or options.diff) and not options.fix:
        raise UsageError("--yes and --diff say how to mend; write --fix as well")
    paths = options.paths or [cards_folder(options, settings)]
    found = _diagnosed(options, settings, paths)
    if options.fix:
        is_to_be_mended = fix(options, settings, found.diagnostics)
        if options.diff:
            return PROBLEMS if is_to_be_mended else FINE
        if is_to_be_mended:
            found = _diagnosed(options, settings, paths)
    diagnostics = found.diagnostics
    if options.format != "text":
        sys.stdout.write(for_programs(options.format, diagnostics, settings))
    else:
        errors = sum(item.severity is Severity.ERROR for item in diagnostics)
        warnings = len(diagnostics) - errors
        _write_report(diagnostics)
        if diagnostics:
            code = diagnostics[0].code
            sys.stdout.write(line(f"more about a code: hubcards explain {code}"))
        sys.stdout.write(
            line(
                f"{counted(len(found.catalog.paths), 'card')} checked: "
                f"{counted(errors, 'error')}, {counted(warnings, 'warning')}"
            )
        )
        _tell_of_unagreed(found.unagreed)
    return PROBLEMS if has_errors(diagnostics) else FINE


def _diagnosed(
    options: argparse.Namespace, settings: Settings, paths: Sequence[Path]
) -> _Diagnosed:
    catalog = _catalog(settings, paths)
    agreed = agree(settings, catalog.cards, cache_folder()) if options.agree else ()
    sys.stderr.writelines(line(f"agreed: {shown_path(path)}") for path in agreed)
    translations = judge_translations(settings, catalog.readable, cache_folder())
    diagnostics = in_source_order([*catalog.diagnostics, *translations.diagnostics])
    if options.links:
        diagnostics = _with_links(settings, catalog, diagnostics)
    told = catalog.without_allowed(at_levels(diagnostics, settings.checks))
    others = partial(_neighbours, options, settings, paths)
    # No level and no allowance is for these: a build refuses them, whatever the hub says.
    lost = links_to_nowhere(catalog.readable, others, settings)
    diagnostics = in_source_order([*told, *lost])
    return _Diagnosed(catalog, diagnostics, translations.unagreed)


def _catalog(settings: Settings, paths: Sequence[Path]) -> Catalog:
    for path in paths:
        if not os.path.lexists(path):
            raise UsageError(f"{path} does not exist")
    catalog = read_catalog(paths, settings)
    if not catalog.paths:
        raise UsageError(f"there is no card (*.md) in {', '.join(map(str, paths))}")
    return catalog


def _with_links(
    settings: Settings, catalog: Catalog, diagnostics: tuple[Diagnostic, ...]
) -> tuple[Diagnostic, ...]:
    try:
        from generator.linkcheck.asking import Manners
        from generator.linkcheck.command import check_links
        from generator.linkcheck.secure import with_secure_addresses
    except ModuleNotFoundError as error:
        message = f"{error.name} is not installed; install hubcards[links] to check links"
        raise UsageError(message) from None
    manners = Manners(user_agent=f"hubcards/{__version__} (+{settings.repository})")
    now = datetime.now(timezone.utc)
    how = (catalog.readable, manners, cache_folder(), now)
    return in_source_order([*with_secure_addresses(diagnostics, *how), *check_links(*how)])


def _neighbours(
    options: argparse.Namespace, settings: Settings, paths: Sequence[Path]
) -> Sequence[CardFile]:
    """The cards that those at `paths` can link to: all that a build of theirs would have."""
    hub = options.cards or settings.root / CARDS_FOLDER
    found: list[Path] = []
    for path in paths:
        if path.absolute().is_relative_to(hub.absolute()):
            found.append(hub)
        elif path.is_dir():
            found.append(path)
        else:
            # Not what is in folders there: somebody's home may be one.
            found += [path, *sorted(path.parent.glob(f"*{CARD_SUFFIX}"))]
    return card_files(dict.fromkeys(found))


def _write_report(diagnostics: Sequence[Diagnostic]) -> None:
    report = told(diagnostics)
    if report and sys.stdout.isatty() and not os.environ.get("NO_COLOR"):
        from generator.colours import write_coloured

        write_coloured(report, report_words(users_language()))
    else:
        sys.stdout.write(report)


def _tell_of_unagreed(paths: Sequence[Path]) -> None:
    """One line, however many cards there are whose translations nobody has agreed to."""
    if paths:
        named = shown_path(paths[0]) if len(paths) == 1 else "PATH…"
        sys.stderr.write(
            line(
                f"{counted(len(paths), 'card')} without an agreement that its languages say the "
                f"same; when they do: hubcards check --agree {named}"
            )
        )
