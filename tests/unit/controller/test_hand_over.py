"""The hand-over file: what stands in it at which moment, and under which name."""

from __future__ import annotations

import os
import pathlib
import stat

import pytest
from ansible.parsing.vault import PromptVaultSecret, VaultLib, VaultSecret

from ansible_collections.selfhost.mail.plugins.plugin_utils.hand_over import HandOver

ANNA = ("anna@example.test", "kx7m-p2vq", "Muster, Anna")
BEN = ("ben@example.test", "rtw9-h3nc", "")
SECRET = VaultSecret(b"opens-it")


@pytest.fixture
def file(tmp_path: pathlib.Path) -> HandOver:
    return HandOver(str(tmp_path / "p"), "default", SECRET)


def content(file: HandOver) -> dict[str, list[str]]:
    """The lines in each file of the folder, decrypted."""
    vault = VaultLib([("default", SECRET)])
    folder = pathlib.Path(file.path).parent
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    return {
        path.name: vault.decrypt(path.read_bytes()).decode().splitlines()
        for path in folder.iterdir()
    }


HEAD = "email,password,full_name"
ANNAS = 'anna@example.test,kx7m-p2vq,"Muster, Anna"'
BENS = "ben@example.test,rtw9-h3nc,"


def test_all_were_added(file: HandOver) -> None:
    file.begin([ANNA, BEN])
    ((name, (notice, *rows)),) = content(file).items()
    assert name == "p.unconfirmed"
    assert notice.startswith("# UNCONFIRMED: ")
    assert rows == [HEAD, ANNAS, BENS]
    file.complete([ANNA, BEN], [])
    assert content(file) == {"p": [HEAD, ANNAS, BENS]}


def test_some_came_to_be_otherwise(file: HandOver) -> None:
    """If the connection has run the module twice, the second run finds the users of the first."""
    file.begin([ANNA, BEN])
    file.complete([ANNA], [BEN])
    found = content(file)
    assert found["p"] == [HEAD, ANNAS]
    assert found["p.unconfirmed"][1:] == [HEAD, BENS]


def test_none_was_added_by_the_last_call(file: HandOver) -> None:
    file.begin([ANNA, BEN])
    file.complete([], [ANNA, BEN])
    assert content(file)["p.unconfirmed"][1:] == [HEAD, ANNAS, BENS]
    assert list(content(file)) == ["p.unconfirmed"]


def test_a_typed_secret_is_told_from_one_in_a_file(file: HandOver) -> None:
    typed = PromptVaultSecret(b"opens-it", "default", ["Vault password: "])
    assert file.was_typed is False
    assert HandOver(file.path, "default", typed).was_typed is True


def test_a_refused_run_leaves_nothing(file: HandOver) -> None:
    file.begin([ANNA])
    file.drop()
    assert content(file) == {}


def test_of_two_runs_at_once_one_is_refused(file: HandOver) -> None:
    file.begin([ANNA])
    before = content(file)
    with pytest.raises(ValueError, match=r"unconfirmed' exists and is never overwritten\."):
        file.begin([BEN])
    assert content(file) == before


def test_a_name_that_was_taken_meanwhile_stays_whose_it_is(file: HandOver) -> None:
    file.begin([ANNA])
    other = VaultLib().encrypt("mine", SECRET)
    pathlib.Path(file.path).write_bytes(other)
    os.chmod(file.path, 0o600)
    with pytest.raises(FileExistsError):
        file.complete([ANNA], [])
    assert content(file)["p"] == ["mine"]
    assert content(file)["p.unconfirmed"][1:] == [HEAD, ANNAS]
