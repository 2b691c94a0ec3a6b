"""What the demo shows at its end. Pure: from connection.json, the health report and the zones."""

from __future__ import annotations

import typing as t

Facts = t.Mapping[str, t.Any]


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


def troubles(checks: t.Sequence[Facts]) -> str:
    return "\n".join(
        f"  ✗ {check['id']} {check.get('target', '')}: expected {check['expected']},"
        f" observed {check['observed']}\n      {check['remedy']}"
        for check in checks
        if check["status"] not in ("passed", "skipped")
    )


def verdict(health: Facts) -> str:
    """The last line of the demo."""
    good, total = passed(health["checks"])
    return f"HEALTH {health['score']}% ({good}/{total} checks passed)"


def healthy(health: Facts) -> bool:
    good, total = passed(health["checks"])
    return bool(health["score"] == 100 and good == total and total > 0)


def render(connection: Facts, health: Facts, zones: str, seconds: float) -> str:
    """The whole report, the verdict excepted."""
    parts = [
        heading("What was built"),
        built(connection),
        heading("Who has mail"),
        accounts(connection),
        heading("Connection settings"),
        settings(connection),
        heading("Records to publish"),
        "\n".join(f"  {line}" for line in zones.strip().splitlines()),
        heading("Next"),
        "  make demo-health   asks again how the host is",
        "  make demo-down     removes it",
        f"  everything above for a program: {connection['folder']}/connection.json",
    ]
    if not healthy(health):
        parts += [heading("What is wrong"), troubles(health["checks"])]
    parts.append(f"\nDone in {seconds:.0f} s; health was measured in {health['duration_s']:.1f} s.")
    return "\n".join(parts)
