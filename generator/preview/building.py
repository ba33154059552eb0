"""Building what a preview shows: the one place where it meets the build engine."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from pathlib import Path
from urllib.parse import unquote, urlsplit

from msgspec import Struct
from msgspec.structs import replace

from generator.config import Settings, SettingsError, load_settings
from generator.diagnostics import Diagnostic
from generator.evidence.source import EvidenceSource
from generator.preview.state import Problem, Shown, problem_of, problems_among
from generator.site.build import Build, BuildReport, Coming, build_site
from generator.site.output import OutputError, Tree
from generator.site.search.extent import Search

_MOST_PAGES_AT_HAND = 100
"""More are not made by saving a card."""


class Previewed(Struct, frozen=True):
    """The hub at `root` with the cards in a folder, built into `output` by `jobs` processes.

    `evidence` gives the records of a hub with these settings.
    """

    root: Path
    cards: Path
    output: Path
    jobs: int
    evidence: Callable[[Settings], EvidenceSource]


class Rebuilt(Struct, frozen=True):
    """What is to be shown after a build; the `report` is None when it could not begin."""

    shown: Shown
    report: BuildReport | None
    diagnostics: tuple[Diagnostic, ...]


def base_path_of(settings: Settings) -> str:
    """The path under which the hub is published, with a slash at both ends."""
    path = unquote(urlsplit(settings.base_url).path).strip("/")
    return f"/{path}/" if path else "/"


def before_building(previewed: Previewed, settings: Settings) -> Shown:
    """What there is to be shown of earlier previews."""
    return Shown(base_path_of(settings), _version(previewed))


def rebuild(previewed: Previewed, before: Shown, show: Callable[[Shown], None]) -> Rebuilt:
    """Builds the site anew, with all that has changed; `before` is what has been shown so far.

    `show` is told of another version when the pages of its cards are made, which are shown at
    once, and again when it is there, while the build still makes ready for the next one.
    What keeps it from being built is among the problems to be shown, over the last good version.
    """
    try:
        settings = load_settings(previewed.root)
        base_path = base_path_of(settings)
        report = build_site(
            Build(
                settings,
                [previewed.cards],
                previewed.output,
                jobs=previewed.jobs,
                evidence=previewed.evidence(settings),
                # The index of all words is made anew for each word that changes.
                search=Search.LIST,
                coming=lambda coming: show(_shown_of(coming, base_path, before.version)),
                published=lambda token: show(Shown(base_path, token)),
            )
        )
    except SettingsError as error:
        problems = tuple(map(problem_of, error.diagnostics))
        return Rebuilt(replace(before, problems=problems), None, error.diagnostics)
    except OutputError as error:
        problem = Problem("", "", error.message, error.hint)
        return Rebuilt(replace(before, problems=(problem,)), None, ())
    except OSError as error:
        # Such as a card that was removed while it was being read; then a build follows.
        problem = Problem("", "", str(error), "save the file again")
        return Rebuilt(replace(before, problems=(problem,)), None, ())
    shown = Shown(base_path, _version(previewed), problems_among(report.diagnostics))
    return Rebuilt(shown, report, report.diagnostics)


def _shown_of(coming: Coming, base_path: str, version: str) -> Shown:
    """What there is to be shown while another version than this one is coming."""
    made = (path for path in coming.paths if path.endswith(".html"))
    paths = list(islice(made, _MOST_PAGES_AT_HAND + 1))
    pages = {}
    if len(paths) <= _MOST_PAGES_AT_HAND:
        pages = {path: (coming.folder / path).read_bytes() for path in paths}
    return Shown(base_path, version, coming=coming.token, pages=pages)


def _version(previewed: Previewed) -> str:
    return Tree(previewed.output).token() or ""
