"""Hosts on which Ansible cannot work as root: each says why in a sentence, all of them at once."""

from __future__ import annotations

import pathlib
import typing as t

import pytest

from bed import hosts, machines
from hosts.administrator import NOT_READY, Administrator, Play, inventory_of

State = frozenset[str]
# A connection of its own, not one that is open already.
ALONE = {"ansible_ssh_args": "-C"}
# How the inventory differs for a host, and what its administrator is told.
CASES: t.Mapping[str, tuple[t.Mapping[str, t.Any], str]] = {
    "without-sudo.example.test": (
        {"ansible_user": "plain"},
        "plain may not become root by sudo without a password, and none was given",
    ),
    "not-in-sudoers.example.test": (
        {"ansible_user": "plain", "ansible_become_password": "Roble-Norte-47"},
        "plain may not become root by sudo: let him in the file sudoers",
    ),
    "no-password.example.test": (
        {"ansible_user": "asked"},
        "asked may not become root by sudo without a password, and none was given: call"
        " ansible-playbook with --ask-become-pass",
    ),
    "wrong-password.example.test": (
        {"ansible_user": "asked", "ansible_become_password": "Roble-Sur-48"},
        "The password by which asked would become root by sudo is wrong",
    ),
    "su.example.test": (
        {"ansible_become_method": "su", "ansible_timeout": 3},
        "su did not let debian become root in time: set ansible_become_method to sudo",
    ),
    "doas.example.test": (
        {"ansible_become_method": "community.general.doas"},
        "The host has no doas, by which debian would become root",
    ),
    "no-sudo.example.test": (
        {"ansible_become_exe": "/usr/bin/no-sudo"},
        "The host has no sudo, by which debian would become root",
    ),
    "nobody.example.test": (
        {"ansible_become": False},
        "works as debian on {address}, who is not root: set ansible_become to true",
    ),
    "stranger.example.test": (
        {"ansible_user": "stranger"},
        "{address} lets stranger not log in by SSH: set ansible_user",
    ),
    "wrong-key.example.test": (
        {
            **ALONE,
            "ansible_ssh_common_args": "-F none -o IdentitiesOnly=yes -o IdentityFile=/dev/null"
            " -o UserKnownHostsFile={known_hosts}",
        },
        "{address} lets debian not log in by SSH: set ansible_user",
    ),
    "unknown-host-key.example.test": (
        {
            **ALONE,
            "ansible_host_key_checking": True,
            "ansible_ssh_extra_args": "-o UserKnownHostsFile=/dev/null",
        },
        "The SSH key of {address} is not the one in known_hosts",
    ),
    "closed.example.test": ({"ansible_port": 26}, "{address} does not answer by SSH: see that"),
    "no-name.example.test": (
        {"ansible_host": "no-name.invalid"},
        "The name no-name.invalid does not resolve on the controller",
    ),
    "no-python.example.test": (
        {"ansible_python_interpreter": "/usr/bin/python2"},
        "The host has no Python where Ansible looks for it: install it there",
    ),
}
WORKING: t.Mapping[str, t.Mapping[str, t.Any]] = {
    "given-password.example.test": {
        "ansible_user": "asked",
        "ansible_become_password": "Roble-Norte-47",
    },
    # who needs no sudo
    "root.example.test": {"ansible_user": "root", "ansible_become_exe": "/usr/bin/no-sudo"},
}


@pytest.fixture(scope="module")
def common(administrator: Administrator, address: str) -> dict[str, t.Any]:
    """How the host is reached when nothing is wrong."""
    here = administrator.variables(machines.MX1.name)
    return {**here, "site_internal_address": address}


@pytest.fixture
def refused(
    common: dict[str, t.Any],
    state: t.Callable[[], State],
    bed: machines.Bed,
    tmp_path: pathlib.Path,
) -> Play:
    before = state()
    known_hosts = str(hosts.folder_of(bed) / "known_hosts")
    differing = {name: {**common, **case} for name, (case, _said) in CASES.items()}
    for case in differing.values():
        case["ansible_ssh_common_args"] = str(case["ansible_ssh_common_args"]).replace(
            "{known_hosts}", known_hosts
        )
    done = Administrator(inventory_of(tmp_path, differing)).play("site")
    assert state() ^ before == frozenset()
    return done


def test_every_host_says_why(refused: Play, address: str) -> None:
    assert refused.status != 0
    assert refused.changed == 0
    told = refused.messages()
    assert told.keys() == CASES.keys()
    for name, (_differs, sentence) in CASES.items():
        assert told[name].startswith(f"{name} {NOT_READY}\n1. ")
        assert sentence.format(address=address) in told[name]
    assert "Traceback" not in refused.output


def test_other_ways_to_root_work(common: dict[str, t.Any], tmp_path: pathlib.Path) -> None:
    ways = {name: {**common, **differs} for name, differs in WORKING.items()}
    done = Administrator(inventory_of(tmp_path, ways)).preflight(preflight_replace_files=True)
    assert done.status == 0, done.output
