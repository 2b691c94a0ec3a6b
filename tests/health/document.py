"""The table of checks in the guide to health: made from the checks, so never out of date."""

from __future__ import annotations

import pathlib

from ansible_collections.selfhost.mail.plugins.module_utils._core.health.catalogue import CHECKS
from ansible_collections.selfhost.mail.plugins.module_utils._core.health.report.table import table

PATH = pathlib.Path(__file__).resolve().parents[2] / "docs/docsite/rst/health.rst"
HEADING = "The checks\n----------\n"


def documented() -> str:
    return PATH.read_text("utf-8")


def wanted() -> str:
    """The document with the table as it should be; the table is its end."""
    return f"{documented().partition(HEADING)[0]}{HEADING}\n{table(CHECKS)}\n"


def write() -> None:
    PATH.write_text(wanted(), "utf-8")
