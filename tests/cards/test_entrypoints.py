"""What cards load from this hub is there, and what is there is in a card."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from generator.cards.catalog import read_catalog
from generator.cards.hubconf import read_own_hub
from generator.config import load_settings
from tests.cards.writing import (
    ROOT,
    Finding,
    card_text,
    check,
    findings,
    in_both,
    place_of,
    python,
    settings,
)

OWN_CARD = "cards/megengine_vision_resnet.md"


@pytest.fixture
def hub(tmp_path: Path) -> Path:
    """A copy of this hub, without its code."""
    root = tmp_path / "hub"
    (root / "cards").mkdir(parents=True)
    (root / "site").mkdir()
    for name in ("site/site.yaml", OWN_CARD):
        shutil.copy(ROOT / name, root / name)
    return root


def check_hub(root: Path, *paths: Path) -> list[Finding]:
    return findings(read_catalog(paths or [root / "cards"], load_settings(root)).diagnostics)


def test_the_entrypoints_of_this_hub_are_read_with_their_weights() -> None:
    entrypoints = read_own_hub(settings()).entrypoints
    assert entrypoints is not None
    assert list(entrypoints.lines) == [
        *("resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "resnext50_32x4d"),
    ]
    assert entrypoints.weights["resnext50_32x4d"] == (
        "https://data.megengine.org.cn/models/weights/resnext50_32x4d_fbaug_77592_c4b04e5e.pkl"
    )
    assert set(entrypoints.weights) == set(entrypoints.lines)


def test_what_a_hubconf_offers_is_read_without_running_it(hub: Path) -> None:
    (hub / "models").mkdir()
    (hub / "models" / "nets.py").write_text(
        "from megengine import hub\n"
        "BASE = 'https://example.org/'\n"
        "class Net: ...\n"
        "@hub.pretrained(f'{BASE}net_70312_ab.pkl')\n"
        "def net(): ...\n"
        "def renamed(): ...\n",
        encoding="utf-8",
    )
    (hub / "hubconf.py").write_text(
        "raise SystemExit('never run')\n"
        "dependencies = ['megengine']\n"
        "from functools import partial\n"
        "from megengine.hub import pretrained\n"
        "from models.nets import (\n    Net,\n    net,\n    renamed as other,\n"
        "    renamed as _own,\n)\n"
        "SIZE = 3\n"
        "def direct(): ...\n"
        "def _helper(): ...\n",
        encoding="utf-8",
    )
    entrypoints = read_own_hub(load_settings(hub)).entrypoints
    assert entrypoints is not None
    assert entrypoints.lines == {"net": 7, "other": 8, "direct": 12}
    assert entrypoints.weights == {"net": "https://example.org/net_70312_ab.pkl"}
    assert entrypoints.loadable is not None
    assert entrypoints.loadable >= {"net", "other", "direct", "Net"}
    assert entrypoints.loadable.isdisjoint({"SIZE", "_helper", "_own", "dependencies"})


LOADS = [
    ("import megengine.hub\nmegengine.hub.load('megengine/models', {})", True),
    ("import megengine.hub as h\nh.load('megengine/models', {}, pretrained=True)", True),
    ("import megengine as mge\nmge.hub.load('MegEngine/Models:master', {})", True),
    ("from megengine import hub\nhub.load('megengine/models', entry={})", True),
    ("from megengine import hub\nhub.load(repo_info='megengine/models', entry={})", True),
    ("from megengine.hub import load as l\nl('megengine/models', {})", True),
    ("from megengine.hub import help\nhelp('megengine/models', {})", True),
    (
        "from megengine import hub\nhub.load('megengine/models', {}, git_host='github.com')",
        True,
    ),
    ("from megengine import hub\nhub.load('somebody/models', {})", False),
    ("from megengine import hub\nhub.load('megengine/models:dev', {})", False),
    ("from megengine import hub\nhub.load('megengine/models', {}, commit='abc')", False),
    ("from megengine import hub\nhub.load('megengine/models', {}, git_host='x.org')", False),
    ("from megengine import hub\nrepo = 'megengine/models'\nhub.load(repo, {})", False),
    ("import torch\ntorch.hub.load('megengine/models', {})", False),
    ("print('megengine.hub.load', 'megengine/models', {})", False),
]


@pytest.mark.parametrize(("call", "is_ours"), LOADS)
def test_an_entrypoint_that_is_not_there_is_told(tmp_path: Path, call: str, is_ours: bool) -> None:
    text = card_text("pass", *in_both(call.format("'resnet81'")))
    problems = [item for item in check(text, tmp_path) if item.code == "E511"]
    assert len(problems) == (2 if is_ours else 0)
    for problem in problems[:1]:
        assert problem.place == place_of(text, "'resnet81'")
        assert 'did you mean "resnet18"?' in problem.text
    assert check(card_text("pass", *in_both(call.format("'resnet18'"))), tmp_path) == []


def test_an_alternative_that_loads_what_is_not_there_is_told_at_its_line(tmp_path: Path) -> None:
    text = card_text(
        "import megengine.hub\nm = megengine.hub.load('megengine/models', 'resnet18')\n"
        "#  m = megengine.hub.load('megengine/models', 'resnet340')\n"
    )
    (problem,) = check(text, tmp_path)
    assert (problem.code, problem.place) == ("E511", place_of(text, "'resnet340'"))


def test_what_is_loaded_to_show_an_error_is_left_alone(tmp_path: Path) -> None:
    code = "import megengine.hub\nmegengine.hub.load('megengine/models', 'resnet1')"
    assert check(card_text("pass", *in_both(code, "raises=RuntimeError")), tmp_path) == []


@pytest.mark.parametrize("hubconf", ["from models.resnet import *\n", "globals()['net'] = print\n"])
def test_nothing_is_told_where_entrypoints_are_not_written_out(hub: Path, hubconf: str) -> None:
    (hub / "hubconf.py").write_text(hubconf, encoding="utf-8")
    assert check_hub(hub) == []


def test_an_entrypoint_that_no_card_mentions_is_told_in_hubconf(hub: Path) -> None:
    names = ("resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "resnext50_32x4d")
    lines = [*(f"def {name}(): ..." for name in names), "def forgotten(): ...", "def _own(): ..."]
    (hub / "hubconf.py").write_text("\n".join(lines), encoding="utf-8")
    catalog = read_catalog([hub / "cards"], load_settings(hub))
    assert [item.path for item in catalog.diagnostics] == [str(hub / "hubconf.py")]
    (problem,) = findings(catalog.diagnostics)
    assert (problem.code, problem.place) == ("E512", "7:1")
    assert "forgotten" in problem.text
    # Neither when one card is checked, nor when others' cards are.
    assert check_hub(hub, hub / OWN_CARD) == []
    other = hub.parent / "other"
    other.mkdir()
    (other / "a.md").write_text(card_text("pass"), encoding="utf-8")
    assert check_hub(hub, other) == []
    # Nor when the card that may mention it is broken.
    (hub / "cards" / "b.md").write_text("broken", encoding="utf-8")
    assert "E512" not in [item.code for item in check_hub(hub)]


def test_a_hubconf_that_is_no_python_is_told_once(hub: Path) -> None:
    (hub / "hubconf.py").write_text("def net(:\n", encoding="utf-8")
    assert [item.code for item in check_hub(hub)] == ["E513"]
    assert check_hub(hub, hub / OWN_CARD) == []


def test_a_card_with_an_error_in_its_code_is_not_among_the_valid_ones(hub: Path) -> None:
    (hub / "cards" / "a.md").write_text(card_text(python("mising")), encoding="utf-8")
    catalog = read_catalog([hub / "cards"], load_settings(hub))
    assert [card.id for card in catalog.cards] == ["megengine_vision_resnet"]
    assert len(catalog.paths) == 2
