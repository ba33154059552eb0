"""A card comes from a stranger: nothing in its Markdown runs, leaves its place or hangs."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.site import theme
from generator.site.markdown.render import RenderError
from tests.site.hubs import render

VECTORS = [
    "<script>alert(1)</script>",
    "<img src=index.html onerror=alert(1)>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<math><mtext><table><mglyph><style><img src=index.html onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#10;script:alert(1))",
    "[x](&#x6A;avascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](data:image/svg+xml,<svg onload=alert(1)>)",
    "<javascript:alert(1)>",
    "[r]\n\n[r]: javascript:alert(1)",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href=' &#14; javascript:alert(1)'>x</a>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='javascript:alert(1)'></object><embed src='javascript:alert(1)'>",
    "<form action='javascript:alert(1)'><button>x</button></form>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<body onload=alert(1)><base href='//evil.example/'>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<link rel=stylesheet href='//evil.example/x.css'>",
    "<style>@import '//evil.example/x.css'</style>",
    "<p style='background:url(//evil.example)'>x</p>",
    '<div style="position:fixed;inset:0">x</div>',
    "<noscript><p title='</noscript><img src=index.html onerror=alert(1)>'></noscript>",
    "<img src='index.html' title='`' alt='<img src=index.html onerror=alert(1)>'>",
    "[x](index.html '\"onmouseover=\"alert(1)')",
    '!["onerror=alert(1) x="](http://x/y)',
    "`<script>alert(1)</script>`",
    "```html\n<script>alert(1)</script>\n```",
    '```"><script>alert(1)</script>\nx\n```',
    "# <img src=index.html onerror=alert(1)>",
    "| <img src=index.html onerror=alert(1)> |\n| --- |\n| <script>alert(1)</script> |",
    "[^1]\n\n[^1]: <img src=index.html onerror=alert(1)>",
    "<a id=content name=content>x</a>",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php <script>alert(1)</script> ?>",
    "<<script>alert(1)//<</script>",
    '<a href="index.html" target="_blank" ping="//evil.example">x</a>',
    "<img srcset='//evil.example/x 1x' src='http://x/y'>",
    "<video poster='//evil.example' src='//evil.example'></video>",
    "<template><script>alert(1)</script></template>",
    "<select><option><style></select><img src=index.html onerror=alert(1)>",
]  # fmt: skip

ATTRIBUTES = {
    "id", "lang", "dir", "title", "aria-label", "href", "name", "rel", "src", "alt", "width",
    "height", "align", "loading", "decoding", "referrerpolicy", "type", "disabled", "checked",
    "start", "reversed", "value", "open", "colspan", "rowspan", "valign", "scope", "abbr", "cite",
    "datetime", "class", "tabindex",
}  # fmt: skip
FORBIDDEN_TAGS = {
    "script", "style", "svg", "math", "iframe", "object", "embed", "form", "button", "textarea",
    "body", "base", "meta", "link", "template", "video", "audio", "noscript", "select", "frame",
}  # fmt: skip


SCRAPS = [
    "<script>", "</script>", "<a href=", "'", '"', ">", "<", "javascript:", "](", ")", "[", "`",
    "<img src=x onerror=y ", "\n", "<!--", "-->", "&quot;", "&#1;", "&#2;", " id=x ", "<svg>",
    "<style>", "=", "/", "x", "\\", "<pre id=own:code-0>", "```\n", "own:heading",
]  # fmt: skip


class _Inspector(HTMLParser):
    def handle_starttag(self, tag, attrs):
        assert tag not in FORBIDDEN_TAGS
        for name, value in attrs:
            assert name in ATTRIBUTES, (tag, name)
            if name in ("href", "src", "cite"):
                scheme = re.match(r"[\s\x00-\x20]*([a-z][a-z0-9+.-]*):", value or "", re.IGNORECASE)
                allowed = {"http", "https", "mailto"} if name == "href" else {"http", "https"}
                assert scheme is None or scheme.group(1).lower() in allowed, value

    handle_startendtag = handle_starttag


def assert_harmless(html: str) -> None:
    inspector = _Inspector()
    inspector.feed(html)
    inspector.close()


@pytest.mark.parametrize("vector", VECTORS)
@pytest.mark.parametrize("frame", ["{}", "- {}", "> {}", "text {} text", "<div>\n{}\n</div>"])
def test_a_known_attack_is_harmless(vector, frame):
    assert_harmless(render(frame.format(vector)))


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(SCRAPS),
        max_size=14,
    ).map("".join)
)
def test_no_combination_of_markup_does_harm(markdown):
    try:
        html = render(markdown)
    except RenderError:
        return
    assert_harmless(html)


def test_ids_of_a_card_can_not_be_taken_for_the_page_s_own():
    html = render('<a id="content">x</a> <a name="sample">y</a>\n\n# Sample\n\n```python\nx\n```')
    assert re.findall(r' (?:id|name)="([^"]*)"', html) == [
        "user-content-content",
        "user-content-sample",
        "heading-sample",
        "block-1",
    ]


def test_no_heading_of_a_card_takes_an_id_of_the_page_s_own():
    templates = Path(theme.__file__).parent / "templates"
    html = "".join(path.read_text("utf-8") for path in templates.glob("*.html"))
    own = sorted(set(re.findall(r' id="([a-z-]+)"', html)))
    assert "page-sample" in own
    rendered = render("".join(f"# {name.replace('-', ' ')}\n\n" for name in own))
    assert re.findall(r' id="([^"]*)"', rendered) == [f"heading-{name}" for name in own]


def test_a_link_to_an_id_of_the_card_finds_it():
    html = render('<a id="there"></a>\n\n[go](#there) [head](#head)\n\n# Head')
    assert re.findall(r'href="([^"]*)"', html) == ["#user-content-there", "#head"]


@pytest.mark.parametrize(
    "forged",
    [
        '<pre id="own:code-0"></pre>',
        '<h2 id="own:heading">x</h2>',
        '<code-block index="0"></code-block>',
        '<html-block index="0"></html-block>',
        "\x02wzxhzdk:0\x03 \x02klzzwxh:0000\x03",
        "&#2;wzxhzdk:0&#3;",
        '<b title="<pre id=&quot;own:code-0&quot;></pre><input>">x</b>',
    ],
)
def test_a_place_of_the_renderer_can_not_be_forged(forged):
    html = render(f"{forged}\n\n```python\nx = 1\n```\n\n<b>raw</b>\n")
    assert html.count("<figure") == 1
    assert "own:" not in re.sub(r'title="[^"]*"|user-content-own:', "", html)
    assert html.count("<b>raw</b>") == 1
    assert_harmless(html)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 16_000,
        "![" * 8_000,
        "[a](" * 4_000,
        "*a " * 5_300,
        "*_" * 8_000,
        "`a``" * 2_600,
        "<a b='" * 2_600,
        "<!--" * 4_000,
        "<div>" * 12_000,
        "<b>" * 5_300,
        "x@" * 8_000,
        "[a]: b\n" * 8_000,
        "|a|b|\n|-|-|\n" + "|a|b|\n" * 9_000,
        "> " * 31 + "deep",
        "[" * 40 + "x" + "](u)" * 40,
        "[^1]" * 5_000 + "\n\n[^1]: x",
        "a" * 200_000,
    ],
)
def test_a_monstrous_text_is_rendered_all_the_same(text):
    assert_harmless(render(text))


LEFT_OPEN = [
    "".join(f"<b id={number}>" for number in range(400)) + "\n\n" + "text\n\n" * 2000,
    "".join(f"<div><i id={number}></div>\n" for number in range(400)) + "\n" + "text\n\n" * 2000,
    "<div>\n" * 25_000,
    "<table><b id=x><td></b></table>\n\n" * 5000,
    "<div>\n" + "<b id=x><!-- --!> <? </b> <p x='</b>'>\n" * 5000,
]


@pytest.mark.parametrize("markdown", LEFT_OPEN)
def test_tags_that_are_left_open_are_an_error(markdown):
    with pytest.raises(RenderError, match="left open"):
        render(markdown)


@pytest.mark.parametrize(
    "markdown",
    [
        "".join(f"<a name='{number}'>\n\n# head\n\n" for number in range(500)),
        "<ul>\n" + "<li>item\n" * 500 + "</ul>\n",
        "<table>\n" + "<tr><td>a<td>b\n" * 500 + "</table>\n",
        "<p align='center'><img src='a.png'width=3> <br/> text\n\n" * 500,
        "some <b>bold</b>, <a href='x>y'>link</a> and <sub>low</sub> text\n\n" * 500,
        "<b>one that is forgotten\n\n" + "text\n\n" * 500,
        "<!-- <b> <div> -->\n\n" * 500,
    ],
)
def test_html_as_people_write_it_is_shown_whatever_its_length(markdown):
    assert len(render(markdown)) < 40 * len(markdown)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "<b id=N>",
                "</b>",
                "<a id=N>",
                "</a>",
                "<p>",
                "</p>",
                "<table>",
                "</table>",
                "<td>",
                "</td>",
                "<li>",
                "</ul>",
                "<svg>",
                "</svg>",
                "<select>",
                "</select>",
                "<ruby>",
                "<rt>",
                "<!-- </b> -->",
                "<!-- --!></b> -->",
                "<? </b>",
                "</ </b>",
                "<b id=N x='</b>'>",
                "<b id=N x=a'>",
                '<b id=N ="></b>',
                "<button>",
                "<hr>",
            ]
        ),
        min_size=1,
        max_size=5,
    ).map("".join),
    st.sampled_from(["<p>x</p>", "x</p>", "<table>x</table>", "<h1>x</h1>", "<li>x", "x</br>"]),
)
def test_no_repeated_tags_make_a_page_far_larger_than_its_card(unit, rest):
    markdown = "<div>" + "".join(unit.replace("N", str(number)) for number in range(1500))
    try:
        html = render(f"{markdown}\n{rest * 1500}\n")
    except RenderError:
        return
    assert len(html) < 4_000_000 + 10 * len(markdown)
