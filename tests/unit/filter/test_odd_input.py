"""Whatever a filter is given: an answer or a sentence, never Python's own words."""

from __future__ import annotations

import itertools
import typing as t

import pytest
from ansible.errors import AnsibleFilterError

from unit.filter.loaded import FILTERS

ODD: tuple[t.Any, ...] = (
    None,
    "",
    "x",
    "a@b@c",
    0,
    -1.5,
    True,
    [],
    [None],
    [1],
    [{}],
    [{"name": 1}],
    {},
    {"port": None, "addresses": 1},
    {"smtp": None},
    {"smtp": {"enabled": True}},
    {"a": {"b": [{}]}},
    {1: object()},
)


@pytest.mark.parametrize("name", FILTERS)
def test_odd_values_end_in_a_sentence(name: str) -> None:
    refused = 0
    for count in (1, 2, 3):
        for values in itertools.product(ODD, repeat=count):
            try:
                FILTERS[name](*values)
            except AnsibleFilterError as error:
                refused += 1
                assert str(error).endswith("."), (values, error)
    assert refused
