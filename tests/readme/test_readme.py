"""README.md, done from top to bottom as a reader does it, with a machine of its own."""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import subprocess
import typing as t

import pytest

from readme.blocks import Block, blocks, in_order, missing_output
from readme.dialogue import exchanges, talk

ROOT = pathlib.Path(__file__).resolve().parents[2]
BED = "readme"
BED_FOLDER = ROOT / ".cache/bed" / BED
HOST = "mx1.example.test"
LIMIT = 420  # seconds for one block
FOUND = in_order(blocks((ROOT / "README.md").read_text()))


@dataclasses.dataclass
class Reader:
    """Does what README says; knows what was printed last."""

    folder: pathlib.Path
    printed: str = ""

    def environment(self) -> dict[str, str]:
        """The collection comes from where README installs it, the machine is found by its name."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("ANSIBLE_", "MOLECULE_"))}
        return {
            **kept,
            "SELFHOST_BED": BED,
            "ANSIBLE_HOME": str(self.folder / ".ansible"),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_SSH_COMMON_ARGS": f"-F {BED_FOLDER}/ssh_config",
            "LC_ALL": "C.UTF-8",
        }

    def run(self, command: t.Sequence[str], text: str, folder: pathlib.Path) -> None:
        done = subprocess.run(
            command,
            input=text,
            cwd=folder,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LIMIT,
            check=False,
        )
        self.printed = done.stdout
        assert done.returncode == 0, done.stdout

    def file(self, block: Block) -> None:
        (self.folder / block.file).write_text(with_addresses(block.text))

    def output(self, block: Block) -> None:
        missing = missing_output(block.text, self.printed)
        assert not missing, f"{missing!r} was not printed, but:\n{self.printed}"

    def controller(self, block: Block, following: Block | None) -> None:
        """Run it; if it asks, answer; publish the records that it wrote, as a reader does."""
        if following and following.runner == "text dialogue":
            status, self.printed = talk(
                ["bash", "-euc", block.text],
                str(self.folder),
                self.environment(),
                exchanges(following.text),
            )
            assert status == 0, self.printed
        else:
            self.run(["bash", "-eu"], with_addresses(block.text), self.folder)
        zones = sorted(str(path) for path in self.folder.glob("*/*.zone"))
        if zones:
            subprocess.run([ROOT / "tests/bed/dns/publish", BED, *zones], check=True)

    def host(self, block: Block) -> None:
        ssh = ["ssh", "-F", str(BED_FOLDER / "ssh_config"), HOST, "sudo", "bash", "-eu"]
        self.run(ssh, block.text, self.folder)


def with_addresses(text: str) -> str:
    """README's addresses are for documentation; the machine's own take their place."""
    machine = json.loads((BED_FOLDER / "bed.json").read_text())["machines"][HOST]
    return text.replace("192.0.2.10", machine["address"]).replace(
        "2001:db8::10", machine["address6"]
    )


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[Reader]:
    down = [str(ROOT / "tests/bed/hosts"), "down", BED]
    subprocess.run(down, check=True)
    yield Reader(tmp_path_factory.mktemp("administrator"))
    subprocess.run(down, check=True)


@pytest.mark.parametrize("number", range(len(FOUND)), ids=lambda n: f"line-{FOUND[n].line}")
def test_block(number: int, reader: Reader) -> None:
    block = FOUND[number]
    following = FOUND[number + 1] if number + 1 < len(FOUND) else None
    if block.runner in ("bash checkout", "bash checkout afterwards"):
        reader.run(["bash", "-eu"], block.text, ROOT)
    elif block.runner == "bash controller":
        reader.controller(block, following)
    elif block.runner == "bash host":
        reader.host(block)
    elif block.runner == "file":
        reader.file(block)
    elif block.runner == "text output":
        reader.output(block)
    else:
        # its answers were given when the block before ran
        assert block.runner == "text dialogue", f"nobody runs {block.info!r}"
        assert FOUND[number - 1].runner == "bash controller"


def test_readme_has_blocks() -> None:
    assert len(FOUND) > 5
