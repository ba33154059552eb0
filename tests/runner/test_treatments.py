"""What becomes of a block by its attributes, and what else an outcome tells of it."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

import pytest
from msgspec.structs import replace

from generator.cards.examples import Group, groups_of
from generator.cards.model import Attributes
from generator.evidence.model import ArraySummary
from generator.runner.session import FailureKind, Launch
from generator.runner.warm import WarmRuntime
from tests.runner.hubs import card_text, line_of, processes_in, python


@pytest.fixture(scope="module")
def runtime():
    warm = WarmRuntime(Path(sys.executable), preload=["json"], seed=["random"])
    yield warm
    warm.close()


@pytest.fixture
def outcomes_of(parse, runtime):
    """The outcomes of a card's blocks, each with the attributes at its place."""

    def outcomes_of(text, *attributes, time_limit=20.0):
        group = groups_of(parse(text))[0]
        examples = [
            replace(example, block=replace(example.block, attributes=given))
            for example, given in zip(group.examples, attributes, strict=True)
        ]
        group = Group(group.card, group.name, tuple(examples))
        launch = Launch(Path(sys.executable), "cards/card.md", {}, time_limit)
        session = runtime.start_group(group, launch)
        try:
            return [session.outcome(example) for example in examples]
        finally:
            session.close()

    return outcomes_of


PLAIN = Attributes()


def test_what_is_only_compiled_is_not_run_and_leaves_nothing(outcomes_of):
    text = card_text("x = 1", [python("from __future__ import annotations\nx = 2\nprint(x)")])
    text += python("print(x)\ndef f(a: nothing): pass")
    first, compiled, last = outcomes_of(text, PLAIN, Attributes(compile_only=True), PLAIN)
    assert (first.failure, compiled.failure, compiled.stdout) == (None, None, "")
    assert last.stdout == "1\n"
    if sys.version_info < (3, 14):
        assert last.failure.summary.startswith("NameError")


def test_what_is_only_compiled_must_compile(outcomes_of):
    text = card_text("x = (")
    (outcome,) = outcomes_of(text, Attributes(compile_only=True))
    assert outcome.failure.kind is FailureKind.RAISED
    assert outcome.failure.line == line_of(text, "x = (")


def test_what_is_skipped_is_not_run(outcomes_of):
    text = card_text("x = 1", [python("x = 2"), python("print(x)")])
    _, skipped, last = outcomes_of(text, PLAIN, Attributes(skip="needs a printer"), PLAIN)
    assert skipped.failure is None
    assert last.stdout == "1\n"


@pytest.mark.parametrize(
    "name", ["JSONDecodeError", "json.decoder.JSONDecodeError", "ValueError", "builtins.ValueError"]
)
def test_an_expected_exception_is_a_pass_and_the_group_goes_on(outcomes_of, name):
    text = card_text("import json\njson.loads('{')", [python("print('next')")])
    first, second = outcomes_of(text, Attributes(raises=name), PLAIN)
    assert first.failure is None
    assert first.exception.startswith("json.decoder.JSONDecodeError: Expecting property name")
    assert second.stdout == "next\n"


def test_an_exception_other_than_the_expected_one_is_a_failure(outcomes_of):
    (outcome,) = outcomes_of(card_text("1 / 0"), Attributes(raises="KeyError"))
    assert outcome.failure.kind is FailureKind.RAISED
    assert outcome.failure.summary == (
        "ZeroDivisionError: division by zero\n(KeyError was expected)"
    )
    assert outcome.exception is None


def test_an_expected_exception_that_does_not_come_is_a_failure(outcomes_of):
    (outcome,) = outcomes_of(card_text("pass"), Attributes(raises="KeyError"))
    assert outcome.failure.kind is FailureKind.NOT_RAISED
    assert outcome.failure.summary == "KeyError was expected, and nothing was raised"


def test_a_block_with_a_time_limit_of_its_own_does_not_take_of_the_groups(outcomes_of):
    nap = python("import time; time.sleep(0.8)")
    text = card_text("pass", [nap, python("import time; time.sleep(0.4)")])
    outcomes = outcomes_of(text, PLAIN, Attributes(timeout=5), PLAIN, time_limit=0.7)
    assert [outcome.failure for outcome in outcomes] == [None, None, None]


def test_the_time_limit_of_a_block_holds(outcomes_of):
    text = card_text("import time\ntime.sleep(100)  # here")
    (outcome,) = outcomes_of(text, Attributes(timeout=0.4))
    assert outcome.failure.kind is FailureKind.TIME_LIMIT
    line = line_of(text, "# here")
    assert outcome.failure.summary == f"time limit of 0.4 s for the block reached in line {line}"


ARRAY = """
class Array:
    shape, dtype = (2, 3), "float32"
class Kind:
    shape, dtype = (1,), "x"
"""


def test_arrays_that_a_block_has_bound_are_told(outcomes_of):
    text = card_text(
        ARRAY + "a = b = Array(); _hidden = Array(); number = 3",
        [python("b = Array()\ndef f():\n    global c\n    c = Array()\nf()"), python("print(a)")],
    )
    first, second, third = outcomes_of(text, PLAIN, PLAIN, PLAIN)
    assert [array.name for array in first.arrays] == ["a", "b"]
    assert first.arrays[0] == ArraySummary("a", "Array", (2, 3), "float32")
    assert [array.name for array in second.arrays] == ["b", "c"]
    assert third.arrays == ()


def test_arrays_that_are_printed_and_left_nowhere_are_told(outcomes_of):
    text = card_text(
        ARRAY + "a = Array()",
        [python("print(a, 'and', Array(), end='')"), python("print(Kind(), Array())"), python("1")],
    )
    _, first, second, third = outcomes_of(text, PLAIN, PLAIN, PLAIN, PLAIN)
    assert first.arrays == (ArraySummary("printed 1", "Array", (2, 3), "float32"),)
    assert [(item.name, item.kind) for item in second.arrays] == [
        ("printed 1", "Kind"),
        ("printed 2", "Array"),
    ]
    assert third.arrays == ()
    assert first.stdout.count("object at") == 2
    assert first.stdout.endswith(">")


def test_print_does_all_that_it_does_elsewhere(outcomes_of):
    code = """
        import builtins, io, pickle
        file = io.StringIO()
        print("a", 1, sep="-", end="!", file=file, flush=True)
        print(file.getvalue(), print is builtins.print, pickle.loads(pickle.dumps(print)) is print)
        try:
            print(1, nonsense=2)
        except TypeError as error:
            print(type(error).__name__, print.__name__, bool(print.__doc__))
    """
    (outcome,) = outcomes_of(card_text(code), PLAIN)
    assert outcome.stdout == "a-1! True True\nTypeError print True\n"


def test_what_fails_to_compile_alone_keeps_nothing_else_from_running(outcomes_of):
    text = card_text("x = 1", [python("pass"), python("print(x)")])
    first, second, third = outcomes_of(text, PLAIN, Attributes(compile_only=True), PLAIN)
    assert (first.failure, second.failure, third.failure) == (None, None, None)
    text = card_text("x = 1", [python("x ="), python("print(x)")])
    _, second, third = outcomes_of(text, PLAIN, Attributes(compile_only=True), PLAIN)
    assert second.failure.kind is FailureKind.RAISED
    assert (third.failure, third.stdout) == (None, "1\n")


HOSTILE = """
import os
class Exits:
    dtype = "x"
    @property
    def shape(self): raise SystemExit
class Lies:
    shape, dtype = (10**30, -1), "x"
class Text:
    shape, dtype = "ab", 3
class Fine:
    shape = (1,)
    @property
    def dtype(self): return type("D", (), {"name": "d" * 10_000})()
    def numpy(self): raise KeyboardInterrupt
x, y, z = Exits(), Lies(), Text()
names = set(globals())
for n in range(50): globals()[f"v{n}"] = Fine()
"""


def test_arrays_that_misbehave_are_left_out_and_there_are_not_too_many(outcomes_of):
    text = card_text(HOSTILE, [python("print(len(set(globals()) - names))")])
    first, second = outcomes_of(text, PLAIN, PLAIN)
    assert first.failure is None
    assert [array.name for array in first.arrays] == [f"v{n}" for n in range(20)]
    assert all(len(array.dtype) <= 200 for array in first.arrays)
    # These, the loop's own, and that of the set itself.
    assert second.stdout == "52\n"


def test_the_peak_of_memory_is_that_of_the_block(outcomes_of):
    text = card_text(
        "x = bytearray(150_000_000); del x",
        [
            python("pass"),
            python(
                "import subprocess, sys\nsubprocess.run([sys.executable, '-c',"
                "'import time; x = bytearray(150_000_000); time.sleep(0.5)'])"
            ),
        ],
    )
    first, second, third = outcomes_of(text, PLAIN, PLAIN, PLAIN)
    assert first.peak_memory > 150_000_000
    assert 1_000_000 < second.peak_memory < 100_000_000
    assert third.peak_memory > 150_000_000


def test_random_numbers_and_the_order_of_sets_are_the_same_in_every_run(outcomes_of):
    text = card_text("import random; print(random.random(), list({'a', 'b', 'c', 'd'}))")
    first, second = outcomes_of(text, PLAIN), outcomes_of(text, PLAIN)
    assert first[0].stdout == second[0].stdout


def test_what_is_preloaded_has_its_version_told(runtime):
    assert runtime.problem is None
    assert runtime.versions["python"].startswith(f"{sys.version_info[0]}.{sys.version_info[1]}.")
    assert runtime.versions["json"] == "2.0.9"


def test_packages_that_can_not_be_preloaded_are_left_to_the_cards(parse):
    warm = WarmRuntime(Path(sys.executable), preload=["json", "no_such_package"])
    try:
        assert warm.problem.startswith("no_such_package can't be imported: ModuleNotFoundError")
        group = groups_of(parse(card_text("import no_such_package")))[0]
        session = warm.start_group(group, Launch(Path(sys.executable), "card.md", {}, 20))
        outcome = session.outcome(group.examples[0])
        session.close()
        assert outcome.failure.summary.startswith("ModuleNotFoundError")
    finally:
        warm.close()


NUMBERS = """
import numpy as np
import megengine as mge
numbers = np.array([[1.5, np.nan], [-np.inf, -2.0]], dtype="float32")
tensor = mge.tensor([3, 1, 2])
none = np.zeros((0, 3))
flags = np.array([True, False])
waves = np.array([1j])
words = np.array(["a"])
nothing_finite = np.array([np.nan])
drawn = mge.random.uniform(size=(2,)).numpy() + np.random.rand(2)
print(drawn)
"""


def test_tensors_and_arrays_have_the_range_of_their_finite_elements(parse, runtime_python):
    warm = WarmRuntime(
        runtime_python, preload=["numpy", "megengine"], seed=["numpy.random", "megengine.random"]
    )
    assert warm.versions["megengine"] == "1.13.0"
    group = groups_of(parse(card_text(NUMBERS)))[0]
    outcomes = []
    for _ in range(2):
        session = warm.start_group(group, Launch(runtime_python, "card.md", {}, 60))
        outcomes.append(session.outcome(group.examples[0]))
        session.close()
    warm.close()
    first, second = outcomes
    assert first.failure is None, first.failure
    assert first.arrays[:-1] == (
        ArraySummary("numbers", "ndarray", (2, 2), "float32", -2.0, 1.5),
        ArraySummary("tensor", "Tensor", (3,), "int32", 1.0, 3.0),
        ArraySummary("none", "ndarray", (0, 3), "float64"),
        ArraySummary("flags", "ndarray", (2,), "bool", 0.0, 1.0),
        ArraySummary("waves", "ndarray", (1,), "complex128"),
        ArraySummary("words", "ndarray", (1,), "str32"),
        ArraySummary("nothing_finite", "ndarray", (1,), "float64"),
    )
    assert (first.stdout, first.arrays) == (second.stdout, second.arrays)


def test_a_group_is_cancelled_by_another_thread(parse, runtime):
    group = groups_of(parse(card_text("import time; time.sleep(100)")))[0]
    session = runtime.start_group(group, Launch(Path(sys.executable), "card.md", {}, 60))
    threading.Timer(0.3, session.cancel).start()
    started = time.monotonic()
    outcome = session.outcome(group.examples[0])
    assert time.monotonic() - started < 30
    assert outcome.failure.kind is FailureKind.CANCELLED
    session.close()
    session.cancel()
    assert not processes_in(session.workspace.folder)
