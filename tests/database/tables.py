"""State tables: each row is a call and what has to come of it."""

from __future__ import annotations

import typing as t

from database.conftest import execute
from database.modules import Runner

CHANGED, OK = "changed", "ok"

# Module, options, and CHANGED, OK or a part of the sentence of a refusal.
Step = tuple[str, dict[str, t.Any], str]


def domain(outcome: str, name: str = "example.test", **options: t.Any) -> Step:
    return "mail_domain", {"name": name, **options}, outcome


def user(outcome: str, email: str, **options: t.Any) -> Step:
    return "mail_user", {"email": email, **options}, outcome


def alias(outcome: str, address: str, *targets: str, **options: t.Any) -> Step:
    given = {"targets": list(targets)} if targets else {}
    return "mail_alias", {"address": address, **given, **options}, outcome


def play(run: Runner, steps: t.Iterable[Step]) -> dict[str, t.Any]:
    """Take each step in check mode, for real and again; the value is the last real result."""
    result: dict[str, t.Any] = {}
    for number, (module, options, outcome) in enumerate(steps, start=1):
        what = f"step {number}, {module} {options}"
        before = stored(run)
        planned = run(module, check=True, **options)
        assert stored(run) == before, f"{what}: check mode wrote"
        result = run(module, **options)
        after = stored(run)
        if outcome not in (CHANGED, OK):
            for one in (planned, result):
                assert outcome in one.get("msg", f"no refusal: {one}"), what
            assert after == before, f"{what}: a refusal wrote"
            continue
        for one in (planned, result):
            assert not one.get("failed"), f"{what}: {one['msg']}"
            assert one["changed"] == (outcome == CHANGED), what
        assert (after != before) == (outcome == CHANGED), what
        assert planned["diff"] == result["diff"], what
        again = run.ok(module, **options)
        assert again["changed"] is False, f"{what}: changed twice"
        assert again["diff"] == {"before": {}, "after": {}}, what
        assert stored(run) == after, f"{what}: the second run wrote"
    return result


def stored(run: Runner) -> list[tuple[t.Any, ...]]:
    """All rows of all our tables."""
    tables = execute(
        run.socket,
        run.database,
        "SELECT string_agg(format('SELECT %L, t::text FROM mail.%I t', table_name, table_name),"
        " ' UNION ALL ') FROM information_schema.tables"
        " WHERE table_schema = 'mail' AND table_type = 'BASE TABLE'",
    )
    return sorted(execute(run.socket, run.database, tables[0][0]))
