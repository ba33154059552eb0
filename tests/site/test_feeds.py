"""The Atom feeds, as a feed reader takes them: by the rules of RFC 4287."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from html import unescape
from urllib.parse import urljoin
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element

import pytest

from generator.config import Settings
from generator.site.feeds import NEWEST
from tests.site.hubs import MOMENT, SITE, card_text, render_files, write_card, write_hub

BASE = "https://example.org/hub/"
ATOM = "{http://www.w3.org/2005/Atom}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
BOTH = {"zh_CN": "x", "en_US": "x"}
NASTY = "</title>]]><script>alert(1)</script> & \"quoted\" 'too' 🧠 残差 <![CDATA[ &amp; <!--"


def feed(site: Mapping[str, bytes], tag: str = "en-US") -> Element:
    """The feed, after all that RFC 4287 demands of one was found in it."""
    root = ET.fromstring(site[f"feeds/{tag}.xml"])
    assert root.tag == f"{ATOM}feed"
    assert root.attrib[LANG] == tag
    entries = root.findall(f"{ATOM}entry")
    for element in (root, *entries):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{name}")) == 1
            assert text(element, name)
        assert re.match("https?://[!-~]+$", text(element, "id"))
        datetime.strptime(text(element, "updated"), "%Y-%m-%dT%H:%M:%SZ")  # noqa: DTZ007 # Z
        assert [author.findtext(f"{ATOM}name") for author in element.findall(f"{ATOM}author")]
        assert len(links(element, "alternate")) == 1
    ids = [text(entry, "id") for entry in entries]
    assert len(set(ids)) == len(ids)
    assert links(root, "self") == [text(root, "id")]
    return root


def text(element: Element, name: str) -> str:
    return element.findtext(f"{ATOM}{name}") or ""


def links(element: Element, relation: str) -> list[str]:
    found = element.findall(f"{ATOM}link")
    return [link.attrib["href"] for link in found if link.attrib["rel"] == relation]


def test_a_feed_has_the_cards_in_its_language_the_last_changed_first(settings):
    summary = {"zh_CN": "残差网络", "en_US": "Residual nets"}
    write_card(settings, "a", card_text(BOTH, title="First", summary=summary))
    write_card(settings, "b", card_text(BOTH, title="Second", tags=["nlp", "vision"]))
    write_card(settings, "c", card_text(BOTH, title="Third"))
    site = render_files(settings, updated={"b": MOMENT + timedelta(days=1)})
    root = feed(site)
    assert text(root, "title") == "Model Hub"
    assert text(root, "subtitle") == "Models"
    assert text(root, "updated") == "2026-02-01T12:30:05Z"
    assert links(root, "alternate") == [f"{BASE}en-US/"]
    entries = root.findall(f"{ATOM}entry")
    assert [text(entry, "title") for entry in entries] == ["Second", "First", "Third"]
    assert [text(entry, "updated") for entry in entries] == [
        "2026-02-01T12:30:05Z",
        "2026-01-31T12:30:05Z",
        "2026-01-31T12:30:05Z",
    ]
    assert links(entries[0], "alternate") == [f"{BASE}en-US/b/"]
    categories = [dict(item.attrib) for item in entries[0].findall(f"{ATOM}category")]
    assert categories == [{"term": "nlp", "label": "NLP"}, {"term": "vision", "label": "Vision"}]
    assert text(entries[1], "summary") == "Residual nets"
    chinese = feed(site, "zh-CN")
    assert text(chinese.findall(f"{ATOM}entry")[1], "summary") == "残差网络"


def test_a_summary_in_another_language_says_so(settings):
    write_card(settings, "单语", card_text({"zh_CN": "x"}, summary={"zh_CN": "只有中文"}))
    (entry,) = feed(render_files(settings)).findall(f"{ATOM}entry")
    assert links(entry, "alternate") == [f"{BASE}en-US/%E5%8D%95%E8%AF%AD/"]
    summary = entry.find(f"{ATOM}summary")
    assert summary is not None
    assert (summary.text, summary.attrib[LANG]) == ("只有中文", "zh-CN")


def test_hostile_texts_are_texts(tmp_path):
    control = "a\\0b\\e[31m \\uFFFE\\n  c"
    hostile = SITE.replace("en_US: Model Hub", f'en_US: "{control}"')
    settings = write_hub(tmp_path / "hub", hostile.replace("en_US: Vision", "en_US: '<b>&]]>'"))
    summary = {"zh_CN": NASTY, "en_US": NASTY}
    write_card(settings, "net", card_text(BOTH, title=NASTY, author=NASTY, summary=summary))
    root = ET.fromstring(render_files(settings)["feeds/en-US.xml"])
    (entry,) = root.findall(f"{ATOM}entry")
    assert text(entry, "title") == text(entry, "summary") == NASTY
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == NASTY
    assert [item.attrib["label"] for item in entry.findall(f"{ATOM}category")] == ["<b>&]]>"]
    assert text(root, "title") == r"a\x00b\x1b[31m \ufffe c"


def test_a_feed_stays_small_however_many_cards_there_are(settings):
    for number in range(NEWEST + 3):
        write_card(settings, f"net_{number:03}", card_text(BOTH, title=f"Net {number}"))
    newest = f"net_{NEWEST + 2:03}"
    site = render_files(settings, updated={newest: MOMENT + timedelta(seconds=1)})
    titles = [text(entry, "title") for entry in feed(site).findall(f"{ATOM}entry")]
    assert titles == [f"Net {NEWEST + 2}", *(f"Net {number}" for number in range(NEWEST - 1))]


def test_a_hub_without_cards_has_a_feed(settings):
    (settings.root / "cards").mkdir()
    assert feed(render_files(settings)).findall(f"{ATOM}entry") == []


@pytest.mark.parametrize("base_url", [BASE, "https://other.example/deep/er/", "http://e.org"])
def test_pages_lead_to_the_feeds_their_own_language_first(settings: Settings, base_url):
    write_card(settings, "net", card_text(BOTH))
    site = render_files(settings, base_url)
    for path, tags in {
        "index.html": ["zh-CN", "en-US"],
        "en-US/index.html": ["en-US", "zh-CN"],
        "en-US/net/index.html": ["en-US", "zh-CN"],
        "zh-CN/net/index.html": ["zh-CN", "en-US"],
    }.items():
        pattern = (
            r'<link rel="alternate" type="application/atom\+xml" href="([^"]*)" title="([^"]+)">'
        )
        found = re.findall(pattern, site[path].decode())
        root = base_url.rstrip("/") + "/"
        addresses = [urljoin(root + path, unescape(href)) for href, _ in found]
        assert addresses == [links(feed(site, tag), "self")[0] for tag in tags]
