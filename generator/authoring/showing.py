"""`hubcards show`: a card as it can be read in a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.cells import set_cell_size
from rich.console import Group
from rich.markdown import Markdown
from rich.text import Text

from generator.authoring.errors import AuthoringError
from generator.authoring.terminal import is_terminal, shown
from generator.cards.metrics import TableWords, source_with_metrics
from generator.cards.model import Card, Section
from generator.config import Settings
from generator.diagnostics import did_you_mean, nearest, printable, shortened
from generator.translating import say
from generator.untrusted import harmless

_PAPER = 100
"""Columns of what is not read in a terminal."""

_WIDTH_OF_NAMES = 9
_LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


def find_card(cards: Sequence[Card], name: str) -> Card:
    """The card with the id `name`; raises `AuthoringError`, with the nearest id, if none has it."""
    card_id = name.replace("\\", "/").rpartition("/")[2].removesuffix(".md")
    for card in cards:
        if card.id == card_id:
            return card
    near = nearest(card_id, (card.id for card in cards))
    hint = f'did you mean "{near}"?' if near else "hubcards list tells which there are"
    raise AuthoringError(f'there is no card "{printable(shortened(card_id))}"; {hint}')


def choose_section(
    card: Card, language: str | None, settings: Settings, environment: Mapping[str, str]
) -> Section:
    """The section in `language`, or, without it, in that of the locale in `environment`.

    A language that is asked for must be there, else `AuthoringError` is raised; for a locale
    the nearest is taken.
    """
    if language is not None:
        code = read_language(language, settings)
        section = card.section(code)
        if section is None:
            written = ", ".join(section.language for section in card.sections)
            raise AuthoringError(f"the card {card.id} is not written in {code}, but in {written}")
        return section
    locale = next((environment[name] for name in _LOCALE_VARIABLES if environment.get(name)), "")
    code = locale.partition(".")[0].partition("@")[0]
    alike = (s for s in card.sections if s.language.split("_")[0] == code.split("_")[0])
    return card.section(code) or next(alike, card.sections[0])


def read_language(text: str, settings: Settings) -> str:
    """The code of a language of the hub; raises `AuthoringError`, with the nearest, for others."""
    code = text.replace("-", "_")
    known = [language.code for language in settings.languages]
    if code not in known:
        message = f'unknown language "{printable(shortened(text))}"'
        raise AuthoringError(f"{message}; {did_you_mean(code, known)}")
    return code


def card_in_terminal(card: Card, section: Section, evidence: str) -> str:
    """The card's facts, sample code and `section`, for a terminal; harmless, whatever it says."""
    front = card.front_matter
    facts = Text()
    facts.append(f"{printable(front.title)}\n", "bold")
    summary = front.summary.get(section.language)
    if summary:
        facts.append(f"{printable(summary)}\n")
    entries = {
        "id": card.id,
        "author": front.author,
        "tags": ", ".join(front.tags),
        "source": front.github_link,
        "evidence": evidence,
    }
    for name, value in entries.items():
        facts.append(f"{set_cell_size(say(name), _WIDTH_OF_NAMES)} ", "dim")
        facts.append(f"{printable(value)}\n")
    parts = [_fenced(card.sample.code, card.sample.language), _source(card, section)]
    shown_parts = [Markdown(harmless(part), hyperlinks=is_terminal()) for part in parts]
    return shown(Group(facts, *shown_parts), _PAPER)


def _fenced(code: str, language: str) -> str:
    fence = "```"
    while fence in code:
        fence += "`"
    return f"{fence}{language}\n{code}{fence}\n"


def _source(card: Card, section: Section) -> str:
    """The Markdown of the section, as it is written, but for the tables that it asks for."""
    words = TableWords(say("model"), say("entrypoint"), "{name}")
    starts = [other.span.start.line for other in card.sections]
    end = next((line - 1 for line in starts if line > section.span.start.line), None)
    return "\n".join(source_with_metrics(card, section, words)[section.span.start.line : end])
