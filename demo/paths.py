"""Where the demo's things lie, and its playbooks."""

from __future__ import annotations

import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[1]
FOLDER = ROOT / ".cache" / "demo"
ZONES = FOLDER / "zones"
CONNECTION = FOLDER / "connection.json"
HEALTH = FOLDER / "health.json"
INVENTORY = ROOT / "demo" / "inventory"
USERS = ROOT / "demo" / "users.csv"
BED = ROOT / "tests" / "bed"


def playbook(name: str, **extra: object) -> tuple[str, ...]:
    """The command that runs a playbook of the collection on the demo's host."""
    options = [part for key, value in extra.items() for part in ("-e", f"{key}={value}")]
    return ("ansible-playbook", "-i", str(INVENTORY), f"selfhost.mail.{name}", *options)
