import pytest
from hypothesis import given

from ic_factory.protocol.candid import (
    CandidSubtypeError,
    check_subtype,
    check_upgrade,
    decode,
    encode,
    is_subtype,
)
from ic_factory.protocol.candid.did import parse_did, parse_types
from ic_factory.protocol.candid.types import EMPTY, RESERVED, Opt, Record, recursive
from tests.unit.candid.candid_strategies import all_types, arguments


def types(text):
    return parse_types(f"({text})")


@given(all_types)
def test_each_type_is_between_empty_and_reserved_and_below_itself(candid_type):
    assert is_subtype(candid_type, candid_type)
    assert is_subtype(EMPTY, candid_type)
    assert is_subtype(candid_type, RESERVED)
    assert is_subtype(candid_type, Opt(EMPTY))


@given(arguments(), all_types)
def test_values_of_a_subtype_can_be_read_at_the_supertype(typed, expected):
    for actual, value in zip(*typed, strict=True):
        if is_subtype(actual, expected):
            decode(encode([actual], [value]), [expected])


@pytest.mark.parametrize(
    "pair",
    [
        "nat, int",
        "service {}, principal",
        "vec nat, vec int",
        "record { a : nat; b : text }, record { a : int }",
        "record { d : nat }, record { a : opt nat; b : null; c : reserved }",
        "variant { a }, variant { a; b }",
        "func (int) -> (nat), func (nat) -> (int)",
        "func () -> (nat, text), func () -> (nat)",
        "func (nat, opt text) -> (), func (nat, text) -> ()",
        "service { f : () -> (); g : () -> () }, service { f : () -> () }",
    ],
)
def test_the_rules_hold_one_way(pair):
    sub, sup = types(pair)
    assert is_subtype(sub, sup)
    assert not is_subtype(sup, sub)


@pytest.mark.parametrize(
    ("pair", "reason"),
    [
        ("int, nat", "int is no subtype of nat"),
        ("nat8, nat", "nat8 is no subtype of nat"),
        ("vec record { a : text }, vec record { a : nat }", "element, field a: text is no subtype"),
        ("record {}, record { a : nat }", "field a is missing"),
        ("variant { a; b }, variant { a }", "case b is not expected"),
        ("func () -> () query, func () -> ()", "the function is query, not update"),
        ("func (text) -> (), func (nat) -> ()", "argument 0: nat is no subtype of text"),
        ("func () -> (), func () -> (nat)", "result 0 is missing"),
        ("service {}, service { f : () -> () }", "method f is missing"),
        ("principal, service {}", "principal is no subtype of service"),
    ],
)
def test_what_does_not_fit_is_said_with_its_place(pair, reason):
    with pytest.raises(CandidSubtypeError) as caught:
        check_subtype(*types(pair))
    assert reason in str(caught.value)


def test_recursive_types_that_unroll_to_the_same_are_equal():
    once = recursive("Once", lambda self: Record.of({"next": Opt(self)}))
    twice = recursive(
        "Twice", lambda self: Record.of({"next": Opt(Record.of({"next": Opt(self)}))})
    )
    endless = recursive("A", lambda self: Record.tuple_of(self))
    doubled = recursive("B", lambda self: Record.tuple_of(Record.tuple_of(self)))
    assert is_subtype(once, twice)
    assert is_subtype(twice, once)
    assert is_subtype(endless, doubled)
    assert is_subtype(doubled, endless)
    assert not is_subtype(endless, once.environment.define("C", Record.of({"x": EMPTY})))


def test_upgrades_are_checked_method_by_method():
    old = parse_did("service : { get : (nat) -> (text) query }").service
    new = parse_did("service : { get : (int) -> (text, nat) query; set : () -> () }").service
    check_upgrade(new, old)
    narrow = parse_did("service : { get : (nat) -> (text, nat) query; set : () -> () }").service
    reason = "method get, argument 0: int is no subtype of nat"
    with pytest.raises(CandidSubtypeError, match=reason):
        check_upgrade(narrow, new)
    with pytest.raises(CandidSubtypeError, match="the new type is reserved, not a service"):
        check_upgrade(RESERVED, old)


def test_chains_of_any_length_are_compared():
    left = parse_did(
        "".join(f"type a{i} = record {{ a{i + 1} }};" for i in range(3000)) + "type a3000 = nat;"
    )
    right = parse_did(
        "".join(f"type b{i} = record {{ b{i + 1} }};" for i in range(3000)) + "type b3000 = int;"
    )
    assert is_subtype(left.types["a0"], right.types["b0"])
    assert not is_subtype(right.types["b0"], left.types["a0"])
