"""Finding a Python, and making a runtime of it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from generator.runner.errors import RuntimeUnavailableError
from generator.runner.interpreters import find_python, find_uv
from generator.runner.runtime import describe, ensure_runtime
from tests.runner.hubs import VERSION

# No Python has this version, so that nothing on the machine that runs the tests is found.
NOBODYS = "3.99"


def interpreter(path, version=NOBODYS, name="CPython", code=0):
    """A program that says that it is this Python."""
    path.parent.mkdir(parents=True, exist_ok=True)
    words = f"{name} {version.replace('.', ' ')}"
    path.write_text(f"#!/bin/sh\necho {words}\nexit {code}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def no_uv(tmp_path):
    """A uv that manages no Python and can't download one."""
    path = tmp_path / "uv" / "uv"
    path.parent.mkdir()
    path.write_text("#!/bin/sh\nexit 2\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def machine(tmp_path):
    """An environment in which there is nothing but what a test puts there."""
    return {"HOME": str(tmp_path / "home"), "PATH": str(tmp_path / "bin")}


def ignore(line):
    del line


def test_the_running_interpreter_will_do(machine, no_uv):
    assert find_python(VERSION, no_uv, machine, ignore) == Path(sys.executable)


def test_one_on_path_behind_a_shim_that_can_not_run_is_found(tmp_path, machine, no_uv):
    interpreter(tmp_path / "shims" / f"python{NOBODYS}", code=127)
    good = interpreter(tmp_path / "bin" / f"python{NOBODYS}")
    path = f"{tmp_path / 'shims'}{os.pathsep}{machine['PATH']}"
    assert find_python(NOBODYS, no_uv, {**machine, "PATH": path}, ignore) == good


@pytest.mark.parametrize("root", [None, "pyenv"])
def test_the_newest_of_pyenv_that_runs_is_found(tmp_path, machine, no_uv, root):
    folder = tmp_path / (root or "home/.pyenv") / "versions"
    good = interpreter(folder / "3.99.10" / "bin" / "python")
    interpreter(folder / "3.99.2" / "bin" / "python")
    interpreter(folder / "3.99.11" / "bin" / "python", code=1)
    environment = {**machine, "PYENV_ROOT": str(tmp_path / root)} if root else machine
    assert find_python(NOBODYS, no_uv, environment, ignore) == good


@pytest.mark.parametrize("wrong", [{"name": "PyPy"}, {"version": "3.98"}, {"version": "3.9"}])
def test_another_implementation_or_version_is_not_taken(tmp_path, machine, no_uv, wrong):
    interpreter(tmp_path / "bin" / f"python{NOBODYS}", **wrong)
    with pytest.raises(RuntimeUnavailableError):
        find_python(NOBODYS, no_uv, machine, ignore)


def test_uv_downloads_one_when_there_is_none(tmp_path, machine):
    # It manages none until it is told to install it.
    target = tmp_path / "managed" / "python"
    uv = tmp_path / "uv"
    uv.write_text(
        "#!/bin/sh\n"
        f"if [ $2 = install ]; then cp {tmp_path}/prepared {target}; exit 0; fi\n"
        f"echo {target}\n",
        encoding="utf-8",
    )
    uv.chmod(0o755)
    target.parent.mkdir()
    interpreter(tmp_path / "prepared")
    said = []
    # The script needs `cp`, as the real program needs the system.
    environment = {**machine, "PATH": "/usr/bin:/bin"}
    assert find_python(NOBODYS, uv, environment, said.append) == target
    assert said == [f"no Python {NOBODYS} on this machine; uv downloads one"]


def test_when_there_is_none_it_says_what_to_install(machine, no_uv):
    with pytest.raises(RuntimeUnavailableError) as caught:
        find_python(NOBODYS, no_uv, machine, ignore)
    for words in ("pyenv install 3.99", "uv python install 3.99", "apt install python3.99"):
        assert words in str(caught.value)


def test_uv_that_is_there_is_found():
    done = subprocess.run([find_uv(), "--version"], capture_output=True, check=True)
    assert done.stdout.startswith(b"uv ")


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("HUBCARDS_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_a_runtime_is_made_once(settings, cache):
    said = []
    first = ensure_runtime(settings, "plain", said.append)
    assert len(said) == 2
    assert first.folder.is_relative_to(cache)
    assert describe(first).python.startswith(f"{VERSION}.")
    assert ensure_runtime(settings, "plain", said.append) == first
    assert len(said) == 2


def test_other_requirements_are_another_runtime(settings):
    first = ensure_runtime(settings, "plain", ignore)
    requirements = settings.root / "models" / "requirements.txt"
    requirements.write_text("# other\n", encoding="utf-8")
    second = ensure_runtime(settings, "plain", ignore)
    assert second.key != first.key
    assert second.folder != first.folder
    assert first.python.exists()


@pytest.mark.parametrize("damage", ["complete", "bin/python"])
def test_a_half_made_one_is_made_again(settings, damage):
    runtime = ensure_runtime(settings, "plain", ignore)
    (runtime.folder / damage).unlink()
    (runtime.folder / "left-over").touch()
    assert ensure_runtime(settings, "plain", ignore) == runtime
    assert not (runtime.folder / "left-over").exists()
    assert describe(runtime).python.startswith(VERSION)


def test_of_many_who_ask_at_once_one_makes_it(settings):
    said = []
    threads = [
        threading.Thread(target=ensure_runtime, args=(settings, "plain", said.append))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([line for line in said if line.startswith("making")]) == 1


def test_the_python_of_a_runtime_has_its_packages(settings, tmp_path):
    # A package that needs no registry.
    package = tmp_path / "package"
    package.mkdir()
    (package / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n', "utf-8"
    )
    (package / "backend.py").write_text(
        "import zipfile\n"
        "def build_wheel(folder, *_):\n"
        "    name = 'marker_package-1.5-py3-none-any.whl'\n"
        "    with zipfile.ZipFile(f'{folder}/{name}', 'w') as wheel:\n"
        "        info = 'marker_package-1.5.dist-info/'\n"
        "        wheel.writestr('marker_package.py', 'value = 5')\n"
        "        wheel.writestr(info + 'METADATA',\n"
        "            'Metadata-Version: 2.1\\nName: marker-package\\nVersion: 1.5\\n')\n"
        "        wheel.writestr(info + 'WHEEL',\n"
        "            'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')\n"
        "        wheel.writestr(info + 'RECORD', '')\n"
        "    return name\n",
        encoding="utf-8",
    )
    requirements = settings.root / "models" / "requirements.txt"
    requirements.write_text(f"marker-package @ {package.as_uri()}\n", encoding="utf-8")
    runtime = ensure_runtime(settings, "plain", ignore)
    assert describe(runtime).packages == {"marker-package": "1.5"}


def test_requirements_that_can_not_be_met_are_an_error_and_leave_no_runtime(settings, capfd):
    requirements = settings.root / "models" / "requirements.txt"
    requirements.write_text("package @ file:///nowhere/at/all\n", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(RuntimeUnavailableError, match="its message is above"):
            ensure_runtime(settings, "plain", ignore)
    captured = capfd.readouterr()
    assert "/nowhere/at/all" in captured.err
    assert captured.out == ""


def test_requirements_that_are_not_there_are_named(settings):
    (settings.root / "models" / "requirements.txt").unlink()
    with pytest.raises(RuntimeUnavailableError, match=r"models/requirements\.txt"):
        ensure_runtime(settings, "plain", ignore)


def test_an_unknown_runtime_is_met_with_the_known_ones(settings):
    with pytest.raises(RuntimeUnavailableError, match=r'no runtime "plane".*"plain"'):
        ensure_runtime(settings, "plane", ignore)
