"""What the command says, in the language of its user.

Messages are written in English where they arise. A catalogue has for each of them the same in
another language, with `{names}` for what varies: `{name:number}` is digits, `{name:say}` a part
that is in the catalogue itself, and `{name:pieces}` a list of what a card says, in which what
stands around code, and how many more there are, is in the catalogue.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

if TYPE_CHECKING:
    from generator.diagnostics import Diagnostic, ReportWords

CHINESE, ENGLISH = "zh_CN", "en_US"

_LONGEST = 1_500
_FOLDER = Path(__file__).parent / "messages"
_PIECE = re.compile(r"(?<![^\s`])[^\s,`][^,`]* in `[^`]*`| and \d+ more$")
_PLACE = re.compile(r"\{(?P<name>\w+)(?::(?P<kind>say|number|pieces))?\}|(?P<brace>\{\{|\}\})")


class _Message(Struct, frozen=True):
    """A message of the catalogue; `said` are the places of parts that are messages.

    One that `joins` has nothing but such parts. `listed` are the places of lists.
    """

    pattern: re.Pattern[str]
    beginning: str
    text: str
    said: frozenset[str]
    listed: frozenset[str]
    joins: bool


def language_of(environment: Mapping[str, str]) -> str:
    """The command's language for this environment, by LC_ALL, LC_MESSAGES, then LANG."""
    names = (environment.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    chosen = next((name for name in names if name), "")
    return CHINESE if chosen.startswith("zh") else ENGLISH


def users_language() -> str:
    """The language of whoever runs this process."""
    return language_of(os.environ)


def say(text: str) -> str:
    """A message in the language of whoever runs this process."""
    return translated(text, users_language())


def translated(text: str, language: str) -> str:
    """A message in the language with this code.

    It stays English where the catalogue lacks it, and when it repeats so much of a card that
    it would take long to find.
    """
    if language == ENGLISH or len(text) > _LONGEST:
        return text
    return _translated(text, _messages(language))


def diagnostics_in(language: str, diagnostics: Iterable[Diagnostic]) -> Sequence[Diagnostic]:
    """The diagnostics with their messages and hints in the language with this code."""
    if language == ENGLISH:
        return tuple(diagnostics)
    return tuple(
        replace(
            item,
            message=translated(item.message, language),
            hint=translated(item.hint, language),
        )
        for item in diagnostics
    )


def report_words(language: str) -> ReportWords:
    """What a report says itself, in the language with this code."""
    from generator.diagnostics import ENGLISH_REPORT, ReportWords

    return ReportWords("错误", "警告", "建议", "：") if language == CHINESE else ENGLISH_REPORT


def load_catalogue(language: str) -> Mapping[str, str]:
    """The messages of the catalogue of a language, by the English ones."""
    import yaml

    from generator.yamltree import SAFE_LOADER

    text = (_FOLDER / f"{language}.yaml").read_text(encoding="utf-8")
    entries = yaml.load(text, SAFE_LOADER)  # noqa: S506 # it is safe
    return {entry["en"]: entry["own"] for entry in entries}


def _translated(text: str, messages: Sequence[_Message]) -> str:
    for message in messages:
        if not text.startswith(message.beginning):
            continue
        found = message.pattern.fullmatch(text)
        if found:
            parts = found.groupdict()
            has_parts = message.said or message.listed
            simple = [item for item in messages if not item.joins] if has_parts else []
            values = {
                name: _translated(value, simple)
                if name in message.said
                else _with_pieces(value, simple)
                if name in message.listed
                else value
                for name, value in parts.items()
            }
            if message.joins and values == parts:
                continue
            return _filled(message.text, values)
    return text


def _with_pieces(text: str, messages: Sequence[_Message]) -> str:
    return _PIECE.sub(lambda piece: _translated(piece.group(), messages), text)


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _PLACE.sub(
        lambda place: place["brace"][0] if place["brace"] else values[place["name"]], text
    )


@cache
def _messages(language: str) -> tuple[_Message, ...]:
    """The catalogue, what varies least first; read once, since it is a part of this program."""
    messages = [_message(english, own) for english, own in load_catalogue(language).items()]
    return tuple(sorted(messages, key=_how_much_varies))


def _how_much_varies(message: _Message) -> tuple[bool, int, int]:
    groups = message.pattern.groups
    # Of those that join parts, that of the most parts is meant.
    return message.joins, -groups if message.joins else groups, -len(message.pattern.pattern)


def _message(english: str, own: str) -> _Message:
    parts: list[str] = []
    end = 0
    seen: set[str] = set()
    kinds: dict[str, set[str]] = {"say": set(), "pieces": set()}
    for place in _PLACE.finditer(english):
        parts.append(re.escape(english[end : place.start()]))
        parts.append(_matching(place, seen))
        seen.add(place["name"])
        kinds.get(place["kind"], set()).add(place["name"])
        end = place.end()
    parts.append(re.escape(english[end:]))
    pattern = re.compile("".join(parts), re.DOTALL)
    said, listed = frozenset(kinds["say"]), frozenset(kinds["pieces"])
    joins = bool(said) and not re.search(r"\w", _PLACE.sub("", english))
    return _Message(pattern, english.partition("{")[0], own, said, listed, joins)


def _matching(place: re.Match[str], seen: set[str]) -> str:
    name = place["name"]
    if place["brace"]:
        return re.escape(place["brace"][0])
    if name in seen:
        return f"(?P={name})"
    return f"(?P<{name}>[0-9][0-9,.]*)" if place["kind"] == "number" else f"(?P<{name}>.*)"
