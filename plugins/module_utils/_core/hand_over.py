# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands in a hand-over file: generated passwords and whose they are."""

from __future__ import annotations

import csv
import io
import typing as t

from .importers.csv_users import COLUMNS

# address, password, full name
NewUser = tuple[str, str, str]

UNCONFIRMED = (
    "# UNCONFIRMED: it is not known whether this run added these users. Run it again: who is added"
    " then gets another password, who exists has the one below, unless somebody else added him.\n"
)


def hand_over_text(users: t.Iterable[NewUser], notice: str = "") -> str:
    """A CSV file with one line for each new user, below the notice."""
    written = io.StringIO(newline="")
    written.write(notice)
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow(COLUMNS)
    rows.writerows(users)
    return written.getvalue()
