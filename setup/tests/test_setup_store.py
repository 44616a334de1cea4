"""What was interrupted is made again; what is done is not."""

import pytest

import store
from console import Stop


def test_folder_is_made_once_for_a_key(tmp_path):
    target = tmp_path / "thing"
    calls = []

    def make(folder):
        calls.append(folder.name)
        (folder / "file").write_text(str(len(calls)))

    assert store.build_folder(target, "a", make)
    assert not store.build_folder(target, "a", make)
    assert store.build_folder(target, "b", make)
    assert (target / "file").read_text() == "2"
    assert calls == ["thing.new", "thing.new"]
    assert [path.name for path in tmp_path.iterdir()] == ["thing"]


def test_interrupted_folder_does_not_count(tmp_path):
    target = tmp_path / "thing"

    def fail(folder):
        (folder / "half").write_text("x")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.build_folder(target, "a", fail)
    assert not target.exists()

    store.build_folder(target, "a", lambda folder: (folder / "whole").touch())
    assert sorted(path.name for path in target.iterdir()) == [".stamp", "whole"]


def test_interruption_keeps_the_finished_one(tmp_path):
    target = tmp_path / "thing"
    store.build_folder(target, "a", lambda folder: (folder / "whole").touch())

    def fail(folder):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.build_folder(target, "b", fail)
    assert (target / "whole").exists()
    assert store.has_stamp(target, "a")


def test_full_disk_is_a_sentence(tmp_path):
    def fail(folder):
        raise OSError(28, "No space left on device")

    with pytest.raises(Stop, match="disk is full"):
        store.build_folder(tmp_path / "thing", "a", fail)


def test_digest_sees_content_and_order(tmp_path):
    path = tmp_path / "file"
    absent = store.digest(path)
    path.write_text("one")
    one = store.digest(path)
    path.write_text("two")
    assert len({absent, one, store.digest(path)}) == 3
    assert store.digest("a", "b") != store.digest("b", "a")
    assert store.digest("ab", "c") != store.digest("a", "bc")
