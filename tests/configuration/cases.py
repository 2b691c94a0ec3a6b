"""The table of bad configurations: what is done, and what the play must say."""

from __future__ import annotations

import dataclasses
import typing as t

from configuration.host import OWN, SITE

Variables = dict[str, t.Any]


@dataclasses.dataclass(frozen=True, eq=False)
class Case:
    """A role with variables, what it says, and a file or directory that was broken before."""

    role: str
    said: str
    variables: Variables = dataclasses.field(default_factory=dict)
    file: str = ""
    text: str = ""

    def __str__(self) -> str:
        return f"{self.role}: {self.file or self.variables}"


def certificate(name: str, key: str, said: str, **more: str) -> Case:
    files = {
        "tls_certificate_path": f"{OWN}/{name}.crt",
        "tls_private_key_path": f"{OWN}/{key}.key",
        "tls_ca_path": f"{OWN}/ca.crt",
    }
    return Case("tls", said, {"tls_source": "path", **files, **more})


def postfix(said: str, **settings: str) -> Case:
    return Case("postfix", said, {"postfix_settings": settings})


def service(said: str, line: str) -> Case:
    return Case("postfix", said, {"postfix_services": [line]})


def dovecot(said: str, **settings: t.Any) -> Case:
    return Case("dovecot", said, {"dovecot_settings": settings})


def opendkim(said: str, **settings: str) -> Case:
    return Case("opendkim", said, {"opendkim_settings": settings})


def postgresql(said: str, **settings: str) -> Case:
    return Case("postgresql", said, {"postgresql_settings": settings})


CERTIFICATES = (
    certificate(
        "good", "other", f"key {OWN}/other.key does not belong to the certificate {OWN}/good.crt"
    ),
    certificate(
        "old", "old", f"{OWN}/old.crt on mx1.example.test expired at 20250201000000Z (UTC). Have"
    ),
    certificate(
        "early", "early", "is not valid before 20400101000000Z (UTC). Set the clock of the host"
    ),
    certificate(
        "nowhere", "good", f"tls_certificate_path is {OWN}/nowhere.crt, which is no file on"
    ),
    certificate(
        "good", "sealed", f"{OWN}/sealed.key on mx1.example.test cannot be used: Could not find"
    ),
    certificate("good", "empty", "must be a private key in PEM without a passphrase"),
    certificate("der", "good", f"{OWN}/der.crt on mx1.example.test cannot be used: Could not find"),
    certificate(
        "own", "own", f"does not lead to an authority in {OWN}/ca.crt: self-signed certificate"
    ),
)
# Refused before the daemon hears of it.
SETTINGS = (
    postfix("main.cf: unused parameter: nonsense=1", nonsense="1"),
    postfix("bad numerical configuration: message_size_limit = 0x", message_size_limit="0x"),
    postfix(
        'smtpd does not start: fatal: Invalid TLS level "maybe"', smtpd_tls_security_level="maybe"
    ),
    postfix(
        'lmtp does not start: fatal: Invalid TLS level "maybe"', lmtp_tls_security_level="maybe"
    ),
    postfix(
        f"key {OWN}/other.key does not belong to the certificate {OWN}/good.crt",
        smtpd_tls_chain_files=f"{OWN}/other.key, {OWN}/good.crt",
    ),
    service("bad field count", "too few"),
    service("9999 of master.cf: there is no program nosuch", "9999 inet n - y - - nosuch"),
    service("master.cf: here is no port", "here inet n - y - - smtpd"),
    service("master.cf: unused parameter: nonsense=1", "more unix - - y - - smtp -o nonsense=1"),
    dovecot("Unknown setting: nonsense", nonsense="1"),
    dovecot("auth_cache_ttl: Time interval '3600' is missing units", auth_cache_ttl=3600),
    dovecot("mail_path: %u/Maildir is no path", mail_path="%u/Maildir"),
    dovecot(
        "Failed to expand mail_path setting variables: Unknown variable 'usr'", mail_path="%{usr}"
    ),
    dovecot("protocols: there is no program for submission", protocols="imap lmtp submission"),
    opendkim("unrecognized parameter; the line is: Nonsense 1", Nonsense="1"),
    opendkim('unknown canonicalization algorithm "foo"', Canonicalization="foo/bar"),
    postgresql('unrecognized configuration parameter "nonsense"', nonsense="1"),
    postgresql('invalid value for parameter "shared_buffers": "lots"', shared_buffers="lots"),
    postgresql(
        "private.key cannot be read by postgres", ssl_key_file="/etc/selfhost-mail/tls/private.key"
    ),
    Case(
        "postgresql",
        'conf line 3: specifying both host name and CIDR mask is invalid: "nowhere/99"',
        {"postgresql_client_networks": ["nowhere/99"]},
    ),
)
# Only the daemon itself can tell: it gets its former files back.
WRONG_RESTRICTION = postfix(
    "451 4.3.5 Server configuration error", smtpd_relay_restrictions="reject_nonsense, reject"
)
VALUES = (
    WRONG_RESTRICTION,
    postfix(
        "bad numerical configuration: qmgr_message_active_limit = x", qmgr_message_active_limit="x"
    ),
    service("bind 0.0.0.0 port 993: Address already in use", "993 inet n - y - - smtpd"),
    dovecot("Unknown authentication mechanism 'FOO'", auth_mechanisms="plain foo"),
    Case(
        "dovecot",
        "bind(192.0.2.5, 993) failed: Cannot assign requested address",
        {"site_services": {"imaps": {"addresses": ["192.0.2.5"]}}},
    ),
    opendkim(
        "nobody listens at /var/spool/postfix/opendkim/opendkim.sock",
        Socket="local:/run/opendkim/elsewhere",
    ),
    postgresql("could not map anonymous shared memory", shared_buffers="900GB"),
)
# Files of the administrator's own that ours include.
INCLUDES = (
    Case(
        "dovecot",
        f"{SITE}/own.conf line 1: nonsense: Unknown setting",
        {},
        f"{SITE}/own.conf",
        "nonsense = 1",
    ),
    Case(
        "postgresql",
        'parameter "nonsense" in file "/etc/postgresql/17/main/conf.d/own.conf" line 1',
        {},
        "/etc/postgresql/17/main/conf.d/own.conf",
        "nonsense = 1",
    ),
    Case(
        "postgresql",
        "invalid connection type",
        {},
        "/etc/postgresql/17/main/pg_hba.conf",
        "somehow all all trust",
    ),
)
# A file system without room.
FULL = (
    Case(
        "postfix",
        "cannot be written: No space left on device (/etc/postfix/",
        {"postfix_settings": {"smtpd_banner": "x" * 99}},
        "/etc/postfix",
    ),
    Case(
        "dovecot",
        "cannot be written: No space left on device (/etc/dovecot/",
        {"dovecot_settings": {"login_greeting": "x" * 99}},
        "/etc/dovecot",
    ),
    Case(
        "dovecot", "there is no room in /tmp", {"dovecot_settings": {"login_greeting": "x"}}, "/tmp"
    ),
)
