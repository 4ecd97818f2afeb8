"""Who may read which paths of the state tree (specification, "Request: Read state")."""

from __future__ import annotations

from ic_factory.protocol.hash_tree import Path
from ic_factory.protocol.principal import Principal
from ic_factory.replica.errors import BadRequest
from ic_factory.replica.ingress.envelopes import StateReader
from ic_factory.replica.state.subnet import Subnet

MAX_METADATA_NAME_BYTES = 16_384

CANISTER_LEAVES = {
    b"module_hash",
    b"controllers",
    b"canister_creation_timestamp",
    b"last_install_timestamp",
}
REQUEST_LEAVES = {b"status", b"reply", b"reject_code", b"reject_message", b"error_code"}


def check_canister_paths(
    subnet: Subnet, effective_canister_id: Principal, reader: StateReader, paths: tuple[Path, ...]
) -> None:
    """Checks paths asked for at a canister's URL.

    Raises:
        BadRequest: one of them may not be read there, or not by this sender.
    """
    _check_one_request(paths)
    for path in paths:
        match path:
            case (b"subnet", _, b"metrics", *_):
                raise _not_readable(path)
            case (b"time",) | (b"subnet", *_) | (b"api_boundary_nodes", *_):
                pass
            case (b"request_status", request_id, *rest):
                _check_request(subnet, effective_canister_id, reader, request_id, rest)
            case (b"canister", canister_id, *rest) if canister_id == effective_canister_id.bytes:
                _check_canister_leaf(subnet, effective_canister_id, reader, tuple(rest))
            case _:
                raise _not_readable(path)


def check_subnet_paths(
    subnet: Subnet, effective_subnet_id: Principal, reader: StateReader, paths: tuple[Path, ...]
) -> None:
    """Checks paths asked for at a subnet's URL.

    Raises:
        BadRequest: one of them may not be read there, or not by this sender.
    """
    _check_one_request(paths)
    if len({path[1] for path in paths if path[:1] == (b"canister_ranges",) and path[1:]}) > 1:
        raise BadRequest("all paths under canister_ranges must name the same subnet")
    for path in paths:
        match path:
            case (b"subnet", subnet_id, b"metrics", *_) if subnet_id != effective_subnet_id.bytes:
                raise _not_readable(path)
            case (b"time",) | (b"subnet", *_) | (b"api_boundary_nodes", *_):
                pass
            case (b"canister_ranges", _):
                pass
            case (b"request_status", request_id, *rest):
                _check_request(subnet, effective_subnet_id, reader, request_id, rest)
            case _:
                raise _not_readable(path)


def _check_one_request(paths: tuple[Path, ...]) -> None:
    named = {path[1] for path in paths if path[:1] == (b"request_status",) and path[1:]}
    if len(named) > 1:
        raise BadRequest("all paths under request_status must name the same request")


def _check_request(
    subnet: Subnet,
    effective_id: Principal,
    reader: StateReader,
    request_id: bytes,
    rest: list[bytes],
) -> None:
    if len(request_id) != 32:
        raise BadRequest(f"a request id has 32 bytes, this one has {len(request_id)}")
    if len(rest) > 1 or not REQUEST_LEAVES.issuperset(rest):
        raise _not_readable((b"request_status", request_id, *rest))
    record = subnet.ingress_history.get(request_id)
    if record is None:
        return
    if record.sender != reader.sender:
        raise BadRequest("the request was sent by somebody else; only its sender may read it")
    if reader.targets is not None and record.canister_id not in reader.targets:
        raise BadRequest(f"canister {record.canister_id} is not a target of the delegation")
    if record.effective_id != effective_id:
        raise BadRequest(
            f"the request was sent to {record.effective_id}; its status is not at {effective_id}"
        )


def _check_canister_leaf(
    subnet: Subnet, canister_id: Principal, reader: StateReader, rest: Path
) -> None:
    match rest:
        case (leaf,) if leaf in CANISTER_LEAVES:
            return
        case (b"metadata", name):
            _check_metadata(subnet, canister_id, reader, name)
        case _:
            raise _not_readable((b"canister", canister_id.bytes, *rest))


def _check_metadata(
    subnet: Subnet, canister_id: Principal, reader: StateReader, name: bytes
) -> None:
    try:
        text = name.decode()
    except UnicodeDecodeError as error:
        raise BadRequest("the name of a metadata section is not UTF-8") from error
    if len(name) > MAX_METADATA_NAME_BYTES:
        raise BadRequest(f"metadata name longer than {MAX_METADATA_NAME_BYTES} bytes")
    canister = subnet.canisters.get(canister_id)
    if canister is None or canister.code is None:
        return
    section = canister.code.custom_sections.get(text)
    if section is None:
        return
    is_public, _ = section
    if not is_public and reader.sender not in canister.controllers:
        raise BadRequest(
            f"custom section {text!r} of {canister_id} is private: only controllers may read it"
        )


def _not_readable(path: Path) -> BadRequest:
    return BadRequest(f"path /{'/'.join(map(_shown, path))} can't be read here")


def _shown(label: bytes) -> str:
    """A label as people know it: ids in hexadecimal, names as they are."""
    text = label.decode("ascii", "replace")
    return text if label.isascii() and text.isprintable() else label.hex()
