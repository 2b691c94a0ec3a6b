"""Print the Debian packages that the roles install, as the roles' own variables name them."""

from __future__ import annotations

import pathlib
import re
import sys

import yaml

LIST = re.compile(r"\b__\w+_packages\b")


def packages(roles: pathlib.Path) -> list[str]:
    """Every name in __<role>_packages of roles/<role>/vars/main.yml, or in the lists it adds up."""
    found: set[str] = set()
    for path in sorted(roles.glob("*/vars/main.yml")):
        variables = yaml.safe_load(path.read_text()) or {}
        variable = f"__{path.parts[-3]}_packages"
        names = variables.get(variable, [])
        if isinstance(names, str) and "'" not in names:
            names = [name for part in LIST.findall(names) for name in variables[part]]
        computed = [names] if isinstance(names, str) else [name for name in names if "{{" in name]
        if computed:
            raise ValueError(f"{path}: {variable} has {computed[0]!r}, which is no plain name")
        found.update(names)
    if not found:
        raise ValueError(f"{roles}: no role names its packages in __<role>_packages")
    return sorted(found)


def main() -> None:
    try:
        print(" ".join(packages(pathlib.Path(sys.argv[1]))))
    except ValueError as error:
        sys.exit(f"tests/bed/image: {error}")


if __name__ == "__main__":
    main()
