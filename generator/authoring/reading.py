"""What authors type, understood: the answers of which a card is begun."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from generator.authoring.errors import AuthoringError
from generator.config import Settings
from generator.diagnostics import did_you_mean, printable, shortened

_UNFIT_FOR_ID = re.compile(r"[^\w.-]")
_BETWEEN_ITEMS = re.compile(r"[\s,，、;；]+")
_MAX_TEXT = 1000


def read_id_part(text: str) -> str:
    """A part of an id: in lower case, with hyphens for spaces. Raises `AuthoringError`."""
    part = re.sub(r"\s+", "-", unicodedata.normalize("NFC", text).lower())
    odd = _UNFIT_FOR_ID.search(part)
    if odd:
        char = odd.group()
        raise AuthoringError(
            f'"{printable(shortened(text))}" has the character "{printable(char)}", which has no '
            "place in a file's name; write letters, digits, hyphens and dots"
        )
    if not part or not re.search(r"\w", part):
        raise AuthoringError("write a name, with letters or digits")
    return part


def read_text(text: str) -> str:
    """A line of text; raises `AuthoringError` for one that can't be shown."""
    text = unicodedata.normalize("NFC", text)
    odd = next((char for char in text if not char.isprintable()), None)
    if odd is not None:
        raise AuthoringError(
            f'"{printable(shortened(text))}" has a character that can\'t be shown, '
            f"{printable(odd)}; leave it out"
        )
    if not text:
        raise AuthoringError("write some text")
    if len(text) > _MAX_TEXT:
        raise AuthoringError(f"that has {len(text):,} characters; write at most {_MAX_TEXT:,}")
    return text


def read_languages(text: str, settings: Settings) -> tuple[str, ...]:
    """Codes of languages of the hub, as `zh_CN, en_US`; raises `AuthoringError`."""
    known = [language.code for language in settings.languages]
    codes = _known_items([item.replace("-", "_") for item in _items(text)], known, "language")
    for language in settings.required_languages:
        if language.code not in codes:
            message = f"every card of this hub is written in {language.code} ({language.name})"
            raise AuthoringError(f"{message}; add it")
    return tuple(code for code in known if code in codes)


def read_tags(text: str, settings: Settings) -> tuple[str, ...]:
    """Tags of the hub's vocabulary, as `vision, detection`; raises `AuthoringError`."""
    return _known_items(_items(text), list(settings.tags), "tag")


def read_entrypoints(text: str, known: Sequence[str] | None) -> tuple[str, ...]:
    """Names of entrypoints, at least one, all of them `known`, if it is known which there are.

    Raises `AuthoringError`.
    """
    names = _items(text)
    if not names:
        raise AuthoringError("name an entrypoint: a function of hubconf.py")
    for name in names:
        if not name.isidentifier():
            raise AuthoringError(
                f'"{printable(shortened(name))}" is no entrypoint: '
                "write the name of a function of hubconf.py"
            )
    return names if known is None else _known_items(names, known, "entrypoint")


def _items(text: str) -> tuple[str, ...]:
    items = _BETWEEN_ITEMS.split(unicodedata.normalize("NFC", text).strip())
    return tuple(dict.fromkeys(item for item in items if item))


def _known_items(items: Sequence[str], known: Sequence[str], noun: str) -> tuple[str, ...]:
    for item in items:
        if item not in known:
            message = f'unknown {noun} "{printable(shortened(item))}"'
            raise AuthoringError(f"{message}; {did_you_mean(item, known)}")
    return tuple(items)
