"""What an icp.yaml declares is read as icp-cli reads it; what is wrong is told with its place."""

from textwrap import dedent

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ic_factory.networks.errors import CanisterNotBuildable, ProjectFileError
from ic_factory.networks.icp_yaml import read_icp_yaml
from ic_factory.networks.project import ArgumentFormat, InitArgument, RootKeySource
from ic_factory.protocol.root_key import MAINNET_ROOT_KEY

SCRIPT = "build: {steps: [{type: script, command: make}]}"


@pytest.fixture
def read(tmp_path):
    def read(text):
        (tmp_path / "icp.yaml").write_text(dedent(text), "utf-8")
        return read_icp_yaml(tmp_path / "icp.yaml")

    return read


def test_a_pre_built_module_is_a_file_below_the_project(read, tmp_path):
    canister = read(
        """\
        canisters:
          - name: factory
            build:
              steps:
                - type: script
                  commands: [make, make install]
                - type: pre-built
                  path: dist/factory.wasm
                  sha256: "17a0"
            sync:
              steps:
                - type: script
                  command: ./configure
            settings:
              compute_allocation: 5
            init_args: "(null)"
        """
    ).canister("factory")
    canister.check_buildable()
    assert canister.wasm == tmp_path / "dist/factory.wasm"
    assert canister.wasm_sha256 == "17a0"
    assert canister.build == ("make", "make install")
    assert canister.sync == ("./configure",)
    assert canister.init_argument == InitArgument(text="(null)")


def test_a_script_alone_writes_to_where_it_is_told(read):
    canister = read(f"canisters: [{{name: a, {SCRIPT}}}]").canister("a")
    canister.check_buildable()
    assert (canister.wasm, canister.build) == (None, ("make",))


def test_canisters_may_stand_in_folders_of_their_own(read, tmp_path):
    for name in ("one", "two"):
        (tmp_path / "canisters" / name).mkdir(parents=True)
        (tmp_path / "canisters" / name / "canister.yaml").write_text(
            f"name: {name}\nbuild: {{steps: [{{type: pre-built, path: a.wasm}}]}}\n"
        )
    (tmp_path / "canisters" / "notes").mkdir()
    for pattern in ("canisters/*", "**"):
        project = read(f"canisters: ['{pattern}']")
        assert list(project.canisters) == ["one", "two"]
        assert project.canister("two").wasm == tmp_path / "canisters/two/a.wasm"
    assert list(read("canisters: [canisters/one]").canisters) == ["one"]


@pytest.mark.parametrize(
    ("declared", "reason"),
    [
        ('recipe: {type: "@dfinity/rust@v3.0.0"}', "recipe @dfinity/rust@v3.0.0.*icp deploy"),
        (f"{SCRIPT}, sync: {{steps: [{{type: plugin, path: a}}]}}", "a step of type plugin"),
        (
            "build: {steps: [{type: pre-built, path: a}, {type: script, command: b}]}",
            "a script follows its pre-built step",
        ),
    ],
)
def test_what_only_icp_can_build_is_refused_when_it_is_asked_for(read, declared, reason):
    canister = read(f"canisters: [{{name: a, {declared}}}]").canister("a")
    with pytest.raises(CanisterNotBuildable, match=reason):
        canister.check_buildable()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ('"(1)"', InitArgument(text="(1)")),
        ("{value: 4449, format: hex}", None),
        ('{value: "4449", format: hex}', InitArgument(ArgumentFormat.HEX, text="4449")),
        ('{value: "(1)"}', InitArgument(text="(1)")),
    ],
)
def test_init_arguments_are_texts_in_a_format(read, written, meant):
    text = f"canisters: [{{name: a, {SCRIPT}, init_args: {written}}}]"
    if meant is None:
        with pytest.raises(ProjectFileError, match=r"init_args.value: a text is expected"):
            read(text)
    else:
        assert read(text).canister("a").init_argument == meant


def test_init_arguments_may_be_files_and_differ_by_environment(read, tmp_path):
    project = read(
        f"""\
        canisters:
          - name: a
            {SCRIPT}
            init_args: {{path: args.bin, format: bin}}
        environments:
          - name: staging
            network: ic
            canisters: [a]
            init_args: {{a: "(2)"}}
          - name: plain
        """
    )
    file = InitArgument(ArgumentFormat.BINARY, file=tmp_path / "args.bin")
    assert project.init_argument("a", "local") == file
    assert project.init_argument("a", "staging") == InitArgument(text="(2)")
    assert project.environments["staging"].canisters == ("a",)
    assert project.environments["plain"].network == "local"


def test_networks_are_managed_by_icp_or_connected(read):
    networks = read(
        f"""\
        networks:
          - {{name: local, mode: managed, gateway: {{port: 4943}}}}
          - {{name: any, mode: managed, gateway: {{port: 0}}}}
          - {{name: plain, mode: managed}}
          - {{name: docker, mode: managed, image: an-image, port-mapping: ["0:4943"]}}
          - {{name: test, mode: connected, url: "https://a", root-key: fetch}}
          - {{name: edge, mode: connected, api-url: "https://b", root-key: mainnet}}
          - {{name: own, mode: connected, url: "https://c", root-key: {MAINNET_ROOT_KEY.hex()}}}
        """
    ).networks
    binds = {name: network.bind for name, network in networks.items() if network.is_managed}
    assert binds == {
        "local": "127.0.0.1:4943",
        "any": None,
        "plain": "127.0.0.1:8000",
        "docker": None,
    }
    assert networks["test"].root_key_source is RootKeySource.FETCH
    assert networks["edge"].root_key_source is RootKeySource.MAINNET
    assert networks["edge"].url == "https://b"
    assert networks["own"].root_key == MAINNET_ROOT_KEY
    assert all(networks[name].is_persistent for name in ("test", "edge", "own"))


def test_an_empty_file_declares_nothing(read):
    assert read("").canisters == {}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("canisters:\n  - name: [", r"line 2, column 12: no YAML: .*; correct it"),
        ("a: b: c", "line 1, column 5: no YAML"),
        ("- 1", "icp.yaml: a mapping is expected here, not a list"),
        ("!!python/object/apply:os.getcwd []", "no YAML: could not determine a constructor"),
        ("canisters: 1", "canisters: a list is expected here, not a number"),
        ("canisters: [{}]", r"canisters\[0\]: 'name' is missing"),
        ("canisters: [{name: a}]", "canister 'a' needs either 'build' or 'recipe'"),
        ("canisters: [nowhere]", r"canisters\[0\]: .*/nowhere/canister.yaml is not there"),
        ("canisters: ['/*']", "is no pattern of folders"),
        ("networks: [elsewhere.yaml]", r"networks\[0\]: .*elsewhere.yaml is not there"),
        ("canisters: [{name: a, build: {steps: []}}]", "at least one step is needed"),
        (
            "canisters: [{name: a, build: {steps: [{type: script}]}}]",
            r"build.steps\[0\]: a script step needs either 'command' or 'commands'",
        ),
        (
            "canisters: [{name: a, build: {steps: [{type: pre-built}]}}]",
            "a pre-built step needs either 'path' or 'url'",
        ),
        (
            "canisters: [{name: a, build: {steps: [{type: magic}]}}]",
            "'magic' is not known; use 'script' or 'pre-built'",
        ),
        (f"canisters: [{{name: a, {SCRIPT}, init_args: {{}}}}]", "either 'value' or 'path'"),
        ("networks: [{name: ic, mode: managed}]", "can't be declared anew"),
        ("networks: [{name: a, mode: connected, root-key: fetch}]", "needs a 'url'"),
        ("networks: [{name: a, mode: connected, url: b}]", "'root-key' is missing"),
        (
            "networks: [{name: a, mode: connected, url: b, root-key: abc}]",
            "root-key: a root key is 266 hex digits.*'mainnet' and 'fetch'",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(read, text, problem):
    with pytest.raises(ProjectFileError, match=problem):
        read(text)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(max_size=30)
    | st.lists(
        st.sampled_from(
            [
                "canisters:",
                "- name: a",
                "build:",
                "steps:",
                "networks:",
                "  ",
                "\n",
                "- 1",
                "[",
                "}",
            ]
        ),
        max_size=12,
    ).map("".join)
)
def test_any_text_is_read_or_refused(read, text):
    try:
        read(text.replace("\r", ""))
    except ProjectFileError as error:
        told = str(error)
    else:
        told = "icp.yaml"
    assert "icp.yaml" in told
