# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""DKIM keys: their names, their DNS records, and when a key may begin to sign."""

from __future__ import annotations

import dataclasses
import re
import typing as t

if t.TYPE_CHECKING:
    from .dns.answer import Answer

# What a state permits (in DNS, signing) is a row of mail.dkim_state; these are only the names.
PENDING, ACTIVE, RETIRING, RETIRED = STATES = ("pending", "active", "retiring", "retired")

# One label of RFC 5321's sub-domain, in lower case.
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_TAG_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_LONGEST_NAME = 253


@dataclasses.dataclass(frozen=True)
class Key:
    """A key without its private half; `algorithm` and `public` are the record's k= and p=.

    What its state permits stands beside it, as mail.dkim_state says it.
    """

    domain: str
    selector: str
    algorithm: str
    public: str
    state: str
    in_dns: bool
    signs: bool


@dataclasses.dataclass(frozen=True)
class Published:
    """What a record says about a key; an empty `public` says that the key is revoked."""

    algorithm: str
    public: str
    testing: bool


@dataclasses.dataclass(frozen=True)
class Verdict:
    """A decision about a key and the reason for it."""

    ok: bool
    reason: str


def parse_selector(text: str, domain: str) -> str:
    """A selector in lower case, or ValueError (RFC 6376, 3.1)."""
    selector = text.strip().lower()
    for label in selector.split("."):
        if not _LABEL.fullmatch(label):
            raise ValueError(
                f"The selector {text!r} of {domain} cannot be a DNS name: use letters, digits and"
                " hyphens, with a letter or a digit first and last, such as 's202611'."
            )
    name = record_name(selector, domain)
    if len(name) > _LONGEST_NAME:
        raise ValueError(
            f"The selector {text!r} of {domain} makes a DNS name of {len(name)} characters,"
            f" and at most {_LONGEST_NAME} are allowed: use a shorter one."
        )
    return selector


def free_selector(month: str, taken: t.Container[str]) -> str:
    """The selector for a key made in `month` ('202611'): s202611, then s202611b, s202611c, …"""
    suffixes = ["", *"bcdefghijklmnopqrstuvwxyz"]
    for selector in (f"s{month}{suffix}" for suffix in suffixes):
        if selector not in taken:
            return selector
    raise ValueError(
        f"All selectors s{month} to s{month}z are taken: name another one with the option selector."
    )


def record_name(selector: str, domain: str) -> str:
    return f"{selector}._domainkey.{domain}"


def record_text(algorithm: str, public: str) -> str:
    return f"v=DKIM1; k={algorithm}; p={public}"


def parse_record(text: str) -> Published:
    """What a published record says, or ValueError (RFC 6376, 3.2 and 3.6.1)."""
    tags = _tags(text)
    if tags.get("v", "DKIM1") != "DKIM1":
        raise ValueError(f"v= is {tags['v']!r} where DKIM1 is required")
    if "v" in tags and next(iter(tags)) != "v":
        raise ValueError("v= is not its first tag")
    if "p" not in tags:
        raise ValueError("it has no p= tag, so it holds no key")
    public = "".join(tags["p"].split())
    if public and not _BASE64.fullmatch(public):
        raise ValueError("p= is not base64")
    if "sha256" not in _listed(tags.get("h", "sha256")):
        raise ValueError(f"h={tags['h']} does not allow sha256, and we sign with sha256")
    if not {"*", "email"} & set(_listed(tags.get("s", "*"))):
        raise ValueError(f"s={tags['s']} does not allow its use for mail")
    return Published(tags.get("k", "rsa"), public, "y" in _listed(tags.get("t", "")))


def _tags(text: str) -> dict[str, str]:
    tags: dict[str, str] = {}
    parts = text.split(";")
    if not parts[-1].strip():
        parts.pop()
    for part in parts:
        name, equals, value = part.partition("=")
        name = name.strip()
        if not equals or not _TAG_NAME.fullmatch(name):
            raise ValueError(f"{part.strip()!r} is not of the form tag=value")
        if name in tags:
            raise ValueError(f"the tag {name}= stands in it twice")
        tags[name] = value.strip()
    return tags


def _listed(value: str) -> list[str]:
    return [item.strip() for item in value.split(":")]


def judge_texts(texts: t.Sequence[str], algorithm: str, public: str) -> Verdict:
    """Judge the TXT records found at a key's name."""
    if not texts:
        return Verdict(False, "there is no TXT record")
    if len(texts) > 1:
        return Verdict(False, f"there are {len(texts)} TXT records where exactly one may be")
    try:
        found = parse_record(texts[0])
    except ValueError as error:
        return Verdict(False, f"the record is faulty: {error}")
    if not found.public:
        return Verdict(False, "the record has an empty p=, which revokes the key")
    if (found.algorithm, found.public) != (algorithm, public):
        return Verdict(False, "the record holds another key")
    if found.testing:
        return Verdict(True, "the record is there, but its t=y tells receivers to ignore the key")
    return Verdict(True, "the record is there")


def judge_answers(answers: t.Sequence[Answer], algorithm: str, public: str) -> Verdict:
    """Judge what every server said: a key counts as published when all of them show its record."""
    if not answers:
        return Verdict(False, "no name server was asked")
    for answer in answers:
        if not answer.definite:
            return Verdict(False, f"{answer.server} could not be asked: {answer.detail}")
        verdict = judge_texts(answer.values, algorithm, public)
        if not verdict.ok:
            return Verdict(False, f"{answer.server} says that {verdict.reason}")
    return Verdict(True, f"seen at {', '.join(answer.server for answer in answers)}")


def parse_key(data: t.Mapping[str, t.Any]) -> Key:
    """A key from a result of mail_info or mail_dkim, or ValueError."""
    try:
        return Key(**{field.name: data[field.name] for field in dataclasses.fields(Key)})
    except KeyError as error:
        raise ValueError(
            f"The DKIM key {data.get('selector')!r} of {data.get('domain')!r} has no value"
            f" {error}: hand over the keys that mail_info returned, unchanged."
        ) from None


def key_result(key: Key) -> dict[str, t.Any]:
    """A key as modules return it; one that is yet to be made has no record."""
    name, text = record_name(key.selector, key.domain), record_text(key.algorithm, key.public)
    record = {"name": name, "type": "TXT", "value": text} if key.public else None
    return {**dataclasses.asdict(key), "record": record}
