"""Folders of cards, with all that can lie in a folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from generator.cards.catalog import read_catalog
from generator.cards.files import card_files
from generator.excerpt import as_excerpts
from tests.cards.writing import card_text, settings

SETTINGS = settings()


def write(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(card_text(), encoding="utf-8")


def problems(*paths: Path) -> list[tuple[str, str]]:
    catalog = read_catalog(paths, SETTINGS)
    return [(Path(item.path).name, item.code) for item in catalog.diagnostics]


def ids(*paths: Path) -> list[str]:
    return [card.id for card in read_catalog(paths, SETTINGS).cards]


def test_every_md_file_in_the_folder_and_below_is_a_card(tmp_path):
    write(tmp_path, "b.md", "deep/er/a.md", "notes.txt", ".hidden.md", ".git/c.md")
    assert ids(tmp_path) == ["a", "b"]
    assert problems(tmp_path) == []


def test_a_card_that_is_named_twice_is_read_once(tmp_path):
    write(tmp_path, "a.md")
    assert len(card_files([tmp_path, tmp_path / "a.md", tmp_path / "." / "a.md"])) == 1


def test_one_bad_card_stops_no_other(tmp_path):
    write(tmp_path, "good.md")
    (tmp_path / "bytes.md").write_bytes(os.urandom(300) + b"\xff")
    (tmp_path / "empty.md").write_bytes(b"")
    assert ids(tmp_path) == ["good"]
    assert {name for name, _ in problems(tmp_path)} == {"bytes.md", "empty.md"}


WRONG_VALUES = [
    ("tags: [vision]", "tags: [vison]"),
    ("tags: [vision]", "tags: [[vision]]"),
    ("tags: [vision]\n", ""),
    ("title: A model", "titel: A model"),
    ("title: A model", "title: [A model]"),
    ("author: Somebody", "author: {a: b}"),
    ("zh_CN: 模型, ", ""),
    ("en_US: A", "en_UK: A"),
    ("summary: {zh_CN: 模型, en_US: A model}\n", ""),
    ("summary: {zh_CN: 模型, en_US: A model}", "summary: [模型, A model]"),
    ("github-link: https://", "github-link: "),
    ("github-link: ", "github-lnik: "),
    ("template: hub1", "template: hub2"),
    ("---\n```", "metrics: {imagenet: {}}\n---\n```"),
    ("---\n```", "metrics: imagenet\n---\n```"),
    ("---\n```", "metric: {imagenet: {}}\n---\n```"),
    (
        "---\n```",
        "metrics: {imagenet: {dataset: x, columns: {a: b}, values: {m: {c: 1}}}}\n---\n```",
    ),
]


@pytest.mark.parametrize(("right", "wrong"), WRONG_VALUES)
def test_what_is_wrong_in_the_front_matter_hides_nothing_of_what_follows(tmp_path, right, wrong):
    text = card_text(
        "import os\nprint(nowhere)",
        "见 [一](http://example.org/a) 。  \n<!-- metrics: imagenet -->",
        "The reszied [one](http://example.org/a).  \n<!-- metrics: imagenet -->",
    )
    path = tmp_path / "card.md"
    path.write_text(text, encoding="utf-8")
    found = problems(path)
    path.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    told = problems(path)
    assert ids(path) == []
    assert any(code.startswith("E2") for _, code in told)
    in_body = [item for item in told if item[1] > "E3"]
    # What nobody can tell from a front matter like this is left out.
    assert in_body in (found, [item for item in found if item[1] != "E630"])
    assert {"E502", "E730", "E740"} <= {code for _, code in in_body}


def test_what_is_wrong_before_the_sections_or_a_missing_section_hides_nothing(tmp_path):
    text = card_text("print(nowhere)").replace("<!-- section: zh_CN -->\n中文。\n", "text\n")
    (tmp_path / "card.md").write_text(text, encoding="utf-8")
    assert problems(tmp_path) == [("card.md", code) for code in ("E312", "E502", "E303", "E308")]


def test_what_is_no_file_is_told_and_does_not_hang(tmp_path):
    write(tmp_path, "good.md", "folder.md/inside.md")
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "broken.md").symlink_to(tmp_path / "nowhere")
    (tmp_path / "loop.md").symlink_to(tmp_path / "loop.md")
    (tmp_path / "up").symlink_to(tmp_path)
    assert ids(tmp_path) == ["good"]
    assert set(problems(tmp_path)) == {
        (name, "E101") for name in ("folder.md", "pipe.md", "broken.md", "loop.md")
    }


def test_a_file_that_may_not_be_read_is_told(tmp_path):
    write(tmp_path, "closed.md", "good.md")
    path = tmp_path / "closed.md"
    path.chmod(0)
    if os.access(path, os.R_OK):
        # The superuser reads it all the same; then it is a card like any other.
        assert ids(tmp_path) == ["closed", "good"]
    else:
        assert problems(tmp_path) == [("closed.md", "E101")]


@pytest.mark.parametrize(
    "name", ["a b.md", "a?.md", "-a.md", "index.md", "API.md", "nul.md", "a..md"]
)
def test_a_name_that_can_be_no_address_is_told(tmp_path, name):
    write(tmp_path, name)
    assert problems(tmp_path) == [(name, "E105")]


def test_a_name_that_is_no_text_is_told(tmp_path):
    path = os.fsencode(tmp_path) + b"/\xff\xfe.md"
    try:
        Path(os.fsdecode(path)).write_text(card_text(), encoding="utf-8")
    except OSError:
        pytest.skip("this file system has text names only")
    assert [code for _, code in problems(tmp_path)] == ["E105"]


@pytest.mark.parametrize("other", ["deep/net.md", "deep/NET.md", "deep/Net.md"])
def test_two_cards_with_one_id_are_both_told_and_neither_is_taken(tmp_path, other):
    write(tmp_path, "net.md", other, "third.md")
    assert ids(tmp_path) == ["third"]
    assert [code for _, code in problems(tmp_path)] == ["E106", "E106"]


def test_a_path_that_does_not_exist_is_told(tmp_path):
    assert problems(tmp_path / "none.md") == [("none.md", "E101")]


def test_a_folder_without_cards_is_an_empty_catalogue(tmp_path):
    catalog = read_catalog([tmp_path], SETTINGS)
    assert (catalog.paths, catalog.cards, catalog.diagnostics) == ((), (), ())


def test_names_in_chinese_are_names(tmp_path):
    write(tmp_path, "组织_视觉_模型.md")
    assert ids(tmp_path) == ["组织_视觉_模型"]


def test_a_link_to_what_is_no_card_is_refused_and_nothing_of_it_is_shown(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("password\n", encoding="utf-8")
    write(tmp_path, "elsewhere/good.md")
    folder = tmp_path / "cards"
    folder.mkdir()
    (folder / "bad.md").symlink_to(secret)
    (folder / "good.md").symlink_to(tmp_path / "elsewhere" / "good.md")
    catalog = read_catalog([folder], SETTINGS)
    assert [card.id for card in catalog.cards] == ["good"]
    assert [(Path(item.path).name, item.code) for item in catalog.diagnostics] == [
        ("bad.md", "E101")
    ]
    assert "password" not in as_excerpts(catalog.diagnostics)
