"""A site works wherever its folder lies: below a path of any server, and on a disk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest

from tests.site.browsing import needs_browser, served, watch
from tests.site.page_kinds import PAGE_KINDS, write_site

BASE = "/some/base/"


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("www") / "some" / "base"
    write_site(tmp_path_factory.mktemp("hub") / "hub", folder)
    return folder


@pytest.fixture(scope="module")
def address(site) -> Iterator[str]:
    with served(site.parents[1]) as address:
        yield f"{address}/some/base"


class Links(HTMLParser):
    """The ids of a page, and all that it leads to or loads."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            elif name in ("href", "src", "data-script") and value is not None:
                self.targets.append(value)


def read_pages(site: Path) -> Mapping[str, Links]:
    return {
        path.relative_to(site).as_posix(): Links(path.read_text(encoding="utf-8"))
        for path in sorted(site.rglob("*.html"))
    }


def test_every_link_of_every_page_leads_to_a_file_and_an_anchor_of_the_site(site):
    pages = read_pages(site)
    assert {kind.in_language("en-US") for kind in PAGE_KINDS.values()} <= pages.keys()
    checked = 0
    for path, page in pages.items():
        for target in page.targets:
            # What is no link to a page or file of ours has a host; nothing else has a scheme.
            if urlsplit(target).scheme:
                assert urlsplit(target).scheme in ("http", "https", "mailto"), (path, target)
                continue
            place = urlsplit(urljoin(f"http://host{BASE}{path}", target))
            assert place.path.startswith(BASE), (path, target)
            assert not target.startswith("/") or path == "404.html", (path, target)
            name = unquote(place.path.removeprefix(BASE))
            assert (site / name).is_file(), (path, target)
            if place.fragment:
                assert unquote(place.fragment) in pages[name].ids, (path, target)
            checked += 1
    assert checked > 20 * len(pages)


def test_every_id_stands_once_on_a_page(site):
    for path, page in read_pages(site).items():
        assert len(page.ids) == len(set(page.ids)), path


@needs_browser
@pytest.mark.parametrize("place", ["server", "disk"])
def test_a_visitor_gets_everywhere_by_clicking(browser, site, address, place):
    root = address if place == "server" else site.as_uri()
    with browser.new_context(locale="fr") as context:
        watched = watch(context)
        page = watched.page
        page.goto(f"{root}/index.html")
        page.click(".choices a[data-language=en-US]")
        assert page.url == f"{root}/en-US/index.html"
        page.click("text=Rich ResNet")
        assert page.url == f"{root}/en-US/a_rich/index.html"
        page.click("nav.contents >> text=Table")
        assert page.url == f"{root}/en-US/a_rich/index.html#table"
        page.click(".languages >> text=简体中文")
        assert page.url.startswith(f"{root}/zh-CN/a_rich/index.html")
        page.click(".prose >> text=另一张卡片")
        assert unquote(page.url) == f"{root}/zh-CN/b_chinese/index.html#小节"
        assert page.locator("[id=小节]").is_visible()
        page.click("a[rel=prev]")
        assert page.url == f"{root}/zh-CN/a_rich/index.html"
        page.click("a[rel=next]")
        page.click(".brand")
        page.wait_for_url(f"{root}/zh-CN/index.html", wait_until="load")
        page.keyboard.press("/")
        page.fill("dialog.search input", "残差")
        page.wait_for_selector(".search-results a")
        page.keyboard.press("Enter")
        page.wait_for_url(f"{root}/zh-CN/a_rich/index.html*")
        if place == "server":
            # From a disk, browsers show such a file instead.
            with page.expect_download() as download:
                page.click("a[download$='.ipynb']")
            assert download.value.suggested_filename == "a_rich.zh-CN.ipynb"
        assert watched.complaints == []
        assert {url for url in watched.requests if not url.startswith(root)} == set()
