"""Templates are compiled once, and whatever becomes of what is kept, pages are the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import jinja2
import pytest

from generator.config import Settings
from generator.site.hub import load_hub
from generator.site.kept_templates import CompiledTemplates
from generator.site.pages import front_page


@pytest.fixture
def kept(tmp_path: Path) -> CompiledTemplates:
    return CompiledTemplates(tmp_path / "cache" / "templates", "this program")


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the templates that Jinja compiles from now on."""
    names: list[str] = []
    compile_source = jinja2.Environment.compile

    def noting(
        self: jinja2.Environment,
        source: object,
        name: str | None = None,
        *rest: object,
        **how: object,
    ) -> object:
        names.append(name or "")
        return compile_source(self, source, name, *rest, **how)

    monkeypatch.setattr(jinja2.Environment, "compile", noting)
    return names


def page(settings: Settings, kept: CompiledTemplates | None) -> str:
    return front_page(load_hub(settings, None, compiled=kept))


def test_what_is_kept_is_not_compiled_again(
    settings: Settings, kept: CompiledTemplates, compiled: list[str]
) -> None:
    first = page(settings, kept)
    assert "front.html" in compiled
    compiled.clear()
    assert page(settings, kept) == first
    assert compiled == []


def test_another_program_compiles_anew(
    settings: Settings, kept: CompiledTemplates, compiled: list[str]
) -> None:
    page(settings, kept)
    compiled.clear()
    page(settings, CompiledTemplates(kept.folder, "another program"))
    assert "front.html" in compiled


def test_a_changed_template_is_compiled_anew(settings: Settings, kept: CompiledTemplates) -> None:
    page(settings, kept)
    own = settings.folder / "templates" / "site-footer.html"
    own.parent.mkdir()
    own.write_text("<p>first</p>", encoding="utf-8")
    assert "<p>first</p>" in page(settings, kept)
    own.write_text("<p>other</p>", encoding="utf-8")
    assert "<p>other</p>" in page(settings, kept)


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def flipped(content: bytes) -> bytes:
    place = len(content) // 2
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def emptied(_content: bytes) -> bytes:
    return b""


@pytest.mark.parametrize("damage", [cut, flipped, emptied])
def test_what_is_damaged_is_compiled_anew_and_mended(
    settings: Settings,
    kept: CompiledTemplates,
    compiled: list[str],
    damage: Callable[[bytes], bytes],
) -> None:
    first = page(settings, kept)
    for path in kept.folder.iterdir():
        path.write_bytes(damage(path.read_bytes()))
    compiled.clear()
    assert page(settings, kept) == first
    assert "front.html" in compiled
    compiled.clear()
    page(settings, kept)
    assert compiled == []


def test_without_a_place_to_keep_them_pages_are_the_same(
    settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    nowhere = CompiledTemplates(tmp_path / "file" / "templates", "this program")
    assert page(settings, nowhere) == page(settings, None)
