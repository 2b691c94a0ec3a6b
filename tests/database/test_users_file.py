"""The CSV file on the controller: which one is taken, and what becomes of refused rows."""

from __future__ import annotations

import os
import stat

from database.playbook import Playbook, private, task
from database.tables import stored

SECRET = "Zq7-unmistakable"


def test_a_file_that_cannot_be_taken(playbook: Playbook) -> None:
    place = playbook.place
    (place / "folder").mkdir()
    os.mkfifo(place / "pipe")
    (place / "open.csv").write_text(f"a@example.test,{SECRET},\n")
    (place / "open.csv").chmod(0o640)
    (place / "empty.csv").write_text("")
    (place / "utf-16.csv").write_text("a@example.test,x,\n", encoding="utf-16")
    (place / "no-passwords.csv").write_text("a@example.org,\n")
    before = stored(playbook.run)
    names = ("missing.csv", "folder", "pipe", "open.csv", "empty.csv", "utf-16.csv")
    tasks = [task("mail_users", src=name) for name in (*names, "no-passwords.csv")]
    printed = playbook(*tasks, task("mail_users", users="a@example.test"))
    for text in (
        "The file 'missing.csv' of mail_users cannot be read on the controller: No such file",
        "The file 'folder' of mail_users cannot be read on the controller: Is a directory (",
        "The file 'pipe' of mail_users is no regular file.",
        "open.csv: It holds passwords in clear text, and others than its owner may read or write it"
        f" (mode 0640); chmod 600 {place}/open.csv mends that.",
        "empty.csv: The file is empty; write a user on each line as email,password,full_name.",
        "utf-16.csv: The file is UTF-16 (little endian); save it as UTF-8.",
        "no-passwords.csv line 1, column email: The user 'a@example.org' cannot be added",
        "The option users of mail_users is no list.",
        "ignored=8",
    ):
        assert text in printed, printed
    assert SECRET not in printed
    assert stored(playbook.run) == before
    assert not list(place.glob("*.rejected*"))[1:]


def test_refused_rows_are_in_a_file_of_their_own(playbook: Playbook) -> None:
    place = playbook.place
    bad = "".join(f"u{number}@example.org,{SECRET},U\n" for number in range(2, 122))
    private(place / "users.csv", f"a@example.test,{SECRET},A\n{bad}b@,{SECRET},B\n")
    before = stored(playbook.run)
    given = task("mail_users", src="users.csv", rounds=5000)
    checked = playbook(given, arguments=["--check"])
    assert "121 faults, nothing was written:" in checked
    assert not list(place.glob("*.rejected*"))
    printed = playbook(given, arguments=["-v"])
    assert "and 71 more" in printed
    assert printed.count('"reason": ') == 50
    assert f"The refused rows and their reasons are in '{place}/users.rejected.csv'." in printed
    assert SECRET not in printed
    assert stored(playbook.run) == before
    rejected = place / "users.rejected.csv"
    assert stat.S_IMODE(rejected.stat().st_mode) == 0o600
    lines = rejected.read_text().splitlines()
    assert lines[0] == "email,password,full_name,reason"
    assert len(lines) == 122
    assert lines[1].startswith(f'u2@example.org,{SECRET},U,"email: The user ')
    rejected.write_text(rejected.read_text().replace("example.org", "example.test"))
    private(place / "mine.csv", "kept\n")
    printed = playbook(
        # the rows that are not mended yet make another one
        task("mail_users", src="users.rejected.csv", rounds=5000),
        task("mail_users", src="users.csv", rejects="mine.csv"),
        task("mail_users", src="users.csv", rejects="users.csv"),
        task("mail_users", src="users.csv"),
    )
    again = place / "users.rejected.rejected.csv"
    assert f"The refused rows and their reasons are in '{again}'." in printed
    assert len(again.read_text().splitlines()) == 2
    assert "mine.csv' was not written: another file has this name; give rejects another" in printed
    assert "users.csv' was not written: it is the file with the users; give rejects" in printed
    assert (place / "mine.csv").read_text() == "kept\n"
    assert rejected.read_text() == "\n".join(lines) + "\n"
