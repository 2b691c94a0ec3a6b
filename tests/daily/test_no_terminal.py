"""Without a terminal nobody is asked: a playbook says which answer it misses, and does nothing."""

from __future__ import annotations

import concurrent.futures
import pathlib

import yaml

from daily.playbooks import Playbooks

SAYS_SO = ("was given", "was not given", "was not confirmed")
FOLDER = pathlib.Path(__file__).resolve().parents[2] / "playbooks"


def prompts(path: pathlib.Path) -> list[str]:
    """What a playbook asks for."""
    plays = yaml.safe_load(path.read_text())
    return [one["name"] for play in plays for one in play.get("vars_prompt", ())]


def test_each_question(playbooks: Playbooks) -> None:
    """All at once, since each only begins."""
    asking = {path.stem: prompts(path) for path in sorted(FOLDER.glob("*.yml"))}
    cases = [
        (name, missing, {other: given(other) for other in asked if other != missing})
        for name, asked in asking.items()
        for missing in asked
    ]
    assert len(cases) > 15
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        said = pool.map(lambda case: playbooks.refusal(case[0], **case[2]), cases)
        for (name, missing, _variables), sentence in zip(cases, said, strict=True):
            case = (name, missing, sentence)
            assert any(words in sentence for words in SAYS_SO), case


def given(name: str) -> str:
    """An answer that nothing on this host answers to."""
    return "example.com" if name == "domain" else "nobody@example.com"
