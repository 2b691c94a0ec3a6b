"""The checks, the table of breaks and the documentation name the same things."""

from __future__ import annotations

import pytest

from ansible_collections.selfhost.mail.plugins.module_utils._core.health.catalogue import CHECKS
from health.breaks import BREAKS, GROUPS, Break
from health.document import documented, wanted

WRITE = "PYTHONPATH=tests python -c 'import conftest; from health.document import write; write()'"


def test_every_check_has_a_break() -> None:
    assert {row.check for row in BREAKS} == {check.id for check in CHECKS}


def test_breaks_redden_known_checks() -> None:
    assert {check_id for row in BREAKS for check_id, _word in row.red} <= {c.id for c in CHECKS}


@pytest.mark.parametrize("rows", GROUPS.values(), ids=GROUPS)
def test_rows_of_a_group_redden_different_things(rows: tuple[Break, ...]) -> None:
    assert sum(len(row.red) for row in rows) == len({pair for row in rows for pair in row.red})


def test_the_documentation_has_the_table_of_checks() -> None:
    assert documented() == wanted(), f"write it anew: {WRITE}"
