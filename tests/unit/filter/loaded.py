"""The filters as Ansible gets them: each file has one, of its own name."""

from __future__ import annotations

import importlib
import pathlib
import typing as t

PLUGINS = "ansible_collections.selfhost.mail.plugins.filter"
FOLDER = pathlib.Path(__file__).parents[3] / "plugins" / "filter"


def _of(name: str) -> t.Callable[..., t.Any]:
    ((found, function),) = (
        importlib.import_module(f"{PLUGINS}.{name}").FilterModule().filters().items()
    )
    if found != name:
        raise LookupError(f"plugins/filter/{name}.py has a filter {found}")
    return t.cast(t.Callable[..., t.Any], function)


FILTERS = {path.stem: _of(path.stem) for path in sorted(FOLDER.glob("*.py"))}
