"""What search engines are told: every page that is its own, in which languages, since when."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import timedelta
from html import unescape
from xml.etree import ElementTree as ET

import pytest
from msgspec.structs import replace

from generator.config import Settings
from generator.site.catalogue import card_lists
from generator.site.hub import load_hub
from generator.site.markdown.render import SectionRenderer
from generator.site.site import card_output
from generator.site.sitemap import sitemaps
from tests.site.hubs import MOMENT, card_text, place_cards, read_cards, render_files, write_card

BASE = "https://example.org/hub/"
NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
BOTH = {"zh_CN": "## 说明\n", "en_US": "## About\n"}


@pytest.fixture
def site(settings: Settings) -> Mapping[str, bytes]:
    write_card(settings, "both", card_text(BOTH))
    write_card(settings, "单语", card_text({"zh_CN": "x"}))
    return render_files(settings, updated={"both": MOMENT + timedelta(days=1)})


def pages_of(sitemap: bytes) -> Mapping[str, tuple[str | None, Mapping[str, str]]]:
    """When each page was changed, and its alternates by language."""
    pages = {}
    for url in ET.fromstring(sitemap).findall("s:url", NAMES):
        alternates = {
            link.attrib["hreflang"]: link.attrib["href"]
            for link in url.findall("x:link", NAMES)
            if link.attrib["rel"] == "alternate"
        }
        pages[url.findtext("s:loc", None, NAMES)] = (
            url.findtext("s:lastmod", None, NAMES),
            alternates,
        )
    return pages


def test_the_sitemap_has_every_page_that_is_the_canonical_one(site):
    canonical = {
        unescape(address)
        for path, html in site.items()
        if path.endswith(".html")
        for address in re.findall(r'rel="canonical" href="([^"]*)"', html.decode())
    }
    assert set(pages_of(site["sitemap.xml"])) == canonical
    assert f"{BASE}zh-CN/%E5%8D%95%E8%AF%AD/" in canonical
    assert f"{BASE}en-US/%E5%8D%95%E8%AF%AD/" not in canonical


def test_it_names_the_translations_that_the_pages_name(site):
    pages = pages_of(site["sitemap.xml"])
    for path, content in site.items():
        html = content.decode("utf-8", "replace")
        canonical = re.search(r'rel="canonical" href="([^"]*)"', html)
        if path.endswith(".html") and canonical:
            links = re.findall(r'rel="alternate" hreflang="([^"]*)" href="([^"]*)"', html)
            assert pages[canonical.group(1)][1] == dict(links), path


def test_a_page_was_changed_when_its_card_was_and_a_catalogue_when_any_was(site):
    pages = pages_of(site["sitemap.xml"])
    changed = {address.removeprefix(BASE): moment for address, (moment, _) in pages.items()}
    guide = {address for address in changed if "/guide/" in address}
    assert {changed.pop(address) for address in guide} == {None}
    assert changed == {
        "": None,
        "zh-CN/": "2026-02-01T12:30:05Z",
        "en-US/": "2026-02-01T12:30:05Z",
        "zh-CN/tag-vision.html": "2026-02-01T12:30:05Z",
        "en-US/tag-vision.html": "2026-02-01T12:30:05Z",
        "zh-CN/both/": "2026-02-01T12:30:05Z",
        "en-US/both/": "2026-02-01T12:30:05Z",
        "zh-CN/%E5%8D%95%E8%AF%AD/": "2026-01-31T12:30:05Z",
    }
    model = json.loads(site["api/v1/models/both.json"])
    assert changed["zh-CN/both/"] == model["meta"]["updateTime"]


def test_robots_find_the_sitemap_wherever_the_site_is(settings):
    write_card(settings, "net", card_text(BOTH))
    site = render_files(settings, "https://other.example/deep/er")
    assert site["robots.txt"].decode().splitlines() == [
        "User-agent: *",
        "Allow: /",
        "",
        "Sitemap: https://other.example/deep/er/sitemap.xml",
    ]
    assert "https://other.example/deep/er/zh-CN/net/" in pages_of(site["sitemap.xml"])


def test_an_address_with_an_ampersand_is_well_formed(settings):
    write_card(settings, "net", card_text(BOTH))
    base = "https://example.org/a&b'\"<c>/"
    assert f"{base}zh-CN/net/" in pages_of(render_files(settings, base)["sitemap.xml"])


@pytest.mark.parametrize(("most_pages", "most_bytes"), [(4, 10**9), (10**9, 2000)])
def test_what_is_too_much_for_a_sitemap_is_several_and_an_index(settings, most_pages, most_bytes):
    for number in range(6):
        write_card(settings, f"net_{number}", card_text(BOTH))
    hub = load_hub(settings, None)
    cards = read_cards(settings)
    placed = place_cards(cards, {card.path: MOMENT for card in cards}, {})
    listed = [card_output(hub, item, SectionRenderer()).listed for item in placed]
    lists = card_lists(hub, listed)
    (whole,) = sitemaps(hub, listed, lists).values()
    files = sitemaps(hub, listed, lists, most_pages, most_bytes)
    index = ET.fromstring(files["sitemap.xml"])
    assert index.tag.endswith("}sitemapindex")
    places = [place.text or "" for place in index.findall("s:sitemap/s:loc", NAMES)]
    assert len(places) > 2
    parts = [files[place.removeprefix(BASE)] for place in places]
    assert len(files) == len(parts) + 1
    together = {}
    for part in parts:
        pages = pages_of(part)
        assert 0 < len(pages) <= most_pages
        assert len(part) <= most_bytes
        assert not set(together) & set(pages)
        together.update(pages)
    assert together == pages_of(whole)


def test_a_hub_without_cards_has_a_sitemap(settings):
    settings = replace(settings, guide=False)
    (settings.root / "cards").mkdir()
    assert list(pages_of(render_files(settings)["sitemap.xml"])) == [
        BASE,
        f"{BASE}zh-CN/",
        f"{BASE}en-US/",
    ]
