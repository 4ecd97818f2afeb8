"""Where a replica begins: with nothing, or with what its storage has."""

from __future__ import annotations

from dataclasses import replace

from ic_factory.replica.certification.certified_state import SubnetKeys
from ic_factory.replica.clock import Clock
from ic_factory.replica.config import ReplicaConfig
from ic_factory.replica.course import Course
from ic_factory.replica.execution.engine import Engine
from ic_factory.replica.machine import SubnetMachine
from ic_factory.replica.management.router import ManagementCanister
from ic_factory.replica.random import SeededRandom, derived_seed
from ic_factory.replica.rounds import Rounds
from ic_factory.replica.state.subnet import Subnet
from ic_factory.replica.storage.errors import ForeignState
from ic_factory.replica.storage.storage import Storage
from ic_factory.replica.surroundings import SystemFacts


def machine_of(config: ReplicaConfig, engine: Engine, rounds: Rounds) -> SubnetMachine:
    """A machine without a state, with the keys of the config's seed, which must be there."""
    assert config.seed is not None
    keys = SubnetKeys.from_seed(config.seed)
    facts = SystemFacts(
        root_key=keys.root_key,
        fees=config.prices,
        subnet_memory_bytes=config.subnet_memory_bytes,
        storage_reservation_threshold=config.storage_reservation_threshold,
    )
    management = ManagementCanister(engine, facts, config.limits)
    return SubnetMachine(keys, facts, config.limits, management, rounds.wake)


def fresh_course(config: ReplicaConfig, engine: Engine, rounds: Rounds, clock: Clock) -> Course:
    """A subnet with nothing on it, as of now."""
    machine = machine_of(config, engine, rounds)
    assert config.seed is not None
    now = clock.now()
    random = SeededRandom(derived_seed(config.seed, "raw_rand"))
    machine.adopt(Subnet(machine.keys.subnet_id, now, random, charged_until=now))
    return Course(machine, clock, {})


def stored_course(
    config: ReplicaConfig, engine: Engine, rounds: Rounds, storage: Storage
) -> Course:
    """What the storage has, after all of its inputs; the storage is open from here on.

    The log is replayed by the choices with which it was written; `config` holds from then on.

    Raises:
        StateRefused: it can't be gone on from, and is left as it was.
        StorageUnavailable, StateInUse: it can't be written.
    """
    machine = machine_of(config, engine, rounds)
    checkpoint = storage.load(engine, machine.tree_of)
    before = replace(
        checkpoint.config,
        seed=config.seed,
        compile_cache=config.compile_cache,
        # What comes out does not depend on it.
        limits=replace(checkpoint.config.limits, threads_aside=config.limits.threads_aside),
    )
    if before != config:
        machine = machine_of(before, engine, rounds)
    machine.return_to(checkpoint.moment)
    course = Course(
        machine,
        checkpoint.clock,
        {kept.number: kept for kept in checkpoint.snapshots},
        checkpoint.snapshots_taken,
        checkpoint.direct_calls,
    )
    last = course.replay(storage.inputs_since(checkpoint)) or checkpoint.sequence
    storage.open(checkpoint, last)
    if before != config:
        moment = machine.moment()
        course.machine = machine_of(config, engine, rounds)
        course.machine.return_to(moment)
        storage.write(course.checkpoint(last, config))
    return course


def course_of(
    config: ReplicaConfig,
    engine: Engine,
    rounds: Rounds,
    storage: Storage | None,
    clock: Clock,
) -> Course:
    """What the storage has, or a subnet with nothing on it, which is stored as such.

    Args:
        config: the replica's choices, with its seed.
        engine: runs the canisters.
        rounds: woken when there is something to do.
        storage: where the state is kept; in memory alone where there is none.
        clock: tells the time of a subnet with nothing on it.

    Raises:
        StateRefused: what is stored can't be gone on from, and is left as it was.
        StorageUnavailable, StateInUse: it can't be written.
    """
    if storage is not None and storage.seed is not None:
        if storage.seed != config.seed:
            raise ForeignState(f"{storage.path} is the state of a replica with another seed")
        return stored_course(config, engine, rounds, storage)
    course = fresh_course(config, engine, rounds, clock)
    if storage is not None:
        assert config.seed is not None
        storage.begin(config.seed, course.checkpoint(0, config))
    return course
