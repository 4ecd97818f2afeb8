"""The reference of the command line is what the commands say of themselves."""

from tests.architecture.cli_reference import REFERENCE, reference


def test_the_reference_is_in_step() -> None:
    written = REFERENCE.read_text(encoding="utf-8")
    assert written == reference(), "run python -m tests.architecture.cli_reference"
