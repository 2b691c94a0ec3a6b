# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records as the text of a zone file (RFC 1035, 5.1), to be imported or included."""

from __future__ import annotations

import typing as t

if t.TYPE_CHECKING:
    from .records import Record

# A character-string has one octet for its length (RFC 1035, 3.3).
_LONGEST_STRING = 255


def text_strings(text: str) -> list[bytes]:
    """A TXT's text in strings of at most 255 octets, as it goes over the wire."""
    octets = text.encode()
    starts = range(0, max(len(octets), 1), _LONGEST_STRING)
    return [octets[start : start + _LONGEST_STRING] for start in starts]


def quoted(text: str) -> str:
    """A TXT's text as a zone file writes it: one or more quoted strings."""
    return " ".join(f'"{"".join(map(_escaped, string))}"' for string in text_strings(text))


def _escaped(octet: int) -> str:
    if octet in b'"\\':
        return "\\" + chr(octet)
    return chr(octet) if 0x20 <= octet < 0x7F else f"\\{octet:03d}"


def zone_file(records: t.Iterable[Record], origin: str) -> str:
    """The records below `origin` as zone file text; the others are named in comments.

    It has no SOA and no NS: the zone exists already and this adds to it.
    """
    ours: list[Record] = []
    others: list[Record] = []
    for record in records:
        inside = record.name == origin or record.name.endswith("." + origin)
        (ours if inside else others).append(record)
    lines = [f"; Mail records of {origin}. The zone's SOA and NS records are not part of this."]
    lines += [f"$ORIGIN {origin}.", *_commented(ours, origin)]
    if others:
        lines += ["", f"; Needed as well, in zones other than {origin}:"]
        lines += [f"; {_line(record, record.name + '.')}" for record in others]
    return "\n".join(lines) + "\n"


def _commented(records: t.Iterable[Record], origin: str) -> t.Iterator[str]:
    purpose = ""
    for record in records:
        if record.purpose != purpose:
            purpose = record.purpose
            yield ""
            yield "; " + " ".join(purpose.split())
        yield _line(record, relative(record.name, origin))


def relative(name: str, origin: str) -> str:
    return "@" if name == origin else name[: -len(origin) - 1]


def _line(record: Record, name: str) -> str:
    value = quoted(record.value) if record.type == "TXT" else record.value
    return f"{name:<30} {record.ttl} IN {record.type:<5} {value}"
