"""What code in a card sees and shows: as if a reader had run it."""

from __future__ import annotations

import sys

import pytest

from generator.runner.session import FailureKind
from tests.runner.hubs import card_text, line_of, python


def card_frames(outcome):
    return [frame for frame in outcome.failure.chain[0].frames if frame.of_card]


def outcomes(session):
    return [session.outcome(example) for example in session.group.examples]


def test_blocks_share_one_namespace(start):
    session = start(card_text("x = 20", [python("y = x + 1"), python("print(x, y, __name__)")]))
    *_, last = outcomes(session)
    assert last.failure is None
    assert last.stdout == "20 21 __main__\n"


def test_groups_share_nothing(start):
    text = card_text("import os; known = 'here' in dir(); open('left-over', 'w').close(); here = 1")
    for _ in range(2):
        session = start(text + "\n" + python("print(known, os.listdir('.'))"))
        assert outcomes(session)[1].stdout == "False ['left-over']\n"


def test_a_block_runs_once_whoever_depends_on_it(start):
    session = start(card_text("n = 0", [python("n += 1; print(n)"), python("n += 1; print(n)")]))
    _, first, second = session.group.examples
    assert session.outcome(second).stdout == "2\n"
    assert session.outcome(first).stdout == "1\n"
    assert session.outcome(second).stdout == "2\n"


def test_an_exception_is_at_the_line_of_the_card(start):
    text = card_text(
        "def f(x):\n    return 1 / x  # here", ["Text\n", python("a = 1\nf(0)  # there")]
    )
    outcome = outcomes(start(text))[1]
    assert outcome.failure.kind is FailureKind.RAISED
    assert outcome.failure.summary == "ZeroDivisionError: division by zero"
    frames = card_frames(outcome)
    assert [(f.path, f.line, f.function) for f in frames] == [
        ("cards/card.md", line_of(text, "# there"), "<module>"),
        ("cards/card.md", line_of(text, "# here"), "f"),
    ]
    assert outcome.failure.line == line_of(text, "# here")


def test_lines_and_columns_of_a_block_in_a_list_are_those_of_the_card(start):
    fence = "1. 步骤\n\n   ```python\n   a = 1\n   é = a + nothing\n   ```\n"
    text = card_text("pass", [fence])
    outcome = outcomes(start(text))[1]
    (frame,) = card_frames(outcome)
    assert frame.line == line_of(text, "nothing")
    if sys.version_info >= (3, 11):
        line = text.split("\n")[frame.line - 1]
        assert line[frame.columns[0] - 1 : frame.columns[1] - 1] == "nothing"


@pytest.mark.parametrize("prefix", ["", "  ", "> ", "> - "])
def test_a_syntax_error_is_at_the_line_and_column_of_the_card(start, prefix):
    opening = "- x\n\n" if prefix == "  " else ""
    code = ["```python", "good = 1", "bad = = 2", "```"]
    rest = " " * len(prefix) if prefix.strip(" ->") else prefix
    rest = prefix.replace("-", " ")
    lines = [(prefix if number == 0 else rest) + line for number, line in enumerate(code)]
    text = card_text("pass", [opening + "\n".join(lines) + "\n"])
    outcome = outcomes(start(text))[1]
    assert outcome.failure.summary == "SyntaxError: invalid syntax"
    assert outcome.failure.line == line_of(text, "bad")
    (frame,) = card_frames(outcome)
    assert frame.columns[0] == len(rest) + len("bad = =")


def test_code_of_a_block_with_a_syntax_error_does_not_run_at_all(execute):
    outcome = execute("print('run')\nx = (")
    assert outcome.failure.summary.startswith("SyntaxError")
    assert outcome.stdout == ""


def test_what_the_card_raises_is_its_failure_whatever_it_is(execute):
    for code, summary in (
        ("import sys; sys.exit(0)", "SystemExit: 0"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("class E(BaseException): pass\nraise E('x')", "E: x"),
        ("import json; json.loads('{')", "json.decoder.JSONDecodeError: "),
        ("class E(Exception):\n  def __str__(self): raise ValueError\nraise E", "E: (its text"),
        ("def f(): f()\nf()", "RecursionError: "),
    ):
        outcome = execute(code)
        assert outcome.failure.kind is FailureKind.RAISED
        assert outcome.failure.summary.startswith(summary)


def test_the_exceptions_that_led_to_one_are_told(execute):
    outcome = execute("try:\n    {}['a']\nexcept KeyError as e:\n    raise ValueError('b') from e")
    assert [(r.type, r.link) for r in outcome.failure.chain] == [
        ("ValueError", None),
        ("KeyError", "cause"),
    ]


def test_frames_of_libraries_are_told_after_the_last_of_the_card(execute):
    outcome = execute("import json\njson.loads('{')")
    frames = outcome.failure.chain[0].frames
    assert frames[0].of_card
    assert [frame.function for frame in frames[1:]] == ["loads", "decode", "raw_decode"]


def test_no_frame_of_the_worker_is_told(execute):
    frames = execute("1 / 0").failure.chain[0].frames
    assert [frame.path for frame in frames] == ["cards/card.md"]


def test_warnings_and_tracebacks_show_the_line_of_the_card(start):
    code = "import warnings, traceback\n\nwarnings.warn('careful')  # warned\n"
    more = "try: 1/0  # raised\nexcept ZeroDivisionError: traceback.print_exc()"
    text = card_text(code + more)
    (outcome,) = outcomes(start(text))
    warned, raised = line_of(text, "# warned"), line_of(text, "# raised")
    assert f"cards/card.md:{warned}: UserWarning: careful" in outcome.stderr
    assert "  warnings.warn('careful')  # warned" in outcome.stderr
    assert f'File "cards/card.md", line {raised}' in outcome.stderr
    assert "try: 1/0  # raised" in outcome.stderr


def test_source_can_be_inspected(execute):
    outcome = execute("import inspect\ndef f():\n    return 1\nprint(inspect.getsource(f))")
    assert outcome.stdout == "def f():\n    return 1\n\n"


def test_what_the_card_defines_can_be_pickled_and_sent_to_processes(execute):
    code = """
        import multiprocessing, pickle
        def double(x):
            return 2 * x
        assert pickle.loads(pickle.dumps(double)) is double
        with multiprocessing.get_context("fork").Pool(2) as pool:
            print(pool.map(double, [1, 2]))
    """
    outcome = execute(code)
    assert outcome.failure is None, outcome.failure
    assert outcome.stdout == "[2, 4]\n"


def test_future_statements_hold_for_the_rest_of_the_group(start):
    card = card_text("from __future__ import annotations", [python("def f(x: nothing): pass")])
    assert outcomes(start(card))[1].failure is None
    without = card_text("pass", [python("def f(x: nothing): pass")])
    if sys.version_info < (3, 14):
        assert outcomes(start(without))[1].failure.summary.startswith("NameError")


def test_the_code_starts_in_an_empty_folder_and_finds_files_there(execute):
    code = """
        import os
        assert os.listdir() == []
        open("helper.py", "w").write("value = 7")
        import helper
        print(helper.value)
    """
    outcome = execute(code)
    assert outcome.failure is None, outcome.failure
    assert outcome.stdout == "7\n"


def test_nothing_can_be_asked_of_a_user(execute):
    assert execute("input()").failure.summary.startswith("EOFError")


def test_output_is_that_of_the_block_which_printed_it(start):
    noisy = python("import os; os.system('echo from a child'); print('é中', end='')")
    session = start(card_text("print('one')", [noisy, python("import sys; sys.stderr.write('e')")]))
    first, second, third = outcomes(session)
    assert (first.stdout, first.stderr) == ("one\n", "")
    assert second.stdout == "from a child\né中"
    assert (third.stdout, third.stderr) == ("", "e")


def test_text_is_utf8_whatever_the_locale(execute, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.setenv("PYTHONIOENCODING", "latin-1")
    outcome = execute("open('f', 'w').write('中'); print(open('f', 'rb').read(), '中')")
    assert outcome.failure is None
    assert outcome.stdout == "b'\\xe4\\xb8\\xad' 中\n"


def test_the_duration_is_that_of_the_code(execute):
    assert 0.2 <= execute("import time; time.sleep(0.2)").duration < 20


def test_a_failure_is_told_to_those_that_depend_on_it(start):
    session = start(card_text("1 / 0", [python("print('run')"), python("print('run')")]))
    first, second, third = outcomes(session)
    for outcome in (second, third):
        assert outcome.failure.kind is FailureKind.DEPENDENCY
        place = f"cards/card.md:{first.failure.line}"
        assert outcome.failure.summary == (
            f"not run: sample failed at {place}: ZeroDivisionError: division by zero"
        )
        assert outcome.stdout == ""


META = """
class Meta(type):
    def __getattribute__(self, name): raise ValueError(name)
class Odd(Exception, metaclass=Meta): pass
raise Odd("text")
"""

PROPERTIES = """
class Odd(Exception):
    __class__ = __cause__ = __traceback__ = property(lambda self: 1 / 0)
raise Odd("text")
"""


@pytest.mark.parametrize("code", [META, PROPERTIES])
def test_an_exception_that_tells_nothing_is_still_one_of_its_line(execute, code):
    outcome = execute(code)
    assert outcome.failure.kind is FailureKind.RAISED
    assert outcome.failure.summary == "an exception of which nothing can be told"
    assert outcome.failure.line == line_of(card_text(code), "raise Odd")
    assert outcome.stderr == ""


def test_the_module_of_an_exception_may_be_anything(execute):
    outcome = execute("raise type('Odd', (Exception,), {'__module__': 5})('text')")
    assert outcome.failure.summary == "5.Odd: text"


@pytest.mark.parametrize("name", ["settrace", "setprofile"])
def test_a_tracer_is_called_for_the_code_of_its_block_alone(start, name):
    sample = f"""
        import sys
        paths = set()
        def note(frame, event, _):
            if event == "call":
                paths.add(frame.f_code.co_filename)
        sys.{name}(note)
        (lambda: 1)()
    """
    _, second = outcomes(start(card_text(sample, [python("print(*paths, sep=', ')")])))
    assert second.stdout == "cards/card.md\n"


def test_a_tracer_that_fails_is_the_failure_of_its_block(execute):
    outcome = execute("import sys\nsys.settrace(lambda *_: 1 / 0)\n(lambda: 1)()")
    assert outcome.failure.summary == "ZeroDivisionError: division by zero"
