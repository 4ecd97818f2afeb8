"""The error for a module that the IC would not install."""

from ic_factory.errors import ReplicaError


class InvalidModule(ReplicaError):
    """A module that breaks a rule; the message is the one that an installer gets (IC0505)."""

    @classmethod
    def because(cls, reason: str) -> "InvalidModule":
        """The error with the IC's own lead-in."""
        return cls(f"Canister's Wasm module is not valid: {reason}")

    @classmethod
    def undecodable(cls, reason: str) -> "InvalidModule":
        """The error for bytes that are no module at all."""
        return cls.because(f"Failed to decode wasm module: {reason}")
