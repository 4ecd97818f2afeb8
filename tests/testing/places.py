"""A backend that all tests of this folder may call."""

from ic_factory.testing.results import StepResult
from ic_factory.testing.running import Scenario


class Silence:
    """Watches and says nothing."""

    def scenario_begins(self, scenario: Scenario) -> None:
        """Says nothing."""

    def step_ended(self, step: StepResult) -> None:
        """Says nothing."""
