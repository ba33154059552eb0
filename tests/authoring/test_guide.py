"""The guide says the same in both languages, and what it shows as a card is one that runs."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

from generator.cards.attributes import ATTRIBUTE_USES, read_attributes
from generator.config import load_settings
from generator.site.guide import GUIDE_PAGES, SOURCES, guide_text
from generator.site.hub import load_hub
from generator.source import Position
from tests.authoring.hubs import ROOT, SITE, hubcards, write_hub

HUB = load_hub(load_settings(ROOT), None)
CARDS = re.findall(
    r"^````markdown\n(---\n.*?)^````$",
    (SOURCES / "format.md").read_text(encoding="utf-8"),
    re.MULTILINE | re.DOTALL,
)


def test_every_page_of_the_guide_is_listed() -> None:
    assert {path.stem for path in SOURCES.glob("*.md")} == set(GUIDE_PAGES)


@pytest.mark.parametrize("name", GUIDE_PAGES)
def test_both_languages_have_the_same_headings_code_and_rows(name: str) -> None:
    chinese, english = (guide_text(HUB, name, code) for code in ("zh_CN", "en_US"))
    for pattern in (r"(?m)^(#+) ", r"(?m)^ *(```+\w*)", r"(?m)^(\|)", r"\]\(([^)]*)\)"):
        assert re.findall(pattern, chinese) == re.findall(pattern, english)


def test_the_example_card_is_the_same_in_both_languages() -> None:
    assert len(CARDS) == 2
    assert CARDS[0] == CARDS[1]


def test_the_example_card_has_no_problems_and_runs(tmp_path: Path) -> None:
    path = tmp_path / "megengine_vision_example.md"
    path.write_text(CARDS[0], encoding="utf-8")
    checked = hubcards(ROOT, "check", path)
    assert checked.returncode == 0, checked.stdout
    assert "warning[" not in checked.stdout
    tested = hubcards(ROOT, "test", path, "--fresh")
    assert tested.returncode == 0, tested.stdout


def yaml_of(page: str) -> str:
    """The block of YAML that a page shows, which is the same in both languages up to its words."""
    text = (SOURCES / page).read_text(encoding="utf-8")
    blocks = re.findall(r"^ *```yaml\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 2
    assert blocks[0] == blocks[1]
    return textwrap.dedent(blocks[0])


def test_the_metrics_that_the_guide_shows_become_a_table(tmp_path: Path) -> None:
    before, separator, behind = CARDS[0].partition("---\n\n```python")
    with_table = re.sub(r"(<!-- section: \w+ -->\n)", r"\1\n<!-- metrics: imagenet -->\n", behind)
    path = tmp_path / "megengine_vision_example.md"
    path.write_text(before + yaml_of("format.md") + separator + with_table, encoding="utf-8")
    checked = hubcards(ROOT, "check", path)
    assert checked.returncode == 0, checked.stdout
    assert "warning[" not in checked.stdout
    shown = hubcards(ROOT, "show", path.stem, "--cards", tmp_path, "--language", "en_US")
    assert "70.312" in shown.stdout


def test_the_settings_of_the_mirror_that_the_guide_shows_are_understood(tmp_path: Path) -> None:
    before, _, _ = SITE.partition("mirror:\n")
    hub = write_hub(tmp_path / "hub", before + yaml_of("mirror.md"))
    assert load_settings(hub).mirror.hosts == ("data.megengine.org.cn",)


@pytest.mark.parametrize("name", ATTRIBUTE_USES)
def test_each_attribute_is_understood_as_the_guide_writes_it(name: str) -> None:
    read = read_attributes(f"python {ATTRIBUTE_USES[name].example}", Position(1, 1))
    assert read.problems == ()
    assert set(read.attributes.spans) == {name}
