"""Make further hosts of the scenario `faults`, so that its long tests run beside each other."""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import subprocess
import sys
import typing as t

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCENARIO = ROOT / "molecule" / "faults" / "molecule.yml"
VERIFY = ROOT / "molecule" / "faults" / "ready.yml"
STOCK = ROOT / "tests" / "faults" / "stock" / "site.yml"


def variables(bed: str) -> dict[str, t.Any]:
    """What the scenario says of the system; how its machine is reached is the bed's matter."""
    scenario = yaml.safe_load(SCENARIO.read_text())
    said = scenario["provisioner"]["inventory"]["hosts"]["mail"]["vars"]
    facts = json.loads((folder(bed) / "bed.json").read_text())["machines"]["mx1.example.test"]
    public = {"site_public_addresses": [facts["address"], facts["address6"]]}
    ours = {name: value for name, value in said.items() if not name.startswith("ansible_")}
    return ours | public


def folder(bed: str) -> pathlib.Path:
    return ROOT / ".cache" / "bed" / bed


def inventory(bed: str) -> pathlib.Path:
    """The bed's own inventory, and beside it what the scenario says."""
    place = folder(bed) / "faults"
    place.mkdir(exist_ok=True)
    (place / "hosts.yml").write_text((folder(bed) / "inventory.yml").read_text())
    (place / "group_vars").mkdir(exist_ok=True)
    (place / "group_vars" / "mail.yml").write_text(json.dumps(variables(bed)))
    return place


def play(place: pathlib.Path, bed: str, *playbooks: str | pathlib.Path) -> None:
    # the playbooks of the scenarios ask for these
    environment = {
        **os.environ,
        "MOLECULE_PROJECT_DIRECTORY": str(ROOT),
        "MOLECULE_EPHEMERAL_DIRECTORY": str(place),
        "MOLECULE_SCENARIO_NAME": bed,
    }
    command = ["ansible-playbook", "-i", str(place / "hosts.yml"), *map(str, playbooks)]
    subprocess.run(command, env=environment, stdout=sys.stderr, check=True, timeout=900)


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests/faults/ready", description=__doc__)
    parser.add_argument("bed")
    parser.add_argument("kind", choices=["ours", "stock"])
    chosen = parser.parse_args()
    up = [str(ROOT / "tests/bed/hosts"), "up", chosen.bed, "--image", "mail"]
    subprocess.run(up, stdout=sys.stderr, check=True, timeout=300)
    place = inventory(chosen.bed)
    if chosen.kind == "ours":
        play(place, chosen.bed, "selfhost.mail.site", VERIFY)
    else:
        play(place, chosen.bed, STOCK)
    users, report = ROOT / "demo" / "users.csv", place / "health.json"
    tool = [str(ROOT / "tests/bed/connection"), chosen.bed, str(place / "hosts.yml")]
    subprocess.run([*tool, str(users), str(report), str(place)], check=True, timeout=120)
    print(place / "tests.json")


if __name__ == "__main__":
    main()
