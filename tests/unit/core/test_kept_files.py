"""The way back to the files that were kept."""

from __future__ import annotations

import pytest

from ansible_collections.selfhost.mail.plugins.module_utils._core.kept_files import (
    SUFFIX,
    Return,
    is_managed,
    plan,
    report,
)

MAIN, MASTER, DOVECOT = (
    "/etc/postfix/main.cf",
    "/etc/postfix/master.cf",
    "/etc/dovecot/dovecot.conf",
)
PART, LOOKUP = "/etc/dovecot/conf.d/10-mail.conf", "/etc/postfix/pgsql/domain.cf"
OPENDKIM, KEYS = "/etc/opendkim.conf", "/etc/opendkim/keys.lua"
POSTFIX_UNIT = "/etc/systemd/system/postfix.service.d/selfhost-mail.conf"
NOTHING = Return((), (), (), ())


def kept(*paths: str) -> list[str]:
    return [f"{path}{SUFFIX}" for path in paths]


@pytest.mark.parametrize(
    ("paths", "ours", "way"),
    [
        ([], [], NOTHING),
        ([MAIN, DOVECOT], [MAIN, DOVECOT], NOTHING),
        (
            [MAIN, MASTER, LOOKUP, POSTFIX_UNIT, *kept(MAIN, MASTER)],
            [MAIN, MASTER, LOOKUP, POSTFIX_UNIT],
            Return((MAIN, MASTER), (LOOKUP, POSTFIX_UNIT), ("postfix",), ()),
        ),
        # what came with ours ends with it
        (
            [MAIN, OPENDKIM, KEYS, DOVECOT, PART, *kept(DOVECOT, PART)],
            [MAIN, OPENDKIM, KEYS, DOVECOT],
            Return((PART, DOVECOT), (), ("dovecot",), ("opendkim", "postfix")),
        ),
        # a daemon that was never ours is nobody's business
        ([MAIN, *kept(DOVECOT)], [], Return((DOVECOT,), (), ("dovecot",), ())),
        # ours had been taken away by hand
        (kept(MAIN), [], Return((MAIN,), (), ("postfix",), ())),
    ],
)
def test_plan(paths: list[str], ours: list[str], way: Return) -> None:
    assert plan(paths, ours) == way


def test_report() -> None:
    way = Return((MAIN,), (LOOKUP,), ("postfix",), ("opendkim",))
    assert report(way, former_exim=True) == [
        f"{MAIN} is back.",
        f"{LOOKUP} is removed.",
        "postfix runs with what it had.",
        "opendkim is stopped: it was not there before.",
        "exim4 was there before: apt-get install exim4-daemon-light brings it back.",
    ]
    assert report(NOTHING, former_exim=True) == []


def test_what_is_ours() -> None:
    assert is_managed("# Managed by selfhost.mail: change postfix_settings.\n")
    assert not is_managed("# Mine. It goes with selfhost.mail.\n")
    assert not is_managed("\n" * 10 + "# Managed by selfhost.mail.\n")
