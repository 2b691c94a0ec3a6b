"""Keeping copies, on this machine's disk."""

from __future__ import annotations

import pathlib

from ansible_collections.selfhost.mail.plugins.module_utils._core.kept_files import SUFFIX, Return
from ansible_collections.selfhost.mail.plugins.module_utils._edge import kept_files


def test_there_and_back(tmp_path: pathlib.Path) -> None:
    mine, link = tmp_path / "main.cf", tmp_path / "master.cf"
    mine.write_text("by hand\n")
    mine.chmod(0o640)
    link.symlink_to("elsewhere.cf")
    paths = [str(mine), str(link)]
    assert kept_files.without_copy(paths) == paths
    for path in paths:
        kept_files.keep(path)
    assert kept_files.without_copy(paths) == []
    for file in (mine, link):
        file.unlink()
        file.write_text("ours\n")
    ours = tmp_path / "more.cf"
    ours.touch()
    kept_files.give_back(Return(tuple(paths), (str(ours),), ("postfix",), ()))
    assert mine.read_text() == "by hand\n"
    assert mine.stat().st_mode & 0o777 == 0o640
    assert str(link.readlink()) == "elsewhere.cf"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["main.cf", "master.cf"]
    assert not list(tmp_path.glob(f"*{SUFFIX}*"))
