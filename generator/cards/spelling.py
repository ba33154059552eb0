"""Misspelt English words in the text of a card.

Only what is known to be wrong is told: the misspellings that codespell collects, and
letters that are swapped in, or words run together from, terms of the field.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from msgspec import Struct

from generator.cards import rules
from generator.cards.model import Card, Section
from generator.cards.prose import MARKUP, Passage, PassageKind
from generator.diagnostics import Diagnostic, Edit
from generator.source import Span

_WORD = re.compile(r"(?<![\w'’@#/.\\-])[A-Za-z]{3,40}(?![\w@/\\]|[.'’-]\w)")
_ANY_WORD = re.compile(r"[A-Za-z]{3,}")
_SENTENCE_END = re.compile(r"(?:^|[.!?:。！？：>|*-])\s*$")
_TERMS = Path(__file__).with_name("terms.txt")
_SHORTEST_TERM = 6
_SHORTEST_WORD = 4
# Shorter words are mostly names of something; these are none.
_SHORT_MISSPELLINGS = frozenset({"teh", "hte", "adn", "tht", "whn", "yuo"})
_SHORTEST_IN_TITLE = 6
_LONGEST_TITLE = 200
# Those that are never meant twice, as "that" may be, and "to" at the end of a clause.
_TWICE = re.compile(
    r"(?<![\w'’.-])(?P<word>the|The|an|An|of|and|are|be|we|We|these|our)"
    r"[ \n]+(?P<again>the|an|of|and|are|be|we|these|our)(?![\w'’-])"
)
_BEFORE_TITLE = re.compile(rf"[{MARKUP}\s\d.#]*")
_TITLE_WORD = re.compile(r"[A-Za-z]{4,}")


class Corrections(Struct, frozen=True):
    """What is meant by misspelt words, in lower case: one way to write it, or more."""

    of_words: Mapping[str, str]

    def of(self, word: str) -> str | None:
        """How the word, in lower case, is spelt; none when nothing is known to be wrong."""
        return self.of_words.get(word)


@cache
def known_corrections() -> Corrections:
    """All that is known; read when it is first needed, which takes some 40 milliseconds."""
    return Corrections({**_collected(), **_of_terms(_TERMS.read_text(encoding="utf-8"))})


def _collected() -> Mapping[str, str]:
    try:
        # Its data is read where it lies: its code would take longer to import than this.
        file = distribution("codespell").locate_file("codespell_lib/data/dictionary.txt")
        lines = Path(str(file)).read_text(encoding="utf-8").splitlines()
    except (PackageNotFoundError, OSError):
        return {}
    return {word: meant for word, _, meant in (line.partition("->") for line in lines)}


def _of_terms(text: str) -> Mapping[str, str]:
    terms = [line for line in text.splitlines() if line and not line.startswith("#")]
    known = {word for term in terms for word in term.split()}
    found: dict[str, str] = {}
    for term in terms:
        if " " in term:
            found["".join(term.split())] = term
        elif len(term) >= _SHORTEST_TERM:
            found.update((swapped, term) for swapped in _swapped(term) if swapped not in known)
    return found


def _swapped(word: str) -> Iterator[str]:
    """The word with two neighbouring letters in the other order, the first excepted."""
    for index in range(1, len(word) - 1):
        one, two = word[index], word[index + 1]
        if one != two:
            yield f"{word[:index]}{two}{one}{word[index + 2 :]}"


def misspellings(
    path: str, card: Card, section: Section, passages: Sequence[Passage]
) -> Iterator[Diagnostic]:
    """A diagnostic for each word of the passages that is known to be misspelt.

    What may be a name is left alone: a word that has capitals, unless it begins a sentence,
    that is also in code, in a link or in the front matter's names.
    """
    corrections = known_corrections()
    names: frozenset[str] | None = None
    for passage in passages:
        for match in _WORD.finditer(passage.prose):
            word = match.group()
            is_known = len(word) >= _SHORTEST_WORD or word in _SHORT_MISSPELLINGS
            meant = corrections.of(word.lower()) if is_known else None
            if meant is None or not _is_common(word, passage, match):
                continue
            names = _names(card, section) if names is None else names
            if word.lower() in names:
                continue
            choices = [item.strip() for item in meant.split(",") if item.strip()]
            message = f'"{word}" is misspelt'
            named = [f'"{choice}"' for choice in choices[:3]]
            hint = f"did you mean {' or '.join(named)}?"
            span = passage.span(match.start(), match.end())
            yield rules.MISSPELLING.at(path, span, message, hint, _edits(span, word, choices))


def doubled_words(path: str, passage: Passage) -> Iterator[Diagnostic]:
    """A diagnostic for each small English word that stands twice in a row."""
    for match in _TWICE.finditer(passage.prose):
        word = match["again"]
        is_in_two_rows = passage.kind is PassageKind.TABLE and "\n" in match.group()
        if match["word"].lower() == word and not is_in_two_rows:
            span = passage.span(*match.span("again"))
            message = f'"{word}" stands here a second time'
            yield rules.DOUBLED_WORD.at(path, span, message, "remove one of the two")


def _edits(span: Span, word: str, choices: Sequence[str]) -> tuple[Edit, ...]:
    if len(choices) != 1 or span.start.line != span.end.line:
        return ()
    meant = choices[0]
    return (Edit(span, meant[:1].upper() + meant[1:] if word.istitle() else meant),)


def _is_common(word: str, passage: Passage, match: re.Match[str]) -> bool:
    if word.islower():
        return True
    prose = passage.prose
    if passage.kind is PassageKind.HEADING and len(word) >= _SHORTEST_IN_TITLE:
        begins_title = _BEFORE_TITLE.fullmatch(prose, 0, match.start())
        return word.istitle() and (begins_title is not None or _is_in_title_case(prose))
    before, after = (
        prose[max(match.start() - 8, 0) : match.start()],
        prose[match.end() : match.end() + 3],
    )
    begins = _SENTENCE_END.search(before) or match.start() == 0
    is_followed_by_name = re.match(r"\s[A-Z]|,", after)
    return word.istitle() and bool(begins) and not is_followed_by_name


def _is_in_title_case(prose: str) -> bool:
    return len(prose) <= _LONGEST_TITLE and all(
        word[0].isupper() for word in _TITLE_WORD.findall(prose)
    )


def _names(card: Card, section: Section) -> frozenset[str]:
    front = card.front_matter
    texts = [front.title, front.author, front.github_link, *front.tags, card.sample.code]
    texts += [block.code for block in section.code_blocks]
    texts += [link.target for link in section.links]
    return frozenset(word.lower() for text in texts for word in _ANY_WORD.findall(text))
