# ruff: noqa: F821  (`env` comes from Odoo's shell)
"""Compile style sheets and scripts once for all copies of a template database.

They are found again by their content, so that a copy compiles only what the addons of
this repository change.
"""

env["ir.qweb"]._pregenerate_assets_bundles()
env.cr.commit()
