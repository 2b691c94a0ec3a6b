"""What all tests share: the collection by its name, wherever it is, and measured figures."""

from __future__ import annotations

import pathlib
import typing as t

import pytest
from ansible.utils.collection_loader._collection_finder import _AnsibleCollectionFinder

ROOT = pathlib.Path(__file__).parents[1]
COLLECTIONS = ROOT / ".cache" / "collections"


def link_collection() -> None:
    """A link to the checkout at the place where Ansible looks for a collection."""
    link = COLLECTIONS / "ansible_collections" / "selfhost" / "mail"
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink():
        link.symlink_to("../../../..")


link_collection()
_AnsibleCollectionFinder(paths=[str(COLLECTIONS)])._install()


FIGURES = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session")
def figure(pytestconfig: pytest.Config) -> t.Callable[[str], None]:
    """Note a measured figure, which the end of the run prints."""
    return pytestconfig.stash.setdefault(FIGURES, []).append


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    for line in config.stash.get(FIGURES, []):
        terminalreporter.write_line(f"measured: {line}")
