"""References and footnotes: each is listed once, and each that is referred to is there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from generator.cards import rules
from generator.cards.addresses import canonical_address
from generator.cards.model import ContainerKind, Link, Section
from generator.cards.prose import MARKUP, Passage, PassageKind
from generator.diagnostics import Diagnostic

_CODE_HOST = re.compile(
    r"https?://(?:www\.)?(?:github\.com|gitlab\.com|gitee\.com|huggingface\.co)/", re.IGNORECASE
)
_CODE_LABEL = re.compile(
    r"(?:(?:the )?(?:official )?(?:source )?(?:code|implementation|repository|repo)"
    r"|project(?: page)?|github|demo|(?:官方)?(?:源?代码|源码|实现|仓库|项目(?:主页)?|主页))",
    re.IGNORECASE,
)
_LABEL = re.compile(r"\[([^\[\]]*)\]\(\s*<?$")
_WORD = re.compile(r"[A-Za-z]{2,}|[\u4e00-\u9fff]{2}")
_FEWEST_WORDS = 3
_FEWEST_WORDS_OF_TITLE = 4
_LONGEST_LABEL = 400
_FOOTNOTE = re.compile(r"\[\^([^\[\]\s]{1,100})\]")
# Other labels may be a set of characters of a regular expression that is no code.
_CERTAIN_LABEL = re.compile(r"\d{1,3}|[\u4e00-\u9fff].*|[A-Za-z]{4,}[\w-]*")


def duplicate_references(
    path: str, section: Section, passages: Sequence[Passage]
) -> Iterator[Diagnostic]:
    """A diagnostic for each reference that a list has a second time.

    That is one with the same words, with the same paper's address, or whose title is another
    one's. Links to code, which may belong to several papers, tell nothing.
    """
    first_lines: dict[str, int] = {}
    by_line: dict[int, list[Link]] = {}
    for link in section.links:
        by_line.setdefault(link.span.start.line, []).append(link)
    for passage in passages:
        line = passage.lines[0]
        is_item = bool(line.containers) and line.containers[-1].kind is not ContainerKind.QUOTE
        if not (passage.in_references and is_item):
            continue
        links = [link for item in passage.lines for link in by_line.get(item.number, [])]
        for key in sorted(_keys(passage, links)):
            first = first_lines.setdefault(key, line.number)
            if first != line.number:
                message = f"this reference is already listed in line {first}"
                span = passage.first_line_span
                yield rules.DUPLICATE_REFERENCE.at(path, span, message, "remove one of the two")
                break


def _keys(passage: Passage, links: Sequence[Link]) -> set[str]:
    """What a reference has in common with itself, however it is written."""
    keys = {_plain(passage.text)}
    for link in links:
        label = _label(passage, link)
        is_of_code = _CODE_HOST.match(link.target) or _CODE_LABEL.fullmatch(label)
        if not is_of_code:
            keys.add(canonical_address(link.target))
            if len(_WORD.findall(label)) >= _FEWEST_WORDS_OF_TITLE:
                keys.add(label)
            break
    else:
        if len(links) == 1:
            keys.add(canonical_address(links[0].target))
    words = _plain(passage.prose.replace(MARKUP, ""))
    # Of those that are only a word or two, the address is what tells them apart.
    return {*keys, words} if len(_WORD.findall(words)) >= _FEWEST_WORDS else keys


def _label(passage: Passage, link: Link) -> str:
    """The text of an inline link of the passage; empty for others."""
    start = link.span.start
    number = start.line - passage.lines[0].number
    end = passage.starts[number] + start.column - passage.lines[number].column
    found = _LABEL.search(passage.text[max(end - _LONGEST_LABEL, 0) : end])
    return _plain(found[1]) if found else ""


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold().rstrip(".。")


def undefined_footnotes(path: str, passages: Sequence[Passage]) -> Iterator[Diagnostic]:
    """A diagnostic for each mark of a footnote, such as `[^1]`, that the section does not have."""
    written = {
        found[1].casefold()
        for passage in passages
        if passage.kind is PassageKind.FOOTNOTE and (found := _FOOTNOTE.match(passage.text))
    }
    for passage in passages:
        for mark in _FOOTNOTE.finditer(passage.text):
            label = mark[1]
            is_mark = passage.prose[mark.start()] == MARKUP and _CERTAIN_LABEL.fullmatch(label)
            if is_mark and label.casefold() not in written:
                message = f"there is no footnote [^{label}] in this section"
                hint = f"write it below, in a line that begins with [^{label}]:"
                span = passage.span(mark.start(), mark.end())
                yield rules.UNDEFINED_FOOTNOTE.at(path, span, message, hint)
