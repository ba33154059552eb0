from __future__ import annotations

import io
import os
import zipfile

import pytest

from generator.runner.mirror.archive import archive_digest, source_files, zip_archive


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "checkout"
    for name in ("hubconf.py", "models/b.py", "models/a/c.py", "secret.txt"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f"# {name}\n", encoding="utf-8")
    return root


def repository_archive(root, include, top_folder):
    return zip_archive(source_files(root, include), top_folder)


def digest(root, top_folder="models-master"):
    return archive_digest(source_files(root, ["models", "hubconf.py"]), top_folder)


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


def test_its_digest_changes_with_names_contents_and_modes_and_with_nothing_else(root):
    before = digest(root)
    for path in (root / "models" / "b.py", root / "models"):
        os.utime(path, (1, 1))
    (root / "secret.txt").write_text("changed", encoding="utf-8")
    assert digest(root) == before
    seen = {before, digest(root, "other-master")}
    (root / "models" / "b.py").chmod(0o755)
    seen.add(digest(root))
    (root / "models" / "b.py").write_text("# other\n", encoding="utf-8")
    seen.add(digest(root))
    (root / "models" / "b.py").rename(root / "models" / "c.py")
    seen.add(digest(root))
    assert len(seen) == 5
