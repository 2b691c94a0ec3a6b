"""What is published is what differs, and only from files of zones that are served."""

from __future__ import annotations

import pathlib

import dns.zone
import pytest

from bed.dns import publish

PRESENT = "@ 1 SOA ns1 admin 1 2 3 4 5\n@ 1 NS ns1\nns1 1 A 192.0.2.2\n@ 60 MX 10 mx1\n@ 60 TXT a\n"


def zone(text: str) -> dns.zone.Zone:
    return dns.zone.from_text(text, origin="example.test", check_origin=False)


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ("@ 60 MX 10 mx1\n", []),
        ("@ 60 MX 10 mx1\n@ 60 TXT a\n", []),
        ("@ 60 MX 20 mx1\n", ["MX"]),
        ("@ 61 MX 10 mx1\n", ["MX"]),
        ("@ 60 MX 10 mx1\n@ 60 MX 20 mx2\n", ["MX"]),
        ('@ 60 TXT "a" "b"\nmail 60 A 192.0.2.3\n', ["A", "TXT"]),
        ("@ 9 SOA other admin 7 2 3 4 5\n@ 9 NS other\n", []),
    ],
)
def test_what_differs_is_sent(wanted: str, names: list[str]) -> None:
    changes = publish.differing(zone(wanted), zone(PRESENT))
    assert sorted(dns.rdatatype.to_text(rdataset.rdtype) for _name, rdataset in changes) == names


def test_a_file_of_a_zone_that_is_not_served_is_refused(tmp_path: pathlib.Path) -> None:
    with pytest.raises(ValueError, match="zone 'example.net' is not served here; name the file"):
        publish.read(tmp_path / "example.net.zone")


@pytest.mark.parametrize("text", ["@ 60 MX ten mx1\n", "@ 60\n", None])
def test_a_file_that_cannot_be_read_is_named(tmp_path: pathlib.Path, text: str | None) -> None:
    path = tmp_path / "example.test.zone"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ValueError, match="example.test.zone"):
        publish.read(path)
