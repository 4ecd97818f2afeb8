"""The scenarios that come with the package, a plain file each, in their order."""

from __future__ import annotations

from ic_factory.testing.running import Scenario
from ic_factory.testing.scenarios import (
    capsule_creation,
    gallery_crud,
    gallery_upload,
    memory_crud,
    memory_upload,
    personal_canister,
)

SCENARIOS = tuple(
    Scenario(each.__name__.rpartition(".")[2].replace("_", "-"), str(each.__doc__), each.play)
    for each in (
        memory_upload,
        memory_crud,
        gallery_upload,
        gallery_crud,
        capsule_creation,
        personal_canister,
    )
)
"""All of them; each is called as its file, and its file's docstring is what it shows."""
