import struct
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ic_factory.errors import CandidError
from ic_factory.protocol.candid import (
    ArgumentDecoder,
    CandidCoercionError,
    CandidTypeError,
    CandidWireError,
    decode,
    encode,
    is_subtype,
    types_of,
)
from ic_factory.protocol.candid.types import (
    BLOB,
    BOOL,
    EMPTY,
    FLOAT32,
    INT,
    NAT,
    NAT8,
    NAT16,
    NAT64,
    NULL,
    PRINCIPAL,
    RESERVED,
    TEXT,
    Field,
    Func,
    Named,
    Opt,
    Record,
    Service,
    TypeEnvironment,
    Variant,
    Vec,
    recursive,
)
from ic_factory.protocol.leb128 import (
    encode_signed,
    encode_unsigned,
    signed_of,
    unsigned_of,
)
from ic_factory.protocol.principal import Principal
from tests.unit.candid.candid_strategies import LIST, all_types, arguments, refusal

MANAGEMENT = Principal(b"")
PERSON = Record.of({"name": TEXT, "age": Opt(NAT8), "tags": Vec(TEXT)})


@given(arguments())
def test_what_is_encoded_decodes_to_the_same(typed):
    types, values = typed
    assert decode(encode(types, values), types) == values


@given(arguments())
def test_a_message_says_what_its_types_are(typed):
    types, values = typed
    message = encode(types, values)
    assert all(
        is_subtype(said, meant) and is_subtype(meant, said)
        for said, meant in zip(types_of(message), types, strict=True)
    )
    again = types_of(message)
    assert decode(encode(again, decode(message)), types) == values


@given(arguments(), arguments(), st.binary(max_size=3))
def test_a_decoder_that_has_seen_other_messages_reads_as_a_new_one_does(typed, other, tail):
    types, _ = typed
    decoder = ArgumentDecoder(types)
    for message in (encode(*other), encode(*typed) + tail, encode(*typed), encode(*other)):
        assert outcome(decoder.decode, message) == outcome(ArgumentDecoder(types).decode, message)


def outcome(read, message):
    try:
        return read(message)
    except CandidWireError as error:
        return type(error), str(error)


@given(st.binary(max_size=60), st.lists(all_types, max_size=2))
def test_random_bytes_are_refused_with_the_errors_of_this_package(tail, types):
    for expected in (None, types):
        error = refusal(decode, b"DIDL" + tail, expected)
        assert error is None or (
            isinstance(error, CandidWireError) and error.offset <= len(tail) + 4
        )


@given(arguments(), st.data())
def test_damaged_messages_are_refused_with_the_errors_of_this_package(typed, data):
    types, values = typed
    message = bytearray(encode(types, values))
    for _ in range(data.draw(st.integers(1, 3))):
        message[data.draw(st.integers(0, len(message) - 1))] = data.draw(st.integers(0, 255))
    for expected in (None, types):
        error = refusal(decode, message, expected)
        assert error is None or (
            isinstance(error, CandidWireError) and error.offset <= len(message)
        )


@given(arguments(), st.lists(all_types, max_size=3))
def test_decoding_as_other_types_succeeds_for_all_supertypes(typed, expected):
    types, values = typed
    message = encode(types, values)
    fits = len(types) >= len(expected) and all(map(is_subtype, types, expected))
    try:
        decode(message, expected)
    except CandidCoercionError:
        assert not fits


@given(st.integers(0, 1 << 2000))
def test_unsigned_leb128_round_trips_in_the_shortest_form(number):
    groups = encode_unsigned(number)
    assert len(groups) == max(1, -(-number.bit_length() // 7))
    assert unsigned_of(groups) == number


@given(st.integers(-(1 << 2000), 1 << 2000))
def test_signed_leb128_round_trips_in_the_shortest_form(number):
    groups = encode_signed(number)
    assert len(groups) == (number if number >= 0 else ~number).bit_length() // 7 + 1
    assert signed_of(groups) == number


def test_a_known_message():
    message = encode([Record.of({"foo": INT, "bar": BOOL})], [{"foo": 42, "bar": True}])
    assert message.hex() == "4449444c016c02d3e3aa027e868eb7027c0100012a"


def test_unknown_fields_are_called_by_their_ids():
    message = encode(
        [Record.of({"foo": NAT}), Variant.of({"bar": NULL})], [{"foo": 1}, {"bar": None}]
    )
    assert decode(message) == [{"_5097222": 1}, {"_4895187": None}]


def test_tuples_come_out_as_tuples_and_go_in_as_tuples_lists_or_dicts():
    pair = Record.tuple_of(NAT, TEXT)
    messages = {encode([pair], [value]) for value in ((1, "x"), [1, "x"], {"_0": 1, 1: "x"})}
    assert [decode(message, [pair]) for message in messages] == [[(1, "x")]]
    assert decode(messages.pop()) == [(1, "x")]


def test_ids_can_stand_for_names_on_the_way_in():
    record = Record((Field.named("foo", NAT), Field(7, NAT)))
    assert encode([record], [{"_5097222": 1, "_7": 2}]) == encode([record], [{"foo": 1, 7: 2}])


def test_a_name_that_looks_like_an_id_does_not_clash_with_it():
    record = Record((Field(2, NAT), Field.named("_2", TEXT)))
    value = {"_2_": 1, "_2": "x"}
    assert decode(encode([record], [value]), [record]) == [value]


def test_fields_that_may_be_null_may_be_left_out():
    assert decode(encode([PERSON], [{"name": "a", "tags": []}]), [PERSON]) == [
        {"name": "a", "age": [], "tags": []}
    ]
    assert encode([Opt(NAT)], [None]) == encode([Opt(NAT)], [[]])


@pytest.mark.parametrize("form", [bytes, bytearray, memoryview, list])
def test_blobs_go_in_as_any_kind_of_bytes_and_come_out_as_bytes(form):
    assert decode(encode([BLOB], [form(b"\x00\xff")]), [BLOB]) == [b"\x00\xff"]


def test_principals_go_in_as_any_kind_of_principal():
    ic = pytest.importorskip("ic.principal")
    raw = bytes.fromhex("caffee")
    forms = (Principal(raw), ic.Principal(raw), "w7x7r-cok77-xa", raw)
    assert {encode([PRINCIPAL], [form]) for form in forms} == {
        encode([PRINCIPAL], [Principal(raw)])
    }


def test_functions_and_services_carry_principals():
    types = [Func((NAT,), (), ()), Service()]
    values = [(MANAGEMENT, "raw_rand"), MANAGEMENT]
    assert decode(encode(types, values), types) == values
    assert decode(encode(types, [("aaaaa-aa", "raw_rand"), "aaaaa-aa"]), types) == values


@pytest.mark.parametrize(
    ("candid_type", "value", "path", "words"),
    [
        (NAT8, 256, "[0]", "out of the range of nat8"),
        (NAT, -1, "[0]", "not negative"),
        (NAT, True, "[0]", "bool"),
        (INT, 1.0, "[0]", "expected int"),
        (TEXT, b"x", "[0]", "expected text"),
        (TEXT, "\ud800", "[0]", "surrogate"),
        (BOOL, 1, "[0]", "expected a bool"),
        (NULL, 0, "[0]", "null"),
        (EMPTY, None, "[0]", "empty"),
        (FLOAT32, 1e300, "[0]", "float32"),
        (PRINCIPAL, "nonsense", "[0]", "principal"),
        (BLOB, [1, 256], "[0][1]", "nat8"),
        (BLOB, "text", "[0]", "bytes"),
        (Vec(NAT64), [1, 2, -3], "[0][2]", "nat64"),
        (Opt(NAT), [1, 2], "[0]", "opt"),
        (Opt(NAT), 1, "[0]", "opt"),
        (PERSON, {"name": "a", "tags": ["b", 3]}, "[0].tags[1]", "text"),
        (PERSON, {"name": "a"}, "[0].tags", "missing"),
        (
            PERSON,
            {"name": "a", "tags": [], "agee": 1},
            "[0]",
            "'agee'; its fields: age, name, tags",
        ),
        (PERSON, [], "[0]", "dict"),
        (Record.tuple_of(NAT, NAT), (1,), "[0]", "tuple of 2"),
        (Variant.of({"a": NAT}), {"b": 1}, "[0]", "no case 'b'; its cases: a"),
        (Variant.of({"a": NAT}), {"a": "x"}, "[0].a", "nat"),
        (Variant.of({"a": NAT}), {}, "[0]", "one case"),
        (Func(), ("aaaaa-aa",), "[0]", "function"),
    ],
)
def test_values_that_do_not_fit_are_refused_with_the_path_to_them(candid_type, value, path, words):
    with pytest.raises(CandidTypeError) as caught:
        encode([candid_type], [value])
    assert "".join(caught.value.path) == path
    assert words in str(caught.value)


def test_a_wrong_number_of_values_is_refused():
    with pytest.raises(CandidTypeError, match="expected 1 values, got 2"):
        encode([NAT], [1, 2])


def test_a_mismatch_says_where_it_is():
    message = encode([Record.of({"a": Variant.of({"b": TEXT})})], [{"a": {"b": "x"}}])
    with pytest.raises(
        CandidCoercionError, match=r"\[0\]\.a\.b: text where nat is expected"
    ) as caught:
        decode(message, [Record.of({"a": Variant.of({"b": NAT})})])
    assert caught.value.path == ("[0]", ".a", ".b")


def test_an_opt_falls_back_to_null_and_reading_goes_on_behind_it():
    message = encode([Opt(Vec(TEXT)), NAT], [[["a", "b"]], 7])
    assert decode(message, [Opt(Vec(NAT)), NAT]) == [[], 7]


def test_undefined_and_cyclic_names_are_refused():
    environment = TypeEnvironment()
    with pytest.raises(CandidTypeError, match="type a is not defined"):
        encode([Named("a", environment)], [1])
    environment.define("a", Named("b", environment))
    environment.define("b", Named("a", environment))
    with pytest.raises(CandidTypeError, match="by itself"):
        encode([Named("a", environment)], [1])


def linked(length):
    value = []
    for number in range(length):
        value = [{"head": number, "tail": value}]
    return value


def test_lists_may_be_a_hundred_long_but_not_endless():
    assert decode(encode([LIST], [linked(100)]), [LIST]) == [linked(100)]
    with pytest.raises(CandidTypeError, match="too deeply"):
        encode([LIST], [linked(5_000)])


def deep_list_message(length):
    head = encode([LIST], [[]])[:-1]
    return head + b"\x01\x00" * length + b"\x00"


def test_deep_messages_are_refused():
    assert decode(deep_list_message(3), [LIST])
    for expected in (None, [LIST], [RESERVED], [], [Opt(NAT)]):
        with pytest.raises(CandidWireError, match="deep"):
            decode(deep_list_message(100_000), expected)


@pytest.mark.parametrize("entry", [b"\x6e", b"\x6d", b"\x6c\x01\x00"])
@pytest.mark.parametrize("expected", [None, [], [RESERVED], [Opt(NAT)], [LIST]])
def test_deep_type_tables_are_refused(entry, expected):
    count = 9_000
    table = b"".join(entry + encode_signed(index + 1) for index in range(count - 1))
    message = b"DIDL" + encode_unsigned(count) + table + entry + b"\x7d\x01\x00" + b"\x01" * count
    with pytest.raises(CandidWireError):
        decode(message, expected)


def test_types_with_values_of_no_end_are_refused():
    endless = recursive("Endless", lambda self: Record.of({"self": self}))
    message = encode([Opt(endless)], [[]])
    assert decode(message, [Opt(endless)]) == [[]]
    with pytest.raises(CandidWireError, match="deep"):
        decode(message[:-1] + b"\x01", [Opt(endless)])


def test_types_that_nest_too_deeply_are_refused():
    deep = NAT
    for _ in range(5_000):
        deep = Opt(deep)
    for action in (lambda: encode([deep], [[]]), lambda: decode(b"DIDL\x00\x00", [deep])):
        with pytest.raises(CandidTypeError, match="deeply"):
            action()


def test_names_must_have_a_form_in_utf8():
    with pytest.raises(CandidTypeError, match="surrogate"):
        Record.of({"\ud800": NAT})


def test_fields_of_one_id_are_refused():
    with pytest.raises(CandidTypeError, match="same id 97"):
        Record((Field(97, NAT), Field.named("a", NAT)))


def test_a_value_that_contains_itself_is_refused():
    loop = {"head": 1}
    loop["tail"] = [loop]
    with pytest.raises(CandidTypeError, match="too deeply"):
        encode([LIST], [[loop]])


def seconds(action):
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def test_a_number_of_a_megabyte_takes_no_quadratic_time():
    number = 1 << 8_000_000
    message = encode([NAT], [number])
    assert seconds(lambda: decode(message, [NAT])) < 1
    with pytest.raises(CandidWireError, match="64-bit"):
        decode(b"DIDL\x00" + b"\xff" * 1_000_000 + b"\x01")


def test_fall_backs_that_read_everything_again_and_again_are_refused():
    nested, expected = Vec(NAT), Vec(TEXT)
    for _ in range(40):
        nested = Record.tuple_of(Opt(nested), NULL)
        expected = Record.tuple_of(Opt(expected), EMPTY)
    value = [1] * 20_000
    for _ in range(40):
        value = ([value], None)
    message = encode([Opt(nested)], [[value]])
    with pytest.raises(CandidWireError, match="more values than it has bytes"):
        decode(message, [Opt(expected)])


def test_blobs_are_copied_not_walked():
    blob = bytes(1 << 20)
    message = encode([BLOB], [blob])
    assert decode(message, [BLOB])[0] == blob
    best_encode = min(seconds(lambda: encode([BLOB], [blob])) for _ in range(20))
    best_decode = min(seconds(lambda: decode(message, [BLOB])) for _ in range(20))
    walk = min(seconds(lambda: sum(blob)) for _ in range(3))
    assert best_encode < walk
    assert best_decode < walk


def test_packed_numbers_are_as_their_bytes_say():
    numbers = [0, 1, 65_535]
    message = encode([Vec(NAT16)], [numbers])
    assert message.endswith(b"\x03" + struct.pack("<3H", *numbers))
    assert decode(message, [Vec(NAT16)]) == [numbers]


def test_threads_may_share_a_decoder():
    decoder = ArgumentDecoder([LIST])
    message, results = encode([LIST], [linked(20)]), []
    threads = [
        threading.Thread(target=lambda: results.append(decoder.decode(message))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [[linked(20)]] * 8


def test_wire_errors_are_candid_errors_with_an_offset():
    with pytest.raises(CandidError) as caught:
        decode(b"DIDL\x00\x01\x7e\x02", [BOOL])
    assert isinstance(caught.value, CandidWireError)
    assert caught.value.offset == 8
