"""Files of a configuration on a real disk: exchanged, or as they were."""

from __future__ import annotations

import grp
import os
import pathlib
import pwd

import pytest

from ansible_collections.selfhost.mail.plugins.module_utils._core.configuration import (
    Daemon,
    Directory,
    File,
    differing,
    parse_directories,
    parse_files,
    reason,
)
from ansible_collections.selfhost.mail.plugins.module_utils._edge import configuration

OWNER = pwd.getpwuid(os.getuid()).pw_name
GROUP = grp.getgrgid(os.getgid()).gr_name


def file(path: pathlib.Path, content: str, mode: str = "0644") -> File:
    return File(str(path), content, OWNER, GROUP, mode)


def texts(folder: pathlib.Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted(folder.iterdir()) if path.is_file()}


def test_all_files_are_exchanged(tmp_path: pathlib.Path) -> None:
    (tmp_path / "a").write_text("former")
    files = [file(tmp_path / "a", "a"), file(tmp_path / "b", "b", mode="0640")]
    configuration.exchange(files)
    assert configuration.is_unproven(files)
    configuration.forget_former(files)
    assert texts(tmp_path) == {"a": "a", "b": "b"}
    assert configuration.look(files[1].path) == files[1].as_found()
    assert not configuration.is_unproven(files)


def test_none_is_exchanged_when_one_cannot_be(tmp_path: pathlib.Path) -> None:
    (tmp_path / "a").write_text("former")
    with pytest.raises(OSError, match="No such file"):
        configuration.exchange([file(tmp_path / "a", "a"), file(tmp_path / "none" / "b", "b")])
    assert texts(tmp_path) == {"a": "former"}


def test_a_file_that_is_a_directory_stops_all(tmp_path: pathlib.Path) -> None:
    """It is found when the first file has its place already."""
    (tmp_path / "a").write_text("former")
    (tmp_path / "b").mkdir()
    with pytest.raises(OSError):
        configuration.exchange([file(tmp_path / "a", "a"), file(tmp_path / "b", "b")])
    assert texts(tmp_path) == {"a": "former"}


def test_what_is_put_back_is_the_last_one_proven(tmp_path: pathlib.Path) -> None:
    """Two plays that ended in the middle."""
    (tmp_path / "a").write_text("proven")
    for text in ("first", "second"):
        configuration.exchange([file(tmp_path / "a", text)])
    configuration.put_back([file(tmp_path / "a", "")])
    assert texts(tmp_path) == {"a": "proven"}


def test_what_was_not_there_is_gone_again(tmp_path: pathlib.Path) -> None:
    files = [file(tmp_path / "new", "text")]
    configuration.exchange(files)
    configuration.put_back(files)
    assert os.listdir(tmp_path) == []


def test_candidates_last_as_long_as_they_are_looked_at() -> None:
    wanted = file(pathlib.Path("/etc/daemon/daemon.conf"), "text", mode="0600")
    with configuration.staged([wanted]) as root:
        assert configuration.look(f"{root}{wanted.path}") == wanted.as_found()
    assert not os.path.exists(root)


def test_rights_are_a_difference(tmp_path: pathlib.Path) -> None:
    (tmp_path / "a").write_text("a")
    (tmp_path / "a").chmod(0o600)
    wanted = (file(tmp_path / "a", "a", mode="0644"),)
    found = {wanted[0].path: configuration.look(wanted[0].path)}
    assert differing(wanted, found) == wanted


def test_directories_are_made_with_those_above_them(tmp_path: pathlib.Path) -> None:
    wanted = Directory(str(tmp_path / "a" / "b"), OWNER, GROUP, "2750")
    configuration.make([wanted])
    assert configuration.look_at_directory(wanted.path) == wanted.as_found()


def test_a_directory_keeps_what_lies_in_it_and_gets_its_rights(tmp_path: pathlib.Path) -> None:
    (tmp_path / "a").mkdir(0o700)
    (tmp_path / "a" / "kept").write_text("text")
    wanted = Directory(str(tmp_path / "a"), OWNER, GROUP)
    assert differing((wanted,), {wanted.path: configuration.look_at_directory(wanted.path)})
    configuration.make([wanted])
    assert configuration.look_at_directory(wanted.path) == wanted.as_found()
    assert texts(tmp_path / "a") == {"kept": "text"}


def test_a_directory_is_looked_at_where_its_link_leads(tmp_path: pathlib.Path) -> None:
    (tmp_path / "real").mkdir(0o755)
    (tmp_path / "link").symlink_to("real")
    wanted = Directory(str(tmp_path / "link"), OWNER, GROUP)
    assert configuration.look_at_directory(wanted.path) == wanted.as_found()


def test_a_file_where_a_directory_is_to_be(tmp_path: pathlib.Path) -> None:
    (tmp_path / "a").write_text("")
    with pytest.raises(ValueError, match=r"/a is to be a directory and is none: move it away\.$"):
        configuration.look_at_directory(str(tmp_path / "a"))


def test_a_directory_that_cannot_be_made(tmp_path: pathlib.Path) -> None:
    (tmp_path / "file").write_text("")
    wanted = Directory(str(tmp_path / "file" / "a"), OWNER, GROUP)
    assert configuration.look_at_directory(wanted.path) != wanted.as_found()
    with pytest.raises(OSError, match="Not a directory"):
        configuration.make([wanted])


def test_a_program_is_exchanged_while_it_runs(tmp_path: pathlib.Path) -> None:
    """Who runs the former one reads it to its end."""
    program = file(tmp_path / "program", "former", mode="0755")
    configuration.install([program])
    with open(program.path) as running:
        configuration.install([file(tmp_path / "program", "new", mode="0755")])
        assert running.read() == "former"
    assert configuration.look(program.path) == file(tmp_path, "new", mode="0755").as_found()
    assert texts(tmp_path) == {"program": "new"}


def test_a_program_that_cannot_be_written_leaves_nothing(tmp_path: pathlib.Path) -> None:
    (tmp_path / "program").mkdir()
    with pytest.raises(OSError):
        configuration.install([file(tmp_path / "program", "new")])
    assert os.listdir(tmp_path) == ["program"]


@pytest.mark.parametrize(
    ("command", "said", "final"),
    [
        (["sh", "-c", "echo no; exit 1"], "no\n", False),
        (["sh", "-c", "echo never; exit 3"], "never\n", True),
        (["false"], "false ended with 1", False),
        (["sleep", "9"], "sleep did not end within 0 s", False),
    ],
)
def test_command_that_does_not_succeed(command: list[str], said: str, final: bool) -> None:
    with pytest.raises(configuration.Refused) as refused:
        configuration.succeed(command, 0.3)
    assert (str(refused.value), refused.value.final) == (said, final)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"path": "etc/a"}, "The path 'etc/a' is not absolute; begin it with a slash."),
        ({"mode": "rw"}, "The mode 'rw' of /etc/a is none; write it as '0644'."),
    ],
)
def test_wrong_file(wrong: dict[str, str], said: str) -> None:
    with pytest.raises(ValueError) as refused:
        parse_files([{"path": "/etc/a", "content": "", "mode": "0644", **wrong}], {})
    assert str(refused.value) == said
    with pytest.raises(ValueError) as refused:
        parse_directories([{"path": "/etc/a", "mode": "0755", **wrong}])
    assert str(refused.value) == said


def test_reason_is_one_clause_and_names_real_files() -> None:
    assert reason("/run/x/etc/a:  bad \n\n/run/x/etc/a: bad\nworse.\n", "/run/x") == (
        "/etc/a: bad; worse"
    )
    assert reason("") == "it did not say why"


def test_a_daemon_that_does_not_run_keeps_nothing() -> None:
    daemon = Daemon("Postfix", "postfix_settings", running=False)
    assert daemon.refused("why") == (
        "Postfix refuses its new configuration: why. No file was changed."
        " Correct postfix_settings, and run the play again."
    )


def test_owner_who_does_not_exist() -> None:
    with (
        pytest.raises(ValueError, match=r"^/etc/a cannot be given to nobody-at-all:"),
        configuration.staged([File("/etc/a", "", "nobody-at-all", GROUP)]),
    ):
        pass
