"""What the help texts give as examples is what runs."""

import pytest

from tests.cli.examples import ELSEWHERE, ENDLESS, EXAMPLES, all_examples

endings = [each for each in EXAMPLES if each.path not in ENDLESS]


@pytest.mark.parametrize("example", endings, ids=lambda example: example.path)
def test_the_example_runs(world, example):
    example.prepare(world)
    ended = world.run(*example.words(world))
    assert ended.returncode == 0, ended.stderr
    assert "Traceback" not in ended.stderr
    assert "\x1b" not in ended.stdout + ended.stderr


def test_each_exception_is_a_command_or_a_group():
    paths = [each.path for each in all_examples()]
    assert set(paths) >= ENDLESS
    assert not [each for each in ELSEWHERE if not any(path.startswith(each) for path in paths)]
