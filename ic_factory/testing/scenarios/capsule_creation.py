"""Users register, and make, read, change and delete capsules."""

from __future__ import annotations

from ic_factory.drivers.generated.backend import (
    CapsuleErrorCapsuleNotFound,
    CapsuleErrorNoCapsule,
    Level,
    Visibility,
)
from ic_factory.testing.expectations import expect, expect_equal, expect_refusal, expect_reject
from ic_factory.testing.stage import Stage


def play(stage: Stage) -> None:
    """Plays the scenario."""
    alice, bob = stage.user("alice"), stage.user("bob")

    with stage.step("the backend knows nothing of a new user"):
        me = alice.whoami()
        expect_equal("principal", me.principal, stage.principal("alice"))
        expect(me.registered_at_time_ns is None, "not registered")

    with stage.step("a capsule is for registered users"), expect_reject("not registered"):
        alice.create_capsule("Too early")

    with stage.step("the anonymous caller cannot register"), expect_reject("Anonymous caller"):
        stage.nobody.register()

    with stage.step("a user registers; again, it changes nothing"):
        registered = alice.register()
        expect(registered.registered_at_time_ns is not None, "registered")
        expect_equal("registered again", alice.register(), registered)

    with stage.step("a registered user has no capsule yet"), expect_refusal(CapsuleErrorNoCapsule):
        alice.capsule()

    with stage.step("create_capsule makes one, with a name and a description"):
        made = alice.create_capsule("The Millers", "Four generations")
        expect_equal("name", made.name, "The Millers")
        expect_equal("description", made.description, "Four generations")
        expect_equal("owner", made.owner, stage.principal("alice"))
        expect_equal("visibility", made.visibility, Visibility.PRIVATE)

    with stage.step("get_capsule finds it, named or not"):
        expect_equal("by id", alice.capsule(made.capsule_id), made)
        expect_equal("the first one", alice.capsule(), made)

    with stage.step("register_capsule returns it, and makes none"):
        expect_equal("registered", alice.register_capsule().capsule_id, made.capsule_id)
        expect_equal("capsules", len(list(alice.capsules())), 1)

    with stage.step("register_capsule registers a new user, with a capsule"):
        capsule = bob.register_capsule()
        expect_equal("owner", capsule.owner, stage.principal("bob"))
        expect(bob.whoami().registered_at_time_ns is not None, "registered")

    with (
        stage.step("a stranger learns nothing of a private capsule"),
        expect_refusal(CapsuleErrorCapsuleNotFound),
    ):
        bob.capsule(made.capsule_id)

    with stage.step("everybody reads a public one"):
        alice.set_visibility(made.capsule_id, Visibility.PUBLIC)
        seen = bob.capsule(made.capsule_id)
        expect_equal("name", seen.name, "The Millers")
        expect_equal("access", seen.my_access, Level.READ)

    with stage.step("its owner changes it, and what is left out stays"):
        changed = alice.update_capsule(made.capsule_id, name="The Smiths")
        expect_equal("name", changed.name, "The Smiths")
        expect_equal("description", changed.description, "Four generations")

    with stage.step("a deleted capsule is gone"):
        alice.delete_capsule(made.capsule_id)
        with expect_refusal(CapsuleErrorCapsuleNotFound):
            alice.capsule(made.capsule_id)
