"""What is told of each code at length, in the languages of the command.

The texts are data, a file for each family of codes in `explanations/`; `E0.yaml` says how
they are written. A new check is one line in `rules.py` and one entry there: a test fails
for a rule without an entry in both languages, and for an example that does not show it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml
from msgspec import Struct

from generator.hub_levels import HubLevel
from generator.translating import CHINESE, ENGLISH
from generator.yamltree import SAFE_LOADER

_FOLDER = Path(__file__).parent / "explanations"
_AT_LINE_ENDS = re.compile(r"[ \t]+$", re.MULTILINE)
_CODE = re.compile(r"^(E\d{3}):$", re.MULTILINE)


class Example(Struct, frozen=True):
    """What has the problem and what has not, and where in a card it stands."""

    at: str
    wrong: str
    right: str


def with_ends_shown(text: str) -> str:
    """The text of an example with a dot for each white space at the end of a line."""
    return _AT_LINE_ENDS.sub(lambda spaces: "·" * len(spaces.group()), text)


class Explanation(Struct, frozen=True):
    """Why there is such a rule, by language code, and an example of it."""

    code: str
    text: Mapping[str, str]
    example: Example

    def gist(self, language: str) -> str:
        """The first sentence of the text."""
        mark = "。" if language == CHINESE else ". "
        first, found, _ = self.text[language].partition(mark)
        return f"{first}{found.strip()}"


@cache
def explained_codes() -> tuple[str, ...]:
    """The codes that have an explanation, without reading what it says."""
    return tuple(code for path in _files() for code in _CODE.findall(_text(path)))


@cache
def load_explanations() -> Mapping[str, Explanation]:
    """Every explanation, by code; read once, since it is a part of this program."""
    found: dict[str, Explanation] = {}
    for path in _files():
        entries = yaml.load(_text(path), SAFE_LOADER)  # noqa: S506 # it is safe
        for code, entry in entries.items():
            example = Example(entry["at"], entry["wrong"], entry["right"])
            text = {language: entry[language] for language in (ENGLISH, CHINESE)}
            found[code] = Explanation(code, text, example)
    return found


def _files() -> list[Path]:
    return sorted(_FOLDER.glob("*.yaml"))


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def as_terminal_text(
    explanation: Explanation, summary: str | None, levels: HubLevel, language: str
) -> str:
    """The explanation for a terminal; `summary` is the rule's line, in English."""
    words = _WORDS[language]
    lines = [f"{explanation.code} ({levels.told_in(language)})"]
    if summary and language == ENGLISH:
        lines.append(f"{words['wants']}{summary}")
    lines += ["", explanation.text[language]]
    for word, text in (("wrong", explanation.example.wrong), ("right", explanation.example.right)):
        shown = with_ends_shown(text).split("\n")
        lines += ["", words[word], *(f"    {line}" for line in shown)]
    return "".join(f"{line}\n" for line in lines)


_WORDS: Mapping[str, Mapping[str, str]] = {
    ENGLISH: {
        "wants": "It is checked that ",
        "wrong": "Instead of",
        "right": "write",
    },
    CHINESE: {
        "wrong": "不要写",
        "right": "应写",
    },
}
