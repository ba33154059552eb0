"""Templates, styles and scripts: the built-in ones, and what a hub puts in their place."""

from __future__ import annotations

import os
import traceback
from collections.abc import Mapping
from pathlib import Path

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
)
from msgspec import Struct

from generator.config import Settings, SettingsError
from generator.diagnostics import Diagnostic, Severity
from generator.site.addresses import ASSETS
from generator.site.colours import accent_styles
from generator.site.digests import digest_for_address
from generator.site.formats import host, iso_time
from generator.site.kept_templates import CompiledTemplates, KeptTemplates
from generator.source import FILE_START, Span

TEMPLATES = Path(__file__).with_name("templates")
STATIC = Path(__file__).with_name("static")

FRONT_TEMPLATE = "front.html"
CATALOGUE_TEMPLATE = "catalogue.html"
CARD_TEMPLATE = "card.html"
SIDE_BY_SIDE_TEMPLATE = "side-by-side.html"
TILE_TEMPLATE = "card-tile.html"
NOT_FOUND_TEMPLATE = "not-found.html"
CHECK_TEMPLATE = "guide-check.html"
GUIDE_TEMPLATE = "guide.html"
SHARE_PICTURE = "share.png"
ACCENT_STYLES = "accent.css"
LOGO = "logo"
"""What a hub adds to the theme's assets by its settings."""

_BUILT_IN_PREFIX = "hubcards"


class Asset(Struct, frozen=True):
    """A file that pages refer to; its address changes with its content."""

    address: str
    content: bytes


class Theme(Struct, frozen=True):
    """How pages look: compiled templates, and assets by their names."""

    environment: Environment
    assets: Mapping[str, Asset]


def load_theme(settings: Settings, compiled: CompiledTemplates | None = None) -> Theme:
    """The theme of a hub; its templates need not be compiled where they are kept `compiled`.

    A file in `site/templates/` takes the place of the built-in template of the same name,
    which it can extend as `hubcards/<name>`. Raises `SettingsError` for a template that is
    not one.
    """
    built_in = FileSystemLoader(TEMPLATES, encoding="utf-8")
    own = FileSystemLoader(settings.folder / "templates", encoding="utf-8")
    environment = Environment(
        loader=ChoiceLoader([own, built_in, PrefixLoader({_BUILT_IN_PREFIX: built_in})]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=KeptTemplates(compiled) if compiled else None,
    )
    environment.filters["iso_time"] = iso_time
    environment.filters["host"] = host
    # The built-in ones are compiled when they are used, which is not always.
    for name in own.list_templates():
        if name.endswith(".html"):
            _compile(environment, name)
    assets = {path.name: _asset(path) for path in sorted(STATIC.iterdir()) if path.is_file()}
    return Theme(environment, {**assets, **_own_assets(settings)})


def _own_assets(settings: Settings) -> Mapping[str, Asset]:
    look = settings.look
    own = {}
    if look.accent:
        styles = accent_styles(look.accent).encode()
        own[ACCENT_STYLES] = _asset_of(ACCENT_STYLES, styles)
    if look.logo:
        path = settings.folder / look.logo
        name = f"{LOGO}{path.suffix}"
        try:
            own[LOGO] = _asset_of(name, path.read_bytes())
        except OSError as error:
            message = f"the logo can't be read: {error.strerror or error}"
            hint = "put the picture there, or mend its path, which is relative to site.yaml"
            raise SettingsError((_problem(str(path), FILE_START, message, hint),)) from None
    return own


def _compile(environment: Environment, name: str) -> None:
    try:
        environment.get_template(name)
    except (TemplateError, OSError, UnicodeDecodeError) as error:
        raise SettingsError((template_problem(error, name),)) from None


def template_problem(error: Exception, name: str) -> Diagnostic:
    """What is wrong with the template `name`, and where, after it raised `error`."""
    message = f"the template can't be used: {error}"
    hint = "compare it with the built-in template of the same name"
    if isinstance(error, TemplateSyntaxError):
        span = Span.at(error.lineno, 1, 0)
        return _problem(error.filename or error.name or name, span, message, hint)
    if isinstance(error, TemplateNotFound):
        return _problem(name, FILE_START, f"there is no template {error.name}", hint)
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.filename.endswith(".html"):
            return _problem(frame.filename, Span.at(frame.lineno or 1, 1, 0), message, hint)
    return _problem(name, FILE_START, message, hint)


def _asset(path: Path) -> Asset:
    return _asset_of(path.name, path.read_bytes())


def _asset_of(name: str, content: bytes) -> Asset:
    digest = digest_for_address(content)
    stem, suffix = os.path.splitext(name)  # noqa: PTH122 # it is no path
    return Asset(f"{ASSETS}/{stem}.{digest}{suffix}", content)


def _problem(path: str, span: Span, message: str, hint: str) -> Diagnostic:
    return Diagnostic(path, span, "E003", Severity.ERROR, message, hint)
