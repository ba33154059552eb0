"""A hub's own colour, in the light and in the dark."""

from __future__ import annotations

from collections.abc import Sequence

from generator.look import PAPER, AccentSettings

_SOFT = 0.12


def accent_styles(accent: AccentSettings) -> str:
    """A style sheet, behind the theme's own, by which links and marks have this colour."""
    light = _declarations(accent.light, PAPER["light"])
    dark = _declarations(accent.dark, PAPER["dark"])
    return (
        f":root{{{light}}}\n"
        f'@media (prefers-color-scheme: dark){{:root:not([data-theme="light"]){{{dark}}}}}\n'
        f':root[data-theme="dark"]{{{dark}}}\n'
    )


def _declarations(colour: str, paper: str) -> str:
    return f"--accent:{colour};--accent-soft:{_mixed(colour, paper)}"


def _mixed(colour: str, paper: str) -> str:
    parts: Sequence[int] = [
        round(_SOFT * own + (1 - _SOFT) * ground)
        for own, ground in zip(_numbers(colour), _numbers(paper), strict=True)
    ]
    return "#" + "".join(f"{part:02x}" for part in parts)


def _numbers(colour: str) -> list[int]:
    return [int(colour[start : start + 2], 16) for start in (1, 3, 5)]
