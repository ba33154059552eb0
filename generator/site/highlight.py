"""Source code as HTML with the classes of its tokens."""

from __future__ import annotations

from functools import lru_cache
from html import escape
from itertools import groupby
from typing import Any

from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES, Token
from pygments.util import ClassNotFound

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
    lexer = _lexer(language)
    if lexer is None:
        return escape(code, quote=False)
    tokens = [(_css_class(kind), text) for kind, text in lexer.get_tokens(code)]
    if "".join(text for _, text in tokens) != code:
        return escape(code, quote=False)
    return "".join(
        _element(css_class, "".join(text for _, text in group))
        for css_class, group in groupby(tokens, key=lambda token: token[0])
    )


@lru_cache(maxsize=64)
def _lexer(language: str) -> Any:
    if not language:
        return None
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


@lru_cache(maxsize=1024)
def _css_class(kind: Any) -> str:
    while kind is not Token and kind not in STANDARD_TYPES:
        kind = kind.parent
    name = STANDARD_TYPES[kind]
    return "" if name in _UNMARKED else name


def _element(css_class: str, text: str) -> str:
    escaped = escape(text, quote=False)
    return f'<span class="{css_class}">{escaped}</span>' if css_class else escaped
