"""What a visitor finds: pages in every language, and an API, that link only to what is there."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Mapping
from html import unescape
from pathlib import Path
from urllib.parse import quote, unquote, urljoin

import pytest
from msgspec.structs import replace

from generator.cards.explanations import explained_codes
from generator.config import Settings, SettingsError
from generator.diagnostics import as_text
from generator.evidence.model import CardEvidence
from generator.levels import Level
from generator.site.guide import GUIDE_PAGES
from generator.site.hub import load_hub
from tests.site.hubs import SAMPLE, SITE, card_text, render_files, write_card, write_hub

ROOT = Path(__file__).parents[2]


def render_site(
    settings: Settings,
    base_url: str | None = None,
    evidence: Mapping[str, CardEvidence] | None = None,
) -> Mapping[str, str]:
    """The text of all the site's files, but for pictures, by their paths."""
    files = render_files(settings, base_url, evidence)
    return {path: text.decode() for path, text in files.items() if not path.endswith(".png")}


@pytest.fixture
def site(settings: Settings) -> Mapping[str, str]:
    both = {"zh_CN": "## 说明\n\n```python\nx = 1\n```\n", "en_US": "## About\n\ntext\n"}
    summary = {"zh_CN": "残差网络", "en_US": "Residual nets"}
    write_card(settings, "a_vision_net", card_text(both, title="Net", summary=summary))
    chinese = card_text({"zh_CN": "## 只有中文\n"}, title="单语", tags=["nlp"])
    write_card(settings, "b_nlp_单语", chinese)
    write_card(settings, "c_last", card_text(both, title="Last", tags=[]))
    return render_site(settings)


def links(html: str) -> list[str]:
    return [unescape(link) for link in re.findall(r'(?:href|src)="([^"]*)"', html)]


def test_every_page_leads_to_the_guide(site):
    for path, html in site.items():
        if path.endswith(".html") and path not in ("index.html", "404.html"):
            tag = path.partition("/")[0]
            targets = {
                posixpath.normpath(posixpath.join(posixpath.dirname(path), link))
                for link in links(html)
            }
            assert f"{tag}/guide/index.html" in targets


def test_links_between_the_guides_pages_lead_somewhere(site):
    pages = [path for path in site if "/guide/" in path]
    assert len(pages) == 2 * (len(GUIDE_PAGES) + len(explained_codes()))
    for path in pages:
        for link in re.findall(r'href="([a-z0-9-]+\.html)', site[path]):
            assert f"{posixpath.dirname(path)}/{link}" in site


def test_the_guide_has_the_levels_of_the_hub_beside_the_usual_ones(settings):
    write_card(settings, "a", card_text({"zh_CN": "x"}))
    levels = {"E714": Level.ERROR, "E711": Level.OFF}
    site = render_site(replace(settings, checks=levels))
    assert "<td>error in this hub, warning by default</td>" in site["en-US/guide/checks.html"]
    assert "<td>本中心：关闭，默认：警告</td>" in site["zh-CN/guide/checks.html"]
    stricter = site["en-US/guide/check-e714.html"]
    assert "<strong>Error in this hub, warning by default</strong>" in stricter
    assert "checks: {E714: off}" in stricter
    assert "checks: {" not in site["en-US/guide/check-e711.html"]


def test_the_page_of_a_check_says_what_it_is_about(site):
    page = site["en-US/guide/check-e740.html"]
    gist = "E740: Nobody sees it, and every editor that removes it makes a change that a reviewer"
    assert f"<title>{gist}" in page
    assert f"<h1>{gist}" in page
    assert "文字·\n" in page


def test_a_hub_can_do_without_the_guide(settings):
    write_card(settings, "a", card_text({"zh_CN": "x"}))
    site = render_site(replace(settings, guide=False))
    assert not [path for path in site if "guide" in path]
    pages = {path: text for path, text in site.items() if path.endswith(".html")}
    assert not [path for path, text in pages.items() if "guide/" in text]


def test_there_are_these_files_and_no_others(site):
    others = r"assets/|search/cards-1\.\w+\.js$|(zh-CN|en-US)/guide/"
    pages = {path for path in site if not re.match(others, path)}
    ids = ("a_vision_net", "b_nlp_单语", "c_last")
    assert pages == {
        "index.html",
        "404.html",
        "llms.txt",
        "robots.txt",
        "sitemap.xml",
        "feeds/en-US.xml",
        "feeds/zh-CN.xml",
        "api/v1/models.json",
        "api/v1/schema/model.json",
        "api/v1/schema/models.json",
        "schema/card.json",
        *(f"api/v1/models/{card_id}.json" for card_id in ids),
        "search/guide.js",
        "search/list.js",
        *(f"{tag}/index.html" for tag in ("zh-CN", "en-US")),
        *(f"{tag}/tag-{name}.html" for tag in ("zh-CN", "en-US") for name in ("vision", "nlp")),
        *(f"{tag}/{card_id}/index.html" for tag in ("zh-CN", "en-US") for card_id in ids),
        *(f"en-US/{card_id}/side-by-side.html" for card_id in ids if card_id != "b_nlp_单语"),
        *(f"{tag}/{card_id}/index.md" for tag in ("zh-CN", "en-US") for card_id in ids),
        *(f"zh-CN/{card_id}/{card_id}.ipynb" for card_id in ids),
        *(f"en-US/{card_id}/{card_id}.ipynb" for card_id in ids if card_id != "b_nlp_单语"),
        *(f"cards/{card_id}.md" for card_id in ids),
    }


def test_every_link_inside_of_the_site_leads_to_a_file_or_an_anchor_that_is_there(site):
    for path, html in site.items():
        if not path.endswith(".html"):
            continue
        for link in links(html):
            if re.match("https?:", link):
                continue
            target, _, anchor = urljoin(f"/hub/{path}", link).partition("#")
            name = unquote(target.removeprefix("/hub/"))
            assert name in site, (path, link)
            if anchor:
                assert f'id="{unquote(anchor)}"' in site[name], (path, link)


def test_pages_say_their_language_and_where_the_others_are(site):
    html = site["en-US/a_vision_net/index.html"]
    base = "https://example.org/hub"
    assert '<html lang="en-US">' in html
    assert f'<link rel="canonical" href="{base}/en-US/a_vision_net/">' in html
    assert dict(re.findall(r'rel="alternate" hreflang="([^"]*)" href="([^"]*)"', html)) == {
        "zh-CN": f"{base}/zh-CN/a_vision_net/",
        "en-US": f"{base}/en-US/a_vision_net/",
        "x-default": f"{base}/zh-CN/a_vision_net/",
    }


def test_a_missing_section_falls_back_says_so_and_is_marked(site):
    html = site["en-US/b_nlp_单语/index.html"]
    assert '<html lang="en-US">' in html
    assert "This card has no English version yet" in html
    assert '<div class="prose" lang="zh-CN">' in html
    assert '<p class="summary" lang="zh-CN">' in html
    assert (
        '<link rel="canonical" href="https://example.org/hub/zh-CN/b_nlp_%E5%8D%95%E8%AF%AD/">'
        in html
    )
    assert 'hreflang="en-US" href="https:' not in html
    assert 'role="note"' not in site["zh-CN/b_nlp_单语/index.html"]
    assert 'prose">' in site["zh-CN/b_nlp_单语/index.html"]


def test_the_language_switch_stays_on_the_card(site):
    html = site["zh-CN/a_vision_net/index.html"]
    assert '<a href="../../en-US/a_vision_net/index.html" lang="en-US"' in html


def test_a_card_page_has_the_facts_the_sample_first_and_its_neighbours(site):
    html = site["zh-CN/b_nlp_单语/index.html"].partition("<main")[2]
    order = [
        "<h1>单语</h1>",
        "summary zh_CN",
        "Somebody",
        "自然语言处理",
        "github.com/example/models",
    ]
    order += [
        '<time datetime="2026-01-31T12:30:05Z">2026年1月31日</time>',
        'id="sample"',
        "只有中文</h2>",
    ]
    places = [html.index(text) for text in order]
    assert places == sorted(places)
    assert '<a class="previous" href="../a_vision_net/index.html" rel="prev">' in html
    assert '<a class="next" href="../c_last/index.html" rel="next">' in html


def test_the_table_of_contents_has_the_card_s_headings(site):
    html = site["en-US/a_vision_net/index.html"]
    contents = html[html.index('class="contents"') : html.index("</nav>", html.index("contents"))]
    assert '<a href="#about">About</a>' in contents


def test_a_card_of_the_repository_can_be_edited_and_somebody_else_s_not(settings, tmp_path):
    path = write_card(settings, "a 1".replace(" ", "_"), card_text({"zh_CN": "x"}))
    html = render_site(settings)["zh-CN/a_1/index.html"]
    assert "https://github.com/example/models/blob/HEAD/cards/a_1.md" in html
    outside = tmp_path / "elsewhere"
    outside.mkdir()
    path.rename(outside / "a_1.md")
    (settings.root / "cards").rmdir()
    (settings.root / "cards").symlink_to(outside)
    assert "blob/HEAD" not in render_site(settings)["zh-CN/a_1/index.html"]


def test_pages_are_complete_without_scripts_and_run_none_inline(site):
    for path, html in site.items():
        if path.endswith(".html"):
            assert "script-src 'self'; style-src 'self'" in html
            # What is no JavaScript by its type is never run.
            data = r'<script(?! type="application/ld\+json">)(?![^>]* src=)'
            assert re.findall(data, html) == []
            assert "<style" not in html
            assert re.findall(r'\s(?:style|on\w+)="', html) == []


def test_no_page_asks_another_origin_for_anything(site):
    for path, html in site.items():
        if path.endswith(".html"):
            loaded = re.findall(
                r'<(?:script|img|link rel="(?:icon|stylesheet)")[^>]*="(http[^"]*)"', html
            )
            assert loaded == []
        if path.endswith(".css"):
            assert "url(" not in html
            assert "@import" not in html


def test_texts_of_the_front_matter_are_shown_as_text(settings):
    nasty = "</title></script><script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7*7 }}"
    text = card_text({"zh_CN": "x"}, title=nasty, author=nasty, summary={"zh_CN": nasty})
    write_card(settings, "nasty", text)
    write_card(settings, "other", card_text({"zh_CN": "x"}))
    for path, html in render_site(settings).items():
        if path.endswith(".html"):
            assert "<script>" not in html
            assert "<img" not in html
            assert "{{ 7*7 }}" in html or path in ("index.html", "404.html") or "/guide/" in path


def test_the_list_of_models_has_the_shape_of_the_megengine_hub(site):
    data = json.loads(site["api/v1/models.json"])
    assert list(data) == ["models", "tags"]
    assert data["tags"] == {
        "vision": {"zh_CN": "视觉", "en_US": "Vision"},
        "nlp": {"zh_CN": "自然语言处理", "en_US": "NLP"},
    }
    assert [model["id"] for model in data["models"]] == ["a_vision_net", "b_nlp_单语", "c_last"]
    assert data["models"][0] == {
        "id": "a_vision_net",
        "title": "Net",
        "author": "Somebody",
        "summary": {"zh_CN": "残差网络", "en_US": "Residual nets"},
        "githubLink": "https://github.com/example/models",
        "tags": ["vision"],
        "updateTime": "2026-01-31T12:30:05Z",
    }
    assert "残差网络" in site["api/v1/models.json"]


def test_a_model_has_its_code_and_its_text_in_the_languages_that_it_has(site):
    data = json.loads(site["api/v1/models/a_vision_net.json"])
    assert list(data) == ["meta", "content", "evidence", "facts"]
    assert data["meta"] == json.loads(site["api/v1/models.json"])["models"][0]
    assert data["content"]["sampleCode"] == SAMPLE
    assert list(data["content"]["fullText"]) == ["zh_CN", "en_US"]
    chinese = data["content"]["fullText"]["zh_CN"]
    assert chinese.index('id="sample"') < chinese.index("说明</h2>") < chinese.index('id="block-1"')
    alone = json.loads(site["api/v1/models/b_nlp_单语.json"])
    assert list(alone["content"]["fullText"]) == ["zh_CN"]


def test_the_page_shows_what_the_api_serves(site):
    text = json.loads(site["api/v1/models/a_vision_net.json"])["content"]["fullText"]["zh_CN"]
    sample, section = text.split("</figure>\n", 1)
    page = site["zh-CN/a_vision_net/index.html"]
    assert sample in page
    assert section in page


def test_the_base_url_changes_nothing_but_the_addresses_that_begin_with_it(settings):
    write_card(settings, "net", card_text({"zh_CN": "x"}))
    first = render_site(settings)
    second = render_site(settings, "https://other.example/deep/er/")
    addresses = {"https://other.example/deep/er/": "https://example.org/hub/", "/deep/er/": "/hub/"}
    addresses |= {quote(new, safe=""): quote(old, safe="") for new, old in addresses.items()}
    for new, old in addresses.items():
        second = {path: text.replace(new, old) for path, text in second.items()}
    assert second == first


def test_a_hub_without_cards_says_so(settings):
    (settings.root / "cards").mkdir()
    assert "There are no models here yet." in render_site(settings)["en-US/index.html"]


THIRD = SITE.replace("name: English}", "name: English}\n  - {code: ja_JP, name: 日本語}").replace(
    ", en_US: Model Hub}", ", en_US: Model Hub, ja_JP: ハブ}"
).replace(", en_US: Models}", ", en_US: Models, ja_JP: モデル}").replace(
    ", en_US: Vision}", ", en_US: Vision, ja_JP: 視覚}"
).replace(", en_US: NLP}", ", en_US: NLP, ja_JP: 言語}")  # fmt: skip


def test_a_third_language_needs_only_settings_and_a_catalogue(tmp_path):
    settings = write_hub(tmp_path / "hub", THIRD)
    words = (ROOT / "generator/site/strings/en_US.yaml").read_text(encoding="utf-8")
    folder = settings.root / "site" / "strings"
    folder.mkdir()
    words = words.replace("sample_code: Sample code", "sample_code: サンプルコード")
    (folder / "ja_JP.yaml").write_text(words, encoding="utf-8")
    write_card(settings, "net", card_text({"zh_CN": "中", "ja_JP": "## 説明\n"}))
    html = render_site(settings)["ja-JP/net/index.html"]
    assert '<html lang="ja-JP">' in html
    assert "サンプルコード" in html
    assert "説明</h2>" in html


def test_a_language_without_a_catalogue_is_an_error(tmp_path):
    settings = write_hub(tmp_path / "hub", THIRD)
    with pytest.raises(SettingsError) as caught:
        load_hub(settings, None)
    assert "no catalogue of the site's words in 日本語" in as_text(caught.value.diagnostics)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ("extra_key: x\n", 'the key "extra_key" is missing'),
        ("models_count: all\n", "models_count must have the placeholders {count}"),
        ("models_count: '{cuont}'\n", 'did you mean "count"?'),
        ("models_count: '{count'\n", "braces that do not match"),
        ("fallback_notice: '{language.__class__} {shown}'\n", "must have the placeholders"),
        ("author: [x]\n", "author must be text"),
        ("author: 12\n", "author must be text"),
        ("- x\n", "must have lines such as"),
        ("author: x\nauthor: y\n", 'the key "author" stands here a second time'),
    ],
)
def test_a_catalogue_that_can_not_be_used_is_an_error_with_its_place(settings, words, complaint):
    folder = settings.root / "site" / "strings"
    folder.mkdir()
    (folder / "en_US.yaml").write_text(words, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_hub(settings, None)
    text = as_text(caught.value.diagnostics)
    assert complaint in text
    assert re.search(r"\.yaml:\d+:\d+: error", text)


def test_a_hub_changes_a_word_and_a_template(settings):
    strings, templates = settings.root / "site" / "strings", settings.root / "site" / "templates"
    strings.mkdir()
    templates.mkdir()
    (strings / "en_US.yaml").write_text("published_by: Ours & yours\n", encoding="utf-8")
    (templates / "card.html").write_text(
        '{% extends "hubcards/card.html" %}{% block title %}T {{ page.title }}{% endblock %}',
        encoding="utf-8",
    )
    (settings.root / "cards").mkdir()
    write_card(settings, "net", card_text({"zh_CN": "x"}, title="<N>"))
    site = render_site(settings)
    assert "Ours &amp; yours" in site["en-US/index.html"]
    assert "<title>T &lt;N&gt;</title>" in site["en-US/net/index.html"]
    assert 'id="sample"' in site["en-US/net/index.html"]


@pytest.mark.parametrize(
    ("template", "complaint"),
    [
        ("a\n{% if %}", "card.html:2:1"),
        ("a\n\n{{ page.no_such_thing }}", "card.html:3:1"),
        ("{{ text.no_such_key }}", "no_such_key"),
        ('{% include "missing.html" %}', "there is no template missing.html"),
        ("\n{{ 1 / 0 }}", "card.html:2:1"),
    ],
)
def test_a_template_that_can_not_be_used_is_an_error_with_its_place(settings, template, complaint):
    folder = settings.root / "site" / "templates"
    folder.mkdir()
    (folder / "card.html").write_text(template, encoding="utf-8")
    write_card(settings, "net", card_text({"zh_CN": "x"}))
    with pytest.raises(SettingsError) as caught:
        render_site(settings)
    assert complaint in as_text(caught.value.diagnostics)


def test_the_built_in_catalogues_say_the_same_things():
    catalogues = sorted((ROOT / "generator" / "site" / "strings").glob("*.yaml"))
    keys = [
        re.findall(r"^(\w+):", path.read_text(encoding="utf-8"), re.MULTILINE)
        for path in catalogues
    ]
    assert len(keys) == 2
    assert keys[0] == keys[1] == sorted(keys[0])


def test_every_word_of_the_catalogues_is_used():
    templates = (ROOT / "generator/site/templates").glob("*.html")
    modules = (ROOT / "generator/site").glob("*.py")
    used = "".join(path.read_text(encoding="utf-8") for path in (*templates, *modules))
    catalogue = (ROOT / "generator/site/strings/en_US.yaml").read_text(encoding="utf-8")
    for key in re.findall(r"^(\w+):", catalogue, re.MULTILINE):
        assert f"text.{key}" in used or f'["{key}"]' in used, key
