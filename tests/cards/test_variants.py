"""Alternatives that are commented out in the sample code are run as well, and nothing else is."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.cards.examples import groups_of
from generator.cards.variants import MAX_VARIANTS, find_variants
from tests.cards.writing import ROOT, SAMPLE_LINE, card_of, card_text, check, place_of, python

LOAD = "from megengine import hub\nmodel = hub.load('other/repo', 'a', pretrained=True)\n"


def labels(sample: str) -> list[str]:
    return [variant.label for variant in find_variants(card_of(card_text(sample)).sample).variants]


def codes(sample: str) -> list[str]:
    card = card_of(card_text(sample))
    return [variant.block.code for variant in find_variants(card.sample).variants]


def test_this_hubs_card_has_a_group_for_each_of_its_models() -> None:
    path = ROOT / "cards" / "megengine_vision_resnet.md"
    groups = groups_of(card_of(path.read_text(encoding="utf-8")))
    assert [group.name for group in groups] == [
        "zh_CN",
        "en_US",
        *("sample[resnet34]", "sample[resnet50]", "sample[resnet101]", "sample[resnet152]"),
        "sample[resnext50_32x4d]",
    ]
    first, variant = groups[0], groups[2]
    assert variant.examples[1:] == first.examples[1:]
    assert variant.examples[0].id == "sample"
    code = variant.examples[0].block.code
    assert "\nmodel = megengine.hub.load('megengine/models', 'resnet34', pretrained=True)\n" in code
    assert "\nmodel = megengine.hub.load('megengine/models', 'resnet18'" not in code


def test_a_variant_stands_in_the_lines_and_columns_of_its_alternative() -> None:
    text = card_text(LOAD + "#  model = hub.load('other/repo', 'b', pretrained=True)\nmodel.eval()")
    (variant,) = find_variants(card_of(text).sample).variants
    lines = variant.block.code.split("\n")
    assert lines[1:4] == [
        "# model = hub.load('other/repo', 'a', pretrained=True)",
        "model = hub.load('other/repo', 'b', pretrained=True)",
        "model.eval()",
    ]
    assert variant.block.code_line == SAMPLE_LINE
    line, column = place_of(text, "model = hub.load('other/repo', 'b'").split(":")
    assert int(line) == variant.block.code_line + 2
    assert variant.block.code_columns[2] == int(column)
    assert f"{variant.span.start.line}:{variant.span.start.column}" == place_of(text, "#  model")


def test_alternatives_may_take_several_lines() -> None:
    sample = """\
use_gpu = False
# trained on faces: x = (1
model = load('other/repo:hub',
             'PGAN', model_name='512',
             pretrained=True, useGPU=use_gpu)
# this model gives smaller images
# model = load('other/repo:hub',
#              'PGAN', model_name='256',
#              pretrained=True, useGPU=use_gpu)
def load(*a, **k): ...
"""
    (code,) = codes(sample)
    assert labels(sample) == ["256"]
    assert code.count("\n") == sample.count("\n")
    assert ast.unparse(ast.parse(code).body[1]).startswith("model = load('other/repo:hub', 'PGAN'")


def test_one_line_may_stand_for_several_and_several_for_one() -> None:
    assert labels("x = f(\n    'a',\n)\n# x = f('b')\nf = 1") == ["b"]
    assert labels("x = f('a')\n# x = f(\n#     'b',\n# )\nf = 1") == ["b"]


def test_code_in_between_keeps_its_place() -> None:
    sample = "name = 'a'\nprint(name)\n# name = 'b'"
    assert codes(sample) == ["name = 'b'\nprint(name)\n# name = 'b'\n"]


def test_alternatives_inside_of_other_statements_are_found() -> None:
    sample = "if 1:\n    图, n = f('a', 2)\n    # 图, n = f('b', 2)\nf = 1"
    assert codes(sample) == ["if 1:\n    # 图, n = f('a', 2)\n    图, n = f('b', 2)\nf = 1\n"]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["# model = hub.load('other/repo', 'b', pretrained=True)"], ["b"]),
        (["# model = hub.load('other/repo', entry='b', pretrained=True)"], ["b"]),
        (["# model = hub.load('other/repo', 'a', pretrained=False)"], ["pretrained=False"]),
        (["# model = hub.load('other/repo', 'a/b[c]', pretrained=True)"], ["a-b-c"]),
        (["# model = hub.load('another/repo', 'a', pretrained=True)"], ["another-repo"]),
        (
            [
                "# model = hub.load('other/repo', 'b', pretrained=True)",
                "# model = hub.load('other/repo', 'b', pretrained=False)",
                "# model = hub.load('another/repo', 'b', pretrained=False)",
            ],
            ["b", "b+pretrained=False", "b+another-repo"],
        ),
    ],
)
def test_a_label_says_what_distinguishes_a_variant(lines: list[str], expected: list[str]) -> None:
    assert labels(LOAD + "\n".join(lines)) == expected


@pytest.mark.parametrize(
    "comment",
    [
        "# or any of these variants",
        "# model = the thing you want",
        "# print(model)",
        "# import torch",
        "# model == hub.load('other/repo', 'b', pretrained=True)",
        "# another = hub.load('other/repo', 'b', pretrained=True)",
        "# model = hub.other('other/repo', 'b', pretrained=True)",
        "# model = hub.load('other/repo', entry, pretrained=True)",
        "# model = hub.load('other/repo', 'b', pretrained=True).eval()",
        "# model = None",
        "# model = hub.load('other/repo', 'b', ...",
        "# model = hub.load('other/repo', 'b'); model.eval()",
        "# >>> model = hub.load('other/repo', 'b', pretrained=True)",
        "# e.g. model = hub.load('other/repo', 'b', pretrained=True)",
        "    # model = hub.load('other/repo', 'b', pretrained=True)",
        "text = '''\n# model = hub.load('other/repo', 'b', pretrained=True)\n'''",
        "x = 1  # model = hub.load('other/repo', 'b', pretrained=True)",
        "# model.name = 'b'",
        "# model: 模型 = 'b'",
        "# 模型 = 预训练",
    ],
)
def test_other_comments_are_left_alone(tmp_path: Path, comment: str) -> None:
    text = card_text(LOAD + comment)
    found = find_variants(card_of(text).sample)
    assert (found.variants, found.duplicates) == ((), ())
    assert check(text, tmp_path) == []


@pytest.mark.parametrize("attribute", ['skip="big"', "compile-only", "raises=OSError"])
def test_sample_code_that_is_not_executed_has_no_variants(attribute: str) -> None:
    sample = python(LOAD + "# model = hub.load('other/repo', 'b', pretrained=True)", attribute)
    assert [group.name for group in groups_of(card_of(card_text(sample)))] == ["zh_CN", "en_US"]


def test_duplicates_are_told_at_their_line(tmp_path: Path) -> None:
    sample = LOAD + (
        '# model = hub.load("other/repo", "a", pretrained=True)  # the same\n'
        "# model = hub.load('other/repo', 'b', pretrained=True)\n"
        "# model = hub.load('other/repo', 'b', pretrained=True )\n"
    )
    text = card_text(sample)
    assert labels(sample) == ["b"]
    first, second = check(text, tmp_path)
    assert (first.code, first.place) == ("E510", place_of(text, '# model = hub.load("'))
    assert f"line {SAMPLE_LINE + 1} " in first.text
    assert (second.code, second.place) == ("E510", f"{SAMPLE_LINE + 4}:1")
    assert f"line {SAMPLE_LINE + 3} " in second.text


def test_one_alternative_too_many_is_told(tmp_path: Path) -> None:
    lines = [f"# x = f({number})" for number in range(1, MAX_VARIANTS + 3)]
    text = card_text("\n".join(["f = print", "x = f(0)", *lines]))
    (problem,) = check(text, tmp_path)
    assert (problem.code, problem.place) == ("E514", place_of(text, f"# x = f({MAX_VARIANTS + 1})"))
    fits = text.replace(f"# x = f({MAX_VARIANTS + 1})\n# x = f({MAX_VARIANTS + 2})\n", "")
    assert check(fits, tmp_path) == []
    assert len(groups_of(card_of(fits))) == 2 + MAX_VARIANTS


LITERALS = st.one_of(st.integers(), st.text(max_size=8), st.booleans(), st.none())


@settings(deadline=None)
@given(st.lists(LITERALS, min_size=2, max_size=5), st.booleans())
def test_each_variant_is_the_sample_with_another_statement(values: list[object], gap: bool) -> None:
    active, *others = [f"x = f({value!a})" for value in values]
    lines = [active, *(["print(x)"] if gap else []), *(f"# {item}" for item in others), "f = 1"]
    sample = card_of(card_text("\n".join(lines))).sample
    found = find_variants(sample)
    assert len(found.variants) + len(found.duplicates) == len(others)
    assert len(found.variants) == len({*others, active}) - 1
    assert len({variant.label for variant in found.variants}) == len(found.variants)
    for variant in found.variants:
        assert len(variant.block.code_columns) == variant.block.code.count("\n")
        statements = [ast.unparse(item) for item in ast.parse(variant.block.code).body]
        assert statements[0] in [ast.unparse(ast.parse(item)) for item in others]
        assert len(statements) == (3 if gap else 2)


@given(st.text(st.sampled_from("# x=f('a')\n\\\"[")))
def test_any_comments_can_be_read(comments: str) -> None:
    lines = [f"# {line}" for line in comments.split("\n")]
    find_variants(card_of(card_text("\n".join(["x = f('b')", *lines, "f = 1"]))).sample)
