"""What the demo shows at its end. Pure: from connection.json, zone files and the health report."""

from __future__ import annotations

import typing as t

Facts = t.Mapping[str, t.Any]
WIDTH = 96


def heading(text: str) -> str:
    return f"\n{text}\n{'─' * len(text)}"


def passed(checks: t.Sequence[Facts]) -> tuple[int, int]:
    """How many checks passed, of how many that were made."""
    made = [check for check in checks if check["status"] != "skipped"]
    return sum(check["status"] == "passed" for check in made), len(made)


def accounts(connection: Facts) -> str:
    rows = [("address = user name", "password", "name")]
    rows += [(user["email"], user["password"], user["full_name"]) for user in connection["users"]]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return "\n".join(
        "  "
        + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def settings(connection: Facts) -> str:
    ports = connection["ports"]
    return "\n".join(
        (
            f"  server    {connection['address']} ({connection['hostname']})",
            "  user      the full address",
            f"  reading   IMAPS, port {ports['imaps']}, TLS from the start",
            f"  sending   submission, port {ports['submissions']}, TLS from the start;"
            f" or port {ports['submission']} with STARTTLS",
            f"  trust     {connection['ca_file']}",
        )
    )


def built(connection: Facts) -> str:
    return "\n".join(
        (
            f"  {connection['hostname']}, a mail host on Debian 13,"
            f" for {' and '.join(connection['domains'])}:",
            "    PostgreSQL knows who has mail, Postfix takes it and sends it,",
            "    Dovecot keeps it, OpenDKIM signs it",
            f"  a name server at {connection['dns']} that publishes its records,"
            " and a mail host outside, example.com",
        )
    )


def records(zones: t.Mapping[str, str]) -> str:
    """The records of each zone file, a line each; the files have them whole, with reasons."""
    shown = []
    for zone, text in zones.items():
        lines = [line for line in text.splitlines() if line.strip() and line[0] not in ";$"]
        shown += [f"  {zone}", *(f"    {shorter(line)}" for line in lines), ""]
    return "\n".join(shown[:-1])


def shorter(line: str) -> str:
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…"


def examined(printed: str) -> str:
    """What the health playbook printed for people, without its last line."""
    _before, found, rest = printed.partition("Health of ")
    lines = f"{found}{rest}".splitlines()
    ends = [number for number, line in enumerate(lines) if line.startswith("HEALTH ")]
    return "\n".join(f"  {line}".rstrip() for line in lines[: ends[0]]).rstrip() if ends else ""


def verdict(health: Facts) -> str:
    """The last line of the demo."""
    good, total = passed(health["checks"])
    return f"HEALTH {health['score']}% ({good}/{total} checks passed)"


def healthy(health: Facts) -> bool:
    good, total = passed(health["checks"])
    return bool(health["score"] == 100 and good == total and total > 0)


def render(connection: Facts, zones: t.Mapping[str, str], folder: str, printed: str) -> str:
    """The whole report, the verdict excepted; printed is what the health playbook said."""
    parts = (
        heading("What was built"),
        built(connection),
        heading("Who has mail"),
        accounts(connection),
        heading("Connection settings"),
        settings(connection),
        heading("Records to publish"),
        records(zones),
        f"  whole, and each with its reason: {folder}/zones",
        heading("How it is"),
        examined(printed),
        heading("What next"),
        "  make demo-health   asks again how it is",
        "  make demo-down     removes it",
        f"  all of this for a program: {folder}/connection.json",
    )
    return "\n".join(parts)
