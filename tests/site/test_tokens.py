"""Tokens are those of Pygments, however they are found."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pygments.lexers import find_lexer_class_by_name, get_lexer_by_name

from generator.site.late_patterns import with_late_patterns
from generator.site.tokens import Tokeniser

_OWN_CODE = sorted(Path(__file__).parents[2].glob("generator/**/*.py"))
_PIECES = st.sampled_from(
    [
        *("def ", "class ", "from . import x\n", "import a.b as c\n", "lambda: 0", "match x:\n"),
        *('"', "'", '"""', "'''", 'f"{a!r:>{w}} {{"', "rb'\\x00'", "\\N{DASH}", "%(a)s %d", "{0}"),
        *("0x_f", "1_000.5e-3j", "@dec", "...", "->", ":=", "#! comment", "\n", "\n    ", "\t"),
        *(
            "print",
            "self",
            "__init__",
            "None",
            "模型",
            "\x0c",
            "$",
            "?",
            "\ufeff",
            "\\\n",
            "名 = 1",
            "naïve",
            "def n名(",
            "x²",
        ),
        *("if [ -f x ]; then\n", "$(cmd ${x:-1})", "<<EOF\n", "EOF\n", "`ls`", "case x in\n", "\\"),
        *("/* ", "*/", "//", "<div a='b'>", "&amp;", "</script>", "template<", "#include <x>\n"),
        *("key: [a, b]\n", "- &x !t |\n", "  text\n", "[table]\n", "a = 2024-01-01\n", "[[x]]\n"),
    ]
)
_CODE = st.one_of(st.text(), st.lists(_PIECES).map("".join))
# Enough tokens of all states that patterns are used as they are after many cards.
_MUCH = 6000


@cache
def _tokeniser_in_use(language: str) -> Tokeniser:
    tokeniser = _tokeniser(language)
    code = "".join(path.read_text(encoding="utf-8") for path in _OWN_CODE)
    assert sum(1 for _ in tokeniser.tokens(code)) > _MUCH
    return tokeniser


def _tokeniser(language: str) -> Tokeniser:
    lexer_class = find_lexer_class_by_name(language)
    return Tokeniser(with_late_patterns(lexer_class)(stripnl=False, ensurenl=False))


def _lexer(language: str):
    return get_lexer_by_name(language, stripnl=False, ensurenl=False)


def _pygments(language: str, code: str) -> list:
    return [(kind, text) for _, kind, text in _lexer(language).get_tokens_unprocessed(code)]


_LANGUAGES = ["python", "pycon", "bash", "console", "c++", "json", "yaml", "toml", "html", "rst"]


@pytest.mark.parametrize("language", _LANGUAGES)
@given(code=_CODE)
def test_the_tokens_are_those_of_pygments_after_much_use(language: str, code: str) -> None:
    assert list(_tokeniser_in_use(language).tokens(code)) == _pygments(language, code)


@pytest.mark.parametrize("language", _LANGUAGES)
@given(code=_CODE)
def test_the_tokens_are_those_of_pygments_at_first(language: str, code: str) -> None:
    assert list(_tokeniser(language).tokens(code)) == _pygments(language, code)


@pytest.mark.parametrize("path", _OWN_CODE[::7], ids=lambda path: path.stem)
def test_whole_modules_have_the_tokens_of_pygments(path: Path) -> None:
    code = path.read_text(encoding="utf-8")
    assert list(_tokeniser_in_use("python").tokens(code)) == _pygments("python", code)
