"""The `hubcards` command: arguments, progress and exit codes, and nothing else."""

from __future__ import annotations

import argparse
import contextlib
import gc
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timezone
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TextIO

from msgspec.structs import replace

from generator import __version__
from generator.authoring.arguments import NEW_OPTIONS, add_authoring_commands
from generator.layout import CARD_SUFFIX
from generator.speaking import SpeakingParser
from generator.translating import diagnostics_in, report_words, say, users_language

if TYPE_CHECKING:
    from generator.cards.catalog import Catalog
    from generator.cards.files import CardFile
    from generator.cluster.client import Cluster
    from generator.config import Settings
    from generator.diagnostics import Diagnostic
    from generator.preview.building import Rebuilt
    from generator.reports import ReportedRule
    from generator.runner.plugin import MakeRunner

FINE, PROBLEMS, USAGE = 0, 1, 2
"""Exit codes: all is well; cards have problems or an example failed; it can't be done so."""


_ASKED_BY_SHELL = "_ARGCOMPLETE"


class UsageError(Exception):
    """What was asked for can't be done; the text says why, and what to do instead."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says, and give the exit code. Prints no traceback for bad input."""
    _provide_streams()
    for stream in (sys.stdout, sys.stderr):
        _write_utf8(stream)
    parser = _parser()
    if _ASKED_BY_SHELL in os.environ:
        from generator.authoring.completion import complete

        complete(parser)
    options = parser.parse_args(arguments)
    # Each command imports what it needs, so that the others start quickly.
    from generator.config import SettingsError

    try:
        return _flushed(_COMMANDS[options.command](options))
    except SettingsError as error:
        if options.command == "check" and options.format != "text":
            sys.stdout.write(_for_programs(options.format, error.diagnostics, None))
        else:
            sys.stderr.write(_told(error.diagnostics))
    except UsageError as error:
        sys.stderr.write(f"hubcards: {say(str(error))}\n")
    except BrokenPipeError:
        # Whoever read the output has enough of it.
        _print_no_more()
        return FINE
    except OSError as error:
        # Such as a disk that is full: then stderr may be on it, too.
        with contextlib.suppress(OSError):
            sys.stderr.write(f"hubcards: {say(_reason(error))}\n")
        _print_no_more()
    except KeyboardInterrupt:
        sys.stderr.write(f"hubcards: {say('interrupted')}\n")
        return 130
    return USAGE


def _reason(error: OSError) -> str:
    """What the system says, without its number."""
    reason = error.strerror or str(error)
    return f"{error.filename}: {reason}" if error.filename else reason


@contextlib.contextmanager
def _writing(target: Path, option: str) -> Iterator[None]:
    """Where `target`, which `option` names, is written: says so when it can't be."""
    try:
        yield
    except OSError as error:
        folder = target.parent
        reason = error.strerror or str(error)
        if isinstance(error, FileNotFoundError) and not folder.is_dir():
            reason = f"there is no folder {folder}"
        message = f"can't write {target} (name another place with {option}): {reason}"
        raise UsageError(message) from None


def _provide_streams() -> None:
    # Whoever closed them wants to read nothing; Python has None then, which can't be written to.
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            nothing = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 (till the end)
            setattr(sys, name, nothing)


def _flushed(code: int) -> int:
    # Else it would be written at exit, where no failure can be told any more.
    sys.stdout.flush()
    return code


def _print_no_more() -> None:
    # What is still in the buffer must not raise at exit.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _write_utf8(stream: TextIO) -> None:
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure:
        reconfigure(encoding="utf-8", errors="backslashreplace")


def _parser() -> argparse.ArgumentParser:
    parser = SpeakingParser(
        prog="hubcards",
        description=say("Checks, publishes and executes the model cards of a hub."),
        epilog=say(
            "Exit codes: 0 fine, 1 cards have problems or an example failed, 2 wrong usage."
        ),
    )
    parser.add_argument(
        "--version",
        action="version",
        version=f"hubcards {__version__}",
        help=say("show the version and exit"),
    )
    parser.add_argument(
        "--root",
        metavar="DIR",
        type=Path,
        help=say(
            "the hub's folder, with site/site.yaml in it (default: this folder or one above it)"
        ),
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    build = commands.add_parser(
        "build", help=say("write the site"), description=say("Writes the site.")
    )
    _add_cards(build)
    build.add_argument(
        "--output", metavar="DIR", type=Path, help=say("where to (default: site/public in the hub)")
    )
    build.add_argument(
        "--base-url",
        metavar="URL",
        type=_web_address,
        help=say("where the site will be found (default: as in site.yaml)"),
    )
    build.add_argument(
        "--jobs",
        metavar="N",
        type=_positive,
        default=_cores(),
        help=say("processes to render with"),
    )
    build.add_argument(
        "--cluster",
        metavar="tcp://HOST:PORT",
        help=say("render on the Dask cluster whose scheduler is there, instead"),
    )
    build.add_argument("--no-cache", action="store_true", help=say("render everything anew"))
    build.add_argument(
        "--no-full-text", action="store_true", help=say("make no index of all words for the search")
    )

    serve = commands.add_parser(
        "serve",
        help=say("show the site while it is being written"),
        description=say(
            "Serves the site on this machine, and reloads open pages when a card, a"
            " template, a setting or a record is saved. Nothing is published."
        ),
    )
    _add_cards(serve)
    serve.add_argument(
        "--host",
        metavar="NAME",
        default="127.0.0.1",
        help=say("where to listen (default: 127.0.0.1, which only this machine reaches)"),
    )
    serve.add_argument(
        "--port",
        metavar="N",
        type=_positive,
        help=say("which port to listen on (default: 8000, or another that is free)"),
    )
    serve.add_argument(
        "--jobs",
        metavar="N",
        type=_positive,
        default=_cores(),
        help=say("processes to render with"),
    )

    check = commands.add_parser(
        "check",
        help=say("report the problems of cards"),
        description=say("Reports every problem of every card, with its place and how to mend it."),
    )
    check.add_argument("paths", metavar="PATH", nargs="*", type=Path, help=say("cards, or folders"))
    check.add_argument(
        "--fix",
        action="store_true",
        help=say("show what has one right answer as a diff, and mend it when you agree"),
    )
    check.add_argument(
        "--yes", action="store_true", help=say("with --fix: mend it without a question")
    )
    check.add_argument(
        "--diff", action="store_true", help=say("with --fix: show the diff and no more")
    )
    check.add_argument(
        "--agree",
        action="store_true",
        help=say("note that the languages of these cards say the same, as they are now"),
    )
    check.add_argument(
        "--links",
        action="store_true",
        help=say("ask the network whether links to elsewhere still lead somewhere"),
    )
    _add_cards(check)
    _add_format(check, ("text", "json", "github", "sarif"))

    explain = commands.add_parser(
        "explain",
        help=say("tell more of a problem's code"),
        description=say(
            "Tells why there is such a rule, and shows an example, in English or Chinese."
        ),
    )
    explain.add_argument("code", metavar="CODE", help=say("as check prints it, such as E209"))

    # Everything behind it is pytest's to parse: to this parser no character begins an option.
    test = commands.add_parser(
        "test", help=say("execute the code of cards"), prefix_chars="\0", add_help=False
    )
    test.add_argument("arguments", nargs="*")

    runtime = commands.add_parser(
        "runtime",
        help=say("make the interpreter in which cards run"),
        description=say("Makes the runtime if it is not there, and prints what it holds."),
    )
    runtime.add_argument("name", metavar="NAME", nargs="?", help=say("one of site.yaml's runtimes"))
    runtime.add_argument(
        "--python", action="store_true", help=say("print only the path of its interpreter")
    )

    mirror = commands.add_parser(
        "mirror",
        help=say("list what cards ask the network for, and what answers them"),
        description=say("Lists what cards ask the network for, and what answers them."),
    )
    _add_format(mirror)
    change = mirror.add_mutually_exclusive_group()
    change.add_argument(
        "--keep",
        metavar="URL",
        nargs="+",
        help=say("put what was recorded there into the hub itself, when it is small"),
    )
    change.add_argument(
        "--forget", metavar="URL", nargs="+", help=say("have what is there recorded again")
    )
    add_authoring_commands(commands, _add_cards, _add_format)
    return parser


def _add_cards(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--cards",
        metavar="DIR",
        type=Path,
        help=say("the folder of cards (default: cards in the hub)"),
    )


def _add_format(parser: argparse.ArgumentParser, formats: Sequence[str] = ("text", "json")) -> None:
    parser.add_argument(
        "--format",
        choices=formats,
        default="text",
        help=say(f"for people (text, the default) or for programs ({', '.join(formats[1:])})"),
    )


def _web_address(text: str) -> str:
    from generator.config import is_web_address

    if not is_web_address(text):
        raise argparse.ArgumentTypeError(
            f"{text!r} is not an http or https address, as https://example.org/hub/ is"
        )
    return text


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


def _cores() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def _build(options: argparse.Namespace) -> int:
    from generator.cache import cache_folder
    from generator.diagnostics import has_errors
    from generator.progress import progress_bar
    from generator.runner.valid_evidence import ValidEvidence
    from generator.site.build import Build, build_site
    from generator.site.output import OutputError
    from generator.site.publication import forget_builds
    from generator.site.search.extent import Search
    from generator.site.search.pagefind import available_search

    settings = _settings(options)
    search = Search.LIST if options.no_full_text else available_search()
    output = options.output or settings.root / "site" / "public"
    build = Build(
        settings,
        [_cards_folder(options, settings)],
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
            _cluster(options.cluster) as renderer,
        ):
            report = build_site(replace(build, progress=progress, renderer=renderer))
    except OutputError as error:
        raise UsageError(f"{error.message}; {error.hint}") from None
    sys.stderr.write(_told(report.diagnostics))
    _tell_of_evidence(report.problems)
    if has_errors(report.diagnostics):
        sys.stderr.write(_line("nothing was published, because cards have errors"))
        return PROBLEMS
    if search is Search.LIST and not options.no_full_text:
        sys.stderr.write(_line("the search has no full text; install hubcards[search] for it"))
    sys.stdout.write(
        _line(
            f"{_count(report.cards, 'card')}, {report.rendered:,} of them rendered, "
            f"{_count(report.pages, 'page')}, {_count(report.files, 'file')} "
            f"in {report.seconds:.2f} s: {_shown(report.output)}"
        )
    )
    return FINE


@contextlib.contextmanager
def _cluster(address: str | None) -> Iterator[Cluster | None]:
    """The cluster at this address; none is for doing everything on this machine."""
    if address is None:
        yield None
        return
    try:
        from generator.cluster.client import cluster_at
        from generator.cluster.errors import ClusterError
    except ModuleNotFoundError as error:
        message = f"{error.name} is not installed; install hubcards[cluster] to use a cluster"
        raise UsageError(message) from None
    try:
        with cluster_at(address) as cluster:
            yield cluster
    except ClusterError as error:
        raise UsageError(str(error)) from None


def _serve(options: argparse.Namespace) -> int:
    from generator.cache import cache_folder
    from generator.evidence.places import evidence_folder
    from generator.runner.valid_evidence import ValidEvidence

    try:
        from generator.preview.building import Previewed
        from generator.preview.command import preview_folder, serve
        from generator.preview.server import AddressError
    except ModuleNotFoundError as error:
        message = f"{error.name} is not installed; install hubcards[serve] to see the site"
        raise UsageError(message) from None
    settings = _settings(options)
    cards = _cards_folder(options, settings)
    cache = cache_folder()
    output = preview_folder(cache, settings.root, cards)
    previewed = Previewed(settings.root, cards, output, options.jobs, ValidEvidence)
    records = evidence_folder(settings.root, cache, cards / "card.md")
    try:
        with contextlib.suppress(KeyboardInterrupt):
            serve(
                *(previewed, settings, records, options.host, options.port),
                announce=_announce,
                report=_report_rebuilt,
            )
    except AddressError as error:
        raise UsageError(str(error)) from None
    return FINE


def _announce(url: str) -> None:
    sys.stdout.write(_line(f"{url}  (Ctrl-C ends it)"))
    sys.stdout.flush()


def _report_rebuilt(rebuilt: Rebuilt) -> None:
    sys.stderr.write(_told(rebuilt.diagnostics))
    if rebuilt.report:
        _tell_of_evidence(rebuilt.report.problems)
    if rebuilt.shown.problems:
        if not rebuilt.diagnostics:
            sys.stderr.writelines(
                _line(f"{item.message}; {item.hint}") for item in rebuilt.shown.problems
            )
        sys.stderr.write(_line("the last version without problems is shown"))
    elif rebuilt.report:
        report = rebuilt.report
        sys.stdout.write(
            _line(
                f"{_count(report.cards, 'card')}, {report.rendered:,} of them rendered,"
                f" in {report.seconds:.2f} s"
            )
        )
        sys.stdout.flush()


def _check(options: argparse.Namespace) -> int:
    from generator.diagnostics import Severity, has_errors

    settings = _settings(options)
    if options.agree and not options.paths:
        raise UsageError("name the cards whose languages say the same, behind --agree")
    if (options.yes or options.diff) and not options.fix:
        raise UsageError("--yes and --diff say how to mend; write --fix as well")
    paths = options.paths or [_cards_folder(options, settings)]
    found = _diagnosed(options, settings, paths)
    if options.fix:
        is_to_be_mended = _fix(options, settings, found.diagnostics)
        if options.diff:
            return PROBLEMS if is_to_be_mended else FINE
        if is_to_be_mended:
            found = _diagnosed(options, settings, paths)
    diagnostics = found.diagnostics
    if options.format != "text":
        sys.stdout.write(_for_programs(options.format, diagnostics, settings))
    else:
        errors = sum(item.severity is Severity.ERROR for item in diagnostics)
        warnings = len(diagnostics) - errors
        _write_report(diagnostics)
        if diagnostics:
            code = diagnostics[0].code
            sys.stdout.write(_line(f"more about a code: hubcards explain {code}"))
        sys.stdout.write(
            _line(
                f"{_count(len(found.catalog.paths), 'card')} checked: "
                f"{_count(errors, 'error')}, {_count(warnings, 'warning')}"
            )
        )
        _tell_of_unagreed(found.unagreed)
    return PROBLEMS if has_errors(diagnostics) else FINE


def _tell_of_unagreed(paths: Sequence[Path]) -> None:
    """One line, however many cards there are whose translations nobody has agreed to."""
    if paths:
        named = _shown(paths[0]) if len(paths) == 1 else "PATH…"
        sys.stderr.write(
            _line(
                f"{_count(len(paths), 'card')} without an agreement that its languages say the "
                f"same; when they do: hubcards check --agree {named}"
            )
        )


def _for_programs(
    report_format: str, diagnostics: Sequence[Diagnostic], settings: Settings | None
) -> str:
    """The report in a format for programs; there are no settings when these are what is wrong."""
    from generator.diagnostics import as_json
    from generator.reports import as_github, as_sarif

    if report_format == "json":
        return as_json(diagnostics)
    if report_format == "github":
        return as_github(_in_own_words(diagnostics))
    return as_sarif(diagnostics, _sarif_rules(settings), __version__)


def _sarif_rules(settings: Settings | None) -> Sequence[ReportedRule]:
    from generator.cards.rules import summaries
    from generator.reports import ReportedRule
    from generator.site.addresses import explanation_url

    language = users_language()
    return [
        ReportedRule(code, summary, explanation_url(settings, language, code) if settings else None)
        for code, summary in summaries().items()
    ]


class _Diagnosed(NamedTuple):
    """What was found: the cards, their problems, and the cards that nobody has agreed to."""

    catalog: Catalog
    diagnostics: tuple[Diagnostic, ...]
    unagreed: tuple[Path, ...]


def _diagnosed(
    options: argparse.Namespace, settings: Settings, paths: Sequence[Path]
) -> _Diagnosed:
    from generator.cache import cache_folder
    from generator.diagnostics import in_source_order
    from generator.levels import at_levels
    from generator.site.link_check import links_to_nowhere
    from generator.translations.agreeing import agree
    from generator.translations.staleness import judge_translations

    catalog = _catalog(settings, paths)
    agreed = agree(settings, catalog.cards, cache_folder()) if options.agree else ()
    sys.stderr.writelines(_line(f"agreed: {_shown(path)}") for path in agreed)
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


def _neighbours(
    options: argparse.Namespace, settings: Settings, paths: Sequence[Path]
) -> Sequence[CardFile]:
    """The cards that those at `paths` can link to: all that a build of theirs would have."""
    from generator.cards.files import card_files

    hub = options.cards or settings.root / "cards"
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


def _fix(
    options: argparse.Namespace, settings: Settings, diagnostics: Sequence[Diagnostic]
) -> bool:
    """Mends what has one right answer, or shows how; whether there is such a thing."""
    from functools import partial

    from generator.cards.catalog import problems_of
    from generator.cards.hubconf import read_own_hub
    from generator.files import rewrite
    from generator.fixing.mending import as_diff, mended_files

    judge = partial(problems_of, settings=settings, hub=read_own_hub(settings))
    mended = list(mended_files(diagnostics, judge))
    # Other programs read what is behind the diff.
    shown = sys.stdout if options.format == "text" else sys.stderr
    shown.writelines(as_diff(item, _shown(item.path)) for item in mended)
    if mended and not options.diff and (options.yes or _agrees(len(mended))):
        for item in mended:
            rewrite(item.path, item.after)
        shown.write(_line(f"mended: {_count(len(mended), 'file')}"))
    return bool(mended)


def _agrees(files: int) -> bool:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        sys.stderr.write(_line("nothing was changed; say --yes to have it mended"))
        return False
    sys.stderr.write(say(f"mend {_count(files, 'file')} like this? [y/N]") + " ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().casefold() in ("y", "yes")


def _write_report(diagnostics: Sequence[Diagnostic]) -> None:
    report = _told(diagnostics)
    if report and sys.stdout.isatty() and not os.environ.get("NO_COLOR"):
        from generator.colours import write_coloured

        write_coloured(report, report_words(users_language()))
    else:
        sys.stdout.write(report)


def _told(diagnostics: Sequence[Diagnostic]) -> str:
    from generator.excerpt import as_excerpts

    return as_excerpts(_in_own_words(diagnostics), report_words(users_language()))


def _in_own_words(diagnostics: Sequence[Diagnostic]) -> Sequence[Diagnostic]:
    return diagnostics_in(users_language(), diagnostics)


def _tell_of_evidence(problems: Iterable[str]) -> None:
    sys.stderr.writelines(_line(f"evidence: {problem}") for problem in problems)


def _line(text: str) -> str:
    return f"{say(text)}\n"


def _explain(options: argparse.Namespace) -> int:
    from generator.cards.explanations import as_terminal_text, load_explanations
    from generator.cards.rules import all_rules
    from generator.config import SettingsError
    from generator.diagnostics import Severity, nearest, printable, shortened
    from generator.hub_levels import hub_level
    from generator.site.addresses import checks_url, explanation_url

    settings = None
    with contextlib.suppress(SettingsError):
        settings = _settings(options)
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


def _with_links(
    settings: Settings, catalog: Catalog, diagnostics: tuple[Diagnostic, ...]
) -> tuple[Diagnostic, ...]:
    from generator.cache import cache_folder
    from generator.diagnostics import in_source_order

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


def _test(options: argparse.Namespace) -> int:
    from generator.runner.command import run_tests
    from generator.runner.errors import RunnerError

    if {"-h", "--help"} & set(options.arguments):
        sys.stdout.write(say(_TEST_HELP))
        return FINE
    settings = _settings(options)
    arguments, address = _without_cluster(options.arguments)
    try:
        with _cluster(address) as cluster:
            return run_tests(settings, arguments, _on_cluster(cluster) if cluster else None)
    except RunnerError as error:
        raise UsageError(str(error)) from None


def _without_cluster(arguments: Sequence[str]) -> tuple[Sequence[str], str | None]:
    """The other arguments, which are pytest's, and the address of the cluster, if there is one."""
    others: list[str] = []
    address = None
    remaining = iter(arguments)
    for argument in remaining:
        name, equals, value = argument.partition("=")
        if name != "--cluster":
            others.append(argument)
            continue
        address = value if equals else next(remaining, "")
        if not address:
            raise UsageError("--cluster needs the address of a scheduler: tcp://10.0.0.1:8786")
    return others, address


def _on_cluster(cluster: Cluster) -> MakeRunner:
    from generator.cluster.groups import GroupsOnCluster

    return partial(GroupsOnCluster, cluster)


def _runtime(options: argparse.Namespace) -> int:
    from generator.diagnostics import did_you_mean
    from generator.runner.command import make_runtime, runtime_text
    from generator.runner.errors import RunnerError

    settings = _settings(options)
    if options.name is not None and options.name not in settings.runtimes:
        hint = did_you_mean(options.name, list(settings.runtimes))
        raise UsageError(f'site.yaml has no runtime "{options.name}"; {hint}')
    try:
        runtime = make_runtime(settings, options.name)
        sys.stdout.write(f"{runtime.python}\n" if options.python else runtime_text(runtime))
    except RunnerError as error:
        raise UsageError(str(error)) from None
    return FINE


def _mirror(options: argparse.Namespace) -> int:
    from generator.runner.errors import RunnerError
    from generator.runner.mirror.command import forget, keep_in_hub, list_mirror
    from generator.runner.mirror.inventory import as_json, as_text

    settings = _settings(options)
    try:
        for url in options.keep or ():
            sys.stdout.write(_line(f"kept as {_shown(keep_in_hub(settings, url))}"))
        if options.forget:
            forget(settings, options.forget)
        if options.keep or options.forget:
            return FINE
        listed, problems = list_mirror(settings)
    except RunnerError as error:
        raise UsageError(str(error)) from None
    _tell_of_evidence(problems)
    sys.stdout.write(as_json(listed) if options.format == "json" else as_text(listed))
    return FINE


def _new(options: argparse.Namespace) -> int:
    from generator.authoring import command
    from generator.authoring.errors import AuthoringError

    settings = _settings(options)
    folder = options.cards or Path(_shown(settings.root / "cards"))
    try:
        with _writing(folder, "--cards"):
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
    from importlib.util import find_spec

    # One that is there by name only, for whatever reason, has no specification.
    try:
        return find_spec(package) is not None
    except ValueError:
        return False


def _list(options: argparse.Namespace) -> int:
    from generator.authoring.command import listed
    from generator.authoring.errors import AuthoringError
    from generator.runner.valid_evidence import ValidEvidence

    settings = _settings(options)
    catalog = _readable(options, settings)
    evidence = ValidEvidence(settings)
    try:
        text = listed(settings, catalog, evidence, options.tag, options.language, options.format)
    except AuthoringError as error:
        raise UsageError(str(error)) from None
    sys.stdout.write(text)
    return FINE


def _show(options: argparse.Namespace) -> int:
    from generator.authoring.command import show
    from generator.authoring.errors import AuthoringError
    from generator.runner.valid_evidence import ValidEvidence

    settings = _settings(options)
    catalog = _readable(options, settings)
    try:
        text = show(
            settings,
            catalog,
            options.card_id,
            options.language,
            ValidEvidence(settings),
        )
    except AuthoringError as error:
        raise UsageError(str(error)) from None
    sys.stdout.write(text)
    return FINE


def _readable(options: argparse.Namespace, settings: Settings) -> Catalog:
    from generator.cards.catalog import parse_catalog

    catalog = parse_catalog([_cards_folder(options, settings)], settings)
    refused = len(catalog.paths) - len(catalog.cards)
    if refused:
        count = _count(refused, "card")
        sys.stderr.write(_line(f"{count} can't be read; hubcards check tells why"))
    return catalog


def _completion(options: argparse.Namespace) -> int:
    from generator.authoring.completion import shell_code

    sys.stdout.write(shell_code(options.shell))
    return FINE


def _schema(options: argparse.Namespace) -> int:
    from generator.cards.schema import schema_text
    from generator.files import write_whole

    settings = _settings(options)
    text = schema_text(settings, settings.base_url)
    if options.output:
        with _writing(options.output, "--output"):
            write_whole(options.output, text.encode())
    else:
        sys.stdout.write(text)
    return FINE


_COMMANDS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "build": _build,
    "serve": _serve,
    "check": _check,
    "explain": _explain,
    "test": _test,
    "runtime": _runtime,
    "mirror": _mirror,
    "new": _new,
    "list": _list,
    "show": _show,
    "completion": _completion,
    "schema": _schema,
}

_TEST_HELP = """\
usage: hubcards [--root DIR] test [PATH ...] [PYTEST OPTION ...]

Executes every Python block of the cards at PATH (files, folders, or ids such as
cards/megengine_vision_resnet.md::en_US::block-1; by default the hub's cards), each section
with the sample code in a process of its own, in a sandbox. What a record in evidence/
shows already, and nothing has changed that it depends on, is not executed again.

  --fresh               execute everything, whatever the records show
  --accept              take output that has changed, though the code has not, as right
  --network MODE        replay: the mirror answers (the default); record: the network does,
                        once, and the mirror keeps it; live: the network does, and nothing
                        is kept, neither answers nor evidence
  --require-sandbox     run nothing if this machine can't enforce all of the sandbox
  --time-limit SECONDS  how long the sample code and one section may take
  --jobs N              how many groups run at a time (default: one a processor)
  --cluster ADDRESS     have the workers of the Dask cluster execute the groups whose scheduler
                        is there, as in tcp://10.0.0.1:8786
  -k zh_CN              only the examples whose id contains this
  -x, --lf, -n 4, --junitxml=FILE, --collect-only, ...   as for any tests: pytest --help
"""


def _settings(options: argparse.Namespace) -> Settings:
    from generator.config import SETTINGS_PATH, load_settings

    here = Path.cwd()
    found = (folder for folder in (here, *here.parents) if (folder / SETTINGS_PATH).is_file())
    return load_settings((options.root or next(found, here)).absolute())


def _cards_folder(options: argparse.Namespace, settings: Settings) -> Path:
    folder: Path = options.cards or Path(_shown(settings.root / "cards"))
    if not folder.is_dir():
        raise UsageError(
            f"{folder} is not a folder; name the folder of the cards with --cards, "
            "or begin a card with hubcards new"
        )
    return folder


def _catalog(settings: Settings, paths: Sequence[Path]) -> Catalog:
    from generator.cards.catalog import read_catalog

    for path in paths:
        if not os.path.lexists(path):
            raise UsageError(f"{path} does not exist")
    catalog = read_catalog(paths, settings)
    if not catalog.paths:
        raise UsageError(f"there is no card (*.md) in {', '.join(map(str, paths))}")
    return catalog


def _shown(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
