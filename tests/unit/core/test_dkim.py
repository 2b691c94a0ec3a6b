"""Names, records and verdicts of DKIM keys."""

from __future__ import annotations

import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.selfhost.mail.plugins.module_utils._core import dkim
from ansible_collections.selfhost.mail.plugins.module_utils._core.dns.answer import Answer

PUBLIC = "MIIBIjANBgkq+/hkiG9w0BAQEFAAOCAQ8A=="
RECORD = f"v=DKIM1; k=rsa; p={PUBLIC}"


@pytest.mark.parametrize(
    ("text", "selector"),
    [("s202611", "s202611"), (" Mail ", "mail"), ("2026.a-b", "2026.a-b"), ("a" * 63, "a" * 63)],
)
def test_a_selector_is_read(text: str, selector: str) -> None:
    assert dkim.parse_selector(text, "example.test") == selector


@pytest.mark.parametrize(
    "text", ["", ".", "a.", "-a", "a-", "a_b", "a b", "ä", "a" * 64, "a..b", "a;b", "a'b"]
)
def test_a_bad_selector_is_refused(text: str) -> None:
    with pytest.raises(ValueError) as error:
        dkim.parse_selector(text, "example.test")
    assert f"The selector {text!r} of example.test cannot be a DNS name" in str(error.value)


def test_a_selector_is_refused_when_its_name_is_too_long() -> None:
    domain = ".".join(["a" * 60] * 4)
    with pytest.raises(ValueError, match="makes a DNS name of 265 characters, and at most 253"):
        dkim.parse_selector("selector", domain + ".a")


@pytest.mark.parametrize(
    ("taken", "expected"),
    [((), "s202611"), (("s202611",), "s202611b"), (("s202611", "s202611b"), "s202611c")],
)
def test_the_first_free_selector_of_a_month(taken: tuple[str, ...], expected: str) -> None:
    assert dkim.free_selector("202611", taken) == expected


def test_a_month_has_an_end() -> None:
    taken = {f"s202611{letter}" for letter in ["", *"abcdefghijklmnopqrstuvwxyz"]}
    with pytest.raises(ValueError, match="All selectors s202611 to s202611z are taken"):
        dkim.free_selector("202611", taken)


@pytest.mark.parametrize(
    "text",
    [
        RECORD,
        f"p={PUBLIC}",
        f"v=DKIM1;k=rsa;p={PUBLIC};",
        f" v = DKIM1 ; h=sha1:sha256; s=email; n=a note ; p = {PUBLIC[:9]} {PUBLIC[9:]} ; ",
        f"v=DKIM1; s=*; t=s; x_new=1; p={PUBLIC}",
    ],
)
def test_a_record_is_read(text: str) -> None:
    assert dkim.parse_record(text) == dkim.Published("rsa", PUBLIC, testing=False)


def test_special_records_are_read() -> None:
    assert dkim.parse_record("v=DKIM1; p=").public == ""
    assert dkim.parse_record(f"v=DKIM1; t=s:y; p={PUBLIC}").testing
    assert dkim.parse_record(f"v=DKIM1; k=ed25519; p={PUBLIC}").algorithm == "ed25519"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it has no p= tag"),
        ("v=DKIM1; k=rsa", "it has no p= tag"),
        (f"v=DKIM2; p={PUBLIC}", "v= is 'DKIM2'"),
        (f"k=rsa; v=DKIM1; p={PUBLIC}", "v= is not its first tag"),
        (f"v=DKIM1; p={PUBLIC}; p=a", "the tag p= stands in it twice"),
        (f"v=DKIM1 p={PUBLIC}", "'DKIM1 p="),
        (f"v=DKIM1;; p={PUBLIC}", "'' is not of the form tag=value"),
        ("v=DKIM1; p=not base64!", "p= is not base64"),
        (f"v=DKIM1; h=sha1; p={PUBLIC}", "h=sha1 does not allow sha256"),
        (f"v=DKIM1; s=tlsrpt; p={PUBLIC}", "s=tlsrpt does not allow its use for mail"),
        (f'"v=DKIM1; p={PUBLIC}"', "is not of the form"),
    ],
)
def test_a_faulty_record_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ValueError) as error:
        dkim.parse_record(text)
    assert reason in str(error.value)


@given(
    st.sampled_from(["rsa", "ed25519"]),
    st.from_regex(r"[A-Za-z0-9+/]{1,500}={0,2}", fullmatch=True),
)
def test_what_we_write_reads_back(algorithm: str, public: str) -> None:
    published = dkim.parse_record(dkim.record_text(algorithm, public))
    assert published == dkim.Published(algorithm, public, testing=False)


@pytest.mark.parametrize(
    ("texts", "ok", "reason"),
    [
        ([RECORD], True, "the record is there"),
        ([f"v=DKIM1; t=y; p={PUBLIC}"], True, "t=y tells receivers to ignore the key"),
        ([], False, "there is no TXT record"),
        ([RECORD, RECORD + ";"], False, "there are 2 TXT records where exactly one may be"),
        (["v=spf1 -all"], False, "the record is faulty"),
        (["v=DKIM1; p="], False, "an empty p=, which revokes the key"),
        ([RECORD[:-4]], False, "the record holds another key"),
        ([f"v=DKIM1; k=ed25519; p={PUBLIC}"], False, "the record holds another key"),
    ],
)
def test_the_texts_at_a_keys_name_are_judged(texts: list[str], ok: bool, reason: str) -> None:
    verdict = dkim.judge_texts(texts, "rsa", PUBLIC)
    assert verdict.ok is ok
    assert reason in verdict.reason


def answer(server: str, status: str, *values: str, detail: str = "") -> Answer:
    return Answer(server, "s._domainkey.example.test", "TXT", status, values, detail)


SEEN = answer("ns1", "found", RECORD)


@pytest.mark.parametrize(
    ("answers", "ok", "reason"),
    [
        ([SEEN], True, "seen at ns1"),
        ([SEEN, answer("ns2", "found", RECORD)], True, "seen at ns1, ns2"),
        ([SEEN, answer("ns2", "nxdomain")], False, "ns2 says that there is no TXT record"),
        ([SEEN, answer("ns2", "no_answer")], False, "ns2 says that there is no TXT record"),
        ([SEEN, answer("ns2", "found", "p=AAAA")], False, "ns2 says that the record holds another"),
        (
            [SEEN, answer("ns2", "timeout", detail="nothing came back within 2 s")],
            False,
            "ns2 could not be asked: nothing came back within 2 s",
        ),
        ([], False, "no name server was asked"),
    ],
)
def test_all_servers_must_show_the_record(answers: list[Answer], ok: bool, reason: str) -> None:
    verdict = dkim.judge_answers(answers, "rsa", PUBLIC)
    assert verdict.ok is ok
    assert reason in verdict.reason


def test_a_key_comes_back_from_its_result() -> None:
    key = dkim.Key("example.test", "a", "rsa", PUBLIC, "pending", True, False)
    result: dict[str, t.Any] = dkim.key_result(key)
    assert dkim.parse_key(result) == key
    assert result["record"] == {
        "name": "a._domainkey.example.test",
        "type": "TXT",
        "value": RECORD,
    }
    del result["in_dns"]
    with pytest.raises(
        ValueError, match="The DKIM key 'a' of 'example.test' has no value 'in_dns'"
    ):
        dkim.parse_key(result)


def test_a_key_yet_to_be_made_has_no_record() -> None:
    key = dkim.Key("example.test", "a", "rsa", "", "pending", True, False)
    assert dkim.key_result(key)["record"] is None
