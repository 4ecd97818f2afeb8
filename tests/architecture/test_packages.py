"""What a package offers exists and says what it is."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import tomllib
from collections.abc import Iterator
from types import ModuleType

import pytest

import ic_factory
from tests.architecture.checkout import PACKAGE, ROOT, shown


def packages() -> list[str]:
    """Packages that say what of them is public."""
    names = [
        module.name
        for module in pkgutil.walk_packages(ic_factory.__path__, "ic_factory.")
        if module.ispkg
    ]
    return [name for name in names if hasattr(importlib.import_module(name), "__all__")]


@pytest.fixture(params=packages())
def package(request: pytest.FixtureRequest) -> ModuleType:
    return importlib.import_module(request.param)


def test_the_rooms_with_a_door_say_what_is_public() -> None:
    assert {"ic_factory.replica", "ic_factory.protocol.candid"} <= set(packages())


def test_entry_points_lead_somewhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    command = project["scripts"]["ic-factory"]
    plugin = project["entry-points"]["pytest11"]["ic_factory"]
    module, _, function = command.partition(":")
    assert callable(getattr(importlib.import_module(module), function))
    assert inspect.ismodule(importlib.import_module(plugin))


def test_each_module_says_what_it_is() -> None:
    silent = [
        shown(path)
        for path in sorted(PACKAGE.rglob("*.py"))
        if not ast.get_docstring(ast.parse(path.read_bytes()))
    ]
    assert silent == []


def test_each_name_in_all_exists_once(package: ModuleType) -> None:
    names = package.__all__
    assert [name for name in names if not hasattr(package, name)] == []
    assert len(names) == len(set(names))


def test_each_public_name_is_in_all(package: ModuleType) -> None:
    public = {
        name
        for name, value in vars(package).items()
        if not name.startswith("_")
        and not isinstance(value, ModuleType)
        and getattr(value, "__module__", None) != "__future__"
    }
    assert public - set(package.__all__) == set()


def test_what_is_public_says_what_it_does(package: ModuleType) -> None:
    assert [name for name, value in described(package) if not inspect.getdoc(value)] == []


def described(package: ModuleType) -> Iterator[tuple[str, object]]:
    """Public functions, classes and methods. A property's name says what it is."""
    for name in package.__all__:
        value = getattr(package, name)
        if inspect.isfunction(value) or inspect.isclass(value):
            yield name, value
        if inspect.isclass(value):
            yield from methods(name, value)


def methods(name: str, owner: type) -> Iterator[tuple[str, object]]:
    for attribute, value in vars(owner).items():
        if not attribute.startswith("_") and inspect.isfunction(value):
            yield f"{name}.{attribute}", value
