"""The pages that list cards: in parts, by tag, and narrowed down in the browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from generator.config import Settings
from tests.site.browsing import needs_browser, served, watch
from tests.site.hubs import SITE, build, card_text, render_files, write_card, write_hub

MOST_BYTES = 300_000
CARDS = 130


def write_many(settings: Settings) -> None:
    for number in range(CARDS):
        tags = [name for name, every in (("vision", 2), ("nlp", 3)) if number % every == 0]
        summary = {"zh_CN": f"第{number}号模型", "en_US": f"model number {number}"}
        text = card_text(
            {"zh_CN": "中", "en_US": "en"}, title=f"Net {number}", summary=summary, tags=tags
        )
        write_card(settings, f"net_{number:03}", text)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = write_hub(tmp_path_factory.mktemp("many") / "hub")
    write_many(settings)
    return settings


@pytest.fixture(scope="module")
def files(many: Settings) -> dict[str, str]:
    rendered = render_files(many)
    return {path: data.decode() for path, data in rendered.items() if path.endswith(".html")}


def listed(html: str) -> list[str]:
    return re.findall(r'<h2><a href="(net_\d+)/index.html">', html.partition("</template>")[2])


def test_every_card_is_on_exactly_one_page_of_the_catalogue(files):
    paths = ["index.html", "page-2.html", "page-3.html"]
    assert f"en-US/page-{len(paths) + 1}.html" not in files
    for language in ("zh-CN", "en-US"):
        ids = [card_id for path in paths for card_id in listed(files[f"{language}/{path}"])]
        assert ids == [f"net_{number:03}" for number in range(CARDS)]


def test_the_cards_with_a_tag_have_pages_of_their_own(files):
    ids = [
        card_id
        for path in ("tag-vision.html", "tag-vision.2.html")
        for card_id in listed(files[f"en-US/{path}"])
    ]
    assert ids == [f"net_{number:03}" for number in range(0, CARDS, 2)]
    html = files["zh-CN/tag-nlp.html"]
    assert "<h1>自然语言处理模型</h1>" in html
    assert len(listed(html)) == 44
    assert re.search(r'class="count"[^>]*>[^<]*44', html)


def test_the_parts_of_a_list_lead_to_each_other_and_to_their_translations(files):
    html = files["en-US/page-2.html"]
    assert '<a href="index.html" rel="prev">' in html
    assert '<a href="page-3.html" rel="next">' in html
    assert 'hreflang="zh-CN" href="https://example.org/hub/zh-CN/page-2.html"' in html
    assert '<link rel="canonical" href="https://example.org/hub/en-US/page-2.html">' in html
    assert 'rel="next"' not in files["en-US/page-3.html"]


def test_the_sitemap_has_all_pages_of_the_lists(many, files):
    sitemap = render_files(many)["sitemap.xml"].decode()
    for path in files:
        if re.search(r"/(page-|tag-|index\.html$)", path) and "net_" not in path:
            assert f"/{path.removesuffix('index.html')}</loc>" in sitemap


def test_no_page_is_large_however_long_the_texts_are(tmp_path):
    tags = [f"t{number}" for number in range(100)]
    names = "".join(f"  {tag}: {{zh_CN: 标签, en_US: T}}\n" for tag in tags)
    settings = write_hub(tmp_path / "hub", SITE.replace("runtimes:", f"{names}runtimes:"))
    long = "&<" * 500
    for number in range(70):
        text = card_text(
            {"zh_CN": "中"}, title=long, author=long, summary={"zh_CN": long}, tags=tags
        )
        write_card(settings, f"net_{number:03}", text)
    rendered = render_files(settings)
    pages = {p: len(d) for p, d in rendered.items() if re.search(r"/(index|page-\d+|tag-\w+)\.", p)}
    lists = {path: size for path, size in pages.items() if path.count("/") == 1}
    assert len(lists) > 4
    assert max(lists.values()) < MOST_BYTES


@pytest.fixture(scope="module")
def site(many: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("www")
    report = build(many, folder / "hub")
    assert report.diagnostics == ()
    with served(folder) as address:
        yield f"{address}/hub", folder / "hub"


def ids_on(page) -> list[str]:
    links = page.locator(".tiles .tile h2 a").all()
    return [re.search(r"net_\d+", link.get_attribute("href"))[0] for link in links]


@needs_browser
def test_tags_and_text_narrow_the_catalogue_down_and_stand_in_the_address(browser: Browser, site):
    root, _ = site
    with browser.new_context() as context:
        watched = watch(context)
        page = watched.page
        page.goto(f"{root}/en-US/index.html")
        page.click(".filter-tags >> text=Vision")
        expect(page.locator(".count")).to_have_text("Models: 65")
        assert page.url == f"{root}/en-US/tag-vision.html"
        page.click(".filter-tags >> text=NLP")
        expect(page.locator(".count")).to_have_text("Models: 22")
        assert page.url == f"{root}/en-US/index.html?tags=nlp,vision"
        page.fill(".filter-text", "NET 12")
        expect(page.locator(".count")).to_have_text("Models: 3")
        assert ids_on(page) == ["net_012", "net_120", "net_126"]
        page.fill(".filter-text", "号模型 12")
        expect(page).to_have_url(re.compile("text=%E5%8F%B7"))
        expect(page.locator(".count")).to_have_text("Models: 3")
        shared = page.url
        again = context.new_page()
        again.goto(shared)
        expect(again.locator(".count")).to_have_text("Models: 3")
        assert ids_on(again) == ["net_012", "net_120", "net_126"]
        assert again.input_value(".filter-text") == "号模型 12"
        page.click(".tile >> text=Net 120")
        assert page.url == f"{root}/en-US/net_120/index.html"
        page.go_back()
        expect(page.locator(".count")).to_have_text("Models: 3")
        page.click("text=Clear")
        expect(page.locator(".count")).to_have_text(f"Models: {CARDS}")
        assert page.url == f"{root}/en-US/index.html"
        assert watched.complaints == []


@needs_browser
def test_more_is_shown_when_it_is_asked_for_and_back_undoes_a_choice(browser: Browser, site):
    root, _ = site
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{root}/zh-CN/page-2.html")
        page.locator(".filter-tags a").first.focus()
        page.keyboard.press("Space")
        expect(page.locator(".tiles .tile")).to_have_count(60)
        page.click(".filter-more")
        expect(page.locator(".tiles .tile")).to_have_count(65)
        assert page.locator(".filter-more").is_hidden()
        assert "net_120" in page.evaluate("document.activeElement.href")
        page.go_back()
        expect(page.locator(".tiles .tile")).to_have_count(60)
        assert ids_on(page)[0] == "net_060"


@needs_browser
def test_without_scripts_the_tags_lead_to_their_pages(browser: Browser, site):
    root, _ = site
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{root}/en-US/page-3.html")
        assert page.locator("main :is(button, input):visible").count() == 0
        page.click(".filter-tags >> text=NLP")
        assert page.url == f"{root}/en-US/tag-nlp.html"
        assert len(ids_on(page)) == 44
        page.click(".tile >> nth=0 >> text=Vision")
        assert page.url == f"{root}/en-US/tag-vision.html"
        page.click("nav.pages >> text=Next")
        assert ids_on(page)[0] == "net_120"


@needs_browser
def test_the_catalogue_is_narrowed_down_from_a_disk_too(browser: Browser, site):
    _, folder = site
    with browser.new_context() as context:
        watched = watch(context)
        page = watched.page
        page.goto(f"{folder.as_uri()}/en-US/index.html")
        page.fill(".filter-text", "number 77")
        expect(page.locator(".count")).to_have_text("Models: 1")
        page.click(".filter-tags >> text=Vision")
        expect(page.locator(".count")).to_have_text("No model has all of this.")
        assert watched.complaints == []
