"""ansible-test sanity, in a copy outside of the checkout and without any file that ignores."""

from __future__ import annotations

import pathlib
import re
import shutil
import sys
import tempfile

import ansible_test

from quality.run import ROOT, Ended, Outcome, run
from quality.tools import COLLECTION
from quality.tree import tracked

PROBLEM = re.compile(r"(ERROR|FATAL): ")
RUNNING = re.compile(r"^Running sanity test ", re.MULTILINE)
NOTHING = re.compile(r"All targets skipped|No tests found|no tests to run", re.IGNORECASE)
PIP_WANTED = re.compile(r"^\s*pip='([\d.]+)',", re.MULTILINE)
STAND_IN = '''\
"""Stand-in for get-pip.py: installs pip from the wheel beside this file."""
import os, runpy, sys
here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "pip-{version}-py3-none-any.whl"))
arguments = [a for a in sys.argv[1:] if a not in ("--no-setuptools", "--no-wheel")]
sys.argv = ["pip", "install", "--find-links", here, *arguments]
runpy.run_module("pip", run_name="__main__", alter_sys=True)
'''


def verdict(ended: Ended) -> Outcome:
    """What a run of ansible-test says; one that skipped everything is red."""
    said = tuple(line for line in ended.output.splitlines() if PROBLEM.match(line))
    problems = ended.problems() and (said or ended.problems())
    if NOTHING.search(ended.output):
        problems += ("ansible-test skipped everything: it ran where git ignores its files",)
    return Outcome(len(RUNNING.findall(ended.output)), "sanity tests", problems)


def pip_without_download(cache: pathlib.Path) -> tuple[str, ...]:
    """Put beside each other the pip that ansible-test asks for and the script that installs it."""
    source = pathlib.Path(ansible_test.__path__[0]) / "_internal/python_requirements.py"
    cache.mkdir(parents=True, exist_ok=True)
    wanted = set(PIP_WANTED.findall(source.read_text()))
    problems: tuple[str, ...] = () if wanted else (f"{source} no longer says which pip it wants",)
    for version in sorted(wanted):
        script = cache / f"get_pip_{version.replace('.', '_')}.py"
        if not script.exists():
            command = [
                sys.executable,
                "-m",
                "pip",
                "download",
                "-q",
                "--no-deps",
                "-d",
                str(cache),
                f"pip=={version}",
            ]
            problems += run(command, cache).problems()
            script.write_text(STAND_IN.format(version=version))
    return problems


def ignored(root: pathlib.Path) -> tuple[str, ...]:
    files = (root / "tests/sanity").glob("ignore*.txt")
    return tuple(
        f"{f.name} is not empty; mend the code instead" for f in files if f.read_text().strip()
    )


def sanity(root: pathlib.Path) -> Outcome:
    """Run every sanity test over a copy of what git tracks."""
    home = ROOT / ".cache/ansible-test"
    problems = ignored(root) or pip_without_download(home / ".ansible/test/cache")
    if problems:
        return Outcome(0, "sanity tests", problems)
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder) / COLLECTION
        for path in tracked(root):
            (copy / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / path, copy / path, follow_symlinks=False)
        python = f"{sys.version_info.major}.{sys.version_info.minor}"
        command = ["ansible-test", "sanity", "--python", python, "--color", "no"]
        return verdict(run(command, copy, HOME=str(home)))
