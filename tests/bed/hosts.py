"""Start, show and remove the machines of a bed."""

from __future__ import annotations

import argparse
import base64
import concurrent.futures
import json
import os
import pathlib
import secrets
import shutil
import subprocess
import sys
import time
import typing as t

import dns.exception
import dns.resolver

from bed import access, machines, podman
from bed.dns import configuration

LABEL = "selfhost.mail.checkout"
BED_LABEL = "selfhost.mail.bed"
PATIENCE = 60  # seconds in which a machine has to answer


def folder_of(bed: machines.Bed) -> pathlib.Path:
    return podman.ROOT / ".cache" / "bed" / bed.name


def up(bed: machines.Bed, image: str) -> None:
    """Start what does not run yet, and return when names resolve and every machine answers SSH."""
    refuse_foreign(bed)
    kinds = {
        machine: image if machine in bed.mail_hosts else machine.image for machine in bed.machines
    }
    images = {kind: build(kind) for kind in sorted({*kinds.values()})}
    write_files(bed)
    for network in bed.networks:
        if not present(network):
            create_network(bed, network)
    each(lambda machine: start(bed, machine, images[kinds[machine]]), bed.machines)
    for network in bed.networks:
        if network != bed.name:
            leave(network)
    # a resolver that asked too early would not ask again for a while
    each(lambda machine: answer(bed, machine), [machines.NS1])
    each(lambda machine: answer(bed, machine), bed.machines)


def each(action: t.Callable[[machines.Machine], None], some: t.Iterable[machines.Machine]) -> None:
    with concurrent.futures.ThreadPoolExecutor() as pool:
        list(pool.map(action, some))


def present(network: str) -> list[str]:
    """What podman calls a network of a bed, one name at most."""
    wanted = f"label={BED_LABEL}={network}"
    return podman.run("network", "ls", "--format", "{{.Name}}", "--filter", wanted).split()


def create_network(bed: machines.Bed, network: str) -> None:
    """Under a new name: podman keeps addresses of machines that ended without it, by that name."""
    name = f"selfhost-{network}-{secrets.token_hex(2)}"
    options = [f"--subnet={subnet}" for subnet in bed.networks[network]]
    options += [f"--label={BED_LABEL}={network}", "--disable-dns", "--ipv6"]
    if network != bed.name:
        options += ["--internal"]  # no default route by it
    podman.run("network", "create", *options, name)


def leave(network: str) -> None:
    """This machine, every network's router, has no address in a network that nobody is to enter."""
    shown = json.loads(podman.run("network", "inspect", present(network)[0]))
    command = [podman.ENTER, "ip", "address", "flush", "dev", shown[0]["network_interface"]]
    subprocess.run(command, timeout=10, check=True)


def refuse_foreign(bed: machines.Bed) -> None:
    """Two checkouts cannot have the same network; one that is gone has none."""
    for machine in bed.machines:
        label = f'{{{{index .Config.Labels "{LABEL}"}}}}'
        shown = podman.ask("container", "inspect", "--format", label, bed.container(machine))
        owner = shown.stdout.decode().strip()
        if shown.returncode or owner == str(podman.ROOT):
            continue
        if not pathlib.Path(owner).exists():
            down(bed)
            return
        raise podman.BedError(
            f"bed {bed.name!r} was started from the checkout {owner}; "
            f"remove it with: tests/bed/hosts down {bed.name}"
        )


def build(kind: str) -> str:
    tool = podman.ROOT / "tests" / "bed" / "image"
    done = subprocess.run([tool, kind], stdout=subprocess.PIPE, text=True, timeout=600, check=False)
    if done.returncode:
        raise podman.BedError(f"image {kind!r} could not be built; the lines above say why")
    return done.stdout.strip()


def write_files(bed: machines.Bed) -> None:
    """Keys, and the files with which people, Ansible and tests reach the machines."""
    folder = folder_of(bed)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    new_key(folder / "id_ed25519")
    public = {}
    for machine in bed.machines:
        if machine.boots:
            new_key(folder / f"host_{machine.name}")
            public[machine.name] = (folder / f"host_{machine.name}.pub").read_text()
    (folder / "known_hosts").write_text(access.known_hosts(bed, public))
    (folder / "ssh_config").write_text(access.ssh_config(bed, folder))
    (folder / "inventory.yml").write_text(access.inventory(bed, folder))
    secret = folder / "tsig"
    if not secret.exists():
        secret.write_text(base64.b64encode(secrets.token_bytes(32)).decode())
        secret.chmod(0o600)
    facts = {
        "dns": bed.address4(machines.RESOLVER),
        "authoritative": bed.address4(machines.NS1),
        "machines": {
            machine.name: {
                "container": bed.container(machine),
                "address": bed.address4(machine),
                "address6": bed.address6(machine),
            }
            for machine in bed.machines
        },
    }
    (folder / "bed.json").write_text(json.dumps(facts, indent=2) + "\n")


def new_key(path: pathlib.Path) -> None:
    if not path.exists():
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", path.name, "-f", str(path)]
        subprocess.run(command, check=True, timeout=20)


def start(bed: machines.Bed, machine: machines.Machine, image: str) -> None:
    name = bed.container(machine)
    state = podman.ask("container", "inspect", "--format", "{{.State.Status}}", name)
    if state.returncode:
        create(bed, machine, image)
        podman.put(name, files_of(bed, machine))
    elif state.stdout.strip() == b"running":
        return
    podman.run("start", name)


def create(bed: machines.Bed, machine: machines.Machine, image: str) -> None:
    # a virtual machine's root may do all this; services that lock themselves in need it
    rights = ["--systemd=always", "--cap-add=SYS_ADMIN,NET_ADMIN,NET_RAW,SYS_PTRACE,AUDIT_WRITE"]
    interfaces = [
        f"--network={present(network)[0]}:ip={four},ip6={six},mac={machines.hardware_address(four)}"
        f",interface_name=eth{number}"
        for number, (network, (four, six)) in enumerate(
            zip(bed.networks, bed.addresses(machine), strict=False)
        )
    ]
    podman.run(
        "create",
        f"--name={bed.container(machine)}",
        f"--hostname={machine.name}",
        *interfaces,
        f"--dns={bed.address4(machines.RESOLVER)}",
        "--dns-search=.",
        "--no-hosts",
        "--shm-size=256m",  # PostgreSQL
        "--pull=never",
        f"--label={LABEL}={podman.ROOT}",
        *(rights if machine.boots else ["--systemd=false"]),
        image,
        *machine.command,
    )


def files_of(bed: machines.Bed, machine: machines.Machine) -> dict[str, tuple[str, int, int]]:
    """What a machine gets before its first start: {path: (content, mode, owner)}."""
    folder = folder_of(bed)
    # a machine knows its own name: knotd asks for it before there is anybody to answer
    files = {"/etc/hosts": (access.hosts_file(machine), 0o644, 0)}
    if machine is machines.NS1:
        knot = configuration.knot(bed, (folder / "tsig").read_text())
        zones = {
            f"/etc/bed/{zone}.zone": (text, 0o644, 0)
            for zone, text in configuration.zones(bed).items()
        }
        return files | zones | {"/etc/bed/knot.conf": (knot, 0o600, 0)}
    if machine is machines.RESOLVER:
        unbound = configuration.unbound(bed, upstream())
        return files | {"/etc/bed/unbound.conf": (unbound, 0o644, 0)}
    home = f"/home/{access.USER}"
    key = folder / f"host_{machine.name}"
    files |= {
        "/etc/ssh/ssh_host_ed25519_key": (key.read_text(), 0o600, 0),
        "/etc/ssh/ssh_host_ed25519_key.pub": (
            key.with_suffix(key.suffix + ".pub").read_text(),
            0o644,
            0,
        ),
        f"{home}/.ssh/": ("", 0o700, 1000),
        f"{home}/.ssh/authorized_keys": ((folder / "id_ed25519.pub").read_text(), 0o600, 1000),
    }
    if machine is machines.OUTSIDE:
        main_cf = podman.ROOT / "tests" / "bed" / "outside" / "main.cf"
        files["/etc/postfix/main.cf"] = (main_cf.read_text(), 0o644, 0)
    return files


def upstream() -> list[str]:
    """The network's own name servers; a stub on loopback cannot be reached from a container."""
    for path in ("/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"):
        found = (
            configuration.name_servers(pathlib.Path(path).read_text())
            if os.path.exists(path)
            else []
        )
        if found:
            return found
    raise podman.BedError(
        "/etc/resolv.conf names no name server that a container can reach; "
        "add one that is not on loopback"
    )


def answer(bed: machines.Bed, machine: machines.Machine) -> None:
    """Wait until the machine does its work."""
    ready = boots if machine.boots else resolves
    deadline = time.monotonic() + PATIENCE
    while not ready(bed, machine):
        if time.monotonic() > deadline:
            name = bed.container(machine)
            said = podman.ask("logs", "--tail", "20", name)
            print((said.stdout + said.stderr).decode(errors="replace"), file=sys.stderr)
            raise podman.BedError(
                f"{name} did not answer within {PATIENCE} s; its last lines are above"
            )
        time.sleep(0.1)


def resolves(bed: machines.Bed, machine: machines.Machine) -> bool:
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = [bed.address4(machine)]
    resolver.lifetime = 1
    try:
        return bool(resolver.resolve(machines.MX1.name, "A"))
    except dns.exception.DNSException:
        return False


def boots(bed: machines.Bed, machine: machines.Machine) -> bool:
    # "degraded" ends with a status of its own, and is for the one who looks at the machine to judge
    remote = "systemctl is-system-running --wait; true"
    command = [
        "ssh",
        "-F",
        str(folder_of(bed) / "ssh_config"),
        "-o",
        "ConnectTimeout=2",
        "-o",
        "BatchMode=yes",
        machine.name,
    ]
    done = subprocess.run([*command, remote], capture_output=True, timeout=PATIENCE, check=False)
    return done.returncode == 0


def down(bed: machines.Bed) -> None:
    names = [bed.container(machine) for machine in bed.machines]
    podman.run("rm", "--force", "--ignore", "--volumes", "--time=0", *names)
    for network, subnets in bed.networks.items():
        for name in present(network):
            podman.run("network", "rm", "--force", name)
        remove_bridge(str(subnets[0][1]))
    shutil.rmtree(folder_of(bed), ignore_errors=True)


def remove_bridge(address: str) -> None:
    """Remove what is left of a network whose machines ended without podman, as in a crash."""
    shown = subprocess.run(
        ["ip", "-json", "address", "show", "to", f"{address}/32"],
        capture_output=True,
        timeout=10,
        check=True,
    )
    for interface in json.loads(shown.stdout or "[]"):
        name = interface.get("ifname", "")
        if name.startswith("podman"):
            subprocess.run([podman.ENTER, "ip", "link", "delete", name], timeout=10, check=True)


def status(bed: machines.Bed) -> None:
    for machine in bed.machines:
        state = podman.ask(
            "container",
            "inspect",
            "--format",
            "{{.State.Status}}\t{{.ImageName}}",
            bed.container(machine),
        )
        shown = state.stdout.decode().strip() if state.returncode == 0 else "absent"
        print(
            f"{machine.name:<30}{bed.address4(machine):<14}{bed.address6(machine):<14}{bed.container(machine):<26}{shown}"
        )


def logs(bed: machines.Bed) -> None:
    """What a person wants to see when something has failed."""
    views = {
        "failed units": ["systemctl", "--failed", "--no-pager", "--plain"],
        "journal": ["journalctl", "--no-pager", "--lines=80", "--exclude-identifier=sudo"],
        "mail": ["journalctl", "--no-pager", "--lines=60", "--facility=mail"],
    }
    for machine in bed.mail_hosts:
        name = bed.container(machine)
        for title, command in views.items():
            shown = podman.ask("exec", name, *command)
            said = (shown.stdout + shown.stderr).decode(errors="replace")
            print(f"==== {name}: {title}\n{said}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests/bed/hosts", description=__doc__)
    parser.add_argument("verb", choices=("up", "down", "status", "logs"))
    parser.add_argument("bed")
    parser.add_argument(
        "--image", choices=("base", "mail"), default="base", help="what the mail hosts start from"
    )
    chosen = parser.parse_args()
    started = time.monotonic()
    try:
        bed = machines.bed(chosen.bed)
        if chosen.verb == "up":
            up(bed, chosen.image)
            seconds = time.monotonic() - started
            way = f"ssh -F {folder_of(bed)}/ssh_config {machines.MX1.name}"
            print(f"bed {bed.name} is up ({seconds:.1f} s): {way}")
        else:
            {"down": down, "status": status, "logs": logs}[chosen.verb](bed)
    except (ValueError, podman.BedError) as error:
        sys.exit(f"tests/bed/hosts: {error}")


if __name__ == "__main__":
    main()
