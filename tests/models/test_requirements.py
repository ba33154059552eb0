"""The runtime is pinned to the last package, and imports without a screen or a warning."""

from __future__ import annotations

import importlib.metadata
import re
import subprocess

from tests.models.conftest import ROOT

PINNED = (ROOT / "models" / "requirements.txt").read_text(encoding="utf-8")
ASKED_FOR = (ROOT / "models" / "requirements.in").read_text(encoding="utf-8")


def requirement_lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line and line[0] not in "# "]


def test_every_package_is_pinned_with_hashes():
    for requirement in re.split(r"\n(?=[a-z])", PINNED)[1:]:
        assert re.match(r"[a-z0-9.-]+==\S+ \\\n +--hash=sha256:[0-9a-f]{64}", requirement)


def test_everything_that_was_asked_for_is_there_and_no_second_cv2():
    pins = {line.removesuffix(" \\") for line in requirement_lines(PINNED)}
    assert set(requirement_lines(ASKED_FOR)) <= pins
    assert [pin.partition("==")[0] for pin in pins if "opencv" in pin] == ["opencv-python-headless"]


def test_no_address_of_an_index():
    assert "://" not in PINNED + ASKED_FOR


def test_runtime_holds_exactly_the_pins(runtime_python):
    folder = runtime_python.parent.parent / "lib" / "python3.10" / "site-packages"
    found = {
        f"{re.sub('[-_.]+', '-', d.metadata['Name']).lower()}=={d.version}"
        for d in importlib.metadata.distributions(path=[str(folder)])
    }
    assert found == {line.removesuffix(" \\") for line in requirement_lines(PINNED)}


def test_imports_without_a_warning(runtime_python, tmp_path):
    done = subprocess.run(
        [str(runtime_python), "-W", "error::UserWarning", "-c", "import megengine.hub, cv2"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
