"""What a page says of its models, and the chart of their accuracies."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.cards.accuracy import stated_accuracies
from generator.config import load_settings
from generator.evidence.model import CardEvidence, Measurement, ModelFacts, Run
from generator.site.accuracy_chart import Box, accuracy_chart
from generator.site.facts import Point
from generator.site.strings import load_strings
from tests.site.hubs import card_text, read_cards, write_card
from tests.site.records import record
from tests.site.test_site import render_site

ROOT = Path(__file__).parents[2]
SVG = "{http://www.w3.org/2000/svg}"
RESNETS = (
    Point("resnet18", 11.69, 70.312),
    Point("resnet34", 21.8, 73.96),
    Point("resnet50", 25.56, 76.254),
    Point("resnet101", 44.55, 77.944),
    Point("resnet152", 60.19, 78.582),
    Point("resnext50_32x4d", 25.03, 77.592),
)
TABLE = """\
| Model | Top-1 (%) |
| --- | --- |
| net | 70.30 |
| big (more data) | 99 |
| big | 0.8125 |
| other | 50 |
"""
NET = ModelFacts("net", 11_689_512, 46_796_448, ((1, 3, 224, 224),), ((1, 1000),), 1_814_073_344, 5)
BIG = ModelFacts("big", 1_234_567_890, 4_938_271_560)
STRINGS = load_strings(load_settings(ROOT))


def evidence(*models: ModelFacts) -> CardEvidence:
    measurement = Measurement("a" * 32, "sample", "2026-01-31T09:05:59Z", {"Lib": "1.2"}, models)
    return CardEvidence("net", (Run(("zh_CN", "en_US"), {"sample": record()}, measurement),))


def pages(settings, *models: ModelFacts):
    write_card(settings, "net", card_text({"zh_CN": TABLE, "en_US": TABLE}))
    return render_site(settings, evidence={"net": evidence(*models)})


def section_of(html: str) -> ET.Element:
    """The part of the page, which has to be well-formed."""
    start = html.index('<section class="model-facts"')
    end = html.index("</section>", start) + len("</section>")
    return ET.fromstring(
        html[start:end].replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ')
    )


def rows(html: str) -> list[list[str]]:
    return [["".join(cell.itertext()) for cell in row] for row in section_of(html).iter("tr")]


def test_a_page_has_the_numbers_in_its_own_words(settings):
    site = pages(settings, NET, BIG)
    head, net, big = rows(site["en-US/net/index.html"])
    assert head[0] == "Entrypoint"
    shape = "1 × 3 × 224 × 224"
    assert net == ["net", "11.69", "47 MB", "1.81", "5e-06", "70.30", shape, "1 × 1000"]
    assert big == ["big", "1,234.57", "4.9 GB", "–", "–", "81.2500", "–", "–"]
    assert "31 Jan 2026, with Lib 1.2" in site["en-US/net/index.html"]
    assert rows(site["zh-CN/net/index.html"])[0][1] == "参数量（百万）"
    assert 'href="#page-facts"' in site["en-US/net/index.html"]


def test_a_card_without_facts_has_no_place_for_them(settings):
    site = pages(settings)
    assert "page-facts" not in site["en-US/net/index.html"]
    assert json.loads(site["api/v1/models/net.json"])["facts"] == []


def test_columns_that_nobody_knows_anything_of_are_left_out(settings):
    (head, _) = rows(pages(settings, ModelFacts("x", 1, 4))["en-US/net/index.html"])
    assert head == ["Entrypoint", "Parameters (millions)", "Weights"]


def test_the_api_has_the_exact_numbers(settings):
    net, big = json.loads(pages(settings, NET, BIG)["api/v1/models/net.json"])["facts"]
    assert net["multiplyAdds"] == 1_814_073_344
    assert (net["entrypoint"], net["weightBytes"]) == ("net", 46_796_448)
    assert (net["inputs"], net["outputs"]) == ([[1, 3, 224, 224]], [[1, 1000]])
    assert big["activations"] is None
    assert net["when"] == "2026-01-31T09:05:59Z"


def test_the_name_of_a_stranger_stays_text(settings):
    hostile = '</desc><script>alert(1)</script>\u202e"\x00'
    html = pages(settings, NET, ModelFacts(hostile, 1, 4))["en-US/net/index.html"]
    assert "<script>alert" not in html
    assert "\u202e" not in html
    section = section_of(html)
    assert not list(section.iter("script"))


def test_accuracies_are_those_of_rows_that_name_nothing_but_the_model(settings):
    write_card(settings, "net", card_text({"zh_CN": TABLE, "en_US": "text"}))
    (card,) = read_cards(settings)
    stated = stated_accuracies(card, card.section("zh_CN"), ["net", "big", "absent"])
    assert {name: float(value) for name, value in stated.items()} == {"net": 70.3, "big": 81.25}
    assert stated_accuracies(card, card.section("en_US"), ["net"]) == {}


def boxes_of(chart):
    marks = [Box(m.x - 5, m.y - 5, m.x + 5, m.y + 5) for m in chart.marks]
    return [mark.name_box for mark in chart.marks], marks


@pytest.mark.parametrize("language", ["zh_CN", "en_US"])
def test_no_name_of_the_resnets_hides_anything(language):
    chart = accuracy_chart(RESNETS, STRINGS[language])
    names, marks = boxes_of(chart)
    assert not any(a.overlaps(b) for a, b in combinations(names, 2))
    assert not any(name.overlaps(mark) for name in names for mark in marks)
    assert not any(mark.has_line for mark in chart.marks)
    for point in RESNETS:
        assert point.entrypoint in chart.text
    assert len({mark.shape for mark in chart.marks}) > 3


NAMES = st.text(min_size=1, max_size=40)
POINTS = st.builds(Point, NAMES, st.floats(0, 1e6), st.floats(0, 100))


@given(st.lists(POINTS, min_size=2, max_size=12))
def test_whatever_the_models_no_name_hides_another_or_leaves_the_frame(points):
    chart = accuracy_chart(points, STRINGS["en_US"])
    if chart is None:
        return
    names, marks = boxes_of(chart)
    assert not any(a.overlaps(b) for a, b in combinations(names, 2))
    assert not any(name.overlaps(mark) for name in names for mark in marks)
    for box in (*names, *marks):
        assert 0 <= box.left <= box.right <= chart.width
        assert 0 <= box.top <= box.bottom <= chart.height
    for ticks in (chart.parameters, chart.accuracies):
        assert len(ticks) >= 2
        assert len({tick.at for tick in ticks}) == len(ticks)


@pytest.mark.parametrize("count", [0, 1, 13])
def test_a_chart_is_for_a_handful_of_models(count):
    points = [Point(f"net{n}", n, n) for n in range(count)]
    assert accuracy_chart(points, STRINGS["en_US"]) is None


def test_the_picture_is_labelled_and_says_the_same_in_words(settings):
    html = pages(settings, NET, BIG)["en-US/net/index.html"]
    (svg,) = section_of(html).iter(f"{SVG}svg")
    ids = {
        item.get("id"): "".join(item.itertext())
        for item in section_of(html).iter()
        if item.get("id")
    }
    label, words = (ids[name] for name in svg.get("aria-labelledby").split())
    assert svg.get("role") == "img"
    assert label == "Accuracy and number of parameters"
    assert words == "net: 11.69 million parameters, 70.3% · big: 1,235 million parameters, 81.25%"
    texts = ["".join(item.itertext()) for item in svg.iter(f"{SVG}text")]
    assert {"net", "big", "Top-1 (%)", "Parameters (millions)"} <= set(texts)
    assert len(list(svg.iter(f"{SVG}path"))) == 2
    assert not any(item.get("style") or item.get("onload") for item in svg.iter())
