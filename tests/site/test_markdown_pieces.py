"""What a section has beside its shape: headings, footnotes, tasks, tables, links."""

from __future__ import annotations

import re

from generator.site.markdown.render import SectionRenderer
from tests.site.hubs import WORDING, render, section_of


def headings(markdown: str) -> list[tuple[int, str, str]]:
    rendered = SectionRenderer().render(section_of(markdown), WORDING)
    return [(item.level, item.id, item.text) for item in rendered.headings]


def test_headings_have_ids_as_on_github_that_keep_han_characters():
    assert headings("# 模型 描述\n## What's *new*, `v2`?\n## a_b-c") == [
        (1, "模型-描述", "模型 描述"),
        (2, "whats-new-v2", "What's new, v2?"),
        (2, "a_b-c", "a_b-c"),
    ]


def test_equal_headings_have_different_ids():
    assert [item[1] for item in headings("# a\n# a\n# a-1\n# a\n# ！\n# ？")] == [
        "a",
        "a-1",
        "a-1-1",
        "a-2",
        "heading",
        "heading-1",
    ]


def test_ids_do_not_leak_from_one_section_to_the_next():
    renderer = SectionRenderer()
    first = renderer.render(section_of("# a\n\n[r]\n\n[r]: /u\n\n[^1]\n\n[^1]: x"), WORDING)
    second = renderer.render(section_of("# a\n\n[r] [^1]"), WORDING)
    assert first.headings == second.headings
    assert "<a" not in second.html


def test_footnotes_are_numbered_as_they_are_referred_to_and_lead_back():
    html = render("a[^b] b[^a] c[^b]\n\n[^a]: A\n[^b]: B\n\n    second\n[^c]: unused")
    assert re.findall(r'<sup.*?href="(.*?)".*?>(\d)</a></sup>', html) == [
        ("#fn-1", "1"),
        ("#fn-2", "2"),
        ("#fn-1", "1"),
    ]
    assert re.findall(r'<li id="(fn-\d)">', html) == ["fn-1", "fn-2"]
    assert re.findall(r'href="(#fnref[^"]*)"', html) == ["#fnref-1", "#fnref-1-2", "#fnref-2"]
    for target in re.findall(r'href="#(fn[^"]*)"', html):
        assert html.count(f'id="{target}"') == 1
    assert "second" in html
    assert "unused" not in html
    assert 'aria-label="Back to 2"' in html


def test_tasks_say_their_state_to_those_who_do_not_see_it():
    html = render("- [ ] one\n- [x] two\n")
    assert re.findall(r"<input[^>]*>", html) == [
        '<input type="checkbox" disabled aria-label="not done">',
        '<input type="checkbox" disabled checked aria-label="done">',
    ]


def test_a_form_field_of_the_card_becomes_a_checkbox_that_does_nothing():
    html = render('<input type="password" name="p" value="x">')
    assert html.count('<input type="checkbox" disabled aria-label="not done">') == 1


def test_tables_scroll_inside_themselves_and_can_be_reached_by_keyboard():
    html = render("| a |\n|---|\n| b |")
    assert html.startswith('<div class="table" tabindex="0"><table>')
    assert html.endswith("</table></div>")


def test_relative_links_are_left_alone_and_others_vouch_for_nothing():
    html = render("[a](../x.md#y) [b](https://e.org/ü?a=1&b=2)")
    assert re.findall(r'href="([^"]*)"', html) == [
        "../x.md#y",
        "https://e.org/%C3%BC?a=1&amp;b=2",
    ]
    assert html.count('rel="nofollow"') == 2


def test_pictures_load_late_and_do_not_tell_where_from():
    html = render("![x](https://e.org/x.png)")
    assert 'loading="lazy"' in html
    assert 'referrerpolicy="no-referrer"' in html


def test_the_same_text_gives_the_same_bytes():
    markdown = "![x](https://e.org/x.png 't') [a](b 'c')\n\n- [x] y[^1]\n\n[^1]: z"
    assert len({render(markdown) for _ in range(5)}) == 1
