"""What a hub's site looks like beside the theme: its colour, its logo, and its links."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta

from generator.settings_parts import SettingsPart, Text, Url

PAPER: Mapping[str, str] = {"light": "#fcfcfb", "dark": "#121615"}
"""The colours of the page, on which the hub's own is read."""

LEAST_CONTRAST = 5.0
"""WCAG wants 4.5; the soft ground of a tag takes a little of what there is on the page."""

LOGO_SUFFIXES = (".png", ".svg", ".webp")

_Colour = Annotated[str, Meta(pattern=r"^#[0-9a-fA-F]{6}\Z")]


class AccentSettings(SettingsPart, frozen=True):
    """The colour of links and marks, as `#rrggbb`, on a light page and on a dark one."""

    light: _Colour
    dark: _Colour


class LinkSettings(SettingsPart, frozen=True):
    """A link at the foot of each page; `title` is by language code."""

    title: dict[str, Text]
    url: Url


class LookSettings(SettingsPart, frozen=True):
    """`logo` is a picture's path, relative to the folder of the settings."""

    accent: AccentSettings | None = None
    logo: Text | None = None
    links: Annotated[tuple[LinkSettings, ...], Meta(max_length=8)] = ()


def contrast(one: str, two: str) -> float:
    """The contrast ratio of two colours, `#rrggbb`, from 1 to 21.

    By https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio.
    """
    darker, lighter = sorted((_luminance(one), _luminance(two)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
