"""Whether what cards load from this hub is there, and whether cards speak of all there is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from generator.cards import rules
from generator.cards.hubconf import OwnHub
from generator.cards.model import Card, Treatment
from generator.cards.python_code import ParsedCode, full_name, imported_names, literal_text
from generator.diagnostics import Diagnostic, did_you_mean
from generator.source import Span

_LOADER = "megengine.hub.load"
_LOADERS = frozenset({_LOADER, "megengine.hub.help"})
_REPOSITORY = re.compile(r"([\w.-]+/[\w.-]+)(?::([\w./-]+))?")
_DEFAULT_HOST = "github.com"
_DEFAULT_BRANCH = "master"


class Load(Struct, frozen=True):
    """A call that loads an entrypoint, by its name, from a repository; `span` is the name's.

    `is_own` when the repository is answered from this checkout. A call of which not all is
    written out has no `entrypoint`, and `repository` (`owner/name:branch`) may be empty.
    """

    entrypoint: str | None
    is_own: bool
    span: Span
    code: ParsedCode
    repository: str = ""


def find_loads(codes: Sequence[ParsedCode], hub: OwnHub) -> tuple[Load, ...]:
    """The calls of `megengine.hub.load` and `help` in code that runs together."""
    if not any("hub" in code.block.code for code in codes):
        return ()
    imported = imported_names(codes)
    return tuple(
        _load(node, code, hub)
        for code in codes
        if "load" in code.block.code or "help" in code.block.code
        for node in code.nodes
        if isinstance(node, ast.Call) and full_name(node.func, imported) in _LOADERS
    )


def loaded_models(code: ParsedCode) -> Mapping[str, str]:
    """The entrypoints that the code loads into a variable, by the variable's name.

    Only what is written out, `model = megengine.hub.load('owner/name', 'entrypoint')`, at the
    code's own level; what is made of it in the same statement counts as the model as well.
    """
    if code.tree is None or "load" not in code.block.code:
        return {}
    imported = imported_names([code])
    found: dict[str, str] = {}
    for statement in code.tree.body:
        if not isinstance(statement, ast.Assign | ast.AnnAssign) or statement.value is None:
            continue
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        names = [target.id for target in targets if isinstance(target, ast.Name)]
        for name in names:
            # Of a variable that is bound again, what it held before can't be counted any more.
            found.pop(name, None)
        for node in ast.walk(statement.value):
            if isinstance(node, ast.Call) and full_name(node.func, imported) == _LOADER:
                entrypoint = _entrypoint(node)
                if entrypoint is not None:
                    found |= dict.fromkeys(names, literal_text(entrypoint) or "")
                break
    return {name: entrypoint for name, entrypoint in found.items() if entrypoint}


def unknown_entrypoints(path: str, loads: Iterable[Load], hub: OwnHub) -> Iterator[Diagnostic]:
    """A diagnostic for each entrypoint that is loaded from this hub and not in its hubconf.py."""
    if hub.entrypoints is None or hub.entrypoints.loadable is None:
        return
    for load in loads:
        is_checked = load.is_own and load.code.block.treatment is not Treatment.RAISE
        name = load.entrypoint
        if is_checked and name is not None and name not in hub.entrypoints.loadable:
            message = f'hubconf.py has no entrypoint "{name}"'
            known = sorted(hub.entrypoints.lines)
            hint = did_you_mean(name, known) if known else "add it to hubconf.py"
            yield rules.UNKNOWN_ENTRYPOINT.at(path, load.span, message, hint)


def unmentioned_entrypoints(
    hubconf: str, cards: Iterable[Card], hub: OwnHub
) -> Iterator[Diagnostic]:
    """A diagnostic, in the file shown as `hubconf`, for each entrypoint that no card names."""
    if hub.problem:
        message = f"hubconf.py can't be read: {hub.problem}"
        hint = "megengine.hub could not load it either: correct it"
        yield rules.UNREADABLE_HUBCONF.at(hubconf, Span.at(1, 1, 0), message, hint)
    if hub.entrypoints is None:
        return
    words: set[str] = set()
    for card in cards:
        words.update(re.findall(r"\w+", card.text))
    for name, line in hub.entrypoints.lines.items():
        if name not in words:
            message = f'no card mentions the entrypoint "{name}"'
            hint = "add it to a model's card: as a variant of its sample code, or in a table"
            yield rules.UNMENTIONED_ENTRYPOINT.at(hubconf, Span.at(line, 1, 0), message, hint)


def _load(call: ast.Call, code: ParsedCode, hub: OwnHub) -> Load:
    keywords = {item.arg: item.value for item in call.keywords if item.arg}
    is_whole = _is_whole(call)
    first = _argument(call.args, 0, keywords, "repo_info") if is_whole else None
    second = _entrypoint(call)
    name = literal_text(second)
    where = second if second is not None else call
    repository = literal_text(first)
    is_own = _is_own(repository, keywords, hub)
    return Load(name, is_own, code.span(where), code, repository or "")


def _is_whole(call: ast.Call) -> bool:
    return not any(isinstance(item, ast.Starred) for item in call.args[:2])


def _entrypoint(call: ast.Call) -> ast.expr | None:
    keywords = {item.arg: item.value for item in call.keywords if item.arg}
    return _argument(call.args, 1, keywords, "entry") if _is_whole(call) else None


def _argument(
    arguments: Sequence[ast.expr], index: int, keywords: Mapping[str, ast.expr], name: str
) -> ast.expr | None:
    return arguments[index] if index < len(arguments) else keywords.get(name)


def _is_own(repository: str | None, keywords: Mapping[str, ast.expr], hub: OwnHub) -> bool:
    match = _REPOSITORY.fullmatch(repository or "")
    if match is None or "commit" in keywords:
        return False
    host = _DEFAULT_HOST
    if "git_host" in keywords:
        host = literal_text(keywords["git_host"]) or ""
    name, branch = match.group(1).lower(), match.group(2) or _DEFAULT_BRANCH
    return any(
        (own.host, own.name, own.branch) == (host.lower(), name, branch) for own in hub.repositories
    )
