"""Sphinx configuration of the documentation; docs/build makes the pages."""

from __future__ import annotations

project = title = html_short_title = "selfhost.mail"
extensions = ["sphinx_antsibull_ext"]
html_theme = "sphinx_ansible_theme"
html_show_sphinx = False
html_use_index = False
html_copy_source = False
pygments_style = "ansible"
highlight_language = "text"
