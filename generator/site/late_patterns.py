"""Pygments' lexers, with patterns that are compiled when they are first needed.

A lexer compiles all of its patterns before it looks at any code. For Python's that takes a tenth
of a build in which one card has changed: that of names has each letter of Unicode in it, and
most others belong to states that hardly a card's code is ever in.
"""

from __future__ import annotations

import re
import sys
from typing import Any

from pygments.lexer import RegexLexerMeta
from pygments.unistring import xid_continue, xid_start
from pygments.util import Future

_BEGINS_PLAINLY = re.compile(r"[^\\.^$*+?{}\[\]|()\s](?![*?{])")
_IS_TAKEN_AS_WRITTEN = re.UNICODE | re.MULTILINE | re.DOTALL
_NAME = f"[{xid_start}][{xid_continue}]*"
_NAME_IN_ASCII = re.compile("[A-Z_a-z][0-9A-Z_a-z]*")


def with_late_patterns(lexer_class: Any) -> Any:
    """A class of lexers that give the same tokens; it is the same for lexers without patterns."""
    if not isinstance(lexer_class, RegexLexerMeta):
        return lexer_class
    # What Pygments would compile a pattern with, were it not found here.
    own = {"_process_regex": staticmethod(_late_match)}
    return type(lexer_class)(lexer_class.__name__, (lexer_class,), own)


class LatePattern:
    """A pattern that is compiled when it may match for the first time."""

    def __init__(self, source: str | Future, flags: int) -> None:
        self._source = source
        self._flags = flags
        self._first = _first_character(source, flags)
        self._is_name = source == _NAME
        self._compiled: re.Pattern[str] | None = None

    @property
    def compiled(self) -> re.Pattern[str]:
        """The pattern itself."""
        if self._compiled is None:
            source: Any = self._source
            if isinstance(source, Future):
                source = source.get()  # type: ignore[func-returns-value] # its kinds give a text
            self._compiled = re.compile(source, self._flags)
        return self._compiled

    def match(self, text: str, place: int, end: int = sys.maxsize) -> re.Match[str] | None:
        """What matches at this place of the text, which goes to `end`."""
        if self._compiled is not None:
            return self._compiled.match(text, place, end)
        if self._first and not text.startswith(self._first, place, end):
            return None
        if self._is_name:
            found = _NAME_IN_ASCII.match(text, place, end)
            next_place = found.end() if found else place
            # Else the name may begin, or go on, with a letter that only the whole pattern knows.
            if text[next_place : next_place + 1].isascii():
                return found
        return self.compiled.match(text, place, end)


def _late_match(source: str | Future, flags: int, _state: str) -> Any:
    return LatePattern(source, flags).match


def _first_character(source: str | Future, flags: int) -> str:
    """What every match begins with, as far as that is easily seen."""
    if isinstance(source, Future) or "|" in source or flags & ~_IS_TAKEN_AS_WRITTEN:
        return ""
    return source[0] if _BEGINS_PLAINLY.match(source) else ""
