from __future__ import annotations

import io
import os
import zipfile

import pytest

from generator.runner.mirror.archive import repository_archive


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "checkout"
    for name in ("hubconf.py", "models/b.py", "models/a/c.py", "secret.txt"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f"# {name}\n", encoding="utf-8")
    return root


def names(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.namelist()


def test_it_has_what_is_included_below_one_folder(root):
    data = repository_archive(root, ["models", "hubconf.py"], "models-master")
    assert names(data) == [
        "models-master/",
        "models-master/hubconf.py",
        "models-master/models/a/c.py",
        "models-master/models/b.py",
    ]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.read("models-master/models/b.py") == b"# models/b.py\n"


def test_links_compiled_and_hidden_files_are_left_out(root):
    (root / "models" / "link.py").symlink_to(root / "secret.txt")
    (root / "models" / "folder").symlink_to(root)
    for name in ("models/__pycache__/b.pyc", "models/.git/config", "models/.env", "models/x.pyc"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_bytes(b"x")
    os.mkfifo(root / "models" / "pipe")
    before = ["t/", "t/models/a/c.py", "t/models/b.py"]
    assert names(repository_archive(root, ["models"], "t")) == before


def test_the_bytes_depend_on_names_and_contents_only(root, tmp_path):
    first = repository_archive(root, ["hubconf.py", "models"], "t")
    moved = tmp_path / "elsewhere"
    root.rename(moved)
    for path in moved.rglob("*"):
        os.utime(path, (1, 1))
    assert repository_archive(moved, ["models", "hubconf.py"], "t") == first
    (moved / "models" / "b.py").write_text("changed", encoding="utf-8")
    assert repository_archive(moved, ["hubconf.py", "models"], "t") != first


def test_what_is_missing_is_an_error(root):
    with pytest.raises(FileNotFoundError):
        repository_archive(root, ["hubconf.py", "nothing"], "t")
