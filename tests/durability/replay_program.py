"""`python replay_program.py DIRECTORY THREADS`: replays a log, and prints each height's root.

It is run as a program, so that nothing of the process that wrote the log helps it.
"""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

from ic_factory.replica.beginnings import machine_of
from ic_factory.replica.course import Course
from ic_factory.replica.execution.engine import Engine
from ic_factory.replica.rounds import Rounds
from ic_factory.replica.storage.inputs import Round
from ic_factory.replica.storage.storage import Storage


def main(directory: str, threads: str) -> None:
    """Replays with so many threads for messages that run aside."""
    storage = Storage(Path(directory))
    engine = Engine()
    config = _config(storage, engine, int(threads))
    rounds = Rounds(config, None)
    machine = machine_of(config, engine, rounds)
    checkpoint = storage.load(engine, machine.tree_of)
    machine.return_to(checkpoint.moment)
    course = Course(machine, checkpoint.clock, {}, 0, 0)
    for _, one in storage.inputs_since(checkpoint):
        course.apply(one)
        if isinstance(one, Round):
            line = [str(machine.subnet.height), machine.root.hex(), *map(str, one.ended_aside)]
            sys.stdout.write(" ".join(line) + "\n")


def _config(storage, engine, threads):
    from ic_factory.replica.config import ReplicaConfig

    bare = ReplicaConfig(seed=storage.seed)
    machine = machine_of(bare, engine, Rounds(bare, None))
    kept = storage.load(engine, machine.tree_of).config.with_seed(storage.seed)
    limits = dataclasses.replace(kept.limits, threads_aside=threads)
    return dataclasses.replace(kept, limits=limits)


if __name__ == "__main__":
    main(*sys.argv[1:])
