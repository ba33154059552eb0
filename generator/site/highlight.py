"""Source code as HTML with the classes of its tokens."""

from __future__ import annotations

from functools import lru_cache
from html import escape
from typing import Any

from pygments.lexers import find_lexer_class_by_name
from pygments.token import STANDARD_TYPES, Token
from pygments.util import ClassNotFound

from generator.site.late_patterns import with_late_patterns
from generator.site.tokens import Tokeniser

_UNMARKED = frozenset({"", "w", "err", "n"})


def language_name(language: str) -> str:
    """What readers call the language of a fence's info string."""
    lexer = _lexer(language)
    return str(lexer.name) if lexer else language


@lru_cache(maxsize=512)
def highlight(language: str, code: str) -> str:
    """`code` as HTML, its tokens in elements with Pygments' short class names.

    A language that Pygments does not know gives plain escaped text. Remembered, since the
    languages of a card mostly share their code.
    """
    tokeniser = _tokeniser(language)
    tokens = tokeniser.tokens(code) if tokeniser else []
    if "".join([text for _, text in tokens]) != code:
        return escape(code, quote=False)
    parts: list[str] = []
    alike: list[str] = []
    css_class = ""
    for kind, text in tokens:
        if (token_class := _css_class(kind)) != css_class:
            parts.append(_element(css_class, "".join(alike)))
            alike.clear()
            css_class = token_class
        alike.append(text)
    parts.append(_element(css_class, "".join(alike)))
    return "".join(parts)


@lru_cache(maxsize=64)
def _tokeniser(language: str) -> Tokeniser | None:
    lexer = _lexer(language)
    return Tokeniser(lexer) if lexer else None


@lru_cache(maxsize=64)
def _lexer(language: str) -> Any:
    if not language:
        return None
    try:
        lexer_class = find_lexer_class_by_name(language)
    except ClassNotFound:
        return None
    return with_late_patterns(lexer_class)(stripnl=False, ensurenl=False)


@lru_cache(maxsize=1024)
def _css_class(kind: Any) -> str:
    while kind is not Token and kind not in STANDARD_TYPES:
        kind = kind.parent
    name = STANDARD_TYPES[kind]
    return "" if name in _UNMARKED else name


def _element(css_class: str, text: str) -> str:
    escaped = escape(text, quote=False) if text else ""
    return f'<span class="{css_class}">{escaped}</span>' if css_class else escaped
