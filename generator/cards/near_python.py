"""Whether the language of a fence was most likely meant to be Python."""

from __future__ import annotations

import re

from generator.cards.model import PYTHON_INFO_STRINGS

_WORD = re.compile(r"[{.]*([^\s,:;{}()\[\]]*)")
_OTHER_NAMES = re.compile(r"py|py[-_]?3(?:\.?[0-9]+)*|i?python[-_]?3(?:\.?[0-9]+)*|ipython")
# Each one letter from "python" or "python3", and meant.
_OTHER_LANGUAGES = frozenset({"python2"})
_MEANT = "python"


def looks_like_python(language: str) -> bool:
    """Whether `language`, which is not Python, is another name or a misspelling of it.

    Sessions (`pycon`), tracebacks, Python 2, and languages with a similar name are none.
    """
    match = _WORD.match(language.casefold())
    word = match.group(1).rstrip(".") if match else ""
    if word in _OTHER_LANGUAGES or language in PYTHON_INFO_STRINGS:
        return False
    if word in PYTHON_INFO_STRINGS or _OTHER_NAMES.fullmatch(word):
        return True
    letters = word.removesuffix("3")
    return letters[:1] == "p" and (
        sorted(letters) == sorted(_MEANT) or _is_one_edit_away(letters, _MEANT)
    )


def _is_one_edit_away(word: str, meant: str) -> bool:
    if abs(len(word) - len(meant)) > 1:
        return False
    start = 0
    while start < min(len(word), len(meant)) and word[start] == meant[start]:
        start += 1
    behind, wanted = word[start:], meant[start:]
    return behind[1:] == wanted[1:] or behind[1:] == wanted or behind == wanted[1:]
