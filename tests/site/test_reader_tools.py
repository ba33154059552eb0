"""What programs find: Markdown, llms.txt, JSON-LD, previews, and a page for what is not there."""

from __future__ import annotations

import json
import os
import re
import struct
import subprocess
import sys
from collections.abc import Mapping
from html import unescape
from typing import Any
from urllib.parse import urljoin

import pytest
from msgspec.structs import replace

from generator.site.guide import GUIDE_PAGES
from tests.site.hubs import (
    SAMPLE,
    build,
    card_text,
    render_files,
    write_card,
    write_hub,
)
from tests.site.oracle import github
from tests.site.records import card_evidence, record
from tests.site.test_site import ROOT, THIRD

BASE = "https://example.org/hub/"
BOTH = {"zh_CN": "## 说明\n", "en_US": "## About\n\n```python\nx = 1\n```\n"}
NASTY = "</script><script>alert(1)</script><!-- [x](y) \"q\" 'q' {{ 7*7 }} 🧠 ]]> & &lt; 残差"


def structured_data(html: bytes) -> Mapping[str, Any]:
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html.decode())
    (data,) = map(json.loads, found)
    return data


def meta(html: bytes) -> Mapping[str, str]:
    pairs = re.findall(r'<meta (?:name|property)="([^"]*)" content="([^"]*)">', html.decode())
    assert len({name for name, _ in pairs}) == len(pairs)
    return {name: unescape(content) for name, content in pairs}


def test_a_page_as_markdown_has_facts_sample_code_and_the_section_as_it_was_written(settings):
    summary = {"zh_CN": "残差网络", "en_US": "Residual *nets*"}
    write_card(settings, "net", card_text(BOTH, title="Net_1", summary=summary))
    evidence = {"net": card_evidence("net", {"en_US": {"block-1": record()}})}
    page = render_files(settings, evidence=evidence)["en-US/net/index.md"].decode()
    assert page == (
        "# Net_1\n\nResidual \\*nets\\*\n\n"
        "- Author: Somebody\n- Tags: Vision\n"
        "- Source code: <https://github.com/example/models>\n- Updated: 31 Jan 2026\n"
        "- Model page: <https://example.org/hub/en-US/net/>\n"
        "- Code blocks: executed 1 of 2\n\n"
        f"## Sample code\n\n```python\n{SAMPLE}```\n\n"
        "## Description\n\n" + BOTH["en_US"]
    )


def test_a_page_that_falls_back_has_markdown_that_says_so(settings):
    write_card(settings, "net", card_text({"zh_CN": "## 只有中文\n"}))
    page = render_files(settings)["en-US/net/index.md"].decode()
    notice = "> This card has no English version yet; the 简体中文 version is shown."
    assert page.endswith(f"## Description\n\n{notice}\n\n## 只有中文\n")


def test_sample_code_with_fences_of_its_own_stays_one_block(settings):
    sample = SAMPLE + "text = '''\n````\n'''\n"
    text = card_text({"zh_CN": "x"}, sample=sample).replace("```python", "`````python", 1)
    write_card(settings, "net", text.replace("\n```\n<!--", "\n`````\n<!--"))
    html = github(render_files(settings)["zh-CN/net/index.md"].decode())
    assert html.count("<pre") == 1
    assert "````" in html


@pytest.mark.parametrize(
    "data",
    [
        card_text(BOTH).encode(),
        b"\xef\xbb\xbf" + card_text(BOTH).replace("\n", "\r\n").encode() + b"\r\n\r\n",
        card_text(BOTH).replace("\n", "\r").encode(),
    ],
)
def test_a_card_s_own_file_can_be_taken_away_byte_for_byte(settings, data):
    write_card(settings, "net", "").write_bytes(data)
    output = settings.root / "site" / "public"
    build(settings, output)
    assert (output / "cards" / "net.md").read_bytes() == data
    page = (output / "en-US" / "net" / "index.html").read_text(encoding="utf-8")
    assert '<a href="../../cards/net.md" download="net.md">Markdown</a>' in page


def test_llms_txt_lists_the_markdown_of_the_cards_by_language(settings):
    summary = {"zh_CN": "残差网络", "en_US": "Residual nets"}
    write_card(settings, "net", card_text(BOTH, title="[N]", summary=summary))
    write_card(settings, "单语", card_text({"zh_CN": "x"}))
    site = render_files(replace(settings, guide=False))
    text = site["llms.txt"].decode()
    assert text == (
        "# 模型中心 · Model Hub\n\n> 模型\n>\n> Models\n\n"
        "## 简体中文\n\n"
        f"- [\\[N\\]]({BASE}zh-CN/net/index.md): 残差网络\n"
        f"- [Net]({BASE}zh-CN/%E5%8D%95%E8%AF%AD/index.md): summary zh_CN\n"
        f"\n## English\n\n- [\\[N\\]]({BASE}en-US/net/index.md): Residual nets\n"
        f"\n## Optional\n\n- [models.json]({BASE}api/v1/models.json): 全部模型的 JSON 数据\n"
    )


def test_llms_txt_lists_the_guide_under_a_heading_of_its_own(settings):
    write_card(settings, "net", card_text(BOTH))
    text = render_files(settings)["llms.txt"].decode()
    cards, chinese, english, _ = re.split(r"(?m)^## (?=作者指南|Guide|Optional)", text)
    assert "/guide/" not in cards
    for part, tag in ((chinese, "zh-CN"), (english, "en-US")):
        lines = part.strip().split("\n")[2:]
        assert len(lines) == len(GUIDE_PAGES)
        assert all(f"]({BASE}{tag}/guide/" in line for line in lines)
    assert f"\n- [Checks]({BASE}en-US/guide/checks.html)\n" in english


def test_a_card_page_tells_search_engines_what_it_is(settings):
    write_card(settings, "net", card_text(BOTH, title=NASTY, author=NASTY))
    site = render_files(settings)
    data = structured_data(site["en-US/net/index.html"])
    assert data == {
        "@context": "https://schema.org",
        "@type": "SoftwareSourceCode",
        "name": NASTY,
        "description": "summary en_US",
        "url": f"{BASE}en-US/net/",
        "author": NASTY,
        "codeRepository": "https://github.com/example/models",
        "programmingLanguage": "Python",
        "inLanguage": "en-US",
        "keywords": ["Vision"],
        "dateModified": "2026-01-31T12:30:05Z",
        "isPartOf": {"@type": "WebSite", "name": "Model Hub", "url": f"{BASE}en-US/"},
    }
    assert structured_data(site["zh-CN/net/index.html"])["inLanguage"] == "zh-CN"


def test_a_fallback_s_data_and_preview_are_those_of_the_page_that_has_the_text(settings):
    write_card(settings, "net", card_text({"zh_CN": "x"}))
    html = render_files(settings)["en-US/net/index.html"]
    assert structured_data(html)["url"] == f"{BASE}zh-CN/net/" == meta(html)["og:url"]
    assert structured_data(html)["inLanguage"] == "zh-CN"


@pytest.mark.parametrize("base_url", [BASE, "https://other.example/deep/er/"])
def test_a_shared_page_has_a_preview(settings, base_url):
    summary = {"zh_CN": "残差网络", "en_US": NASTY}
    write_card(settings, "net", card_text(BOTH, title=NASTY, summary=summary))
    site = render_files(settings, base_url)
    for path, title, description, others in (
        ("index.html", "模型中心", "模型", ["en_US"]),
        ("en-US/index.html", "Model Hub", "Models", ["zh_CN"]),
        ("en-US/net/index.html", NASTY, NASTY, ["zh_CN"]),
    ):
        tags = meta(site[path])
        assert tags["og:title"] == title
        assert tags["description"] == tags["og:description"] == description
        assert tags["og:url"] == base_url + path.removesuffix("index.html")
        assert [tags["og:locale:alternate"]] == others
        assert tags["twitter:card"] == "summary_large_image"
        picture = site[tags["og:image"].removeprefix(base_url)]
        assert picture.startswith(b"\x89PNG\r\n")
        size = (tags["og:image:width"], tags["og:image:height"])
        assert tuple(map(str, struct.unpack(">II", picture[16:24]))) == size
        assert len(picture) < 50_000


def test_pages_name_their_markdown(settings):
    write_card(settings, "net", card_text({"zh_CN": "x"}))
    site = render_files(settings)
    for tag in ("zh-CN", "en-US"):
        html = site[f"{tag}/net/index.html"].decode()
        (link,) = re.findall(r'<link rel="alternate" type="text/markdown" href="([^"]*)">', html)
        assert urljoin(f"{tag}/net/", link) in site


@pytest.mark.parametrize("base_url", [BASE, "https://other.example/deep/er", "http://e.org/"])
def test_the_page_for_what_is_not_there_works_at_any_depth(settings, base_url):
    write_card(settings, "net", card_text(BOTH))
    site = render_files(settings, base_url)
    html = site["404.html"].decode()
    root = base_url.rstrip("/") + "/"
    links = re.findall(r'(?:href|src)="([^"#]+)"', html)
    assert len(links) > 6
    for link in links:
        if not link.startswith("https://github.com/"):
            for lost in ("x", "zh-CN/net/no/such/page.html"):
                assert urljoin(root + lost, link).removeprefix(root) in site, link


def test_the_page_for_what_is_not_there_speaks_every_language(settings):
    (settings.root / "cards").mkdir()
    html = render_files(settings)["404.html"].decode()
    for lang, words, catalogue in (
        ("zh-CN", "页面不存在", "全部模型"),
        ("en-US", "This page does not exist", "All models"),
    ):
        part = html[html.index(f'<section lang="{lang}">') :].partition("</section>")[0]
        assert f"<h2>{words}</h2>" in part
        assert f'<a href="/hub/{lang}/index.html">{catalogue}</a>' in part
    assert '<meta name="robots" content="noindex">' in html
    assert "canonical" not in html


def test_a_third_language_has_all_of_it_by_settings_and_a_catalogue(tmp_path):
    settings = write_hub(tmp_path / "hub", THIRD)
    words = (ROOT / "generator/site/strings/en_US.yaml").read_text(encoding="utf-8")
    folder = settings.root / "site" / "strings"
    folder.mkdir()
    for english, japanese in (
        ("This page does not exist", "ページが見つかりません"),
        ("Jupyter notebook", "ノートブック"),
        ("Author", "作者"),
    ):
        words = words.replace(f": {english}\n", f": {japanese}\n")
    (folder / "ja_JP.yaml").write_text(words, encoding="utf-8")
    write_card(settings, "net", card_text({"zh_CN": "中", "ja_JP": "## 説明\n"}))
    write_card(settings, "other", card_text({"zh_CN": "中"}))
    site = render_files(settings)
    page = site["ja-JP/net/index.html"].decode()
    assert f'hreflang="ja-JP" href="{BASE}ja-JP/net/"' in page
    assert "ノートブック</a>" in page
    assert meta(site["ja-JP/net/index.html"])["og:locale"] == "ja_JP"
    assert structured_data(site["ja-JP/net/index.html"])["inLanguage"] == "ja-JP"
    assert "- 作者: Somebody" in site["ja-JP/net/index.md"].decode()
    notebook = json.loads(site["ja-JP/net/net.ipynb"])
    assert notebook["cells"][-1]["source"] == ["## 説明"]
    assert "ja-JP/other/other.ipynb" not in site
    assert 'xml:lang="ja-JP"' in site["feeds/ja-JP.xml"].decode()
    assert "feeds/ja-JP.xml" in site["zh-CN/net/index.html"].decode()
    sitemap = site["sitemap.xml"].decode()
    # Each of the two pages of the text names both.
    assert sitemap.count(f'hreflang="ja-JP" href="{BASE}ja-JP/net/"') == 2
    assert "ja-JP/other/" not in sitemap
    assert f"## 日本語\n\n- [Net]({BASE}ja-JP/net/index.md)" in site["llms.txt"].decode()
    assert "<h2>ページが見つかりません</h2>" in site["404.html"].decode()


def test_files_without_a_history_have_the_time_that_the_environment_names(settings):
    os.utime(write_card(settings, "net", card_text(BOTH)), (1, 1))
    command = [sys.executable, "-m", "generator", "--root", str(settings.root), "build"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "SOURCE_DATE_EPOCH": "1000000000"}
    subprocess.run(command, env=environment, check=True)
    output = settings.root / "site" / "public"
    for path in ("sitemap.xml", "feeds/en-US.xml", "api/v1/models.json"):
        assert "2001-09-09T01:46:40Z" in (output / path).read_text(encoding="utf-8")
    environment["SOURCE_DATE_EPOCH"] = "soon"
    failed = subprocess.run(
        command, env=environment, check=False, capture_output=True, encoding="utf-8"
    )
    assert failed.returncode == 2
    assert 'hubcards: SOURCE_DATE_EPOCH is "soon", which is no number of seconds' in failed.stderr
