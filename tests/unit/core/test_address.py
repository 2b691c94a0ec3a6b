"""Addresses and domains at the door: what is folded, what is refused and with which words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.selfhost.mail.plugins.module_utils._core.address import (
    Address,
    parse_address,
    parse_alias_address,
    parse_domain,
    parse_own_address,
    sorted_addresses,
)

LONG_DOMAIN = ".".join(["a" * 63] * 3 + ["b" * 61])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("alice@example.test", "alice@example.test"),
        ("Alice.B@EXAMPLE.Test", "alice.b@example.test"),
        ("o'brien@example.test", "o'brien@example.test"),
        ("a+list@example.test", "a+list@example.test"),
        ("!#$%&'*+-/=?^_`{|}~@example.test", "!#$%&'*+-/=?^_`{|}~@example.test"),
        ("a" * 64 + "@example.test", "a" * 64 + "@example.test"),
        ("a@bücher.example", "a@xn--bcher-kva.example"),
        ("a@BÜCHER.example", "a@xn--bcher-kva.example"),
        ("a@xn--strae-oqa.example", "a@xn--strae-oqa.example"),
        ("a@xn--bcher-kva.example", "a@xn--bcher-kva.example"),
        ("a@1.2.example", "a@1.2.example"),
        ("a@例え.example", "a@xn--r8jz45g.example"),
    ],
)
def test_an_address_is_read(text: str, expected: str) -> None:
    assert str(parse_address(text)) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it is empty"),
        ("alice", "it has no @"),
        ("a@b@example.test", "it has 2 @ signs, one is right"),
        ("@example.test", "nothing stands before the @"),
        ("a@", "the domain is empty"),
        ("a" * 65 + "@example.test", "its local part is 65 octets long, at most 64 are allowed"),
        (".a@example.test", "its local part begins with a dot"),
        ("a.@example.test", "its local part ends with a dot"),
        ("a..@example.test", "its local part ends with a dot"),
        ("a..b@example.test", "its local part has two dots in a row"),
        ("a b@example.test", "it has a space at position 2"),
        (" a@example.test", "it has a space at position 1"),
        ("a@example.test ", "it has a space at position 15"),
        ("a\u00a0b@example.test", "it has a space at position 2"),
        ("a\tb@example.test", "it has the control character U+0009 at position 2"),
        ("a@example.test\n", "it has the control character U+000A at position 15"),
        ("a\0@example.test", "it has the control character U+0000 at position 2"),
        ("a\u200b@example.test", "it has the control character U+200B at position 2"),
        ("a\ud800@example.test", "it has the control character U+D800 at position 2"),
        ('"a b"@example.test', "it has a space at position 3"),
        ('"ab"@example.test', "a quoted local part is not supported"),
        ("a,b@example.test", "its local part must not hold ','"),
        ("a(b)@example.test", "its local part must not hold '('"),
        ("<a@example.test>", "the domain must not hold '>'"),
        ("<a@example.test", "its local part must not hold '<'"),
        ("josé@example.test", "its local part holds 'é', and this system does without SMTPUTF8"),
        ("a@example.test.", "the domain ends with a dot"),
        ("a@.example.test", "the domain begins with a dot"),
        ("a@example..test", "the domain has two dots in a row"),
        ("a@localhost", "the domain has no dot"),
        ("a@-x.test", "the part '-x' of the domain begins or ends with a hyphen"),
        ("a@x-.test", "the part 'x-' of the domain begins or ends with a hyphen"),
        ("a@ex_ample.test", "the domain must not hold '_'"),
        ("a@[192.0.2.1]", "an IP address is no mail domain"),
        ("a@192.0.2.1", "the last part of the domain is a number"),
        ("a@" + "b" * 64 + ".test", "is longer than 63 octets"),
        ("a" * 64 + "@" + LONG_DOMAIN, "octets long, at most 254 are allowed"),
        ("a@" + "b." * 130 + "test", "characters long, at most 253 are allowed"),
        (
            "a@straße.example",
            "the domain holds 'ß', which IDNA 2003 and IDNA 2008 read differently",
        ),
        (
            "a@STRAẞE.example",
            "the domain holds 'ẞ', which IDNA 2003 and IDNA 2008 read differently",
        ),
        ("a@ος.example", "the domain holds 'ς', which IDNA 2003"),
        ("a@☃.example", "the domain must not hold '☃'"),
        ("a@例え。example", "the domain has no dot"),
        ("a@例え。jp.example", "the domain must not hold '。'"),
        ("a@xn--.example", "the part 'xn--' of the domain begins or ends with a hyphen"),
        ("a@xn--abc-.example", "begins or ends with a hyphen"),
        ("a@xn--99999999.example", "the part 'xn--99999999' of the domain is no valid A-label"),
    ],
)
def test_a_bad_address_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ValueError) as error:
        parse_address(text)
    assert str(error.value).startswith(f"The address {text!r} is refused: ")
    assert reason in str(error.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("example.test", "example.test"), ("EXAMPLE.Test", "example.test"), (LONG_DOMAIN,) * 2],
)
def test_a_domain_is_read(text: str, expected: str) -> None:
    assert parse_domain(text) == expected


@pytest.mark.parametrize("text", ["", "test", "example.test.", "a@example.test", "a b.test", "é"])
def test_a_bad_domain_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^The domain .* is refused: .*\.$"):
        parse_domain(text)


def test_the_delimiter_of_extensions_is_left_free() -> None:
    assert str(parse_own_address("A@example.test")) == "a@example.test"
    with pytest.raises(ValueError, match=r"'\+' separates .* so 'a@example.test' gets this mail"):
        parse_own_address("A+list@example.test")


def test_a_catch_all_is_an_alias_without_local_part() -> None:
    address = parse_alias_address("@Example.test")
    assert (address, address.is_catch_all) == (Address("example.test", ""), True)
    assert str(address) == "@example.test"
    assert not parse_alias_address("a@example.test").is_catch_all
    with pytest.raises(ValueError, match="it has 2 @ signs"):
        parse_alias_address("@@example.test")


def test_addresses_are_sorted_without_doubles() -> None:
    addresses = [parse_address(text) for text in ("b@a.test", "a@b.test", "B@a.test")]
    assert [str(one) for one in sorted_addresses(addresses)] == ["b@a.test", "a@b.test"]


ATOM = st.text("abcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+/=?^_`{|}~-", min_size=1, max_size=20)
LABEL = st.from_regex(r"[a-z]([a-z0-9]{0,20}[a-z0-9])?", fullmatch=True)


@given(st.lists(ATOM, min_size=1, max_size=3), st.lists(LABEL, min_size=2, max_size=5))
def test_what_is_printed_is_read_again(atoms: list[str], labels: list[str]) -> None:
    address = Address(".".join(labels), ".".join(atoms))
    assert parse_address(str(address)) == address
    assert parse_address(str(address).upper()) == address


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused_in_a_sentence(text: str) -> None:
    for parse in (parse_address, parse_own_address, parse_alias_address, parse_domain):
        try:
            read = str(parse(text))
        except ValueError as error:
            assert " is refused: " in str(error)
        else:
            assert read.isascii()
            assert read == read.lower()
            assert str(parse(read)) == read


@given(st.text(st.characters(categories=["Ll", "Lo", "Mn"]), min_size=1, max_size=12))
def test_a_label_beyond_ascii_keeps_its_form(label: str) -> None:
    try:
        domain = parse_domain(f"{label}.example")
    except ValueError:
        return
    assert parse_domain(domain) == domain
