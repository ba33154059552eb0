"""The search in a real browser: what is found, by whom, and with which keys."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page, expect

from generator.cards.explanations import explained_codes
from generator.site.addresses import PAGEFIND, PAGEFIND_OF_GUIDE
from generator.site.guide import GUIDE_PAGES
from generator.site.search.extent import Search
from generator.site.search.pagefind import index_documents
from tests.site.browsing import needs_browser, served, watch
from tests.site.hubs import SITE, build, card_text, write_card, write_hub

pytestmark = needs_browser

TAGS = """\
tags:
  vision: {zh_CN: 视觉, en_US: Vision}
  classification: {zh_CN: 分类, en_US: Classification}
  detection: {zh_CN: 检测, en_US: Detection}
"""
RESNET = """\
# or any of these variants
import megengine.hub
model = megengine.hub.load('megengine/models', 'resnet18', pretrained=True)
# model = megengine.hub.load('megengine/models', 'resnext50_32x4d', pretrained=True)
model.eval()
"""
CHINESE = (
    "所有预训练模型希望数据被正确预处理。\n\n### 捷径连接\n\n把短边缩放到 256，见 `shortedge`。"
)
ENGLISH = "Images are scaled by their shortedge.\n\n### Shortcut connections\n\nWords of its own."


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    text = re.sub(r"(?s)tags:\n.*?(?=runtimes:)", TAGS, SITE)
    settings = write_hub(tmp_path_factory.mktemp("hub") / "hub", text)
    summary = {"zh_CN": "深度残差网络（ImageNet 预训练权重）", "en_US": "Deep residual networks"}
    resnet = card_text(
        {"zh_CN": CHINESE, "en_US": ENGLISH},
        title="ResNet",
        summary=summary,
        tags=["vision", "classification"],
        sample=RESNET,
    )
    write_card(settings, "megengine_vision_resnet", resnet)
    boxes = card_text(
        {"zh_CN": "框。", "en_US": "Boxes."},
        title="Boxes",
        summary={"zh_CN": "找出物体", "en_US": "Finds things"},
        tags=["detection"],
    )
    write_card(settings, "megengine_vision_boxes", boxes)
    for number in range(8):
        other = card_text(
            {"zh_CN": "别的文字", "en_US": "other words"}, title=f"Other {number}", tags=[]
        )
        write_card(settings, f"other_{number}", other)
    www = tmp_path_factory.mktemp("www")
    report = build(settings, www / "hub", search=Search.FULL_TEXT)
    assert report.diagnostics == ()
    with served(www) as address:
        yield f"{address}/hub", www / "hub"


@pytest.fixture(scope="module")
def page(browser: Browser, site: tuple[str, Path]) -> Iterator[Page]:
    with browser.new_context() as context:
        watched = watch(context)
        watched.page.goto(f"{site[0]}/zh-CN/index.html")
        watched.page.keyboard.press("/")
        yield watched.page
        assert watched.complaints == []


ANSWERED = '.search-results[aria-busy="false"]'
CARDS = ".search-results li:not(:has(.search-guide)) a"


def found(page: Page, query: str) -> list[str]:
    """The ids of the cards that are found, the best one first."""
    return [re.split(r"/", address)[-2] for address in addresses(page, query, CARDS)]


def addresses(page: Page, query: str, of: str = ".search-results a") -> list[str]:
    """Where what is found leads, the best first."""
    page.fill("dialog.search input", query)
    expect(page.locator(ANSWERED)).to_be_attached()
    return [link.get_attribute("href") or "" for link in page.locator(of).all()]


def test_the_guide_is_found_behind_the_cards_and_marked(page, site):
    for query, name in (("E605", "check-e605"), ("compile-only", "attributes")):
        assert f"{site[0]}/zh-CN/guide/{name}.html" in [
            address.partition("#")[0] for address in addresses(page, query)
        ]
        assert page.locator(".search-results .search-guide").first.inner_text() == "作者指南"
    assert addresses(page, "E605")[0] == f"{site[0]}/zh-CN/guide/check-e605.html"
    mixed = [("/guide/" in address) for address in addresses(page, "model")]
    assert mixed == sorted(mixed)
    assert True in mixed


def test_the_guide_s_headings_are_found_without_the_index_of_words(browser, site):
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{site[1].as_uri()}/en-US/index.html")
        page.keyboard.press("/")
        page.fill("dialog.search input", "what may stay")
        link = page.locator(".search-results a").first
        expect(link).to_contain_text("Guide for authors")
        assert (link.get_attribute("href") or "").endswith("en-US/guide/checks.html#what-may-stay")


@pytest.mark.parametrize(
    "query",
    [
        "残差网络",
        "分类",
        "resnext",
        "shortedge",
        "ResNet",
        "classification",
        "50_32x4d",
        "捷径",
        "预处理",
    ],
)
def test_the_right_card_is_found_first(page, query):
    assert found(page, query)[:1] == ["megengine_vision_resnet"]


def test_a_tag_is_found_in_every_language(page):
    for query in ("检测", "detection", "Detection"):
        assert found(page, query) == ["megengine_vision_boxes"]


HAN = ["深度残差网络", "预训练权重", "捷径连接", "找出物体"]
PAIRS = sorted({text[at : at + 2] for text in HAN for at in range(len(text) - 1)})


@pytest.mark.parametrize("pair", PAIRS)
def test_any_two_han_characters_side_by_side_find_their_card(page, pair):
    wanted = "megengine_vision_boxes" if pair in "找出物体" else "megengine_vision_resnet"
    assert wanted in found(page, pair)


def test_several_words_must_all_be_there(page):
    assert found(page, "resnet 分类") == ["megengine_vision_resnet"]
    assert found(page, "resnet 检测") == []


@how(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(query=st.text(max_size=12))
def test_no_query_breaks_the_search(page, query):
    addresses(page, query)
    assert found(page, "shortedge") == ["megengine_vision_resnet"]


def test_what_was_found_is_marked(page):
    found(page, "残差")
    assert page.locator(".search-results mark").first.inner_text() == "残差"
    found(page, "短边缩放")
    assert page.locator(".search-excerpt mark").first.inner_text() == "短边缩放"


def test_the_keyboard_suffices(browser, site):
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{site[0]}/en-US/index.html")
        page.keyboard.press("/")
        page.keyboard.type("other")
        expect(page.locator(CARDS)).to_have_count(8)
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        second = page.evaluate("document.activeElement.getAttribute('href')")
        assert second == page.locator(".search-results a").nth(1).get_attribute("href")
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowUp")
        assert page.evaluate("document.activeElement.tagName") == "INPUT"
        page.keyboard.press("Escape")
        assert page.locator("dialog.search").is_hidden()
        page.keyboard.press("/")
        page.keyboard.type("boxes")
        page.keyboard.press("Enter")
        expect(page).to_have_url(f"{site[0]}/en-US/megengine_vision_boxes/index.html")


REOPENS = """() => {
  const dialog = document.querySelector("dialog.search");
  dialog.close();
  const pressed = new KeyboardEvent("keydown", { key: "/", bubbles: true });
  document.activeElement.dispatchEvent(pressed);
  return dialog.open;
}"""


def test_the_shortcut_works_in_the_moment_in_which_the_search_is_closed(page):
    assert page.evaluate(REOPENS)


def test_tags_narrow_the_search(page):
    everything = {"megengine_vision_boxes", "megengine_vision_resnet"}
    assert everything < set(found(page, "net"))
    page.click(".search-tags >> text=检测")
    try:
        assert found(page, "net") == ["megengine_vision_boxes"]
        assert found(page, "框") == ["megengine_vision_boxes"]
        assert found(page, "shortedge") == []
    finally:
        page.click(".search-tags >> text=检测")


def test_nothing_of_the_search_is_loaded_before_it_is_used(browser, site):
    with browser.new_context() as context:
        watched = watch(context)
        watched.page.goto(f"{site[0]}/en-US/megengine_vision_resnet/index.html")
        watched.page.wait_for_load_state("networkidle")
        assert [url for url in watched.requests if "search" in url] == []


def test_from_a_disk_what_the_list_has_is_found(browser, site):
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{site[1].as_uri()}/zh-CN/index.html")
        page.keyboard.press("/")
        assert found(page, "残差网络") == ["megengine_vision_resnet"]
        assert found(page, "resnext") == ["megengine_vision_resnet"]


def test_the_same_documents_give_the_same_index(site):
    documents = site[1].with_name(".hub.hubcards") / "documents"
    one, other = (list(index_documents(documents, PAGEFIND)) for _ in range(2))
    assert one == other
    entry = json.loads(dict(one)["search/pagefind/pagefind-entry.json"])
    assert entry["languages"]["en"]["page_count"] == 20
    guide = json.loads((site[1] / PAGEFIND_OF_GUIDE / "pagefind-entry.json").read_bytes())
    pages = 2 * (len(GUIDE_PAGES) + len(explained_codes()))
    assert guide["languages"]["en"]["page_count"] == pages
