"""Who was meant by a name that is not there."""

from __future__ import annotations

import pytest

from ansible_collections.selfhost.mail.plugins.module_utils._core.suggest import did_you_mean

NAMES = (
    "maria.garcia@example.test",
    "anna@example.test",
    "anne@example.test",
    "anna@example.org",
    "@example.test",
    "example.test",
    "example.org",
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mria.garcia@example.test", "; did you mean 'maria.garcia@example.test'?"),
        ("maria@example.test", "; did you mean 'maria.garcia@example.test'?"),
        ("anna@exmple.test", "; did you mean 'anna@example.test'?"),
        ("ann@example.test", "; did you mean 'anna@example.test' or 'anne@example.test'?"),
        ("x@example.test", "."),
        ("maria.garcia@example.com", "; did you mean 'maria.garcia@example.test'?"),
        ("exmple.test", "; did you mean 'example.test'?"),
        ("@exampl.test", "; did you mean '@example.test'?"),
        ("somewhere.invalid", "."),
    ],
)
def test_the_end_of_a_sentence(text: str, said: str) -> None:
    assert did_you_mean(text, NAMES) == said
