"""The filter hands on to the core and turns its sentences into Ansible's errors."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from unit.filter.loaded import FILTERS

text_table = FILTERS["text_table"]


def test_a_table() -> None:
    assert text_table([{"a": "b"}], {"a": "Name"}) == ["Name", "b"]


def test_errors_are_sentences() -> None:
    with pytest.raises(AnsibleFilterError, match="has no column 'b'"):
        text_table([{"a": 1}], ["b"])
