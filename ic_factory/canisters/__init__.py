"""The canisters that come with the package, as `scripts/build-canisters` has built them."""

from __future__ import annotations

from importlib.resources import files


def factory_wasm() -> bytes:
    """The factory's module, gzipped as it is installed."""
    return files(__name__).joinpath("factory.wasm.gz").read_bytes()


def factory_interface() -> str:
    """The factory's interface: the text of its `.did`."""
    return files(__name__).joinpath("factory.did").read_text(encoding="utf-8")


def backend_wasm() -> bytes:
    """The backend's module, gzipped as it is installed."""
    return files(__name__).joinpath("backend.wasm.gz").read_bytes()


def backend_interface() -> str:
    """The backend's interface: the text of its `.did`."""
    return files(__name__).joinpath("backend.did").read_text(encoding="utf-8")


def personal_wasm() -> bytes:
    """The personal canister's module, gzipped as it is installed."""
    return files(__name__).joinpath("personal.wasm.gz").read_bytes()


def personal_interface() -> str:
    """The personal canister's interface: the text of its `.did`."""
    return files(__name__).joinpath("personal.did").read_text(encoding="utf-8")
