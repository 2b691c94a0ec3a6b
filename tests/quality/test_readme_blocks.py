"""What the reader of README.md understands, and what he does not."""

from __future__ import annotations

import os
import pathlib

import pytest

from readme.blocks import RUNNERS, Block, blocks, in_order, missing_output
from readme.dialogue import exchanges, talk

TEXT = """\
# Mail
```bash checkout
make demo
```
   ~~~ini file=inventory
[mail]
```
~~~
````bash checkout afterwards
make demo-down
````
```bash controller
ls
"""


def test_blocks() -> None:
    assert blocks(TEXT) == [
        Block(2, "bash checkout", "make demo\n"),
        Block(5, "ini file=inventory", "[mail]\n```\n"),
        Block(9, "bash checkout afterwards", "make demo-down\n"),
        Block(12, "bash controller (never closed)", ""),
    ]


def test_what_comes_afterwards_is_last() -> None:
    assert [block.line for block in in_order(blocks(TEXT))] == [2, 5, 12, 9]


@pytest.mark.parametrize(
    "info",
    ["", "bash", "console checkout", "bash checkout please", "ini file=../a", "ini file=a b"],
)
def test_block_that_nobody_runs(info: str) -> None:
    assert Block(1, info, "").runner not in RUNNERS


@pytest.mark.parametrize(
    ("expected", "printed", "missing"),
    [
        ("a\nb\n", "xa\nb", ""),
        ("b\na\n", "a\nb", "a"),
        ("HEALTH 100% (…/… checks passed)", "HEALTH 100% (3/3 checks passed)", ""),
        ("HEALTH 100% (…/… checks passed)", "HEALTH 99% (3/3 checks passed)", "HEALTH 100% (…/…"),
    ],
)
def test_missing_output(expected: str, printed: str, missing: str) -> None:
    assert missing_output(expected, printed).startswith(missing)
    assert bool(missing_output(expected, printed)) == bool(missing)


def test_exchanges() -> None:
    assert exchanges("Address: a@example.org\n\nFull name: A: B\n") == [
        ("Address", "a@example.org"),
        ("Full name", "A: B"),
    ]
    with pytest.raises(ValueError, match="not of the form"):
        exchanges("hello\n")


ASKS = 'read -r -p "Name: " name; read -r -s -p "Secret: " secret; echo "$name-$secret"'


def test_talk(tmp_path: pathlib.Path) -> None:
    answers = [("Name", "me"), ("Secret", "x")]
    status, printed = talk(["bash", "-c", ASKS], str(tmp_path), os.environ, answers)
    assert status == 0
    assert "me-x" in printed


def test_talk_that_ends_otherwise_is_told(tmp_path: pathlib.Path) -> None:
    status, _printed = talk(["bash", "-c", "exit 3"], str(tmp_path), os.environ, [])
    assert status == 3
    status, printed = talk(["bash", "-c", "true"], str(tmp_path), os.environ, [("Name", "me")])
    assert status == 1
    assert "did not ask 'Name'" in printed
