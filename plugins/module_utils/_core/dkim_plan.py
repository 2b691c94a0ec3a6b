# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which DKIM keys are to be made, and which begin and cease to sign."""

from __future__ import annotations

import dataclasses
import typing as t

from .dkim import (
    ACTIVE,
    PENDING,
    RETIRED,
    RETIRING,
    Key,
    Verdict,
    free_selector,
    record_name,
)

# What the option activate says.
NO, WHEN_PUBLISHED, NOW = ACTIVATE = ("no", "when_published", "now")


@dataclasses.dataclass(frozen=True)
class Permits:
    """A row of mail.dkim_state."""

    in_dns: bool
    signs: bool


@dataclasses.dataclass(frozen=True)
class Found:
    """What the database holds: kinds of domains by name, keys, what states permit, the month."""

    domains: t.Mapping[str, str]
    keys: tuple[Key, ...]
    states: t.Mapping[str, Permits]
    month: str


@dataclasses.dataclass(frozen=True)
class Wish:
    """What is asked for. No domains: all hosted ones. No public half: a key is to be made."""

    domains: tuple[str, ...] = ()
    selector: str = ""
    algorithm: str = "rsa"
    public: str = ""
    activate: str = NO


@dataclasses.dataclass(frozen=True)
class Move:
    """A key changes its state."""

    domain: str
    selector: str
    before: str
    after: str


@dataclasses.dataclass(frozen=True)
class Plan:
    """All keys of `domains` before and after; one in `after` may be yet to be made."""

    domains: tuple[str, ...]
    before: tuple[Key, ...]
    after: tuple[Key, ...]
    moves: tuple[Move, ...]

    @property
    def changed(self) -> bool:
        return self.before != self.after


def chosen_domains(wish: Wish, found: Found) -> tuple[str, ...]:
    """The domains that are meant, or ValueError."""
    for name in wish.domains:
        if name not in found.domains:
            raise ValueError(
                f"The domain {name} is not known here, so it can have no DKIM key: add it with"
                " mail_domain first, or correct the option domains."
            )
    if wish.domains:
        return tuple(dict.fromkeys(wish.domains))
    return tuple(sorted(name for name, kind in found.domains.items() if kind == "hosted"))


def new_keys(wish: Wish, found: Found) -> tuple[Key, ...]:
    """The keys that domains lack; without a public half where they are yet to be made."""
    new: list[Key] = []
    for domain in chosen_domains(wish, found):
        own = {key.selector: key for key in found.keys if key.domain == domain}
        if wish.selector:
            lacking = wish.selector not in own
            _refuse_other_key(wish, own.get(wish.selector))
        else:
            lacking = not any(key.state in (PENDING, ACTIVE) for key in own.values())
        if lacking:
            selector = wish.selector or free_selector(found.month, own)
            key = Key(domain, selector, wish.algorithm, wish.public, PENDING, False, False)
            new.append(in_state(key, PENDING, found))
    return tuple(new)


def _refuse_other_key(wish: Wish, key: Key | None) -> None:
    if key and wish.public and wish.public != key.public:
        raise ValueError(
            f"The domain {key.domain} has another key under the selector {key.selector}: a selector"
            " names one key for ever, so bring yours in under another one."
        )


def candidates(wish: Wish, found: Found, new: t.Sequence[Key]) -> tuple[Key, ...]:
    """The pending keys that are asked to begin signing."""
    if wish.activate == NO:
        return ()
    domains = chosen_domains(wish, found)
    return tuple(
        key
        for key in (*found.keys, *new)
        if key.domain in domains and key.state == PENDING and wish.selector in ("", key.selector)
    )


def decide(
    wish: Wish, asked: t.Sequence[Key], seen: t.Mapping[tuple[str, str], Verdict]
) -> dict[tuple[str, str], Verdict]:
    """Whether each candidate may sign, by domain and selector; of two that may, neither does."""
    unmade = Verdict(False, "the key has just been made: publish its record")
    word = Verdict(True, "the administrator said so")
    decisions = {
        (key.domain, key.selector): word
        if wish.activate == NOW
        else seen.get((key.domain, key.selector), unmade)
        for key in asked
    }
    granted: dict[str, list[str]] = {}
    for (domain, selector), verdict in decisions.items():
        if verdict.ok:
            granted.setdefault(domain, []).append(selector)
    for domain, rivals in granted.items():
        if len(rivals) > 1:
            reason = f"{' and '.join(rivals)} both could: name one with the option selector"
            decisions.update(dict.fromkeys(((domain, r) for r in rivals), Verdict(False, reason)))
    return decisions


def make_plan(
    wish: Wish,
    found: Found,
    new: t.Sequence[Key],
    decisions: t.Mapping[tuple[str, str], Verdict],
) -> Plan:
    """All changes. A domain has one active key, so the former one retires, and first."""
    domains = chosen_domains(wish, found)
    before = tuple(key for key in found.keys if key.domain in domains)
    keys = sorted((*before, *new), key=lambda key: (key.domain, key.selector))
    granted = {place for place, verdict in decisions.items() if verdict.ok}
    renewed = {domain for domain, _selector in granted}
    retire = [key for key in keys if key.state == ACTIVE and key.domain in renewed]
    begin = [key for key in keys if (key.domain, key.selector) in granted]
    moves = (
        *(Move(key.domain, key.selector, key.state, RETIRING) for key in retire),
        *(Move(key.domain, key.selector, key.state, ACTIVE) for key in begin),
    )
    state = {(move.domain, move.selector): move.after for move in moves}
    after = (in_state(k, state.get((k.domain, k.selector), k.state), found) for k in keys)
    return Plan(domains, before, tuple(after), moves)


def report(keys: t.Iterable[Key], decisions: t.Mapping[tuple[str, str], Verdict]) -> list[str]:
    """One line per key: what it does, and why it does no more."""
    lines: list[str] = []
    for key in keys:
        decision = decisions.get((key.domain, key.selector))
        because = f" ({decision.reason})" if decision else ""
        name = record_name(key.selector, key.domain)
        lines.append(f"{name} {_DOING[key.state]}{because}")
    return lines


_DOING = {
    PENDING: "does not sign yet",
    ACTIVE: "signs new mail",
    RETIRING: "signs no more; leave its record in DNS for mail that is on its way",
    RETIRED: "is retired; its record can be removed",
}


def in_state(key: Key, state: str, found: Found) -> Key:
    permits = found.states[state]
    return dataclasses.replace(key, state=state, in_dns=permits.in_dns, signs=permits.signs)


def summary(keys: t.Iterable[Key]) -> dict[str, dict[str, str]]:
    """The states by domain and selector, for a diff."""
    states: dict[str, dict[str, str]] = {}
    for key in keys:
        states.setdefault(key.domain, {})[key.selector] = key.state
    return states
