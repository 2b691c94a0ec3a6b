# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why Ansible cannot work on a host as root, said for the person who wrote the inventory."""

from __future__ import annotations

import dataclasses
import re
import typing as t


@dataclasses.dataclass(frozen=True)
class Way:
    """How Ansible was told to reach the host."""

    address: str
    user: str
    # empty: it does not become another user
    method: str


# What OpenSSH and Ansible say → what it means and what helps; the first that fits is said.
_REASONS: tuple[tuple[str, str], ...] = (
    (
        r"REMOTE HOST IDENTIFICATION HAS CHANGED|Host key verification failed",
        "The SSH key of {address} is not the one in known_hosts: connect once by hand (ssh"
        " {address}), compare the key with what the host's console shows, and drop an old one with"
        " ssh-keygen -R {address}.",
    ),
    (
        r"Permission denied|Authentication failed|Invalid/incorrect password",
        "{address} lets {user} not log in by SSH: set ansible_user to a user it knows, and"
        " ansible_ssh_private_key_file to a key that stands in his ~/.ssh/authorized_keys there.",
    ),
    (
        r"Could not resolve hostname|Name or service not known",
        "The name {address} does not resolve on the controller: correct the name in the inventory,"
        " or set ansible_host to the host's address.",
    ),
    (
        r"Missing \w+ password|a password is required|a terminal is required",
        "{user} may not become root by {method} without a password, and none was given: call"
        " ansible-playbook with --ask-become-pass, or allow it in the file sudoers of the host"
        " ({user} ALL=(ALL) NOPASSWD:ALL).",
    ),
    (
        r"Incorrect \w+ password",
        "The password by which {user} would become root by {method} is wrong: correct"
        " ansible_become_password, or what was typed for --ask-become-pass.",
    ),
    (
        r"not in the sudoers|is not allowed to (execute|run)|may not run",
        "{user} may not become root by {method}: let him in the file sudoers of the host, or set"
        " ansible_user to a user who may.",
    ),
    (
        r"waiting for privilege escalation prompt",
        "{method} did not let {user} become root in time: set ansible_become_method to sudo, or"
        " give the password it asks for with --ask-become-pass.",
    ),
    (
        r"\b(\w+): (command )?not found",
        "The host has no {method}, by which {user} would become root: install it there as root (for"
        " instance: apt-get install sudo), log in as root (ansible_user), or set"
        " ansible_become_method to what the host has.",
    ),
    (
        r"timed out|refused|No route to host|unreachable|Connection closed|reset by peer",
        "{address} does not answer by SSH: see that the host runs, that its address and port"
        " (ansible_host, ansible_port) are right, and that no firewall is in between.",
    ),
)
_NO_PYTHON = re.compile(r"interpreter .* was not found|python\S*: (command )?not found")


def unreached(way: Way, said: str) -> str:
    """The sentence for what SSH or the become method said."""
    words = " ".join(said.split())
    for pattern, meaning in _REASONS:
        if re.search(pattern, words):
            return f"{meaning.format(**dataclasses.asdict(way))} It said: {words}"
    return (
        f"{way.user} cannot work as root on {way.address}: see that this user may log in there by"
        f" SSH and become root. It said: {words or 'nothing'}"
    )


def not_root(way: Way) -> str:
    """Logged in, and somebody else than root."""
    return (
        f"Ansible works as {way.user} on {way.address}, who is not root: set ansible_become to"
        " true, and no ansible_become_user."
    )


def without_python(result: t.Mapping[str, t.Any]) -> str:
    """The sentence when a module found no Python there, otherwise nothing."""
    said = f"{result.get('msg', '')} {result.get('module_stderr', '')}"
    if result.get("rc") != 127 or not _NO_PYTHON.search(said):
        return ""
    return (
        "The host has no Python where Ansible looks for it: install it there (apt-get install"
        " python3), and set ansible_python_interpreter to /usr/bin/python3."
    )
