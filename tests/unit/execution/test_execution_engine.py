"""Loading: once a module, from the cache on disk where it is, never from one that others write."""

from __future__ import annotations

import gc
import sys
import weakref

import pytest
import wasmtime

from ic_factory.replica.execution.engine import Engine
from ic_factory.replica.execution.engine.compiler import SETTINGS, entry_name
from ic_factory.replica.execution.residence import ResidentCode
from tests.unit.execution.stage import SURROUNDINGS, invocation, reply_of, wasm

MODULE = wasm("""(module
  (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
  (import "ic0" "msg_reply" (func $reply))
  (memory 1) (data (i32.const 0) "hello")
  (func (export "canister_update go")
    (call $append (i32.const 0) (i32.const 5)) (call $reply)))""")


def greeting(engine: Engine) -> bytes:
    code = ResidentCode.fresh(engine, engine.load(MODULE))
    return reply_of(code.run(invocation(), SURROUNDINGS))


def test_a_module_is_prepared_once():
    engine = Engine()
    assert engine.load(MODULE) is engine.load(bytes(bytearray(MODULE)))


def test_compiled_modules_are_found_on_disk(tmp_path):
    cache = tmp_path / "deep" / "cache"
    assert greeting(Engine(cache)) == b"hello"
    entries = {path: path.stat().st_ino for path in cache.iterdir()}
    assert len(entries) == 2
    assert greeting(Engine(cache)) == b"hello"
    # What is compiled anew is written to a new file.
    assert {path: path.stat().st_ino for path in cache.iterdir()} == entries


def test_a_damaged_entry_is_replaced(tmp_path):
    cache = tmp_path / "cache"
    greeting(Engine(cache))
    for path in cache.iterdir():
        path.write_bytes(b"damaged")
    assert greeting(Engine(cache)) == b"hello"
    assert all(path.stat().st_size > 100 for path in cache.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")
def test_a_cache_that_others_can_look_into_is_not_used_and_said_so_once(tmp_path, caplog):
    cache = tmp_path / "cache"
    Engine(cache)
    assert cache.stat().st_mode & 0o777 == 0o700
    assert caplog.messages == []
    cache.chmod(0o755)
    assert greeting(Engine(cache)) == b"hello"
    assert list(cache.iterdir()) == []
    (message,) = caplog.messages
    assert str(cache) in message
    assert "0755" in message


def test_a_cache_that_cannot_be_made_is_said_so_once(tmp_path, caplog):
    (tmp_path / "file").write_text("")
    assert greeting(Engine(tmp_path / "file" / "cache")) == b"hello"
    assert len(caplog.messages) == 1


@pytest.mark.parametrize("name", SETTINGS)
def test_an_entry_is_good_for_one_configuration_of_the_engine(name):
    assert isinstance(getattr(wasmtime.Config, name), property)
    other = {**SETTINGS, name: not SETTINGS[name]}
    assert entry_name(MODULE, other) != entry_name(MODULE, SETTINGS)


def test_machines_and_modules_go_when_nobody_has_them():
    engine = Engine()
    code = ResidentCode.fresh(engine, engine.load(MODULE))
    code.run(invocation(), SURROUNDINGS)
    code.roll_back()
    machine = weakref.ref(code._machine)
    code.put_away()
    gc.collect()
    assert machine() is None
