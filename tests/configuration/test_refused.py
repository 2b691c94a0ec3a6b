"""A bad configuration never replaces a good one, and mail flows meanwhile."""

from __future__ import annotations

import dataclasses
import time

import pytest

from configuration.cases import (
    CERTIFICATES,
    FULL,
    INCLUDES,
    SETTINGS,
    VALUES,
    WRONG_RESTRICTION,
    Case,
)
from configuration.conftest import Refuse
from configuration.host import Host
from e2e.control import Control
from e2e.traffic import Answer, Probe, traffic

# a fixture runs many cases
pytestmark = pytest.mark.timeout(400)
RECOVERY = 20.0  # seconds in which a host whose daemons were all restarted serves again


@dataclasses.dataclass(frozen=True)
class Seen:
    """The host while cases were refused, and before and after."""

    said: dict[Case, str]
    disk: tuple[str, str]
    processes: tuple[str, str]
    mail: list[Answer]


def play(cases: tuple[Case, ...], refuse: Refuse, host: Host, mail: Probe) -> Seen:
    disk, processes = host.disk(), host.processes()
    with traffic(mail, every=1.0) as exchanged:
        said = dict(zip(cases, refuse(cases), strict=True))
    return Seen(said, (disk, host.disk()), (processes, host.processes()), exchanged.answers)


@pytest.fixture(scope="module")
def refused(refuse: Refuse, host: Host, mail: Probe) -> Seen:
    return play(CERTIFICATES + SETTINGS, refuse, host, mail)


@pytest.fixture(scope="module")
def put_back(refuse: Refuse, host: Host, mail: Probe) -> Seen:
    return play(VALUES, refuse, host, mail)


@pytest.mark.parametrize("case", CERTIFICATES, ids=str)
def test_certificate(case: Case, refused: Seen) -> None:
    assert case.said in refused.said[case]


@pytest.mark.parametrize("case", SETTINGS, ids=str)
def test_what_can_be_told_before(case: Case, refused: Seen) -> None:
    said = refused.said[case]
    assert case.said in said
    assert "refuses its new configuration: " in said
    assert "No file was changed, and" in said
    assert "keeps running with its former one. Correct " in said


def test_no_file_was_changed_and_no_daemon_restarted(refused: Seen) -> None:
    assert refused.disk[0] == refused.disk[1]
    assert refused.processes[0] == refused.processes[1]


def test_mail_was_delivered_and_read_meanwhile(refused: Seen) -> None:
    assert len(refused.mail) > 10
    assert {answer.said for answer in refused.mail} == {"read"}


@pytest.mark.parametrize("case", VALUES, ids=str)
def test_what_only_the_daemon_can_tell(case: Case, put_back: Seen) -> None:
    said = put_back.said[case]
    assert case.said in said
    assert "does not work with its new configuration: " in said
    assert "Its former files are back, and" in said
    assert "runs with them. Correct " in said


def test_former_files_are_back(put_back: Seen, mail: Probe) -> None:
    assert put_back.disk[0] == put_back.disk[1]
    assert "read" in {answer.said for answer in put_back.mail}
    assert mail() == "read"


@pytest.mark.parametrize("case", INCLUDES, ids=str)
def test_broken_file_of_the_administrator(
    case: Case, refuse: Refuse, host: Host, mail: Probe
) -> None:
    """Nothing of ours changes, and still the play says what would not start again."""
    processes = host.processes()
    with host.file(case.file, case.text):
        (said,) = refuse([case])
        assert mail() == "read"
    assert case.said in said
    assert "refuses the configuration that is on disk: " in said
    assert "keeps running, but would not start again. Correct " in said
    assert host.processes() == processes


@pytest.mark.parametrize("case", FULL, ids=str)
def test_full_disk(case: Case, refuse: Refuse, host: Host, mail: Probe) -> None:
    processes = host.processes()
    with host.full(case.file):
        seen = play((case,), refuse, host, mail)
    assert case.said in seen.said[case]
    assert "No file was changed, and" in seen.said[case]
    assert {answer.said for answer in seen.mail} == {"read"}
    assert seen.disk[0] == seen.disk[1]
    assert host.processes() == processes


def test_killed_between_writing_and_proving(refuse: Refuse, host: Host, mail: Probe) -> None:
    """What an interrupted play left unproven, the next one proves, and puts back."""
    disk = host.disk()
    with host.killing("/usr/local/sbin/prove-postfix"):
        refuse([WRONG_RESTRICTION])
    assert "main.cf.former" in host.disk()
    (said,) = refuse([WRONG_RESTRICTION])
    assert "Its former files are back, and Postfix runs with them." in said
    assert host.disk() == disk
    assert mail() == "read"


def test_what_lies_on_the_disk_is_what_ran(control: Control, host: Host, mail: Probe) -> None:
    disk = host.disk()
    host.do("systemctl restart postgresql@17-main postfix dovecot opendkim")
    with traffic(mail, every=0.2, until={"read"}) as exchanged:
        deadline = time.monotonic() + RECOVERY
        while not exchanged.answers or exchanged.answers[-1].said != "read":
            assert time.monotonic() < deadline, exchanged.answers
            time.sleep(0.1)
    for role in ("postgresql", "tls", "postfix", "opendkim", "dovecot"):
        control.role(role)
    assert host.disk() == disk
