"""The hub's settings: `site/site.yaml`, typed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct, field

from generator.cards.rules import all_rules, is_essential
from generator.diagnostics import Diagnostic, Severity, did_you_mean, in_source_order, nearest
from generator.languages import Language
from generator.levels import Level
from generator.look import (
    LEAST_CONTRAST,
    LOGO_SUFFIXES,
    PAPER,
    LookSettings,
    contrast,
)
from generator.settings_parts import URL, SettingsPart, Text, Url
from generator.source import FILE_START, Span
from generator.validation import ShapeError, shaped
from generator.yamltree import Node, PlainPath, YamlError, compose, key_span, value_span

SETTINGS_PATH = Path("site", "site.yaml")

_LanguageCode = Annotated[str, Meta(pattern=r"^[a-z]{2,3}(_[A-Za-z]{2,4})*\Z")]
_Module = Annotated[str, Meta(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*\Z")]
_Host = Annotated[str, Meta(pattern=r"^(\*\.)?[a-z0-9][a-z0-9.-]*(:\d+)?\Z")]
_Name = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]*\Z")]


class LanguageSettings(SettingsPart, frozen=True):
    """One of the hub's languages."""

    code: _LanguageCode
    name: Text
    required: bool = False


class RuntimeSettings(SettingsPart, frozen=True):
    """An interpreter with pinned packages. `requirements` is a path relative to the root.

    `preload` has the packages that are imported once, before the groups part, with the
    names under which readers see their versions. `seed` has the modules whose `seed` is
    called at the beginning of each group.
    """

    python: Annotated[str, Meta(pattern=r"^3\.\d+\Z")]
    requirements: Text
    preload: dict[_Module, Text] = msgspec.field(default_factory=dict)
    seed: tuple[_Module, ...] = ()


class LimitSettings(SettingsPart, frozen=True):
    """What a group may take: megabytes of memory and of files, and processes at a time."""

    memory: Annotated[int, Meta(gt=0)] = 8_000
    files: Annotated[int, Meta(gt=0)] = 2_000
    processes: Annotated[int, Meta(gt=0)] = 200


class RepositoryAnswer(SettingsPart, frozen=True):
    """A repository archive that the mirror makes from `include`, paths relative to the root."""

    url: Url
    include: Annotated[tuple[Text, ...], Meta(min_length=1)]


class WeightsAnswer(SettingsPart, frozen=True):
    """Addresses (`*` stands for anything) at which the mirror serves stand-in weights."""

    url: Url


class FileAnswer(SettingsPart, frozen=True):
    """A file that the mirror serves; `path` is relative to the folder of the settings."""

    url: Url
    path: Text


class MirrorSettings(SettingsPart, frozen=True):
    """What the network answers while a card runs.

    `hosts` are those from which answers may be recorded; a `*.` in front stands for any
    host below.
    """

    repositories: tuple[RepositoryAnswer, ...] = ()
    weights: tuple[WeightsAnswer, ...] = ()
    files: tuple[FileAnswer, ...] = ()
    hosts: tuple[_Host, ...] = ()


class _SettingsFile(SettingsPart, frozen=True):
    title: dict[str, Text]
    description: dict[str, Text]
    base_url: Url
    repository: Url
    languages: Annotated[tuple[LanguageSettings, ...], Meta(min_length=1)]
    tags: dict[_Name, dict[str, Text]]
    runtimes: dict[_Name, RuntimeSettings]
    default_runtime: _Name
    time_limit: Annotated[float, Meta(gt=0, le=86_400)] = 120.0
    limits: LimitSettings = LimitSettings()
    mirror: MirrorSettings = MirrorSettings()
    checks: dict[str, Level] = msgspec.field(default_factory=dict)
    guide: bool = True
    report_url: Url | None = None
    look: LookSettings = LookSettings()


class Settings(Struct, frozen=True):
    """Everything that `site/site.yaml` says of the hub at `root`.

    `title`, `description` and the names in `tags` are by language code; `time_limit` is
    in seconds, for a group. `checks` has the levels that the hub sets, by code; `guide` says
    whether the site has the guide for authors. `report_url` is where readers report problems,
    with `{card}` and `{page}` for what to fill in, where it is not the repository's issues.
    `look` is what its pages look like beside the theme.
    """

    root: Path
    title: Mapping[str, str]
    description: Mapping[str, str]
    base_url: str
    repository: str
    languages: tuple[Language, ...]
    tags: Mapping[str, Mapping[str, str]]
    runtimes: Mapping[str, RuntimeSettings]
    default_runtime: str
    time_limit: float
    limits: LimitSettings
    mirror: MirrorSettings
    checks: Mapping[str, Level]
    guide: bool = True
    report_url: str | None = None
    look: LookSettings = field(default_factory=LookSettings)

    @property
    def folder(self) -> Path:
        """The folder of the settings, to which the paths of mirrored files are relative."""
        return self.root / SETTINGS_PATH.parent

    @property
    def required_languages(self) -> tuple[Language, ...]:
        """The languages that every card is written in; the first is the one to fall back to."""
        return tuple(language for language in self.languages if language.required)


class SettingsError(Exception):
    """The settings can't be used; `diagnostics` say why."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__(f"{len(diagnostics)} problems in the settings")
        self.diagnostics = diagnostics


def is_web_address(text: str) -> bool:
    """Whether the settings would take this for an address: http or https, and a host."""
    return re.fullmatch(URL, text) is not None


def load_settings(root: Path) -> Settings:
    """The settings of the hub whose root folder is `root`.

    Raises `SettingsError` with a diagnostic for each problem.
    """
    path = root / SETTINGS_PATH
    name = str(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        hint = (
            "run the command in a hub, or name its folder with --root; to make a hub, see "
            '"A hub of your own" in the README of hubcards'
        )
        raise _failed(name, FILE_START, f"can't be read: {error.strerror}", hint) from None
    except UnicodeDecodeError as error:
        raise _failed(name, FILE_START, f"is not UTF-8: {error}", "save it as UTF-8") from None
    try:
        node = compose(text)
    except YamlError as error:
        raise _failed(name, error.span, error.message, error.hint) from None
    try:
        file = shaped(node, _SettingsFile, _VALUE_HINTS)
    except ShapeError as error:
        raise SettingsError(
            in_source_order(_problem(name, p.span, p.message, p.hint) for p in error.problems)
        ) from None
    inconsistencies = in_source_order(_inconsistencies(name, file, node))
    if inconsistencies:
        raise SettingsError(inconsistencies)
    return Settings(
        root=root,
        title=file.title,
        description=file.description,
        base_url=file.base_url.rstrip("/") + "/",
        repository=file.repository.rstrip("/"),
        languages=tuple(Language(item.code, item.name, item.required) for item in file.languages),
        tags=file.tags,
        runtimes=file.runtimes,
        default_runtime=file.default_runtime,
        time_limit=file.time_limit,
        limits=file.limits,
        mirror=file.mirror,
        checks=file.checks,
        guide=file.guide,
        report_url=file.report_url,
        look=file.look,
    )


_VALUE_HINTS = {
    "base-url": "write the address of the site, as in https://example.org/hub/",
    "repository": "write the address of the repository, as in https://github.com/owner/name",
    "url": "write an http or https address",
    "code": "write a language code as in zh_CN",
    "python": 'write a version as in "3.10", with the quotes',
    "time-limit": "write a number of seconds above 0",
    "report-url": "write an address, as in https://example.org/new?title={card}&text={page}",
    "light": 'write a colour as in "#0a6c5d", with the quotes',
    "dark": 'write a colour as in "#62d2b8", with the quotes',
    "guide": "write true, or false for a site without the guide for authors",
}


def _inconsistencies(name: str, file: _SettingsFile, node: Node) -> Iterator[Diagnostic]:
    codes = [language.code for language in file.languages]
    for index, code in enumerate(codes):
        if code in codes[:index]:
            span = value_span(node, ("languages", index, "code"))
            yield _problem(name, span, f"the language {code} stands here twice", "keep one")
    if not any(language.required for language in file.languages):
        span = key_span(node, ("languages",))
        hint = "add required: true to the language that every card is written in"
        yield _problem(name, span, "no language is required", hint)
    texts: list[tuple[PlainPath, Mapping[str, str]]] = [
        (("title",), file.title),
        (("description",), file.description),
        *((("tags", tag), names) for tag, names in file.tags.items()),
        *(
            (("look", "links", index, "title"), link.title)
            for index, link in enumerate(file.look.links)
        ),
    ]
    for path, by_language in texts:
        label = ".".join(str(step) for step in path)
        for code in codes:
            if code not in by_language:
                message = f"{label} has no text in {code}"
                yield _problem(name, key_span(node, path), message, f"add {code}: …")
        for code in by_language:
            if code not in codes:
                span = key_span(node, (*path, code))
                yield _problem(name, span, f'unknown language "{code}"', did_you_mean(code, codes))
    if file.default_runtime not in file.runtimes:
        span = value_span(node, ("default-runtime",))
        message = f'there is no runtime "{file.default_runtime}"'
        hint = did_you_mean(file.default_runtime, list(file.runtimes))
        yield _problem(name, span, message, hint)
    yield from _refused_levels(name, file, node)
    yield from _refused_looks(name, file.look, node)


def _refused_looks(name: str, look: LookSettings, node: Node) -> Iterator[Diagnostic]:
    accent = {"light": look.accent.light, "dark": look.accent.dark} if look.accent else {}
    for ground, colour in accent.items():
        ratio = contrast(colour, PAPER[ground])
        if ratio < LEAST_CONTRAST:
            message = f"{colour} is hard to read on the {ground} page: its contrast is {ratio:.1f}"
            hint = (
                f"choose a {'darker' if ground == 'light' else 'lighter'} one, of {LEAST_CONTRAST}"
            )
            yield _problem(name, value_span(node, ("look", "accent", ground)), message, hint)
    if look.logo and not look.logo.endswith(LOGO_SUFFIXES):
        hint = f"name a file that ends with {', '.join(LOGO_SUFFIXES)}"
        span = value_span(node, ("look", "logo"))
        yield _problem(name, span, f'"{look.logo}" is no picture that pages show', hint)


def _refused_levels(name: str, file: _SettingsFile, node: Node) -> Iterator[Diagnostic]:
    rules = {rule.code: rule for rule in all_rules()}
    for code, level in file.checks.items():
        path = ("checks", code)
        if code not in rules:
            near = nearest(code, rules)
            hint = f'did you mean "{near}"?' if near else "hubcards check prints the codes"
            yield _problem(name, key_span(node, path), f'no check has the code "{code}"', hint)
        elif is_essential(rules[code]) and level is not Level.ERROR:
            message = f"{code} is always an error: a card with this problem is none"
            yield _problem(name, value_span(node, path), message, "remove this line")


def _problem(name: str, span: Span, message: str, hint: str) -> Diagnostic:
    return Diagnostic(name, span, "E001", Severity.ERROR, message, hint)


def _failed(name: str, span: Span, message: str, hint: str) -> SettingsError:
    return SettingsError((_problem(name, span, message, hint),))
