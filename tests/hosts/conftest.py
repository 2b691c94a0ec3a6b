"""What the tests of a host that somebody else made share."""

from __future__ import annotations

import os
import typing as t

import pytest
import testinfra

from bed import hosts, machines
from hosts.administrator import Administrator

Host = t.Any
# Files of settings and of packages, with who may do what with them; packages; states of units.
_EVERYTHING = """
find /etc /usr/local /opt /root /home /var/lib/dpkg \
  -not -path '*/.ansible*' -printf '%p %m %u %g %l\\n' -type f -exec sha256sum {} +
dpkg-query --show
systemctl list-unit-files --no-legend --plain --type=service,socket,path,timer,mount
systemctl list-units --all --no-legend --plain --type=service,socket,path |
  awk '!/user@|user-runtime|systemd-tmpfiles|apt-daily/ {print $1, $2, $3, $4}'
"""


@pytest.fixture(scope="session")
def bed() -> machines.Bed:
    return machines.bed(os.environ["SELFHOST_BED"])


@pytest.fixture(scope="session")
def administrator() -> Administrator:
    return Administrator(os.path.realpath(os.environ["SELFHOST_INVENTORY"]))


@pytest.fixture(scope="session")
def address(bed: machines.Bed) -> str:
    return bed.address4(machines.MX1)


@pytest.fixture(scope="session")
def host(bed: machines.Bed) -> Host:
    """The host as testinfra sees it, as root."""
    config = str(hosts.folder_of(bed) / "ssh_config")
    return testinfra.get_host(f"ssh://{machines.MX1.name}?sudo=true", ssh_config=config)


State = frozenset[str]


@pytest.fixture
def state(host: Host) -> t.Callable[[], State]:
    """What the host is, in many lines."""

    def look() -> State:
        seen = frozenset(host.run(_EVERYTHING).stdout.splitlines())
        assert len(seen) > 1000
        return seen

    return look
