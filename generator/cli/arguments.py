"""The arguments of `hubcards`: one parser for all commands, so that `--help` imports none."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from generator import __version__
from generator.authoring.arguments import add_authoring_commands
from generator.speaking import SpeakingParser
from generator.translating import say


def command_parser() -> argparse.ArgumentParser:
    """What takes the command line apart; the name of the command becomes `command`."""
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
    _add_jobs(build)
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
    _add_jobs(serve)

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


def _add_jobs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--jobs",
        metavar="N",
        type=_positive,
        default=_cores(),
        help=say("processes to render with"),
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
