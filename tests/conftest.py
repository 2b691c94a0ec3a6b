"""Lets tests import the collection by its name, wherever it is checked out."""

from __future__ import annotations

import pathlib

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
