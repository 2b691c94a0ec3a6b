"""Where the demo's things lie, and its playbooks."""

from __future__ import annotations

import json
import os
import pathlib

from bed import machines

ROOT = pathlib.Path(__file__).resolve().parents[1]
# the test of README has a demo of its own, so that it never meets a person's
NAME = os.environ.get("SELFHOST_BED", "demo")
FOLDER = ROOT / ".cache" / NAME
ZONES = FOLDER / "zones"
CONNECTION = FOLDER / "connection.json"
HEALTH = FOLDER / "health.json"
INVENTORY = ROOT / "demo" / "inventory"
USERS = ROOT / "demo" / "users.csv"
BED = ROOT / "tests" / "bed"


def playbook(name: str, **extra: object) -> tuple[str, ...]:
    """The command that runs a playbook of the collection on the demo's host."""
    options = [part for key, value in extra.items() for part in ("-e", f"{key}={value}")]
    if NAME != "demo":
        options += ["-e", json.dumps(elsewhere(machines.bed(NAME)))]
    return ("ansible-playbook", "-i", str(INVENTORY), f"selfhost.mail.{name}", *options)


def elsewhere(bed: machines.Bed) -> dict[str, object]:
    """What the inventory says of the bed `demo`, for another one. Pure."""
    addresses = [bed.address4(machines.MX1), bed.address6(machines.MX1)]
    return {
        "ansible_host": addresses[0],
        "ansible_ssh_common_args": f"-F {ROOT}/.cache/bed/{bed.name}/ssh_config",
        "site_public_addresses": addresses,
    }
