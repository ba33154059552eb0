"""`hubcards build`: writes the site."""

from __future__ import annotations

import argparse
import gc
import sys

from msgspec.structs import replace

from generator.cache import cache_folder
from generator.cli.cluster import cluster_at_hand
from generator.cli.errors import UsageError
from generator.cli.hub import cards_folder, settings_of
from generator.cli.lines import counted, line, shown_path
from generator.cli.reporting import tell_of_evidence, told
from generator.diagnostics import has_errors
from generator.exit_codes import FINE, PROBLEMS
from generator.progress import progress_bar
from generator.runner.valid_evidence import ValidEvidence
from generator.site.build import Build, build_site
from generator.site.output import OutputError
from generator.site.publication import forget_builds
from generator.site.search.extent import Search
from generator.site.search.pagefind import available_search
from generator.translating import say


def run(options: argparse.Namespace) -> int:
    """Build the site; the exit code. Raises `UsageError`, and, as all commands, `SettingsError`."""
    settings = settings_of(options)
    search = Search.LIST if options.no_full_text else available_search()
    output = options.output or settings.root / "site" / "public"
    build = Build(
        settings,
        [cards_folder(options, settings)],
        output,
        base_url=options.base_url,
        jobs=options.jobs,
        evidence=ValidEvidence(settings),
        search=search,
        # What a worker has room for is its own affair.
        compiled=None if options.cluster else cache_folder() / "templates",
    )
    # What is imported stays to the end, and is no garbage to be looked for again and again.
    gc.freeze()
    try:
        if options.no_cache:
            forget_builds(output)
        with (
            progress_bar(say("rendering cards")) as progress,
            cluster_at_hand(options.cluster) as renderer,
        ):
            report = build_site(replace(build, progress=progress, renderer=renderer))
    except OutputError as error:
        raise UsageError(f"{error.message}; {error.hint}") from None
    sys.stderr.write(told(report.diagnostics))
    tell_of_evidence(report.problems)
    if has_errors(report.diagnostics):
        sys.stderr.write(line("nothing was published, because cards have errors"))
        return PROBLEMS
    if search is Search.LIST and not options.no_full_text:
        sys.stderr.write(line("the search has no full text; install hubcards[search] for it"))
    sys.stdout.write(
        line(
            f"{counted(report.cards, 'card')}, {report.rendered:,} of them rendered, "
            f"{counted(report.pages, 'page')}, {counted(report.files, 'file')} "
            f"in {report.seconds:.2f} s: {shown_path(report.output)}"
        )
    )
    return FINE
