"""Write connection.json: what a mail client or a test needs to know about a bed's mail host."""

from __future__ import annotations

import argparse
import csv
import json
import os
import pathlib
import subprocess
import sys
import typing as t

import yaml

from bed import hosts, machines, podman

SERVICES = ("smtp", "submission", "submissions", "imaps")
Variables = t.Mapping[str, t.Any]


def describe(
    bed: machines.Bed,
    variables: Variables,
    users: t.Sequence[t.Mapping[str, str]],
    ca_file: pathlib.Path,
    report: pathlib.Path,
) -> dict[str, t.Any]:
    """Pure: the content of connection.json, variables being those of the host."""
    services = variables["site_service_defaults"]
    changed = variables.get("site_services", {})
    domains = variables["accounts_domains"]
    return {
        "address": bed.address4(bed.edge),
        "hostname": bed.edge.name,
        "ca_file": str(ca_file),
        "ports": {
            name: changed.get(name, {}).get("port", services[name]["port"]) for name in SERVICES
        },
        "container": bed.container(bed.edge),
        "dns": bed.address4(machines.RESOLVER),
        "domains": [domain if isinstance(domain, str) else domain["name"] for domain in domains],
        "users": [{key: row[key] for key in ("email", "password", "full_name")} for row in users],
        "outside_sender": "visitor@example.com",
        "health_report": str(report),
    }


def for_tests(
    bed: machines.Bed, connection: Variables, variables: Variables, inventory: pathlib.Path
) -> dict[str, t.Any]:
    """Pure: connection.json and how tests reach the machines as their administrator does."""
    database = variables["site_database_host"]
    return {
        **connection,
        "address6": bed.address6(bed.edge),
        "administrator": variables["site_admin_address"],
        "ssh_config": str(hosts.folder_of(bed) / "ssh_config"),
        "inventory": str(inventory),
        # each part of the mail system with its machine, which may be one for all of them
        "parts": {
            part: {
                "name": machine.name,
                "inner": [bed.inner_address4(machine), bed.inner_address6(machine)]
                if machine in bed.inner
                else [],
            }
            for part, machine in bed.parts.items()
        },
        "database": {
            "host": database,
            "ca_file": variables["site_tls_ca"] if database else "",
            "passwords": variables["site_database_passwords"],
        },
    }


def write(path: pathlib.Path, content: Variables) -> None:
    """A file with passwords: never readable by others, not even while it is written."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(content, file, indent=2, ensure_ascii=False)
        file.write("\n")
    path.chmod(0o600)


def variables_of(edge: machines.Machine, inventory: pathlib.Path) -> Variables:
    """The edge's variables: the defaults of role site and what the inventory says."""
    command = ["ansible-inventory", "-i", str(inventory), "--host", edge.name]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode:
        raise ValueError(f"inventory {inventory}: {done.stderr.strip()}")
    defaults = (podman.ROOT / "roles" / "site" / "defaults" / "main.yml").read_text()
    merged: Variables = {**yaml.safe_load(defaults), **json.loads(done.stdout)}
    return merged


def fetch(bed: machines.Bed, path: str, destination: pathlib.Path) -> None:
    """Copy a file that anyone may read from the edge."""
    config = hosts.folder_of(bed) / "ssh_config"
    command = [
        "ssh",
        "-F",
        str(config),
        "-o",
        "BatchMode=yes",
        bed.edge.name,
        "sudo",
        "cat",
        path,
    ]
    done = subprocess.run(command, capture_output=True, timeout=30, check=False)
    if done.returncode:
        raise ValueError(f"{bed.edge.name}:{path}: {done.stderr.decode(errors='replace').strip()}")
    destination.write_bytes(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests/bed/connection", description=__doc__)
    parser.add_argument("bed")
    for name in ("inventory", "users", "report", "folder"):
        parser.add_argument(name, type=lambda text: pathlib.Path(text).absolute())
    chosen = parser.parse_args()
    try:
        bed = machines.bed(chosen.bed)
        variables = variables_of(bed.edge, chosen.inventory)
        chosen.folder.mkdir(parents=True, exist_ok=True)
        ca_file = chosen.folder / "ca.pem"
        fetch(bed, variables["site_tls_ca"], ca_file)
        with chosen.users.open(newline="", encoding="utf-8") as rows:
            users = list(csv.DictReader(rows))
        facts = describe(bed, variables, users, ca_file, chosen.report)
    except KeyError as error:
        sys.exit(f"tests/bed/connection: {chosen.inventory} or {chosen.users} lacks {error}")
    except (ValueError, OSError) as error:
        sys.exit(f"tests/bed/connection: {error}")
    write(chosen.folder / "connection.json", facts)
    write(chosen.folder / "tests.json", for_tests(bed, facts, variables, chosen.inventory))


if __name__ == "__main__":
    main()
