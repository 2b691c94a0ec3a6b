"""How people, Ansible and tests reach the machines of a bed: the text of the files. Pure."""

from __future__ import annotations

import json
import pathlib

from bed import machines

USER = "debian"


def known_hosts(bed: machines.Bed, keys: dict[str, str]) -> str:
    """keys: {machine's name: its public host key}"""
    return "".join(
        f"{machine.name},{bed.address4(machine)},{bed.address6(machine)}"
        f" {' '.join(keys[machine.name].split()[:2])}\n"
        for machine in bed.machines
        if machine.name in keys
    )


def ssh_config(bed: machines.Bed, folder: pathlib.Path) -> str:
    entries = "".join(
        f"Host {machine.name} {machine.name.partition('.')[0]}"
        f" {bed.address4(machine)} {bed.address6(machine)}\n"
        f"  HostName {bed.address4(machine)}\n"
        for machine in bed.machines
        if machine.boots
    )
    return (
        f"{entries}Host *\n  User {USER}\n"
        f"  IdentityFile {folder}/id_ed25519\n  IdentitiesOnly yes\n"
        f"  UserKnownHostsFile {folder}/known_hosts\n  StrictHostKeyChecking yes\n"
    )


def inventory(bed: machines.Bed, folder: pathlib.Path) -> str:
    """An inventory of the mail hosts, for -i; what the system shall be comes from elsewhere."""
    hosts = "".join(
        f"        {name}: {json.dumps(facts)}\n" for name, facts in host_facts(bed).items()
    )
    groups = "".join(
        f"        mail_{part}:\n          hosts:\n            {machine.name}:\n"
        for part, machine in bed.parts.items()
    )
    return f"""all:
  vars:
    ansible_user: {USER}
    ansible_become: true
    ansible_pipelining: true
    ansible_ssh_common_args: -F {folder}/ssh_config
    ansible_python_interpreter: /usr/bin/python3
  children:
    mail:
      hosts:
{hosts}      children:
{groups}"""


def host_facts(bed: machines.Bed) -> dict[str, dict[str, str]]:
    """Where each mail host is, and where the others find it."""
    facts = {machine: {"ansible_host": bed.address4(machine)} for machine in bed.mail_hosts}
    for machine in bed.inner:
        facts[machine]["site_internal_name"] = bed.inner_name(machine)
        facts[machine]["site_internal_address"] = bed.inner_address4(machine)
    return {machine.name: found for machine, found in facts.items()}


def hosts_file(machine: machines.Machine) -> str:
    """/etc/hosts as Debian's installer and cloud-init write it."""
    return (
        f"127.0.0.1 localhost\n127.0.1.1 {machine.name} {machine.name.partition('.')[0]}\n"
        "::1 localhost ip6-localhost ip6-loopback\nff02::1 ip6-allnodes\nff02::2 ip6-allrouters\n"
    )
