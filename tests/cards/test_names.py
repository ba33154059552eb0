"""Code that would fail for a name that nothing defines is told of before anything runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.cards.examination import examine
from generator.cards.hubconf import read_own_hub
from tests.cards import writing
from tests.cards.writing import card_of, card_text, check, in_both, place_of, python

DEFINED = [
    "from math import *\nprint(sqrt(2))",
    "globals()['late'] = 1\nprint(late)",
    "exec('late = 1')\nprint(late)",
    "try:\n    unknown\nexcept NameError:\n    unknown = 1",
    "try:\n    unknown()\nexcept:\n    pass",
    "try: unknown\nexcept (KeyError, Exception) as e: print(e)",
    "import random\nif random.random() > 1:\n    maybe = 1\nprint(maybe)",
    "class A:\n    x = 1\n    y = [x for _ in range(2)][:x]\n    def f(self): return __class__",
    "print([late for late in range(3)], {k: v for k, v in {}.items()})",
    "def f():\n    return defined_below\ndefined_below = 1\nf()",
    "def f():\n    global made\n    made = 1\nf()\nprint(made)",
    "def f(x: 'Unknown') -> None:\n    y: AlsoUnknown = x",
    "from __future__ import annotations\ndef f(x: Unknown): ...",
    "import sys\nif sys.version_info[0] < 3:\n    text = unicode\nelse:\n    text = str",
    "def f():\n    return model\nmodel = 1\nf()\ndel model",
    "for i in []:\n    del i",
    "x = 0\nfor i in []:\n    del x\nprint(x)",
    "x = 1\ndef f(n):\n    for i in range(n):\n        if i:\n            print(x)\n        x = i",
    "match [1]:\n    case [first, *rest]:\n        print(first, rest)",
    "if (n := 3) > 2:\n    print(n)",
    "print(__name__, __doc__, __builtins__)",
    "import a.b.c\nprint(a.b.c)",
    "with open('x') as f, open('y') as g:\n    print(f, g)",
    "print(ExceptionGroup, _('text'), exit)",
    "lambda *a, k=1, **kw: (a, k, kw)",
    "import os.path as p; from os import (path, sep as s); print(p, path, s)",
    "def outer():\n    n = 1\n    def inner():\n        nonlocal n\n        n += 1",
    "async def f():\n    async for x in y():\n        print(x)\nasync def y():\n    yield 1",
    "import typing\nif typing.TYPE_CHECKING:\n    from x import Y\ndef f(y: 'Y'): ...",
    "__all__ = ['nothing']",
    "print(f'{1:>{width}}') if (width := 3) else None",
]

MISSING = [
    ("imgae = 1\nprint(image)", "image", 'did you mean "imgae"?'),
    ("x = np.zeros(3)", "np", "import numpy as np"),
    ("y = F.softmax(1)", "F", "import megengine.functional as F"),
    ("import megengine.hub as hub\nm = megengine.hub.load", "megengine.hub.load", "megengine"),
    ("gone = 1\ndel gone\nprint(gone)", "gone)", "not defined"),
    ("try:\n    1 / 0\nexcept OSError as e:\n    pass\nprint(e)", "e)", "not defined"),
    ("n = 1\ndef f():\n    print(n)\n    n = 2\nf()", "n)\n", "before it is assigned"),
    ("def f(x: Unknown): ...", "Unknown", "not defined"),
    ("try:\n    unknown\nexcept KeyError:\n    pass", "unknown", "not defined"),
    ("if cuda:\n    pass", "cuda", "not defined"),
    ("class A:\n    x = 1\n    def f(self):\n        return x", "x\n```", "not defined"),
    ("图 = 1\nprint('图片', 图, imge)", "imge", "not defined"),
    ("print(f'图 {imge:3d}')", "imge", "not defined"),
    ("x: int\nprint(x)", "x)", "not defined"),
    ("xrange(3)", "xrange", "not defined"),
]


@pytest.mark.parametrize("code", DEFINED)
def test_code_that_defines_its_names_is_left_alone(tmp_path: Path, code: str) -> None:
    assert check(card_text("pass", *in_both(code)), tmp_path) == []
    assert check(card_text(code), tmp_path) == []


@pytest.mark.parametrize(("code", "marked", "told"), MISSING)
def test_a_missing_name_is_told_at_its_place(
    tmp_path: Path, code: str, marked: str, told: str
) -> None:
    text = card_text("pass", python(code), python(code))
    first, second = check(text, tmp_path)
    assert (first.code, first.place) == ("E502", place_of(text, marked))
    assert told in first.text
    assert second.text == first.text


def test_blocks_in_lists_keep_their_columns(tmp_path: Path) -> None:
    text = card_text("pass", "- 一\n\n  ```python\n  x = 1\n  print(x, '图', mising)\n  ```")
    assert check(text, tmp_path)[0].place == place_of(text, "mising")


def test_the_sample_code_and_the_blocks_before_define_names(tmp_path: Path) -> None:
    section = python("b = a") + "\n" + python("print(a, b)")
    assert check(card_text("a = 1", section, section), tmp_path) == []
    turned = python("print(b)") + "\n" + python("b = 1")
    assert [item.code for item in check(card_text("a = 1", turned, turned), tmp_path)] == [
        "E502",
        "E502",
    ]


def test_a_language_does_not_define_names_for_another(tmp_path: Path) -> None:
    text = card_text("pass", python("own = 1"), python("print(own)"))
    assert ("E502", place_of(text, "own)")) in [
        (item.code, item.place) for item in check(text, tmp_path)
    ]


def test_a_problem_in_the_sample_code_is_told_once_for_all_groups(tmp_path: Path) -> None:
    (problem,) = check(card_text("print(missing)"), tmp_path)
    assert problem.code == "E502"


@pytest.mark.parametrize("attribute", ['skip="no GPU"', "compile-only"])
def test_what_is_not_run_defines_nothing_and_misses_nothing(tmp_path: Path, attribute: str) -> None:
    section = python("made = missing", attribute) + "\n" + python("print(made)")
    text = card_text("pass", section, section)
    first, _ = check(text, tmp_path)
    assert first.place == place_of(text, "made)")
    assert "the block in line" in first.text


def test_a_block_that_is_to_fail_may_use_any_name(tmp_path: Path) -> None:
    section = python("kept = 1\nmissing", "raises=NameError") + "\n" + python("print(kept)")
    assert check(card_text("pass", section, section), tmp_path) == []


@pytest.mark.parametrize(
    ("code", "marked", "told"),
    [
        ("x = (1,\ny = 2", "(1,", "never closed"),
        ("print('a'", "('a'", "never closed"),
        ("return 1", "return", "outside function"),
        ("def f(a, a): ...", "def", "duplicate argument"),
        ("!pip install x", "!pip", "```console"),
        (">>> print(1)", ">>> print", "```pycon"),
        ("print 'a'", "print 'a'", "skip="),
    ],
)
def test_what_is_no_python_is_told_at_its_line(
    tmp_path: Path, code: str, marked: str, told: str
) -> None:
    text = card_text("pass", python(code), python(code))
    first = check(text, tmp_path)[0]
    assert first.code == "E501"
    assert first.place.split(":")[0] == place_of(text, marked).split(":")[0]
    assert told in first.text


@pytest.mark.parametrize(
    ("code", "attribute"), [("return", 'skip="sketch"'), ("x =", "raises=SyntaxError")]
)
def test_what_need_not_be_python_is_left_alone(tmp_path: Path, code: str, attribute: str) -> None:
    assert check(card_text("pass", *in_both(code, attribute)), tmp_path) == []


def test_what_a_broken_block_would_define_makes_no_more_problems(tmp_path: Path) -> None:
    section = python("made = (1") + "\n" + python("print(made)")
    assert {item.code for item in check(card_text("pass", section, section), tmp_path)} == {"E501"}


HUB = read_own_hub(writing.settings())
WORDS = [*"x()='图#.\n", "def f():", "del ", "    ", "if 1:", "import "]


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.lists(st.sampled_from(WORDS)).map("".join), st.text()))
def test_no_code_makes_the_examination_fail(code: str) -> None:
    kept = "".join(char for char in code if char.isprintable() or char == "\n")
    fenced = "\n".join(line for line in kept.split("\n") if "```" not in line)
    text = card_text(fenced, python(fenced), python(fenced))
    for problem in examine(card_of(text), writing.settings(), HUB):
        lines = text.split("\n")
        start = problem.span.start
        assert 1 <= start.column <= len(lines[start.line - 1]) + 1


@pytest.mark.parametrize(
    "code",
    [
        *("-" * 9000 + "1", "(" * 9000, "a" + ".b" * 5000, "x = " + "[" * 90 + "]" * 90),
        *("lambda:" * 2000 + "1", "1" + "+1" * 4000, "if x:\n    0\n" + "elif x: 0\n" * 3000),
    ],
)
def test_code_that_is_nested_without_end_is_no_traceback(tmp_path: Path, code: str) -> None:
    assert {item.code for item in check(card_text(code), tmp_path)} <= {"E501", "E502", "E503"}


def test_a_syntax_error_that_speaks_of_a_line_means_the_cards(tmp_path):
    text = card_text(sample="def f():\nx = 1")
    (finding,) = check(text, tmp_path)
    assert finding.code == "E501"
    assert f"on line {writing.SAMPLE_LINE}" in finding.text
