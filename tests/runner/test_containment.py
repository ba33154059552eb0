"""Code that misbehaves: it is reported as what it was, and nothing is left of it."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import psutil
import pytest

from generator.runner.session import FailureKind
from tests.runner.hubs import card_text, is_alive, processes_in, python, wait_until


def run(session):
    return session.outcome(session.group.examples[-1])


DAEMON = """
import os, signal, sys, time
pids = []
def daemon():
    read, write = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
                signal.signal(number, signal.SIG_IGN)
            os.write(write, str(os.getpid()).encode())
            while True:
                time.sleep(1)
        os._exit(0)
    os.wait()
    pids.append(os.read(read, 20).decode())
daemon(); daemon()
print(*pids, flush=True)
"""


@pytest.mark.parametrize("ending", ["while True: time.sleep(1)", "os._exit(0)", "1 / 0", "pass"])
def test_daemons_that_ignore_signals_do_not_outlive_the_group(start, ending):
    session = start(card_text(DAEMON + ending), time_limit=2)
    outcome = run(session)
    assert len(outcome.stdout.split()) == 2
    pids = processes_in(session.workspace.folder)
    if ending in ("pass", "1 / 0"):
        # The code's own process, and the two daemons.
        assert len(pids) == 3
    else:
        assert not pids
    session.close()
    assert not any(map(is_alive, pids))
    assert not session.workspace.folder.exists()


def test_the_time_limit_ends_the_group_and_names_the_line(start):
    text = card_text("import time\nx = 1\ntime.sleep(100)  # here")
    session = start(text, time_limit=0.5)
    outcome = run(session)
    assert outcome.failure.kind is FailureKind.TIME_LIMIT
    line = text.split("\n").index("time.sleep(100)  # here") + 1
    assert outcome.failure.line == line
    assert outcome.failure.summary == f"time limit of 0.5 s for the group reached in line {line}"


def test_the_time_limit_is_for_all_examples_together(start):
    nap = python("import time; time.sleep(0.7)")
    session = start(card_text("pass", [nap, nap]), time_limit=1.2)
    *_, first, second = [session.outcome(example) for example in session.group.examples]
    assert first.failure is None
    assert second.failure.kind is FailureKind.TIME_LIMIT


def test_the_time_limit_holds_in_code_that_never_comes_back_to_python(start):
    code = "import ctypes, threading\nthreading.Thread(target=threading.Event().wait).start()\n"
    text = card_text(code + "ctypes.PyDLL(None).sleep(100)  # here")
    outcome = run(start(text, time_limit=0.5))
    assert outcome.failure.kind is FailureKind.TIME_LIMIT
    assert (
        outcome.failure.line == text.split("\n").index("ctypes.PyDLL(None).sleep(100)  # here") + 1
    )


def test_the_time_limit_holds_for_code_that_catches_everything(start):
    code = "import signal\nfor n in (1, 2, 10, 12, 15): signal.signal(n, signal.SIG_IGN)\n"
    loop = "while True:\n    try:\n        while True: pass\n    except BaseException: pass"
    outcome = run(start(card_text(code + loop), time_limit=0.5))
    assert outcome.failure.kind is FailureKind.TIME_LIMIT


def test_a_crash_is_reported_by_the_signals_name_and_at_its_line(start):
    text = card_text("import ctypes\nctypes.string_at(0)  # here")
    outcome = run(start(text))
    assert outcome.failure.kind is FailureKind.KILLED
    line = text.split("\n").index("ctypes.string_at(0)  # here") + 1
    assert outcome.failure.summary == f"the process was killed by SIGSEGV in line {line}"


@pytest.mark.parametrize("code", [0, 1, 7])
def test_ending_the_process_is_not_a_pass(execute, code):
    outcome = execute(f"print('so far'); import os; os._exit({code})")
    assert outcome.failure.kind is FailureKind.EXITED
    assert f"exit code {code}" in outcome.failure.summary


def test_killing_the_own_process_group_is_a_failure_of_the_block(execute):
    outcome = execute("import os; os.killpg(0, 9)")
    assert outcome.failure.summary == "the process was killed by SIGKILL"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_code_that_attacks_its_supervisor_gains_nothing(start, number):
    code = DAEMON + f"os.kill(os.getppid(), {int(number)}); time.sleep(100)"
    session = start(card_text(code), time_limit=2)
    outcome = run(session)
    assert outcome.failure is not None
    assert len(outcome.stdout.split()) == 2
    pids = processes_in(session.workspace.folder)
    session.close()
    assert not any(map(is_alive, pids))
    assert not session.workspace.folder.exists()


@pytest.mark.parametrize("closing", ["os.closerange(0, 4096)", "os.closerange(3, 4096)"])
def test_closed_pipes_are_reported(start, closing):
    session = start(card_text(f"import os; {closing}", [python("print('next')")]))
    first, second = [session.outcome(example) for example in session.group.examples]
    assert first.failure.kind is FailureKind.UNREADABLE
    assert "closed the connection" in first.failure.summary
    assert second.failure.kind is FailureKind.DEPENDENCY


def test_closed_output_is_no_failure(execute):
    assert execute("import sys; sys.stdout.close(); sys.stderr.close()").failure is None


FORGERY = """
import json, os
message = json.dumps({"id": "0" * 32, "exception": None, "duration": 0.1}).encode() + b"\\n"
for descriptor in range(3, 64):
    try: os.write(descriptor, message)
    except OSError: pass
"""


@pytest.mark.parametrize("ending", ["os._exit(0)", "1 / 0", "while True: pass"])
def test_a_forged_report_is_not_believed(start, ending):
    outcome = run(start(card_text(FORGERY + ending), time_limit=5))
    assert outcome.failure is not None
    assert outcome.failure.kind is FailureKind.UNREADABLE


def test_of_endless_output_the_beginning_and_the_end_are_kept(execute):
    code = """
        import sys
        print("first")
        for _ in range(200):
            sys.stdout.write("x" * 1_000_000)
        print("last")
    """
    outcome = execute(code)
    assert outcome.failure is None
    assert outcome.stdout.startswith("first\nx")
    assert outcome.stdout.endswith("xlast\n")
    assert "bytes left out" in outcome.stdout
    assert len(outcome.stdout) < 100_000


def test_output_that_is_not_text_is_harmless(execute):
    outcome = execute(r"import sys; sys.stdout.buffer.write(b'\xff\x00\x1b[2J\n')")
    assert outcome.failure is None
    assert outcome.stdout == "\ufffd\x00\x1b[2J\n"


def test_the_environment_has_only_what_is_on_the_list(execute, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    monkeypatch.setenv("HTTP_PROXY", "http://elsewhere/")
    outcome = execute("import os\nfor name in sorted(os.environ): print(name)")
    assert outcome.stdout.split() == [
        *("HOME", "LANG", "LC_ALL", "MGE_HOME", "PATH", "PYTHONHASHSEED", "PYTHONNOUSERSITE"),
        *("PYTHONUTF8", "TMPDIR", "TZ"),
    ]


def test_home_and_temporary_folders_are_private_and_removed(start):
    code = """
        import os, tempfile, pathlib
        home = pathlib.Path.home(); home.joinpath("x").write_text("x")
        locked = tempfile.mkdtemp(); open(locked + "/y", "w").close(); os.chmod(locked, 0)
        print(os.getcwd()); print(home); print(locked)
    """
    session = start(card_text(code))
    outcome = run(session)
    folders = [Path(line) for line in outcome.stdout.splitlines()]
    assert len(folders) == 3
    assert all(folder.is_relative_to(session.workspace.folder) for folder in folders)
    assert session.workspace.folder.stat().st_mode & 0o077 == 0
    session.close()
    assert not session.workspace.folder.exists()


def test_all_ends_when_the_runner_is_gone(tmp_path):
    # A runner of its own, which is killed without a chance to clean up.
    script = tmp_path / "runner.py"
    script.write_text(
        "import sys, time\n"
        "from pathlib import Path\n"
        "from tests.runner.hubs import card_text, write_hub\n"
        "from generator.cards.parse import parse_card\n"
        "from generator.cards.examples import groups_of\n"
        "from generator.runner.session import Launch\n"
        "from generator.runner.warm import start_session\n"
        "settings = write_hub(Path(sys.argv[1]))\n"
        "path = settings.root / 'cards' / 'card.md'\n"
        "card = parse_card(path, card_text(sys.argv[2]).encode(), settings).card\n"
        "launch = Launch(Path(sys.executable), 'card.md', {}, 60)\n"
        "session = start_session(groups_of(card)[0], launch)\n"
        "print(session.workspace.folder, flush=True)\n"
        "session.outcome(session.group.examples[0])\n",
        encoding="utf-8",
    )
    code = DAEMON + "open('pids', 'w').write(' '.join(pids) + ' .')\ntime.sleep(100)"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, str(script), str(tmp_path / "hub"), code]
    with psutil.Popen(command, stdout=-1, env=environment) as process:
        folder = Path(process.stdout.readline().decode().strip())
        pids_path = folder / "work" / "pids"
        wait_until(lambda: pids_path.exists() and pids_path.read_text().endswith("."))
        children = process.children(recursive=True)
        below = [child.pid for child in children]
        # That of the warm parent as well.
        folders = {Path(child.cwd()).parent for child in children if "hubcards-" in child.cwd()}
        assert len(folders) == 2
        assert {*processes_in(folder)} <= {*below}
        process.kill()
    wait_until(lambda: not any(folder.exists() for folder in folders))
    wait_until(lambda: not any(map(is_alive, below)))


def test_a_worker_that_the_code_has_broken_is_not_taken_for_an_end_of_the_code(start):
    session = start(card_text("import builtins\nbuiltins.set = builtins.isinstance = None"))
    failure = run(session).failure
    assert failure.kind is FailureKind.UNREADABLE
    assert failure.summary.startswith("the worker is broken: the code has changed")
