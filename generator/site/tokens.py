"""The tokens of Pygments' lexers, found with one pattern where a lexer tries many.

A lexer goes through the rules of its state, and takes the first that matches. Most of a
language's rules do not match at most places, and trying each by itself takes most of the time of
highlighting. The alternatives of one pattern are tried in the same order, without Python in
between, so the tokens are the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, TypeAlias

from msgspec import Struct
from pygments.lexer import RegexLexer
from pygments.token import Error, Token, Whitespace

from generator.site.late_patterns import LatePattern

_Match: TypeAlias = "re.Match[str]"
_Matcher: TypeAlias = Callable[[str, int], "_Match | None"]
_Rule: TypeAlias = "tuple[_Matcher, Any, Any]"
"""What to match, the kind of token or a function that gives tokens, and the state to go to."""

_PAYS_FROM = 4000
"""After so many tokens in a state, one pattern has saved the time that it takes to compile it."""

_KIND = type(Token)
_BOTTOM = "root"
_GLOBAL_FLAGS = re.compile(r"\(\?[aiLmsux]+\)")
_REFERENCE = re.compile(r"\\[1-9]|\(\?P|\(\?\(")
_PIECE = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\((?!\?)", re.DOTALL)
_SCOPED_FLAGS = {re.IGNORECASE: "i", re.MULTILINE: "m", re.DOTALL: "s"}
_PLAIN_FLAGS = re.UNICODE | re.IGNORECASE | re.MULTILINE | re.DOTALL


class _Step(Struct, frozen=True):
    """What is tried at a place: a rule, or several as alternatives of one pattern.

    That has as many groups as rules: each ends an alternative.
    """

    match: _Matcher
    rules: Sequence[_Rule]
    is_combined: bool


class _State:
    """A state of a lexer: its rules one by one, and combined once it is used much."""

    def __init__(self, rules: Sequence[_Rule]) -> None:
        self._rules = rules
        self._used = 0
        self.steps = tuple(map(_alone, rules))

    def note_use(self) -> None:
        self._used += 1
        if self._used == _PAYS_FROM:
            self.steps = tuple(_combined(self._rules))


class Tokeniser:
    """One of Pygments' lexers, and what makes it fast."""

    def __init__(self, lexer: Any) -> None:
        """With an instance of one of Pygments' lexers, without filters."""
        self._lexer = lexer
        self._states: Mapping[str, _State] = {}
        if type(lexer).get_tokens_unprocessed is RegexLexer.get_tokens_unprocessed:
            self._states = {name: _State(rules) for name, rules in lexer._tokens.items()}  # noqa: SLF001 # where all rules are

    def tokens(self, code: str) -> list[tuple[Any, str]]:
        """The kind and the text of each token, as the lexer gives them."""
        if self._states:
            return self._found(code)
        return [(kind, text) for _, kind, text in self._lexer.get_tokens_unprocessed(code)]

    def _found(self, code: str) -> list[tuple[Any, str]]:
        found: list[tuple[Any, str]] = []
        place, stack = 0, [_BOTTOM]
        state = self._states[_BOTTOM]
        while True:
            state.note_use()
            for step in state.steps:
                if match := step.match(code, place):
                    break
            else:
                if place >= len(code):
                    return found
                if code[place] == "\n":
                    stack = [_BOTTOM]
                    state = self._states[_BOTTOM]
                found.append((Whitespace if code[place] == "\n" else Error, code[place]))
                place += 1
                continue
            number = (match.lastindex or 1) - 1 if step.is_combined else 0
            own_match, action, target = step.rules[number]
            if type(action) is _KIND:
                found.append((action, match.group()))
            elif action is not None:
                # Its groups are those of its own pattern.
                found += _parts(action(self._lexer, own_match(code, place)))
            place = match.end()
            if target is not None:
                _go(stack, target)
                state = self._states[stack[-1]]


def _parts(tokens: Iterator[tuple[int, Any, str]]) -> Iterator[tuple[Any, str]]:
    return ((kind, text) for _, kind, text in tokens)


def _go(stack: list[str], target: Any) -> None:
    """Changes the stack of states as Pygments notes it: names, a number to leave, or `#push`."""
    if isinstance(target, int):
        del stack[max(len(stack) + target, 1) :]
        return
    for name in target if isinstance(target, tuple) else (target,):
        if name == "#pop":
            if len(stack) > 1:
                stack.pop()
        else:
            stack.append(stack[-1] if name == "#push" else name)


def _alone(rule: _Rule) -> _Step:
    return _Step(rule[0], (rule,), is_combined=False)


def _combined(rules: Sequence[_Rule]) -> Iterator[_Step]:
    """The rules in their order, and as few patterns as can be."""
    rules = [(_pattern(rule).match, *rule[1:]) for rule in rules]
    for is_combinable, group in groupby(rules, key=_is_combinable):
        together = tuple(group)
        match = _match_of_all(together) if is_combinable and len(together) > 1 else None
        if match is None:
            yield from map(_alone, together)
        else:
            yield _Step(match, together, is_combined=True)


def _is_combinable(rule: _Rule) -> bool:
    pattern = _pattern(rule)
    return not pattern.flags & ~_PLAIN_FLAGS and not _REFERENCE.search(pattern.pattern)


def _match_of_all(rules: Sequence[_Rule]) -> _Matcher | None:
    # The empty groups tell which it was; in front they would keep `re` from skipping an
    # alternative by its first character, and so would groups within.
    alternatives = (f"{_without_groups(_pattern(rule))}()" for rule in rules)
    try:
        pattern = re.compile("|".join(alternatives))
    except re.error:
        return None
    return pattern.match if pattern.groups == len(rules) else None


def _without_groups(pattern: re.Pattern[str]) -> str:
    plain = _GLOBAL_FLAGS.sub("", pattern.pattern, count=1)
    plain = _PIECE.sub(lambda piece: "(?:" if piece.group() == "(" else piece.group(), plain)
    flags = "".join(letter for flag, letter in _SCOPED_FLAGS.items() if pattern.flags & flag)
    return f"(?{flags}:{plain})"


def _pattern(rule: _Rule) -> re.Pattern[str]:
    pattern: re.Pattern[str] | LatePattern = rule[0].__self__  # type: ignore[attr-defined]
    return pattern.compiled if isinstance(pattern, LatePattern) else pattern
