"""The image of mail takes its packages from the roles."""

from __future__ import annotations

import pathlib

import pytest

from bed import role_packages


def roles(folder: pathlib.Path, **variables: str) -> pathlib.Path:
    for role, text in variables.items():
        path = folder / role / "vars" / "main.yml"
        path.parent.mkdir(parents=True)
        path.write_text(text)
    return folder


def test_every_role_is_asked_once(tmp_path: pathlib.Path) -> None:
    folder = roles(tmp_path, a="__a_packages: [x, y]\n", b="__b_packages: [y, w]\n", c="{}\n", d="")
    assert role_packages.packages(folder) == ["w", "x", "y"]


def test_a_sum_of_lists_counts_whole(tmp_path: pathlib.Path) -> None:
    text = """
__a_packages: "{{ __a_base_packages + (__a_store_packages if keeps_mail else []) }}"
__a_base_packages: [x]
__a_store_packages: [y]
"""
    assert role_packages.packages(roles(tmp_path, a=text)) == ["x", "y"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("__a_packages: \"{{ ['x'] + __a_b_packages }}\"\n", "which is no plain name"),
        ("__a_packages: ['x-{{ version }}']\n", "which is no plain name"),
        ("__b_packages: [x]\n", "no role names its packages"),
    ],
)
def test_what_is_no_list_of_names_is_refused(tmp_path: pathlib.Path, text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        role_packages.packages(roles(tmp_path, a=text))


def test_our_roles_name_theirs() -> None:
    found = role_packages.packages(pathlib.Path(__file__).parents[3] / "roles")
    assert {"postfix", "dovecot-imapd", "dovecot-lmtpd", "opendkim"} <= set(found)
