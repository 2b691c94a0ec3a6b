"""The records of a domain, as the bed's name server shows them, or not."""

from __future__ import annotations

import pathlib
import re

import pytest

from bed import machines
from daily.conftest import People
from daily.playbooks import Playbooks, reports
from e2e.connection import Connection
from health.name_server import NameServer

DIFFERENT = "@ MX 10 mx.example.com."


@pytest.fixture(scope="module")
def name_server(connection: Connection) -> NameServer:
    return NameServer(machines.bed(pathlib.Path(connection.ssh_config).parent.name))


def marked(mark: str, report: list[str]) -> list[str]:
    return [line for line in report if line.startswith(mark)]


def test_published(playbooks: Playbooks, connection: Connection) -> None:
    domain = connection.domains[1]
    (report,) = playbooks.run("show_domain", domain=domain, require="published")
    assert f"✓ published  {domain}  MX  10 {connection.hostname}." in report
    assert not marked("✗", report) + marked("?", report)
    count = len(marked("✓ published", report))
    assert f"{count} of {count} records are published." in report
    (key,) = marked("Key: ", report)
    assert re.fullmatch(rf"Key: \S+\._domainkey\.{re.escape(domain)} signs new mail", key)
    assert report[-1] == "Next: Nothing, all is published."


@pytest.mark.parametrize("observe_at", ["authoritative", "resolver"])
def test_different(
    observe_at: str, playbooks: Playbooks, connection: Connection, name_server: NameServer
) -> None:
    # the resolver may remember for a while what it heard of the other name
    domain = connection.domains[observe_at == "authoritative"]
    with name_server.saying(domain, '_dmarc TXT "v=DMARC1; p=none"'):
        (report,) = playbooks.run("show_domain", domain=domain, observe_at=observe_at)
        if observe_at == "authoritative":
            done = playbooks.start("show_domain", domain=domain, require="published")
            assert done.returncode != 0
            assert reports(done.stdout) == [report]
    (line,) = marked("✗", report)
    assert line.startswith(f"✗ different  _dmarc.{domain}  TXT  v=DMARC1; p=quarantine;")
    detail = report[report.index(line) + 1]
    assert "shows 'v=DMARC1; p=none' where" in detail
    assert any(line.startswith("Next: Publish the one record marked ✗") for line in report)


def test_missing(playbooks: Playbooks, connection: Connection, people: People) -> None:
    domain = people.anna.domain
    (report,) = playbooks.run("show_domain", domain=domain)
    missing = marked("✗ missing", report)
    assert f"✗ missing  {domain}  MX  10 {connection.hostname}." in missing
    # what belongs to the host is there, what belongs to the new domain is not
    assert all(domain in line for line in missing)
    assert f"✓ published  {connection.hostname}  A  {connection.address}" in report
    assert len(marked("Next: Publish the", report)) == 1
    assert len(marked("Next: Make a DKIM key", report)) == 1


def test_refusals(playbooks: Playbooks) -> None:
    assert playbooks.refusal("show_domain").startswith("No domain was given.")
    refused = playbooks.refusal("show_domain", domain="example.net")
    assert refused.startswith("The domain example.net is not known here")
