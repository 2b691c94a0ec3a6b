# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses and domains: read once at the door, lower case and ASCII inside (RFC 5321, 5322)."""

from __future__ import annotations

import typing as t
import unicodedata
from dataclasses import dataclass

# A mailbox of this form would be shadowed by, or shadow, the extensions of another one (RFC 5233).
DELIMITER = "+"

_ATEXT = frozenset("abcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+/=?^_`{|}~-")
_LABEL = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")
# IDNA 2003, the codec of the standard library, maps these away; IDNA 2008 registers them.
_DEVIATIONS = frozenset("\u00df\u1e9e\u03c2\u200c\u200d")
# What IDNA 2008 lets into a label, and IDNA 2003 is wider than: letters, marks and digits.
_LETTERS = ("Ll", "Lu", "Lo", "Lm", "Mn", "Mc", "Nd")


@dataclass(frozen=True, order=True)
class Address:
    """One address; the catch-all of a domain has an empty local part."""

    domain: str
    local_part: str

    @property
    def is_catch_all(self) -> bool:
        return not self.local_part

    def __str__(self) -> str:
        return f"{self.local_part}@{self.domain}"


def parse_domain(text: str) -> str:
    """Read a domain name; the result is lower case A-labels."""
    try:
        return _domain(text)
    except ValueError as reason:
        raise ValueError(f"The domain {text!r} is refused: {reason}.") from None


def parse_address(text: str) -> Address:
    """Read any address that mail can be sent to."""
    try:
        return _address(text)
    except ValueError as reason:
        raise ValueError(f"The address {text!r} is refused: {reason}.") from None


def parse_own_address(text: str) -> Address:
    """Read an address that is to exist here, so that the delimiter of extensions is left free."""
    address = parse_address(text)
    if DELIMITER in address.local_part:
        plain = Address(address.domain, address.local_part.partition(DELIMITER)[0])
        raise ValueError(
            f"The address {text!r} is refused: {DELIMITER!r} separates an address from its"
            f" extension, so '{plain}' gets this mail without any entry."
        )
    return address


def parse_alias_address(text: str) -> Address:
    """Read the address of an alias; '@domain' is the catch-all of that domain."""
    if text.startswith("@") and text.count("@") == 1:
        return Address(parse_domain(text[1:]), "")
    return parse_own_address(text)


def _address(text: str) -> Address:
    _refuse_control_and_space(text)
    if text.startswith('"'):
        raise ValueError("a quoted local part is not supported, write the plain form")
    if not text:
        raise ValueError("it is empty")
    local_part, at, domain = text.partition("@")
    if not at:
        raise ValueError("it has no @")
    if "@" in domain:
        raise ValueError(f"it has {text.count('@')} @ signs, one is right")
    address = Address(_domain(domain), _local_part(local_part))
    if len(str(address)) > 254:
        raise ValueError(f"it is {len(str(address))} octets long, at most 254 are allowed")
    return address


def _local_part(text: str) -> str:
    if not text:
        raise ValueError("nothing stands before the @")
    _refuse_non_ascii(text)
    folded = text.lower()
    if len(folded) > 64:
        raise ValueError(
            f"its local part is {len(folded)} octets long, at most 64 are allowed (RFC 5321)"
        )
    if folded.startswith("."):
        raise ValueError("its local part begins with a dot")
    if folded.endswith("."):
        raise ValueError("its local part ends with a dot")
    if ".." in folded:
        raise ValueError("its local part has two dots in a row")
    for character in folded:
        if character not in _ATEXT and character != ".":
            raise ValueError(f"its local part must not hold {character!r}")
    return folded


def _domain(text: str) -> str:
    _refuse_control_and_space(text)
    if not text:
        raise ValueError("the domain is empty")
    if text.startswith("["):
        raise ValueError("an IP address is no mail domain")
    if text.endswith("."):
        raise ValueError("the domain ends with a dot")
    if text.startswith("."):
        raise ValueError("the domain begins with a dot")
    if ".." in text:
        raise ValueError("the domain has two dots in a row")
    if "." not in text:
        raise ValueError("the domain has no dot")
    if len(text) > 253:
        raise ValueError(f"the domain is {len(text)} characters long, at most 253 are allowed")
    labels = [_label(label) for label in text.split(".")]
    if labels[-1].isdigit():
        raise ValueError("the last part of the domain is a number")
    domain = ".".join(labels)
    if len(domain) > 253:
        raise ValueError(f"the domain is {len(domain)} octets long, at most 253 are allowed")
    return domain


def _label(text: str) -> str:
    label = text.lower() if text.isascii() else _a_label(text)
    for character in label:
        if character not in _LABEL:
            raise ValueError(f"the domain must not hold {character!r}")
    if label.startswith("-") or label.endswith("-"):
        raise ValueError(f"the part {text!r} of the domain begins or ends with a hyphen")
    if len(label) > 63:
        raise ValueError(f"the part {text!r} of the domain is longer than 63 octets")
    if label.startswith("xn--") and not _is_a_label(label):
        raise ValueError(f"the part {text!r} of the domain is no valid A-label")
    return label


def _a_label(text: str) -> str:
    for character in text:
        if character in _DEVIATIONS:
            raise ValueError(
                f"the domain holds {character!r}, which IDNA 2003 and IDNA 2008 read differently,"
                " write the registered form that begins with xn--"
            )
        if not character.isascii() and unicodedata.category(character) not in _LETTERS:
            raise ValueError(f"the domain must not hold {character!r}")
    try:
        return text.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise ValueError(f"the part {text!r} of the domain has no IDNA form") from None


def _is_a_label(label: str) -> bool:
    try:
        decoded = label[4:].encode("ascii").decode("punycode")
        return not decoded.isascii() and decoded.encode("punycode").decode("ascii") == label[4:]
    except (UnicodeError, ValueError, OverflowError):
        return False


def _refuse_non_ascii(text: str) -> None:
    for character in text:
        if not character.isascii():
            raise ValueError(
                f"its local part holds {character!r}, and this system does without SMTPUTF8,"
                " write it in ASCII"
            )


def _refuse_control_and_space(text: str) -> None:
    for position, character in enumerate(text, start=1):
        if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
            raise ValueError(
                f"it has the control character U+{ord(character):04X} at position {position}"
            )
        if unicodedata.category(character) == "Zs":
            raise ValueError(f"it has a space at position {position}")


def sorted_addresses(addresses: t.Iterable[Address]) -> tuple[Address, ...]:
    """Without doubles, in the one order that results, diffs and comparisons use."""
    return tuple(sorted(set(addresses)))
