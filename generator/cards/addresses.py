"""Where a card's links lead, as far as their addresses tell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import unquote

from msgspec import Struct

from generator.cards import rules
from generator.cards.model import Card, LinkKind
from generator.config import Settings
from generator.diagnostics import Diagnostic, nearest, shortened
from generator.source import Span

_HTTP = re.compile(
    r"http://(?!localhost\b|127\.|0\.0\.0\.0|\[::1\]|10\.|192\.168\.)", re.IGNORECASE
)
_GITHUB = re.compile(
    r"https?://(?:www\.)?github\.com/(?P<owner>[\w.-]+)/(?P<name>[\w.-]+?)(?:\.git)?"
    r"(?:/(?:tree|blob|raw|archive)/(?:refs/heads/)?(?P<ref>[\w.-]+?)(?:\.zip|\.tar\.gz)?"
    r"(?P<path>/[^?#]*)?)?/?(?:[?#].*)?",
    re.IGNORECASE | re.ASCII,
)
_RAW = re.compile(
    r"https?://raw\.githubusercontent\.com/(?P<owner>[\w.-]+)/(?P<name>[\w.-]+)"
    r"/(?:refs/heads/)?(?P<ref>[\w.-]+)(?P<path>/[^?#]*)?(?:[?#].*)?",
    re.IGNORECASE | re.ASCII,
)
_PAPER = re.compile(
    r"(?:[\w-]+\.)?arxiv\.org/(?:abs|pdf|html)/(?P<id>\d{4}\.\d{4,5}|[a-z-]+/\d{7})(?:v\d+)?(?:\.pdf)?"
    r"|(?:dx\.)?doi\.org/10\.48550/arxiv\.(?P<doi>\d{4}\.\d{4,5})",
    re.IGNORECASE | re.ASCII,
)
# A mark in an address that has other letters of its own may be meant.
_ENDED_BY_MARK = re.compile(r"[\x21-\x7e]+(?=[，。；：、！？（）「」『』【】《》“”‘’…—])")
_LOADED = re.compile(r"(?P<owner>[\w.-]+)/(?P<name>[\w.-]+?)(?::(?P<ref>[\w./-]+))?", re.ASCII)
_BRANCHES = frozenset({"master", "main", "trunk", "develop", "dev"})
_USUAL_BRANCH = "master"


class _Repository(NamedTuple):
    owner: str
    name: str


class _Place(Struct, frozen=True):
    """A place on GitHub; what the address does not tell is empty."""

    repository: _Repository
    ref: str
    path: str


def plain_http(path: str, card: Card) -> Iterator[Diagnostic]:
    """A diagnostic for each address that begins with http, other than those of this machine."""
    for target, span in plain_addresses(card):
        message = "the address begins with http: what it answers can be changed on the way"
        hint = f"write https:{target[5:]}, if the site answers there"
        yield rules.PLAIN_HTTP.at(path, span, message, hint)


def plain_addresses(card: Card) -> Iterator[tuple[str, Span]]:
    """The addresses that begin with http, other than those of this machine, and their places."""
    for target, span in _addresses(card):
        if _HTTP.match(target):
            yield target, span


def other_repositories(
    path: str, card: Card, settings: Settings, loaded: Sequence[str]
) -> Iterator[Diagnostic]:
    """A diagnostic for each link to a copy of the card's repository, or to another branch of it.

    The card's repositories are those from which it loads (`loaded`, as `owner/name:ref`),
    the one of its front matter, and the hub's. A copy is told from a namesake by its path:
    only what has the path of a link to the original, or nearly its owner's name, is one; so is
    what the front matter names in place of the repository from which the card loads.
    """
    used = _used_branches(card, settings, loaded)
    by_name: dict[str, set[str]] = {}
    for repository in used:
        by_name.setdefault(repository.name, set()).add(repository.owner)
    places = [(_place(target), span) for target, span in _addresses(card)]
    own = card.front_matter.spans.get(("github-link",))
    paths = {place.path for place, _ in places if place and place.repository in used and place.path}
    for place, span in places:
        if place is None:
            continue
        owners = by_name.get(place.repository.name, set())
        if place.repository in used:
            yield from _branch_problem(path, place, span, used)
        elif owners and (
            span == own or place.path in paths or nearest(place.repository.owner, owners)
        ):
            owner = min(owners)
            shown = f"{place.repository.owner}/{place.repository.name}"
            message = f"the link leads to {shown}, the card is of {owner}/{place.repository.name}"
            yield rules.FORK.at(path, span, message, f"link to that of {owner}")


def _branch_problem(
    path: str, place: _Place, span: Span, used: Mapping[_Repository, str]
) -> Iterator[Diagnostic]:
    branch = used[place.repository]
    if place.ref in _BRANCHES and branch in _BRANCHES and place.ref != branch:
        message = f'the link leads to the branch "{place.ref}", the card loads from "{branch}"'
        hint = f'link to the branch "{branch}", or to a commit'
        yield rules.OTHER_BRANCH.at(path, span, message, hint)


def _used_branches(
    card: Card, settings: Settings, loaded: Sequence[str]
) -> Mapping[_Repository, str]:
    """The branch that is in use of each of the card's repositories; empty where none is told."""
    branches: dict[_Repository, str] = {}
    for source in loaded:
        match = _LOADED.fullmatch(source.casefold())
        if match:
            repository = _Repository(match["owner"], match["name"])
            branches.setdefault(repository, match["ref"] or _USUAL_BRANCH)
    loaded_names = {repository.name for repository in branches}
    stated = _place(card.front_matter.github_link)
    places = [_place(item.url) for item in settings.mirror.repositories]
    # Where it is not one of those from which the card loads, but has the name of one, it is a copy.
    if stated and (stated.repository in branches or stated.repository.name not in loaded_names):
        places.append(stated)
    for place in (*places, _place(settings.repository)):
        if place and not branches.get(place.repository):
            branches[place.repository] = place.ref
    return branches


def _place(address: str) -> _Place | None:
    match = _GITHUB.fullmatch(address) or _RAW.fullmatch(address)
    if match is None:
        return None
    repository = _Repository(match["owner"].casefold(), match["name"].casefold())
    return _Place(repository, match["ref"] or "", (match["path"] or "").strip("/"))


def _addresses(card: Card) -> Iterator[tuple[str, Span]]:
    front_matter = card.front_matter
    if front_matter.github_link:
        yield front_matter.github_link, front_matter.spans[("github-link",)]
    for section in card.sections:
        for link in section.links:
            yield link.target, link.span


def canonical_address(address: str) -> str:
    """An address as all that lead to the same place have it, however they are written."""
    meant = address.strip()
    bare = re.sub(r"^https?://(?:www\.)?", "", meant[: _meant_length(meant)], flags=re.IGNORECASE)
    paper = _PAPER.fullmatch(bare.partition("#")[0].rstrip("/"))
    return f"arxiv:{paper['id'] or paper['doi']}" if paper else unquote(bare).rstrip("/")


def overlong_addresses(path: str, card: Card) -> Iterator[Diagnostic]:
    """A diagnostic for each address in a text that takes in a full-width mark behind it."""
    for section in card.sections:
        lines = {line.number: line for line in section.lines}
        for link in section.links:
            length = _meant_length(link.target)
            if link.kind is not LinkKind.AUTOLINK or length == len(link.target):
                continue
            line = lines[link.span.start.line]
            start = link.span.start.column - line.column
            if not line.content.startswith("<", start - 1):
                mark, meant = link.target[length], link.target[:length]
                message = f'the "{mark}" and what follows it is part of the address'
                span = Span.at(line.number, line.column + start + length, len(link.target) - length)
                hint = f"write <{shortened(meant)}>: only a space ends an address otherwise"
                yield rules.OVERLONG_ADDRESS.at(path, span, message, hint)


def _meant_length(address: str) -> int:
    """Where an address ends that is followed by a full-width mark, not by a space."""
    match = _ENDED_BY_MARK.match(address)
    return match.end() if match else len(address)
