"""The hub that a command is about, its settings, and its folder of cards."""

from __future__ import annotations

import argparse
from pathlib import Path

from generator.cli.errors import UsageError
from generator.cli.lines import shown_path
from generator.config import SETTINGS_PATH, Settings, load_settings
from generator.layout import CARDS_FOLDER


def settings_of(options: argparse.Namespace) -> Settings:
    """The settings of the hub that is named, or that the current folder is in.

    Raises `SettingsError`.
    """
    here = Path.cwd()
    found = (folder for folder in (here, *here.parents) if (folder / SETTINGS_PATH).is_file())
    return load_settings((options.root or next(found, here)).absolute())


def place_of_cards(options: argparse.Namespace, settings: Settings) -> Path:
    """Where the cards are, or are to be: the folder that is named, or the hub's own."""
    return options.cards or Path(shown_path(settings.root / CARDS_FOLDER))


def cards_folder(options: argparse.Namespace, settings: Settings) -> Path:
    """The place of the cards, which is a folder. Raises `UsageError` when it is not."""
    folder = place_of_cards(options, settings)
    if not folder.is_dir():
        raise UsageError(
            f"{folder} is not a folder; name the folder of the cards with --cards, "
            "or begin a card with hubcards new"
        )
    return folder
