"""Print the Debian packages that the roles install, as the roles' own variables name them."""

from __future__ import annotations

import pathlib
import sys

import yaml


def packages(roles: pathlib.Path) -> list[str]:
    """Every name in __<role>_packages of roles/<role>/vars/main.yml."""
    found: set[str] = set()
    for path in sorted(roles.glob("*/vars/main.yml")):
        variable = f"__{path.parts[-3]}_packages"
        names = (yaml.safe_load(path.read_text()) or {}).get(variable, [])
        computed = [name for name in names if "{{" in name]
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
