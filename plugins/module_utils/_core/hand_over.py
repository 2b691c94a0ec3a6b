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
    "# UNCONFIRMED: the run ended before it was known whether these users were added. Run it again:"
    " who then counts as existing has the password below, who is added gets another one.\n"
)


def hand_over_text(users: t.Iterable[NewUser], notice: str = "") -> str:
    """A CSV file with one line for each new user, below the notice."""
    written = io.StringIO(newline="")
    written.write(notice)
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow(COLUMNS)
    rows.writerows(users)
    return written.getvalue()
