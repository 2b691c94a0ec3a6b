"""A table whose columns stay in line, whatever the values are."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.selfhost.mail.plugins.module_utils._core.text_table import text_table

Rows = list[dict[str, t.Any]]

CASES: dict[str, tuple[Rows, t.Any, list[str]]] = {
    "headings of one's own": (
        [{"email": "a@example.test", "name": "Anna"}, {"email": "bob@example.test", "name": "B"}],
        {"email": "Address", "name": "Name"},
        ["Address           Name", "a@example.test    Anna", "bob@example.test  B"],
    ),
    "no rows": ([], ["a", "b"], ["a  b"]),
    "numbers at the right": (
        [{"n": 5, "x": 1}, {"n": 1200, "x": "b"}],
        ["n", "x"],
        ["   n  x", "   5  1", "1200  b"],
    ),
    "lists, nothing, truth": (
        [
            {"a": ["x", "y"], "b": None, "c": True},
            {"a": [], "b": "", "c": False},
            {"a": 0, "b": 0, "c": 1},
        ],
        ["a", "b", "c"],
        ["a     b  c", "x, y  –  yes", "–     –  no", "0     0  1"],
    ),
    "wide and combining characters": (
        [{"a": "李伟", "b": "1"}, {"a": "Mari\u0301a", "b": "2"}],
        ["a", "b"],
        ["a      b", "李伟   1", "Mari\u0301a  2"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_lines(name: str) -> None:
    rows, columns, expected = CASES[name]
    assert text_table(rows, columns) == expected


@pytest.mark.parametrize(
    ("rows", "columns", "said"),
    [
        ([{"a": 1}], ["b"], "{'a': 1} of the table has no column 'b'"),
        (["a"], ["a"], "'a' of the table has no column 'a'"),
        ([], [], "no columns"),
    ],
)
def test_errors_are_sentences(rows: t.Any, columns: list[str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        text_table(rows, columns)
