"""What commands write with --json is what docs/schemas says: no field more, none less."""

import json

import pytest

from tests.cli.examples import BEFORE, EXAMPLES, filled
from tests.cli.json_schema import SCHEMAS, faults, read, schema_of

INSTEAD = {
    "canister logs": "canister logs CANISTER",
    "factory events": "factory events",
}
"""Commands whose example would show little, or go on for ever."""

BEFORE_A_LIST = {
    "capsule access list": ["capsule access grant CAPSULE PRINCIPAL"],
    "capsule connections list": ["capsule connections add PRINCIPAL"],
    "factory templates list": ["factory templates set user --upload 1 --cycles 1T"],
    "personal list": ["personal create"],
}
"""Commands whose lists would be empty otherwise."""

documents = [each for each in EXAMPLES if each.has_json]


@pytest.mark.parametrize("example", documents, ids=lambda example: example.path)
def test_a_document_has_its_schema(world, example):
    for text in BEFORE.get(example.path, BEFORE_A_LIST.get(example.path, [])):
        world.done(*filled(text, world))
    words = filled(INSTEAD.get(example.path, example.text), world)
    document = json.loads(world.done(*(each for each in words if each != "--json"), "--json"))
    assert faults(document, schema_of(example.path)) == []


def objects(schema):
    if isinstance(schema, dict):
        if "properties" in schema:
            yield schema
        for each in schema.values():
            yield from objects(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from objects(each)


@pytest.mark.parametrize("file", sorted(SCHEMAS.glob("*.json")), ids=lambda file: file.stem)
def test_schemas_leave_no_field_open(file):
    schema = read(file.name)
    for each in objects({name: schema[name] for name in schema.keys() - {"$defs"}}):
        assert each["additionalProperties"] is False
        assert each["required"] == list(each["properties"])


def test_each_command_has_a_schema_and_each_schema_a_command():
    paths = {each.path.replace(" ", "-") for each in documents}
    # tests/scripts/test_quickstart.py holds the quickstart's document against its schema.
    assert {file.stem for file in SCHEMAS.glob("*.json")} - {"common"} == paths | {"quickstart"}


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        ({"default": "alice", "more": 1}, "$: unknown field 'more'"),
        ({}, "$: no field 'default'"),
        ({"default": 1}, "$.default: 1 is no string"),
        ([], "$: [] is no object"),
    ],
)
def test_a_document_that_differs_is_found_out(document, fault):
    assert faults(document, schema_of("identity default")) == [fault]


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        ({"admins": None}, []),
        ({"admins": ["aaaaa-aa"]}, []),
        ({"admins": ["nobody!"]}, ["$.admins[0]: 'nobody!' does not match"]),
    ],
)
def test_alternatives_and_patterns_count(document, fault):
    found = faults(document, schema_of("factory admins list"))
    assert [each.partition(" ^")[0] for each in found if "null" not in each] == fault
