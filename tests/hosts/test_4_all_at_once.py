"""A host on which nearly everything is wrong: said in one list, and nothing is changed."""

from __future__ import annotations

import contextlib
import typing as t

import pytest

from bed import machines, podman
from hosts.administrator import Administrator
from hosts.shell import done_and_undone, replaced, succeed

Host = t.Any
State = frozenset[str]
SOURCES = "/etc/apt/sources.list"
SOCKET = "[Socket]\nListenStream=4190\nService=systemd-ask-password-wall.service\n"
# A program that sees the host's clock an hour behind.
YESTERDAY = '#!/bin/sh\nexec faketime -f -1h /usr/bin/python3 "$@"\n'
NEIGHBOUR = "selfhost-{}-neighbour"


@contextlib.contextmanager
def neighbour(bed: machines.Bed, port: int) -> t.Iterator[None]:
    """A container that shares the host's network, as a pod does: its processes are not seen."""
    host, name = bed.container(machines.MX1), NEIGHBOUR.format(bed.name)
    image = podman.run("container", "inspect", "--format", "{{.ImageName}}", host)
    server = ("python3", "-m", "http.server", "--directory", "/run", str(port))
    podman.run(
        *("run", "--detach", "--rm", f"--name={name}", f"--network=container:{host}"),
        *("--systemd=false", "--pull=never", image, *server),
    )
    try:
        yield
    finally:
        podman.run("rm", "--force", "--time=0", name)


@pytest.fixture
def broken(host: Host, bed: machines.Bed) -> t.Iterator[None]:
    with contextlib.ExitStack() as states:

        def enter(do: str, undo: str) -> None:
            states.enter_context(done_and_undone(host, do, undo))

        states.enter_context(neighbour(bed, 995))
        unit = "/run/systemd/system/another.socket"
        enter(
            f"mkdir -p /run/systemd/system && printf '{SOCKET}' >{unit} &&"
            " systemctl start another.socket",
            f"systemctl stop another.socket && rm {unit} && systemctl daemon-reload",
        )
        enter("mount -t tmpfs -o size=8m,nr_inodes=100 tmpfs /srv", "umount /srv")
        # whoever began to run meanwhile has it open
        enter("mount --bind /usr /usr && mount -o remount,ro,bind /usr", "umount --lazy /usr")
        enter(
            f"printf '{YESTERDAY}' >/run/python-of-yesterday && chmod +x /run/python-of-yesterday",
            "rm /run/python-of-yesterday",
        )
        enter("mkdir -p /etc/postgresql/15/main", "rm -r /etc/postgresql/15")
        enter("echo port = 5433 >/etc/postgresql/15/main/postgresql.conf", "true")
        for path, text in (
            ("/etc/resolv.conf", "nameserver 127.0.0.9\n"),
            (SOURCES, "deb http://mirror.example.org/debian bookworm main\n"),
        ):
            states.enter_context(replaced(host, path, text))
        succeed(host, "timeout 10 sh -c 'until ss -Hltn | grep -q :995; do sleep 0.1; done'")
        yield


WRONG: dict[str, t.Any] = {
    "ansible_python_interpreter": "/run/python-of-yesterday",
    "site_admin_address": "",
    "site_services": {
        "pop3s": {"enabled": True},
        "sieve": {"enabled": True},
        "submission": {"addresses": ["192.0.2.9"]},
    },
    "site_database_port": 5433,
    "dovecot_mail_base": "/srv/mail/vmail",
    "preflight_minimum_memory_mb": 99_000_000,
    "preflight_replace_files": True,
}
SAID = (
    " of memory with its swap space, and 99000000 MB are asked for",
    " s behind the controller's, and 60 s are allowed",
    "/usr lies on a file system that is mounted read-only",
    "/srv has 8 MB free, and 1024 MB are asked for",
    "The file system of /srv has room for 9",
    "The package sources of the host name bookworm, and not trixie",
    "The host's resolver answers nothing, so it could neither send mail nor check who sends",
    "site_admin_address is missing.",
    "Port 995 for service pop3s is taken by something that shows no process here",
    "Port 4190 for service sieve is taken by a socket unit of systemd",
    "The host has no address 192.0.2.9, where submission would listen",
    "The PostgreSQL cluster 15/main has port 5433",
)


@pytest.mark.usefixtures("broken")
def test_everything_is_said_at_once(
    administrator: Administrator, state: t.Callable[[], State]
) -> None:
    before = state()
    problems = administrator.refused(**WRONG)
    assert state() ^ before == frozenset()
    assert [said for said in SAID if not any(said in problem for problem in problems)] == []
    assert len(problems) == len(SAID), problems


def test_another_run_of_apt_is_waited_for(administrator: Administrator, host: Host) -> None:
    lock = (
        "import fcntl, time; lock = open('/var/lib/dpkg/lock-frontend', 'w');"
        " fcntl.lockf(lock, fcntl.LOCK_EX); time.sleep(4)"
    )
    succeed(host, f'systemd-run --unit=another-apt python3 -c "{lock}"')
    done = administrator.preflight(preflight_replace_files=True)
    assert done.status == 0, done.output
    assert host.run("systemctl is-active another-apt").stdout.strip() == "inactive"


def test_packages_that_are_half_installed(administrator: Administrator, host: Host) -> None:
    unfinished = "/var/lib/dpkg/updates/0001"
    with done_and_undone(host, f"echo >{unfinished}", f"rm {unfinished}"):
        done = administrator.preflight(preflight_replace_files=True)
    assert done.status != 0
    assert "can install nothing as things are: mend what it says" in done.said
    assert "dpkg was interrupted" in done.said


@pytest.mark.parametrize(
    ("do", "undo", "warning"),
    [
        (
            "mv /run/systemd/container /run/systemd/container.aside",
            "mv /run/systemd/container.aside /run/systemd/container",
            "Nothing keeps the host's clock right: install or switch on a time service",
        ),
        (
            "mkdir -p /etc/ufw && printf 'ENABLED=yes\\n' >/etc/ufw/ufw.conf &&"
            " printf '### tuple ### allow tcp 465,587 0.0.0.0/0 any 0.0.0.0/0 in\\n"
            "### tuple ### allow any 25 0.0.0.0/0 any 0.0.0.0/0 in\\n' >/etc/ufw/user.rules",
            "rm /etc/ufw/ufw.conf /etc/ufw/user.rules",
            "ufw is switched on and has no rule for port 993: let them in",
        ),
    ],
    ids=["clock", "ufw"],
)
def test_warning(
    do: str, undo: str, warning: str, administrator: Administrator, host: Host
) -> None:
    with done_and_undone(host, do, undo):
        done = administrator.preflight(preflight_replace_files=True)
    assert done.status == 0, done.output
    assert warning in done.said


def test_name_that_is_not_published(administrator: Administrator) -> None:
    """/etc/hosts knows the host's own name; what others see is DNS."""
    name = "mx9.example.test"
    done = administrator.preflight(preflight_replace_files=True, site_hostname=name)
    assert done.status == 0, done.output
    assert f"{name} does not resolve on the host: other servers will not deliver" in done.said


def test_sources_that_cannot_be_reached(administrator: Administrator, host: Host) -> None:
    """Old lists are refreshed when all else is well; the next run does so again."""
    succeed(host, "touch -d '2 days ago' /var/lib/apt/lists")
    with replaced(host, SOURCES, "deb http://127.0.0.1:9/debian trixie main\n"):
        done = administrator.preflight(preflight_replace_files=True)
    assert done.status != 0
    assert "cannot be refreshed, so no package can be installed: see that the host" in done.said
