from __future__ import annotations

import pytest

from generator.files import replacing, write_new, write_whole


def test_a_file_is_written_and_nothing_else_is_left(tmp_path):
    target = tmp_path / ("long" * 60 + ".json")
    write_whole(target, b"one")
    write_whole(target, b"two")
    assert target.read_bytes() == b"two"
    assert list(tmp_path.iterdir()) == [target]
    assert target.stat().st_mode & 0o777 == 0o644


def test_what_fails_midway_leaves_what_was_there(tmp_path):
    target = tmp_path / "file"
    target.write_bytes(b"old")

    def fail():
        with replacing(target) as path:
            path.write_bytes(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_new_file_takes_the_place_of_none(tmp_path):
    target = tmp_path / "new.txt"
    write_new(target, b"first")
    with pytest.raises(FileExistsError):
        write_new(target, b"second")
    assert target.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [target]
