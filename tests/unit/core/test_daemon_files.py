"""Who made a daemon's file."""

from __future__ import annotations

import pytest

from ansible_collections.selfhost.mail.plugins.module_utils._core.daemon_files import (
    DaemonFiles,
    exim_by_hand,
    made_by_hand,
    md5,
    settings,
    to_keep,
)

EDGE = frozenset({"mail_edge"})
STORE = frozenset({"mail_store"})
MAIN_CF = "/etc/postfix/main.cf"
MASTER_CF = "/etc/postfix/master.cf"
OPENDKIM = "/etc/opendkim.conf"
DOVECOT = "/etc/dovecot/dovecot.conf"
PART = "/etc/dovecot/conf.d/10-mail.conf"
LOCAL = "/etc/dovecot/local.conf"
EXIM = "/etc/exim4/update-exim4.conf.conf"

# The settings of main.cf.debian of postfix 3.10, and what its postinst makes of them unasked.
TEMPLATE = """\
compatibility_level = 3.9
myorigin = $myhostname
smtpd_banner = $myhostname ESMTP $mail_name (Debian)
mynetworks = 127.0.0.0/8
mydestination = $myhostname, localhost.$mydomain, localhost
mailbox_size_limit = 51200000
mailbox_command =
recipient_delimiter =
relayhost =
"""
GENERATED = """\
# See /usr/share/postfix/main.cf.dist for a commented, more complete version
compatibility_level = 3.9
myorigin = /etc/mailname
smtpd_banner = $myhostname ESMTP $mail_name (Debian)
mynetworks = 127.0.0.0/8 [::ffff:127.0.0.0]/104 [::1]/128
mydestination = $myhostname, mx1.example.test, localhost.example.test, , localhost
mailbox_size_limit = 0
mailbox_command =
alias_maps = hash:/etc/aliases
alias_database = hash:/etc/aliases
recipient_delimiter = +
relayhost =
smtpd_relay_restrictions = permit_mynetworks permit_sasl_authenticated defer_unauth_destination
myhostname = mx1.example.test
inet_interfaces = all
inet_protocols = all
"""
TEMPLATE_TLS = """\
smtpd_tls_security_level = may
smtp_tls_security_level = may
"""
HAND = "# by hand\nprotocols = imap\n"
OURS = "# Managed by selfhost.mail\n"


@pytest.mark.parametrize(
    ("change", "by_hand"),
    [
        (("", ""), False),
        (("mx1.example.test, localhost.example.test, , localhost", "mx1, localhost"), False),
        (
            (
                "mx1.example.test, localhost.example.test, , localhost",
                "localdomain, localhost, localhost.localdomain, localhost",
            ),
            False,
        ),
        (("myhostname = mx1.example.test", "myhostname = other.example.org"), False),
        (("relayhost =", "relayhost = [smtp.example.org]:587"), True),
        ((", localhost\n", ", localhost, example.org\n"), True),
        (("[::1]/128", "[::1]/128 192.0.2.0/24"), True),
        (("mailbox_size_limit = 0", "mailbox_size_limit = 9"), True),
        (("relayhost =", "relayhost =\nvirtual_alias_maps = hash:/etc/postfix/virtual"), True),
        (("relayhost =\n", ""), True),
        ((GENERATED, "# by hand\n"), True),
        (("relayhost =\n", "relayhost =\n" + TEMPLATE_TLS), False),
        (("relayhost =\n", "relayhost =\nsmtpd_tls_security_level = encrypt\n"), True),
        (("inet_interfaces = all", "inet_interfaces = all,\n  192.0.2.1"), True),
        ((GENERATED, "# selfhost.mail\nrelayhost = x\n"), False),
        ((GENERATED, "#\n" * 10 + "# selfhost.mail comes too late\nrelayhost = x\n"), True),
    ],
)
def test_main_cf(change: tuple[str, str], by_hand: bool) -> None:
    files = DaemonFiles({MAIN_CF: GENERATED.replace(*change)}, {}, TEMPLATE, TEMPLATE_TLS)
    assert made_by_hand(files, EDGE) == ((MAIN_CF,) if by_hand else ())


def test_main_cf_of_a_removed_package() -> None:
    assert made_by_hand(DaemonFiles({MAIN_CF: GENERATED}, {}, ""), EDGE) == (MAIN_CF,)


@pytest.mark.parametrize("path", [MASTER_CF, OPENDKIM, DOVECOT])
def test_files_as_installed(path: str) -> None:
    groups = EDGE | STORE
    assert made_by_hand(DaemonFiles({path: "stock\n"}, {path: md5("stock\n")}), groups) == ()
    assert made_by_hand(DaemonFiles({path: HAND}, {path: md5("stock\n")}), groups) == (path,)
    assert made_by_hand(DaemonFiles({path: HAND}, {}), groups) == (path,)
    assert made_by_hand(DaemonFiles({path: OURS}, {}), groups) == ()


def test_parts_matter_while_they_are_included() -> None:
    stock = {DOVECOT: md5("stock\n"), PART: md5("stock part\n")}
    assert made_by_hand(DaemonFiles({DOVECOT: "stock\n", PART: HAND}, stock), STORE) == (PART,)
    assert made_by_hand(DaemonFiles({DOVECOT: "stock\n", LOCAL: HAND}, stock), STORE) == (LOCAL,)
    assert made_by_hand(DaemonFiles({DOVECOT: OURS, PART: HAND, LOCAL: HAND}, stock), STORE) == ()


def test_only_files_of_the_groups() -> None:
    files = DaemonFiles({OPENDKIM: HAND, DOVECOT: HAND}, {})
    assert made_by_hand(files, EDGE) == (DOVECOT, OPENDKIM)
    assert made_by_hand(files, STORE) == (DOVECOT,)
    assert made_by_hand(files, frozenset()) == ()


def test_what_belongs_to_a_file_made_by_hand_is_kept_with_it() -> None:
    stock = {DOVECOT: md5("stock\n"), MASTER_CF: md5("stock\n"), PART: md5("part\n")}
    texts = {DOVECOT: "stock\n", MASTER_CF: "stock\n", PART: "part\n", OPENDKIM: OURS}
    by_hand = DaemonFiles({**texts, LOCAL: HAND}, stock)
    assert to_keep(by_hand, EDGE, (LOCAL,)) == (DOVECOT, LOCAL, MASTER_CF)
    assert to_keep(by_hand, STORE, (LOCAL,)) == (DOVECOT, LOCAL)
    assert to_keep(DaemonFiles(texts, stock), EDGE, ()) == ()


# What exim4-config writes when it asks nobody.
EXIM_GENERATED = """\
# This is a Debian specific file
dc_eximconfig_configtype='local'
dc_other_hostnames='mx1.example.test'
dc_local_interfaces='127.0.0.1 ; ::1'
dc_readhost=''
dc_relay_domains=''
dc_minimaldns='false'
dc_relay_nets=''
dc_smarthost=''
CFILEMODE='644'
"""


@pytest.mark.parametrize(
    ("change", "by_hand"),
    [
        (("", ""), False),
        (("mx1.example.test", "other.example.org"), False),
        (("='local'", "='none'"), False),
        (("='local'", "='internet'"), True),
        (("='local'", "='satellite'"), True),
        (("smarthost=''", "smarthost='smtp.example.org::587'"), True),
        (("relay_nets=''", "relay_nets='192.0.2.0/24'"), True),
        ((EXIM_GENERATED, ""), True),
    ],
)
def test_exim(change: tuple[str, str], by_hand: bool) -> None:
    files = DaemonFiles({EXIM: EXIM_GENERATED.replace(*change), MAIN_CF: HAND}, {})
    assert exim_by_hand(files) == ((EXIM,) if by_hand else ())


def test_files_of_exim() -> None:
    part = "/etc/exim4/conf.d/acl/30_exim4-config_check_rcpt"
    files = DaemonFiles(
        {part: HAND, "/etc/exim4/exim4.conf.template": "stock\n"},
        {part: md5("stock\n"), "/etc/exim4/exim4.conf.template": md5("stock\n")},
    )
    assert exim_by_hand(files) == (part,)


def test_settings() -> None:
    text = "# c\n\na = 1\n  2\n # c\n  3\nb=x = y\nc =\n"
    assert settings(text) == {"a": "1 2 3", "b": "x = y", "c": ""}
