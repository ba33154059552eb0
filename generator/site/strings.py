"""The words of the site itself, in each of the hub's languages."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

from msgspec import Struct

from generator.config import Settings, SettingsError
from generator.diagnostics import Diagnostic, Severity, did_you_mean, in_source_order
from generator.languages import Language
from generator.source import FILE_START, Span
from generator.yamltree import MappingNode, Scalar, YamlError, compose

BUILT_IN = Path(__file__).with_name("strings")

Strings: TypeAlias = "Mapping[str, str]"


class _Entry(Struct, frozen=True):
    text: str
    path: Path
    span: Span


_Catalogue: TypeAlias = "Mapping[str, _Entry]"


def load_strings(settings: Settings) -> Mapping[str, Strings]:
    """The words by language code, then by key.

    A hub adds to the built-in catalogues, or changes them, with files of the same names in
    `site/strings/`. Raises `SettingsError` for a catalogue that can't be read, and for a key
    that one language has and another has not.
    """
    hub_folder = settings.folder / "strings"
    built_in = {path.stem: _read(path) for path in sorted(BUILT_IN.glob("*.yaml"))}
    catalogues = {
        language.code: {
            **built_in.get(language.code, {}),
            **_read(hub_folder / f"{language.code}.yaml"),
        }
        for language in settings.languages
    }
    wanted: dict[str, _Entry] = {}
    for catalogue in (*built_in.values(), *catalogues.values()):
        for key, entry in catalogue.items():
            wanted.setdefault(key, entry)
    problems = in_source_order(
        problem
        for language in settings.languages
        for problem in _problems(language, catalogues[language.code], wanted, hub_folder)
    )
    if problems:
        raise SettingsError(problems)
    return {
        code: {key: entry.text for key, entry in catalogue.items()}
        for code, catalogue in catalogues.items()
    }


def _read(path: Path) -> _Catalogue:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise _failed(path, FILE_START, f"can't be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise _failed(path, FILE_START, f"is not UTF-8: {error}") from None
    try:
        node = compose(text)
    except YamlError as error:
        raise SettingsError((_problem(path, error.span, error.message, error.hint),)) from None
    if not isinstance(node, MappingNode):
        raise _failed(path, node.span, "must have lines such as author: Author")
    catalogue: dict[str, _Entry] = {}
    for entry in node.entries:
        if not isinstance(entry.value, Scalar) or not isinstance(entry.value.value, str):
            raise _failed(path, entry.key_span, f"{entry.key} must be text, in quotes if need be")
        catalogue[entry.key] = _Entry(entry.value.value, path, entry.value.span)
    return catalogue


def _problems(
    language: Language, catalogue: _Catalogue, wanted: _Catalogue, hub_folder: Path
) -> Iterator[Diagnostic]:
    path = hub_folder / f"{language.code}.yaml"
    if not catalogue:
        message = f"there is no catalogue of the site's words in {language.name}"
        hint = f"translate {BUILT_IN / 'en_US.yaml'} and put it here"
        yield _problem(path, FILE_START, message, hint)
        return
    for key, model in wanted.items():
        entry = catalogue.get(key)
        if entry is None:
            message = f'the key "{key}" is missing, which {model.path} has'
            yield _problem(path, FILE_START, message, f"add a line {key}: …")
            continue
        names, needed = _placeholders(entry.text), _placeholders(model.text)
        if names != needed:
            message = f"{key} must have the placeholders {_listed(needed)}"
            hint = f"it has {_listed(names)}; {_example(needed, names)}"
            yield _problem(entry.path, entry.span, message, hint)


def _placeholders(text: str) -> frozenset[str] | None:
    try:
        fields = list(string.Formatter().parse(text))
    except ValueError:
        return None
    return frozenset(
        f"{name}!{conversion}:{form}" if form or conversion else name
        for _, name, form, conversion in fields
        if name is not None
    )


def _listed(names: frozenset[str] | None) -> str:
    if names is None:
        return "braces that do not match"
    return ", ".join(f"{{{name}}}" for name in sorted(names)) or "none"


def _example(needed: frozenset[str] | None, names: frozenset[str] | None) -> str:
    unknown = sorted((names or frozenset()) - (needed or frozenset()))
    if unknown and needed:
        return did_you_mean(unknown[0], sorted(needed))
    return "write a brace that is meant as one twice"


def _failed(path: Path, span: Span, message: str) -> SettingsError:
    hint = "write it as the built-in catalogues are written"
    return SettingsError((_problem(path, span, message, hint),))


def _problem(path: Path, span: Span, message: str, hint: str) -> Diagnostic:
    return Diagnostic(str(path), span, "E002", Severity.ERROR, message, hint)
