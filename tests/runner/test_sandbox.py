"""Code that tries to break out: it is kept in, reported as what it was, and the next runs."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest
from msgspec.structs import replace

from generator.cards.examples import groups_of
from generator.config import LimitSettings
from generator.runner.sandbox.probe import enforced, missing
from generator.runner.session import FailureKind, Launch
from generator.runner.warm import WarmRuntime
from tests.runner.hubs import card_text, is_alive, line_of, processes_in, wait_until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems have no sandbox")

LOW = LimitSettings(memory=300, files=40, processes=20)
SECRET = "the-planted-secret"


@pytest.fixture(scope="module")
def runtime():
    """One warm runtime for all these tests: none may disturb the next."""
    warm = WarmRuntime(Path(sys.executable))
    yield warm
    warm.close()


@pytest.fixture
def attempt(parse, runtime):
    """Executes code with low limits, then other code, which must pass whatever the first did."""

    def attempt(code, *, time_limit=20.0, limits=LOW, network=None):
        text = card_text(code)
        outcome, folder = execute(text, time_limit, limits, network or {})
        assert not processes_in(folder)
        assert not folder.exists()
        next_outcome, _ = execute(card_text("print('next')"), time_limit, limits, {})
        assert (next_outcome.failure, next_outcome.stdout) == (None, "next\n")
        return outcome

    def execute(text, time_limit, limits, network):
        launch = Launch(Path(sys.executable), "cards/card.md", network, time_limit, limits)
        session = runtime.start_group(groups_of(parse(text))[0], launch)
        try:
            outcome = session.outcome(session.group.examples[0])
            assert session.missing == ()
        finally:
            session.close()
        return outcome, session.workspace.folder

    return attempt


def assert_refused(outcome, error="PermissionError"):
    assert outcome.failure is not None
    assert outcome.failure.kind is FailureKind.RAISED
    assert outcome.failure.summary.startswith(error), outcome.failure.summary
    assert SECRET not in outcome.stdout + outcome.stderr + outcome.failure.summary


def test_everything_is_enforced_here():
    assert missing() == ()
    assert enforced(()) == "sandbox: everything is enforced"
    assert enforced(("a", "b")) == "sandbox: not enforced: a; b"


@pytest.mark.parametrize(
    "how",
    [
        "print(open({path!r}).read())",
        "import os; os.symlink({path!r}, 'link'); print(open('link').read())",
        "import os; os.link({path!r}, 'link'); print(open('link').read())",
        "import os; print(os.listdir({folder!r}))",
        "import os; os.rename({path!r}, 'mine')",
        "import subprocess; subprocess.run(['cat', {path!r}], check=True)",
        "print(open('/proc/1/root' + {path!r}).read())",
        "import os; os.chroot({folder!r})",
    ],
)
def test_a_file_of_the_user_can_not_be_read(attempt, tmp_path, how):
    path = tmp_path / "secret"
    path.write_text(SECRET, encoding="utf-8")
    outcome = attempt(how.format(path=str(path), folder=str(tmp_path)))
    assert outcome.failure is not None
    assert SECRET not in outcome.stdout + outcome.stderr
    assert path.read_text(encoding="utf-8") == SECRET


def test_no_secret_of_the_environment_is_found_anywhere(attempt, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", SECRET)
    code = """
        import glob, os
        found = [dict(os.environ)]
        for path in glob.glob("/proc/*/environ") + glob.glob("/proc/*/task/*/environ"):
            try: found.append(open(path, "rb").read())
            except OSError: pass
        print(len(found) > 1, found)
    """
    outcome = attempt(code)
    assert outcome.failure is None, outcome.failure
    assert outcome.stdout.startswith("True")
    assert SECRET not in outcome.stdout


@pytest.mark.parametrize("path", ["environ", "mem", "cwd/", "root/", "fd/"])
def test_the_processes_around_can_not_be_inspected(attempt, path):
    assert_refused(attempt(f"import os\nopen('/proc/1/{path}', 'rb').read()"), "")


def test_only_processes_of_the_group_are_seen(attempt):
    outcome = attempt(
        "import os; print(*sorted(int(n) for n in os.listdir('/proc') if n.isdigit()))"
    )
    assert outcome.stdout == "1 2\n"


def test_no_descriptor_of_the_runner_is_inherited(attempt, tmp_path):
    path = tmp_path / "secret"
    path.write_text(SECRET, encoding="utf-8")
    code = """
        import os
        for name in os.listdir("/proc/self/fd"):
            try: print(name, os.readlink("/proc/self/fd/" + name).split(":")[0])
            except OSError: pass
    """
    with path.open("rb") as file:
        os.set_inheritable(file.fileno(), True)
        outcome = attempt(code)
    kinds = [line.split(maxsplit=1)[1] for line in outcome.stdout.splitlines()]
    # Standard streams, requests, reports, and the nameless file for stacks.
    assert len(kinds) <= 6
    assert set(kinds[:1]) == {"/dev/null"}
    assert all(kind == "pipe" or "(deleted)" in kind for kind in kinds[1:])


@pytest.mark.parametrize(
    "how",
    [
        "open({path!r} + '/new', 'w')",
        "open({path!r} + '/old', 'a')",
        "import os; os.truncate({path!r} + '/old', 0)",
        "import os; os.mkdir({path!r} + '/new')",
        "import os; os.unlink({path!r} + '/old')",
        "import os; open('x', 'w'); os.rename('x', {path!r} + '/new')",
    ],
)
def test_nothing_is_written_outside_of_the_folder(attempt, tmp_path, how):
    (tmp_path / "old").write_text("old", encoding="utf-8")
    before = sorted(tmp_path.iterdir())
    assert_refused(attempt(how.format(path=str(tmp_path))))
    assert sorted(tmp_path.iterdir()) == before
    assert (tmp_path / "old").read_text(encoding="utf-8") == "old"


@pytest.fixture
def listener():
    """Somebody else's server on this machine; what it hears is kept."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::ffff:127.0.0.1", "0.0.0.0"])
def test_another_port_of_the_machine_can_not_be_reached(attempt, listener, host):
    port = listener.getsockname()[1]
    outcome = attempt(f"import socket; socket.create_connection(({host!r}, {port}), 5)")
    assert outcome.failure is not None
    listener.settimeout(0.05)
    with pytest.raises(TimeoutError):
        listener.accept()


def test_the_mirror_is_reached_at_its_port_and_at_no_other_host(attempt):
    def answer(server):
        connection, _ = server.accept()
        with connection:
            connection.sendall(connection.recv(100).upper())

    # The whole loopback network is this machine's: another address stands for another host.
    with (
        socket.create_server(("127.0.0.1", 0)) as mirror,
        socket.create_server(("127.0.0.2", mirror.getsockname()[1])) as other,
    ):
        port = mirror.getsockname()[1]
        mirror.settimeout(20)
        thread = threading.Thread(target=answer, args=(mirror,))
        thread.start()
        code = f"""
            import socket
            with socket.create_connection(("127.0.0.1", {port})) as s:
                s.sendall(b"hello"); print(s.recv(100))
            with socket.create_connection(("127.0.0.2", {port})) as s:
                s.sendall(b"hello"); print(s.recv(100))
        """
        outcome = attempt(code, network={"https_proxy": f"http://127.0.0.1:{port}"})
        thread.join()
        assert outcome.stdout == "b'HELLO'\n"
        assert_refused(outcome, "ConnectionRefusedError")
        other.settimeout(0.05)
        with pytest.raises(TimeoutError):
            other.accept()


def test_a_name_is_not_resolved_and_python_says_so_at_once(attempt):
    outcome = attempt("import socket; socket.getaddrinfo('example.org', 443)", time_limit=5)
    assert_refused(outcome, "socket.gaierror: [Errno -3] Temporary failure in name resolution")


@pytest.mark.parametrize(
    "kind",
    [
        "socket.AF_INET, socket.SOCK_DGRAM",
        "socket.AF_INET6, socket.SOCK_DGRAM",
        "socket.AF_INET, socket.SOCK_RAW, 1",
        "socket.AF_INET, socket.SOCK_STREAM, 262",
        "socket.AF_UNIX, socket.SOCK_STREAM",
        "socket.AF_NETLINK, socket.SOCK_RAW",
        "socket.AF_PACKET, socket.SOCK_RAW",
        "socket.AF_VSOCK, socket.SOCK_STREAM",
    ],
)
def test_sockets_other_than_those_of_tcp_are_refused(attempt, kind):
    assert_refused(attempt(f"import socket; socket.socket({kind})"))


def test_nothing_can_listen(attempt):
    assert_refused(attempt("import socket; socket.create_server(('127.0.0.1', 0))"))


CALLS = {
    "ptrace": (101, 117),
    "unshare": (272, 97),
    "mount": (165, 40),
    "bpf": (321, 280),
    "keyctl": (250, 219),
    "io_uring_setup": (425, 425),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "process_vm_readv": (310, 270),
    "pidfd_getfd": (438, 438),
    "kexec_load": (246, 104),
    "memfd_create": (319, 279),
}


@pytest.mark.parametrize("name", CALLS)
def test_dangerous_system_calls_are_refused(attempt, name):
    number = CALLS[name][0 if os.uname().machine == "x86_64" else 1]
    code = f"""
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)
        print(libc.syscall({number}, 0, 0, 0, 0, 0), ctypes.get_errno())
    """
    assert attempt(code).stdout == "-1 1\n"


def test_no_signal_reaches_a_process_outside(attempt):
    code = f"""
        import os, signal
        for process in ({os.getpid()}, os.getppid(), 1):
            try: os.kill(process, signal.SIGKILL)
            except OSError as error: print(type(error).__name__)
        try: os.kill(-1, signal.SIGTERM)
        except OSError as error: print(type(error).__name__)
    """
    outcome = attempt(code)
    assert outcome.failure is None, outcome.failure
    assert outcome.stdout.split()[:3] == [
        "ProcessLookupError",
        "PermissionError",
        "PermissionError",
    ]


BOMB = "import os, time\nend = time.time() + 3\nwhile time.time() < end: os.fork()  # here\n"


def test_forking_without_end_reaches_the_limit_on_processes(attempt):
    outcome = attempt(BOMB + "time.sleep(100)")
    assert outcome.failure.kind is FailureKind.PROCESS_LIMIT
    assert outcome.failure.summary.startswith("limit of 20 processes at a time reached")


def test_starting_threads_without_end_reaches_the_limit_on_them(attempt):
    code = """
        import threading, time
        for _ in range(2000):
            try: threading.Thread(target=time.sleep, args=(100,), daemon=True).start()
            except RuntimeError: break
        time.sleep(100)
    """
    outcome = attempt(code, limits=replace(LOW, memory=30_000))
    assert outcome.failure.kind is FailureKind.PROCESS_LIMIT
    assert outcome.failure.summary.startswith("limit of 320 threads at a time reached")


def test_allocating_without_end_reaches_the_memory_limit_at_its_line(attempt):
    code = "kept = []\nwhile True:\n    kept.append(bytearray(10_000_000))  # here"
    outcome = attempt(code)
    assert outcome.failure.kind is FailureKind.MEMORY_LIMIT
    line = line_of(card_text(code), "# here")
    assert outcome.failure.line == line
    assert outcome.failure.summary.startswith(f"memory limit of 300 MB reached in line {line}")


def test_processes_that_allocate_together_reach_the_memory_limit(attempt):
    code = """
        import os, time
        for _ in range(6):
            if os.fork() == 0:
                kept = bytearray(80_000_000)
                time.sleep(100)
        time.sleep(100)
    """
    outcome = attempt(code)
    assert outcome.failure.kind is FailureKind.MEMORY_LIMIT
    assert outcome.failure.summary.startswith("memory limit of 300 MB reached in line ")
    assert outcome.peak_memory > 300_000_000


FILLING = {
    "one big file": """
        with open("big", "wb") as file:
            while True:
                file.write(bytes(1_000_000))
    """,
    "many files": """
        for number in range(200):
            open(str(number), "wb").write(bytes(1_000_000))
        wait()
    """,
    "empty files": """
        number = 0
        while True:
            open(str(number), "wb").close()
            number += 1
    """,
    "nameless files": """
        files = []
        for _ in range(9):
            file = open("x", "wb")
            os.unlink("x")
            file.write(bytes(9_000_000))
            file.flush()
            files.append(file)
        wait()
    """,
    "shared memory": """
        for number in range(9):
            open(f"/dev/shm/{number}", "wb").write(bytes(9_000_000))
        wait()
    """,
    "nested folders": """
        while True:
            os.mkdir("d")
            os.chdir("d")
    """,
}


@pytest.mark.parametrize("way", FILLING)
def test_filling_the_disk_reaches_the_limit_on_files(attempt, way):
    beginning = "import os, time\ndef wait(): time.sleep(100)\n"
    outcome = attempt(beginning + textwrap.dedent(FILLING[way]))
    assert outcome.failure.kind is FailureKind.FILE_LIMIT, outcome.failure
    assert "reached in line" in outcome.failure.summary


def test_a_gigabyte_of_output_is_cut(attempt):
    outcome = attempt("import sys\nfor _ in range(1000): sys.stdout.write('x' * 1_000_000)")
    assert outcome.failure is None
    assert len(outcome.stdout) < 100_000
    assert "bytes left out" in outcome.stdout


def test_what_goes_on_printing_holds_nobody_up(attempt):
    code = """
        import os
        if os.fork() == 0:
            while True: os.write(1, b"x" * 60_000)
        print("done")
    """
    assert attempt(code).failure is None


def test_what_multiprocessing_needs_is_there(attempt):
    code = """
        import multiprocessing
        def work(number):
            with lock: queue.put(number * 2)
        context = multiprocessing.get_context("fork")
        lock, queue = context.Lock(), context.Queue()
        workers = [context.Process(target=work, args=(n,)) for n in range(3)]
        for worker in workers: worker.start()
        print(sorted(queue.get() for _ in workers))
        for worker in workers: worker.join()
    """
    outcome = attempt(code)
    assert (outcome.failure, outcome.stdout) == (None, "[0, 2, 4]\n")


def test_ignoring_every_signal_does_not_help(attempt):
    code = """
        import signal
        for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
            try: signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError): pass
        while True: pass
    """
    assert attempt(code, time_limit=1.0).failure.kind is FailureKind.TIME_LIMIT


def test_a_daemon_does_not_stay(attempt):
    code = """
        import os, time
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                time.sleep(100)
            os._exit(0)
        os.wait()
    """
    assert attempt(code).failure is None


FORGE_IN_FRAMES = """
import json, os, sys
frame = sys._getframe()
while frame:
    request = frame.f_locals.get("request")
    if isinstance(request, dict) and "id" in request:
        number = request["id"]
    frame = frame.f_back
report = {"id": number, "duration": 0.1, "exception": None, "reached": None,
          "is_expected": False, "memory": 0, "arrays": []}
for descriptor in range(3, 64):
    try: os.write(descriptor, json.dumps(report).encode() + b"\\n")
    except OSError: pass
"""


def test_a_forged_report_is_about_the_forger_alone(attempt, start):
    other = start(card_text("x = 1 / 0"))
    # Code that lies about itself can't be kept from it: it runs where the report is written.
    attempt(FORGE_IN_FRAMES + "os._exit(0)")
    assert other.outcome(other.group.examples[0]).failure.kind is FailureKind.RAISED


def test_a_runtime_that_was_killed_is_started_again(parse):
    warm = WarmRuntime(Path(sys.executable))
    group = groups_of(parse(card_text("print('here')")))[0]
    launch = Launch(Path(sys.executable), "cards/card.md", {}, 20)
    running = warm.start_group(group, launch)
    killed = warm._parent._process
    killed.kill()
    wait_until(lambda: not warm.is_running())
    later = warm.start_group(group, launch)
    try:
        for session in (running, later):
            assert session.outcome(group.examples[0]).stdout == "here\n"
    finally:
        running.close()
        later.close()
        warm.close()
    assert not is_alive(killed.pid)
    assert not processes_in(running.workspace.folder)


DEGRADED = """
import errno, sys
from pathlib import Path
from seccompy import Action, Filter
from generator.cards.examples import groups_of
from generator.cards.parse import parse_card
from generator.runner.session import Launch
from generator.runner.warm import WarmRuntime
from tests.runner.hubs import card_text, processes_in, write_hub

older = Filter(Action.ALLOW)
for name in ("unshare", "landlock_create_ruleset", "seccomp"):
    older.errno(name, errno.ENOSYS)
older.errno("prctl", errno.EINVAL, args={0: 22})
older.load()
settings = write_hub(Path(sys.argv[1]))
code = "import os, time\\nif os.fork() == 0:\\n    os.setsid(); time.sleep(100)\\nprint(1)"
path = settings.root / "cards" / "card.md"
group = groups_of(parse_card(path, card_text(code).encode(), settings).card)[0]
warm = WarmRuntime(Path(sys.executable))
session = warm.start_group(group, Launch(Path(sys.executable), "card.md", {}, 20))
outcome = session.outcome(group.examples[0])
assert (outcome.failure, outcome.stdout) == (None, "1\\n"), outcome
assert len(processes_in(session.workspace.folder)) == 2
session.close()
assert not processes_in(session.workspace.folder)
warm.close()
print(*session.missing, sep="\\n")
"""


def test_an_older_system_runs_the_group_and_says_what_is_not_enforced(tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(
        [sys.executable, "-c", DEGRADED, str(tmp_path / "hub")],
        env=environment,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    phrases = done.stdout.splitlines()
    for word in ("files outside", "network", "system calls", "signals", "processes at once"):
        assert any(word in phrase for phrase in phrases), phrases
