"""Random types, and random values of them."""

from hypothesis import strategies as st

from ic_factory.errors import CandidError
from ic_factory.protocol.candid.types import (
    BLOB,
    BOOL,
    FLOAT32,
    FLOAT64,
    INT,
    INT8,
    INT16,
    INT32,
    INT64,
    NAT,
    NAT8,
    NAT16,
    NAT32,
    NAT64,
    NULL,
    PRINCIPAL,
    RESERVED,
    TEXT,
    Field,
    Func,
    FuncMode,
    Opt,
    Primitive,
    Record,
    Service,
    ServiceMethod,
    Variant,
    Vec,
    is_blob,
    label_hash,
    recursive,
    resolve,
)
from ic_factory.protocol.principal import Principal

FIXED = {
    NAT8: (0, 8),
    NAT16: (0, 16),
    NAT32: (0, 32),
    NAT64: (0, 64),
    INT8: (1, 8),
    INT16: (1, 16),
    INT32: (1, 32),
    INT64: (1, 64),
}
SCALAR_TYPES = [NULL, BOOL, NAT, INT, *FIXED, FLOAT32, FLOAT64, TEXT, PRINCIPAL]

LIST = recursive("List", lambda self: Opt(Record.of({"head": INT, "tail": self})))
TREE = recursive(
    "Tree",
    lambda self: Variant.of({"leaf": TEXT, "branch": Record.tuple_of(self, Vec(self))}),
)

names = st.one_of(
    st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True),
    st.sampled_from(["record", "a b", "☃", '"', "\\n", "", "2"]),
)


@st.composite
def fields(draw, types, labels, min_size=0):
    chosen = {}
    for name in draw(st.lists(labels, min_size=min_size, max_size=4)):
        field_type = draw(types)
        field = (
            Field(name, field_type)
            if isinstance(name, int)
            else Field(label_hash(name), field_type, name)
        )
        chosen.setdefault(field.label, field)
    return tuple(chosen.values())


def functions(types):
    return st.builds(
        lambda args, results, mode: Func(
            tuple(args),
            () if mode is FuncMode.ONEWAY else tuple(results),
            () if mode is None else (mode,),
        ),
        st.lists(types, max_size=2),
        st.lists(types, max_size=2),
        st.sampled_from([None, *FuncMode]),
    )


def services(types):
    return st.builds(
        lambda methods: Service(tuple(ServiceMethod(name, f) for name, f in methods.items())),
        st.dictionaries(names, functions(types), max_size=2),
    )


def extend(types):
    labels = st.one_of(names, st.integers(0, 2**32 - 1))
    return st.one_of(
        st.builds(Opt, types),
        st.builds(Vec, types),
        st.builds(Record, fields(types, labels)),
        st.builds(lambda parts: Record.tuple_of(*parts), st.lists(types, min_size=1, max_size=3)),
        st.builds(Variant, fields(types, labels, min_size=1)),
        functions(types),
        services(types),
    )


all_types = st.recursive(
    st.sampled_from([*SCALAR_TYPES, RESERVED, BLOB, LIST, TREE]), extend, max_leaves=8
)
principals = st.builds(Principal, st.binary(max_size=29))


def values(candid_type, depth=0):
    """Returns a strategy of values as `decode` returns them."""
    kind = resolve(candid_type)
    if isinstance(kind, Primitive):
        return scalars(kind)
    if is_blob(kind):
        return st.binary(max_size=20)
    match kind:
        case Opt(inner):
            some = st.deferred(lambda: st.lists(values(inner, depth + 1), max_size=1))
            return st.just([]) if depth > 5 else some
        case Vec(inner):
            many = st.deferred(lambda: st.lists(values(inner, depth + 1), max_size=3))
            return st.just([]) if depth > 5 else many
        case Record():
            parts = [values(field.type, depth + 1) for field in kind.fields]
            if kind.is_tuple:
                return st.tuples(*parts)
            return st.fixed_dictionaries(dict(zip(kind.keys, parts, strict=True)))
        case Variant():
            cases = list(zip(kind.keys, kind.fields, strict=True))
            if depth > 3:
                cases = [case for case in cases if case[1].name == "leaf"] or cases
            return st.one_of(
                [st.fixed_dictionaries({k: values(f.type, depth + 1)}) for k, f in cases]
            )
        case Func():
            return st.tuples(principals, names)
        case Service():
            return principals


def scalars(kind):
    if kind in FIXED:
        signed, bits = FIXED[kind]
        return st.integers(-(1 << bits - 1) * signed, (1 << bits - signed) - 1)
    return {
        "null": st.none(),
        "reserved": st.none(),
        "bool": st.booleans(),
        "nat": st.integers(0) | st.integers(0, 1 << 300),
        "int": st.integers() | st.integers(-(1 << 300), 1 << 300),
        "float32": st.floats(width=32, allow_nan=False),
        "float64": st.floats(allow_nan=False),
        "text": st.text(),
        "principal": principals,
    }[kind.name]


def refusal(read, *args):
    """Returns the error of this package that a call ends in, None if it ends well."""
    try:
        read(*args)
    except CandidError as error:
        return error
    return None


@st.composite
def arguments(draw, types=all_types):
    """Draws a list of types, and a list of values of them."""
    chosen = draw(st.lists(types, max_size=3))
    return chosen, [draw(values(each)) for each in chosen]
