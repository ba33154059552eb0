"""Completion of the command in shells: argcomplete, which asks the command itself."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import argcomplete
from argcomplete.completers import FilesCompleter
from argcomplete.shell_integration import shellcode

from generator.authoring.arguments import TEST_OPTIONS
from generator.cards.explanations import explained_codes
from generator.config import SETTINGS_PATH, Settings, SettingsError, load_settings
from generator.layout import CARDS_FOLDER


def shell_code(shell: str) -> str:
    """What a shell is to read at its start: `bash`, `zsh` or `fish`."""
    return shellcode(["hubcards"], shell=shell) + "\n"


def complete(parser: argparse.ArgumentParser) -> None:
    """Tell the shell what may come next, and end; it is asked by the environment."""
    for action in _actions(parser):
        if action.dest in _COMPLETERS:
            setattr(action, "completer", _COMPLETERS[action.dest])  # noqa: B010 (argcomplete's own)
    argcomplete.autocomplete(parser)


def _actions(parser: argparse.ArgumentParser) -> list[Any]:
    actions: list[Any] = []
    for action in parser._actions:  # noqa: SLF001 (argparse has no public way)
        actions.append(action)
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            actions += [item for child in action.choices.values() for item in _actions(child)]
    return actions


def _settings(options: argparse.Namespace) -> Settings | None:
    here = Path.cwd()
    found = (folder for folder in (here, *here.parents) if (folder / SETTINGS_PATH).is_file())
    try:
        return load_settings(options.root or next(found, here))
    except SettingsError:
        return None


def _card_ids(parsed_args: argparse.Namespace, **_: object) -> list[str]:
    settings = _settings(parsed_args)
    folder = parsed_args.cards or (settings.root / CARDS_FOLDER if settings else None)
    return [path.stem for path in folder.rglob("*.md")] if folder else []


def _tags(parsed_args: argparse.Namespace, **_: object) -> list[str]:
    settings = _settings(parsed_args)
    return list(settings.tags) if settings else []


def _languages(parsed_args: argparse.Namespace, **_: object) -> list[str]:
    settings = _settings(parsed_args)
    return [language.code for language in settings.languages] if settings else []


def _runtimes(parsed_args: argparse.Namespace, **_: object) -> list[str]:
    settings = _settings(parsed_args)
    return list(settings.runtimes) if settings else []


def _codes(prefix: str, **_: object) -> list[str]:
    # In the case in which it was begun: shells compare letter by letter.
    codes = explained_codes()
    return [code.lower() for code in codes] if prefix.startswith("e") else list(codes)


def _tests(prefix: str, **_: object) -> Sequence[str]:
    files: Sequence[str] = FilesCompleter()(prefix)
    return TEST_OPTIONS if prefix.startswith("-") else files


_COMPLETERS: dict[str, Any] = {
    "arguments": _tests,
    "code": _codes,
    "name": _runtimes,
    "card_id": _card_ids,
    "tag": _tags,
    "tags": _tags,
    "language": _languages,
    "languages": _languages,
}
