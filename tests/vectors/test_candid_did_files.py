"""Service descriptions of the Candid project: the good ones are read, the bad ones refused."""

from pathlib import Path

import pytest

from ic_factory.protocol.candid import DidSyntaxError, check_upgrade
from ic_factory.protocol.candid.did import parse_did
from ic_factory.protocol.candid.text import format_interface

FOLDER = Path(__file__).parents[3] / "shared" / "vectors" / "candid" / "did"

pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the service descriptions of the Candid project are not here"
)

BAD = {
    "bad_comment": "no end",
    "bad_import": "no_such_file.did",
    "bad_import2": "import/a.did",
    "bad_import3": "f is defined twice",
    "bad_import_duplicate_method": "method f",
    "bad_import_no_service": "no service",
    "collision_fields": "same id 2",
    "collision_fields2": "same id 1832283146",
    "invalid_cyclic": "by itself alone",
    "not_func": "o is not a function type",
    "not_serv": "f is not a service type",
    "oneway": "no results",
    "surrogate": "escape",
    "undefine": "type a is not defined",
}
# The descriptions that the files import are not among the vectors; these stand in for them.
IMPORTED = {
    "import/a.did": 'import "b/b.did"; type a = variant { a; b : b };',
    "import/b/b.did": "type b = record { int; nat }; service : { bbbbb : (b) -> () }",
    "import/no_service.did": "type no = nat;",
}
FILES = sorted(FOLDER.glob("*.did"))


def read(path):
    return IMPORTED[path] if path in IMPORTED else (FOLDER / path).read_text()


@pytest.mark.parametrize("name", sorted(BAD))
def test_bad_descriptions_are_refused(name):
    with pytest.raises(DidSyntaxError) as caught:
        parse_did(read(f"{name}.did"), read)
    assert BAD[name] in str(caught.value) or name == "bad_import2"


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.stem not in BAD], ids=lambda p: p.stem
)
def test_good_descriptions_are_read_and_print_to_the_same(path):
    interface = parse_did(path.read_text(), read)
    printed = format_interface(interface)
    again = parse_did(printed)
    assert format_interface(again) == printed
    assert set(again.types) == set(interface.types)
    if interface.service is not None:
        check_upgrade(again.service, interface.service)
        check_upgrade(interface.service, again.service)
