"""Links and images in two languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from generator.cards import rules
from generator.cards.addresses import canonical_address
from generator.cards.model import Link, LinkKind
from generator.cards.parity.parts import Part, place_of_line
from generator.cards.rules import Rule
from generator.diagnostics import Diagnostic, shortened

_LANGUAGE_MARKS = frozenset(
    {
        *("zh", "cn", "tw", "hk", "hans", "hant", "chs", "cht", "chn", "chinese"),
        *("en", "us", "uk", "gb", "eng", "english"),
    }
)
_WORDS = re.compile(r"[A-Za-z0-9]+")
# Where readers of Chinese find what others find elsewhere.
_CHINESE_HOSTS = re.compile(
    r"(?:^|\.)(?:baidu|zhihu|bilibili|gitee|csdn|aliyun|aliyuncs|jianshu|modelscope|juejin|cnblogs"
    r"|openi|aistudio|weixin\.qq|qq|openxlab|hf-mirror)\.[a-z.]+$|\.cn$",
    re.IGNORECASE,
)
_IMAGES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".avif", ".bmp"})
_MOST_TOLD = 20


def differences_of_links(
    path: str,
    languages: tuple[str, str],
    first: Part,
    other: Part,
    targets: tuple[frozenset[str], ...],
) -> Iterator[Diagnostic]:
    """A diagnostic for each link or image of one part that is not in the other's section.

    `targets` has what `all_targets` gives for both sections. A page may be linked in the
    reader's language: addresses that differ in the name of a language, or lead to a site for
    readers of Chinese, are counterparts of each other.
    """
    for is_wanted, rule, noun in (
        (_is_image, rules.IMAGES_DIFFER, "image"),
        (_is_link, rules.LINKS_DIFFER, "link"),
    ):
        mine = [
            link
            for link in first.links
            if is_wanted(link) and canonical_address(link.target) not in targets[1]
        ]
        theirs = [
            link
            for link in other.links
            if is_wanted(link) and canonical_address(link.target) not in targets[0]
        ]
        mine, theirs = _without_counterparts(mine[:_MOST_TOLD], theirs[:_MOST_TOLD])
        mine = [link for link in mine if not _is_for_readers_of(languages[0], link.target)]
        theirs = [link for link in theirs if not _is_for_readers_of(languages[1], link.target)]
        for one, two in zip_longest(mine, theirs):
            if one and two:
                line = one.span.start.line
                message = f"the {noun} is another one than in line {line} ({languages[0]})"
                hint = f"there it is {shortened(one.target)}: make them the same"
                yield rule.at(path, two.span, message, hint)
            elif one:
                yield _missing(path, rule, noun, one, languages[0], (first, other))
            elif two:
                yield _missing(path, rule, noun, two, languages[1], (other, first))


def _missing(
    path: str, rule: Rule, noun: str, link: Link, language: str, parts: tuple[Part, Part]
) -> Diagnostic:
    line = link.span.start.line
    message = f"the {noun} {shortened(link.target)} of line {line} ({language}) is not here"
    hint = "add it here as well, or remove it there"
    return rule.at(path, place_of_line(line, *parts), message, hint)


def _without_counterparts(
    mine: Sequence[Link], theirs: Sequence[Link]
) -> tuple[list[Link], list[Link]]:
    """The links of which neither is the other's in another language."""
    left, right = list(mine), list(theirs)
    for is_counterpart in (_differ_in_language_alone, _are_localised):
        for one in tuple(left):
            two = next((item for item in right if is_counterpart(one.target, item.target)), None)
            if two:
                left.remove(one)
                right.remove(two)
    return left, right


def all_targets(links: Sequence[Link]) -> frozenset[str]:
    """The targets of the links of a section, as `differences_of_links` looks for them."""
    return frozenset(canonical_address(link.target) for link in links)


def _is_image(link: Link) -> bool:
    if link.kind is LinkKind.HTML:
        return PurePosixPath(link.target.partition("?")[0]).suffix.lower() in _IMAGES
    return link.kind is LinkKind.IMAGE


def _is_link(link: Link) -> bool:
    # A place in the same document is named in the document's language.
    return not _is_image(link) and not link.target.startswith(("#", "mailto:"))


def _differ_in_language_alone(one: str, two: str) -> bool:
    return _bare(one) == _bare(two)


def _are_localised(one: str, two: str) -> bool:
    return language_marks(one) != language_marks(two) or is_for_chinese(one) or is_for_chinese(two)


def _bare(address: str) -> tuple[str, ...]:
    words = (word.lower() for word in _WORDS.findall(address))
    return tuple(word for word in words if word not in _LANGUAGE_MARKS)


def language_marks(address: str) -> frozenset[str]:
    """The names of languages that are words of an address or a file's name."""
    return frozenset(word.lower() for word in _WORDS.findall(address)) & _LANGUAGE_MARKS


def _is_for_readers_of(language: str, address: str) -> bool:
    if language.startswith("zh") and is_for_chinese(address):
        return True
    return not language_marks(address).isdisjoint({language.partition("_")[0]})


def is_for_chinese(address: str) -> bool:
    """Whether the address is of a site that readers of other languages do without."""
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return False
    return _CHINESE_HOSTS.search(host) is not None
