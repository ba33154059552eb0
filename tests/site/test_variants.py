"""Each variant of a card has a page and notebooks, in which all snippets are the variant's."""

from __future__ import annotations

import json
import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from generator.cards.variants import Variant
from generator.site.variants import named_variants, section_of_variant
from tests.site.hubs import SAMPLE, card_text, read_cards, render_files, write_card, write_hub
from tests.site.records import card_evidence, record

OTHERS = (
    "# model = megengine.hub.load('a/b', 'deep')\n# model = megengine.hub.load('a/b', 'DEEP')\n"
)
LOADS = '```python\nsame = megengine.hub.load("a/b", "net")\nnet = "net work"\n```'
BOTH = {
    "zh_CN": f"文字\n\n```python\nprint(1)\n```\n\n{LOADS}\n\n```python\nprint(2)\n```",
    "en_US": f"Text\n\n```python\nprint(1)\n```\n\n{LOADS}\n\n```python\nprint(2)\n```",
}


def write(settings, sections=BOTH, sample=SAMPLE + OTHERS):
    write_card(settings, "net", card_text(sections, sample=sample))


def code_of(html: str) -> list[str]:
    found = re.findall(r'<figure class="code".*?<code>(.*?)</code>', html, re.DOTALL)
    return [unescape(re.sub("<[^>]+>", "", item)) for item in found]


def claims(html: str) -> list[str]:
    """What is said of each block, empty where nothing is."""
    figures = html.split('<figure class="code"')[1:]
    found = [re.search(r'class="claim (\S+)"', figure) for figure in figures]
    return [match.group(1) if match else "" for match in found]


def test_a_variants_page_has_its_code_and_leads_to_the_others(settings):
    write(settings)
    site = render_files(settings)
    page = site["en-US/net/variant-deep.html"].decode()
    sample, first, second, third = code_of(page)
    assert sample == (
        "import megengine.hub\n"
        "# model = megengine.hub.load('a/b', 'net')\n"
        "model = megengine.hub.load('a/b', 'deep')\n"
        "# model = megengine.hub.load('a/b', 'DEEP')\n"
    )
    assert (first, third) == ("print(1)\n", "print(2)\n")
    assert second == 'same = megengine.hub.load("a/b", "deep")\nnet = "net work"\n'
    picker = re.search(r'<nav class="variants".*?</nav>', page, re.DOTALL)
    links = re.findall(r'<a href="([^"]*)"( aria-current="page")?>([^<]*)<', picker.group())
    assert links == [
        ("index.html", "", "net"),
        ("variant-deep.html", ' aria-current="page"', "deep"),
        ("variant-DEEP-2.html", "", "DEEP"),
    ]
    assert "en-US/net/variant-DEEP-2.html" in site
    assert '<link rel="canonical" href="https://example.org/hub/en-US/net/">' in page
    assert 'href="../../zh-CN/net/variant-deep.html"' in page
    assert 'hreflang="zh-CN" href="https://example.org/hub/zh-CN/net/"' in page
    assert "<title>Net · deep · Model Hub</title>" in page


def test_the_cards_own_page_leads_to_its_variants_and_is_as_it_is_written(settings):
    write(settings)
    page = render_files(settings)["en-US/net/index.html"].decode()
    assert code_of(page)[0] == SAMPLE + OTHERS
    assert '<a href="index.html" aria-current="page">net</a>' in page
    assert '<a href="variant-deep.html">deep</a>' in page


def test_a_card_without_variants_has_no_picker(settings):
    write(settings, sample=SAMPLE)
    site = render_files(settings)
    assert 'nav class="variants"' not in site["en-US/net/index.html"].decode()
    assert not [path for path in site if "variant" in path and "assets" not in path]


def test_a_huge_card_with_many_variants_makes_no_huge_site(settings):
    many = "".join(f"# model = megengine.hub.load('a/b', 'net{number}')\n" for number in range(50))
    write(settings, {"zh_CN": "**中** [a](https://a.example)\n\n" * 20_000}, SAMPLE + many)
    site = render_files(settings)
    assert not [path for path in site if "variant-" in path]
    assert 'class="variants"' not in site["zh-CN/net/index.html"].decode()
    assert sum(map(len, site.values())) < 30_000_000


def test_a_variants_notebook_has_its_code(settings):
    write(settings)
    site = render_files(settings)
    cells = json.loads(site["zh-CN/net/notebooks/variant-deep.ipynb"])["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    assert "\nmodel = megengine.hub.load('a/b', 'deep')\n" in code[0]
    assert code[1:] == [
        "print(1)",
        'same = megengine.hub.load("a/b", "deep")\nnet = "net work"',
        "print(2)",
    ]
    assert 'href="notebooks/variant-deep.ipynb"' in site["zh-CN/net/variant-deep.html"].decode()


def test_nothing_is_claimed_of_a_snippet_that_was_not_run_as_it_stands_there(settings):
    write(settings)
    ids = ("sample", "block-1", "block-2", "block-3")
    evidence = card_evidence(
        "net",
        {
            "zh_CN en_US": {name: record() for name in ids},
            "sample[deep]": {name: record() for name in ids},
        },
    )
    site = render_files(settings, evidence={"net": evidence})
    for tag in ("zh-CN", "en-US"):
        page = site[f"{tag}/net/variant-deep.html"].decode()
        assert claims(page) == ["executed", "executed", "", ""]
        assert claims(site[f"{tag}/net/variant-DEEP-2.html"].decode()) == [""] * 4
        assert claims(site[f"{tag}/net/index.html"].decode()) == ["executed"] * 4


def test_what_a_variant_has_shown_is_not_that_of_a_section_with_other_code(settings):
    write(settings, {"zh_CN": "```python\nprint(1)\n```", "en_US": "```python\nprint(2)\n```"})
    evidence = card_evidence(
        "net",
        {
            "zh_CN": {"sample": record(), "block-1": record(code="1")},
            "en_US": {"sample": record(), "block-1": record(code="2")},
            "sample[deep]": {"sample": record(), "block-1": record()},
        },
    )
    site = render_files(settings, evidence={"net": evidence})
    assert claims(site["zh-CN/net/variant-deep.html"].decode()) == ["executed", "executed"]
    assert claims(site["en-US/net/variant-deep.html"].decode()) == ["executed", ""]


@given(st.text(max_size=40))
def test_only_whole_strings_are_replaced_and_code_stays_code(tmp_path_factory, text):
    settings = write_hub(tmp_path_factory.mktemp("hub") / "hub")
    code = "a = 'net'\nb = f'net'\nc = \"net\" 'x'\nd = '''net'''\ne = 'net2'  # 'net'"
    write(settings, {"zh_CN": f"```python\n{code}\n```"})
    (card,) = read_cards(settings)
    named, *_ = named_variants(card)
    variant = Variant("x", "net", {"net": text}, named.variant.code, named.variant.span)
    (block,) = section_of_variant(card.section("zh_CN"), variant).code_blocks
    found = {}
    exec(block.code, found)
    assert found["a"] == found["d"] == text
    assert (found["b"], found["c"], found["e"]) == ("net", f"{text}x", "net2")
    assert block.code.endswith("# 'net'\n")
