"""Which keys are made, and which begin and cease to sign."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.selfhost.mail.plugins.module_utils._core import dkim_plan
from ansible_collections.selfhost.mail.plugins.module_utils._core.dkim import Key, Verdict
from ansible_collections.selfhost.mail.plugins.module_utils._core.dkim_plan import (
    Found,
    Permits,
    Plan,
    Wish,
)

STATES = {
    "pending": Permits(True, False),
    "active": Permits(True, True),
    "retiring": Permits(True, False),
    "retired": Permits(False, False),
}
DOMAINS = {"a.test": "hosted", "b.test": "hosted", "c.test": "alias"}
YES, NO = Verdict(True, "seen"), Verdict(False, "not seen")


def found(**selectors: str) -> Found:
    """Keys of a.test: old="active"."""
    keys = [
        Key("a.test", selector, "rsa", f"KEY{selector}", state, *vars(STATES[state]).values())
        for selector, state in selectors.items()
    ]
    return Found(DOMAINS, tuple(keys), STATES, "202611")


def plan(given: Found, wish: Wish, **seen: Verdict) -> Plan:
    new = dkim_plan.new_keys(wish, given)
    asked = dkim_plan.candidates(wish, given, new)
    verdicts = {("a.test", selector): verdict for selector, verdict in seen.items()}
    return dkim_plan.make_plan(wish, given, new, dkim_plan.decide(wish, asked, verdicts))


CASES: dict[str, tuple[dict[str, str], dict[str, t.Any], dict[str, Verdict], dict[str, str]]] = {
    # name: (keys before, wish, what was seen, keys after)
    "a domain without a key gets one": ({}, {}, {}, {"s202611": "pending"}),
    "with a name of its own": ({}, {"selector": "x"}, {}, {"x": "pending"}),
    "a pending key is enough": ({"s1": "pending"}, {}, {}, {"s1": "pending"}),
    "an active key is enough": ({"s1": "active"}, {}, {}, {"s1": "active"}),
    "a retiring key is none": (
        {"s202611": "retiring"},
        {},
        {},
        {"s202611": "retiring", "s202611b": "pending"},
    ),
    "another name begins a change": (
        {"s1": "active"},
        {"selector": "x"},
        {},
        {"s1": "active", "x": "pending"},
    ),
    "the same name is no change": ({"x": "active"}, {"selector": "x"}, {}, {"x": "active"}),
    "a published key becomes active": (
        {"s1": "pending"},
        {"activate": "when_published"},
        {"s1": YES},
        {"s1": "active"},
    ),
    "one that is not published does not": (
        {"s1": "pending"},
        {"activate": "when_published"},
        {"s1": NO},
        {"s1": "pending"},
    ),
    "one that nobody looked for does not": (
        {},
        {"activate": "when_published"},
        {},
        {"s202611": "pending"},
    ),
    "the administrator's word is enough": (
        {},
        {"activate": "now"},
        {},
        {"s202611": "active"},
    ),
    "the former key retires": (
        {"new": "pending", "old": "active", "older": "retiring", "oldest": "retired"},
        {"activate": "when_published"},
        {"new": YES},
        {"new": "active", "old": "retiring", "older": "retiring", "oldest": "retired"},
    ),
    "the former key stays until then": (
        {"new": "pending", "old": "active"},
        {"activate": "when_published"},
        {"new": NO},
        {"new": "pending", "old": "active"},
    ),
    "of two pending ones none is taken by chance": (
        {"x": "pending", "y": "pending"},
        {"activate": "now"},
        {},
        {"x": "pending", "y": "pending"},
    ),
    "of two pending ones the published one is taken": (
        {"x": "pending", "y": "pending", "z": "active"},
        {"activate": "when_published"},
        {"x": NO, "y": YES},
        {"x": "pending", "y": "active", "z": "retiring"},
    ),
    "of two published ones none is taken by chance": (
        {"x": "pending", "y": "pending"},
        {"activate": "when_published"},
        {"x": YES, "y": YES},
        {"x": "pending", "y": "pending"},
    ),
    "of two pending ones the named one is taken": (
        {"x": "pending", "y": "pending"},
        {"activate": "now", "selector": "y"},
        {},
        {"x": "pending", "y": "active"},
    ),
    "a retired key does not come back": (
        {"x": "retired"},
        {"activate": "now", "selector": "x"},
        {},
        {"x": "retired"},
    ),
    "without being asked nothing is activated": (
        {"x": "pending"},
        {},
        {"x": YES},
        {"x": "pending"},
    ),
}


@pytest.mark.parametrize(("before", "wish", "seen", "after"), CASES.values(), ids=CASES.keys())
def test_plan(
    before: dict[str, str], wish: dict[str, t.Any], seen: dict[str, Verdict], after: dict[str, str]
) -> None:
    given = found(**before)
    made = plan(given, Wish(("a.test",), **wish), **seen)
    assert dkim_plan.summary(made.after) == {"a.test": after}
    assert made.changed is (before != after)
    for key in made.after:
        assert Permits(key.in_dns, key.signs) == STATES[key.state]
    # The moves alone lead from before to after, and never past two active keys.
    state = dict(before) | {
        key.selector: "pending" for key in made.after if key.selector not in before
    }
    for move in made.moves:
        assert state[move.selector] == move.before
        state[move.selector] = move.after
        assert list(state.values()).count("active") <= 1
    assert state == after


@pytest.mark.parametrize(
    ("wish", "domains"),
    [
        (Wish(), ("a.test", "b.test")),
        (Wish(("c.test",)), ("c.test",)),
        (Wish(("b.test", "a.test", "b.test")), ("b.test", "a.test")),
    ],
)
def test_domains(wish: Wish, domains: tuple[str, ...]) -> None:
    assert dkim_plan.chosen_domains(wish, found()) == domains


def test_an_unknown_domain_is_refused() -> None:
    with pytest.raises(ValueError, match=r"The domain d\.test is not known here"):
        plan(found(), Wish(("a.test", "d.test")))


def test_other_domains_are_left_alone() -> None:
    made = plan(found(old="active", new="pending"), Wish(("b.test",), activate="now"))
    assert dkim_plan.summary(made.after) == {"b.test": {"s202611": "active"}}


def test_a_key_that_is_brought_along() -> None:
    wish = Wish(("a.test",), "mail", "rsa", "KEYmail")
    assert [key.public for key in plan(found(), wish).after] == ["KEYmail"]
    assert not plan(found(mail="active"), wish).changed


def test_a_name_is_never_given_to_another_key() -> None:
    with pytest.raises(
        ValueError, match=r"The domain a\.test has another key under the selector mail"
    ):
        plan(found(mail="pending"), Wish(("a.test",), "mail", "rsa", "KEYother"))


def test_the_reason_is_said() -> None:
    wish = Wish(("a.test",), activate="when_published")
    given = found(x="pending", y="pending")
    asked = dkim_plan.candidates(wish, given, ())
    reasons = dkim_plan.decide(wish, asked, {("a.test", "x"): YES, ("a.test", "y"): YES})
    assert {verdict.reason for verdict in reasons.values()} == {
        "x and y both could: name one with the option selector"
    }
    assert dkim_plan.decide(wish, asked, {("a.test", "x"): NO})["a.test", "x"] == NO
