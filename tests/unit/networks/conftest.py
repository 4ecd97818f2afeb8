import platformdirs
import pytest


@pytest.fixture(autouse=True)
def user_folder(tmp_path_factory, monkeypatch):
    """A folder of this test's own in the place of the user's, where that is told by XDG."""
    folder = tmp_path_factory.mktemp("user")
    monkeypatch.setenv("XDG_STATE_HOME", str(folder / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    return folder


@pytest.fixture
def default_place(user_folder):
    """Where replicas keep their state if nothing else is said."""
    place = user_folder / "state" / "ic-factory"
    if platformdirs.user_state_path("ic-factory") != place:
        pytest.skip("the user's folders are told in another way here")
    place.mkdir(parents=True)
    return place


@pytest.fixture
def compiled_modules(user_folder):
    """Where replicas of this user share their compiled modules."""
    place = user_folder / "cache" / "ic-factory"
    if platformdirs.user_cache_path("ic-factory") != place:
        pytest.skip("the user's folders are told in another way here")
    return place / "compiled-modules"
