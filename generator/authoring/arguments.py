"""The arguments of the commands for authors."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from generator.translating import say

NEW_OPTIONS = (
    "organisation",
    "task",
    "model",
    "title",
    "author",
    "languages",
    "tags",
    "repository",
    "entrypoints",
)
"""What `hubcards new` asks for, unless it is given."""

TEST_OPTIONS = (
    *("--fresh", "--accept", "--network", "--require-sandbox", "--time-limit", "--jobs"),
    "--cluster",
)
"""The options of `hubcards test` that are not pytest's, which parses them."""

_HELP = {
    "organisation": ("NAME", "who publishes the model: the first part of the card's id"),
    "task": ("NAME", "what it is for, such as vision: the second part of the id"),
    "model": ("NAME", "the model, such as resnet: the last part of the id"),
    "title": ("TEXT", "the title of its page (default: the model)"),
    "author": ("TEXT", "who is named as the author (default: as in most cards)"),
    "languages": ("CODES", "as zh_CN,en_US (default: all of the hub)"),
    "tags": ("TAGS", "as vision,detection (default: the task, if it is a tag)"),
    "repository": (
        "REPOSITORY",
        "with the hubconf.py, as owner/name, owner/name:branch or an address (default: the hub's)",
    ),
    "entrypoints": (
        "NAMES",
        "as resnet18,resnet34 (default: those of hubconf.py that sound like the model)",
    ),
}


def add_authoring_commands(
    commands: Any,
    add_cards: Callable[[argparse.ArgumentParser], None],
    add_format: Callable[[argparse.ArgumentParser], None],
) -> None:
    """Add `new`, `list`, `show`, `schema` and `completion` to the parsers in `commands`.

    `add_cards` adds the option that names the folder of cards, `add_format` that of the format.
    """
    new = commands.add_parser(
        "new",
        help=say("begin a card"),
        description=say(
            "Writes a card to begin from, which has no problems. Asks, in a terminal, for "
            "what is not given here. No file is overwritten."
        ),
    )
    for name in NEW_OPTIONS:
        metavar, text = _HELP[name]
        new.add_argument(f"--{name}", metavar=metavar, help=say(text))
    new.add_argument(
        "--hubconf",
        metavar="PATH",
        type=Path,
        help=say(
            "the repository's hubconf.py, or its folder, where that is at hand: it is read, and "
            "never run"
        ),
    )
    new.add_argument(
        "--defaults", action="store_true", help=say("ask for nothing that has a default")
    )
    add_cards(new)

    listing = commands.add_parser(
        "list",
        help=say("list the cards"),
        description=say("Lists the cards that can be read, with what their evidence shows."),
    )
    for name, text in (
        ("tag", "only the cards with this tag; may stand more than once"),
        ("language", "only the cards written in this language; may stand more than once"),
    ):
        listing.add_argument(
            f"--{name}", metavar=name.upper(), action="append", default=[], help=say(text)
        )
    add_cards(listing)
    add_format(listing)

    show = commands.add_parser(
        "show",
        help=say("show a card in the terminal"),
        description=say("Shows a card in the terminal."),
    )
    show.add_argument("card_id", metavar="ID", help=say("the card's id, or its file"))
    show.add_argument(
        "--language", metavar="LANGUAGE", help=say("in which to read it (default: as in LANG)")
    )
    add_cards(show)

    schema = commands.add_parser(
        "schema",
        help=say("print the JSON Schema of the front matter"),
        description=say(
            "Prints the JSON Schema of the front matter of this hub's cards, for editors. "
            "The site has it as schema/card.json."
        ),
    )
    schema.add_argument("--output", metavar="FILE", type=Path, help=say("write it there instead"))

    completion = commands.add_parser(
        "completion",
        help=say("print what lets a shell complete this command"),
        description=say(
            "Prints what lets a shell complete this command, and this hub's ids and tags. "
            'For bash and zsh: eval "$(hubcards completion bash)" in ~/.bashrc or ~/.zshrc; '
            "for fish: "
            "hubcards completion fish > ~/.config/fish/completions/hubcards.fish"
        ),
    )
    completion.add_argument("shell", choices=("bash", "zsh", "fish"))
