"""What a dfx.json declares is read as dfx reads it; what is wrong is told with its place."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ic_factory.networks.dfx_json import read_dfx_json
from ic_factory.networks.errors import CanisterNotBuildable, ProjectFileError
from ic_factory.networks.project import CanisterKind, InitArgument


@pytest.fixture
def read(tmp_path):
    def read(document):
        text = document if isinstance(document, str) else json.dumps(document)
        (tmp_path / "dfx.json").write_text(text, "utf-8")
        return read_dfx_json(tmp_path / "dfx.json")

    return read


def test_a_custom_canister_has_files_below_the_project(read, tmp_path):
    canister = read(
        {
            "canisters": {
                "factory": {
                    "type": "custom",
                    "wasm": "out/factory.wasm.gz",
                    "candid": "factory.did",
                    "build": ["make", "make install"],
                    "init_arg": "(null)",
                    "dependencies": ["ledger"],
                    "remote": {"id": {"ic": "ryjl3-tyaaa-aaaaa-aaaba-cai"}},
                    "specified_id": "aaaaa-aa",
                    "metadata": [],
                    "something new": 1,
                }
            }
        }
    ).canister("factory")
    canister.check_buildable()
    assert canister.kind is CanisterKind.CUSTOM
    assert canister.folder == tmp_path
    assert canister.wasm == tmp_path / "out/factory.wasm.gz"
    assert canister.candid == tmp_path / "factory.did"
    assert canister.build == ("make", "make install")
    assert canister.init_argument == InitArgument(text="(null)")
    assert canister.dependencies == ("ledger",)
    assert canister.remote_ids == {"ic": "ryjl3-tyaaa-aaaaa-aaaba-cai"}
    assert canister.specified_id == "aaaaa-aa"


@pytest.mark.parametrize(("build", "commands"), [("make", ("make",)), ("", ()), ([], ())])
def test_build_commands_are_a_text_or_a_list(read, build, commands):
    custom = {"type": "custom", "wasm": "a.wasm", "candid": "a.did", "build": build}
    assert read({"canisters": {"a": custom}}).canister("a").build == commands


def test_a_rust_canister_is_built_by_cargo(read, tmp_path):
    rust = {"type": "rust", "package": "my-canister", "candid": "a.did"}
    canister = read({"canisters": {"a": rust, "b": {**rust, "crate": "other"}}}).canister("a")
    assert canister.build == (
        "cargo build --target wasm32-unknown-unknown --release -p my-canister --locked",
    )
    target = tmp_path / "target/wasm32-unknown-unknown/release"
    assert canister.wasm == target / "my_canister.wasm"
    assert read({"canisters": {"b": {**rust, "crate": "other"}}}).canister("b").wasm == (
        target / "other.wasm"
    )


def test_a_module_at_a_url_is_no_file(read):
    custom = {"type": "custom", "wasm": "https://a/b.wasm", "candid": "https://a/b.did"}
    canister = read({"canisters": {"a": custom}}).canister("a")
    assert (canister.wasm, canister.wasm_url, canister.candid) == (None, "https://a/b.wasm", None)


@pytest.mark.parametrize(
    ("declared", "kind", "advice"),
    [
        ({"type": "motoko", "main": "a.mo"}, CanisterKind.MOTOKO, "dfx build"),
        ({"main": "a.mo"}, CanisterKind.MOTOKO, "dfx build"),
        ({"type": "assets", "source": ["dist"]}, CanisterKind.ASSETS, "dfx deploy"),
        ({"type": "pull", "id": "aaaaa-aa"}, CanisterKind.PULL, "dfx deps"),
    ],
)
def test_what_only_dfx_can_build_is_refused_when_it_is_asked_for(read, declared, kind, advice):
    canister = read({"canisters": {"a": declared}}).canister("a")
    assert canister.kind is kind
    with pytest.raises(CanisterNotBuildable, match=f"canister 'a' can't be deployed.*{advice}"):
        canister.check_buildable()


def test_networks_are_managed_by_dfx_or_elsewhere(read):
    networks = read(
        {
            "networks": {
                "local": {"bind": "127.0.0.1:8000", "type": "ephemeral"},
                "kept": {"bind": "0.0.0.0:80", "type": "persistent"},
                "test": {"providers": ["https://test.example"]},
                "brief": {"providers": ["http://one", "http://two"], "type": "ephemeral"},
                "plain": {},
            }
        }
    ).networks
    assert {name: (n.url, n.bind, n.is_persistent) for name, n in networks.items()} == {
        "local": (None, "127.0.0.1:8000", False),
        "kept": (None, "0.0.0.0:80", True),
        "test": ("https://test.example", None, True),
        "brief": ("http://one", None, False),
        "plain": (None, None, False),
    }


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ("{", "line 1, column 2: no JSON"),
        ('{\n  "canisters": }', "line 2, column 16: no JSON"),
        ("[]", "dfx.json: a mapping is expected here, not a list"),
        ("[" * 100_000, "nested too deeply"),
        ({"canisters": [1]}, "canisters: a mapping is expected here, not a list"),
        ({"canisters": {"a": 1}}, "canisters.a: a mapping is expected"),
        ({"canisters": {"a": {"type": "azle"}}}, "canisters.a.type: the type 'azle' is not known"),
        ({"canisters": {"a": {"type": "custom"}}}, "canisters.a: 'wasm' is missing"),
        (
            {"canisters": {"a": {"type": "custom", "wasm": "", "candid": "a"}}},
            "canisters.a.wasm: the text is empty",
        ),
        (
            {
                "canisters": {
                    "a": {"type": "custom", "wasm": "http://a", "candid": "b", "build": "c"}
                }
            },
            "canisters.a: 'build' can't stand beside",
        ),
        (
            {"canisters": {"a": {"type": "custom", "wasm": "a", "candid": "b", "build": ["c", 1]}}},
            r"canisters.a.build\[1\]: a text is expected here, not a number",
        ),
        (
            {"canisters": {"a": {"init_arg": "()", "init_arg_file": "f"}}},
            "canisters.a: 'init_arg' can't stand beside",
        ),
        ({"networks": {"a": {"type": "eternal"}}}, "networks.a.type: 'eternal' is not known; use"),
        ({"networks": {"a": {"providers": []}}}, "networks.a.providers: at least one URL"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(read, document, problem):
    with pytest.raises(ProjectFileError, match=problem):
        read(document)


def test_a_file_that_is_no_text_is_told(tmp_path):
    (tmp_path / "dfx.json").write_bytes(b"\xff\xfe{")
    with pytest.raises(ProjectFileError, match="can't be read"):
        read_dfx_json(tmp_path / "dfx.json")


scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
keys = st.sampled_from(
    ["type", "wasm", "candid", "build", "remote", "id", "providers", "bind", "a"]
)
values = st.recursive(
    scalars | st.sampled_from(["custom", "rust", "pull", "persistent"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "canisters": st.dictionaries(st.text(max_size=3), values, max_size=3) | values,
            "networks": st.dictionaries(st.text(max_size=3), values, max_size=3) | values,
        },
    )
)
def test_any_document_is_read_or_refused(read, document):
    names = []
    try:
        names = list(read(document).canisters)
    except ProjectFileError as error:
        told = str(error)
    else:
        assert names == list(document.get("canisters") or {})
        return
    assert "dfx.json" in told
