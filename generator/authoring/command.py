"""What the commands for authors do."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from rich.cells import cell_len, set_cell_size

from generator.authoring.answers import Answers
from generator.authoring.beginning import begin_card
from generator.authoring.draft import PLACEHOLDER
from generator.authoring.errors import AuthoringError
from generator.authoring.listing import (
    card_line,
    evidence_state,
    lines_as_json,
    lines_as_table,
    selected,
)
from generator.authoring.reading import read_tags
from generator.authoring.showing import card_in_terminal, choose_section, find_card, read_language
from generator.cards.catalog import Catalog
from generator.config import Settings
from generator.evidence.source import EvidenceSource
from generator.translating import say


def new(
    settings: Settings,
    folder: Path,
    given: Mapping[str, str | None],
    hubconf: Path | None,
    settled: Collection[str],
    preview: str,
) -> str:
    """Begin a card in `folder`; the text says where it is, and what to do next.

    Asks in a terminal for what is not `given`, nor has a default and is `settled`. `preview` is
    the command that shows the site. Raises `AuthoringError` when it can't be done.
    """
    ask = _ask if sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty() else None
    answers = Answers(given, ask, lambda text: sys.stdout.write(f"  {text}\n"), settled)
    path = begin_card(settings, folder, answers, hubconf)
    steps = {
        "write its text": f"in place of the comments in lines {_to_fill_in(path)} of the file",
        f"hubcards check {path}": "tells what is wrong with it, and how to mend it",
        f"hubcards test {path}": "tells whether its code runs, and keeps the evidence",
        f"hubcards {preview}": "shows its pages" if preview == "serve" else "makes its pages",
    }
    width = max(cell_len(say(step)) for step in steps)
    lines = (f"  {set_cell_size(say(step), width)}  {say(what)}\n" for step, what in steps.items())
    return f"{say(f'wrote {path}')}\n\n{say('next:')}\n{''.join(lines)}"


def listed(
    settings: Settings,
    catalog: Catalog,
    evidence: EvidenceSource,
    tags: Sequence[str],
    languages: Sequence[str],
    form: str,
) -> str:
    """The cards with all these tags and languages, as `form`, `text` or `json`.

    Raises `AuthoringError` for a tag or language that the hub has not.
    """
    codes = [read_language(text, settings) for text in languages]
    known = [tag for text in tags for tag in read_tags(text, settings)]
    cards = selected(catalog.cards, known, codes)
    lines = [card_line(card, evidence.of(card).evidence) for card in cards]
    if form == "json":
        return lines_as_json(lines)
    return lines_as_table(lines) if lines else f"{say('no card')}\n"


def show(
    settings: Settings,
    catalog: Catalog,
    card_id: str,
    language: str | None,
    evidence: EvidenceSource,
) -> str:
    """A card for a terminal, in a language or that of the locale; raises `AuthoringError`."""
    card = find_card(catalog.cards, card_id)
    section = choose_section(card, language, settings, os.environ)
    return card_in_terminal(card, section, evidence_state(card, evidence.of(card).evidence))


def _to_fill_in(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    lines = enumerate(text.splitlines(), 1)
    return ", ".join(str(number) for number, line in lines if PLACEHOLDER.match(line))


def _ask(question: str) -> str:
    # Where there is one, the line can be edited.
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401, PLC0415
    try:
        return input(question)
    except EOFError:
        sys.stdout.write("\n")
        raise AuthoringError("nothing was written, since the answers ended") from None
    except UnicodeDecodeError as error:
        raise AuthoringError(f"nothing was written: the answer is not text: {error}") from None
