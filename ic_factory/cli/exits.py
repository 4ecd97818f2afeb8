"""How a command ends: an error as three lines of text, and the exit code.

0 done   1 the operation failed   2 wrong usage   3 network unreachable   4 refused by the canister
130 interrupted
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from ic_factory.errors import IcFactoryError

START_OR_NAME = (
    "'ic-factory replica start --background', "
    "or name the replica that runs with --port or --state-dir"
)
LOOK_OR_STOP = "'ic-factory replica logs' to see what it does, 'ic-factory replica stop' to end it"
TRACE = "the same with 'ic-factory --debug …' for the trace"


class ExitCode(IntEnum):
    """What the shell is told."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    UNREACHABLE = 3
    REFUSED = 4
    INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Failure:
    """An error as a person is told of it."""

    what: str
    why: str
    advice: str
    exit_code: ExitCode

    @property
    def lines(self) -> tuple[str, str, str]:
        """What failed, why, and what to try."""
        return (f"error: {self.what}", f"  why: {self.why}", f"  try: {self.advice}")


@dataclass(frozen=True, slots=True)
class _Rule:
    """What to tell of a class of errors."""

    kind: type[IcFactoryError]
    advice: str
    exit_code: ExitCode = ExitCode.FAILED


def failure_of(what: str, error: IcFactoryError) -> Failure:
    """What failed, why, what to try, and the code to exit with."""
    why = " ".join(str(error).split())
    advice = _advice_of_reason(error)
    if advice is not None:
        return Failure(what, why, advice, ExitCode.REFUSED)
    for rule in _rules():
        if isinstance(error, rule.kind):
            return Failure(what, why, rule.advice, rule.exit_code)
    return Failure(what, why, TRACE, ExitCode.FAILED)


def _advice_of_reason(error: IcFactoryError) -> str | None:
    """What to try where a canister's own reason tells more than that it has refused."""
    from ic_factory.drivers.generated.backend import (
        CapsuleErrorMoved,
        ReasonCapsule,
        ReasonCreation,
    )
    from ic_factory.drivers.refusals import CanisterRefused

    match error.reason if isinstance(error, CanisterRefused) else None:
        case ReasonCapsule(CapsuleErrorMoved(canister_id=canister_id)):
            return f"the same with --personal: it is in your canister {canister_id} now"
        case ReasonCreation():
            return (
                "'ic-factory personal status' for how far it is, 'ic-factory personal config' and"
                " 'ic-factory personal reserve' for the hub's limits"
            )
    return None


def _rules() -> Sequence[_Rule]:
    """The first one that fits counts. Loaded when something has failed, and not before."""
    return (*_network_rules(), *_agent_rules(), *_operation_rules())


def _network_rules() -> Sequence[_Rule]:
    from ic_factory.networks import errors as network

    unreachable = ExitCode.UNREACHABLE
    return (
        _Rule(network.ReplicaNotRunning, START_OR_NAME, unreachable),
        _Rule(network.NoLocalReplica, START_OR_NAME, unreachable),
        _Rule(network.Unreachable, LOOK_OR_STOP, unreachable),
        _Rule(
            network.ReplicaAlreadyRunning,
            "'ic-factory replica stop' first, or another --state-dir and --port",
        ),
        _Rule(
            network.SeveralReplicasRunning, "the same with --port, to name the one that you mean"
        ),
        _Rule(network.PortTaken, "another --port, or --port 0 for one that is free"),
        _Rule(network.StateRefused, "--clean to begin anew, or another --state-dir"),
        _Rule(network.StateDirectoryError, "another --state-dir"),
        _Rule(network.StartFailed, "'ic-factory replica logs' to see what the replica said"),
        _Rule(
            network.NotDone,
            "'ic-factory replica snapshots' for those that there are, or what it says above",
        ),
        _Rule(network.StopFailed, "ending the process by the means of your system"),
        _Rule(network.ToolMissing, "installing it, or '--provider embedded', which needs nothing"),
        _Rule(network.ToolError, "what the program says above; '--provider embedded' needs none"),
        _Rule(network.NotOffered, "the same without that option"),
        _Rule(network.RootKeyError, "the 266 hexadecimal digits of the network's root key"),
        _Rule(network.NetworkNotFound, "--network local, ic, a URL, or a network of the project"),
        _Rule(network.CanisterIdMissing, "'ic-factory deploy' first"),
        _Rule(network.ProjectError, "mending the file, or another folder"),
    )


def _agent_rules() -> Sequence[_Rule]:
    from ic_factory.agent import errors as agent
    from ic_factory.agent.identity import errors as identity

    return (
        _Rule(
            agent.TransportError,
            "whether the network is up: 'ic-factory replica status', or its address",
            ExitCode.UNREACHABLE,
        ),
        _Rule(
            agent.CanisterReject,
            "what the canister says above; 'ic-factory canister info' tells its methods and state",
            ExitCode.REFUSED,
        ),
        _Rule(
            agent.UntrustedAnswer,
            "whether the clock is right, and whether this is the network that you mean: its"
            " answers are not signed by the root key that it should have",
        ),
        _Rule(agent.RequestRefused, "whether the id, the network and the clock are right"),
        _Rule(agent.NoAnswer, "looking at what the call has changed before you call again"),
        _Rule(agent.MalformedAnswer, "whether a replica or gateway of the IC is at that address"),
        _Rule(identity.IdentityNotFound, "'ic-factory identity list' for those that there are"),
        _Rule(identity.IdentityError, "'ic-factory identity list', or another --identity"),
    )


def _operation_rules() -> Sequence[_Rule]:
    from ic_factory.bindgen.errors import BindingError
    from ic_factory.cli.quickstart.proof import QuickstartFailed
    from ic_factory.cli.session import CanisterUnknown
    from ic_factory.cli.settings import SettingsError
    from ic_factory.cli.whole_file import FileNotWritten
    from ic_factory.drivers.backend import BackendRefused
    from ic_factory.drivers.factory import FactoryRefused
    from ic_factory.drivers.personal import PersonalRefused
    from ic_factory.errors import PrincipalError
    from ic_factory.operations import calling, control
    from ic_factory.operations import errors as operation
    from ic_factory.operations.record_json import NotOfType
    from ic_factory.protocol.candid.errors import CandidError

    return (
        _Rule(
            FactoryRefused,
            "'ic-factory factory config' for its limits, 'ic-factory factory health' for its state",
            ExitCode.REFUSED,
        ),
        _Rule(
            BackendRefused,
            "'ic-factory capsule list' and 'ic-factory memory list' for what there is for you, or"
            " another --identity",
            ExitCode.REFUSED,
        ),
        _Rule(
            PersonalRefused,
            "'ic-factory personal status' for how far it is, or --identity of its owner",
            ExitCode.REFUSED,
        ),
        _Rule(
            QuickstartFailed,
            "'ic-factory personal status' and 'ic-factory personal verify --full'",
        ),
        _Rule(operation.SourceError, "another file"),
        _Rule(operation.UploadInterrupted, "the same command again; what has arrived stays"),
        _Rule(operation.UploadMismatch, "deleting that upload, and the same command again"),
        _Rule(operation.TargetTaken, "another place by --to, or --overwrite"),
        _Rule(operation.FileNotSaved, "another place by --to"),
        _Rule(operation.AssetMissing, "one of those by --variant"),
        _Rule(operation.AssetMismatch, "the same again; another node may have the right bytes"),
        _Rule(operation.CreationFailed, "mending the cause, and a new creation"),
        _Rule(operation.CreationUnfinished, "the same again, to go on watching"),
        _Rule(operation.ReceiptInvalid, "a receipt by 'ic-factory personal export', or --root-key"),
        _Rule(operation.ExportUnreadable, "'ic-factory personal export' into another folder"),
        _Rule(operation.ArgumentError, "the argument as the interface has it", ExitCode.USAGE),
        _Rule(CandidError, "the argument or the interface that is named", ExitCode.USAGE),
        _Rule(operation.DeployError, "mending the project, and the same command again"),
        _Rule(
            control.CanisterMissing,
            "'ic-factory canister list' for those of the factory, or another --network",
        ),
        _Rule(control.NotInControl, "--identity of who controls it, or --factory"),
        _Rule(
            calling.MethodUnknown,
            "'ic-factory canister info' for its methods, or --did for another interface",
            ExitCode.USAGE,
        ),
        _Rule(calling.AnswerUnreadable, "--did with its interface, or --output raw"),
        _Rule(
            BindingError,
            "'ic-factory factory stats': it may be of another version than this ic-factory",
        ),
        _Rule(FileNotWritten, "another file, or stdout"),
        _Rule(NotOfType, "a file that 'ic-factory personal export' has written"),
        _Rule(SettingsError, "mending that file", ExitCode.USAGE),
        _Rule(PrincipalError, "an id such as ryjl3-tyaaa-aaaaa-aaaba-cai", ExitCode.USAGE),
        _Rule(CanisterUnknown, "'ic-factory deploy', --factory or --backend, or the canister's id"),
        _Rule(operation.OperationError, "another one; 'list' shows those that there are"),
    )
