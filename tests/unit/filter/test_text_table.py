"""The filter hands on to the core and turns its sentences into Ansible's errors."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.selfhost.mail.plugins.filter import text_table


def test_a_table() -> None:
    assert text_table.text_table([{"a": "b"}], {"a": "Name"}) == ["Name", "b"]
    assert set(text_table.FilterModule().filters()) == {"text_table"}


def test_errors_are_sentences() -> None:
    with pytest.raises(AnsibleFilterError, match="has no column 'b'"):
        text_table.text_table([{"a": 1}], ["b"])
