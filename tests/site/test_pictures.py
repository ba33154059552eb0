"""Pictures in cards: what lies elsewhere is named and linked to, and never loaded."""

from __future__ import annotations

import re

import pytest

from generator.config import Settings
from tests.site.hubs import card_text, render_files, write_card


def prose(settings: Settings, markdown: str, tag: str = "en-US") -> str:
    write_card(settings, "net", card_text({"zh_CN": markdown, "en_US": markdown}))
    html = render_files(settings)[f"{tag}/net/index.html"].decode()
    return re.search(r'<div class="prose">\n(.*?)\n</div>\n</section>', html, re.DOTALL).group(1)


def link(address: str, words: str) -> str:
    return f'<a class="picture" href="{address}" rel="nofollow">{words}</a>'


IN_LINK = '<span class="picture">Picture: badge</span>'


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("![a b](https://e.org/x.png)", link("https://e.org/x.png", "Picture: a b")),
        ("![](https://e.org/ü.png)", link("https://e.org/%C3%BC.png", "Picture: https://e.org/ü.png")),
        ('![<&](http://e.org/?a=1&b "t")', link("http://e.org/?a=1&amp;b", "Picture: &lt;&amp;")),
        ("x <img src='//e.org/x' alt=''>", link("//e.org/x", "Picture: //e.org/x")),
        ("x <img src='\\\\e.org\\x' alt='y'>", link("\\\\e.org\\x", "Picture: y")),
        (
            "[![badge](https://e.org/b.svg)](https://e.org)",
            f'<a href="https://e.org" rel="nofollow">{IN_LINK}</a>',
        ),
    ],
)  # fmt: skip
def test_a_picture_elsewhere_is_a_link_with_its_description(settings, markdown, shown):
    assert re.fullmatch(f"<p>(?:x )?{re.escape(shown)}</p>", prose(settings, markdown).strip())


def test_the_link_is_in_the_language_of_the_text(settings):
    assert "图片：x</a>" in prose(settings, "![x](https://e.org/x.png)", "zh-CN")


def test_a_picture_of_the_site_is_shown(settings):
    assert 'src="../../x.png"' in prose(settings, "![x](../../x.png)")


def test_what_comes_behind_a_picture_in_a_link_is_outside_of_it_again(settings):
    html = prose(settings, "[![a](//e.org/a)](//e.org) ![b](//e.org/b)\n\n```python\nx\n```\n")
    assert link("//e.org/b", "Picture: b") in html


def test_no_page_is_allowed_to_load_anything_from_elsewhere(settings):
    write_card(settings, "net", card_text({"zh_CN": "x"}))
    for path, content in render_files(settings).items():
        if path.endswith(".html"):
            policy = re.search(rb'Content-Security-Policy" content="([^"]*)"', content)
            assert b"http" not in policy.group(1)
            assert b"unsafe-inline" not in policy.group(1)
            assert policy.group(1).startswith(b"default-src 'none';")
