"""Each check on what a probe may see: a row is an id, a sight, the verdict and its words."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.selfhost.mail.plugins.module_utils._core.dns.answer import (
    FOUND,
    NXDOMAIN,
    TIMEOUT,
    Answer,
)
from ansible_collections.selfhost.mail.plugins.module_utils._core.dns.records import Record
from ansible_collections.selfhost.mail.plugins.module_utils._core.health.catalogue import CHECKS
from ansible_collections.selfhost.mail.plugins.module_utils._core.health.observations import (
    Certificate,
    Command,
    Delivery,
    Dns,
    Encryption,
    Greeting,
    Login,
    Mechanisms,
    Queue,
    Reply,
    Signature,
    SigningKeys,
    Unit,
    Verification,
    Watched,
)

PASSES, FAILS = True, False
REFUSED, ACCEPTED, LATER = Reply(550, "5.1.1 no"), Reply(250, "2.1.5 Ok"), Reply(451, "4.3.0 later")
NOT_OWNED = Reply(553, "5.7.1 not owned by user")


def certificate(**facts: t.Any) -> Certificate:
    whole = {"distrust": "", "hostname": "mx1.example.test", "days_left": 300.0}
    return Certificate(**{**whole, "served": "aa", "on_disk": "aa", **facts})


def dns(name: str, kind: str, wanted: str, *seen: str) -> Dns:
    answer = Answer("192.0.2.53", name, kind, FOUND if seen else NXDOMAIN, seen)
    return Dns((Record(name, kind, wanted, "why"),), (answer,))


DKIM = "v=DKIM1; k=rsa; p=AAAA"
POLICY = "v=DMARC1; p=quarantine; rua=mailto:postmaster@example.test"
SILENT = Answer("192.0.2.53", "mx1.example.test", "A", TIMEOUT, (), "nothing came back")
FOUND_A = Answer("192.0.2.53", "mx1.example.test", "A", FOUND, ("192.0.2.10",))

CASES: list[tuple[str, object, bool, str]] = [
    ("service.running", Unit("active", "running", 7, "S"), PASSES, "process 7 lives"),
    ("service.running", Unit("active", "running", 7, "R"), PASSES, "lives"),
    ("service.running", Unit("failed", "failed", 0, ""), FAILS, "failed"),
    ("service.running", Unit("active", "running", 7, ""), FAILS, "is gone"),
    ("service.running", Unit("active", "running", 7, "T"), FAILS, "is stopped"),
    ("service.running", Unit("active", "exited", 0, ""), FAILS, "active (exited)"),
    ("service.current", Unit("active", "running", 7, "S"), PASSES, "nothing older"),
    ("service.current", Unit("active", "running", 7, "S", ("/usr/a",)), FAILS, "there: /usr/a"),
    (
        "service.current",
        Unit("active", "running", 7, "S", ("/usr/a", "/usr/b", "/usr/c", "/usr/d", "/usr/e")),
        FAILS,
        "/usr/a, /usr/b, /usr/c and 2 more",
    ),
    ("service.configuration", Command("check-postfix", 0), PASSES, "nothing wrong"),
    ("service.configuration", Command("check-postfix", 1, "unused: x\nand y"), FAILS, "x; and y"),
    ("service.configuration", Command("check-postfix", 127, "", "no file"), FAILS, "no file"),
    ("port.answers", Greeting("smtp", "220 mx1.example.test ESMTP"), PASSES, "220"),
    ("port.answers", Greeting("imap", "* OK [CAPABILITY IMAP4rev1]"), PASSES, "* OK"),
    ("port.answers", Greeting("pop3", "+OK Dovecot ready."), PASSES, "+OK"),
    ("port.answers", Greeting("sieve", '"IMPLEMENTATION" "Dovecot"'), PASSES, "Dovecot"),
    ("port.answers", Greeting("smtp", "* OK IMAP"), FAILS, "IMAP"),
    ("port.answers", Greeting("smtp", "421 4.3.2 busy"), FAILS, "421"),
    ("port.answers", Greeting("imap", "", "connection refused"), FAILS, "connection refused"),
    ("port.tls", Encryption("TLSv1.3", "AES"), PASSES, "TLSv1.3, AES"),
    ("port.tls", Encryption("TLSv1.1", "AES"), FAILS, "TLSv1.1"),
    ("port.tls", Encryption("", error="454 not available"), FAILS, "454 not available"),
    (
        "port.password_needs_tls",
        Mechanisms(True, (), ("PLAIN", "LOGIN")),
        PASSES,
        "nothing in clear",
    ),
    (
        "port.password_needs_tls",
        Mechanisms(True, ("PLAIN",), ("PLAIN", "LOGIN")),
        FAILS,
        "PLAIN in",
    ),
    ("port.password_needs_tls", Mechanisms(True, (), ("PLAIN",)), FAILS, "PLAIN under"),
    ("port.password_needs_tls", Mechanisms(False, (), ()), PASSES, "nothing under TLS"),
    ("port.password_needs_tls", Mechanisms(False, (), ("PLAIN",)), FAILS, "PLAIN under"),
    ("certificate.trusted", certificate(), PASSES, "trusted"),
    ("certificate.trusted", certificate(distrust="hostname mismatch"), FAILS, "mismatch"),
    ("certificate.lasts", certificate(days_left=14.1), PASSES, "14 days"),
    ("certificate.lasts", certificate(days_left=13.9), FAILS, "13 days"),
    ("certificate.lasts", certificate(days_left=-3.0), FAILS, "-3 days"),
    ("certificate.current", certificate(), PASSES, "aa"),
    ("certificate.current", certificate(on_disk="bb"), FAILS, "aa"),
    ("database.modules", Command("q", 0, "2 hosted domains"), PASSES, "2 hosted"),
    ("database.modules", Command("q", None), FAILS, "no answer in time"),
    ("database.postfix", Command("q", 0, "example.test"), PASSES, "example.test"),
    ("database.postfix", Command("q", 1), FAILS, "not found"),
    ("database.postfix", Command("q", 1, "", "postmap: fatal: no server"), FAILS, "no server"),
    ("database.postfix", Command("q", 0, ""), FAILS, "nothing"),
    ("database.postfix", Command("q", None), FAILS, "no answer in time"),
    ("database.dovecot", Command("q", 67, "", "user x doesn't exist"), PASSES, "not found"),
    ("database.dovecot", Command("q", 75, "", "Error: lookup failed"), FAILS, "lookup failed"),
    ("database.dovecot", Command("q", 0, "uid 5000"), FAILS, "uid 5000"),
    ("database.dovecot", Command("q", None), FAILS, "no answer in time"),
    ("database.signer", Command("q", 0, "2 rows"), PASSES, "2 rows"),
    (
        "database.signer",
        Command("q", 1, "", "a\nOperationalError: no"),
        FAILS,
        "OperationalError: no",
    ),
    ("watch.looks", Watched(10.0), PASSES, "10.0 s ago"),
    ("watch.looks", Watched(10.1), FAILS, "10.1 s ago"),
    ("watch.looks", Watched(None, error="nothing readable"), FAILS, "nothing readable"),
    ("watch.database", Watched(0.0, None, "refused"), PASSES, "an answer"),
    ("watch.database", Watched(0.0, "not permitted to log in"), FAILS, "not permitted"),
    ("watch.delivery", Watched(0.0, "refused", None), PASSES, "an answer"),
    ("watch.delivery", Watched(0.0, None, "Permission denied"), FAILS, "Permission denied"),
    ("dns.resolver", FOUND_A, PASSES, "192.0.2.10"),
    ("dns.resolver", SILENT, FAILS, "nothing came back"),
    ("dns.host", dns("mx1.example.test", "A", "192.0.2.10", "192.0.2.10"), PASSES, "192.0.2.10"),
    ("dns.host", dns("mx1.example.test", "A", "192.0.2.10", "192.0.2.11"), FAILS, "192.0.2.11"),
    (
        "dns.mx",
        dns("example.test", "MX", "10 mx1.example.test.", "10 mx1.example.test."),
        PASSES,
        "",
    ),
    ("dns.mx", dns("example.test", "MX", "10 mx1.example.test."), FAILS, "does not show"),
    (
        "dns.spf",
        dns("example.test", "TXT", "v=spf1 ip4:192.0.2.1 -all", "v=spf1 ip4:192.0.2.1 -all"),
        PASSES,
        "",
    ),
    ("dns.spf", dns("example.test", "TXT", "v=spf1 ip4:192.0.2.1 -all", "hello"), FAILS, "no SPF"),
    ("dns.dkim", dns("s._domainkey.example.test", "TXT", DKIM, DKIM), PASSES, DKIM),
    ("dns.dkim", dns("s._domainkey.example.test", "TXT", DKIM, DKIM + "B"), FAILS, "AAAAB"),
    (
        "dns.dmarc",
        dns("_dmarc.example.test", "TXT", POLICY, "v=DMARC1; p=reject"),
        PASSES,
        "reject",
    ),
    ("dns.dmarc", dns("_dmarc.example.test", "TXT", POLICY, "v=DMARC1; p=none"), FAILS, "p=none"),
    ("dkim.active", SigningKeys(("s202611",)), PASSES, "s202611"),
    ("dkim.active", SigningKeys(()), FAILS, "no active key"),
    ("login.accepted", Login(True, "OK Logged in"), PASSES, "OK"),
    ("login.accepted", Login(False, "NO [UNAVAILABLE] Temporary"), FAILS, "UNAVAILABLE"),
    ("login.wrong_password", Login(False, "NO [AUTHENTICATIONFAILED] no"), PASSES, "NO"),
    ("login.wrong_password", Login(False, "NO [UNAVAILABLE] Temporary"), FAILS, "UNAVAILABLE"),
    ("login.wrong_password", Login(True, "OK Logged in"), FAILS, "OK"),
    (
        "login.without_tls",
        Login(False, "530 5.7.0 Must issue a STARTTLS command first"),
        PASSES,
        "530",
    ),
    (
        "login.without_tls",
        Login(False, "503 5.5.1 Error: authentication not enabled"),
        PASSES,
        "503",
    ),
    ("login.without_tls", Login(False, "NO [PRIVACYREQUIRED] Cleartext disallowed"), PASSES, "NO"),
    ("login.without_tls", Login(False, "535 5.7.8 Error: authentication failed"), FAILS, "535"),
    ("login.without_tls", Login(False, "NO [AUTHENTICATIONFAILED] no"), FAILS, "NO"),
    ("login.without_tls", Login(True, "235 2.7.0 Authentication successful"), FAILS, "235"),
    ("login.closed", Reply(0, "locked"), PASSES, "locked"),
    ("login.closed", Reply(1, "permission denied"), FAILS, "permission denied"),
    ("recipient.accepted", ACCEPTED, PASSES, "250"),
    ("recipient.accepted", LATER, FAILS, "451"),
    ("recipient.accepted", REFUSED, FAILS, "550"),
    ("recipient.unknown", (REFUSED, REFUSED), PASSES, "550"),
    ("recipient.unknown", (REFUSED, LATER), FAILS, "451"),
    ("recipient.unknown", (ACCEPTED, REFUSED), FAILS, "250"),
    ("recipient.unknown", (), FAILS, "nothing"),
    ("relay.refused", (Reply(554, "5.7.1 Relay access denied"),), PASSES, "554"),
    ("relay.refused", (Reply(554, "5.7.1 no"), ACCEPTED), FAILS, "250"),
    ("relay.refused", (LATER,), FAILS, "451"),
    ("sender.foreign", (NOT_OWNED, NOT_OWNED), PASSES, "553"),
    ("sender.foreign", (NOT_OWNED, ACCEPTED), FAILS, "250"),
    ("message.submitted", ACCEPTED, PASSES, "250"),
    ("message.submitted", LATER, FAILS, "451"),
    ("message.submitted", Reply(0, "the server closed the connection"), FAILS, "closed"),
    ("message.delivered", Delivery(True, 0.3), PASSES, "found"),
    ("message.delivered", Delivery(False, 3.0), FAILS, "not there after 3.0 s"),
    ("message.quick", Delivery(True, 2.0), PASSES, "2.00 s"),
    ("message.quick", Delivery(True, 2.01), FAILS, "2.01 s"),
    ("message.signed", Signature("example.test", "example.test", "s1"), PASSES, "s=s1"),
    ("message.signed", Signature("example.test", "", ""), FAILS, "no signature"),
    ("message.signed", Signature("example.test", "example.org", "s1"), FAILS, "example.org"),
    ("message.verified", Verification(True, "valid"), PASSES, "valid"),
    ("message.verified", Verification(False, "does not fit"), FAILS, "does not fit"),
    ("message.removed", Reply(0, "gone"), PASSES, "gone"),
    ("message.removed", Reply(1, "still there"), FAILS, "still there"),
    ("queue.short", Queue(20, 0, 0.0), PASSES, "20 deferred"),
    ("queue.short", Queue(21, 0, 0.0), FAILS, "21 deferred"),
    ("queue.short", Queue(0, 0, 0.0, "no answer"), FAILS, "no answer"),
    ("queue.moving", Queue(5, 3, 600.0), PASSES, "3 waiting"),
    ("queue.moving", Queue(0, 1, 601.0), FAILS, "601 s"),
    ("queue.moving", Queue(0, 0, 0.0, "no answer"), FAILS, "no answer"),
]
BY_ID = {check.id: check for check in CHECKS}


@pytest.mark.parametrize(("check_id", "sight", "passes", "words"), CASES)
def test_verdict(check_id: str, sight: object, passes: bool, words: str) -> None:
    verdict = BY_ID[check_id].judge(sight)
    assert verdict.passed is passes, verdict
    assert words in verdict.observed
    assert verdict.expected


@pytest.mark.parametrize("check_id", BY_ID)
def test_both_verdicts_are_tried(check_id: str) -> None:
    assert {passes for case_id, _sight, passes, _words in CASES if case_id == check_id} == {
        PASSES,
        FAILS,
    }


def test_every_id_is_given_once() -> None:
    assert len(BY_ID) == len(CHECKS)


def test_what_a_check_needs_is_judged_before_it() -> None:
    judged: set[str] = set()
    for check in CHECKS:
        assert {need.split()[0] for need in check.needs} <= judged
        judged.add(check.id)
