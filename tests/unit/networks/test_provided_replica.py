"""What is noted of a replica of another program comes back from its file, or is refused."""

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ic_factory.networks.errors import ReplicaAlreadyRunning, StateDirectoryError
from ic_factory.networks.provided_replica import ProvidedReplica, ProviderName, is_answering
from ic_factory.networks.state_directory import StateDirectory

replicas = st.builds(
    ProvidedReplica,
    st.sampled_from(ProviderName),
    st.text(),
    st.text(),
    st.none() | st.integers(min_value=1),
)


@given(replicas)
def test_it_comes_back_from_json(replica):
    assert ProvidedReplica.from_json(replica.to_json()) == replica


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"provider": "hardhat", "url": "a", "folder": "b"}',
        '{"provider": "dfx", "url": 1, "folder": "b"}',
        '{"provider": "dfx", "url": "a", "folder": "b", "process_id": 0}',
        '{"provider": "dfx", "url": "a", "folder": "b", "process_id": true}',
    ],
)
def test_other_json_is_refused_and_its_place_told(tmp_path, text):
    with pytest.raises(ValueError):
        ProvidedReplica.from_json(text)
    (tmp_path / "provided.json").write_text(text)
    with pytest.raises(StateDirectoryError, match=f"{tmp_path} can't be used: provided.json is"):
        StateDirectory(tmp_path).read_provided()


def test_a_note_is_forgotten_only_when_nothing_answers(tmp_path):
    directory = StateDirectory(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        directory.write_provided(ProvidedReplica(ProviderName.DFX, url, "/"))
        with pytest.raises(ReplicaAlreadyRunning, match=f"a replica of dfx that serves {url}"):
            directory.forget_provided()
    directory.forget_provided()
    assert directory.read_provided() is None
    directory.forget_provided()


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://127.0.0.1:x", "nowhere", ""])
def test_nothing_answers_where_there_is_no_server(url):
    assert not is_answering(url)
