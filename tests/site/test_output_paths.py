"""Whatever a card is called and says: its files are in the output folder, and nowhere else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from generator.cards.catalog import parse_catalog
from generator.site.output import OutputError, Tree
from generator.site.publication import Place, settle
from tests.site.hubs import SITE, build, card_text, write_card, write_hub

SCRAPS = ["..", ".", "/", "\\", "~", "C:", "con", "\0", "%2e%2e", "%2f", "\u202e", "index.html"]
SCRAPS += ["a", "é", "e\u0301", "深", " ", "-", "x" * 120, "api", "\n", "：", "⁄", "\ud800"]
WITHOUT_GUIDE = f"{SITE}guide: false\n"
names = st.lists(st.sampled_from(SCRAPS) | st.characters(), min_size=1, max_size=5).map("".join)


def files_below(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def without_digest(path: Path) -> str:
    return re.sub(r"(search/cards-1)\.\w+", r"\1", path.as_posix())


@given(names)
def test_a_file_of_the_site_is_inside_of_it_or_is_refused(tmp_path_factory, path):
    root = tmp_path_factory.mktemp("root")
    tree = Tree(root / "a" / "site")
    try:
        tree.write(path, b"x")
    except (OutputError, UnicodeEncodeError):
        assert files_below(root) == set()
    else:
        (written,) = files_below(root)
        assert written.resolve().is_relative_to(tree.folder.resolve())
        assert tree.has(path)


@settings(max_examples=50)
@given(names.filter(lambda name: "/" not in name and "\0" not in name and "\ud800" not in name))
def test_the_name_of_a_card_leads_nowhere_else(tmp_path_factory, name):
    root = tmp_path_factory.mktemp("root")
    hub = write_hub(root / "hub", WITHOUT_GUIDE)
    (hub.root / "cards").mkdir()
    card = hub.root / "cards" / f"{name}.md"
    try:
        card.write_text(card_text({"zh_CN": "## x"}), encoding="utf-8")
    except (OSError, UnicodeEncodeError):
        return
    before = files_below(root)
    output = root / "site"
    cards = parse_catalog([hub.root / "cards"], hub).cards
    report = build(hub, output)
    new = files_below(root) - before
    if report.diagnostics:
        assert not output.exists()
        return
    beside = Place(output).beside
    assert all(path.is_relative_to(output) or path.is_relative_to(beside) for path in new)
    pages = {path.parent.name for path in output.glob("zh-CN/*/index.html")}
    assert pages == {item.id for item in cards}


@settings(max_examples=25)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40))
def test_what_a_card_says_of_itself_names_no_file(tmp_path_factory, text):
    root = tmp_path_factory.mktemp("root")
    hub = write_hub(root / "hub", WITHOUT_GUIDE)
    link = "https://example.org/../../../etc/passwd"
    write_card(hub, "net", card_text({"zh_CN": "x"}, title=f"../{text}", author="/x", link=link))
    cards = parse_catalog([hub.root / "cards"], hub).cards
    assume(cards)
    build(hub, root / "strange")
    write_card(hub, "net", card_text({"zh_CN": "x"}))
    build(hub, root / "plain")
    strange, plain = (
        {without_digest(path.relative_to(root / name)) for path in files_below(root / name)}
        for name in ("strange", "plain")
    )
    assert strange == plain
    made = {path.name for path in root.iterdir() if not path.name.endswith(".hubcards")}
    assert made == {"hub", "strange", "plain"}


def test_a_tree_that_is_not_there_can_not_be_settled(tmp_path: Path) -> None:
    settle(Tree(tmp_path))
    with pytest.raises(OutputError, match="can't be written: No such file"):
        settle(Tree(tmp_path / "missing"))
