"""What a worker of a cluster does: it renders, once it has seen that it has what the client has."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from threading import Lock

from generator import __version__
from generator.cluster.errors import DiffersError
from generator.site.ingredients import code_digest, own_digest, site_key
from generator.site.work import RenderedCard, RenderingOrder, render_cards, unpacked_site
from generator.source import path_for_readers

# As it was when this process began to use it: the files may be others by now.
_CODE = code_digest()

# What is kept from one batch to the next is for one thread.
_TURN = Lock()


def program() -> str:
    """The version of hubcards that this process runs, and a digest of its files."""
    return f"{__version__} ({_CODE[:12]})"


def check_program(there: str) -> None:
    """Raises `DiffersError` unless this process runs the program that is `there`."""
    if program() != there:
        raise DiffersError(
            f"it runs hubcards {program()}, and here it is {there};"
            " install the same on all machines, and start the workers again"
        )


def render_as_there(order: RenderingOrder, program_there: str) -> Sequence[RenderedCard]:
    """What came of the cards; the same as on the machine that ordered it.

    Raises `DiffersError` when it would not be: the program, the hub's folder, the libraries or
    the records differ.
    """
    check_program(program_there)
    with _TURN:
        _check_site(order.site)
        before = _owns(order)
        rendered = render_cards(order)
        _check_cards(order, before)
        return rendered


def _check_cards(order: RenderingOrder, owns: Sequence[str]) -> None:
    for task, own in zip(order.tasks, owns, strict=True):
        if task.own != own:
            settings = unpacked_site(order.site).settings
            name = path_for_readers(task.path, settings.root)
            raise DiffersError(
                f"{name}, or its records, are not there as they are here;"
                " workers need the hub's folder and the cache as they are here, at the same paths"
            )


def _owns(order: RenderingOrder) -> list[str]:
    site = unpacked_site(order.site)
    return [
        own_digest(site.key, task.path, task.updated, site.settings, site.evidence)
        for task in order.tasks
    ]


@lru_cache(maxsize=1)
def _check_site(packed: bytes) -> None:
    site = unpacked_site(packed)
    settings = site.settings
    if site_key(settings, site.base_url or settings.base_url, site.search) != site.key:
        raise DiffersError(
            f"Python, its libraries, or what is in {settings.folder} are not there as they are"
            " here; workers need the same, and the hub's folder at the same path"
        )
    if not site.evidence.is_at_home():
        raise DiffersError(
            "the mirror's answers in its cache are not there as they are here, and the"
            " records would count for less; workers need the same cache"
        )
