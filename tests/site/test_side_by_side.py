"""Both languages of a card stand next to each other, aligned by heading."""

from __future__ import annotations

import re
from urllib.parse import unquote

from tests.site.hubs import card_text, render_files, write_card

CHINESE = (
    "开头 [链接](#二)[^1]\n\n## 一\n\n文一\n\n### 只有中文\n\n文二\n\n## 二\n\n文三\n\n[^1]: 注"
)
ENGLISH = "Start\n\n## One\n\ntext one\n\n## Two\n\n> ## quoted\n\ntext three"


def pairs_of(page: str) -> list[list[str]]:
    """The text of the two sides of each row; the first is that of the summaries."""
    rows = page.split('<div class="pair">')[1:]
    sides = [re.split(r'<div class="side[^>]*>', row)[1:] for row in rows]
    return [[" ".join(re.sub("<[^>]+>", " ", side).split()) for side in row] for row in sides]


def test_what_belongs_together_stands_in_one_row(settings):
    write_card(settings, "net", card_text({"zh_CN": CHINESE, "en_US": ENGLISH}))
    page = render_files(settings)["en-US/net/side-by-side.html"].decode()
    summaries, start, one, chinese_only, two = pairs_of(page)[:5]
    assert summaries == ["summary zh_CN", "summary en_US"]
    assert start[0].startswith("开头 链接")
    assert start[1] == "Start"
    assert one == ["一 文一", "One text one"]
    assert chinese_only == ["只有中文 文二", "There is no counterpart here."]
    assert two[0].startswith("二 文三")
    assert two[1].startswith("Two quoted text three")


def test_the_ids_of_the_two_sides_are_their_own_and_links_lead_to_them(settings):
    both = {"zh_CN": f'{CHINESE}\n\n<a id="here">x</a>', "en_US": f"{ENGLISH}[^1]\n\n[^1]: note"}
    write_card(settings, "net", card_text(both))
    page = render_files(settings)["en-US/net/side-by-side.html"].decode()
    ids = re.findall(r' id="([^"]*)"', page)
    assert len(ids) == len(set(ids))
    links = re.findall(r' href="#([^"]*)"', page)
    assert {"left-%E4%BA%8C"} <= {*links}
    assert {unquote(link) for link in links} <= {*ids}


def test_text_that_looks_like_an_attribute_stays_as_it_is(settings):
    text = 'Say `<p id="x">` and <b> id="y"</b> href="#z" here.'
    write_card(settings, "net", card_text({"zh_CN": text, "en_US": text}))
    page = render_files(settings)["en-US/net/side-by-side.html"].decode()
    assert page.count('id="y"</b> href="#z" here') == 2


def test_each_side_says_in_which_language_it_is(settings):
    write_card(settings, "net", card_text({"zh_CN": CHINESE, "en_US": ENGLISH}))
    page = render_files(settings)["en-US/net/side-by-side.html"].decode()
    assert page.count('<div class="side prose" lang="zh-CN">') == 4
    assert page.count('<div class="side prose" lang="en-US">') == 3


def test_both_languages_lead_there_and_a_single_one_has_no_such_page(settings):
    write_card(settings, "net", card_text({"zh_CN": CHINESE, "en_US": ENGLISH}))
    write_card(settings, "other", card_text({"zh_CN": CHINESE}))
    site = render_files(settings)
    assert 'href="side-by-side.html"' in site["en-US/net/index.html"].decode()
    assert 'href="../../en-US/net/side-by-side.html"' in site["zh-CN/net/index.html"].decode()
    assert [path for path in site if "side-by-side" in path] == ["en-US/net/side-by-side.html"]
    assert "side-by-side" not in site["en-US/other/index.html"].decode()
