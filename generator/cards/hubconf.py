"""What a hub's own `hubconf.py` offers, read without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct

from generator.cards.python_code import literal_text
from generator.config import Settings

HUBCONF = "hubconf.py"
WEIGHTS = "PUBLISHED_WEIGHTS"
"""The mapping from an entrypoint's name to the address of its published weights."""

_PRETRAINED = "pretrained"
_MAX_HOPS = 8
_MAX_BYTES = 1 << 20


class Entrypoints(Struct, frozen=True):
    """The entrypoints of a `hubconf.py`.

    `lines` has those it offers with the line that offers them. `loadable` are all the names
    that may be loaded, or none when they can't be told. `weights` are the addresses of
    published weights by entrypoint, as far as they are written out. `pretrained` are the
    entrypoints that seem to take `pretrained=True`.
    """

    lines: Mapping[str, int]
    loadable: frozenset[str] | None
    weights: Mapping[str, str]
    pretrained: frozenset[str]


class Repository(Struct, frozen=True):
    """A repository that is answered from this checkout: `owner/name` in lower case."""

    host: str
    name: str
    branch: str


class OwnHub(Struct, frozen=True):
    """The hub that the checkout is: under which names it is loaded, and what it offers.

    `entrypoints` is none when there is no `hubconf.py`, or when it is no Python; `problem`
    then says why, if there is one.
    """

    path: Path
    repositories: tuple[Repository, ...] = ()
    entrypoints: Entrypoints | None = None
    problem: str = ""


@dataclass(slots=True)
class _Module:
    """A module of the checkout: its tree, and where it lies."""

    tree: ast.Module
    path: Path
    root: Path


def read_own_hub(settings: Settings) -> OwnHub:
    """What the checkout of the settings offers by way of `megengine.hub.load`."""
    path = settings.root / HUBCONF
    repositories = tuple(
        repository
        for answer in settings.mirror.repositories
        if HUBCONF in answer.include and (repository := _repository(answer.url))
    )
    if not repositories or not path.is_file():
        return OwnHub(path, repositories)
    try:
        module = _read(path, settings.root)
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return OwnHub(path, repositories, problem=" ".join(str(error).split()))
    return OwnHub(path, repositories, _entrypoints(module))


def read_entrypoints(path: Path) -> Entrypoints:
    """The entrypoints of the `hubconf.py` at `path`, whose folder is its repository's root.

    Raises `OSError` when it can't be read, and `SyntaxError`, `ValueError`, `RecursionError` or
    `MemoryError` when it is no Python.
    """
    return _entrypoints(_read(path, path.parent))


def _repository(url: str) -> Repository | None:
    parts = urlsplit(url)
    words = parts.path.strip("/").split("/")
    # https://github.com/owner/name/archive/branch.zip, or gitlab's /-/archive/branch/….zip
    if len(words) < 4 or "archive" not in words[2:4]:
        return None
    branch = words[words.index("archive", 2) + 1 :]
    name = branch[0].removesuffix(".zip") if branch else ""
    return Repository(parts.netloc.lower(), "/".join(words[:2]).lower(), name)


def _read(path: Path, root: Path) -> _Module:
    if path.stat().st_size > _MAX_BYTES:
        raise OSError(f"{path.name} is too large to be examined")
    return _Module(ast.parse(path.read_bytes()), path, root)


def _entrypoints(module: _Module) -> Entrypoints:
    bound = dict(_bound(module.tree.body))
    exported = _exported(module.tree)
    is_open = "*" in bound
    names = exported if exported is not None else [n for n in bound if _is_own(n, module)]
    lines = {
        name: bound.get(name, 1)
        for name in names
        if _is_entrypoint_name(name) and (is_open or name in bound)
    }
    loadable = None if is_open else frozenset(filter(_is_entrypoint_name, bound))
    weights = {name: address for name in lines if (address := _weights(name, module, _MAX_HOPS))}
    pretrained = frozenset(
        name for name in lines if name in weights or _has_pretrained(name, module, _MAX_HOPS)
    )
    return Entrypoints(lines, loadable, weights, pretrained)


def _is_entrypoint_name(name: str) -> bool:
    return not name.startswith("_") and not name.isupper() and name != "dependencies"


def _bound(body: list[ast.stmt]) -> Iterator[tuple[str, int]]:
    """The names that the statements bind, each with its line; `*` for those not written out."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, node.lineno
        elif isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                yield (alias.asname or alias.name).partition(".")[0], alias.lineno
        else:
            yield from _bound_otherwise(node)


def _bound_otherwise(node: ast.stmt) -> Iterator[tuple[str, int]]:
    for part in ast.iter_child_nodes(node):
        if isinstance(part, ast.stmt):
            yield from _bound([part])
        elif isinstance(part, ast.ExceptHandler):
            yield from _bound(part.body)
        else:
            for name in ast.walk(part):
                if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store):
                    yield name.id, name.lineno
                elif isinstance(name, ast.Name) and name.id in ("globals", "setattr", "exec"):
                    yield "*", node.lineno


def _exported(tree: ast.Module) -> list[str] | None:
    value = _assigned("__all__", tree)
    if not isinstance(value, ast.List | ast.Tuple):
        return None
    return [text for item in value.elts if (text := literal_text(item)) is not None]


def _assigned(name: str, tree: ast.Module) -> ast.expr | None:
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.AnnAssign):
            targets = [node.target]
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            return node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
    return None


def _is_own(name: str, module: _Module) -> bool:
    """Whether the name is that of a function of this checkout, not a tool of somebody else's."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name:
            return True
        if isinstance(node, ast.ImportFrom) and _file_of(node, module):
            for alias in node.names:
                if (alias.asname or alias.name) == name:
                    # What is imported with a capital is a class, which may be a tool as well.
                    return name[:1].islower()
    return False


def _file_of(node: ast.ImportFrom, module: _Module) -> Path | None:
    folder = module.root
    if node.level:
        folder = module.path.parent
        for _ in range(node.level - 1):
            folder = folder.parent
    stem = folder.joinpath(*(node.module or "").split("."))
    for path in (stem.with_suffix(".py"), stem / "__init__.py"):
        if path.is_file() and path.resolve().is_relative_to(module.root.resolve()):
            return path
    return None


def _weights(name: str, module: _Module, hops: int) -> str | None:
    """The address of the weights of the entrypoint `name`, found where it is defined."""
    mapping = _assigned(WEIGHTS, module.tree)
    if isinstance(mapping, ast.Dict):
        for key, value in zip(mapping.keys, mapping.values, strict=True):
            if literal_text(key) == name:
                return _text(value, module, _MAX_HOPS)
    for node in module.tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            texts = (
                _text(argument, module, _MAX_HOPS)
                for decorator in node.decorator_list
                if isinstance(decorator, ast.Call)
                for argument in decorator.args
            )
            return next((text for text in texts if text and "://" in text), None)
        if isinstance(node, ast.ImportFrom) and hops:
            original = {item.asname or item.name: item.name for item in node.names}.get(name)
            file = _file_of(node, module) if original else None
            if original and file:
                return _weights_elsewhere(original, file, module.root, hops - 1)
    return None


def _has_pretrained(name: str, module: _Module, hops: int) -> bool:
    """Whether the entrypoint `name` has such a parameter, or a decorator that adds it."""
    for node in module.tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            parameters = (*node.args.args, *node.args.kwonlyargs)
            return any(item.arg == _PRETRAINED for item in parameters) or any(
                _PRETRAINED in ast.unparse(item) for item in node.decorator_list
            )
        if isinstance(node, ast.ImportFrom) and hops:
            original = {item.asname or item.name: item.name for item in node.names}.get(name)
            file = _file_of(node, module) if original else None
            if original and file:
                try:
                    return _has_pretrained(original, _read(file, module.root), hops - 1)
                except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
                    return False
    return False


def _weights_elsewhere(name: str, file: Path, root: Path, hops: int) -> str | None:
    try:
        return _weights(name, _read(file, root), hops)
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _text(node: ast.expr | None, module: _Module, hops: int) -> str | None:
    """The text that `node` stands for, if it is put together from texts that are written out."""
    if hops < 0 or node is None:
        return None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left = _text(node.left, module, hops - 1)
        right = _text(node.right, module, hops - 1)
        return left + right if left is not None and right is not None else None
    if isinstance(node, ast.Name):
        return _text(_assigned(node.id, module.tree), module, hops - 1)
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        mapping = _assigned(node.value.id, module.tree)
        wanted = literal_text(node.slice)
        if isinstance(mapping, ast.Dict) and wanted is not None:
            for key, value in zip(mapping.keys, mapping.values, strict=True):
                if literal_text(key) == wanted:
                    return _text(value, module, hops - 1)
    if isinstance(node, ast.JoinedStr):
        parts = [
            _text(item.value if isinstance(item, ast.FormattedValue) else item, module, hops - 1)
            for item in node.values
        ]
        return "".join(part or "" for part in parts) if None not in parts else None
    return literal_text(node)
