"""Links of cards to each other and to their headings: each leads somewhere, or stops the build."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.cards.catalog import parse_catalog
from generator.cards.files import card_files
from generator.config import Settings
from generator.diagnostics import Diagnostic, in_source_order
from generator.site.link_check import links_to_nowhere
from generator.site.rendering import PARALLEL_FROM
from tests.site.hubs import SAMPLE, SITE, card_text, write_card, write_hub
from tests.site.hubs import build as build_hub

OTHER = card_text(
    {"zh_CN": '## 用法\n\n<a id="here"></a>', "en_US": "## Usage\n\n### What it is"}, title="Other"
)


def build(settings: Settings, jobs: int = 1) -> tuple[Diagnostic, ...]:
    output = settings.root / "site" / "public"
    return build_hub(settings, output, jobs=jobs).diagnostics


def build_with(settings: Settings, english: str, chinese: str = "中文") -> tuple[Diagnostic, ...]:
    write_card(settings, "vision_other", OTHER)
    write_card(settings, "net", card_text({"zh_CN": chinese, "en_US": english}))
    return build(settings)


def lost(settings: Settings) -> tuple[Diagnostic, ...]:
    """What is told of the links without a build."""
    folder = settings.root / "cards"
    cards = parse_catalog([folder], settings).cards
    return in_source_order(links_to_nowhere(cards, lambda: card_files([folder]), settings))


def hrefs(settings: Settings, page: str) -> list[str]:
    html = (settings.root / "site" / "public" / page).read_text(encoding="utf-8")
    prose = html[html.index('class="prose"') : html.index("</section>", html.index('"prose"'))]
    return re.findall(r' href="([^"]*)"', prose)


RIGHT = [
    "[x](vision_other.md)",
    "[x](./vision_other.md#usage)",
    "[x](../cards/vision_other.md#what-it-is)",
    "[x][r]\n\n[r]: <vision_other.md#usage> 'title'",
    '<a href="vision_other.md">x</a>',
    "[x](../vision_other/)",
    "[x](../vision_other/index.html#sample)",
    "[x](../../zh-CN/vision_other/index.html#用法)",
    "[x](../../zh-CN/vision_other/index.html#user-content-here)",
    "[x](net.md)",
    "[x](#head)\n\n# Head",
    "[x](#标题-一)\n\n# 标题 一",
    "[x](#)",
    "[x](#top)",
    "[x]()",
    "[x](#sample)",
    "[x](#there)\n\n<a name='there'></a><a id='there'></a>",
    "x[^1]\n\n[^1]: note",
    "[x](../index.html)",
    "[x](index.md)",
    "[x](../../cards/vision_other.md)",
    "[x](../../llms.txt)",
    "[x](?a=b)",
    "[x](https://example.org/nowhere) [y](//example.org/x) <a@b.example>",
    "`[x](nowhere.md)`",
    "```\n[x](nowhere.md)\n```",
    "<!-- [x](nowhere.md) -->",
]


@pytest.mark.parametrize("markdown", RIGHT)
def test_a_link_that_leads_somewhere_is_fine(settings, markdown):
    assert build_with(settings, markdown) == ()
    assert lost(settings) == ()


def test_a_link_to_a_card_s_file_leads_to_its_page_in_the_same_language(settings):
    link = "[x](vision_other.md#{}) [y](https://example.org/vision_other.md)"
    assert build_with(settings, link.format("usage"), link.format("用法")) == ()
    assert hrefs(settings, "en-US/net/index.html") == [
        "../vision_other/index.html#usage",
        "https://example.org/vision_other.md",
    ]
    assert hrefs(settings, "zh-CN/net/index.html")[0] == (
        "../vision_other/index.html#%E7%94%A8%E6%B3%95"
    )
    answer = settings.root / "site" / "public" / "api" / "v1" / "models" / "net.json"
    full_text = json.loads(answer.read_text(encoding="utf-8"))["content"]["fullText"]
    assert 'href="../vision_other/index.html#usage"' in full_text["en_US"]


WRONG = [
    ("[x](vision_othr.md)", "5", 'there is no card "vision_othr"', '"vision_other.md"?'),
    ("[x](../vision_othr/)", "5", 'there is no card "vision_othr"', '"vision_other.md"?'),
    ("[x](../README.md)", "5", 'there is no card "README"', "whole address"),
    (
        "[x](vision_other.md#usge)",
        "5",
        'the page of "vision_other" has no heading or anchor "#usge"',
        'did you mean "#usage"?',
    ),
    ("text [x](#haed)\n\n# Head", "10", 'this page has no heading or anchor "#haed"', '"#head"?'),
    ("[x](vision_other.md#用法)", "5", 'has no heading or anchor "#用法"', 'there are "#sample"'),
    ("![x](picture.png)", "6", 'the site has no file "picture.png"', "whole address"),
    ("<img src='picture.png'>", "11", 'the site has no file "picture.png"', "whole address"),
    ("[x](/en-US/net/)", "5", "begins at the root of the server", "relative link"),
    ("[x](../../../etc/passwd)", "5", 'no file "../../../etc/passwd"', "whole address"),
    ("[x](../../zh-CN/vision_other/index.html#x)", "5", 'no heading or anchor "#x"', "#sample"),
    ("| a |\n|---|\n| [x](vision_othr.md) |", "2:7", "no card", "vision_other.md"),
    ("- a\n  > [x](vision_othr.md)", "1:9", "no card", "vision_other.md"),
    ("[r]\n\n[r]: vision_othr.md", "2:6", "no card", "vision_other.md"),
    ("[x](vision\\_othr.md)", "5", "no card", "vision_other.md"),
    ("[x](vision_othr.md&num;)", "5", "no card", "vision_other.md"),
]


@pytest.mark.parametrize(("markdown", "place", "message", "hint"), WRONG)
def test_a_broken_link_is_an_error_where_it_stands(settings, markdown, place, message, hint):
    problems = build_with(settings, markdown)
    assert [problem.code for problem in problems] == ["E402"]
    assert lost(settings) == problems
    assert message in problems[0].message
    assert hint in problems[0].hint
    text = (settings.root / "cards" / "net.md").read_text(encoding="utf-8").split("\n")
    first = text.index("<!-- section: en_US -->") + 3
    line, _, column = place.rpartition(":")
    start = problems[0].span.start
    assert (start.line, start.column) == (first + int(line or 0), int(column))
    assert not (settings.root / "site" / "public").exists()


def test_each_place_of_a_broken_link_is_reported_and_all_in_one_run(settings):
    broken = "[a](nowhere.md) and [b](nowhere.md)"
    problems = build_with(settings, broken, broken)
    assert [problem.span.start.column for problem in problems] == [5, 25, 5, 25]
    assert lost(settings) == problems


def test_a_broken_link_is_told_without_a_build_in_a_card_whose_other_links_are_right(settings):
    right = "\n\n".join(RIGHT)
    problems = build_with(settings, f"{right}\n\n[a](vision_other.md#usge)")
    assert [problem.code for problem in problems] == ["E402"]
    assert lost(settings) == problems


def test_no_file_of_the_site_is_taken_for_one_that_is_not_there(settings):
    alternative = "# model = megengine.hub.load('a/b', 'other')\n"
    both = {"zh_CN": "中文", "en_US": "English"}
    write_card(settings, "vision_other", card_text(both, sample=SAMPLE + alternative))
    assert build(settings) == ()
    public = settings.root / "site" / "public"
    files = [path.relative_to(public).as_posix() for path in public.rglob("*") if path.is_file()]
    files = [path for path in files if not Path(path).name.startswith(".")]
    assert any("variant-" in path for path in files)
    links = "\n\n".join(f"[x](<../../{path}>)" for path in files)
    write_card(settings, "net", card_text({"zh_CN": links}))
    assert lost(settings) == ()


def test_a_language_without_a_text_is_linked_to_as_it_is_shown(settings):
    write_card(settings, "vision_other", card_text({"zh_CN": "## 用法"}))
    link = "[x](vision_other.md#{})"
    both = {"zh_CN": link.format("用法"), "en_US": link.format("usage")}
    write_card(settings, "net", card_text(both))
    (problem,) = build(settings)
    assert 'no heading or anchor "#usage"' in problem.message
    assert lost(settings) == (problem,)


def test_a_card_that_can_not_be_shown_is_no_reason_to_complain_of_links_to_it(settings):
    write_card(settings, "bad", card_text({"zh_CN": '<div title="\n\n```python\nx = 1\n```\n'}))
    write_card(settings, "net", card_text({"zh_CN": "[x](bad.md#y)"}))
    assert [problem.code for problem in build(settings)] == ["E401"]
    assert lost(settings) == ()


def test_links_are_checked_between_cards_that_different_processes_rendered(settings):
    for number in range(PARALLEL_FROM):
        link = f"[x](card_{(number + 50) % PARALLEL_FROM}.md#标题)\n\n## 标题"
        write_card(settings, f"card_{number}", card_text({"zh_CN": link}))
    write_card(settings, "card_7", card_text({"zh_CN": "[x](card_77.md#题)\n\n## 标题"}))
    problems = build(settings, jobs=2)
    assert [Path(problem.path).name for problem in problems] == ["card_7.md"]


SCRAPS = [
    "../",
    "./",
    "/",
    "\\",
    "%2e",
    "%2F",
    "%00",
    "..",
    "net",
    ".md",
    "#",
    "?",
    ":",
    " ",
    "[",
    "]",
]
SCRAPS += ["index.html", "zh-CN", "\u200e", "x" * 300, "&#47;", "https", "net.md#标题"]


@given(st.lists(st.sampled_from(SCRAPS), max_size=8).map("".join))
def test_no_target_of_a_link_breaks_the_build(tmp_path_factory, target):
    settings = write_hub(tmp_path_factory.mktemp("hub") / "hub", f"{SITE}guide: false\n")
    write_card(settings, "net", card_text({"zh_CN": f"[x](<{target}>)\n\n## 标题"}))
    problems = build(settings)
    assert {problem.code for problem in problems} <= {"E402"}
    assert lost(settings) == problems
    assert all(problem.span.start.line > 1 for problem in problems)
