"""The folder of compiled modules is its user's alone, and does not grow without end."""

import os
import sys

import pytest

from ic_factory.replica.execution.engine.module_cache import ModuleCache, open_cache

posix = pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "a" / "cache"


def used_at(path, seconds):
    os.utime(path, (seconds, seconds))


def test_what_was_put_is_found_by_another_process(folder):
    ModuleCache(folder).put("one", b"code")
    cache = ModuleCache(folder)
    assert cache.find("one").read_bytes() == b"code"
    assert cache.find("two") is None


def test_what_was_not_used_for_longest_goes_first(folder):
    cache = ModuleCache(folder)
    for seconds, name in enumerate("abcd"):
        cache.put(name, bytes(10))
        used_at(cache.find(name), seconds)
    assert cache.find("a") is not None
    cache = ModuleCache(folder, limit_bytes=25)
    assert [name for name in "abcd" if cache.find(name)] == ["a", "d"]


def test_one_that_is_larger_than_the_limit_does_not_stay(folder):
    ModuleCache(folder).put("large", bytes(11))
    assert ModuleCache(folder, limit_bytes=10).find("large") is None


def test_files_that_were_left_half_written_count_and_others_are_left_alone(folder):
    ModuleCache(folder)
    (folder / "x.new").write_bytes(bytes(100))
    (folder / "thesis.tex").write_bytes(bytes(100))
    ModuleCache(folder, limit_bytes=50)
    assert [path.name for path in folder.iterdir()] == ["thesis.tex"]


def test_a_cache_that_is_removed_meanwhile_is_no_error(folder):
    cache = ModuleCache(folder)
    folder.rmdir()
    cache.put("one", b"code")
    assert cache.find("one") is None


@posix
@pytest.mark.parametrize("mode", [0o755, 0o770, 0o701])
def test_a_folder_that_others_have_rights_to_is_not_used(folder, mode, caplog):
    folder.mkdir(parents=True)
    folder.chmod(mode)
    assert open_cache(folder) is None
    (message,) = caplog.messages
    assert f"{mode:04o}" in message


@posix
def test_a_folder_of_another_user_is_not_used(folder, caplog):
    if os.getuid() != 0:
        pytest.skip("only root can give a folder away")
    folder.mkdir(mode=0o700, parents=True)
    os.chown(folder, 12345, 12345)
    assert open_cache(folder) is None
    assert "another user's" in caplog.messages[0]


def test_no_folder_is_no_cache_and_no_warning(caplog):
    assert open_cache(None) is None
    assert caplog.messages == []
