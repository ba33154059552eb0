"""Cards as tests: what those who know pytest expect of them."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import psutil
import pytest

from generator.config import load_settings
from generator.runner.command import run_tests
from tests.runner.hubs import (
    GOOD_CARD,
    card_text,
    is_alive,
    line_of,
    python,
    wait_until,
    write_card,
)


def collected(hub, *arguments):
    result = hub.runpytest_subprocess("--collect-only", "-q", *arguments)
    return [line for line in result.outlines if "::" in line]


def command(*arguments, root, cwd):
    """`hubcards test` as a process of its own."""
    code = (
        "import sys; from pathlib import Path\n"
        "from generator.config import load_settings\n"
        "from generator.runner.command import run_tests\n"
        "sys.exit(run_tests(load_settings(Path(sys.argv[1])), sys.argv[2:]))"
    )
    return subprocess.run(
        [sys.executable, "-c", code, str(root), *arguments],
        cwd=cwd,
        capture_output=True,
        encoding="utf-8",
    )


def test_node_ids_have_the_card_the_language_and_the_example(hub):
    assert collected(hub, "cards") == [
        "cards/good.md::zh_CN::sample",
        "cards/good.md::zh_CN::block-1",
        "cards/good.md::en_US::sample",
        "cards/good.md::en_US::block-1",
        "cards/good.md::en_US::block-2",
    ]


def test_collecting_runs_nothing_and_needs_no_runtime(hub, tmp_path):
    (hub.path / "models" / "requirements.txt").unlink()
    marker = tmp_path / "marker"
    write_card(hub.path / "cards" / "m.md", card_text(f"open({str(marker)!r}, 'w')"))
    result = hub.runpytest_subprocess("--collect-only")
    assert result.ret == 0
    assert not marker.exists()


def test_all_examples_pass(hub):
    result = hub.runpytest_subprocess("cards", "-v")
    result.assert_outcomes(passed=5)
    assert result.ret == 0


def test_only_cards_are_collected_of_all_markdown(hub):
    write_card(hub.path / "README.md", GOOD_CARD)
    write_card(hub.path / "docs" / "page.md", GOOD_CARD)
    write_card(hub.path / "cards" / "deep" / "other.md", GOOD_CARD)
    write_card(hub.path / "cards" / ".hidden.md", GOOD_CARD)
    files = {line.partition("::")[0] for line in collected(hub, ".")}
    assert files == {"cards/good.md", "cards/deep/other.md"}
    assert collected(hub, "docs/page.md")


def test_other_tests_of_the_project_are_run_as_ever(hub):
    hub.makepyfile(test_it="def test_it(): pass")
    hub.runpytest_subprocess().assert_outcomes(passed=6)


def test_it_does_nothing_in_other_projects(pytester):
    write_card(pytester.path / "cards" / "good.md", GOOD_CARD)
    pytester.makepyfile(
        "import sys\n"
        "def test_it():\n"
        "    heavy = {'msgspec', 'mitmproxy', 'yaml', 'filelock', 'generator.config'}\n"
        "    assert not heavy & set(sys.modules)"
    )
    result = pytester.runpytest_subprocess("-p", "no:hypothesispytest")
    result.assert_outcomes(passed=1)


def test_a_language_is_selected_by_its_name(hub):
    result = hub.runpytest_subprocess("cards", "-k", "zh_CN")
    result.assert_outcomes(passed=2, deselected=3)


def test_one_example_alone_runs_what_it_depends_on(hub):
    hub.runpytest_subprocess("cards/good.md::en_US::block-2").assert_outcomes(passed=1)
    hub.runpytest_subprocess("cards/good.md::en_US").assert_outcomes(passed=3)


def test_reversed_order_gives_the_same_outcomes(hub):
    hub.makeconftest("def pytest_collection_modifyitems(items): items.reverse()")
    hub.runpytest_subprocess("cards").assert_outcomes(passed=5)


@pytest.fixture
def failing(hub):
    """The hub with a card that fails in its second block of two."""
    first = python("def f():\n    return x.y  # inner\nz = 1")
    second = python("print('said')\nf()  # outer")
    text = card_text("x = 1", [first, second, python("print('late')")])
    write_card(hub.path / "cards" / "bad.md", text)
    return text


def test_a_failure_shows_the_lines_of_the_card(hub, failing):
    result = hub.runpytest_subprocess("cards/bad.md", "-ra")
    result.assert_outcomes(passed=2, failed=2)
    inner, outer = line_of(failing, "# inner"), line_of(failing, "# outer")
    error = "AttributeError: 'int' object has no attribute 'y'"
    marks = re.compile(r" +\^+")
    shown = [line for line in result.outlines if not marks.fullmatch(line)]
    begin = shown.index(f"cards/bad.md:{outer}: in zh_CN::block-2")
    assert shown[begin : begin + 8] == [
        f"cards/bad.md:{outer}: in zh_CN::block-2",
        "    print('said')",
        ">   f()  # outer",
        f"cards/bad.md:{inner}: in f",
        "    def f():",
        ">       return x.y  # inner",
        "    z = 1",
        f"E   {error}",
    ]
    result.stdout.fnmatch_lines(
        [
            "*Captured stdout call*",
            "said",
            f"E   not run: block-2 failed at cards/bad.md:{inner}: {error}",
            "FAILED cards/bad.md::zh_CN::block-2 - AttributeError: *",
            "FAILED cards/bad.md::zh_CN::block-3 - not run: block-2 failed at *",
        ]
    )
    text = result.stdout.str()
    for word in ("worker.py", "session.py", "plugin.py", "hubcards-", "late"):
        assert word not in text.replace("hubcards-0", "")


@pytest.mark.usefixtures("failing")
def test_the_first_failure_can_be_the_last(hub):
    hub.runpytest_subprocess("cards", "-x").assert_outcomes(passed=2, failed=1)


@pytest.mark.parametrize("place", ["cards", "../elsewhere"])
def test_the_last_failed_are_run_again_with_what_they_depend_on(hub, failing, place):
    path = write_card(hub.path / place / "bad.md", failing)
    root = ("--rootdir", ".", "-c", "pyproject.toml")
    hub.runpytest_subprocess(*root, path, "cards/good.md").assert_outcomes(passed=7, failed=2)
    result = hub.runpytest_subprocess(*root, "--lf", path, "cards/good.md")
    result.assert_outcomes(failed=2)
    write_card(path, failing.replace("return x.y", "return x"))
    hub.runpytest_subprocess(*root, "--lf", path).assert_outcomes(passed=2)


def test_junit_xml_has_each_example(hub, failing):
    hub.runpytest_subprocess("cards", "--junitxml=report.xml")
    cases = ET.parse(hub.path / "report.xml").getroot().iter("testcase")
    found = {(case.get("classname"), case.get("name")): case for case in cases}
    assert len(found) == 9
    failure = found["cards.bad.md.zh_CN", "block-2"].find("failure")
    assert failure.get("message") == "AttributeError: 'int' object has no attribute 'y'"
    assert f"cards/bad.md:{line_of(failing, '# inner')}: in f" in failure.text
    assert found["cards.good.md.en_US", "block-1"].find("failure") is None


def test_output_is_shown_when_it_is_not_captured(hub):
    result = hub.runpytest_subprocess("cards", "-s", "-k", "en_US")
    result.stdout.fnmatch_lines(["*en 1*"])


def test_output_of_strangers_can_not_steer_the_terminal(hub):
    write_card(
        hub.path / "cards" / "bad.md", card_text(r"print('\x1b[2J'); raise ValueError('\x07')")
    )
    result = hub.runpytest_subprocess("cards/bad.md")
    assert "\x1b" not in result.stdout.str()
    result.stdout.fnmatch_lines(["E   ValueError: \\x07", "\\x1b[[]2J"])


@pytest.mark.usefixtures("failing")
def test_a_debugger_and_durations_do_no_harm(hub):
    options = ("--pdb", "--durations=3")
    result = hub.run(sys.executable, "-m", "pytest", "cards", *options, stdin=b"c\n" * 9)
    result.assert_outcomes(passed=7, failed=2)


def test_a_card_with_errors_is_an_error_and_the_others_are_run(hub):
    text = GOOD_CARD.replace("title: Card", "titel: Card")
    write_card(hub.path / "cards" / "bad.md", text)
    result = hub.runpytest_subprocess("cards", "--continue-on-collection-errors")
    result.assert_outcomes(passed=5, errors=1)
    result.stdout.fnmatch_lines(
        ["*ERROR collecting cards/bad.md*", "cards/bad.md:3:1: error*titel*", "  hint: *title*"]
    )
    assert "Traceback" not in result.stdout.str()


def test_settings_with_errors_are_told_and_not_raised(hub):
    path = hub.path / "site" / "site.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "colour: red\n", encoding="utf-8")
    result = hub.runpytest_subprocess("cards")
    assert result.ret != 0
    result.stdout.fnmatch_lines(["*site.yaml:*: error*colour*"])
    assert "Traceback" not in result.stdout.str()


def test_the_time_limit_is_that_of_the_settings_or_the_option(hub):
    text = card_text("import time\ntime.sleep(60)  # here", [python("pass")])
    write_card(hub.path / "cards" / "slow.md", text)
    result = hub.runpytest_subprocess("cards/slow.md", "--card-time-limit", "0.5")
    result.assert_outcomes(failed=2)
    line = line_of(text, "# here")
    result.stdout.fnmatch_lines(
        [
            f"cards/slow.md:{line}: in zh_CN::sample",
            ">   time.sleep(60)  # here",
            f"E   time limit of 0.5 s for the group reached in line {line}",
        ]
    )


@pytest.mark.parametrize("limit", ["0", "-1", "soon", "nan", "inf"])
def test_a_time_limit_that_is_none_is_refused(hub, limit):
    assert hub.runpytest_subprocess("cards", f"--card-time-limit={limit}").ret == 4


def test_a_request_that_is_not_answered_is_named_with_what_to_do(hub):
    code = "import urllib.request\nurllib.request.urlopen('https://example.org/a/dog.png')"
    write_card(hub.path / "cards" / "dog.md", card_text(code, [python("pass")]))
    result = hub.runpytest_subprocess("cards/dog.md")
    result.stdout.fnmatch_lines(
        [
            "E   urllib.error.HTTPError: HTTP Error 404: Not Found",
            "*What the network could not answer*",
            "the mirror does not know https://example.org/a/dog.png",
            "      - url: https://example.org/a/dog.png",
        ]
    )
    assert result.stdout.str().count("What the network could not answer") == 1


def test_a_request_that_nothing_answers_is_told_also_where_no_example_fails(hub):
    url = "https://example.org/data.json"
    code = (
        f"from urllib.request import urlopen as o\ntry: o('{url}')\nexcept OSError: print('none')"
    )
    write_card(hub.path / "cards" / "data.md", card_text(code, [python("pass")], [python("pass")]))
    told = f"cards/data.md: nothing answered {url}, and no example failed for it"
    for again in ("run", "taken from records"):
        result = hub.runpytest_subprocess("cards/data.md")
        result.assert_outcomes(passed=4)
        result.stdout.fnmatch_lines([f"*examples:*{again}*", told, f"* - url: {url}"])
        assert result.stdout.str().count(told) == 1


def test_a_request_that_the_code_says_will_fail_is_not_told(hub):
    code = "import urllib.request\nurllib.request.urlopen('https://example.org/data.json')"
    block = python(code).replace("```python", "```python raises=urllib.error.HTTPError", 1)
    write_card(hub.path / "cards" / "data.md", card_text("pass", [block]))
    result = hub.runpytest_subprocess("cards/data.md")
    result.assert_outcomes(passed=2)
    assert "nothing answered" not in result.stdout.str()


def test_a_request_that_is_known_is_answered(hub):
    code = "from urllib.request import urlopen as o\nprint(o('https://data.example.org/images/cat.jpg').read())"
    write_card(hub.path / "cards" / "cat.md", card_text(code))
    result = hub.runpytest_subprocess("cards/cat.md", "-s")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines([r"*\xff\xd8 a cat*"])


def test_without_a_runtime_nothing_is_run_and_it_says_why(hub):
    (hub.path / "models" / "requirements.txt").unlink()
    result = hub.runpytest_subprocess("cards")
    assert result.ret == 4
    result.stderr.fnmatch_lines(["ERROR: the requirements of the runtime plain can't be read*"])


def test_a_mirror_that_does_not_start_is_told_and_not_raised(hub):
    # The mirror's process reads the settings once more.
    hub.makeconftest(
        "import pathlib\n"
        "def pytest_runtest_setup(item):\n"
        "    path = pathlib.Path('site/site.yaml')\n"
        "    path.write_text('broken: true')\n"
    )
    result = hub.runpytest_subprocess("cards")
    result.assert_outcomes(failed=5)
    result.stdout.fnmatch_lines(["the mirror has failed:"])
    assert "plugin.py" not in result.stdout.str()


def test_a_card_does_not_find_the_mirror_to_kill_it(hub):
    code = """
        import os, pathlib, signal
        for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
            try: words = path.read_bytes().split(b"\\0")
            except OSError: continue
            if ROOT in words and b"generator.runner.mirror.server" in words:
                os.kill(int(path.parent.name), signal.SIGKILL)
                raise ValueError("killed")
    """.replace("ROOT", repr(str(hub.path).encode()))
    write_card(hub.path / "cards" / "bad.md", card_text(code))
    result = hub.runpytest_subprocess("cards")
    result.assert_outcomes(passed=6)


def folder_with(name, process):
    """The folder in which a process below `process` has made a file with this name."""
    found = []

    def is_there():
        for child in psutil.Process(process.pid).children(recursive=True):
            with contextlib.suppress(psutil.Error):
                found.extend(path.parent for path in Path(child.cwd()).glob(name))
        return bool(found)

    wait_until(is_there)
    return found[0]


def test_an_interrupt_leaves_no_process_and_no_folder(hub):
    code = """
        import os, time
        if os.fork() == 0:
            os.setsid()
            time.sleep(100)
        open("begun", "w").close()
        time.sleep(100)
    """
    write_card(hub.path / "cards" / "slow.md", card_text(code))
    process = hub.popen([sys.executable, "-m", "pytest", "cards/slow.md"], stdin=subprocess.DEVNULL)
    folder = folder_with("begun", process)
    below = psutil.Process(process.pid).children(recursive=True)
    assert len(below) >= 4
    os.kill(process.pid, signal.SIGINT)
    process.communicate()
    assert process.returncode == 2
    assert not any(is_alive(child.pid) for child in below)
    assert not folder.exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_outlives_a_killed_run(hub, number):
    code = "import time\nopen('begun', 'w').close()\ntime.sleep(100)"
    write_card(hub.path / "cards" / "slow.md", card_text(code))
    process = hub.popen([sys.executable, "-m", "pytest", "cards/slow.md"], stdin=subprocess.DEVNULL)
    folder = folder_with("begun", process)
    below = psutil.Process(process.pid).children(recursive=True)
    os.kill(process.pid, number)
    process.communicate()
    wait_until(lambda: not any(is_alive(child.pid) for child in below))
    wait_until(lambda: not folder.exists())


class TestCommand:
    """`hubcards test`."""

    def test_without_a_path_it_runs_the_cards_and_nothing_else(self, hub):
        hub.makepyfile(test_it="def test_it(): assert False")
        (hub.path / "cards" / "test_it.py").write_text("1 / 0", encoding="utf-8")
        (hub.path / "cards" / "__init__.py").write_text("1 / 0", encoding="utf-8")
        hub.makeconftest("1 / 0")
        done = command("-v", root=hub.path, cwd=hub.path)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "5 passed" in done.stdout
        assert "cards: runtime plain" in done.stdout

    def test_it_can_be_called_from_anywhere(self, hub, tmp_path):
        done = command("-q", root=hub.path, cwd=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "5 passed" in done.stdout

    def test_a_strangers_folder_is_run_and_nothing_of_it_but_the_cards(self, hub, tmp_path):
        folder = tmp_path / "stranger"
        write_card(folder / "deep" / "theirs.md", GOOD_CARD)
        for name in ("conftest.py", "__init__.py", "test_x.py", "deep/__init__.py"):
            (folder / name).write_text("1 / 0", encoding="utf-8")
        (folder / "pytest.ini").write_text("[pytest]\naddopts = --nonsense\n", encoding="utf-8")
        done = command("-v", "stranger", root=hub.path, cwd=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "theirs.md::en_US::block-2 PASSED" in done.stdout
        assert "5 passed" in done.stdout

    def test_a_python_file_is_not_run_even_when_it_is_named(self, hub):
        path = hub.makepyfile(test_it="def test_it(): open('marker', 'w')")
        done = command(str(path), root=hub.path, cwd=hub.path)
        assert done.returncode == 2
        assert not (hub.path / "marker").exists()

    def test_a_node_id_outside_the_root_is_run(self, hub, tmp_path):
        write_card(tmp_path / "theirs.md", GOOD_CARD)
        done = command("theirs.md::en_US::block-2", root=hub.path, cwd=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "1 passed" in done.stdout

    def test_options_may_stand_anywhere(self, hub):
        done = command("-k", "zh_CN", "cards/good.md", "-q", root=hub.path, cwd=hub.path)
        assert done.returncode == 0
        assert "2 passed" in done.stdout

    def test_the_exit_code_is_1_when_an_example_fails_or_a_card_has_errors(self, hub):
        write_card(hub.path / "cards" / "bad.md", card_text("1 / 0"))
        assert command(root=hub.path, cwd=hub.path).returncode == 1
        write_card(hub.path / "cards" / "bad.md", "not a card")
        done = command(root=hub.path, cwd=hub.path)
        assert done.returncode == 1
        assert "5 passed, 1 error" in done.stdout

    @pytest.mark.parametrize(
        "arguments", [["nowhere.md"], ["--nonsense"], ["-k", "nothing"], ["models/tiny.py"]]
    )
    def test_the_exit_code_is_2_for_wrong_usage_and_when_there_is_nothing(self, hub, arguments):
        done = command(*arguments, root=hub.path, cwd=hub.path)
        assert done.returncode == 2, done.stdout + done.stderr
        assert "Traceback" not in done.stdout + done.stderr

    def test_no_runtime_is_made_when_there_is_nothing_to_run(self, hub):
        (hub.path / "models" / "requirements.txt").unlink()
        done = command("-k", "nothing", root=hub.path, cwd=hub.path)
        assert done.returncode == 2
        assert "can't be read" not in done.stderr
        write_card(hub.path / "cards" / "good.md", "not a card")
        assert command(root=hub.path, cwd=hub.path).returncode == 1

    def test_the_exit_code_is_2_without_a_runtime(self, hub):
        (hub.path / "models" / "requirements.txt").unlink()
        done = command(root=hub.path, cwd=hub.path)
        assert done.returncode == 2
        assert "can't be read" in done.stderr

    def test_it_works_without_settings_of_pytest(self, hub):
        (hub.path / "pyproject.toml").unlink()
        assert command(root=hub.path, cwd=hub.path).returncode == 0

    def test_it_is_a_function_too(self, hub, capsys):
        assert run_tests(load_settings(hub.path), ["-q", "-p", "no:cacheprovider"]) == 0
        assert "5 passed" in capsys.readouterr().out
