"""What authors may say of a fence behind its language, and what they are told when it's wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pygments.lexers import get_all_lexers

from generator.cards.attributes import NAMES, read_attributes
from generator.cards.catalog import read_catalog
from generator.cards.model import Treatment
from generator.cards.near_python import looks_like_python
from generator.cards.parse import parse_card
from generator.diagnostics import Edit
from generator.fixing.edits import with_edits
from generator.source import Position
from tests.cards.writing import card_of, card_text, check, in_both, place_of, python, settings

START = Position(7, 4)


def attributes(info: str):
    read = read_attributes(info, START)
    assert read.problems == ()
    return read.attributes


@pytest.mark.parametrize(
    ("info", "field", "value"),
    [
        ('python skip="needs 8 GPUs"', "skip", "needs 8 GPUs"),
        ("python3 skip='说明：\"大\"'", "skip", '说明："大"'),
        ("python skip=slow", "skip", "slow"),
        ("Python compile-only", "compile_only", True),
        ("python raises=megengine.core.Error", "raises", "megengine.core.Error"),
        ("python timeout=300", "timeout", 300.0),
        ("python\ttimeout='0.5'", "timeout", 0.5),
        ("python runtime=megengine", "runtime", "megengine"),
        ("python varying-output", "varying_output", True),
    ],
)
def test_each_attribute_is_understood(info: str, field: str, value: object) -> None:
    assert getattr(attributes(info), field) == value


def test_attributes_know_their_places() -> None:
    spans = attributes("python  raises=ValueError timeout=3").spans
    assert (spans["raises"].start, spans["raises"].end) == (Position(7, 12), Position(7, 29))
    assert spans["timeout"].start == Position(7, 30)


@pytest.mark.parametrize(
    ("attribute", "treatment"),
    [
        ("", Treatment.EXECUTE),
        ('skip="big"', Treatment.SKIP),
        ("compile-only", Treatment.COMPILE),
        ("raises=ValueError", Treatment.RAISE),
        ("timeout=5 varying-output", Treatment.EXECUTE),
    ],
)
def test_attributes_decide_what_becomes_of_a_block(attribute: str, treatment: Treatment) -> None:
    card = card_of(card_text("pass", *in_both("pass", attribute)))
    assert [s.code_blocks[0].treatment for s in card.sections] == [treatment] * 2


@pytest.mark.parametrize(
    ("written", "code", "told"),
    [
        ("timout=3", "E320", 'did you mean "timeout"?'),
        ("linenos", "E320", "known: skip, compile-only"),
        ("skip", "E321", "has no reason"),
        ('skip="  "', "E321", "has no reason"),
        ("compile-only=yes", "E321", "takes no value"),
        ("raises", "E321", "names no exception"),
        ("raises=3rror", "E321", "3rror"),
        ("timeout=3s", "E321", "3s"),
        ("timeout=0", "E321", "0"),
        ("timeout=-1", "E321", "-1"),
        ("timeout=nan", "E321", "nan"),
        ("timeout=1e9", "E321", "1e9"),
        ("timeout=86401", "E321", "86,400"),
        ("timeout=" + "9" * 400, "E321", "999"),
        ("timeout=٣", "E321", "٣"),
        ("runtime=", "E321", "names no runtime"),
        ('skip="never closed', "E322", "never closed"),
        ('skip="a"b', "E322", "right behind"),
        ('skip = "a"', "E322", "a space beside ="),
        ("skip=“需要 八张 显卡”", "E322", "not straight"),
        ("runtime=megengin", "E325", 'did you mean "megengine"?'),
    ],
)
def test_a_wrong_attribute_is_told_once_at_its_place(
    tmp_path: Path, written: str, code: str, told: str
) -> None:
    text = card_text("pass", python("pass", f"varying-output {written}"))
    (problem,) = check(text, tmp_path)
    assert (problem.code, problem.place) == (code, place_of(text, written))
    assert told in problem.text


def test_a_second_time_the_same_attribute_is_told(tmp_path: Path) -> None:
    text = card_text("pass", python("pass", "timeout=3 raises=OSError timeout=4"))
    (problem,) = check(text, tmp_path)
    assert (problem.code, problem.place) == ("E323", place_of(text, "timeout=4"))


@pytest.mark.parametrize(
    "written",
    [
        'skip="big" raises=ValueError',
        'timeout=3 skip="big"',
        'varying-output skip="big"',
        'compile-only skip="big"',
        "raises=ValueError compile-only",
        "compile-only varying-output",
    ],
)
def test_attributes_that_contradict_each_other_are_told(tmp_path: Path, written: str) -> None:
    (problem,) = check(card_text("pass", python("pass", written)), tmp_path)
    assert problem.code == "E324"


def test_the_sample_code_chooses_the_runtime_of_the_card(tmp_path: Path) -> None:
    fits = card_text(python("pass", "runtime=megengine"), *in_both("pass", "runtime=megengine"))
    assert check(fits, tmp_path) == []


def test_all_problems_of_all_fences_are_told_in_source_order(tmp_path: Path) -> None:
    text = card_text(python("pass", "a=1"), python("pass", "b c"), python("pass", "skip"))
    assert [item.code for item in check(text, tmp_path)] == ["E320", "E320", "E320", "E321"]


def test_what_stands_behind_other_languages_is_not_ours(tmp_path: Path) -> None:
    blocks = "```console title=x skip\n$ ls\n```\n~~~ruby timeout\n1\n~~~"
    assert check(card_text("pass", blocks, blocks), tmp_path) == []


def test_fences_in_lists_keep_their_columns(tmp_path: Path) -> None:
    text = card_text("pass", "1. 第一步\n\n   ```python  nonsense\n   pass\n   ```")
    problem = check(text, tmp_path)[0]
    assert problem.place == place_of(text, "nonsense")


@given(st.text(st.sampled_from("skiptmeou-nlyr \t='\"“”1.é=\\")), st.booleans())
def test_any_info_string_can_be_read(rest: str, is_spaced: bool) -> None:
    read = read_attributes("python" + (" " if is_spaced else "") + rest, START)
    assert set(read.attributes.spans) <= set(NAMES)
    for problem in read.problems:
        assert START < problem.span.start < problem.span.end


@given(st.text(min_size=1).filter(lambda reason: not {"'", "\n"} & set(reason) and reason.strip()))
def test_any_reason_can_be_given(reason: str) -> None:
    assert attributes(f"python skip='{reason}'").skip == reason.strip()


@pytest.mark.parametrize(
    "language",
    [
        *("py", "py3", "py3.10", "Py", "pyhton", "phyton", "pyton", "pythn", "pythno", "pythonn"),
        *("Python3.10", "python-3", "python3.8", "ipython", "IPython3", "{python}", "{.python}"),
        *("python,skip", "python:", "pyhton3", "ptyhon"),
    ],
)
def test_a_near_miss_of_python_is_told(tmp_path: Path, language: str) -> None:
    text = card_text("pass", f"```{language}\nx\n```", f"```{language}\nx\n```")
    problems = check(text, tmp_path)
    assert [item.code for item in problems] == ["E327", "E327"]
    assert problems[0].place == place_of(text, f"{language}\nx")
    assert "will not be executed" in problems[0].text


SAMPLE = "import numpy as np\nmodel = np.eye(3)\nmodel.sum()"


@pytest.mark.parametrize(
    "code",
    [
        "import cv2\nimage = cv2.imread('cat.jpg')",
        "from megengine import functional as F\nprint(F.ones(3))",
        "model.mean()",
        "total = np.sum(model)\nprint(total)",
        "def size(x):\n    return x.size\n\nprint(size(model))",
    ],
)
def test_python_in_a_fence_without_a_language_is_told_and_mended(tmp_path: Path, code: str) -> None:
    text = card_text(SAMPLE, f"```\n{code}\n```", f"~~~~  \n{code}\n~~~~")
    path = tmp_path / "card.md"
    path.write_text(text, encoding="utf-8")
    found = [item for item in read_catalog([path], settings()).diagnostics if item.code != "E740"]
    assert [item.code for item in found] == ["E327", "E327"]
    mended = with_edits(text.encode(), [item.edits for item in found]).decode()
    assert mended == text.replace("~~~~  ", "~~~~python  ").replace(
        f"```\n{code}", f"```python\n{code}"
    )
    assert check(mended.replace("python  ", "python"), tmp_path) == []


@pytest.mark.parametrize(
    "text",
    [
        "array([[1., 0., 0.],\n       [0., 1., 0.]])",
        "np.float64(0.70312)",
        "loss = np.float64(0.5)",
        "Tensor([1.0, 2.0])",
        "model = eye(3)",
        "top1 = 70.312\ntop5 = 89.4",
        "{'top-1': 70.312, 'model': 'resnet18'}",
        "import numpy",
        "import Pkg; Pkg.add('Flux')",
        "import java.util.List",
        "model",
        "loss = cross_entropy(model, label)",
        "cards\n├── a.md\n└── b.md",
        "pip install megengine",
        "$ python3 -m megengine",
        ">>> model.sum()\n3.0",
        "Sequential(\n  (0): Conv2d(3, 64)\n)",
        "The model is described in (He et al.).",
        "model.sum() is 3",
        "",
    ],
)
def test_what_a_fence_without_a_language_shows_else_is_no_python(tmp_path: Path, text: str) -> None:
    fence = f"```\n{text}\n```"
    assert check(card_text(SAMPLE, fence, fence), tmp_path) == []


def test_sample_code_without_a_language_is_mended_where_it_surely_is_python() -> None:
    def edits(code: str) -> list[tuple[Edit, ...]]:
        text = card_text(f"```\n{code}\n```\n").encode()
        return [item.edits for item in parse_card(Path("a.md"), text, settings()).diagnostics]

    assert edits("pass") == [()]
    ((edit,),) = edits(SAMPLE)
    assert edit.text == "python"


@pytest.mark.parametrize("info", ["py", "", "py3 compile-only"])
def test_a_fence_that_should_say_python_is_told_of_once(tmp_path: Path, info: str) -> None:
    code = "import numpy as np\nprint(np.ones(3))"
    right = f"```{info.replace('py3', 'python') if ' ' in info else 'python'}\n{code}\n```"
    text = card_text("pass", right, f"```{info}\n{code}\n```")
    assert [item.code for item in check(text, tmp_path)] == ["E327"]


def test_other_languages_are_not_taken_for_python() -> None:
    aliases = {alias for lexer in get_all_lexers() for alias in lexer[1]}
    others = aliases - {"python", "python3", "py", "py3"}
    more = "txt console output python-console pycon3 micropython ironpython photon pylon python2.7"
    assert len(others) > 500
    assert [name for name in (*others, *more.split()) if looks_like_python(name)] == []
