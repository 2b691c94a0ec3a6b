"""Every kind of machine that the bed knows, most of which cannot be had at once: a table."""

from __future__ import annotations

import pathlib
import subprocess

import pytest

ENTER = pathlib.Path(__file__).parents[2] / "bed" / "enter"

ALL = "000001ffffffffff"
NO_SYS_RESOURCE = "000001fffeffffff"
UNPRIVILEGED = "00000000a80425fb"
V2 = "cpuset cpu io memory hugetlb pids rdma misc"

# kind: filesystem, uid, capabilities, controllers, init, hard limits of files and of processes
MACHINES: dict[str, tuple[tuple[str, ...], str]] = {
    "a developer's, with sudo": (
        ("cgroup2fs", "1000", "0" * 16, V2, "systemd", "1048576", "95210"),
        "sudo",
    ),
    "a CI runner": (
        ("cgroup2fs", "1001", "0" * 16, V2, "systemd", "65536", "63706"),
        "sudo",
    ),
    "a server, as root": (
        ("cgroup2fs", "0", ALL, V2, "systemd", "524288", "unlimited"),
        'run\n[containers]\n[network]\nnetwork_backend = "netavark"\n[engine]',
    ),
    "a privileged container without systemd": (
        ("cgroup2fs", "0", ALL, V2, "other", "1048576", "unlimited"),
        'run\n[containers]\n[network]\nnetwork_backend = "netavark"\n[engine]\n'
        'cgroup_manager = "cgroupfs"\nevents_logger = "file"',
    ),
    "hybrid, as root, before its namespace": (
        ("tmpfs", "0", NO_SYS_RESOURCE, "", "other", "20000", "unlimited"),
        "namespace",
    ),
    "hybrid, as root, in its namespace": (
        ("cgroup2fs", "0", NO_SYS_RESOURCE, "", "other", "20000", "unlimited"),
        "run\n[containers]\npids_limit = 0\n"
        'default_ulimits = ["nofile=20000:20000", "nproc=32768:32768"]\n'
        '[network]\nnetwork_backend = "netavark"\n[engine]\ncgroup_manager = "cgroupfs"\n'
        'events_logger = "file"\nruntime = "runc"',
    ),
    "hybrid with every right, in its namespace": (
        ("cgroup2fs", "0", ALL, "", "systemd", "1048576", "unlimited"),
        'run\n[containers]\npids_limit = 0\n[network]\nnetwork_backend = "netavark"\n[engine]\n'
        'cgroup_manager = "cgroupfs"\nevents_logger = "file"',
    ),
    "v2 without CAP_SYS_RESOURCE, low limits": (
        ("cgroup2fs", "0", NO_SYS_RESOURCE, V2, "systemd", "unlimited", "4096"),
        'run\n[containers]\ndefault_ulimits = ["nofile=1048576:1048576", "nproc=4096:4096"]\n'
        '[network]\nnetwork_backend = "netavark"\n[engine]\nruntime = "runc"',
    ),
    "an ordinary container": (
        ("cgroup2fs", "0", UNPRIVILEGED, "cpu memory pids", "other", "1048576", "unlimited"),
        "refuse root without CAP_SYS_ADMIN cannot start systemd in containers;"
        " use a virtual machine or a privileged container",
    ),
}


@pytest.mark.parametrize(("machine", "decision"), MACHINES.values(), ids=MACHINES.keys())
def test_each_kind_of_machine_gets_what_it_needs(machine: tuple[str, ...], decision: str) -> None:
    done = subprocess.run(
        [ENTER, "--explain", *machine], capture_output=True, text=True, timeout=10, check=True
    )
    assert done.stdout.strip() == decision
    assert done.stderr == ""


def test_what_has_to_be_installed_is_said() -> None:
    done = subprocess.run(
        [ENTER, "--packages"], capture_output=True, text=True, timeout=10, check=True
    )
    assert {"podman", "netavark"} <= set(done.stdout.split())
